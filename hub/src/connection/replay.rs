//! The replay: a connection that is behind receives the changes that it lacks from the rows, page by page and no faster
//! than it acknowledges. Finding no more rows, sending `ready` and joining the fan-out is one synchronous step: no
//! change can happen in between.

use notifeed::feed::mark_all::Counts;
use notifeed::feed::{Change, Cursor, change_since};
use notifeed::live::close::Close;
use notifeed::live::frame::{self, Ready};
use notifeed::live::window::FIRST_PATIENCE;
use notifeed::notification::{Platform, PlatformSet};
use notifeed::time::Timestamp;

use super::fan_out::render;
use super::{Behind, State};
use crate::Feed;
use crate::fault::Fault;
use crate::host::{Bound, Host, Query, Rows, Socket};
use crate::store::{self, Item, Row, Statement};

/// How many rows are read at a time,
const PAGE: i64 = 100;
/// and how many bytes of them, but for the row that passes them.
const PAGE_BYTES: usize = 256 * 1024;
/// How many pages are sent in one turn, to all connections together.
const PAGES_A_TURN: usize = 16;

/// The part of a replay that is sent to a connection at once.
struct Page {
    /// Items in the order of their changes.
    items: Vec<Item>,
    /// There may be more to tell.
    more: bool,
    /// On the last page for one that asked for the newest items: whether there are older ones.
    older: bool,
    /// On the last page for one that is greeted: how many items are unread.
    counts: Counts,
}

impl<H: Host> Feed<H> {
    /// Goes on with the replays that can, for one turn.
    pub(crate) fn replay(&mut self, now: Timestamp) {
        for _ in 0..PAGES_A_TURN {
            let Some(socket) = self.connections.runnable.pop_front() else {
                break;
            };
            self.advance(socket, now);
        }
    }

    /// Tells a connection one page of what it doesn't know. If there is more and room for it, the
    /// connection gets its next turn after the others.
    pub(super) fn advance(&mut self, socket: Socket, now: Timestamp) {
        let Some(connection) = self.connections.open.get(&socket) else {
            return;
        };
        let State::Behind(behind) = connection.state else {
            return;
        };
        let platform = connection.endpoint.platform;
        let page = self.read_page(&behind, platform, now).and_then(|page| {
            match (behind.greeting, page.more) {
                (Some(_), false) => Ok(Page {
                    counts: self.counts(Some(platform), now)?,
                    ..page
                }),
                _ => Ok(page),
            }
        });
        let told = page.map(|page| self.tell_page(socket, behind, page, now));
        match told {
            Ok(true) => self.connections.runnable.push_back(socket),
            Ok(false) => {}
            Err(fault) => {
                self.host.log(&format!("a replay failed: {fault}"));
                self.connections
                    .close(&self.host, socket, Close::RESTARTED, now);
            }
        }
        self.connections.account(&self.host);
    }

