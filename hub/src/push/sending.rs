//! The alarm has rung: what is due is sent, a few at a time.

use notifeed::feed::{Seq, feed_digest};
use notifeed::guid::Guid;
use notifeed::push::message::{Addressee, CLOSED_AMONG, Carried, MAX_CLOSED, Size};
use notifeed::push::{Channel, Message};
use notifeed::time::Timestamp;

use super::{Flight, rows};
use crate::Feed;
use crate::alarm::SAFETY;
use crate::fault::Fault;
use crate::host::{Bound, Effect, Host, Push, Query};
use crate::store::{self, Item, Row, Statement};

/// How many pushes are under way at once: the runtime has six connections for each event.
const AT_ONCE: usize = 6;

/// About so many bytes of rows are read in one turn.
const BUDGET: usize = 256 * 1024;

/// A row that is due, with its item.
struct Ready {
    subscription: Guid,
    flight: Flight,
    item: Item,
}

impl Ready {
    fn read(row: &mut Row) -> Result<Self, Fault> {
        let subscription = row.guid()?;
        let flight = Flight {
            subscription,
            item: row.integer()?,
            content: Seq::new(row.integer()?),
            attempts: row.small()?,
            least: row.integer()? != 0,
        };
        let item = row.item()?;
        Ok(Self {
            subscription,
            flight,
            item,
        })
    }
}

impl<H: Host> Feed<H> {
    /// Sends what is due, in the order of the feed to each endpoint. When to look again.
    ///
    /// # Errors
    /// The tables can't be read or written.
    pub(crate) fn send_pushes(&mut self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        if !self.pushes.made || self.settings.push.is_none() {
            return Ok(None);
        }
        self.host.commit(&[rows::expired(now)])?;
        self.pushed_to()?;
        let values = [Bound::Integer(now.unix_millis())];
        let found = self
            .host
            .query(Query::Fixed(Statement::DuePushes), &values, BUDGET)?;
        let mut busy: Vec<Guid> = self
            .pushes
            .under_way
            .values()
            .map(|flight| flight.subscription)
            .collect();
        let is_more = found.cut || !found.rows.is_empty();
        for row in found.rows {
            let ready = Ready::read(&mut Row::from(row))?;
            if self.pushes.under_way.len() >= AT_ONCE {
                break;
            }
            if !busy.contains(&ready.subscription) {
                busy.push(ready.subscription);
                self.send_push(ready, now)?;
            }
        }
        if is_more || !self.pushes.under_way.is_empty() {
            // The end of each push looks again; if none ever comes, the alarm does.
            return Ok(Some(now.saturating_add(SAFETY)));
        }
        let next = store::single(&self.host, Statement::NextPush, &[])?;
        Ok(Row::from(next).opt_time())
    }

    /// The ids of notifications that an endpoint may still show although the user has dealt with them on another
    /// device.
    fn dealt_with(&mut self, subscription: Guid) -> Result<Vec<String>, Fault> {
        let head = self.life.head.seq.get();
        let endpoint = self.pushes.endpoint_of(subscription);
        let Some(taken) = endpoint.map(|endpoint| endpoint.taken) else {
            return Ok(Vec::new());
        };
        if taken == Seq::ZERO {
            return Ok(Vec::new());
        }
        let from = taken.max(Seq::new(head.saturating_sub(CLOSED_AMONG)));
        let values = [
            store::seq(taken),
            store::seq(from),
            Bound::Integer(MAX_CLOSED),
        ];
        let query = Query::Fixed(Statement::DealtWith);
        let found = self.host.query(query, &values, store::UNBOUNDED)?;
        let ids = found.rows.into_iter().map(|row| Row::from(row).text());
        ids.collect()
    }

    fn send_push(&mut self, ready: Ready, now: Timestamp) -> Result<(), Fault> {
        let Ready { flight, item, .. } = ready;
        let settings = self.settings.push.as_ref();
        let carried = settings.map_or_else(Carried::default, |push| push.carried);
        let size = if flight.least {
            Size::Least
        } else {
            Size::Full
        };
        let owner = feed_digest(&self.host.id());
        let receipt = self.receipt_for(flight.subscription, &item.entry)?;
        let close = self.dealt_with(flight.subscription)?;
        let endpoint = self.pushes.endpoint_of(flight.subscription);
        let platform = endpoint.map(|endpoint| endpoint.platform);
        let unread = self.counts(platform, now)?.unread;
        let push = self
            .pushes
            .endpoint_of(flight.subscription)
            .and_then(|endpoint| {
                let Channel::WebPush(web) = &endpoint.channel;
                let body = item.body.as_ref()?;
                let to = Addressee {
                    platform: endpoint.platform,
                    carried,
                    opening: web.opening.as_ref(),
                    owner,
                    receipt: &receipt,
                    unread,
                    close: &close,
                };
                let message = Message::of(&item.entry, body, &to, size, now)?;
                Some(Push {
                    channel: endpoint.channel.clone(),
                    key_id: endpoint.key_id.clone(),
                    message,
                })
            });
        let Some(push) = push else {
            // Nothing to send, or nobody to send it to.
            let id = flight.subscription.to_string();
            self.host.commit(&[flight.done(&id)])?;
            return Ok(());
        };
        let number = self.next_effect();
        self.pushes.under_way.insert(number, flight);
        self.host.start(number, Effect::Push(Box::new(push)));
        Ok(())
    }

    /// Sends what is due, and sees to it that the rest is looked at.
    pub(crate) fn push(&mut self, now: Timestamp) {
        let next = self.send_pushes(now).unwrap_or_else(|fault| {
            self.host.log(&format!("sending pushes failed: {fault}"));
            Some(now.saturating_add(SAFETY))
        });
        if let Some(next) = next {
            self.wake_by(next);
        }
    }
}
