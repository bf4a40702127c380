//! The end of a feed that nothing needs. Its next life has another epoch, so a device that comes back begins anew.

use notifeed::feed::room::STAYS_EMPTY;
use notifeed::time::Timestamp;

use crate::Feed;
use crate::host::Host;

impl<H: Host> Feed<H> {
    /// Ends a feed whose alarm rang without any work to do: the feed has no row, no connection and nothing to be
    /// copied. Such an alarm was set when the last row was removed, or for connections that have ended since. `active`:
    /// the alarm had work to do; then the result is the time of the next alarm if nothing else happens.
    pub(crate) fn end_if_idle(&mut self, active: bool, now: Timestamp) -> Option<Timestamp> {
        if !self.life.made || self.alarm.next_purge().is_some() {
            return None;
        }
        if active || self.copies.owes() {
            return Some(now.saturating_add(STAYS_EMPTY));
        }
        self.aborting = true;
        self.host.end();
        None
    }
}
