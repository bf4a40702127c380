//! Live connections: the state of each, and the unacknowledged bytes of all (ARCHITECTURE "Memory of sockets").
//! [`open`] accepts a connection, [`replay`] sends it missed changes, [`fan_out`] new ones, [`frames`] carries out its
//! requests, [`shedding`] limits the memory of connections whose clients don't read.

mod fan_out;
mod frames;
mod open;
mod replay;
mod shedding;

use std::collections::{BTreeMap, VecDeque};

use notifeed::feed::{Known, Seq};
use notifeed::guid::Guid;
use notifeed::live::close::Close;
use notifeed::live::endpoint::{Debt, Endpoint};
use notifeed::live::window::Window;
use notifeed::throttle::Bucket;
use notifeed::time::Timestamp;

use crate::host::{Host, OpenSocket, Socket};

/// The largest difference between a client's unacknowledged bytes and the number in its attachment, in bytes. At an
/// eviction at most this difference is lost.
const DEBT_STEP: usize = 4096;

/// The state of a connection that receives changes from the rows instead of as they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behind {
    /// The part of the feed that the connection has received.
    known: Known,
    /// The head at the time when an endpoint without a cursor connected: items that had ended by then needn't be sent
    /// to it.
    fresh_at: Option<Seq>,
    /// Present until it has caught up and is greeted with `ready`: whether it resumed.
    greeting: Option<bool>,
}

/// How a connection is told of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// As they happen.
    Live,
    /// From the index.
    Behind(Behind),
    /// The connection is closing: its close frame has been sent, after frames that the client hasn't read yet.
    Closing {
        /// Since when.
        since: Timestamp,
    },
}

/// A connection.
#[derive(Debug)]
struct Connection {
    /// The content of its attachment.
    endpoint: Endpoint,
    state: State,
    window: Window,
    /// The start of the wait for an acknowledgement without which the connection is closed.
    full_since: Option<Timestamp>,
    /// How many frames it may still send.
    bucket: Bucket,
    /// Its token is being verified: the effect, and the `ref` of the frame.
    verifying: Option<(u64, String)>,
    /// The frames that wait for that.
    waiting: VecDeque<String>,
    /// The holder of the connection: its subscription, or a digest of its token.
    holder: Option<String>,
}

/// All connections.
#[derive(Debug)]
pub(crate) struct Connections {
    open: BTreeMap<Socket, Connection>,
    /// The bytes that are under way to all of them.
    under_way: usize,
    /// The most bytes that may be unacknowledged.
    allowance: usize,
    /// When silent ones were looked for last.
    looked_for_silent: Timestamp,
    /// The connections that can be told more from the index at once.
    runnable: VecDeque<Socket>,
}

impl Connections {
    /// How many there are, with those that are closing.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether a subscription has one.
    pub(crate) fn is_connected(&self, subscription: Guid) -> bool {
        self.open.values().any(|connection| {
            connection.endpoint.subscription == Some(subscription)
                && !matches!(connection.state, State::Closing { .. })
        })
    }

