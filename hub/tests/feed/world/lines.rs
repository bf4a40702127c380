//! Sockets: what the feed sent, what the client has read of it, and what outlives the feed's memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use notifeed::time::Timestamp;
use notifeed_hub::host::{OpenSocket, Socket};

/// A connection, for as long as it lasts. A feed knows it by another number each time it wakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line(pub usize);

/// An event that a client gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Frame(Rc<str>),
    Closed(u16, String),
}

#[derive(Debug)]
struct Connection {
    socket: Socket,
    accepted: bool,
    attachment: Option<String>,
    unread: VecDeque<Rc<str>>,
    unread_bytes: usize,
    /// The server has closed it; the peer learns of it once it has read what came before.
    closing: Option<(u16, String)>,
    last_ping: Option<Timestamp>,
}

/// All connections.
#[derive(Debug, Default)]
pub struct Lines {
    open: BTreeMap<Line, Connection>,
    by_socket: HashMap<Socket, Line>,
    lines: usize,
    sockets: u32,
}

impl Lines {
    /// A client knocks.
    pub fn offer(&mut self) -> (Line, Socket) {
        self.lines += 1;
        self.sockets += 1;
        let (line, socket) = (Line(self.lines), Socket(self.sockets));
        let connection = Connection {
            socket,
            accepted: false,
            attachment: None,
            unread: VecDeque::new(),
            unread_bytes: 0,
            closing: None,
            last_ping: None,
        };
        self.open.insert(line, connection);
        self.by_socket.insert(socket, line);
        (line, socket)
    }

    fn of(&mut self, socket: Socket) -> Option<&mut Connection> {
        let line = self.by_socket.get(&socket)?;
        self.open.get_mut(line)
    }

    pub fn accept(&mut self, socket: Socket, attachment: &str) {
        let connection = self.of(socket).expect("a socket that was offered");
        assert!(!connection.accepted, "accepted twice");
        connection.accepted = true;
        connection.attachment = Some(attachment.to_owned());
    }

    /// Whether the feed accepted it; if not, it is gone.
    pub fn was_accepted(&mut self, line: Line) -> bool {
        let accepted = self.open.get(&line).is_some_and(|line| line.accepted);
        if !accepted {
            self.open.remove(&line);
        }
        accepted
    }

    pub fn send(&mut self, frame: &str, to: &[Socket]) {
        let frame: Rc<str> = frame.into();
        for socket in to {
            let connection = self.of(*socket).filter(|line| line.closing.is_none());
            if let Some(connection) = connection {
                assert!(connection.accepted, "a frame before the connection");
                connection.unread_bytes += frame.len();
                connection.unread.push_back(Rc::clone(&frame));
            }
        }
    }

    pub fn close(&mut self, socket: Socket, code: u16, reason: &str) {
        assert!(reason.len() <= 123, "{reason}");
        assert!(matches!(code, 1000 | 1012 | 1013 | 4000..=4999), "{code}");
        if let Some(connection) = self.of(socket) {
            connection
                .closing
                .get_or_insert_with(|| (code, reason.to_owned()));
        }
    }

    /// Closes all lines, as the runtime of the feed does.
    pub fn close_all(&mut self, code: u16, reason: &str) {
        for connection in self.open.values_mut() {
            connection
                .closing
                .get_or_insert_with(|| (code, reason.to_owned()));
        }
    }

    pub fn attach(&mut self, socket: Socket, attachment: &str) {
        if let Some(connection) = self.of(socket) {
            connection.attachment = Some(attachment.to_owned());
        }
    }

    pub fn last_ping(&mut self, socket: Socket) -> Option<Timestamp> {
        self.of(socket)?.last_ping
    }

    /// The runtime answers a ping.
    pub fn ping(&mut self, line: Line, now: Timestamp) {
        if let Some(connection) = self.open.get_mut(&line) {
            connection.last_ping = Some(now);
        }
    }

    /// A feed wakes: it is given other numbers than the one before it.
    pub fn renumber(&mut self) {
        self.by_socket.clear();
        self.open.retain(|_, connection| connection.accepted);
        for (line, connection) in &mut self.open {
            self.sockets += 1;
            connection.socket = Socket(self.sockets);
            self.by_socket.insert(connection.socket, *line);
        }
    }

    /// The connections as a feed finds them that wakes.
    pub fn found(&self) -> Vec<OpenSocket> {
        let accepted = self.open.values().filter(|line| line.accepted);
        accepted
            .map(|connection| OpenSocket {
                socket: connection.socket,
                attachment: connection.attachment.clone(),
            })
            .collect()
    }

    /// The number by which the feed knows a connection.
    pub fn socket(&self, line: Line) -> Option<Socket> {
        self.open.get(&line).map(|connection| connection.socket)
    }

    /// The next event for the client.
    pub fn read(&mut self, line: Line) -> Option<Heard> {
        let Some(connection) = self.open.get_mut(&line) else {
            return Some(Heard::Closed(1006, String::new()));
        };
        if let Some(frame) = connection.unread.pop_front() {
            connection.unread_bytes -= frame.len();
            return Some(Heard::Frame(frame));
        }
        let (code, reason) = connection.closing.clone()?;
        Some(Heard::Closed(code, reason))
    }

    /// The connection is over.
    pub fn remove(&mut self, line: Line) -> Option<Socket> {
        self.open.remove(&line).map(|connection| connection.socket)
    }

    /// All of them break.
    pub fn remove_all(&mut self) {
        self.open.clear();
    }

    /// The bytes of all frames that no client has read.
    pub fn unread_bytes(&self) -> usize {
        self.open.values().map(|line| line.unread_bytes).sum()
    }

    /// The bytes of the frames that this client hasn't read.
    pub fn unread_bytes_of(&self, line: Line) -> usize {
        self.open.get(&line).map_or(0, |line| line.unread_bytes)
    }

    /// How many frames this client hasn't read.
    pub fn unread_of(&self, line: Line) -> usize {
        self.open.get(&line).map_or(0, |line| line.unread.len())
    }

    /// The close that the server has sent on a line, read or not.
    pub fn closing(&self, line: Line) -> Option<(u16, String)> {
        self.open.get(&line)?.closing.clone()
    }
}
