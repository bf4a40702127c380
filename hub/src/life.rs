//! Which feed this is, whose, and where it stands: its epoch, its head and its owner, read once when the
//! feed wakes. Within an epoch no number is given twice, also where a purge takes all rows.

use std::rc::Rc;

use notifeed::credentials::User;
use notifeed::feed::append::Head;
use notifeed::feed::{Cursor, Epoch, Seq};
use notifeed::guid::Guid;
use notifeed::notification::HostName;
use notifeed::time::Timestamp;

use crate::fault::Fault;
use crate::host::{Bound, Host, Value, Write};
use crate::place::Place;
use crate::settings::Settings;
use crate::store::{self, Row, SCHEMA, SEQ_BASE, Statement};

/// The owner of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: User,
    /// The host.
    pub host: HostName,
}

/// The life of a feed: its epoch, its head and its owner.
#[derive(Debug, Clone)]
pub struct Life {
    /// Whether the tables are there. Neither a read nor a refused call makes them.
    pub made: bool,
    /// Whether those of pushes are, which the first endpoint that is pushed to makes.
    pub pushes: bool,
    /// Which life of the feed this is.
    pub epoch: Epoch,
    /// The numbers that the next change goes on from.
    pub head: Head,
    /// The head that is stored in the feed's own row, and so survives a purge of the items' rows.
    pub stored: Head,
    /// The highest number among removed rows of which an endpoint might still have to be notified: an older cursor
    /// leads to a `reset`.
    pub forgotten: Seq,
    /// Up to where the user has looked at everything.
    pub seen: Seq,
    /// When the first snooze is over, at the earliest; as far as the feed knows.
    pub next_snooze: Option<Timestamp>,
    /// The owner of the feed; `None` until they or a device of theirs came.
    pub owner: Option<Rc<Owner>>,
    /// How far its healing has come, where it is being healed.
    pub healing: Option<Place>,
}

/// Further columns of the feed's own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// All changes up to here are copied to KV,
    pub copied: Seq,
    /// but those of the items in these places.
    pub exceptions: Vec<i64>,
    /// Whether KV has the owner,
    pub owner: bool,
    /// and the subscriptions.
    pub subscriptions: bool,
    /// How many rows there were at most when the head was stored,
    pub rows: u32,
    /// and how many bytes of bodies.
    pub bytes: u64,
}

impl Life {
    /// Reads where the feed stands. If the operator says that feeds were restored to an earlier
    /// moment, or lost, this one begins a new epoch first, in which it is healed: numbers that were given after that
    /// moment are then no numbers of it.
    pub fn read<H: Host>(host: &H, settings: &Settings) -> Result<(Self, Mark), Fault> {
        let mut exists = Row::from(store::single(host, Statement::Exists, &[])?);
        let (made, pushes) = (exists.integer()? > 0, exists.integer()? > 0);
        let heals = exists.integer()? > 0;
        let is_lost = |until| host.now() < until;
        if !made && settings.heal_empty_until.is_some_and(is_lost) {
            Self::renew(host, settings, made)?;
            return Self::read(host, settings);
        }
        if !made {
            let life = Self {
                made: false,
                pushes: false,
                epoch: Epoch::UNMADE,
                head: Head::default(),
                stored: Head::default(),
                forgotten: Seq::ZERO,
                seen: Seq::ZERO,
                next_snooze: None,
                owner: None,
                healing: None,
            };
            return Ok((life, Mark::default()));
        }
        let (generation, mut life, mark) = read(store::single(host, Statement::Hub, &[])?)?;
        life.pushes = pushes;
        if generation < settings.generation {
            Self::renew(host, settings, made)?;
            return Self::read(host, settings);
        }
        if heals {
            life.healing = Some(Place::read(store::single(host, Statement::Healing, &[])?)?);
        }
        Ok((life, mark))
    }

    /// Begins a new epoch in which the feed is healed. `made`: whether it has tables.
    ///
    /// # Errors
    /// Nothing has begun.
    pub(crate) fn renew<H: Host>(host: &H, settings: &Settings, made: bool) -> Result<(), Fault> {
        let epoch = Epoch::from_bytes(host.random()?);
        let (text, new) = (epoch_text(epoch), Prelude::begun(epoch, settings));
        let mut writes = new.writes();
        if made {
            writes = vec![Write {
                statement: Statement::SetEpoch,
                values: vec![Bound::Integer(settings.generation), Bound::Text(&text)],
            }];
        }
        writes.extend(Place::begin(host.now()));
        host.commit(&writes).map(|_| ())
    }

    /// The cursor of an endpoint that has been told everything.
    pub const fn cursor(&self) -> Cursor {
        Cursor::all_up_to(self.epoch, self.head.seq)
    }
}

