//! The items whose last copied change KV doesn't have yet.

use std::collections::BTreeMap;

use notifeed::feed::{Entry, Seq};
use notifeed::time::Timestamp;

/// How many items are remembered; the rest is read from the tables when these are done.
const MAX_PENDING: usize = 256;

/// How many earlier copies of an item are removed where it isn't known how many KV has.
const MAX_LOWER: u32 = 16;

/// An item that KV has to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The number of the change.
    pub seq: Seq,
    /// The number of the copy.
    pub copy: u32,
    /// The lowest number under which KV may have an earlier copy; the copy's own: it has none.
    pub lowest: u32,
    /// Since when it waits.
    pub since: Timestamp,
    /// Whether the copy is on its way.
    pub in_flight: bool,
    /// The last try failed.
    pub failed: bool,
    /// No put of it was ever started.
    pub untouched: bool,
}

/// The change of an item by an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The item is new.
    Created,
    /// The item has other content, or an answer.
    Replaced,
    /// The item ended.
    Ended,
}

/// The items that wait, by their place in the list.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    items: BTreeMap<i64, Pending>,
    /// The number after which reading goes on in the tables, if there may be more than is remembered.
    pub unread_after: Option<Seq>,
}

impl Waiting {
    /// Whether there is nothing that KV has to hear of.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.unread_after.is_none()
    }

    /// An item changed.
    pub fn changed(&mut self, entry: &Entry, change: Change, now: Timestamp) {
        let before = self.items.get(&entry.ordinal).copied();
        let untouched = before.is_some_and(|before| !before.in_flight && before.untouched);
        if untouched && change == Change::Ended {
            // KV never heard of it.
            self.items.remove(&entry.ordinal);
            return;
        }
        let lowest = match (before, change) {
            (_, Change::Created) => entry.copy,
            (Some(_), _) if untouched => entry.copy,
            (Some(before), _) => before.lowest,
            (None, _) => entry.copy.saturating_sub(1).max(1),
        };
        let pending = Pending {
            seq: entry.copied_seq(),
            copy: entry.copy,
            lowest,
            since: before.map_or(now, |before| before.since),
            in_flight: before.is_some_and(|before| before.in_flight),
            failed: false,
            untouched: untouched || change == Change::Created,
        };
        self.put(entry.ordinal, pending);
    }

    /// An item that was found in the tables: how many copies KV has of it isn't known.
    pub fn found(&mut self, entry: &Entry) {
        let pending = Pending {
            seq: entry.copied_seq(),
            copy: entry.copy,
            lowest: entry.copy.saturating_sub(MAX_LOWER).max(1),
            since: entry.modified,
            in_flight: false,
            failed: false,
            untouched: false,
        };
        if !self.items.contains_key(&entry.ordinal) {
            self.put(entry.ordinal, pending);
        }
    }

    fn put(&mut self, ordinal: i64, pending: Pending) {
        if self.items.len() >= MAX_PENDING && !self.items.contains_key(&ordinal) {
            let before = Seq::new(pending.seq.get().saturating_sub(1));
            self.unread_after = Some(self.unread_after.map_or(before, |after| after.min(before)));
            return;
        }
        self.items.insert(ordinal, pending);
    }

    /// How many more can be remembered.
    pub fn spare(&self) -> usize {
        MAX_PENDING.saturating_sub(self.items.len())
    }

    /// The items that wait, oldest change first, at most so many.
    pub fn idle(&self, limit: usize) -> Vec<(i64, Pending)> {
        let idle = self.items.iter().filter(|(_, pending)| !pending.in_flight);
        let mut idle: Vec<_> = idle
            .map(|(ordinal, pending)| (*ordinal, *pending))
            .collect();
        idle.sort_unstable_by_key(|(_, pending)| pending.seq);
        idle.truncate(limit);
        idle
    }

    /// Whether an item waits that no try has failed for.
    pub fn has_fresh(&self) -> bool {
        self.unread_after.is_some()
            || self
                .items
                .values()
                .any(|pending| !pending.in_flight && !pending.failed)
    }

    /// Whether an item waits.
    pub fn contains(&self, ordinal: i64) -> bool {
        self.items.contains_key(&ordinal)
    }

    /// An item.
    pub fn get_mut(&mut self, ordinal: i64) -> Option<&mut Pending> {
        self.items.get_mut(&ordinal)
    }

    /// KV has no need of it.
    pub fn drop(&mut self, ordinal: i64) {
        self.items.remove(&ordinal);
    }

    /// KV has this copy, and none below it.
    pub fn copied(&mut self, ordinal: i64, copy: u32) {
        let Some(pending) = self.items.get_mut(&ordinal) else {
            return;
        };
        if pending.copy == copy {
            self.items.remove(&ordinal);
        } else {
            pending.in_flight = false;
            pending.lowest = copy;
        }
    }

    /// KV may have this copy, or not.
    pub fn failed(&mut self, ordinal: i64) {
        if let Some(pending) = self.items.get_mut(&ordinal) {
            pending.in_flight = false;
            pending.failed = true;
        }
    }

    /// KV works: nothing has failed.
    pub fn forgive(&mut self) {
        for pending in self.items.values_mut() {
            pending.failed = false;
        }
    }

    /// Since when the oldest waits.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.items.values().map(|pending| pending.since).min()
    }

    /// The mark, given the head: up to where everything is copied, but for these places.
    pub fn mark(&self, head: Seq, max_exceptions: usize) -> (Seq, Vec<i64>) {
        let before = |seq: Seq| Seq::new(seq.get().saturating_sub(1));
        let first = |failed: bool| {
            let of = self
                .items
                .values()
                .filter(move |pending| pending.failed == failed);
            of.map(|pending| before(pending.seq)).min()
        };
        let copied = [first(false), self.unread_after, Some(head)];
        let copied = copied.into_iter().flatten().min().unwrap_or(head);
        let failed = self
            .items
            .iter()
            .filter(|(_, pending)| pending.failed && pending.seq <= copied);
        let exceptions: Vec<i64> = failed.map(|(ordinal, _)| *ordinal).collect();
        if exceptions.len() <= max_exceptions {
            return (copied, exceptions);
        }
        (
            first(true).map_or(copied, |first| first.min(copied)),
            Vec::new(),
        )
    }
}
