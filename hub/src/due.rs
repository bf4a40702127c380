//! Work that is due while nobody calls: the alarm, which outlives the feed's memory, and the timer, which
//! doesn't.

use notifeed::feed::Seq;
use notifeed::feed::copy::purge_time;
use notifeed::time::{Duration, Timestamp};

use crate::Feed;
use crate::alarm::SAFETY;
use crate::fault::Fault;
use crate::host::{Bound, Host, Write};
use crate::store::{self, Row, SEQ_BASE, Statement};

/// How often connections that had no room look for it.
const ROOM: Duration = Duration::from_seconds(1);

impl<H: Host> Feed<H> {
    /// The alarm rang. `retry`: for the same setting once more, since the last time ended in a crash.
    /// Whatever fails stays due.
    pub fn alarm(&mut self, retry: bool) {
        let now = self.host.now();
        self.alarm.rang();
        if retry || self.healing.is_some() {
            self.wake_by(now.saturating_add(SAFETY));
        }
        if self.healing.is_some() {
            self.heal();
            self.set_timer();
            return;
        }
        let active = retry || !self.host.sockets().is_empty();
        self.end_snoozes();
        self.close_ended(now);
        self.copies.alarm(now);
        self.put_copies(now);
        self.push(now);
        self.look_ahead(active, now);
        self.set_timer();
    }

    /// Purges what can go, and has the alarm ring for what is due next. `active`: something else was due now.
    pub(crate) fn look_ahead(&mut self, mut active: bool, now: Timestamp) {
        match self.purge(now) {
            Ok(purged) => active |= purged,
            Err(fault) => {
                active = true;
                self.fails("a purge", &fault, now);
            }
        }
        let purge = self.alarm.next_purge().map(purge_time);
        let idle = self.end_if_idle(active, now);
        let next = [
            purge,
            self.connections.next_expiry(),
            self.life.next_snooze,
            idle,
        ];
        if let Some(next) = next.into_iter().flatten().min() {
            self.wake_by(next);
        }
    }

    /// The time that was given to [`Host::set_timer`] has passed.
    pub fn timer(&mut self) {
        self.timer = None;
        if self.healing.is_some() {
            self.heal();
            self.set_timer();
            return;
        }
        self.end_snoozes();
        let now = self.host.now();
        self.put_copies(now);
        self.close_silent(now);
        self.connections.look_for_room(&self.host);
        self.end_patience(now);
        self.replay(now);
        self.shed(now);
        self.set_timer();
    }

    /// Removes the rows that nobody can still need, by the hour. The head that they prove is stored
    /// first: within an epoch no number is given twice.
    /// Whether any went.
    fn purge(&mut self, now: Timestamp) -> Result<bool, Fault> {
        if !self.life.made || !self.alarm.may_purge(now) {
            return Ok(false);
        }
        let instant = Bound::Integer(now.unix_millis());
        let retention = self.settings.sender_retention;
        let kept = Bound::Integer(now.saturating_sub(retention).unix_millis());
        let row = store::single(&self.host, Statement::PurgeAhead, &[kept])?;
        let mut row = Row::from(row);
        let (seq, ordinal) = (row.opt_integer(), row.opt_integer());
        let next_item = row.opt_time();
        let next_item = next_item.map(|at| at.saturating_add(retention));
        let row = store::single(&self.host, Statement::NextSubscription, &[])?;
        let next_subscription = Row::from(row).opt_time();
        let mut writes = Vec::new();
        if let (Some(seq), Some(ordinal)) = (seq, ordinal) {
            let seq = Seq::new(seq.saturating_sub(SEQ_BASE));
            if seq > self.life.stored.seq || ordinal > self.life.stored.ordinal {
                writes.push(Write {
                    statement: Statement::SetHead,
                    values: vec![
                        Bound::Integer(self.life.head.seq.get()),
                        Bound::Integer(self.life.head.ordinal),
                        Bound::Integer(i64::from(self.room.bounds().0)),
                        Bound::Integer(i64::try_from(self.room.bounds().1).unwrap_or(i64::MAX)),
                    ],
                });
            }
            writes.push(Write {
                statement: Statement::PurgeItems,
                values: vec![kept],
            });
        }
        let stores_head = writes.len() > 1;
        let subscription_goes = next_subscription.is_some_and(|at| at <= now);
        if subscription_goes {
            writes.push(Write {
                statement: Statement::PurgeSubscriptions,
                values: vec![instant],
            });
            writes.extend(self.pushes.purged());
        }
        let purges = !writes.is_empty();
        if purges {
            self.host.commit(&writes)?;
        }
        if stores_head {
            self.life.stored = self.life.head;
        }
        let next_subscription = if subscription_goes {
            let row = store::single(&self.host, Statement::NextSubscription, &[])?;
            Row::from(row).opt_time()
        } else {
            next_subscription
        };
        let next = [next_item, next_subscription].into_iter().flatten().min();
        self.alarm.purged(next);
        Ok(purges)
    }

    /// Something that is due has failed: it is tried again.
    fn fails(&mut self, what: &str, fault: &Fault, now: Timestamp) {
        self.host.log(&format!("{what} failed: {fault}"));
        self.wake_by(now.saturating_add(SAFETY));
    }

    /// Puts the copies that are due.
    fn put_copies(&mut self, now: Timestamp) {
        let put = self
            .copies
            .put(&self.host, &self.life, now, &mut self.effects);
        match put {
            Ok(Some(at)) => self.wake_by(at),
            Ok(None) => {}
            Err(fault) => self.fails("the copy", &fault, now),
        }
        if self.copies.is_quiet() {
            self.settle_copies();
        }
        let marked = self
            .copies
            .mark(&self.host, &mut self.life, &self.room, now);
        if let Err(fault) = marked {
            self.host
                .log(&format!("the mark of the copy failed: {fault}"));
        }
    }

    /// The effects of a batch of copies have ended.
    pub(crate) fn settle_copies(&mut self) {
        let now = self.host.now();
        let delay = self.settings.copy_delay;
        if let Some(at) = self.copies.settle(&self.host, &self.life, now, delay) {
            self.wake_by(at);
        }
    }

    /// Sets the alarm to `at` at the latest; a failure is only logged.
    pub(crate) fn wake_by(&mut self, at: Timestamp) {
        if let Err(fault) = self.alarm.wake_by(&self.host, at) {
            self.host.log(&format!("setting the alarm failed: {fault}"));
        }
    }

    /// Sets the timer to the next time at which work is due that is only in the feed's memory.
    pub(crate) fn set_timer(&mut self) {
        if self.aborting {
            return;
        }
        let now = self.host.now();
        let room = self
            .connections
            .waits_for_room()
            .then(|| now.saturating_add(ROOM));
        let replay = self.can_replay().then_some(now);
        let due = [
            self.copies.due(),
            replay,
            room,
            self.next_patience(),
            self.next_shedding(),
        ];
        let due = match &self.healing {
            Some(healing) => healing.due(),
            None => due.into_iter().flatten().min(),
        };
        let Some(at) = due else {
            return;
        };
        if self.timer.is_none_or(|set| at < set) {
            self.timer = Some(at);
            self.host
                .set_timer(at.saturating_since(now).max(Duration::ZERO));
        }
    }
}