    /// The rows that changed after what a connection knows, and whether there may be more.
    fn read_page(
        &self,
        behind: &Behind,
        platform: Platform,
        now: Timestamp,
    ) -> Result<Page, Fault> {
        if !self.life.made {
            return Ok(Page {
                items: Vec::new(),
                more: false,
                older: false,
                counts: Counts::default(),
            });
        }
        let newest = behind.known.newest;
        let from = Bound::Integer(newest.map_or(0, |newest| newest.from));
        let position = store::seq(behind.known.position);
        let after = [position, Bound::Integer(PAGE)];
        let live;
        let (statement, values): (_, &[Bound<'_>]) = match behind.fresh_at {
            None => (Statement::ChangedAfter, &after),
            Some(head) => {
                live = [
                    position,
                    store::seq(head),
                    from,
                    Bound::Integer(now.unix_millis()),
                    Bound::Integer(PAGE),
                ];
                (Statement::ChangedAfterLive, &live)
            }
        };
        let Rows { rows, cut } = self
            .host
            .query(Query::Fixed(statement), values, PAGE_BYTES)?;
        let more = cut || i64::try_from(rows.len()).unwrap_or(PAGE) >= PAGE;
        let items = rows.into_iter().map(|row| Row::from(row).item());
        let older = newest.is_some() && !more && {
            let values = [
                from,
                Bound::Integer(now.unix_millis()),
                store::platforms(PlatformSet::of(platform)),
            ];
            let row = store::single(&self.host, Statement::Older, &values)?;
            Row::from(row).integer()? != 0
        };
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            more,
            older,
            counts: Counts::default(),
        })
    }

    /// Sends a page as far as there is room. Whether the connection can be told more at once.
    fn tell_page(
        &mut self,
        socket: Socket,
        mut behind: Behind,
        page: Page,
        now: Timestamp,
    ) -> bool {
        let Page {
            items,
            more,
            older,
            counts,
        } = page;
        let mut has_room = true;
        for item in items {
            let entry = item.entry;
            has_room = self.has_room(socket, now);
            if !has_room {
                break;
            }
            let Some(connection) = self.connections.open.get(&socket) else {
                return false;
            };
            let platform = connection.endpoint.platform;
            let change = change_since(&entry, behind.known, Some(platform), now).filter(|change| {
                // A client that came without a cursor needs a removal only of items that this replay has sent it.
                !matches!(change, Change::Removed(_))
                    || behind.fresh_at.is_none_or(|head| entry.seq > head)
            });
            behind.known = behind.known.replayed_to(entry.seq);
            let Some(change) = change else { continue };
            let cursor = Cursor {
                epoch: self.life.epoch,
                known: behind.known,
            };
            let Some(text) = render(change, &entry, item.texts(), cursor, true, now) else {
                continue;
            };
            let asks = connection
                .window
                .asks(text.len(), self.connections.is_pressed(text.len()));
            if asks {
                self.host.send(&frame::asking(&text), &[socket]);
            } else {
                self.host.send(&text, &[socket]);
            }
            self.connections
                .sent(&self.host, socket, entry.seq, text.len(), asks, now);
        }
        let cursor = self.life.cursor();
        let seen = self.life.seen;
        let Some(connection) = self.connections.open.get_mut(&socket) else {
            return false;
        };
        if has_room && !more {
            if let Some(resumed) = behind.greeting {
                let ready = Ready {
                    cursor,
                    endpoint: connection.endpoint.subscription,
                    resumed,
                    more: older,
                    counts,
                    seen,
                };
                self.host.send(&frame::ready(&ready, now), &[socket]);
            }
            connection.turn(&self.host, socket, State::Live);
            return false;
        }
        connection.state = State::Behind(behind);
        has_room && more
    }

    /// Whether another frame may be sent to a connection. If not, the connection is noted as waiting for an
    /// acknowledgement.
    fn has_room(&mut self, socket: Socket, now: Timestamp) -> bool {
        let spare = self.connections.under_way < self.connections.allowance;
        let Some(connection) = self.connections.open.get_mut(&socket) else {
            return false;
        };
        if spare && !connection.window.is_full() {
            return true;
        }
        connection.wait_for_room(!spare, now);
        false
    }

    /// Closes the connections whose first acknowledgement didn't come in time: their clients reconnect with their
    /// cursors.
    pub(crate) fn end_patience(&mut self, now: Timestamp) {
        let then = now.saturating_sub(FIRST_PATIENCE);
        let open = self.connections.open.iter();
        let late: Vec<Socket> = open
            .filter(|(_, connection)| connection.full_since.is_some_and(|since| since <= then))
            .map(|(socket, _)| *socket)
            .collect();
        for socket in late {
            self.connections
                .close(&self.host, socket, Close::TOO_SLOW, now);
        }
    }

    /// The next time at which a wait for an acknowledgement ends.
    pub(crate) fn next_patience(&self) -> Option<Timestamp> {
        let open = self.connections.open.values();
        open.filter_map(|connection| connection.full_since)
            .min()
            .map(|since| since.saturating_add(FIRST_PATIENCE))
    }

    /// Whether a replay can go on at once.
    pub(crate) fn can_replay(&self) -> bool {
        !self.connections.runnable.is_empty()
    }
}