fn read(values: Vec<Value>) -> Result<(i64, Life, Mark), Fault> {
    let mut row = Row::from(values);
    let generation = row.integer()?;
    let epoch = Epoch::from_bytes(*row.guid()?.as_bytes());
    let stored = Head {
        seq: Seq::new(row.integer()?),
        ordinal: row.integer()?,
    };
    let mut mark = Mark {
        copied: Seq::new(row.integer()?),
        exceptions: places(&row.text()?),
        ..Mark::default()
    };
    let forgotten = Seq::new(row.integer()?);
    let seen = Seq::new(row.integer()?);
    mark.rows = row.small()?;
    mark.bytes = row.small()?;
    mark.owner = row.integer()? != 0;
    mark.subscriptions = row.integer()? != 0;
    let owner = owner(&mut row)?;
    let newest = Head {
        seq: Seq::new(
            row.opt_integer()
                .unwrap_or(SEQ_BASE)
                .saturating_sub(SEQ_BASE),
        ),
        ordinal: row.opt_integer().unwrap_or(0),
    };
    let next_snooze = row.opt_time();
    let life = Life {
        made: true,
        pushes: false,
        epoch,
        head: Head {
            seq: stored.seq.max(newest.seq),
            ordinal: stored.ordinal.max(newest.ordinal),
        },
        stored,
        forgotten,
        seen,
        next_snooze,
        owner: owner.map(Rc::new),
        healing: None,
    };
    Ok((generation, life, mark))
}

fn owner(row: &mut Row) -> Result<Option<Owner>, Fault> {
    let [issuer, tenant, subject, others, principal_name, host] =
        std::array::from_fn(|_| row.opt_text());
    let Some(host) = host else { return Ok(None) };
    let others = others.unwrap_or_default();
    Ok(Some(Owner {
        user: User {
            issuer: issuer.unwrap_or_default(),
            tenant: tenant.unwrap_or_default(),
            subject: subject.unwrap_or_default(),
            other_subjects: serde_json::from_str(&others)
                .map_err(|error| Fault::new("the owner's subjects", &error))?,
            principal_name: principal_name.unwrap_or_default(),
        },
        host: HostName::parse(&host).map_err(|error| Fault::new("the owner's host", &error))?,
    }))
}

/// Places in the list as text, with blanks between.
pub fn places_text(places: &[i64]) -> String {
    let places: Vec<String> = places.iter().map(i64::to_string).collect();
    places.join(" ")
}

fn places(text: &str) -> Vec<i64> {
    text.split(' ')
        .filter_map(|place| place.parse().ok())
        .collect()
}

fn epoch_text(epoch: Epoch) -> String {
    Guid::from_bytes(*epoch.as_bytes()).to_string()
}

/// The writes that must come before a feed's first change: its tables, and whose it is. Holds the texts that
/// the statements borrow.
#[derive(Debug, Default)]
pub struct Prelude {
    begun: Option<(Epoch, String, i64)>,
    owner: Option<(Rc<Owner>, String)>,
}

impl Prelude {
    /// For a change by `owner`.
    pub fn of<H: Host>(
        life: &Life,
        owner: &Rc<Owner>,
        host: &H,
        settings: &Settings,
    ) -> Result<Self, Fault> {
        let mut prelude = Self::default();
        if !life.made {
            prelude = Self::begun(Epoch::from_bytes(host.random()?), settings);
        }
        if life.owner.as_ref() != Some(owner) {
            let others = serde_json::to_string(&owner.user.other_subjects)
                .map_err(|error| Fault::new("the owner's subjects", &error))?;
            prelude.owner = Some((Rc::clone(owner), others));
        }
        Ok(prelude)
    }

    /// For a feed that begins, of nobody yet.
    fn begun(epoch: Epoch, settings: &Settings) -> Self {
        Self {
            begun: Some((epoch, epoch_text(epoch), settings.generation)),
            owner: None,
        }
    }

    /// Whether nothing is to be written.
    pub const fn is_empty(&self) -> bool {
        self.begun.is_none() && self.owner.is_none()
    }

    /// The statements.
    pub fn writes(&self) -> Vec<Write<'_>> {
        let mut writes = Vec::new();
        if let Some((_, epoch, generation)) = &self.begun {
            writes.extend(Statement::SCHEMA.map(|statement| Write {
                statement,
                values: Vec::new(),
            }));
            writes.push(Write {
                statement: Statement::InsertHub,
                values: vec![
                    Bound::Integer(SCHEMA),
                    Bound::Integer(*generation),
                    Bound::Text(epoch),
                ],
            });
        }
        if let Some((owner, others)) = &self.owner {
            let user = &owner.user;
            writes.push(Write {
                statement: Statement::SetOwner,
                values: vec![
                    Bound::Text(&user.issuer),
                    Bound::Text(&user.tenant),
                    Bound::Text(&user.subject),
                    Bound::Text(others),
                    Bound::Text(&user.principal_name),
                    Bound::Text(owner.host.as_str()),
                ],
            });
        }
        writes
    }

    /// The statements are durable. Whether KV has to hear of an owner.
    pub fn written(self, life: &mut Life) -> bool {
        if let Some((epoch, _, _)) = self.begun {
            life.made = true;
            life.epoch = epoch;
        }
        if let Some((owner, _)) = self.owner {
            life.owner = Some(owner);
            return true;
        }
        false
    }
}
