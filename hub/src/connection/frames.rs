//! The requests of clients over their sockets.

use notifeed::credentials::Principal;
use notifeed::error::Problem;
use notifeed::error::problems::{connection_closing, item_changed, not_authorized};
use notifeed::feed::mark_all::{MarkAll, Marking};
use notifeed::feed::update::{StateUpdate, has_changed_since};
use notifeed::feed::{Cursor, DeletedBy, Entry, Seq};
use notifeed::guid::Guid;
use notifeed::live::client::{ClientFrame, ClientRequest};
use notifeed::live::close::Close;
use notifeed::live::{MAX_SOCKET_LIFE, MAX_WAITING_FRAMES, frame};
use notifeed::request::origin::Readers;
use notifeed::request::{ApiVersion, Context};
use notifeed::time::Timestamp;

use super::State;
use crate::Feed;
use crate::answers::{Device, Given, Won};
use crate::fault::{Fault, Stop};
use crate::host::{Effect, Host, Outcome, Socket, Verified};
use crate::marking::Marked;

/// The outcome of a request.
enum Done {
    /// The status of its result, and the change that it made.
    Item(u16, Option<Entry>),
    /// The item is answered.
    Answered(Box<Won>),
    /// All items were marked.
    Marked(Marked),
}

/// Why a request isn't carried out.
enum Refused {
    /// The refusal that HTTP would give too.
    Stop(Stop),
    /// The item has changed since the version that the client knew; holds the item as it is now.
    Changed(Box<Entry>),
}

impl<E: Into<Stop>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Stop(error.into())
    }
}

impl<H: Host> Feed<H> {
    /// Carries out what a client sent, and answers it. `None`: it was a binary frame.
    pub(crate) fn receive(&mut self, socket: Socket, text: Option<&str>) {
        let now = self.host.now();
        let rate = self.settings.frame_rate;
        let Some(connection) = self.connections.open.get_mut(&socket) else {
            return;
        };
        if matches!(connection.state, State::Closing { .. }) {
            return;
        }
        let frame = text.and_then(ClientFrame::parse);
        if let Some(ClientFrame::Ack {
            seq,
            visible,
            delivered,
        }) = frame
            && self.acknowledge(socket, Seq::new(seq), now)
        {
            if delivered {
                self.seen(socket, Seq::new(seq), visible);
            }
            return;
        }
        let Some(connection) = self.connections.open.get_mut(&socket) else {
            return;
        };
        if connection.bucket.take(rate, now).is_err() {
            return self
                .connections
                .close(&self.host, socket, Close::FLOODING, now);
        }
        match (frame, text) {
            (None, _) | (_, None) => {
                self.connections
                    .close(&self.host, socket, Close::MALFORMED, now);
            }
            (
                Some(ClientFrame::Ack {
                    seq,
                    visible,
                    delivered,
                }),
                _,
            ) => {
                if delivered {
                    self.seen(socket, Seq::new(seq), visible);
                }
            }
            (Some(ClientFrame::Request { .. }), Some(text)) if connection.verifying.is_some() => {
                if connection.waiting.len() >= MAX_WAITING_FRAMES {
                    return self
                        .connections
                        .close(&self.host, socket, Close::FLOODING, now);
                }
                connection.waiting.push_back(text.to_owned());
            }
            (Some(ClientFrame::Request { reference, request }), _) => {
                self.answer_frame(socket, &reference, request, now);
            }
        }
    }

    /// Notes that a client has everything up to `seq`. Returns whether that freed anything, or was the client's first
    /// acknowledgement.
    fn acknowledge(&mut self, socket: Socket, seq: Seq, now: Timestamp) -> bool {
        let Some(connection) = self.connections.open.get_mut(&socket) else {
            return false;
        };
        let before = connection.window.bytes();
        let first = !connection.window.acknowledges();
        if !connection.window.acknowledged(seq) {
            return false;
        }
        connection.full_since = None;
        let freed = before.saturating_sub(connection.window.bytes());
        connection.note_debt(&self.host, socket);
        let behind = matches!(connection.state, State::Behind(_));
        self.connections.under_way = self.connections.under_way.saturating_sub(freed);
        self.connections.account(&self.host);
        if freed > 0 {
            if behind && !self.connections.runnable.contains(&socket) {
                self.advance(socket, now);
            }
            self.connections.wake_waiting();
        }
        freed > 0 || first
    }

    /// Notes what a client has, and whether its person sees it.
    fn seen(&mut self, socket: Socket, seq: Seq, visible: bool) {
        let connection = self.connections.open.get(&socket);
        if let Some(id) = connection.and_then(|connection| connection.endpoint.subscription) {
            self.push_acknowledged(id, seq, visible);
        }
    }

