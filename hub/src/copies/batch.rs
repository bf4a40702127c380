//! Putting a batch of copies: which, and with what value.

use std::fmt;

use notifeed::feed::{Entry, copy};
use notifeed::guid::Guid;
use notifeed::time::{Duration, Timestamp};

use super::value::{self, Parts};
use super::{Copies, Of};
use crate::fault::Fault;
use crate::host::{Bound, Effect, Host, Query, Rows};
use crate::life::Life;
use crate::store::{self, Item, Row, Statement};
use crate::subscriptions::Subscription;

/// How many items are put at a time,
const BATCH: usize = 100;
/// and how many bytes of bodies.
const BATCH_BYTES: usize = 512 * 1024;
/// How many subscriptions are put at a time.
const SUBSCRIPTIONS: i64 = 20;
/// How long KV keeps the owner: ten years.
const OWNER_LIFE: Duration = Duration::from_days(10 * 365);
/// How long the same key isn't put again: KV takes one write a second for each.
const SAME_KEY: Duration = Duration::from_millis(1100);
/// How long nothing is put while KV rests.
const REST: Duration = Duration::from_seconds(30);

/// The copy of an item as it was posted, kept until it is put: it needn't be read back.
#[derive(Debug)]
pub(super) struct Copy {
    id: Guid,
    number: u32,
    value: String,
    metadata: String,
    /// When the copy is of no use any longer.
    ends: Timestamp,
}

impl Copy {
    pub(super) fn of(entry: &Entry, parts: &Parts<'_>) -> Self {
        Self {
            id: entry.id,
            number: entry.copy,
            value: value::item(entry, parts),
            metadata: value::item_metadata(entry),
            // Until then a row of an earlier moment may still show an earlier revision.
            ends: entry.keep_until,
        }
    }

    fn gone(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            number: entry.copy,
            value: value::gone(entry),
            metadata: value::item_metadata(entry),
            ends: entry.keep_until,
        }
    }

    pub(super) const fn is(&self, number: u32) -> bool {
        self.number == number
    }

    pub(super) const fn bytes(&self) -> usize {
        self.value.len()
    }
}

impl Copies {
    /// Puts a batch that is due. `Ok(Some(at))`: the alarm must ring by then.
    ///
    /// # Errors
    /// The tables can't be read.
    pub fn put<H: Host>(
        &mut self,
        host: &H,
        life: &Life,
        now: Timestamp,
        number: &mut u64,
    ) -> Result<Option<Timestamp>, Fault> {
        if self.at.is_none_or(|at| now < at) || !self.in_flight.is_empty() {
            return Ok(None);
        }
        self.at = None;
        self.last_put = Some(now);
        if host.kv_rests() {
            self.failing = true;
            return Ok(Some(now.saturating_add(REST)));
        }
        self.read_unread(host)?;
        let limit = if self.probing || self.failing {
            1
        } else {
            BATCH
        };
        self.put_items(host, limit, now, number)?;
        if self.in_flight.len() < limit {
            self.put_others(host, life, limit, now, number)?;
        }
        // Nothing is left that KV must hear of: only states changed since the mark.
        if self.in_flight.is_empty() && self.waiting.is_empty() {
            self.probing = false;
            self.failing = false;
        }
        Ok(None)
    }

    /// Reads from the tables what is not remembered.
    fn read_unread<H: Host>(&mut self, host: &H) -> Result<(), Fault> {
        let exceptions = match std::mem::replace(&mut self.exceptions_read, true) {
            false => self.mark.exceptions.clone(),
            true => Vec::new(),
        };
        for ordinal in exceptions {
            let values = [Bound::Integer(ordinal)];
            if let Some(row) = store::one(host, Statement::UncopiedByOrdinal, &values)? {
                self.waiting.found(&Row::from(row).entry()?);
            }
        }
        let Some(after) = self.waiting.unread_after else {
            return Ok(());
        };
        let spare = self.waiting.spare();
        if spare == 0 {
            return Ok(());
        }
        let limit = i64::try_from(spare).unwrap_or(i64::MAX);
        let values = [store::seq(after), Bound::Integer(limit)];
        let Rows { rows, cut } =
            host.query(Query::Fixed(Statement::Uncopied), &values, BATCH_BYTES)?;
        let more = cut || rows.len() >= spare;
        self.waiting.unread_after = None;
        let mut last = after;
        for row in rows {
            let entry = Row::from(row).entry()?;
            last = entry.copied_seq();
            self.waiting.found(&entry);
        }
        if more {
            let further = self
                .waiting
                .unread_after
                .map_or(last, |after| after.min(last));
            self.waiting.unread_after = Some(further);
        }
        Ok(())
    }

