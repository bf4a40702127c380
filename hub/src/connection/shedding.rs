//! Connections end, and those that don't read are kept from filling the memory that feeds share: the
//! runtime holds what a client hasn't read until its connection goes, also after a close.

use notifeed::error::Problem;
use notifeed::error::problems::{connections_stall, too_many_connections};
use notifeed::live::close::Close;
use notifeed::live::endpoint::Endpoint;
use notifeed::live::memory::{CLOSING, STALLED};
use notifeed::time::{Duration, Timestamp};

use super::State;
use crate::Feed;
use crate::host::{Host, Socket};

/// How often silent connections are looked for at most.
const LOOK_FOR_SILENT: Duration = Duration::from_seconds(10);

impl<H: Host> Feed<H> {
    /// Whether one more connection may be opened.
    ///
    /// # Errors
    /// 406 `ServerBusy`: there are as many as there can be, or those that there are don't read.
    pub(super) fn may_open(&self, now: Timestamp) -> Result<(), Problem> {
        let connections = &self.connections;
        let problem = if connections.len() >= self.settings.max_sockets {
            too_many_connections()
        } else if self.stalled(now) > connections.allowance / 2 {
            connections_stall()
        } else {
            return Ok(());
        };
        Err(problem)
    }

    fn stalled(&self, now: Timestamp) -> usize {
        let then = now.saturating_sub(STALLED);
        let open = self.connections.open.values();
        open.map(|connection| connection.window.bytes_before(then))
            .sum()
    }

    /// The bytes that connections hold which are closing, and since when the first of them is.
    fn held_by_closing(&self) -> (usize, Option<Timestamp>) {
        let closing = self.connections.open.values().filter_map(|connection| {
            let State::Closing { since } = connection.state else {
                return None;
            };
            let bytes = connection.window.bytes();
            (bytes > 0).then_some((bytes, since))
        });
        closing.fold((0, None), |(sum, first), (bytes, since)| {
            let first = first.map_or(since, |first: Timestamp| first.min(since));
            (sum.saturating_add(bytes), Some(first))
        })
    }

    /// The time at which the feed must free its memory by ending the Hub, unless the closing connections end before.
    pub(crate) fn next_shedding(&self) -> Option<Timestamp> {
        let (bytes, since) = self.held_by_closing();
        let since = since.filter(|_| bytes > self.connections.allowance / 2)?;
        Some(since.saturating_add(CLOSING))
    }

    /// Ends the feed's memory where only that frees what clients don't read. Those that held it may
    /// not return for a while; all others come back with their cursors.
    pub(crate) fn shed(&mut self, now: Timestamp) {
        if self.aborting || self.next_shedding().is_none_or(|at| now < at) {
            return;
        }
        let holders: Vec<String> = self
            .connections
            .open
            .values()
            .filter(|connection| matches!(connection.state, State::Closing { .. }))
            .filter(|connection| connection.window.bytes() > 0)
            .filter_map(|connection| connection.holder.clone())
            .collect();
        self.host.log(
            "connections whose clients don't read hold the feed's memory: the Hub is restarted",
        );
        self.aborting = true;
        self.host.abort(&holders);
    }

    /// Ends the connections that are silent; looks for them now and then.
    pub(crate) fn close_silent(&mut self, now: Timestamp) {
        let every = self.settings.socket_silence.min(LOOK_FOR_SILENT);
        if now.saturating_since(self.connections.looked_for_silent) >= every {
            self.close_ended(now);
        }
    }

    /// Ends the connections whose token, or hour, has ended, and those that are silent.
    pub(crate) fn close_ended(&mut self, now: Timestamp) {
        self.connections.looked_for_silent = now;
        let silence = self.settings.socket_silence;
        let open = self.connections.open.iter();
        let ended: Vec<(Socket, Close)> = open
            .filter(|(_, connection)| !matches!(connection.state, State::Closing { .. }))
            .filter_map(|(socket, connection)| {
                if connection.endpoint.expires <= now {
                    return Some((*socket, Close::TOKEN_EXPIRED));
                }
                let ping = self.host.last_ping(*socket)?;
                (now.saturating_since(ping) > silence).then_some((*socket, Close::SILENT))
            })
            .collect();
        for (socket, close) in ended {
            self.connections.close(&self.host, socket, close, now);
        }
    }

    /// Closes the connections whose endpoint satisfies `of`.
    pub(crate) fn close_where(&mut self, close: Close, of: impl Fn(&Endpoint) -> bool) {
        let now = self.host.now();
        let open = self.connections.open.iter();
        let closed: Vec<Socket> = open
            .filter(|(_, connection)| of(&connection.endpoint))
            .map(|(socket, _)| *socket)
            .collect();
        for socket in closed {
            self.connections.close(&self.host, socket, close, now);
        }
    }
}
