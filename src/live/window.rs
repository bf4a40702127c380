//! The window: the sent and unacknowledged bytes of one client, and their limit, so that a client that reads slowly, or
//! not at all, neither fills the server's memory nor delays other clients (ARCHITECTURE "Memory of sockets").
//!
//! The runtime keeps every frame that a client hasn't read, and doesn't say how many. So the server
//! counts the bytes that a client hasn't acknowledged. Past half of the window a frame asks for an
//! acknowledgement; at a full window nothing more is sent, and the client is told the rest from the
//! index once it acknowledges.

use std::collections::VecDeque;

use crate::feed::Seq;
use crate::live::endpoint::Debt;
use crate::time::{Duration, Timestamp};

/// How many bytes of frames may be under way to one client. The frame that fills it may pass it.
pub const WINDOW: usize = 512 * 1024;

/// From how many bytes on a frame asks for an acknowledgement.
pub const ASK_FROM: usize = WINDOW / 2;

/// How many bytes are sent between two frames that ask for an acknowledgement.
const ASK_EVERY: usize = WINDOW / 16;

/// How many bytes of frames count as one, where the window remembers what is under way.
const CHUNK: usize = WINDOW / 32;

/// How long a client with a full window that has never acknowledged anything is waited for,
/// before it is closed with [`Close::TOO_SLOW`](super::close::Close::TOO_SLOW), to go
/// on by its cursor: most clients that don't acknowledge never will.
pub const FIRST_PATIENCE: Duration = Duration::from_seconds(2);

/// Frames that were sent one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chunk {
    /// The last of them.
    through: Seq,
    bytes: usize,
    /// When the first of them was sent.
    since: Timestamp,
}

/// The frames that are under way to a client.
#[derive(Debug, Clone, Default)]
pub struct Window {
    chunks: VecDeque<Chunk>,
    bytes: usize,
    acknowledges: bool,
    /// Bytes sent since a frame asked last; `None`: none has asked since the window was half empty.
    since_asked: Option<usize>,
    /// The number of the last frame that was sent.
    last: Seq,
}

impl Window {
    /// The window of a client after the server forgot it: `owes` is what was under way, `last` the last number that the client can have been sent.
    pub fn woken(owes: Option<Debt>, last: Seq, since: Timestamp) -> Self {
        let mut window = Self::default();
        if let Some(debt) = owes {
            window.sent(debt.through, debt.bytes, since);
        }
        window.last = window.last.max(last);
        window
    }

    /// Whether the next frame, of so many bytes, is to ask for an acknowledgement. `pressed`: the
    /// server has too much under way to all of its clients together.
    pub fn asks(&self, bytes: usize, pressed: bool) -> bool {
        let after = self.bytes.saturating_add(bytes);
        (pressed || after > ASK_FROM)
            && self
                .since_asked
                .is_none_or(|since| since.saturating_add(bytes) >= ASK_EVERY)
    }

    /// Counts a frame that was sent. A frame without a number belongs to the last that had one.
    pub fn sent(&mut self, seq: Seq, bytes: usize, now: Timestamp) {
        self.last = self.last.max(seq);
        self.bytes = self.bytes.saturating_add(bytes);
        self.since_asked = self.since_asked.map(|since| since.saturating_add(bytes));
        match self.chunks.back_mut() {
            Some(chunk) if chunk.bytes.saturating_add(bytes) <= CHUNK => {
                chunk.through = self.last;
                chunk.bytes = chunk.bytes.saturating_add(bytes);
            }
            _ => self.chunks.push_back(Chunk {
                through: self.last,
                bytes,
                since: now,
            }),
        }
    }

    /// The frame that was sent last asked for an acknowledgement.
    pub const fn asked(&mut self) {
        self.since_asked = Some(0);
    }

    /// Notes that the client has everything up to `seq`. Returns `false`, and changes nothing, for a number that wasn't
    /// sent.
    pub fn acknowledged(&mut self, seq: Seq) -> bool {
        if seq > self.last {
            return false;
        }
        self.acknowledges = true;
        while let Some(chunk) = self.chunks.front().filter(|chunk| chunk.through <= seq) {
            self.bytes = self.bytes.saturating_sub(chunk.bytes);
            self.chunks.pop_front();
        }
        if self.bytes <= ASK_FROM {
            self.since_asked = None;
        }
        true
    }

