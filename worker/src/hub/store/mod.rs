//! A Hub's tables: the index, the bodies that KV doesn't hold alone yet, the subscriptions.
//!
//! All SQL stands in this room, each statement in a named function: the schema and the Hub's own row
//! here, [`entries`] the index, [`bodies`] the outbox, [`subscriptions`] the devices'. Times are Unix
//! milliseconds; enums are stored as they are spelled on the wire; platform sets as their bits.

mod bodies;
mod entries;
mod subscriptions;

pub use bodies::{Body, Superseded};
pub use subscriptions::Subscription;

use notifeed::credentials::User;
use notifeed::feed::append::Head;
use notifeed::feed::{Cursor, Epoch, Seq};
use notifeed::guid::Guid;
use notifeed::time::Timestamp;

use crate::fault::Fault;
use crate::platform::storage::{Row, Storage};

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

/// Whose Hub this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user: User,
    /// The host.
    pub host: String,
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

fn first(rows: &[Row]) -> Result<&Row, Fault> {
    rows.first()
        .ok_or_else(|| Fault::new("a table", &"a row is missing"))
}

fn small(row: &Row, column: u32) -> Result<u32, Fault> {
    u32::try_from(row.integer(column)?).map_err(|error| Fault::new("a small number", &error))
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
