//! Calls of apps that wait for news of what they sent (`Prefer: wait`, CONTRACT §5.1). The Worker does the waiting, on a
//! socket that is open for nothing else: the feed closes it when there is news, and the Worker asks again. Such a
//! socket is no connection of a device, and keeps no feed in memory.

use std::collections::BTreeMap;

use notifeed::error::problems::too_many_waiting;
use notifeed::feed::entry::Sender;
use notifeed::feed::sent::MAX_WAITING;
use notifeed::feed::{Entry, Seq};
use notifeed::http::Reply;
use notifeed::request::Context;

use crate::Feed;
use crate::admission::Admitted;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, OpenSocket, Query, Socket, Value};
use crate::sent::reader;
use crate::store::{self, Row, Statement, UNBOUNDED};
use crate::wire::{Command, Request};

/// The code of a close that tells nothing but the end (RFC 6455 §7.4.1).
const NORMAL: u16 = 1000;

/// A call that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiter {
    /// The tag of the sender.
    sender: String,
    /// The place of the item that it waits for; `None`: any of the sender's items.
    item: Option<i64>,
}

impl Waiter {
    /// The text of the socket's attachment.
    fn to_text(&self) -> String {
        let item = self
            .item
            .map_or_else(|| "-".into(), |item| item.to_string());
        format!("wait {} {item}", self.sender)
    }

    /// Reads what [`Waiter::to_text`] wrote; `None` for any other text.
    fn parse(text: &str) -> Option<Self> {
        let (sender, item) = text.strip_prefix("wait ")?.split_once(' ')?;
        let item = match item {
            "-" => None,
            item => Some(item.parse().ok()?),
        };
        let sender = sender.to_owned();
        Some(Self { sender, item })
    }
}

/// The calls that wait.
#[derive(Debug, Default)]
pub(crate) struct Waiting(BTreeMap<Socket, Waiter>);

impl Waiting {
    /// Finds the calls that wait when the feed wakes.
    pub fn woken(found: &[OpenSocket]) -> Self {
        let waiters = found.iter().filter_map(|found| {
            let waiter = Waiter::parse(found.attachment.as_deref()?)?;
            Some((found.socket, waiter))
        });
        Self(waiters.collect())
    }

    /// Whether a call waits on that socket.
    pub fn has(&self, socket: Socket) -> bool {
        self.0.contains_key(&socket)
    }

    /// A socket has ended. Whether a call waited on it.
    pub fn closed(&mut self, socket: Socket) -> bool {
        self.0.remove(&socket).is_some()
    }

    /// Closes the sockets of the waiting calls for which `has_news` is true.
    fn wake<H: Host>(&mut self, host: &H, has_news: impl Fn(&Waiter) -> bool) {
        self.0.retain(|socket, waiter| {
            let wakes = has_news(waiter);
            if wakes {
                host.close(*socket, NORMAL, "");
            }
            !wakes
        });
    }
}

impl<H: Host> Feed<H> {
    /// Has a call wait on `socket`, where there is nothing new for it: the comparison and the registration happen in
    /// one event, so that no change is missed in between. The first message on the socket says after how many
    /// milliseconds the item ends by itself.
    ///
    /// # Errors
    /// The answer, where there is news or the call is refused.
    pub(crate) fn wait(&mut self, socket: Socket, request: Request) -> Result<(), Reply> {
        let (context, sender, command, admitted) = self.received(request);
        let outcome = admitted
            .and_then(|admitted| self.wait_for(socket, &command, &sender, &admitted, &context));
        match outcome {
            Ok(None) => Ok(()),
            Ok(Some(reply)) => Err(reply),
            Err(stop) => Err(self.refuse(&stop, &context)),
        }
    }

