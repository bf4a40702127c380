//! The operator's view of a feed: its counters without its contents, and the keys of its copies for whoever erases it.

use std::fmt::Write as _;

use notifeed::time::Timestamp;

use crate::Feed;
use crate::copies::{item_key, other_key};
use crate::fault::Fault;
use crate::host::{Bound, Host, Query, Write};
use crate::store::{self, Row, Statement};

/// How many items are erased at a time: each has two keys at most, and a call of the platform may delete 1000.
const ERASED_AT_ONCE: i64 = 400;

impl<H: Host> Feed<H> {
    /// How full the feed is and how far its copy, as JSON. `None`: nothing is stored.
    ///
    /// # Errors
    /// The tables can't be read.
    pub fn counters(&self) -> Result<Option<String>, Fault> {
        if !self.life.made {
            return Ok(None);
        }
        let now = Bound::Integer(self.host.now().unix_millis());
        let mut room = Row::from(store::single(&self.host, Statement::Room, &[now])?);
        let (rows, bytes, items) = (room.integer()?, room.integer()?, room.integer()?);
        let first_expiration = room.opt_time();
        let subscriptions = store::single(&self.host, Statement::CountSubscriptions, &[now])?;
        let subscriptions = Row::from(subscriptions).integer()?;
        let copied = self.copies.copied();
        let after = store::seq(copied);
        let uncopied = store::single(&self.host, Statement::CountUncopied, &[after])?;
        let mut uncopied = Row::from(uncopied);
        let (waiting, oldest) = (uncopied.integer()?, uncopied.opt_time());
        let time = |time: Option<Timestamp>| {
            time.map_or_else(|| "null".to_owned(), |time| format!("\"{time}\""))
        };
        Ok(Some(format!(
            "{{\"items\":{items},\"rows\":{rows},\"bytes\":{bytes},\"subscriptions\":{subscriptions},\
             \"connections\":{},\"firstExpiration\":{},\"lastChange\":{},\"copiedChange\":{},\"uncopiedItems\":{waiting},\
             \"oldestUncopied\":{},\"healing\":{}}}",
            self.connections.len(),
            time(first_expiration),
            self.life.head.seq.get(),
            copied.get(),
            time(oldest),
            self.healing.is_some(),
        )))
    }

    /// Since when the oldest change waits that KV doesn't have, as far as the feed's memory knows.
    pub fn uncopied_since(&self) -> Option<Timestamp> {
        self.copies.waits_since()
    }

    /// Erases the items up to a place in the list, whose copies are gone.
    ///
    /// # Errors
    /// They are still there.
    pub fn erase(&self, last: i64) -> Result<(), Fault> {
        let erase = Write {
            statement: Statement::EraseItems,
            values: vec![Bound::Integer(last)],
        };
        self.host.commit(&[erase]).map(|_| ())
    }

    /// The keys of the oldest items' copies, with line feeds between, after the last of these items' place in the
    /// list. Without any item left nothing is before them: they are those of the owner and of subscriptions.
    ///
    /// # Errors
    /// The tables can't be read.
    pub fn keys(&self) -> Result<String, Fault> {
        let read = |statement, values: &[Bound<'_>]| {
            self.host
                .query(Query::Fixed(statement), values, store::UNBOUNDED)
        };
        if !self.life.made {
            return Ok(String::new());
        }
        let limit = [Bound::Integer(ERASED_AT_ONCE)];
        let (mut last, mut keys) = (String::new(), String::new());
        for row in read(Statement::OldestItems, &limit)?.rows {
            let mut row = Row::from(row);
            last = row.integer()?.to_string();
            let (item, copy) = (row.guid()?, row.small()?);
            for copy in [copy, u32::saturating_sub(copy, 1)] {
                let _ = write!(keys, "\n{}", item_key(&self.host, item, copy));
            }
        }
        if last.is_empty() {
            let _ = write!(keys, "\n{}", other_key(&self.host, &"owner"));
            for row in read(Statement::SubscriptionIds, &[])?.rows {
                let subscription = Row::from(row).guid()?;
                let _ = write!(keys, "\n{}", other_key(&self.host, &subscription));
            }
        }
        Ok(last + &keys)
    }
}
