//! A Hub's tables: the index, the bodies that KV doesn't hold alone yet, the subscriptions.
//!
//! All SQL stands here, each statement in a named function. Times are Unix milliseconds; enums are
//! stored as they are spelled on the wire; platform sets as their bits.

use notifeed::credentials::User;
use notifeed::feed::append::Head;
use notifeed::feed::capacity::Occupancy;
use notifeed::feed::entry::Sender;
use notifeed::feed::query::Condition;
use notifeed::feed::{Cursor, Entry, Epoch, ReadState, Seq, UserActionState};
use notifeed::guid::Guid;
use notifeed::notification::{Platform, PlatformSet, Priority};
use notifeed::subscription;
use notifeed::time::Timestamp;

use crate::fault::Fault;
use crate::platform::storage::{Bound, Row, Storage};

/// The migrations: each runs once, in order. A change of the schema is a new one at the end.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE hub (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        epoch TEXT NOT NULL, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL,
        issuer TEXT, tenant TEXT, subject TEXT, other_subjects TEXT,
        principal_name TEXT, host TEXT
    ) STRICT;
    CREATE TABLE entry (
        id TEXT PRIMARY KEY, revision INTEGER NOT NULL, ordinal INTEGER NOT NULL,
        content_seq INTEGER NOT NULL, seq INTEGER NOT NULL,
        issuer TEXT NOT NULL, app TEXT NOT NULL, app_notification_id TEXT,
        group_name TEXT, priority TEXT NOT NULL,
        platforms INTEGER NOT NULL, reached INTEGER NOT NULL,
        created INTEGER NOT NULL, modified INTEGER NOT NULL, posted INTEGER NOT NULL,
        expiration INTEGER NOT NULL, display_time_to_live INTEGER,
        read_state TEXT NOT NULL, user_action_state TEXT NOT NULL,
        request_digest TEXT NOT NULL, keep_until INTEGER NOT NULL, deleted INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX entry_seq ON entry (seq);
    CREATE INDEX entry_ordinal ON entry (ordinal);
    CREATE INDEX entry_keep_until ON entry (keep_until);
    CREATE INDEX entry_app_notification_id ON entry (app_notification_id, app, issuer)
        WHERE app_notification_id IS NOT NULL;
    CREATE TABLE body (
        id TEXT NOT NULL, revision INTEGER NOT NULL, text TEXT NOT NULL,
        expiration INTEGER NOT NULL, due INTEGER, attempts INTEGER NOT NULL, confirmed INTEGER,
        PRIMARY KEY (id, revision)
    ) STRICT;
    CREATE INDEX body_due ON body (due) WHERE due IS NOT NULL;
    CREATE INDEX body_confirmed ON body (confirmed) WHERE confirmed IS NOT NULL;
    CREATE TABLE superseded (
        id TEXT NOT NULL, revision INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL,
        PRIMARY KEY (id, revision)
    ) STRICT;
    CREATE TABLE subscription (
        id TEXT PRIMARY KEY, issuer TEXT NOT NULL, app TEXT NOT NULL, device_id TEXT,
        platform TEXT NOT NULL, display_name TEXT, push_subscription TEXT,
        created INTEGER NOT NULL, expiration INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX subscription_device ON subscription (device_id) WHERE device_id IS NOT NULL;
"];

const ENTRY_COLUMNS: &str = "entry.id, entry.revision, ordinal, content_seq, seq, issuer, app, \
    app_notification_id, group_name, priority, platforms, reached, created, modified, posted, entry.expiration, \
    display_time_to_live, read_state, user_action_state, request_digest, keep_until, deleted";

/// Whose Hub this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: User,
    /// The host.
    pub host: String,
}

/// A body: which one, what it says, and until when it matters.
#[derive(Debug, Clone)]
pub struct Body {
    /// The notification.
    pub id: Guid,
    /// Its revision.
    pub revision: u32,
    /// The canonical notification.
    pub text: String,
    /// When the notification expires.
    pub expiration: Timestamp,
    /// How often KV was tried in vain.
    pub attempts: u32,
}

/// A body that nobody needs any longer, still to be deleted from KV.
#[derive(Debug, Clone, Copy)]
pub struct Superseded {
    /// The notification.
    pub id: Guid,
    /// The revision.
    pub revision: u32,
    /// How often KV was tried in vain.
    pub attempts: u32,
}

/// A device's subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Its id.
    pub id: Guid,
    /// The app that subscribed.
    pub sender: Sender,
    /// The app's own id of the device.
    pub device_id: Option<String>,
    /// What the device receives.
    pub platform: Platform,
    /// For people to recognize it by.
    pub display_name: Option<String>,
    /// JSON text; stored, not used yet.
    pub push_subscription: Option<String>,
    /// When it was first made.
    pub created: Timestamp,
    /// When its id stops working.
    pub expiration: Timestamp,
}

