//! When the Hub's late work is due, and where that leaves a body (DESIGN "Two stores").

use crate::feed::entry::Entry;
use crate::feed::view;
use crate::json::Writer;
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

/// What the Hub notes of a body that it hasn't forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// When KV is to be tried (again); `None` once it confirmed.
    pub due: Option<Timestamp>,
    /// How often KV was tried in vain.
    pub attempts: u32,
    /// When KV confirmed it.
    pub confirmed: Option<Timestamp>,
}

/// Where a body lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the Hub alone, on its way to KV.
    Outbox {
        /// When KV is to be tried (again).
        due: Option<Timestamp>,
        /// How often that was in vain.
        attempts: u32,
    },
    /// In both, for the grace time.
    Both {
        /// Since when.
        confirmed: Timestamp,
        /// From when on the Hub reads it back and forgets it.
        forget: Timestamp,
    },
    /// In KV alone.
    Kv,
}

impl Place {
    /// Where a body lies by what the Hub keeps of it: `grace` milliseconds after the confirmation
    /// it goes.
    pub fn of(kept: Option<Kept>, grace: i64) -> Self {
        match kept {
            None => Self::Kv,
            Some(Kept {
                confirmed: Some(confirmed),
                ..
            }) => Self::Both {
                confirmed,
                forget: confirmed.saturating_add_millis(grace),
            },
            Some(Kept { due, attempts, .. }) => Self::Outbox { due, attempts },
        }
    }

    /// How development tools name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outbox { .. } => "outbox",
            Self::Both { .. } => "both",
            Self::Kv => "kv",
        }
    }

    /// What `GET /dev/bodies` tells of an item.
    pub fn render(self, entry: &Entry) -> String {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("id", &entry.id.to_string());
        writer.integer_field("revision", i64::from(entry.revision));
        writer.string_field("etag", &view::etag(entry));
        writer.string_field("place", self.as_str());
        match self {
            Self::Outbox { due, attempts } => {
                writer.opt_string_field("dueDateTime", due.map(|due| due.to_string()).as_deref());
                writer.integer_field("attempts", i64::from(attempts));
            }
            Self::Both { confirmed, forget } => {
                writer.string_field("confirmedDateTime", &confirmed.to_string());
                writer.string_field("forgetDateTime", &forget.to_string());
            }
            Self::Kv => {}
        }
        writer.end_object();
        writer.finish()
    }
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
    fn a_body_goes_from_the_outbox_over_both_to_kv() {
        let kept = |due, attempts, confirmed| Kept {
            due,
            attempts,
            confirmed,
        };
        let place = |kept| Place::of(kept, 120_000);
        assert_eq!(
            place(Some(kept(Some(at(100)), 2, None))),
            Place::Outbox {
                due: Some(at(100)),
                attempts: 2
            }
        );
        assert_eq!(
            place(Some(kept(None, 0, Some(at(500))))),
            Place::Both {
                confirmed: at(500),
                forget: at(120_500)
            }
        );
        assert_eq!(place(None), Place::Kv);
    }

    #[test]
    fn rows_are_purged_by_the_hour() {
        assert_eq!(purge_time(at(0)), at(3_600_000));
        assert_eq!(purge_time(at(3_599_999)), at(3_600_000));
        assert_eq!(purge_time(at(3_600_000)), at(7_200_000));
    }
}
