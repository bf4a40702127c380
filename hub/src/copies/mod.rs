//! The copy in KV: a second, independent copy of the feed, each item under its own expiration (DESIGN
//! "Two stores"). It is made a moment after the answer, without an alarm, and nothing reads it on the way
//! of a request. Only a failure sets an alarm.
//!
//! Keys: `{feed}:{item}:{copy}`, `{feed}:!owner`, `{feed}:!{subscription}`. An end is a put too: a mark
//! without content under the next copy number. The feed's own row keeps up to which change everything
//! is copied ([`Mark`]).

mod pending;
mod value;

pub use pending::Change;

use std::collections::BTreeMap;

use notifeed::feed::{Entry, copy};
use notifeed::guid::Guid;
use notifeed::time::Timestamp;

use crate::fault::Fault;
use crate::host::{Bound, Effect, Host, Outcome, Query, Rows, Write};
use crate::life::{Life, Mark, places_text};
use crate::room::Room;
use crate::store::{self, Item, Record, Row, Statement};
use crate::subscriptions::Subscription;
use pending::Waiting;

/// How many items are put at a time,
const BATCH: usize = 100;
/// and how many bytes of bodies.
const BATCH_BYTES: usize = 512 * 1024;
/// How many subscriptions are put at a time.
const SUBSCRIPTIONS: i64 = 20;
/// How many items the mark may leave out.
const MAX_EXCEPTIONS: usize = 32;
/// How long KV keeps the owner, in seconds: ten years.
const OWNER_LIFE: u64 = 10 * 365 * 24 * 3600;
/// How long nothing is put while KV rests, in milliseconds.
const REST: i64 = 30_000;

/// What an effect is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    /// The put of an item's copy; the lowest copy that goes after it.
    Item {
        ordinal: i64,
        copy: u32,
        lowest: u32,
        id: Guid,
    },
    /// The removal of an earlier copy.
    Earlier {
        ordinal: i64,
        copy: u32,
    },
    Owner,
    Subscription {
        id: Guid,
        expiration: Timestamp,
        ended: bool,
    },
}

/// The state of the copy.
#[derive(Debug, Default)]
pub struct Copies {
    mark: Mark,
    waiting: Waiting,
    in_flight: BTreeMap<u64, Of>,
    /// Removals that a copy still waits for, and whether one failed; by place.
    removals: BTreeMap<i64, (usize, bool)>,
    /// Statements that belong to the next mark.
    confirmed: Vec<(Statement, Option<(Guid, Timestamp)>)>,
    /// Whether the items that the mark leaves out were looked up since the feed woke.
    exceptions_read: bool,
    /// Whether anything was confirmed since the last mark.
    progress: bool,
    /// One is tried, not all: KV failed, or nobody knows since the feed woke.
    probing: bool,
    /// KV failed: it is tried when the alarm rings.
    failing: bool,
    /// Since when the owner or subscriptions wait, as far as this memory knows.
    others_since: Option<Timestamp>,
    /// When the next batch is put.
    at: Option<Timestamp>,
}

impl Copies {
    /// The copy of a feed that wakes. If the mark is behind, KV is tried a moment later.
    pub fn woken(mark: Mark, life: &Life, at: Timestamp) -> Self {
        let mut copies = Self::default();
        if life.made {
            let behind = mark.copied < life.head.seq || !mark.exceptions.is_empty();
            if behind {
                copies.waiting.unread_after = Some(mark.copied);
                copies.probing = true;
            }
            if behind || !mark.subscriptions || (!mark.owner && life.owner.is_some()) {
                copies.at = Some(at);
            }
        }
        copies.mark = mark;
        copies.mark.subscriptions |= !life.made;
        copies
    }

