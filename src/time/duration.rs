//! The time between two instants.

/// A length of time: milliseconds. A negative one leads back. Arithmetic saturates at both ends, so it can't overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Duration {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// A day of 24 hours.
    pub const DAY: Self = Self::from_hours(24);

    /// So many milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// So many seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// So many minutes.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_seconds(minutes.saturating_mul(60))
    }

    /// So many hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_minutes(hours.saturating_mul(60))
    }

    /// So many days of 24 hours.
    pub const fn from_days(days: i64) -> Self {
        Self::from_hours(days.saturating_mul(24))
    }

    /// The milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The seconds that are over, not counting the one that is running.
    pub const fn whole_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The seconds after which it is over, as `Retry-After` has them (RFC 9110 §10.2.3): rounded up, at least 1.
    pub fn seconds_to_wait(self) -> u32 {
        let seconds = self.0.saturating_add(999) / 1000;
        u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
    }

    /// So many times as long.
    pub const fn saturating_mul(self, factor: i64) -> Self {
        Self(self.0.saturating_mul(factor))
    }

    /// From four fifths to six fifths of it, by a random byte: callers that began together don't come back together.
    pub fn give_or_take_a_fifth(self, chance: u8) -> Self {
        let percent = 80 + i64::from(chance) * 40 / 255;
        Self(self.0.saturating_mul(percent) / 100)
    }

    /// Both together.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_milliseconds() {
        assert_eq!(Duration::from_days(2).millis(), 2 * 24 * 60 * 60 * 1000);
        assert_eq!(Duration::DAY, Duration::from_minutes(24 * 60));
        assert_eq!(Duration::from_days(i64::MAX).millis(), i64::MAX);
    }

    #[test]
    fn seconds_that_are_over_and_seconds_to_wait() {
        let of = |millis| {
            let duration = Duration::from_millis(millis);
            (duration.whole_seconds(), duration.seconds_to_wait())
        };
        assert_eq!(of(-1), (-1, 1));
        assert_eq!(of(0), (0, 1));
        assert_eq!(of(1000), (1, 1));
        assert_eq!(of(1001), (1, 2));
        assert_eq!(of(i64::MAX).1, u32::MAX);
    }
}