impl Subscription {
    /// What its device is told of it.
    pub fn view(&self) -> subscription::View<'_> {
        subscription::View {
            id: self.id,
            platform: self.platform,
            device_id: self.device_id.as_deref(),
            display_name: self.display_name.as_deref(),
            created: self.created,
            expiration: self.expiration,
        }
    }
}

/// The tables.
pub struct Store {
    storage: Storage,
}

impl Store {
    /// Opens the tables, and brings them up to date. `epoch` is taken when they are new.
    pub fn open(storage: Storage, epoch: Epoch) -> Result<Self, Fault> {
        let store = Self { storage };
        let sql = &store.storage;
        sql.run(
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY) STRICT",
            &[],
        )?;
        let rows = sql.query("SELECT count(*) FROM migration", &[])?;
        let done = rows.first().map_or(Ok(0), |row| row.integer(0))?;
        for (number, migration) in (0_i64..).zip(MIGRATIONS) {
            if number < done {
                continue;
            }
            sql.transaction(|| {
                sql.run(migration, &[])?;
                sql.run("INSERT INTO migration VALUES (?)", &[number.into()])
            })?;
        }
        sql.run(
            "INSERT INTO hub (only, epoch, seq, ordinal) VALUES (1, ?, 0, 0) ON CONFLICT DO NOTHING",
            &[Guid::from_bytes(*epoch.as_bytes()).to_string().into()],
        )?;
        Ok(store)
    }

    /// Runs statements as one transaction.
    pub fn transaction<T>(&self, run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        self.storage.transaction(run)
    }

    /// Sets the alarm, whatever it was.
    pub fn set_alarm(&self, at: Timestamp) -> Result<(), Fault> {
        self.storage.set_alarm(at)
    }

    /// Takes the alarm back, if one is set.
    pub fn delete_alarm(&self) -> Result<(), Fault> {
        self.storage.delete_alarm()
    }

    /// Where the feed stands: its epoch, and the numbers that the next change goes on from.
    pub fn head(&self) -> Result<(Epoch, Head), Fault> {
        let rows = self
            .storage
            .query("SELECT epoch, seq, ordinal FROM hub", &[])?;
        let row = first(&rows)?;
        let epoch = row.parsed(0, |text| Guid::parse(text).ok())?;
        let head = Head {
            seq: Seq::new(row.integer(1)?),
            ordinal: row.integer(2)?,
        };
        Ok((Epoch::from_bytes(*epoch.as_bytes()), head))
    }

    /// The cursor of an endpoint that has been told everything.
    pub fn cursor(&self) -> Result<Cursor, Fault> {
        let (epoch, head) = self.head()?;
        Ok(Cursor::all_up_to(epoch, head.seq))
    }

    /// Moves on to a later number.
    pub fn set_head(&self, head: Head) -> Result<(), Fault> {
        self.storage.run(
            "UPDATE hub SET seq = ?, ordinal = ?",
            &[head.seq.get().into(), head.ordinal.into()],
        )
    }

    /// Whose Hub this is; `None` until its user or a device of theirs came here first.
    pub fn owner(&self) -> Result<Option<Owner>, Fault> {
        let rows = self.storage.query(
            "SELECT issuer, tenant, subject, other_subjects, principal_name, host FROM hub \
             WHERE host IS NOT NULL",
            &[],
        )?;
        rows.first().map(owner).transpose()
    }

    /// Remembers whose Hub this is.
    pub fn set_owner(&self, owner: &Owner) -> Result<(), Fault> {
        let user = &owner.user;
        self.storage.run(
            "UPDATE hub SET issuer = ?, tenant = ?, subject = ?, other_subjects = ?, \
             principal_name = ?, host = ?",
            &[
                user.issuer.as_str().into(),
                user.tenant.as_str().into(),
                user.subject.as_str().into(),
                serde_json::to_string(&user.other_subjects)?.into(),
                user.principal_name.as_str().into(),
                owner.host.as_str().into(),
            ],
        )
    }

    /// The row of a notification, tombstones too.
    pub fn entry(&self, id: Guid) -> Result<Option<Entry>, Fault> {
        let statement = format!("SELECT {ENTRY_COLUMNS} FROM entry WHERE id = ?");
        let rows = self.storage.query(&statement, &[id.to_string().into()])?;
        rows.first().map(entry).transpose()
    }

    /// The newest row with that app's `appNotificationId`, tombstones too.
    pub fn entry_of(
        &self,
        sender: &Sender,
        app_notification_id: &str,
    ) -> Result<Option<Entry>, Fault> {
        let statement = format!(
            "SELECT {ENTRY_COLUMNS} FROM entry \
             WHERE app_notification_id = ? AND app = ? AND issuer = ? ORDER BY ordinal DESC LIMIT 1"
        );
        let bindings = [
            app_notification_id.into(),
            sender.app.as_str().into(),
            sender.issuer.as_str().into(),
        ];
        let rows = self.storage.query(&statement, &bindings)?;
        rows.first().map(entry).transpose()
    }

    /// The rows that changed after `seq`, in the order of their change, each with its body if that
    /// is still here.
    pub fn changed_after(
        &self,
        seq: Seq,
        limit: u32,
    ) -> Result<Vec<(Entry, Option<String>)>, Fault> {
        let statement = format!(
            "SELECT {ENTRY_COLUMNS}, body.text FROM entry \
             LEFT JOIN body ON body.id = entry.id AND body.revision = entry.revision \
             WHERE seq > ? ORDER BY seq LIMIT ?"
        );
        let bindings = [seq.get().into(), i64::from(limit).into()];
        let rows = self.storage.query(&statement, &bindings)?;
        rows.iter().map(with_body).collect()
    }

    /// The items below a place of the list, newest first, each with its body if that is still here.
    pub fn list(
        &self,
        below: i64,
        filter: &[Condition],
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Entry, Option<String>)>, Fault> {
        let (condition, mut bindings) = live_where(filter, now);
        let statement = format!(
            "SELECT {ENTRY_COLUMNS}, body.text FROM entry \
             LEFT JOIN body ON body.id = entry.id AND body.revision = entry.revision \
             WHERE {condition} AND ordinal < ? ORDER BY ordinal DESC LIMIT ?"
        );
        bindings.extend([below.into(), i64::from(limit).into()]);
        let rows = self.storage.query(&statement, &bindings)?;
        rows.iter().map(with_body).collect()
    }

    /// How many items there are.
    pub fn count(&self, filter: &[Condition], now: Timestamp) -> Result<i64, Fault> {
        let (condition, bindings) = live_where(filter, now);
        let statement = format!("SELECT count(*) FROM entry WHERE {condition}");
        first(&self.storage.query(&statement, &bindings)?)?.integer(0)
    }

    /// How many rows there are at most: the places of the list from the oldest on.
    pub fn rows_at_most(&self) -> Result<u32, Fault> {
        let rows = self.storage.query(
            "SELECT coalesce((SELECT ordinal FROM hub) - (SELECT min(ordinal) FROM entry) + 1, 0)",
            &[],
        )?;
        small(first(&rows)?, 0)
    }

    /// Counts what is on the feed.
    pub fn occupancy(&self, now: Timestamp) -> Result<Occupancy, Fault> {
        let (condition, bindings) = live_where(&[], now);
        let statement =
            format!("SELECT count(*), min(entry.expiration) FROM entry WHERE {condition}");
        let rows = self.storage.query(&statement, &bindings)?;
        let row = first(&rows)?;
        Ok(Occupancy {
            items: small(row, 0)?,
            first_expiration: row
                .optional_integer(1)
                .map(Timestamp::saturating_from_unix_millis),
        })
    }

    /// Stores a row as it is now.
    pub fn put_entry(&self, entry: &Entry) -> Result<(), Fault> {
        self.storage.run(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                entry.id.to_string().into(),
                i64::from(entry.revision).into(),
                entry.ordinal.into(),
                entry.content_seq.get().into(),
                entry.seq.get().into(),
                entry.sender.issuer.as_str().into(),
                entry.sender.app.as_str().into(),
                entry.app_notification_id.as_deref().into(),
                entry.group_name.as_deref().into(),
                entry.priority.as_str().into(),
                i64::from(entry.platforms.bits()).into(),
                i64::from(entry.reached.bits()).into(),
                entry.created.into(),
                entry.modified.into(),
                entry.posted.into(),
                entry.expiration.into(),
                entry.display_time_to_live.map(i64::from).into(),
                entry.read_state.as_str().into(),
                entry.user_action_state.as_str().into(),
                entry.request_digest.as_str().into(),
                entry.keep_until.into(),
                i64::from(entry.deleted).into(),
            ],
        )
    }

    /// The body of a revision, if it is still here.
    pub fn body(&self, id: Guid, revision: u32) -> Result<Option<String>, Fault> {
        let rows = self.storage.query(
            "SELECT text FROM body WHERE id = ? AND revision = ?",
            &[id.to_string().into(), i64::from(revision).into()],
        )?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    /// Stores a new revision's body, due in KV at `due`.
    pub fn put_body(&self, entry: &Entry, text: &str, due: Timestamp) -> Result<(), Fault> {
        self.storage.run(
            "INSERT INTO body (id, revision, text, expiration, due, attempts) VALUES (?, ?, ?, ?, ?, 0)",
            &[
                entry.id.to_string().into(),
                i64::from(entry.revision).into(),
                text.into(),
                entry.expiration.into(),
                due.into(),
            ],
        )
    }

    /// Lets go of a revision's body, here and, from `due` on, in KV.
    pub fn supersede(&self, id: Guid, revision: u32, due: Timestamp) -> Result<(), Fault> {
        let key = || [id.to_string().into(), i64::from(revision).into()];
        self.storage
            .run("DELETE FROM body WHERE id = ? AND revision = ?", &key())?;
        let [id, revision] = key();
        self.storage.run(
            "INSERT OR REPLACE INTO superseded VALUES (?, ?, ?, 0)",
            &[id, revision, due.into()],
        )
    }

    /// The bodies that are due in KV.
    pub fn due_bodies(&self, now: Timestamp, limit: u32) -> Result<Vec<Body>, Fault> {
        self.bodies("due <= ?", now, "due", limit)
    }

    /// The bodies that KV confirmed before `then`.
    pub fn confirmed_bodies(&self, then: Timestamp, limit: u32) -> Result<Vec<Body>, Fault> {
        self.bodies("confirmed <= ?", then, "confirmed", limit)
    }

    fn bodies(
        &self,
        condition: &str,
        time: Timestamp,
        order: &str,
        limit: u32,
    ) -> Result<Vec<Body>, Fault> {
        let statement = format!(
            "SELECT id, revision, text, expiration, attempts FROM body \
             WHERE {condition} ORDER BY {order} LIMIT ?"
        );
        let rows = self
            .storage
            .query(&statement, &[time.into(), i64::from(limit).into()])?;
        rows.iter()
            .map(|row| {
                Ok(Body {
                    id: row.parsed(0, |text| Guid::parse(text).ok())?,
                    revision: small(row, 1)?,
                    text: row.text(2)?,
                    expiration: row.time(3)?,
                    attempts: small(row, 4)?,
                })
            })
            .collect()
    }

    /// KV confirmed a body.
    pub fn confirm_body(&self, body: &Body, now: Timestamp) -> Result<(), Fault> {
        self.storage.run(
            "UPDATE body SET due = NULL, confirmed = ? WHERE id = ? AND revision = ?",
            &[
                now.into(),
                body.id.to_string().into(),
                i64::from(body.revision).into(),
            ],
        )
    }

    /// A body is to be put (again), at `due`.
    pub fn defer_body(&self, body: &Body, due: Timestamp) -> Result<(), Fault> {
        self.storage.run(
            "UPDATE body SET due = ?, confirmed = NULL, attempts = attempts + 1 \
             WHERE id = ? AND revision = ?",
            &[
                due.into(),
                body.id.to_string().into(),
                i64::from(body.revision).into(),
            ],
        )
    }

    /// Forgets a body: KV holds it alone from here on.
    pub fn forget_body(&self, body: &Body) -> Result<(), Fault> {
        self.storage.run(
            "DELETE FROM body WHERE id = ? AND revision = ?",
            &[body.id.to_string().into(), i64::from(body.revision).into()],
        )
    }

    /// The bodies that are due for deletion from KV.
    pub fn due_superseded(&self, now: Timestamp, limit: u32) -> Result<Vec<Superseded>, Fault> {
        let rows = self.storage.query(
            "SELECT id, revision, attempts FROM superseded WHERE due <= ? ORDER BY due LIMIT ?",
            &[now.into(), i64::from(limit).into()],
        )?;
        rows.iter()
            .map(|row| {
                Ok(Superseded {
                    id: row.parsed(0, |text| Guid::parse(text).ok())?,
                    revision: small(row, 1)?,
                    attempts: small(row, 2)?,
                })
            })
            .collect()
    }

    /// A superseded body was deleted from KV, or is to be tried again at `due`.
    pub fn settle_superseded(
        &self,
        superseded: &Superseded,
        due: Option<Timestamp>,
    ) -> Result<(), Fault> {
        let id = superseded.id.to_string();
        let revision = i64::from(superseded.revision);
        match due {
            None => self.storage.run(
                "DELETE FROM superseded WHERE id = ? AND revision = ?",
                &[id.into(), revision.into()],
            ),
            Some(due) => self.storage.run(
                "UPDATE superseded SET due = ?, attempts = attempts + 1 WHERE id = ? AND revision = ?",
                &[due.into(), id.into(), revision.into()],
            ),
        }
    }

    /// Removes what no endpoint can still show, and what has ended.
    pub fn purge(&self, now: Timestamp) -> Result<(), Fault> {
        self.transaction(|| {
            let sql = &self.storage;
            sql.run("DELETE FROM entry WHERE keep_until <= ?", &[now.into()])?;
            sql.run("DELETE FROM body WHERE expiration <= ?", &[now.into()])?;
            sql.run(
                "DELETE FROM subscription WHERE expiration <= ?",
                &[now.into()],
            )
        })
    }

    /// The instants at which the outbox, the forgetting (`grace` after the confirmation) and the
    /// purge have something to do.
    pub fn next_due(&self, grace: i64) -> Result<NextDue, Fault> {
        let rows = self.storage.query(
            "SELECT (SELECT min(due) FROM body WHERE due IS NOT NULL), \
                    (SELECT min(due) FROM superseded), \
                    (SELECT min(confirmed) FROM body WHERE confirmed IS NOT NULL), \
                    (SELECT min(keep_until) FROM entry), \
                    (SELECT min(expiration) FROM subscription)",
            &[],
        )?;
        let row = first(&rows)?;
        let at = |column| {
            row.optional_integer(column)
                .map(Timestamp::saturating_from_unix_millis)
        };
        Ok(NextDue {
            outbox: [at(0), at(1)].into_iter().flatten().min(),
            forget: at(2).map(|confirmed| confirmed.saturating_add_millis(grace)),
            purge: [at(3), at(4)].into_iter().flatten().min(),
        })
    }

    /// A subscription by its id, expired ones too.
    pub fn subscription(&self, id: Guid) -> Result<Option<Subscription>, Fault> {
        self.subscription_where("id = ?", &[id.to_string().into()])
    }

    /// An app's subscription of a device.
    pub fn subscription_of(
        &self,
        sender: &Sender,
        device_id: &str,
    ) -> Result<Option<Subscription>, Fault> {
        self.subscription_where(
            "device_id = ? AND issuer = ? AND app = ?",
            &[
                device_id.into(),
                sender.issuer.as_str().into(),
                sender.app.as_str().into(),
            ],
        )
    }

    /// The subscriptions that haven't expired, oldest first.
    pub fn subscriptions(&self, now: Timestamp) -> Result<Vec<Subscription>, Fault> {
        self.subscriptions_where("expiration > ? ORDER BY created, id", &[now.into()])
    }

    /// Ends a subscription: from here on its id leads nowhere.
    pub fn remove_subscription(&self, id: Guid) -> Result<(), Fault> {
        let sql = "DELETE FROM subscription WHERE id = ?";
        self.storage.run(sql, &[id.to_string().into()])
    }

    /// Ends all subscriptions.
    pub fn remove_subscriptions(&self) -> Result<(), Fault> {
        self.storage.run("DELETE FROM subscription", &[])
    }

    fn subscription_where(
        &self,
        condition: &str,
        bindings: &[Bound<'_>],
    ) -> Result<Option<Subscription>, Fault> {
        Ok(self.subscriptions_where(condition, bindings)?.pop())
    }

    fn subscriptions_where(
        &self,
        condition: &str,
        bindings: &[Bound<'_>],
    ) -> Result<Vec<Subscription>, Fault> {
        let statement = format!(
            "SELECT id, issuer, app, device_id, platform, display_name, push_subscription, \
             created, expiration FROM subscription WHERE {condition}"
        );
        let rows = self.storage.query(&statement, bindings)?;
        rows.iter().map(read_subscription).collect()
    }

    /// Stores a subscription as it is now.
    pub fn put_subscription(&self, subscription: &Subscription) -> Result<(), Fault> {
        self.storage.run(
            "INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                subscription.id.to_string().into(),
                subscription.sender.issuer.as_str().into(),
                subscription.sender.app.as_str().into(),
                subscription.device_id.as_deref().into(),
                subscription.platform.as_str().into(),
                subscription.display_name.as_deref().into(),
                subscription.push_subscription.as_deref().into(),
                subscription.created.into(),
                subscription.expiration.into(),
            ],
        )
    }
}

/// When there is something to do next.
pub struct NextDue {
    /// Something is to be put into, or deleted from, KV.
    pub outbox: Option<Timestamp>,
    /// A body can be read back and forgotten.
    pub forget: Option<Timestamp>,
    /// A row can go.
    pub purge: Option<Timestamp>,
}

/// What is on the feed and keeps every condition.
fn live_where(filter: &[Condition], now: Timestamp) -> (String, Vec<Bound<'_>>) {
    let mut text = String::from("deleted = 0 AND entry.expiration > ?");
    let mut bindings = vec![now.into()];
    for condition in filter {
        // `IS` compares like `=`, and NULL with NULL.
        let (column, value) = match condition {
            Condition::ReadState(state) => ("read_state", state.as_str().into()),
            Condition::UserActionState(state) => ("user_action_state", state.as_str().into()),
            Condition::GroupName(name) => ("group_name", name.as_deref().into()),
            Condition::Priority(priority) => ("priority", priority.as_str().into()),
        };
        text.push_str(" AND ");
        text.push_str(column);
        text.push_str(" IS ?");
        bindings.push(value);
    }
    (text, bindings)
}

fn first(rows: &[Row]) -> Result<&Row, Fault> {
    rows.first()
        .ok_or_else(|| Fault::new("a table", &"a row is missing"))
}

fn small(row: &Row, column: u32) -> Result<u32, Fault> {
    u32::try_from(row.integer(column)?).map_err(|error| Fault::new("a small number", &error))
}

fn platforms(row: &Row, column: u32) -> Result<PlatformSet, Fault> {
    u8::try_from(row.integer(column)?)
        .ok()
        .and_then(PlatformSet::from_bits)
        .ok_or_else(|| Fault::new("a platform set", &"unknown bits"))
}

fn owner(row: &Row) -> Result<Owner, Fault> {
    Ok(Owner {
        user: User {
            issuer: row.text(0)?,
            tenant: row.text(1)?,
            subject: row.text(2)?,
            other_subjects: serde_json::from_str(&row.text(3)?)?,
            principal_name: row.text(4)?,
        },
        host: row.text(5)?,
    })
}

fn read_subscription(row: &Row) -> Result<Subscription, Fault> {
    Ok(Subscription {
        id: row.parsed(0, |text| Guid::parse(text).ok())?,
        sender: Sender {
            issuer: row.text(1)?,
            app: row.text(2)?,
        },
        device_id: row.optional_text(3),
        platform: row.parsed(4, Platform::parse)?,
        display_name: row.optional_text(5),
        push_subscription: row.optional_text(6),
        created: row.time(7)?,
        expiration: row.time(8)?,
    })
}

fn with_body(row: &Row) -> Result<(Entry, Option<String>), Fault> {
    Ok((entry(row)?, row.optional_text(22)))
}

fn entry(row: &Row) -> Result<Entry, Fault> {
    Ok(Entry {
        id: row.parsed(0, |text| Guid::parse(text).ok())?,
        revision: small(row, 1)?,
        ordinal: row.integer(2)?,
        content_seq: Seq::new(row.integer(3)?),
        seq: Seq::new(row.integer(4)?),
        sender: Sender {
            issuer: row.text(5)?,
            app: row.text(6)?,
        },
        app_notification_id: row.optional_text(7),
        group_name: row.optional_text(8),
        priority: row.parsed(9, Priority::parse)?,
        platforms: platforms(row, 10)?,
        reached: platforms(row, 11)?,
        created: row.time(12)?,
        modified: row.time(13)?,
        posted: row.time(14)?,
        expiration: row.time(15)?,
        display_time_to_live: row.optional_integer(16).and_then(|n| u32::try_from(n).ok()),
        read_state: row.parsed(17, ReadState::parse)?,
        user_action_state: row.parsed(18, UserActionState::parse)?,
        request_digest: row.text(19)?,
        keep_until: row.time(20)?,
        deleted: row.integer(21)? != 0,
    })
}
