//! The rules of the copy in KV, and of purging (ARCHITECTURE "Two stores").

use crate::time::{Duration, Timestamp};

/// The beginning of the key of a mark in `REGISTRY`, before the id of a Hub: its user is erased. Put before anything is
/// deleted; neither healing nor a degraded read brings back what was there before.
pub const ERASED: &str = "erased:";

/// How long such a mark is kept: longer than any point-in-time recovery reaches back (30 days).
pub const ERASED_FOR: Duration = Duration::from_days(31);

/// The beginning of the key of a mark in `REGISTRY`, before the id of a Hub: it goes back to an earlier moment.
/// As long as the mark is there, no read is answered from the copies; the Hub itself answers 503 until it is healed.
pub const RESTORING: &str = "restoring:";

/// How long such a mark is kept where whoever asked for the restore was stopped.
pub const RESTORING_FOR: Duration = Duration::DAY;

/// How long after a failure KV is tried again at the least.
const SOONEST: Duration = Duration::from_seconds(1);
/// How long after a failure KV is tried again at the latest.
const LATEST: Duration = Duration::from_hours(12);

/// How long after a failed put the next one is tried: as long as the oldest change
/// waits that KV lacks (`age`), from 1 s to 12 h, give or take a fifth by `random`. About 30 tries a
/// week, and no counter to store.
pub fn retry_delay(age: Duration, random: u8) -> Duration {
    age.clamp(SOONEST, LATEST).give_or_take_a_fifth(random)
}

/// When KV may drop a copy, in Unix seconds: the expiration, rounded up, and 120 s. KV wants at
/// least 60 s ahead of `now`.
pub fn kv_expiration(expiration: Timestamp, now: Timestamp) -> u64 {
    let seconds = |time: Timestamp| {
        let seconds = time.unix_millis().saturating_add(999).div_euclid(1000);
        u64::try_from(seconds).unwrap_or(0)
    };
    let soonest = seconds(now).saturating_add(61);
    seconds(expiration).saturating_add(120).max(soonest)
}

/// When rows whose earliest time to go is `first` are purged: together with all others of the same
/// hour, at its end.
pub fn purge_time(first: Timestamp) -> Timestamp {
    const HOUR: Duration = Duration::from_hours(1);
    let into = first.unix_millis().rem_euclid(HOUR.millis());
    let began = first.saturating_sub(Duration::from_millis(into));
    began.saturating_add(HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    #[test]
    fn kv_is_tried_again_after_the_age_of_what_waits() {
        let delay = |millis, random| retry_delay(Duration::from_millis(millis), random).millis();
        assert_eq!(delay(0, 128), 1000);
        assert_eq!(delay(60_000, 0), 48_000);
        assert_eq!(delay(60_000, 255), 72_000);
        assert_eq!(delay(i64::MAX, 255), LATEST.millis() / 100 * 120);
        // Doubling from a second on, a week is some 30 tries.
        let (mut age, mut tries) = (1000, 0);
        while age < 7 * 24 * 3_600_000 {
            age += delay(age, 128);
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
