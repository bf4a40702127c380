//! When the Hub's late work is due (DESIGN "Two stores").

use crate::time::Timestamp;

/// How long after an alarm began it rings again if it never ended, in milliseconds.
pub const RETRY_AFTER_CRASH: i64 = 30_000;

/// How long after a failed attempt the next one is made, in milliseconds: one second, twice as long
/// after each further failure, at most ten minutes.
pub fn retry_delay(attempts: u32) -> i64 {
    1000_i64.saturating_mul(1 << attempts.min(20)).min(600_000)
}

/// When KV may drop a body, in Unix seconds: the notification's expiration, rounded up, and 120 s.
/// KV wants at least 60 s ahead; until then the index decides what is visible.
pub fn kv_expiration(expiration: Timestamp) -> u64 {
    let seconds = expiration
        .saturating_add_millis(999)
        .unix_millis()
        .div_euclid(1000);
    u64::try_from(seconds.saturating_add(120)).unwrap_or(0)
}

/// When rows whose earliest time to go is `first` are purged: together with all others of the same
/// hour, at its end.
pub fn purge_time(first: Timestamp) -> Timestamp {
    const HOUR: i64 = 3_600_000;
    let hours = first.unix_millis().div_euclid(HOUR).saturating_add(1);
    Timestamp::saturating_from_unix_millis(hours.saturating_mul(HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    #[test]
    fn the_backoff_doubles_up_to_ten_minutes() {
        assert_eq!([0, 1, 5, 9].map(retry_delay), [1000, 2000, 32_000, 512_000]);
        assert_eq!([10, 50, u32::MAX].map(retry_delay), [600_000; 3]);
    }

    #[test]
    fn kv_keeps_a_body_two_minutes_longer_than_it_counts() {
        assert_eq!(
            [1000, 1001, 1999].map(|ms| kv_expiration(at(ms))),
            [121, 122, 122]
        );
    }

    #[test]
    fn rows_are_purged_by_the_hour() {
        assert_eq!(purge_time(at(0)), at(3_600_000));
        assert_eq!(purge_time(at(3_599_999)), at(3_600_000));
        assert_eq!(purge_time(at(3_600_000)), at(7_200_000));
    }
}
