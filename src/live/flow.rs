//! How much of a replay is under way to a client (DESIGN "Frames"): so that one that reads slowly
//! neither grows the server's memory nor holds up anybody else.

use std::collections::VecDeque;

use crate::feed::Seq;

/// How much may be under way to a client that acknowledges, in bytes.
pub const WINDOW: usize = 1024 * 1024;

/// How much is replayed to a client that hasn't acknowledged anything, in bytes.
pub const BUDGET: usize = 8 * 1024 * 1024;

/// How long an acknowledgement is waited for, in milliseconds, before the client is cut off with
/// [`Close::TOO_SLOW`](super::close::Close::TOO_SLOW), to go on by its cursor.
pub const PATIENCE: u64 = 30_000;

/// The same for the first one: most clients never send any, and are to come back soon.
pub const FIRST_PATIENCE: u64 = 2_000;

/// How long a client that hasn't acknowledged anything is listened to after each [`WINDOW`] of
/// bytes, in milliseconds: whether it is one that will can't be known before its first
/// acknowledgement is let in.
pub const BREATH: u64 = 100;

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send on.
    Send,
    /// Wait for an acknowledgement, so many milliseconds, then send on all the same.
    Listen(u64),
    /// Wait for an acknowledgement, so many milliseconds, then cut the client off.
    Wait(u64),
}

/// The frames of a replay that are under way.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    under_way: VecDeque<(Seq, usize)>,
    bytes: usize,
    acknowledges: bool,
    /// How much had been sent when the client was listened to last.
    listened: usize,
}

impl Flow {
    /// A frame was sent.
    pub fn sent(&mut self, seq: Seq, bytes: usize) {
        self.under_way.push_back((seq, bytes));
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// The client has everything up to `seq`.
    pub fn acknowledged(&mut self, seq: Seq) {
        self.acknowledges = true;
        while let Some((first, bytes)) = self.under_way.front().copied() {
            if first > seq {
                break;
            }
            self.under_way.pop_front();
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// Whether to go on.
    pub const fn next(&mut self) -> Next {
        match (self.acknowledges, self.bytes) {
            (true, WINDOW..) => Next::Wait(PATIENCE),
            (false, BUDGET..) => Next::Wait(FIRST_PATIENCE),
            (false, bytes) if bytes.saturating_sub(self.listened) >= WINDOW => {
                self.listened = bytes;
                Next::Listen(BREATH)
            }
            _ => Next::Send,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_never_acknowledges_has_little_time_at_the_budget() {
        let mut flow = Flow::default();
        flow.sent(Seq::new(1), WINDOW - 1);
        assert_eq!(flow.next(), Next::Send);
        flow.sent(Seq::new(1), BUDGET - WINDOW);
        assert_eq!(flow.next(), Next::Listen(BREATH));
        assert_eq!(flow.next(), Next::Send);
        flow.sent(Seq::new(2), 1);
        assert_eq!(flow.next(), Next::Wait(FIRST_PATIENCE));
        flow.acknowledged(Seq::new(2));
        assert_eq!(flow.next(), Next::Send);
    }

    #[test]
    fn one_that_acknowledges_gets_any_amount_a_window_at_a_time() {
        let mut flow = Flow::default();
        for seq in 1..100 {
            flow.sent(Seq::new(seq), WINDOW);
            flow.acknowledged(Seq::new(seq - 1));
            assert_eq!(flow.next(), Next::Wait(PATIENCE), "{seq}");
            flow.acknowledged(Seq::new(seq));
            assert_eq!(flow.next(), Next::Send, "{seq}");
        }
        assert!(flow.under_way.is_empty());
        flow.acknowledged(Seq::new(5000));
        assert_eq!(flow.bytes, 0);
    }
}
