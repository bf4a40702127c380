//! The calls that are waiting for something, by number.

use std::cell::RefCell;
use std::collections::HashMap;

use notifeed::time::{Duration, Timestamp};

use super::call::Call;

/// The number of waiting calls from which on those are dropped that have waited longer than [`PATIENCE`]: their clients
/// have gone, which the runtime doesn't report.
const MANY: usize = 1024;

/// How long a call waits at most.
const PATIENCE: Duration = Duration::from_minutes(15);

#[derive(Default)]
struct Calls {
    last: u32,
    waiting: HashMap<u32, Box<Call>>,
}

thread_local! {
    static CALLS: RefCell<Calls> = RefCell::default();
}

/// Keeps a call, and says its number: never 0.
pub fn add(call: Box<Call>) -> u32 {
    CALLS.with_borrow_mut(|calls| {
        if calls.waiting.len() >= MANY {
            let oldest = call.context.now.saturating_sub(PATIENCE);
            let is_young = |since: Timestamp| since > oldest;
            calls.waiting.retain(|_, call| is_young(call.context.now));
        }
        loop {
            calls.last = calls.last.wrapping_add(1).max(1);
            if !calls.waiting.contains_key(&calls.last) {
                break;
            }
        }
        calls.waiting.insert(calls.last, call);
        calls.last
    })
}

/// Keeps a call under the number that it had.
pub fn keep(number: u32, call: Box<Call>) {
    CALLS.with_borrow_mut(|calls| calls.waiting.insert(number, call));
}

/// Takes a call back.
pub fn take(number: u32) -> Option<Box<Call>> {
    CALLS.with_borrow_mut(|calls| calls.waiting.remove(&number))
}

/// Forgets a call that is answered.
pub fn release(number: u32) {
    drop(take(number));
}
