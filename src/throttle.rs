//! How much one caller may do (CONTRACT §1, 406): a token bucket (RFC 2697 has the idea), in the
//! memory of whoever counts.

use crate::time::{Duration, Timestamp};

/// A token's share of a bucket: time is counted in milliseconds, rates in seconds.
const TOKEN: i64 = 1000;

/// A rate limit: a sustained number of calls per second, and a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// 0: no limit.
    pub per_second: u32,
    /// At least 1.
    pub burst: u32,
}

impl Rate {
    /// (D22) Posts of one app to one user: 500 a second are always fine (CONTRACT §3).
    pub const POSTS: Self = Self {
        per_second: 500,
        burst: 1000,
    };
    /// (D22) All else that one app does with one user's feed.
    pub const CALLS: Self = Self {
        per_second: 500,
        burst: 1000,
    };
    /// (D22) Frames from one socket.
    pub const FRAMES: Self = Self {
        per_second: 100,
        burst: 500,
    };
}

/// A bucket of calls that a caller may still make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// In thousandths of a token.
    level: i64,
    filled: Timestamp,
}

impl Bucket {
    /// A caller that comes for the first time.
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self {
            level: capacity(rate),
            filled: now,
        }
    }

    /// Its level and its time as whole numbers below 2⁵³, for whoever can keep nothing else.
    pub const fn to_parts(self) -> (i64, i64) {
        (self.level, self.filled.unix_millis())
    }

    /// The bucket of those parts.
    pub fn from_parts(level: i64, filled: i64) -> Self {
        Self {
            level,
            filled: Timestamp::saturating_from_unix_millis(filled),
        }
    }

    /// When it was last used.
    pub const fn last_used(&self) -> Timestamp {
        self.filled
    }

    /// Takes a token.
    ///
    /// # Errors
    /// There is none: the time after which there is.
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        if rate.per_second == 0 {
            return Ok(());
        }
        let per_second = i64::from(rate.per_second);
        let elapsed = now.saturating_since(self.filled).max(Duration::ZERO);
        let gained = elapsed.millis().saturating_mul(per_second);
        self.level = self.level.saturating_add(gained).min(capacity(rate));
        self.filled = now;
        if self.level >= TOKEN {
            self.level = self.level.saturating_sub(TOKEN);
            return Ok(());
        }
        let missing = TOKEN.saturating_sub(self.level);
        let millis = missing.saturating_add(per_second - 1) / per_second;
        Err(Duration::from_millis(millis))
    }
}

fn capacity(rate: Rate) -> i64 {
    i64::from(rate.burst.max(1)) * TOKEN
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 10,
        burst: 3,
    };

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    #[test]
    fn a_burst_then_the_rate() {
        let mut bucket = Bucket::full(RATE, at(0));
        let taken: Vec<_> = [0, 0, 0, 0, 99, 100, 100, 199, 200, 10_000]
            .iter()
            .map(|&now| bucket.take(RATE, at(now)).is_ok())
            .collect();
        let (yes, no) = (true, false);
        assert_eq!(taken, [yes, yes, yes, no, no, yes, no, no, yes, yes]);
        assert!(bucket.take(RATE, at(10_000)).is_ok());
        assert!(bucket.take(RATE, at(10_000)).is_ok());
        assert_eq!(
            bucket.take(RATE, at(10_000)),
            Err(Duration::from_millis(100))
        );
    }

    #[test]
    fn the_wait_is_the_time_after_which_it_works() {
        let rate = Rate {
            per_second: 1,
            burst: 1,
        };
        let mut bucket = Bucket::full(rate, at(0));
        assert_eq!(bucket.take(rate, at(0)), Ok(()));
        assert_eq!(bucket.take(rate, at(1)), Err(Duration::from_millis(999)));
        assert_eq!(bucket.take(rate, at(1000)), Ok(()));
    }

    #[test]
    fn neither_a_clock_that_goes_back_nor_a_burst_of_none_does_harm() {
        let mut bucket = Bucket::full(RATE, at(1000));
        assert_eq!(bucket.take(RATE, at(0)), Ok(()));
        let none = Rate {
            per_second: 1,
            burst: 0,
        };
        assert_eq!(Bucket::full(none, at(0)).take(none, at(0)), Ok(()));
        let unlimited = Rate {
            per_second: 0,
            burst: 1,
        };
        let mut bucket = Bucket::full(unlimited, at(0));
        for _ in 0..10 {
            assert_eq!(bucket.take(unlimited, at(0)), Ok(()));
        }
    }

    #[test]
    fn five_hundred_posts_a_second_are_always_fine() {
        let mut bucket = Bucket::full(Rate::POSTS, at(0));
        for number in 0..100_000 {
            assert_eq!(bucket.take(Rate::POSTS, at(number * 2)), Ok(()));
        }
    }
}
