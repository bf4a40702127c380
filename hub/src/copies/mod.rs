//! The copy in KV: a second, independent copy of the feed, each item under its own expiration (ARCHITECTURE
//! "Two stores"). It is made a moment after the answer, without an alarm, and nothing reads it on the way
//! of a request. Only a failure sets an alarm.
//!
//! Keys: `{feed}:{item}:{copy}`, `{feed}:!owner`, `{feed}:!{subscription}`. An end is a put too: a mark
//! without content under the next copy number. The feed's own row keeps up to which change everything
//! is copied ([`Mark`]).

mod batch;
mod mark;
mod pending;
pub(crate) mod value;

pub(crate) use batch::{item_key, other_key};
pub use pending::Change;

use std::collections::BTreeMap;

use notifeed::feed::entry::Sender;
use notifeed::feed::{Entry, Seq, copy};
use notifeed::guid::Guid;
use notifeed::time::{Duration, Timestamp};

use crate::host::{Effect, Host, Outcome};
use crate::life::{Life, Mark};
use crate::store::Statement;
use crate::wire::Append;
use batch::Copy;
use pending::Waiting;
use value::Parts;

/// How many bytes of posted items wait in memory for their copy; further ones are read back.
const MAX_POSTED_BYTES: usize = 64 * 1024;

/// The time since its last batch within which a feed counts as busy.
const BUSY: Duration = Duration::from_seconds(1);
/// The factor by which a busy feed waits longer for the next batch.
const BUSY_FACTOR: i64 = 10;

