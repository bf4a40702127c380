//! How much at once, for how long, and when to come back: what `docs/limits.md` and
//! `docs/settings.md` say past a limit.

use notifeed::error::ErrorCode;
use notifeed::feed::room;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::throttle::{Bucket, Rate};
use notifeed::time::Duration;

use super::{NOW, at};

#[test]
fn retention_and_throttle_status_can_be_set_within_bounds() {
    for (seconds, fits) in [
        (0, false),
        (1, true),
        (604_800, true),
        (2_592_000, true),
        (2_592_001, false),
    ] {
        for status in ThrottleStatus::ALL {
            let policy = Policy::new(seconds, status);
            assert_eq!(policy.is_ok(), fits, "{seconds}");
            let Ok(policy) = policy else { continue };
            assert_eq!(policy.retention_seconds(), seconds);
            assert_eq!(policy.retention().millis(), i64::from(seconds) * 1000);
            assert_eq!(policy.throttle_status(), status);
        }
    }
    assert_eq!(Policy::default(), Policy::DEFAULT);
    assert_eq!(ThrottleStatus::ALL.map(ThrottleStatus::as_u16), [406, 429]);
}

/// "`Retry-After`: until the first item expires, at most an hour."
#[test]
fn a_full_feed_says_when_to_come_back() {
    for (first_expires_in, seconds) in [
        (1, 1),
        (1000, 1),
        (1001, 2),
        (3_600_000, 3600),
        (3_600_001, 3600),
        (86_400_000, 3600),
        (0, 1),
    ] {
        let full = room::full(10_000, at(NOW), at(NOW + first_expires_in));
        assert_eq!(full.code, ErrorCode::ServerBusy);
        assert_eq!(full.retry_after, Some(seconds), "{first_expires_in}");
    }
}

/// So many at once, then the rate, and `Retry-After` in whole seconds, rounded up.
#[test]
fn a_caller_s_share() {
    let rate = |per_second, burst| Rate { per_second, burst };
    for (rate, at_once, wait) in [
        (Rate::POSTS, 1000, 1),
        (Rate::FRAMES, 500, 1),
        (rate(1, 1), 1, 1),
        (rate(1, 0), 1, 1),
        (rate(2, 3), 3, 1),
    ] {
        let mut bucket = Bucket::full(rate, at(NOW));
        for number in 0..at_once {
            assert_eq!(bucket.take(rate, at(NOW)), Ok(()), "{rate:?} {number}");
        }
        let taken = bucket
            .take(rate, at(NOW))
            .map_err(Duration::seconds_to_wait);
        assert_eq!(taken, Err(wait), "{rate:?}");
        // The time that a token takes to come back, to the millisecond.
        let millis = (1000_i64 + i64::from(rate.per_second) - 1) / i64::from(rate.per_second);
        assert!(bucket.take(rate, at(NOW + millis - 1)).is_err(), "{rate:?}");
        assert_eq!(bucket.take(rate, at(NOW + millis)), Ok(()), "{rate:?}");
        assert_eq!(bucket.last_used(), at(NOW + millis));
        // However long it was away, never more than that at once.
        let later = at(NOW + 1_000_000_000);
        let taken = (0..2 * at_once).filter(|_| bucket.take(rate, later).is_ok());
        assert_eq!(taken.count(), at_once, "{rate:?}");
    }
}

#[test]
fn a_bucket_is_kept_as_two_numbers() {
    let rate = Rate {
        per_second: 10,
        burst: 3,
    };
    let mut bucket = Bucket::full(rate, at(NOW));
    assert_eq!(bucket.to_parts(), (3000, NOW));
    assert_eq!(bucket.take(rate, at(NOW + 1)), Ok(()));
    assert_eq!(bucket.to_parts(), (2000, NOW + 1));
    let (level, filled) = bucket.to_parts();
    assert_eq!(Bucket::from_parts(level, filled), bucket);
}
