//! The faults that a test asks for: a crash at an operation of the host, or an operation that fails.

use std::cell::Cell;
use std::panic;

use notifeed_hub::fault::Fault;

/// The payload with which a crash unwinds. It isn't a panic of the feed's: nothing is printed.
pub struct Crash;

/// Why an event had no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// The feed's memory ended in the middle.
    Crash,
    /// The feed couldn't wake: nothing was done.
    Asleep,
}

/// Counts the operations, so that a test can name one.
#[derive(Default)]
pub struct Faults {
    /// Nothing goes wrong now, and nothing counts.
    quiet: Cell<bool>,
    operations: Cell<u64>,
    crash_at: Cell<Option<u64>>,
    fallible: Cell<u64>,
    fail_at: Cell<Option<u64>>,
}

impl Faults {
    /// The feed's memory ends before the `nth` operation from now on is done, counted from 1.
    pub fn crash_at(&self, nth: u64) {
        self.crash_at.set(Some(self.operations.get() + nth));
    }

    /// The `nth` operation from now on that can fail does, counted from 1; of a commit, each
    /// statement counts.
    pub fn fail_at(&self, nth: u64) {
        self.fail_at.set(Some(self.fallible.get() + nth));
    }

    /// Nothing goes wrong any longer. Whether what was asked for has happened.
    pub fn end(&self) -> bool {
        let crashed = self
            .crash_at
            .take()
            .is_none_or(|at| at <= self.operations.get());
        let failed = self
            .fail_at
            .take()
            .is_none_or(|at| at <= self.fallible.get());
        crashed && failed
    }

    /// Whether nothing goes wrong now, whatever was asked for; and what it was before.
    pub fn be_quiet(&self, quiet: bool) -> bool {
        self.quiet.replace(quiet)
    }

    /// An operation begins.
    pub fn operation(&self) {
        if self.quiet.get() {
            return;
        }
        let number = self.operations.get() + 1;
        self.operations.set(number);
        if self.crash_at.get() == Some(number) {
            panic::resume_unwind(Box::new(Crash));
        }
    }

    /// An operation, or a statement of one, that can fail.
    pub fn may_fail(&self) -> Result<(), Fault> {
        if self.quiet.get() {
            return Ok(());
        }
        let number = self.fallible.get() + 1;
        self.fallible.set(number);
        if self.fail_at.get() == Some(number) {
            return Err(Fault::new("an operation", &"the test has it fail"));
        }
        Ok(())
    }
}
