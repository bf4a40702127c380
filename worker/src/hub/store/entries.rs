//! The index: a row for each notification.

use notifeed::feed::capacity::Occupancy;
use notifeed::feed::entry::Sender;
use notifeed::feed::query::Condition;
use notifeed::feed::{Entry, ReadState, Seq, UserActionState};
use notifeed::guid::Guid;
use notifeed::notification::{PlatformSet, Priority};
use notifeed::time::Timestamp;

use super::{Store, first, small};
use crate::fault::Fault;
use crate::platform::storage::{Bound, Row};

const ENTRY_COLUMNS: &str = "entry.id, entry.revision, ordinal, content_seq, seq, issuer, app, \
    app_notification_id, group_name, priority, platforms, reached, created, modified, posted, entry.expiration, \
    display_time_to_live, read_state, user_action_state, request_digest, keep_until, deleted";

impl Store {
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

fn platforms(row: &Row, column: u32) -> Result<PlatformSet, Fault> {
    u8::try_from(row.integer(column)?)
        .ok()
        .and_then(PlatformSet::from_bits)
        .ok_or_else(|| Fault::new("a platform set", &"unknown bits"))
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