    /// Whether no effect is under way.
    pub fn is_quiet(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// When the next batch is due.
    pub const fn due(&self) -> Option<Timestamp> {
        self.at
    }

    /// An item changed, durably.
    pub fn changed(&mut self, entry: &Entry, change: Change, now: Timestamp, delay: i64) {
        self.waiting.changed(entry, change, now);
        self.soon(now, delay);
    }

    /// The feed's own row was made, durably: it has no subscriptions that KV has to hear of.
    pub const fn begun(&mut self) {
        self.mark.subscriptions = true;
    }

    /// The owner is another one, durably.
    pub fn owner_changed(&mut self, now: Timestamp, delay: i64) {
        self.mark.owner = false;
        self.others_since.get_or_insert(now);
        self.soon(now, delay);
    }

    /// Subscriptions changed, durably.
    pub fn subscriptions_changed(&mut self, now: Timestamp, delay: i64) {
        self.mark.subscriptions = false;
        self.others_since.get_or_insert(now);
        self.soon(now, delay);
    }

    /// Whether the feed's own row says that KV has heard of all subscriptions.
    pub const fn knows_subscriptions(&self) -> bool {
        self.mark.subscriptions
    }

    fn soon(&mut self, now: Timestamp, delay: i64) {
        if self.at.is_none() && self.in_flight.is_empty() && !self.failing {
            self.at = Some(now.saturating_add_millis(delay));
        }
    }

    /// The alarm rang: if KV failed, it is tried once more.
    pub fn alarm(&mut self, now: Timestamp) {
        if self.failing && self.in_flight.is_empty() {
            self.at = Some(now);
        }
    }

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
        if host.kv_rests() {
            self.failing = true;
            return Ok(Some(now.saturating_add_millis(REST)));
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
            let values = [Bound::Integer(ordinal)];
            let Some(row) = store::one(host, Statement::UncopiedByOrdinal, &values)? else {
                self.waiting.drop(ordinal);
                continue;
            };
            let (item, record) = item_and_record(row)?;
            let entry = &item.entry;
            // What has expired needs no copy.
            if entry.keep_until <= now || (!entry.deleted && entry.expiration <= now) {
                self.waiting.drop(ordinal);
                self.progress = true;
                continue;
            }
            let value = if entry.deleted {
                value::gone(entry)
            } else {
                value::item(&item, &record)
            };
            bytes = bytes.saturating_add(value.len());
            let last = if entry.deleted {
                entry.keep_until
            } else {
                entry.expiration
            };
            let effect = Effect::Put {
                key: item_key(host, entry.id, entry.copy),
                value,
                metadata: value::item_metadata(entry),
                expiration: copy::kv_expiration(last, now),
            };
            if let Some(waiting) = self.waiting.get_mut(ordinal) {
                waiting.in_flight = true;
                waiting.untouched = false;
            }
            let of = Of::Item {
                ordinal,
                copy: entry.copy,
                lowest: pending.lowest,
                id: entry.id,
            };
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
        if let (false, Some(owner)) = (self.mark.owner, &life.owner) {
            let effect = Effect::Put {
                key: format!("{}:!owner", host.id()),
                value: value::owner(owner),
                metadata: value::other_metadata(false),
                expiration: copy::kv_expiration(now, now).saturating_add(OWNER_LIFE),
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
        // A mark was written that nobody could read again.
        self.mark.subscriptions = rows.rows.is_empty();
        for row in rows.rows {
            let mut row = Row::from(row);
            let subscription = Subscription::read(&mut row)?;
            let ended = row.integer()? != 0;
            let effect = Effect::Put {
                key: format!("{}:!{}", host.id(), subscription.id),
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

    fn start<H: Host>(&mut self, host: &H, number: &mut u64, of: Of, effect: Effect) {
        *number = number.saturating_add(1);
        self.in_flight.insert(*number, of);
        host.start(*number, effect);
    }

    /// An effect of the copy has ended. `false`: it wasn't one.
    pub fn done<H: Host>(
        &mut self,
        host: &H,
        number: u64,
        outcome: &Outcome,
        next: &mut u64,
    ) -> bool {
        let Some(of) = self.in_flight.remove(&number) else {
            return false;
        };
        let worked = *outcome == Outcome::Done;
        if let Outcome::Failed(cause) = outcome {
            host.log(&format!("KV failed, to be tried again: {cause}"));
        }
        match of {
            Of::Item {
                ordinal,
                copy,
                lowest,
                id,
            } if worked => {
                let earlier = lowest..copy;
                self.progress = true;
                if earlier.is_empty() {
                    self.waiting.copied(ordinal, copy);
                } else {
                    self.removals.insert(ordinal, (earlier.len(), false));
                    for number in earlier {
                        let key = item_key(host, id, number);
                        self.start(
                            host,
                            next,
                            Of::Earlier { ordinal, copy },
                            Effect::Remove { key },
                        );
                    }
                }
            }
            Of::Item { ordinal, .. } => self.waiting.failed(ordinal),
            Of::Earlier { ordinal, copy } => {
                let Some((left, failed)) = self.removals.get_mut(&ordinal) else {
                    return true;
                };
                *left = left.saturating_sub(1);
                *failed |= !worked;
                if let (0, failed) = (*left, *failed) {
                    self.removals.remove(&ordinal);
                    if failed {
                        self.waiting.failed(ordinal);
                    } else {
                        self.waiting.copied(ordinal, copy);
                    }
                }
            }
            Of::Owner if worked => {
                self.mark.owner = true;
                self.confirmed.push((Statement::OwnerCopied, None));
            }
            Of::Subscription {
                id,
                expiration,
                ended,
            } if worked => {
                let statement = if ended {
                    Statement::ForgetSubscription
                } else {
                    Statement::SubscriptionCopied
                };
                self.confirmed.push((statement, Some((id, expiration))));
            }
            Of::Owner | Of::Subscription { .. } => {}
        }
        if worked {
            self.progress = true;
            if self.failing || self.probing {
                self.failing = false;
                self.probing = false;
                self.waiting.forgive();
            }
        } else {
            self.failing = true;
        }
        true
    }

    /// The batch is over: writes the mark if anything came of it, and looks what is next. `Ok(Some(at))`:
    /// the alarm must ring by then.
    ///
    /// # Errors
    /// The mark isn't written; what was put is put again some time.
    pub fn settle<H: Host>(
        &mut self,
        host: &H,
        life: &mut Life,
        room: &Room,
        now: Timestamp,
        delay: i64,
    ) -> Result<Option<Timestamp>, Fault> {
        if !self.in_flight.is_empty() || !life.made {
            return Ok(None);
        }
        let others = !self.mark.subscriptions || (!self.mark.owner && life.owner.is_some());
        if others {
            self.others_since.get_or_insert(now);
        } else {
            self.others_since = None;
        }
        let retry = self.failing.then(|| {
            let waiting = [self.waiting.oldest(), self.others_since];
            let oldest = waiting.into_iter().flatten().min().unwrap_or(now);
            let age = now.saturating_millis_since(oldest);
            let random = host.random().map_or(128, |[byte, ..]| byte);
            now.saturating_add_millis(copy::retry_delay(age, random))
        });
        if !self.failing && (self.waiting.has_fresh() || others) {
            self.at = Some(now.saturating_add_millis(delay));
        }
        if std::mem::take(&mut self.progress) {
            self.write_mark(host, life, room)?;
        }
        Ok(retry)
    }

    fn write_mark<H: Host>(&mut self, host: &H, life: &mut Life, room: &Room) -> Result<(), Fault> {
        let (copied, exceptions) = self.waiting.mark(life.head.seq, MAX_EXCEPTIONS);
        let moved = copied > self.mark.copied || exceptions != self.mark.exceptions;
        let text = places_text(&exceptions);
        let (rows, bytes) = room.bounds();
        let mut writes = Vec::new();
        if moved {
            writes.push(Write {
                statement: Statement::SetMark,
                values: vec![
                    Bound::Integer(copied.max(self.mark.copied).get()),
                    Bound::Text(&text),
                    Bound::Integer(life.head.seq.get()),
                    Bound::Integer(life.head.ordinal),
                    Bound::Integer(i64::from(rows)),
                    Bound::Integer(i64::try_from(bytes).unwrap_or(i64::MAX)),
                ],
            });
        }
        let confirmed = std::mem::take(&mut self.confirmed);
        let ids: Vec<_> = confirmed
            .iter()
            .map(|(_, of)| of.map(|(id, _)| id.to_string()).unwrap_or_default())
            .collect();
        for ((statement, of), id) in confirmed.iter().zip(&ids) {
            let mut values = Vec::new();
            if let Some((_, expiration)) = of {
                values.push(Bound::Text(id));
                if *statement == Statement::SubscriptionCopied {
                    values.push(Bound::Integer(expiration.unix_millis()));
                }
            }
            writes.push(Write {
                statement: *statement,
                values,
            });
        }
        let subscriptions = confirmed.iter().any(|(_, of)| of.is_some());
        if subscriptions {
            writes.push(Write {
                statement: Statement::SubscriptionsCopied,
                values: Vec::new(),
            });
        }
        if writes.is_empty() {
            return Ok(());
        }
        host.commit(&writes)?;
        if moved {
            self.mark.copied = copied.max(self.mark.copied);
            self.mark.exceptions = exceptions;
            life.stored = life.head;
        }
        if subscriptions {
            let row = store::single(host, Statement::SubscriptionsAreCopied, &[])?;
            self.mark.subscriptions = Row::from(row).integer()? != 0;
        }
        Ok(())
    }

    /// Whether KV has an item's last copied change, for development tools.
    pub fn has(&self, entry: &Entry) -> bool {
        let unread = self.waiting.unread_after;
        !self.waiting.contains(entry.ordinal)
            && unread.is_none_or(|after| entry.copied_seq() <= after)
            && (self.exceptions_read || !self.mark.exceptions.contains(&entry.ordinal))
    }
}

/// The key of an item's copy.
fn item_key<H: Host>(host: &H, id: Guid, copy: u32) -> String {
    format!("{}:{id}:{copy}", host.id())
}

fn item_and_record(row: Vec<crate::host::Value>) -> Result<(Item, Record), Fault> {
    let mut row = Row::from(row);
    let entry = row.entry()?;
    let record = row.record()?;
    let body = row.body();
    Ok((Item { entry, body }, record))
}
