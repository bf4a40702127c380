//! The rules of the copy in KV, and of purging (ARCHITECTURE "Two stores").

use crate::time::Timestamp;

/// What the key of a mark in `REGISTRY` begins with, before the id of a Hub: its user is erased. Put before anything is
/// deleted; neither healing nor a degraded read brings back what was there before.
pub const ERASED: &str = "erased:";

/// How long such a mark is kept, in seconds: 31 days, longer than any point-in-time recovery reaches back (30 days).
pub const ERASED_SECONDS: u32 = 31 * 24 * 3600;

/// What the key of a mark in `REGISTRY` begins with, before the id of a Hub: it is being restored to an earlier moment.
/// As long as it is there, every call of that feed is answered 503.
pub const RESTORING: &str = "restoring:";

/// How long after a failure KV is tried again at the least, in milliseconds.
const SOONEST: i64 = 1000;
/// How long after a failure KV is tried again at the latest, in milliseconds: 12 hours.
const LATEST: i64 = 12 * 3_600_000;

/// How long after a failed put the next one is tried, in milliseconds: as long as the oldest change
/// waits that KV lacks (`age`), from 1 s to 12 h, give or take a fifth by `random`. About 30 tries a
/// week, and no counter to store.
pub fn retry_delay(age: i64, random: u8) -> i64 {
    let delay = age.clamp(SOONEST, LATEST);
    // 80 % to 120 %.
    let percent = i64::from(random).saturating_mul(40) / 255 + 80;
    delay.saturating_mul(percent) / 100
}

/// When KV may drop a copy, in Unix seconds: the expiration, rounded up, and 120 s. KV wants at
/// least 60 s ahead of `now`.
pub fn kv_expiration(expiration: Timestamp, now: Timestamp) -> u64 {
    let seconds = |time: Timestamp| {
        let seconds = time
            .saturating_add_millis(999)
            .unix_millis()
            .div_euclid(1000);
        u64::try_from(seconds).unwrap_or(0)
    };
    let soonest = seconds(now).saturating_add(61);
    seconds(expiration).saturating_add(120).max(soonest)
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
    fn kv_is_tried_again_after_the_age_of_what_waits() {
        assert_eq!(retry_delay(0, 128), 1000);
        assert_eq!(retry_delay(60_000, 0), 48_000);
        assert_eq!(retry_delay(60_000, 255), 72_000);
        assert_eq!(retry_delay(i64::MAX, 255), LATEST / 100 * 120);
        // Doubling from a second on, a week is some 30 tries.
        let (mut age, mut tries) = (1000, 0);
        while age < 7 * 24 * 3_600_000 {
            age += retry_delay(age, 128);
            tries += 1;
        }
        assert!((25..=35).contains(&tries), "{tries}");
    }

    #[test]
    fn kv_keeps_a_copy_two_minutes_longer_than_it_counts() {
        assert_eq!(
            [1000, 1001, 1999].map(|ms| kv_expiration(at(ms), at(0))),
            [121, 122, 122]
        );
        assert_eq!(kv_expiration(at(0), at(100_000)), 161);
    }

    #[test]
    fn rows_are_purged_by_the_hour() {
        assert_eq!(purge_time(at(0)), at(3_600_000));
        assert_eq!(purge_time(at(3_599_999)), at(3_600_000));
        assert_eq!(purge_time(at(3_600_000)), at(7_200_000));
    }
}
