//! The settings that shape a verdict. They are one value and an argument, so that a browser can
//! be given its server's.

use std::fmt;

use crate::time::Duration;

/// The choices that a deployment has (CONTRACT, decisions).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Policy {
    /// How long a notification is kept at most, in seconds: 1 to 2592000. Default: 604800.
    retention_seconds: u32,
    /// The status that answers a throttled caller. Default: 406.
    throttle_status: ThrottleStatus,
}

impl Policy {
    /// (D9) 7 days: every capture of the live service shows an expiration of exactly now + 7 days.
    pub const DEFAULT_RETENTION_SECONDS: u32 = 7 * 24 * 60 * 60;
    /// (D9) The shortest retention that can be set: 1 s.
    pub const MIN_RETENTION_SECONDS: u32 = 1;
    /// (D9) The longest retention that can be set: 30 days.
    pub const MAX_RETENTION_SECONDS: u32 = 30 * 24 * 60 * 60;

    /// Retention 7 days, throttled callers answered 406.
    pub const DEFAULT: Self = Self {
        retention_seconds: Self::DEFAULT_RETENTION_SECONDS,
        throttle_status: ThrottleStatus::NotAcceptable,
    };

    /// A policy with these settings.
    ///
    /// # Errors
    /// [`PolicyError`] when the retention is not within 1 s and 30 days.
    pub const fn new(
        retention_seconds: u32,
        throttle_status: ThrottleStatus,
    ) -> Result<Self, PolicyError> {
        if retention_seconds < Self::MIN_RETENTION_SECONDS
            || retention_seconds > Self::MAX_RETENTION_SECONDS
        {
            return Err(PolicyError::Retention);
        }
        Ok(Self {
            retention_seconds,
            throttle_status,
        })
    }

    /// The longest that a notification is kept, and how long one is kept that doesn't say: in
    /// seconds.
    pub const fn retention_seconds(&self) -> u32 {
        self.retention_seconds
    }

    /// The retention.
    pub fn retention(&self) -> Duration {
        Duration::from_seconds(i64::from(self.retention_seconds))
    }

    /// The status that answers a throttled caller.
    pub const fn throttle_status(&self) -> ThrottleStatus {
        self.throttle_status
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The status of the rows `Throttled` and `ServerBusy` of the error table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ThrottleStatus {
    /// 406, as the page has it.
    #[default]
    NotAcceptable,
    /// 429, which today's Graph clients retry by themselves.
    TooManyRequests,
}

impl ThrottleStatus {
    /// Both.
    pub const ALL: [Self; 2] = [Self::NotAcceptable, Self::TooManyRequests];

    /// The status with this number, 406 or 429.
    pub const fn from_u16(status: u16) -> Option<Self> {
        match status {
            406 => Some(Self::NotAcceptable),
            429 => Some(Self::TooManyRequests),
            _ => None,
        }
    }

    /// The number on the wire.
    pub const fn as_u16(self) -> u16 {
        match self {
            Self::NotAcceptable => 406,
            Self::TooManyRequests => 429,
        }
    }
}

/// A setting outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyError {
    /// The retention is not within 1 s and 30 days.
    Retention,
}

impl PolicyError {
    /// The fault, as a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retention => "retention must be from 1 to 2592000 seconds (30 days)",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_retention_in_its_range() {
        assert_eq!(
            Policy::new(0, ThrottleStatus::NotAcceptable),
            Err(PolicyError::Retention)
        );
        assert_eq!(
            Policy::new(2_592_001, ThrottleStatus::NotAcceptable),
            Err(PolicyError::Retention)
        );
        assert_eq!(
            Policy::new(2_592_000, ThrottleStatus::TooManyRequests).map(|p| p.retention().millis()),
            Ok(2_592_000_000)
        );
        assert_eq!(
            Policy::new(604_800, ThrottleStatus::NotAcceptable),
            Ok(Policy::DEFAULT)
        );
    }

    #[test]
    fn throttle_status_is_406_or_429() {
        for status in 0..1000 {
            let read = ThrottleStatus::from_u16(status);
            assert_eq!(read.map(ThrottleStatus::as_u16), read.map(|_| status));
            assert_eq!(read.is_some(), status == 406 || status == 429);
        }
    }
}
