//! Snoozes that end: at its instant an item is unread again, as a change of the feed that every device is told, also where
//! nobody had the feed in memory then (CONTRACT §5.6).

use notifeed::feed::page::MAX_PAGE_BYTES;
use notifeed::feed::{Entry, update};
use notifeed::time::Timestamp;

use crate::Feed;
use crate::alarm::SAFETY;
use crate::fault::Fault;
use crate::host::{Bound, Host, Query};
use crate::store::{self, Item, Row, Statement};

/// How many snoozes end in one transaction.
const AT_ONCE: i64 = 100;

impl<H: Host> Feed<H> {
    /// Ends the snoozes that are due, in the order of instant; comes before everything else of each event. A snooze that
    /// can't be ended stays due.
    pub(crate) fn end_snoozes(&mut self) {
        if self.aborting || self.life.next_snooze.is_none() {
            return;
        }
        let now = self.host.now();
        while self.life.next_snooze.is_some_and(|at| at <= now) {
            if let Err(fault) = self.end_some_snoozes(now) {
                self.host
                    .log(&format!("the end of a snooze failed: {fault}"));
                self.wake_by(now.saturating_add(SAFETY));
                return;
            }
        }
    }

    fn end_some_snoozes(&mut self, now: Timestamp) -> Result<(), Fault> {
        let values = [Bound::Integer(now.unix_millis()), Bound::Integer(AT_ONCE)];
        let question = Query::Fixed(Statement::Snoozed);
        let found = self.host.query(question, &values, MAX_PAGE_BYTES)?;
        let mut head = self.life.head;
        let mut items = Vec::with_capacity(found.rows.len());
        let mut pushes = Vec::with_capacity(found.rows.len());
        for row in found.rows {
            let item = Row::from(row).item()?;
            let until = item.entry.snoozed_until.unwrap_or(now);
            let entry = update::wake(&item.entry, until, head);
            head.seq = entry.seq;
            if let Some(body) = &item.body {
                pushes.push(self.plan(&entry, body, now)?);
            }
            items.push(Item { entry, ..item });
        }
        let mut writes: Vec<_> = items.iter().map(|item| store::wake(&item.entry)).collect();
        writes.extend(pushes.iter().flat_map(|planned| planned.writes()));
        if !writes.is_empty() {
            self.host.commit(&writes)?;
        }
        drop(writes);
        for item in &items {
            self.changed(&item.entry);
            self.tell(&item.entry, item.texts(), None, now);
        }
        if let Some(at) = pushes.iter().filter_map(|planned| planned.first()).min() {
            self.wake_by(at);
        }
        let row = store::single(&self.host, Statement::NextSnooze, &[])?;
        self.life.next_snooze = Row::from(row).opt_time();
        if let Some(next) = self.life.next_snooze {
            self.wake_by(next);
        }
        Ok(())
    }

    /// Has the alarm ring when an item's snooze is over.
    pub(crate) fn wake_for_snooze(&mut self, entry: &Entry) -> Result<(), Fault> {
        match entry.snoozed_until {
            Some(until) => self.alarm.wake_by(&self.host, until),
            None => Ok(()),
        }
    }

    /// A change of an item's states is durable: its snooze is known.
    pub(crate) fn snoozed(&mut self, entry: &Entry) {
        let next = [self.life.next_snooze, entry.snoozed_until];
        self.life.next_snooze = next.into_iter().flatten().min();
    }
}
