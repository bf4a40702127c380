//! The alarm of a feed: it wakes the Hub for all work that is due without a call (purging, retrying KV, closing
//! connections whose token ends).

use notifeed::time::{Duration, Timestamp};

use crate::fault::Fault;
use crate::host::Host;

/// Two delays: after the start of an alarm that is being retried, until it rings once more in case it never finishes;
/// and after a failure, until the remaining work is tried.
pub const SAFETY: Duration = Duration::from_seconds(30);

/// How late an alarm may be before it counts as lost.
const LATE: Duration = Duration::from_minutes(1);

/// When the alarm is set to, and when rows can go.
#[derive(Debug, Clone, Default)]
pub struct Alarm {
    set: Option<Timestamp>,
    /// When the first rows can go; outer `None`: nobody has looked since the feed woke.
    purge: Option<Option<Timestamp>>,
}

impl Alarm {
    /// The alarm of a feed that wakes.
    pub const fn woken(set: Option<Timestamp>) -> Self {
        Self { set, purge: None }
    }

    /// Makes sure that the alarm rings by `at`. An alarm that is set to an earlier time stays.
    ///
    /// # Errors
    /// The alarm could not be set; it stays as it was.
    pub fn wake_by<H: Host>(&mut self, host: &H, at: Timestamp) -> Result<(), Fault> {
        let at = match self.set {
            Some(set) if set <= at => {
                if host.now().saturating_since(set) < LATE {
                    return Ok(());
                }
                // An alarm that should have rung long ago is set once more.
                set
            }
            _ => at,
        };
        host.set_alarm(at)?;
        self.set = Some(at);
        Ok(())
    }

    /// Notes that the alarm rang: it is set no longer.
    pub const fn rang(&mut self) {
        self.set = None;
    }

    /// Notes that a row was written which can be purged at `at`.
    pub fn row_goes(&mut self, at: Timestamp) {
        if let Some(known) = &mut self.purge {
            *known = Some(known.map_or(at, |known| known.min(at)));
        }
    }

    /// Whether rows may have to go now.
    pub fn may_purge(&self, now: Timestamp) -> bool {
        match self.purge {
            None => true,
            Some(at) => at.is_some_and(|at| at <= now),
        }
    }

    /// Sets when the next rows can be purged, after a purge.
    pub const fn purged(&mut self, next: Option<Timestamp>) {
        self.purge = Some(next);
    }

    /// When the next rows can go, if somebody has looked.
    pub fn next_purge(&self) -> Option<Timestamp> {
        self.purge.flatten()
    }
}