    fn answer_frame(
        &mut self,
        socket: Socket,
        reference: &str,
        request: Result<ClientRequest, Box<Problem>>,
        now: Timestamp,
    ) {
        let full = self.connections.open.get(&socket);
        if full.is_some_and(|connection| connection.window.is_full()) {
            // Results count toward the window too: a client that sends requests must also read the answers.
            return self
                .connections
                .close(&self.host, socket, Close::TOO_SLOW, now);
        }
        let context = self.frame_context(now);
        let outcome = match request {
            Ok(ClientRequest::Token { token }) => {
                return self.verify(socket, reference, token);
            }
            Ok(request) => self.carry_out(socket, request, &context),
            Err(problem) => Err(Stop::Problem(problem).into()),
        };
        self.answer_with(socket, reference, outcome, &context);
    }

    fn frame_context(&self, now: Timestamp) -> Context {
        Context {
            now,
            // If no random bytes are available, an answer with a fixed id is better than none.
            request_id: Guid::random_v4(self.host.random().unwrap_or_default()),
            client_request_id: None,
            origin: String::new(),
            version: ApiVersion::Beta,
            readers: Readers::All,
        }
    }

    fn carry_out(
        &mut self,
        socket: Socket,
        request: ClientRequest,
        context: &Context,
    ) -> Result<Done, Refused> {
        match request {
            ClientRequest::Update { id, since, states } => {
                let entry = self.unchanged_entry(&id, since, context.now)?;
                let (entry, changed) = self.set_states(entry, states, Some(socket), context)?;
                Ok(Done::Item(200, changed.then_some(entry)))
            }
            ClientRequest::Delete { id, since } => {
                let entry = self.unchanged_entry(&id, since, context.now)?;
                let tombstone = self.end(entry, DeletedBy::Receiver, Some(socket), context)?;
                Ok(Done::Item(204, Some(tombstone)))
            }
            ClientRequest::Answer { id, answering } => {
                let item = self.live_item(&id, context.now)?;
                let connection = self.connections.open.get(&socket);
                let device = connection.map(|connection| Device {
                    platform: Some(connection.endpoint.platform),
                    endpoint: connection.endpoint.subscription,
                });
                let given = Given {
                    answering: &answering,
                    if_match: None,
                    states: StateUpdate::default(),
                    device: device.unwrap_or_default(),
                };
                let won = self.give(&item, &given, Some(socket), context)?;
                Ok(Done::Answered(Box::new(won)))
            }
            ClientRequest::MarkAllRead { cursor } => {
                self.mark_as_asked(socket, Marking::Read, cursor, context.now)
            }
            ClientRequest::MarkAllSeen { cursor } => {
                self.mark_as_asked(socket, Marking::Seen, cursor, context.now)
            }
            // The token was handed to `verify` before, since its verification takes time.
            ClientRequest::Token { .. } => Ok(Done::Item(200, None)),
        }
    }

    /// Marks all items that a connection's platform receives.
    fn mark_as_asked(
        &mut self,
        socket: Socket,
        marking: Marking,
        cursor: Option<String>,
        now: Timestamp,
    ) -> Result<Done, Refused> {
        let connection = self.connections.open.get(&socket);
        let asked = MarkAll {
            marking,
            cursor,
            platform: connection.map(|connection| connection.endpoint.platform),
        };
        Ok(Done::Marked(self.mark(&asked, Some(socket), now)?))
    }

    /// An item that is on the feed, and is as the client knows it.
    fn unchanged_entry(
        &self,
        id: &str,
        since: Option<Seq>,
        now: Timestamp,
    ) -> Result<Entry, Refused> {
        let entry = self.live_entry(id, now)?;
        if has_changed_since(&entry, since, self.life.head) {
            return Err(Refused::Changed(Box::new(entry)));
        }
        Ok(entry)
    }

