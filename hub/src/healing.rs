//! Healing: a feed that was restored to an earlier moment, or lost, is made whole again from its copy in KV
//! (ARCHITECTURE "Two stores"). It begins a new epoch, and answers 503 until it is done.
//!
//! The keys are listed page by page, then the texts that the tables lack are read; each step is one transaction, and a
//! memory that ends goes on with the next one. The highest copy of an item counts, but a gone mark wins. The tables of
//! a healing are there as long as it is under way.

use std::rc::Rc;

use notifeed::error::problems;
use notifeed::live::close::Close;
use notifeed::throttle::Bucket;
use notifeed::time::{Duration, Timestamp};

use crate::Feed;
use crate::connection::Connections;
use crate::copies::value;
use crate::fault::Fault;
use crate::host::{Bound, Effect, Host, OpenSocket, Outcome, Query, Write};
use crate::life::Life;
use crate::push;
use crate::settings::Settings;
use crate::store::{self, Row, Statement};
use crate::waiting::Waiting;
use crate::wire::Request;

/// How many texts are read at a time.
const AT_ONCE: i64 = 40;

/// How long after a failure KV is asked again.
const RETRY: Duration = Duration::from_seconds(5);

/// How long a caller waits at the least.
const RETRY_AFTER: Duration = Duration::from_seconds(2);

/// The question that KV was asked.
#[derive(Debug)]
enum Asked {
    Erasure,
    Keys,
    /// The texts of these ids.
    Texts(Vec<String>),
}

/// A healing in memory.
#[derive(Debug)]
pub(crate) struct Healing {
    /// When its next step is due.
    at: Timestamp,
    /// The effect that is under way.
    asked: Option<(u64, Asked)>,
}

impl Healing {
    /// As a feed finds it that wakes. KV is asked once it lists all that was put before the healing began.
    pub(crate) fn woken(life: &Life, settings: &Settings) -> Option<Self> {
        let place = life.healing.as_ref()?;
        Some(Self {
            at: place.since.saturating_add(settings.kv_lag),
            asked: None,
        })
    }

    /// When its next step is due; `None`: it waits for KV.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.asked.is_none().then_some(self.at)
    }
}

/// Closes all connections: their cursors are of an earlier epoch.
pub(crate) fn close<H: Host>(host: &H, open: &mut Vec<OpenSocket>) {
    let Close { code, reason } = Close::RESTARTED;
    for open in open.drain(..) {
        host.close(open.socket, code, reason);
    }
}

impl<H: Host> Feed<H> {
    /// Has the feed be healed, by an operator's declaration for it alone, whatever its tables say.
    ///
    /// # Errors
    /// Nothing has begun.
    pub fn declare_lost(&mut self) -> Result<(), Fault> {
        Life::renew(&self.host, &self.settings, self.life.made)?;
        self.restart()
    }

    /// Goes on from the tables. Nothing else of the feed is in memory then.
    fn restart(&mut self) -> Result<(), Fault> {
        let (life, mark) = Life::read(&self.host, &self.settings)?;
        if life.healing.is_some() {
            close(&self.host, &mut self.host.sockets());
            let bucket = Bucket::full(self.settings.frame_rate, self.host.now());
            let stands = (life.head.seq, bucket);
            self.connections = Connections::woken(&self.host, Vec::new(), stands, self.host.now());
            self.waiting = Waiting::default();
        }
        self.stands(life, mark);
        if self.healing.is_none() {
            self.alarm.rang();
            self.look_ahead(true, self.host.now());
        }
        self.set_timer();
        Ok(())
    }

    /// 503: the feed is being healed.
    pub(crate) fn is_healing(&mut self, fields: &str) -> String {
        self.heal();
        self.set_timer();
        let now = self.host.now();
        let due = self.healing.as_ref().and_then(Healing::due);
        let wait = due.map_or(RETRY_AFTER, |at| at.saturating_since(now).max(RETRY_AFTER));
        let context = Request::asked_by(fields).context(now);
        let stop = problems::healing(wait).into();
        self.refuse(&stop, &context).to_text()
    }

    /// Takes the next step if it is due.
    pub(crate) fn heal(&mut self) {
        let now = self.host.now();
        let due = self.healing.as_ref().and_then(Healing::due);
        if due.is_some_and(|at| at <= now)
            && let Err(fault) = self.take_step(now)
        {
            self.try_later(&fault, now);
        }
    }

    fn try_later(&mut self, fault: &Fault, now: Timestamp) {
        self.host
            .log(&format!("healing failed, to be tried again: {fault}"));
        if let Some(healing) = &mut self.healing {
            healing.at = now.saturating_add(RETRY);
        }
    }

