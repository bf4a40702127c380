//! The end of a feed that nothing needs. Its next life has another epoch, so a device that comes back begins anew.

use notifeed::time::{Duration, Timestamp};

use crate::Feed;
use crate::host::Host;

/// How long a feed stays that has no row any more.
const STAYS: Duration = Duration::from_days(30);

impl<H: Host> Feed<H> {
    /// Ends a feed whose alarm rang for nothing: no row, no connection, nothing to be copied. That is the alarm
    /// that was set when its last row went, or one for connections that have gone since. `active`: it rang for
    /// something; then says when it rings next if nothing comes.
    pub(crate) fn end_if_idle(&mut self, active: bool, now: Timestamp) -> Option<Timestamp> {
        if !self.life.made || self.alarm.next_purge().is_some() {
            return None;
        }
        if active || self.copies.owes() {
            return Some(now.saturating_add(STAYS));
        }
        self.aborting = true;
        self.host.end();
        None
    }
}
