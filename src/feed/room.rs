//! How much a feed holds: items, rows and bytes (ARCHITECTURE "Two stores").

use crate::error::{ErrorCode, Problem};
use crate::time::{Duration, Timestamp};

/// (D22) How many items a feed holds at most: neither expired nor deleted. A post that would add one
/// more is refused; what was accepted is never dropped for it.
pub const MAX_ITEMS: u32 = 10_000;

/// (D22) How many rows a feed holds at most, with those of items that have ended: a post that would
/// add one more removes the oldest ended row first.
pub const MAX_ROWS: u32 = 20_000;

/// (D22) How many bytes of bodies a feed holds at most, those of ended items included: 2 GB of the
/// 10 GB that a Durable Object may store. A post that would pass it removes ended rows first.
pub const MAX_BYTES: u64 = 2_000_000_000;

/// How long a feed stays that has no items, subscriptions or connections.
pub const STAYS_EMPTY: Duration = Duration::from_days(30);

/// The longest that a refused caller is told to wait: a deletion may make room earlier.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// 406: there is no room for one more. `until`: when the first item expires.
pub fn full(limit: u32, now: Timestamp, until: Timestamp) -> Problem {
    let wait = until.saturating_since(now).min(MAX_RETRY_AFTER);
    Problem::new(
        ErrorCode::ServerBusy,
        format!(
            "The user's feed is full: it has {limit} items, or as many bytes as it can hold. Delete some, or wait until one expires."
        ),
    )
    .retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_caller_comes_back_when_an_item_expires_at_the_latest_in_an_hour() {
        let at = Timestamp::saturating_from_unix_millis;
        let wait = |until| full(3, at(1000), at(until)).retry_after;
        assert_eq!(
            [500, 1001, 6001, 9_000_000].map(wait),
            [Some(1), Some(1), Some(6), Some(3600)]
        );
        assert_eq!(full(3, at(0), at(1)).code, ErrorCode::ServerBusy);
    }
}