    /// Sends a `result`, without a cursor to a client that is behind: its position is that of its replay, in which its
    /// own change still follows.
    fn answer_with(
        &mut self,
        socket: Socket,
        reference: &str,
        outcome: Result<Done, Refused>,
        context: &Context,
    ) {
        let Some(connection) = self.connections.open.get(&socket) else {
            return;
        };
        let live = connection.state == State::Live;
        let (text, seq) = match outcome {
            Ok(Done::Marked(marked)) => {
                let cursor = marked.cursor.filter(|_| live);
                let seq = cursor.map_or(Seq::ZERO, |cursor| cursor.seq());
                let text = frame::marked(reference, cursor, marked.through, marked.counts);
                (text, seq)
            }
            Ok(Done::Answered(won)) => {
                let seq = won.entry.seq;
                let changed = (live && won.now).then_some(seq);
                let cursor = changed.map(|seq| Cursor::all_up_to(self.life.epoch, seq));
                let text = frame::answered(reference, cursor, &won.answer);
                (text, changed.unwrap_or(Seq::ZERO))
            }
            Ok(Done::Item(status, changed)) => {
                let changed = changed.filter(|_| live);
                let cursor = changed.map(|entry| Cursor::all_up_to(self.life.epoch, entry.seq));
                let seq = changed.map_or(Seq::ZERO, |entry| entry.seq);
                (frame::done(reference, status, cursor), seq)
            }
            Err(refused) => {
                let (problem, changed) = match refused {
                    Refused::Stop(Stop::Problem(problem)) => (problem, None),
                    Refused::Stop(Stop::Fault(fault)) => {
                        self.host
                            .log(&format!("request {}: {fault}", context.request_id));
                        (Box::new(Fault::problem()), None)
                    }
                    Refused::Changed(entry) => (Box::new(item_changed()), Some(entry)),
                };
                let status = problem.code.status(&self.settings.policy);
                let changed = changed.as_deref();
                (
                    frame::refused(reference, status, changed, &problem, context),
                    Seq::ZERO,
                )
            }
        };
        let pressed = self.connections.is_pressed(text.len());
        let asks = seq > Seq::ZERO && connection.window.asks(text.len(), pressed);
        if asks {
            self.host.send(&frame::asking(&text), &[socket]);
        } else {
            self.host.send(&text, &[socket]);
        }
        self.connections
            .sent(&self.host, socket, seq, text.len(), asks, context.now);
        self.connections.account(&self.host);
    }

    /// Has a fresh token verified; the client's further frames wait for that.
    fn verify(&mut self, socket: Socket, reference: &str, token: String) {
        let number = self.next_effect();
        if let Some(connection) = self.connections.open.get_mut(&socket) {
            connection.verifying = Some((number, reference.to_owned()));
            self.host.start(number, Effect::Verify { token });
        }
    }

    /// The outcome of a token's verification; afterwards the frames that waited for it are handled. `false`: no client
    /// waits for this effect.
    pub(crate) fn verified(&mut self, number: u64, outcome: Outcome) -> bool {
        let open = self.connections.open.iter_mut();
        let found = open.into_iter().find_map(|(socket, connection)| {
            let of = connection.verifying.as_ref();
            of.filter(|(verifying, _)| *verifying == number)?;
            Some((*socket, connection.verifying.take()?.1))
        });
        let Some((socket, reference)) = found else {
            return false;
        };
        let now = self.host.now();
        let context = self.frame_context(now);
        let outcome = match outcome {
            Outcome::Verified(verified) => self.renew(socket, &verified, &context),
            Outcome::Refused(problem) => Err(Stop::Problem(problem)),
            Outcome::Failed(cause) => Err(Fault::new("a token", &cause).into()),
            Outcome::Done | Outcome::Read(_) | Outcome::Pushed(_) => {
                Err(Fault::new("a token", &"not verified").into())
            }
        };
        let outcome = outcome
            .map(|()| Done::Item(200, None))
            .map_err(Refused::Stop);
        self.answer_with(socket, &reference, outcome, &context);
        self.receive_waiting(socket);
        true
    }

    fn receive_waiting(&mut self, socket: Socket) {
        loop {
            let connection = self.connections.open.get_mut(&socket);
            let next = connection
                .filter(|connection| connection.verifying.is_none())
                .and_then(|connection| connection.waiting.pop_front());
            let Some(text) = next else { return };
            if let Some(ClientFrame::Request { reference, request }) = ClientFrame::parse(&text) {
                let now = self.host.now();
                self.answer_frame(socket, &reference, request, now);
            }
        }
    }

    /// A fresh token of the same user keeps the socket open; any other leaves it as it was.
    fn renew(
        &mut self,
        socket: Socket,
        verified: &Verified,
        context: &Context,
    ) -> Result<(), Stop> {
        let same = match (&verified.caller.principal, &self.life.owner) {
            (
                Principal::User {
                    user, scope: true, ..
                },
                Some(owner),
            ) => user.is(&owner.user) && verified.hosts.contains(&owner.host),
            _ => false,
        };
        if !same {
            return Err(not_authorized().into());
        }
        let hour = context.now.saturating_add(MAX_SOCKET_LIFE);
        let expires = verified.caller.expires.min(hour);
        let connection = self
            .connections
            .open
            .get_mut(&socket)
            .filter(|connection| !matches!(connection.state, State::Closing { .. }))
            .ok_or_else(connection_closing)?;
        self.alarm.wake_by(&self.host, expires)?;
        connection.endpoint.expires = expires;
        self.host.attach(socket, &connection.endpoint.to_text());
        Ok(())
    }
}