    /// The bytes that are under way.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a frame has asked for an acknowledgement that hasn't come.
    pub const fn is_asked(&self) -> bool {
        self.since_asked.is_some()
    }

    /// Whether nothing more may be sent.
    pub const fn is_full(&self) -> bool {
        self.bytes >= WINDOW
    }

    /// Whether the client has ever acknowledged anything.
    pub const fn acknowledges(&self) -> bool {
        self.acknowledges
    }

    /// The number of the last frame that was sent.
    pub const fn last(&self) -> Seq {
        self.last
    }

    /// The bytes that have been under way for longer than since `then`.
    pub fn bytes_before(&self, then: Timestamp) -> usize {
        let old = self.chunks.iter().filter(|chunk| chunk.since <= then);
        old.map(|chunk| chunk.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    /// Sends frames of `bytes` each until the window is full: how many, and how many of them asked.
    fn fill(window: &mut Window, bytes: usize) -> (usize, usize) {
        let (mut sent, mut asked) = (0, 0);
        while !window.is_full() {
            let asks = window.asks(bytes, false);
            window.sent(window.last().next(), bytes, at(0));
            sent += 1;
            if asks {
                window.asked();
                asked += 1;
            }
        }
        (sent, asked)
    }

    #[test]
    fn a_window_takes_what_fits_and_asks_from_its_half_on() {
        for bytes in [100, 1000, 60_000, WINDOW] {
            let mut window = Window::default();
            let (sent, asked) = fill(&mut window, bytes);
            assert_eq!(sent, WINDOW.div_ceil(bytes), "{bytes}");
            assert!((1..=9).contains(&asked), "{bytes}: {asked}");
            assert!(window.chunks.len() <= 34);
            assert!(!window.acknowledges());
            // All of it acknowledged, it begins anew.
            assert!(window.acknowledged(window.last()));
            assert_eq!((window.bytes(), window.acknowledges()), (0, true));
            assert_eq!(fill(&mut window, bytes), (sent, asked));
        }
    }

    #[test]
    fn under_pressure_the_first_frame_asks() {
        let mut window = Window::default();
        assert!(!window.asks(10, false));
        assert!(window.asks(10, true));
        window.sent(Seq::new(1), 10, at(0));
        window.asked();
        assert!(!window.asks(10, true));
        assert!(window.asks(ASK_EVERY, true));
    }

    #[test]
    fn what_was_not_sent_cannot_be_acknowledged() {
        let mut window = Window::default();
        window.sent(Seq::new(5), 100, at(0));
        assert!(!window.acknowledged(Seq::new(6)));
        assert_eq!((window.bytes(), window.acknowledges()), (100, false));
        assert!(window.acknowledged(Seq::new(4)));
        assert_eq!((window.bytes(), window.acknowledges()), (100, true));
        assert!(window.acknowledged(Seq::new(5)));
        assert_eq!(window.bytes(), 0);
    }

    #[test]
    fn an_acknowledgement_frees_what_came_before_it_chunk_by_chunk() {
        let mut window = Window::default();
        for seq in 1..=4 {
            window.sent(Seq::new(seq), CHUNK, at(seq));
        }
        assert_eq!(window.bytes_before(at(2)), 2 * CHUNK);
        window.acknowledged(Seq::new(3));
        assert_eq!(window.bytes(), CHUNK);
        assert_eq!(window.bytes_before(at(3)), 0);
        // A frame without a number goes with the one before it.
        window.sent(Seq::ZERO, 10, at(9));
        window.acknowledged(Seq::new(4));
        assert_eq!(window.bytes(), 0);
    }

    #[test]
    fn after_a_restart_a_client_owes_what_it_owed() {
        let debt = Debt {
            through: Seq::new(7),
            bytes: ASK_FROM,
        };
        let mut window = Window::woken(Some(debt), Seq::new(9), at(5));
        assert_eq!((window.bytes(), window.last()), (ASK_FROM, Seq::new(9)));
        assert!(window.asks(1, false));
        assert!(!window.acknowledged(Seq::new(10)));
        assert!(window.acknowledged(Seq::new(7)));
        assert_eq!(window.bytes(), 0);
        assert_eq!(Window::woken(None, Seq::new(9), at(5)).bytes(), 0);
    }
}