    fn put_items<H: Host>(
        &mut self,
        host: &H,
        limit: usize,
        now: Timestamp,
        number: &mut u64,
    ) -> Result<(), Fault> {
        let mut bytes = 0_usize;
        for (ordinal, pending) in self.waiting.idle(usize::MAX) {
            if bytes >= BATCH_BYTES || self.in_flight.len() >= limit {
                break;
            }
            let copy = match self.take_posted(ordinal, pending.copy) {
                Some(copy) => copy,
                None => match read_copy(host, ordinal)? {
                    Some(copy) => copy,
                    None => {
                        self.waiting.drop(ordinal);
                        continue;
                    }
                },
            };
            // An expired item needs no copy.
            if copy.ends <= now {
                self.waiting.drop(ordinal);
                self.progress = true;
                continue;
            }
            bytes = bytes.saturating_add(copy.bytes());
            let of = Of::Item {
                ordinal,
                copy: copy.number,
                lowest: pending.lowest,
                id: copy.id,
            };
            let effect = Effect::Put {
                key: item_key(host, copy.id, copy.number),
                value: copy.value,
                metadata: copy.metadata,
                expiration: copy::kv_expiration(copy.ends, now),
            };
            if let Some(waiting) = self.waiting.get_mut(ordinal) {
                waiting.in_flight = true;
                waiting.untouched = false;
            }
            self.start(host, number, of, effect);
        }
        Ok(())
    }

    fn put_others<H: Host>(
        &mut self,
        host: &H,
        life: &Life,
        limit: usize,
        now: Timestamp,
        number: &mut u64,
    ) -> Result<(), Fault> {
        let just_put = self
            .others_put
            .is_some_and(|last| now.saturating_since(last) < SAME_KEY);
        let others = !self.mark.subscriptions || (!self.mark.owner && life.owner.is_some());
        if just_put || !others {
            return Ok(());
        }
        self.others_put = Some(now);
        if let (false, Some(owner)) = (self.mark.owner, &life.owner) {
            let effect = Effect::Put {
                key: other_key(host, &"owner"),
                value: value::owner(owner),
                metadata: value::other_metadata(false),
                expiration: copy::kv_expiration(now.saturating_add(OWNER_LIFE), now),
            };
            self.start(host, number, Of::Owner, effect);
        }
        if self.mark.subscriptions || self.in_flight.len() >= limit {
            return Ok(());
        }
        let values = [Bound::Integer(
            SUBSCRIPTIONS.min(i64::try_from(limit).unwrap_or(1)),
        )];
        let rows = host.query(
            Query::Fixed(Statement::UncopiedSubscriptions),
            &values,
            store::UNBOUNDED,
        )?;
        // If no uncopied row is left, only the stored mark was out of date.
        self.mark.subscriptions = rows.rows.is_empty();
        for row in rows.rows {
            let mut row = Row::from(row);
            let subscription = Subscription::read(&mut row)?;
            let ended = row.integer()? != 0;
            let effect = Effect::Put {
                key: other_key(host, &subscription.id),
                value: value::subscription(&subscription, ended),
                metadata: value::other_metadata(ended),
                expiration: copy::kv_expiration(subscription.expiration, now),
            };
            let of = Of::Subscription {
                id: subscription.id,
                expiration: subscription.expiration,
                ended,
            };
            self.start(host, number, of, effect);
        }
        Ok(())
    }

    pub(super) fn start<H: Host>(&mut self, host: &H, number: &mut u64, of: Of, effect: Effect) {
        *number = number.saturating_add(1);
        self.in_flight.insert(*number, of);
        host.start(*number, effect);
    }
}
/// The copy of an item as it stands in the tables.
fn read_copy<H: Host>(host: &H, ordinal: i64) -> Result<Option<Copy>, Fault> {
    let values = [Bound::Integer(ordinal)];
    let Some(row) = store::one(host, Statement::UncopiedByOrdinal, &values)? else {
        return Ok(None);
    };
    let mut row = Row::from(row);
    let entry = row.entry()?;
    let mut record = row.record()?;
    let item = Item {
        entry,
        answer: record.answer.take(),
        body: row.body(),
    };
    Ok(Some(if entry.deleted.is_some() {
        Copy::gone(&entry)
    } else {
        Copy::of(&entry, &Parts::stored(&item, &record))
    }))
}

/// The key of an item's copy.
pub(crate) fn item_key<H: Host>(host: &H, id: Guid, copy: u32) -> String {
    format!("{}:{id}:{copy}", host.id())
}

/// The key of the owner's copy, or of a subscription's.
pub(crate) fn other_key<H: Host>(host: &H, name: &dyn fmt::Display) -> String {
    format!("{}:!{name}", host.id())
}
