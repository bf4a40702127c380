//! The alarm: one for all that is due while nobody calls. Purging, trying KV again, the end of tokens.

use notifeed::time::{Duration, Timestamp};

use crate::fault::Fault;
use crate::host::Host;

/// How long after an alarm that is tried again it rings once more if it never ends;
/// and how long after a failure the rest is tried.
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
    /// The alarm could not be set, and is what it was.
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

    /// A row was made that can go then.
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

    /// When the next rows can go, once the rest was looked at.
    pub const fn purged(&mut self, next: Option<Timestamp>) {
        self.purge = Some(next);
    }

    /// When the next rows can go, if somebody has looked.
    pub fn next_purge(&self) -> Option<Timestamp> {
        self.purge.flatten()
    }
}