/// The item or the mark that an effect writes.
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
    /// Whether a single copy is tried, not all: KV failed, or has not been tried since the feed woke.
    probing: bool,
    /// KV failed: it is tried when the alarm rings.
    failing: bool,
    /// Since when the owner or subscriptions wait, as far as this memory knows.
    others_since: Option<Timestamp>,
    /// When the next batch is put.
    at: Option<Timestamp>,
    /// When the last one was.
    last_put: Option<Timestamp>,
    /// When the owner or subscriptions, whose keys stay the same, were put last.
    others_put: Option<Timestamp>,
    /// When the mark is written.
    mark_at: Option<Timestamp>,
    /// Items as they were posted, by their place, until they are put.
    posted: BTreeMap<i64, Copy>,
    posted_bytes: usize,
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

    /// Whether anything is under way or still to be done.
    pub fn owes(&self) -> bool {
        self.failing || !self.is_quiet() || self.due().is_some()
    }

    /// When the next batch, or the mark, is due.
    pub fn due(&self) -> Option<Timestamp> {
        if !self.is_quiet() {
            return None;
        }
        [self.at, self.mark_at].into_iter().flatten().min()
    }

    /// An item was posted, durably.
    pub fn posted(
        &mut self,
        entry: &Entry,
        change: Change,
        (sender, append): (&Sender, &Append),
        now: Timestamp,
        delay: Duration,
    ) {
        self.drop_posted(entry.ordinal);
        // An answered item isn't kept in memory, since its answer is only in the tables.
        if self.posted_bytes < MAX_POSTED_BYTES && !self.failing && entry.answered.is_none() {
            let copy = Copy::of(entry, &Parts::posted(sender, append));
            self.posted_bytes = self.posted_bytes.saturating_add(copy.bytes());
            self.posted.insert(entry.ordinal, copy);
        }
        self.waiting.changed(entry, change, now);
        self.soon(now, delay);
    }

    /// An item was answered, durably.
    pub fn answered(&mut self, entry: &Entry, now: Timestamp, delay: Duration) {
        self.drop_posted(entry.ordinal);
        self.waiting.changed(entry, Change::Replaced, now);
        self.soon(now, delay);
    }

    /// An item ended, durably.
    pub fn ended(&mut self, entry: &Entry, now: Timestamp, delay: Duration) {
        self.drop_posted(entry.ordinal);
        self.waiting.changed(entry, Change::Ended, now);
        self.soon(now, delay);
    }

    fn drop_posted(&mut self, ordinal: i64) -> Option<Copy> {
        let copy = self.posted.remove(&ordinal)?;
        self.posted_bytes = self.posted_bytes.saturating_sub(copy.bytes());
        Some(copy)
    }

    /// The copy of an item as it was posted, if it is still here.
    fn take_posted(&mut self, ordinal: i64, number: u32) -> Option<Copy> {
        self.drop_posted(ordinal).filter(|copy| copy.is(number))
    }

    /// The feed's own row was made, durably: it has no subscriptions that KV has to hear of.
    pub const fn begun(&mut self) {
        self.mark.subscriptions = true;
    }

    /// The owner is another one, durably.
    pub fn owner_changed(&mut self, now: Timestamp, delay: Duration) {
        self.mark.owner = false;
        self.others_since.get_or_insert(now);
        self.soon(now, delay);
    }

    /// Subscriptions changed, durably.
    pub fn subscriptions_changed(&mut self, now: Timestamp, delay: Duration) {
        self.mark.subscriptions = false;
        self.others_since.get_or_insert(now);
        self.soon(now, delay);
    }

    /// The change up to which KV has everything, but for the exceptions.
    pub const fn copied(&self) -> Seq {
        self.mark.copied
    }

    /// Since when the oldest change waits that KV doesn't have, as far as this memory knows.
    pub fn waits_since(&self) -> Option<Timestamp> {
        let oldest = [self.waiting.oldest(), self.others_since];
        oldest.into_iter().flatten().min()
    }

    /// Whether the feed's own row says that KV has heard of all subscriptions.
    pub const fn knows_subscriptions(&self) -> bool {
        self.mark.subscriptions
    }

    fn soon(&mut self, now: Timestamp, delay: Duration) {
        if self.at.is_none() && self.in_flight.is_empty() && !self.failing {
            self.at = Some(now.saturating_add(self.moment(now, delay)));
        }
    }

    /// How long a change waits for others: a moment, or longer while many come.
    fn moment(&self, now: Timestamp, delay: Duration) -> Duration {
        let busy = self
            .last_put
            .is_some_and(|last| now.saturating_since(last) < BUSY);
        if busy {
            delay.saturating_mul(BUSY_FACTOR)
        } else {
            delay
        }
    }

    /// The alarm rang: if KV failed, it is tried once more.
    pub fn alarm(&mut self, now: Timestamp) {
        if self.failing && self.in_flight.is_empty() {
            self.at = Some(now);
        }
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
            host.log(&format!("KV failed, and will be tried again: {cause}"));
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

    /// The batch is over: looks what is next. `Some(at)`: the alarm must ring by then.
    pub fn settle<H: Host>(
        &mut self,
        host: &H,
        life: &Life,
        now: Timestamp,
        delay: Duration,
    ) -> Option<Timestamp> {
        if !self.in_flight.is_empty() || !life.made {
            return None;
        }
        let others = !self.mark.subscriptions || (!self.mark.owner && life.owner.is_some());
        if others {
            self.others_since.get_or_insert(now);
        } else {
            self.others_since = None;
        }
        let retry = self.failing.then(|| {
            let age = now.saturating_since(self.waits_since().unwrap_or(now));
            let random = host.random().map_or(128, |[byte, ..]| byte);
            now.saturating_add(copy::retry_delay(age, random))
        });
        if self.at.is_none() && !self.failing && (self.waiting.has_fresh() || others) {
            self.at = Some(now.saturating_add(self.moment(now, delay)));
        }
        if std::mem::take(&mut self.progress) {
            let at = now.saturating_add(mark::MARK_DELAY);
            self.mark_at.get_or_insert(at);
        }
        retry
    }

    /// Whether KV has an item's last copied change, for development tools.
    pub fn has(&self, entry: &Entry) -> bool {
        let unread = self.waiting.unread_after;
        !self.waiting.contains(entry.ordinal)
            && unread.is_none_or(|after| entry.copied_seq() <= after)
            && (self.exceptions_read || !self.mark.exceptions.contains(&entry.ordinal))
    }
}