    /// When the first token ends.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        let open = self.open.values();
        open.filter(|connection| !matches!(connection.state, State::Closing { .. }))
            .map(|connection| connection.endpoint.expires)
            .min()
    }

    /// Whether with `bytes` more than half of the allowance would be unacknowledged.
    const fn is_pressed(&self, bytes: usize) -> bool {
        self.under_way.saturating_add(bytes) > self.allowance / 2
    }

    /// Whether one is behind only since there was no room for all.
    pub(crate) fn waits_for_room(&self) -> bool {
        self.open.iter().any(|(socket, connection)| {
            matches!(connection.state, State::Behind(_))
                && !connection.window.is_full()
                && !self.runnable.contains(socket)
        })
    }

    /// Looks whether there is room now for those that wait for it.
    pub(crate) fn look_for_room<H: Host>(&mut self, host: &H) {
        self.account(host);
        self.wake_waiting();
    }

    /// Finds the connections that are open when the feed wakes. A connection that was behind can't go on: it
    /// comes back with its cursor. A connection that owed bytes still does.
    pub(crate) fn woken<H: Host>(
        host: &H,
        found: Vec<OpenSocket>,
        (head, bucket): (Seq, Bucket),
        now: Timestamp,
    ) -> Self {
        let mut connections = Self {
            open: BTreeMap::new(),
            under_way: 0,
            allowance: 0,
            looked_for_silent: now,
            runnable: VecDeque::new(),
        };
        for found in found {
            let endpoint = found.attachment.as_deref().and_then(Endpoint::parse);
            let endpoint = endpoint.filter(|endpoint| !endpoint.behind);
            let Some(endpoint) = endpoint else {
                host.close(found.socket, Close::RESTARTED.code, Close::RESTARTED.reason);
                continue;
            };
            let window = Window::woken(endpoint.owes, head, now);
            connections.under_way = connections.under_way.saturating_add(window.bytes());
            let connection = Connection {
                holder: endpoint.subscription.map(|id| id.to_string()),
                endpoint,
                state: State::Live,
                window,
                full_since: None,
                bucket,
                verifying: None,
                waiting: VecDeque::new(),
            };
            connections.open.insert(found.socket, connection);
        }
        connections.allowance = host.under_way(connections.under_way);
        connections
    }

    /// A frame was sent to one of them.
    fn sent<H: Host>(
        &mut self,
        host: &H,
        socket: Socket,
        seq: Seq,
        bytes: usize,
        asked: bool,
        now: Timestamp,
    ) {
        if let Some(connection) = self.open.get_mut(&socket) {
            connection.window.sent(seq, bytes, now);
            if asked {
                connection.window.asked();
            }
            self.under_way = self.under_way.saturating_add(bytes);
            connection.note_debt(host, socket);
        }
    }

    /// Tells the host how much is under way, and learns how much may be.
    fn account<H: Host>(&mut self, host: &H) {
        self.allowance = host.under_way(self.under_way);
    }

    /// Lets all go on that are behind and have room, once there is some for all.
    fn wake_waiting(&mut self) {
        if self.under_way > self.allowance / 2 {
            return;
        }
        for (socket, connection) in &self.open {
            let waits = matches!(connection.state, State::Behind(_));
            if waits && !connection.window.is_full() && !self.runnable.contains(socket) {
                self.runnable.push_back(*socket);
            }
        }
    }

    /// A connection has ended: what was under way to it is gone.
    pub(crate) fn closed<H: Host>(&mut self, host: &H, socket: Socket) {
        if let Some(connection) = self.open.remove(&socket) {
            self.under_way = self.under_way.saturating_sub(connection.window.bytes());
            self.account(host);
            self.wake_waiting();
        }
        self.runnable.retain(|runnable| *runnable != socket);
    }

    /// Closes one of them.
    fn close<H: Host>(&mut self, host: &H, socket: Socket, close: Close, now: Timestamp) {
        host.close(socket, close.code, close.reason);
        if let Some(connection) = self.open.get_mut(&socket)
            && !matches!(connection.state, State::Closing { .. })
        {
            connection.state = State::Closing { since: now };
            connection.waiting.clear();
            connection.full_since = None;
        }
    }
}

impl Connection {
    /// Notes that the connection can't be sent more. The wait for an acknowledgement is limited in two cases: the
    /// window of a client that has never acknowledged anything is full; or all clients together have too many
    /// unacknowledged bytes (`short`) and this client was asked for an acknowledgement.
    fn wait_for_room(&mut self, short: bool, now: Timestamp) {
        let never = self.window.is_full() && !self.window.acknowledges();
        if never || (short && self.window.is_asked()) {
            self.full_since.get_or_insert(now);
        }
    }

    /// Has the attachment say how much is under way, to about [`DEBT_STEP`] bytes: a feed that wakes
    /// must not give the client a new window.
    fn note_debt<H: Host>(&mut self, host: &H, socket: Socket) {
        let bytes = self.window.bytes();
        let noted = self.endpoint.owes.map_or(0, |debt| debt.bytes);
        if bytes.abs_diff(noted) >= DEBT_STEP || (bytes == 0 && noted > 0) {
            self.endpoint.owes = (bytes > 0).then(|| Debt {
                through: self.window.last(),
                bytes,
            });
            host.attach(socket, &self.endpoint.to_text());
        }
    }

    /// Switches the connection between the states *live* and *behind*, and stores that in its attachment.
    fn turn<H: Host>(&mut self, host: &H, socket: Socket, state: State) {
        self.state = state;
        let behind = matches!(state, State::Behind(_));
        if self.endpoint.behind != behind {
            self.endpoint.behind = behind;
            host.attach(socket, &self.endpoint.to_text());
        }
    }
}