    fn take_step(&mut self, now: Timestamp) -> Result<(), Fault> {
        let (life, _) = Life::read(&self.host, &self.settings)?;
        let Some(place) = life.healing else {
            // The healing was done, and then the tables couldn't be read.
            return self.restart();
        };
        let (effect, asked) = if !place.knows_erasure {
            (Effect::ErasedSince, Asked::Erasure)
        } else if !place.listed {
            let cursor = place.cursor;
            (Effect::List { cursor }, Asked::Keys)
        } else {
            let (mut keys, mut ids) = (Vec::new(), Vec::new());
            let wanted = Query::Fixed(Statement::WantedCopies);
            let limit = [Bound::Integer(AT_ONCE)];
            for row in self.host.query(wanted, &limit, store::UNBOUNDED)?.rows {
                let mut row = Row::from(row);
                let (id, copy) = (row.text()?, row.text()?);
                keys.push(format!("{}:{id}{copy}", self.host.id()));
                ids.push(id);
            }
            if ids.is_empty() {
                self.end_healing(now)?;
                return self.restart();
            }
            (Effect::Get { keys }, Asked::Texts(ids))
        };
        let number = self.next_effect();
        self.host.start(number, effect);
        if let Some(healing) = &mut self.healing {
            healing.asked = Some((number, asked));
        }
        Ok(())
    }

    /// KV has answered, or has failed.
    pub(crate) fn kv_was_read(&mut self, number: u64, outcome: &Outcome) {
        let Some(healing) = &mut self.healing else {
            return;
        };
        let Some((_, asked)) = healing.asked.take_if(|(asked, _)| *asked == number) else {
            return;
        };
        let now = self.host.now();
        let kept = match outcome {
            Outcome::Read(text) => self.keep(&asked, text, now),
            Outcome::Failed(cause) => Err(Fault::new("KV", cause)),
            _ => Err(Fault::new("KV", &"an answer to another question")),
        };
        match kept {
            Ok(()) => self.heal(),
            Err(fault) => self.try_later(&fault, now),
        }
    }

    /// Keeps an answer of KV.
    fn keep(&self, asked: &Asked, text: &str, now: Timestamp) -> Result<(), Fault> {
        let now = Bound::Integer(now.unix_millis());
        let write = |statement, values| Write { statement, values };
        let all = Bound::Text(text);
        let mut split = Vec::new();
        let writes = match asked {
            Asked::Erasure => vec![
                write(Statement::SetErased, vec![all]),
                Write::plain(Statement::EraseOldItems),
                Write::plain(Statement::EraseOldSubscriptions),
                Write::plain(Statement::EraseOwner),
            ],
            Asked::Keys => vec![
                write(Statement::ListCopies, vec![all]),
                write(Statement::SetPlace, vec![all]),
                Write::plain(Statement::WantCopies),
                write(Statement::EndCopies, vec![now]),
                Write::plain(Statement::EndListedSubscriptions),
                Write::plain(Statement::RaiseOrdinal),
            ],
            Asked::Texts(ids) => {
                let texts = ids.iter().zip(text.split('\n'));
                split.extend(texts.map(|(id, text)| (id, text, value::split(text))));
                let mut writes = Vec::new();
                for (id, text, item) in &split {
                    let mut done = Statement::CopyDone;
                    match (id.as_str(), item) {
                        ("!owner", _) if !text.is_empty() => {
                            writes.push(write(Statement::HealOwner, vec![Bound::Text(text)]));
                        }
                        (id, _) if id.starts_with('!') && !text.is_empty() => {
                            let values = vec![Bound::Text(text), now];
                            writes.push(write(Statement::HealSubscription, values));
                        }
                        (_, Some((head, content))) => {
                            let (head, content) = (Bound::Text(head), Bound::Text(content));
                            writes.extend([
                                write(Statement::FreeHealedId, vec![head, now]),
                                write(Statement::EndHolder, vec![head, now]),
                                write(Statement::ForgetHealed, vec![head]),
                                write(Statement::HealItem, vec![head, content, now]),
                            ]);
                        }
                        _ => done = Statement::CopyMissing,
                    }
                    writes.push(write(done, vec![Bound::Text(id)]));
                }
                writes
            }
        };
        self.host.commit(&writes).map(|_| ())
    }

    /// All that KV has is in the tables: those of the healing go.
    fn end_healing(&mut self, now: Timestamp) -> Result<(), Fault> {
        let now = Bound::Integer(now.unix_millis());
        let (settings, mut pushed) = (Rc::clone(&self.settings), Vec::new());
        let push = settings.push.as_ref();
        if let Some(push) = push {
            let healed = Query::Fixed(Statement::HealedPushes);
            for row in self.host.query(healed, &[now], store::UNBOUNDED)?.rows {
                let mut row = Row::from(row);
                let (id, text) = (row.text()?, row.text()?);
                let endpoint = push::endpoint_of(&text, &push.hosts);
                pushed.extend(endpoint.map(|endpoint| (id, endpoint, push)));
            }
        }
        let mut writes = vec![Write {
            statement: Statement::EndHealing,
            values: vec![now],
        }];
        if !pushed.is_empty() && !self.pushes.made() {
            writes.extend(push::SCHEMA.map(Write::plain));
        }
        for (id, endpoint, push) in &pushed {
            let others = push.max_endpoints.saturating_sub(1);
            writes.extend(push::endpoint(id, endpoint, &push.key_id, others));
        }
        writes.extend([
            Write::plain(Statement::DropHealing),
            Write::plain(Statement::DropHealingCopy),
        ]);
        self.host.commit(&writes).map(|_| ())
    }
}
