//! The mark: what the feed's own row says of the copy. The mark is written some time after a batch, for all batches of
//! that time at once. If a mark is lost, what was put is put again.

use notifeed::time::{Duration, Timestamp};

use super::Copies;
use crate::fault::Fault;
use crate::host::{Bound, Host, Write};
use crate::life::{Life, places_text};
use crate::room::Room;
use crate::store::{self, Row, Statement};

/// How many items the mark may leave out.
const MAX_EXCEPTIONS: usize = 32;

/// How long after a batch the mark is written.
pub(super) const MARK_DELAY: Duration = Duration::from_seconds(1);

/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_seconds(30);

impl Copies {
    /// Writes the mark if it is due.
    ///
    /// # Errors
    /// The mark isn't written; what was put is put again some time.
    pub fn mark<H: Host>(
        &mut self,
        host: &H,
        life: &mut Life,
        room: &Room,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if self.mark_at.is_none_or(|at| now < at) || !self.in_flight.is_empty() {
            return Ok(());
        }
        let written = self.write_mark(host, life, room);
        self.mark_at = written.is_err().then(|| now.saturating_add(RETRY));
        written
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
        let ids: Vec<_> = self
            .confirmed
            .iter()
            .map(|(_, of)| of.map(|(id, _)| id.to_string()).unwrap_or_default())
            .collect();
        for ((statement, of), id) in self.confirmed.iter().zip(&ids) {
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
        let subscriptions = self.confirmed.iter().any(|(_, of)| of.is_some());
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
        drop(writes);
        self.confirmed.clear();
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
}
