//! When a push is tried again, and when an endpoint that fails is left alone.

use crate::time::Duration;

/// How often in a row an endpoint fails until it is left alone for a while.
pub const FAILURES: u32 = 10;

/// How many pushes stay due for an endpoint that is left alone: the newest.
pub const KEPT: u32 = 20;

/// How many endpoints of a user and host are pushed to: `MAX_PUSH_ENDPOINTS`.
pub const MAX_ENDPOINTS: usize = 20;

/// How long a subscription with a push channel lasts, and with each receipt again: `PUSH_SUBSCRIPTION_DAYS`.
pub const SUBSCRIPTION_LIFE: Duration = Duration::from_days(180);

/// How long a push waits for an open page to show the notification: `PUSH_HOLD_MS`.
pub const HOLD: Duration = Duration::from_seconds(5);

/// The first wait after a failure.
const FIRST: Duration = Duration::from_seconds(2);

/// The longest wait between two attempts.
const LONGEST: Duration = Duration::from_hours(1);

/// The first and the longest time that an endpoint is left alone.
const PAUSE: (Duration, Duration) = (Duration::from_minutes(5), Duration::from_hours(6));

/// How long to wait after so many failed attempts, at least one: four times as long each time, up to an
/// hour, give or take a fifth by `chance`.
pub fn backoff(attempts: u32, chance: u8) -> Duration {
    let doubled = attempts.saturating_sub(1).saturating_mul(2).min(32);
    let wait = FIRST.saturating_mul(1 << doubled).min(LONGEST);
    wait.give_or_take_a_fifth(chance)
}

/// How long an endpoint is left alone that failed so often in a row: twice as long each time.
/// `None`: not yet.
pub fn pause(failures: u32) -> Option<Duration> {
    let more = failures.checked_sub(FAILURES)?.min(16);
    let (first, longest) = PAUSE;
    Some(first.saturating_mul(1 << more).min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let middle = [1, 2, 3, 4, 5, 6, 7, 100, u32::MAX].map(|attempts| backoff(attempts, 127));
        let seconds = middle.map(|wait| (wait.millis() + 100) / 1000);
        assert_eq!(seconds, [2, 8, 31, 126, 506, 2027, 3564, 3564, 3564]);
        let ends = |attempts| [0, 255].map(|chance| backoff(attempts, chance).millis());
        assert_eq!(ends(1), [1600, 2400]);
        assert_eq!(ends(9), [2_880_000, 4_320_000]);
    }

    #[test]
    fn an_endpoint_that_fails_and_fails_is_left_alone() {
        let minutes = [0, 9, 10, 11, 12, 16, 17, u32::MAX]
            .map(|failures| pause(failures).map(|wait| wait.millis() / 60_000));
        let (six_hours, first) = (Some(360), Some(5));
        assert_eq!(
            minutes,
            [
                None,
                None,
                first,
                Some(10),
                Some(20),
                Some(320),
                six_hours,
                six_hours
            ]
        );
    }
}
