//! Degraded reads: what worker/runtime/degraded.mjs asks while a feed can't answer. The rules are the contract's.

use notifeed::feed::degraded::{Failure, Next, after};
use notifeed::http::Reply;
use notifeed_hub::wire::Request;

use crate::platform::instant;
use crate::settings::settings;

/// The consequence of a failure: 0 the feed is asked once more, 1 its copies are read, 2 the call fails.
pub fn after_failure(overloaded: bool, reset: bool, silent: bool, again: bool) -> u32 {
    let failure = match (overloaded, reset, silent) {
        (true, _, _) => Failure::Overloaded,
        (_, true, _) => Failure::Reset,
        (_, _, true) => Failure::Silent,
        _ => Failure::Fault,
    };
    match after(failure, again) {
        Next::AskAgain => 0,
        Next::ReadCopies => 1,
        Next::Fail => 2,
    }
}

/// With `values` the answer by them, a line each, as text ([`Reply::to_text`]); else the keys to read, a line each, among
/// those that `lines` has. `None`: there is no answer.
pub fn from_copies(
    operation: &str,
    fields: &str,
    lines: &str,
    values: bool,
    millis: f64,
) -> Option<String> {
    let request = Request::decode(operation, fields).ok()?;
    let wanted = request.command.wanted()?;
    let now = instant(millis);
    if !values {
        return Some(wanted.choose(lines, now).join("\n"));
    }
    let user = request.access.user.as_ref()?;
    let context = request.asked_by.clone().context(now);
    let reply = match wanted.answer(lines.lines(), &user.principal_name, &context) {
        Ok(body) => Reply::degraded(body?),
        Err(problem) => Reply::problem(&problem, &context, &settings().ok()?.feed.policy),
    };
    Some(reply.to_text())
}
