//! Faults on our side, and how they differ from the mistakes of a caller.

use std::fmt;

use notifeed::error::Problem;
use notifeed::error::problems;

/// A failure on the service's side. It is logged with the request's id; the caller gets 503 without details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(String);

impl Fault {
    /// `what` was being done, and `cause`.
    pub fn new(what: &str, cause: &dyn fmt::Display) -> Self {
        Self(format!("{what}: {cause}"))
    }

    /// The problem that the caller is told.
    pub fn problem() -> Problem {
        problems::unavailable()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// Why a request isn't answered with success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The caller's mistake: a row of the contract's error table.
    Problem(Box<Problem>),
    /// A failure on the service's side.
    Fault(Fault),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The answer to a request that was stopped; a fault is logged.
pub fn reply(
    stop: &Stop,
    context: &notifeed::request::Context,
    policy: &notifeed::policy::Policy,
    log: impl FnOnce(&str),
) -> notifeed::http::Reply {
    match stop {
        Stop::Problem(problem) => notifeed::http::Reply::problem(problem, context, policy),
        Stop::Fault(fault) => {
            log(&format!("request {}: {fault}", context.request_id));
            notifeed::http::Reply::problem(&Fault::problem(), context, policy)
        }
    }
}
