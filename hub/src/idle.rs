//! The end of a feed that nothing needs: no row, no connection and nothing due for 30 days. Its next life has another
//! epoch, so a device that comes back begins anew.

use notifeed::time::Timestamp;

use crate::Feed;
use crate::fault::Fault;
use crate::host::{Bound, Host, Write};
use crate::store::{self, Row, Statement};

/// How long a feed without anything stays, in milliseconds.
const STAYS: i64 = 30 * 24 * 60 * 60 * 1000;

impl<H: Host> Feed<H> {
    /// Ends the feed if it has been without anything for long enough, else says when that may be. `None`: it has
    /// something, whose own end rings the alarm. `active`: it had something until now.
    ///
    /// # Errors
    /// The tables can't be read or written.
    pub(crate) fn end_if_idle(
        &mut self,
        active: bool,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Fault> {
        if !self.life.made || self.alarm.next_purge().is_some() {
            return Ok(None);
        }
        let active = active || self.copies.owes() || !self.host.sockets().is_empty();
        let begin = if active {
            Statement::IdleAgain
        } else {
            Statement::IdleSince
        };
        let mut writes = vec![Write {
            statement: begin,
            values: vec![Bound::Integer(now.unix_millis())],
        }];
        if !self.life.idle {
            let create = Write {
                statement: Statement::CreateIdle,
                values: Vec::new(),
            };
            writes.insert(0, create);
        }
        self.host.commit(&writes)?;
        self.life.idle = true;
        let row = store::single(&self.host, Statement::Idle, &[])?;
        let end = Row::from(row).time()?.saturating_add_millis(STAYS);
        if end > now {
            return Ok(Some(end));
        }
        self.aborting = true;
        self.host.end();
        Ok(None)
    }
}