    fn wait_for(
        &mut self,
        socket: Socket,
        command: &Command,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Option<Reply>, Stop> {
        let (item, ends) = match command {
            Command::Read(asked) => {
                let (reply, entry) = self.read_sent(asked, sender, admitted, context)?;
                if reply.status != 304 {
                    return Ok(Some(reply));
                }
                let ends = entry.expiration.saturating_since(context.now);
                (
                    Some(entry.ordinal),
                    entry.is_live(context.now).then_some(ends),
                )
            }
            Command::SentChanges(query) => {
                let (reply, is_news) = self.sent_changes(query, sender, admitted, context)?;
                if is_news {
                    return Ok(Some(reply));
                }
                (None, None)
            }
            _ => return Err(crate::unsupported().into()),
        };
        let waiter = Waiter {
            sender: reader(sender),
            item,
        };
        let waiting = self.waiting.0.values();
        let waiting = waiting.filter(|other| other.sender == waiter.sender);
        if waiting.count() >= MAX_WAITING {
            return Err(too_many_waiting(MAX_WAITING).into());
        }
        self.host.accept(socket, &waiter.to_text())?;
        self.waiting.0.insert(socket, waiter);
        if let Some(ends) = ends {
            self.host.send(&ends.millis().to_string(), &[socket]);
        }
        Ok(None)
    }

    /// An item has changed: calls that wait for it, or for any of its sender's, have news.
    pub(crate) fn has_news(&mut self, entry: &Entry) {
        if self.waiting.0.is_empty() {
            return;
        }
        let waits_for_any = self.waiting.0.values().any(|waiter| waiter.item.is_none());
        let sender = match waits_for_any {
            true => self.sender_at(entry.ordinal),
            false => Ok(None),
        };
        self.waiting
            .wake(&self.host, |waiter| match (waiter.item, &sender) {
                (Some(item), _) => item == entry.ordinal,
                (None, Ok(sender)) => sender
                    .as_ref()
                    .is_some_and(|(tag, _)| *tag == waiter.sender),
                // If the sender can't be read, the call is woken all the same, and finds out by itself whether there is
                // news.
                (None, Err(_)) => true,
            });
    }

    /// Items have changed whose numbers are beyond `before`: calls that wait for one of them have news.
    pub(crate) fn have_news(&mut self, before: Seq) {
        if self.waiting.0.is_empty() {
            return;
        }
        let senders = self.senders_after(before);
        let host = &self.host;
        let changed = |ordinal| {
            let values = [Bound::Integer(ordinal)];
            let row = store::one(host, Statement::SenderByOrdinal, &values)?;
            let seq = row
                .map(|row| read_sender(row).map(|(_, seq)| seq))
                .transpose()?;
            Ok::<_, Fault>(seq.is_none_or(|seq| seq > before))
        };
        self.waiting
            .wake(host, |waiter| match (waiter.item, &senders) {
                (Some(item), _) => changed(item).unwrap_or(true),
                (None, Ok(senders)) => senders.contains(&waiter.sender),
                (None, Err(_)) => true,
            });
    }

    /// The tag of an item's sender, and the number of the item's last change.
    fn sender_at(&self, ordinal: i64) -> Result<Option<(String, Seq)>, Fault> {
        let values = [Bound::Integer(ordinal)];
        let row = store::one(&self.host, Statement::SenderByOrdinal, &values)?;
        row.map(read_sender).transpose()
    }

    /// The tags of the senders of items that changed after a number.
    fn senders_after(&self, before: Seq) -> Result<Vec<String>, Fault> {
        let question = Query::Fixed(Statement::SendersAfter);
        let rows = self
            .host
            .query(question, &[store::seq(before)], UNBOUNDED)?;
        let tags = rows.rows.into_iter().map(|row| {
            let mut row = Row::from(row);
            Ok(reader(&sender(&mut row)?))
        });
        tags.collect()
    }
}

fn sender(row: &mut Row) -> Result<Sender, Fault> {
    Ok(Sender {
        issuer: row.text()?,
        app: row.text()?,
    })
}

fn read_sender(row: Vec<Value>) -> Result<(String, Seq), Fault> {
    let mut row = Row::from(row);
    let sender = sender(&mut row)?;
    Ok((reader(&sender), row.seq()?))
}
