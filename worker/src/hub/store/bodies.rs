//! Bodies on their way to KV, and those to be deleted from it.

use notifeed::feed::Entry;
use notifeed::feed::outbox::Kept;
use notifeed::guid::Guid;
use notifeed::time::Timestamp;

use super::{Store, small};
use crate::fault::Fault;
use crate::platform::storage::Row;

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

impl Store {
    /// The body of a revision, if it is still here.
    pub fn body(&self, id: Guid, revision: u32) -> Result<Option<String>, Fault> {
        let rows = self.storage.query(
            "SELECT text FROM body WHERE id = ? AND revision = ?",
            &[id.to_string().into(), i64::from(revision).into()],
        )?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    /// What is noted of a revision's body, if it is still here.
    pub fn kept(&self, id: Guid, revision: u32) -> Result<Option<Kept>, Fault> {
        let rows = self.storage.query(
            "SELECT due, attempts, confirmed FROM body WHERE id = ? AND revision = ?",
            &[id.to_string().into(), i64::from(revision).into()],
        )?;
        let time = |row: &Row, column| {
            row.optional_integer(column)
                .map(Timestamp::saturating_from_unix_millis)
        };
        rows.first()
            .map(|row| {
                Ok(Kept {
                    due: time(row, 0),
                    attempts: small(row, 1)?,
                    confirmed: time(row, 2),
                })
            })
            .transpose()
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
}
