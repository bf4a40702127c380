//! The outcome of a push: every answer of a push service, or none, as an [`Outcome`].

use crate::time::{Duration, Timestamp};

/// The longest that a push service may have us wait.
const MAX_WAIT: Duration = Duration::DAY;

/// The outcome of a push, whichever service it was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The service has it.
    Taken,
    /// The channel has ended: nothing is sent to it any more.
    Gone,
    /// The push is to be tried again later.
    Later {
        /// The wait that the service asks for; `None`: it names none.
        after: Option<Duration>,
    },
    /// The message is larger than the service accepts.
    TooLarge,
    /// The push is given up: another attempt would fail in the same way.
    Refused(Reason),
}

/// Why a push service refuses for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The service refuses the signature: the subscription may have been made with another key, or the contact or the
    /// clock is wrong.
    KeyMismatch,
    /// The service answered with a redirect, which is never followed.
    Redirected,
    /// The push service doesn't understand the message.
    Rejected,
}

impl Reason {
    /// As it is told: `lastPushError`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyMismatch => "keyMismatch",
            Self::Redirected => "redirected",
            Self::Rejected => "rejected",
        }
    }
}

impl Outcome {
    /// The outcome of an answer with that status (RFC 8030 §5, §8.4; Mozilla's and Windows' services).
    /// `retry_after` is the header's value.
    pub fn of(status: u16, retry_after: Option<&str>, now: Timestamp) -> Self {
        match status {
            200..=299 => Self::Taken,
            300..=399 => Self::Refused(Reason::Redirected),
            401 | 403 => Self::Refused(Reason::KeyMismatch),
            404 | 410 => Self::Gone,
            413 => Self::TooLarge,
            // 406 is how Windows' service throttles.
            406 | 408 | 425 | 429 | 500..=599 => Self::Later {
                after: retry_after.and_then(|text| wait(text, now)),
            },
            _ => Self::Refused(Reason::Rejected),
        }
    }

    /// There was no answer: the connection broke, or the wait was too long.
    pub const UNREACHED: Self = Self::Later { after: None };
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim_ascii();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if digits {
        text.parse().map_or(MAX_WAIT, Duration::from_seconds)
    } else {
        date(text)?.saturating_since(now)
    };
    Some(wait.clamp(Duration::ZERO, MAX_WAIT))
}

/// A date as HTTP writes it (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
fn date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (time, zone) = (parts.next()?, parts.next()?);
    let month = MONTHS
        .iter()
        .position(|name| *name == month)?
        .saturating_add(1);
    if zone != "GMT" || parts.next().is_some() {
        return None;
    }
    Timestamp::parse(&format!("{year}-{month:02}-{day}T{time}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT

    fn of(status: u16, retry_after: Option<&str>) -> Outcome {
        Outcome::of(
            status,
            retry_after,
            Timestamp::saturating_from_unix_millis(NOW),
        )
    }

    #[test]
    fn every_status_has_its_outcome() {
        use Outcome::*;
        let later = Later { after: None };
        for (statuses, outcome) in [
            (&[200, 201, 202, 204][..], Taken),
            (&[300, 301, 302, 303, 307, 308], Refused(Reason::Redirected)),
            (&[401, 403], Refused(Reason::KeyMismatch)),
            (&[404, 410], Gone),
            (&[413], TooLarge),
            (&[406, 408, 425, 429, 500, 502, 503, 504, 599], later),
            (
                &[
                    0, 100, 101, 400, 402, 405, 409, 411, 415, 422, 451, 600, 999,
                ],
                Refused(Reason::Rejected),
            ),
        ] {
            for status in statuses {
                assert_eq!(of(*status, None), outcome, "{status}");
                if outcome != later {
                    assert_eq!(of(*status, Some("7")), outcome, "{status}");
                }
            }
        }
        assert_eq!(Outcome::UNREACHED, later);
    }

    #[test]
    fn services_say_how_long_to_wait() {
        for (text, after) in [
            ("0", Some(0)),
            ("7", Some(7000)),
            (" 120 ", Some(120_000)),
            ("86400", Some(MAX_WAIT.millis())),
            ("86401", Some(MAX_WAIT.millis())),
            ("1000000000", Some(MAX_WAIT.millis())),
            ("99999999999999999999999", Some(MAX_WAIT.millis())),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60_000)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            ("Mon, 07 Nov 2094 08:49:37 GMT", Some(MAX_WAIT.millis())),
            ("Sun, 06 Nov 1994 08:50:37", None),
            ("Sun, 06 Nov 1994 08:50:37 CET", None),
            ("Sun, 06 Nux 1994 08:50:37 GMT", None),
            ("", None),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
        ] {
            for status in [429, 503, 406] {
                let after = after.map(Duration::from_millis);
                assert_eq!(of(status, Some(text)), Outcome::Later { after }, "{text}");
            }
        }
    }
}
