//! Instants as the contract keeps them: UTC milliseconds, from year 1 to year 9999; and the time between two.

mod duration;

use std::fmt;

use crate::json::push_padded;

pub use duration::Duration;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, within the years 1 to 9999 of the
/// proleptic Gregorian calendar (the range of .NET's `DateTimeOffset`). Arithmetic saturates at
/// both ends, so it can't overflow.
///
/// Its text (`Display`) is UTC with `Z`; trailing zeros of the fraction are trimmed, and the dot
/// with them (CONTRACT §1, "Success"): `2019-10-28T22:05:36.25Z`, `2019-10-28T22:05:00Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// `0001-01-01T00:00:00Z`
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// `9999-12-31T23:59:59.999Z`
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z; `None` outside the range.
    pub const fn from_unix_millis(millis: i64) -> Option<Self> {
        if millis < Self::MIN.0 || millis > Self::MAX.0 {
            None
        } else {
            Some(Self(millis))
        }
    }

    /// Like [`Timestamp::from_unix_millis`], but the nearest end for what lies outside.
    pub fn saturating_from_unix_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// The instant so much later, at most the end of the range.
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self::saturating_from_unix_millis(self.0.saturating_add(duration.millis()))
    }

    /// The instant so much earlier, at least the begin of the range.
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self::saturating_from_unix_millis(self.0.saturating_sub(duration.millis()))
    }

    /// The time from `earlier` to this instant; negative when `earlier` is the later one.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Reads `YYYY-MM-DDThh:mm[:ss[(.|,)fraction]](Z|±hh:mm|±hhmm|±hh)` (CONTRACT §1): RFC 3339, what
    /// .NET sends (`2019-10-30T23:59:00.0000000+03:00`), what Java writes at whole minutes
    /// (`2019-10-30T23:59Z`), and what else OData's grammar and the extended format of ISO 8601 allow
    /// of this form.
    ///
    /// Decisions (D25), where ISO 8601 leaves more open than a wire format should:
    /// * An offset is required: without one the text names a different instant in every place.
    ///   `±00:00` to `±23:59`; `-00:00` is UTC. Names of zones are refused.
    /// * Seconds may be left out; after them 1 to 12 fraction digits behind a `.` or a `,`, cut to
    ///   milliseconds, never rounded up: a notification must not outlive what was asked.
    /// * `t` and `z` may be lower case (RFC 3339 §5.6, note); a blank in place of `T`, week and
    ///   ordinal dates, basic format (`20191030`), `24:00`, expanded years and text around the date
    ///   are refused.
    /// * A leap second (`:60`) is accepted where RFC 3339 §5.7 allows one, at 23:59 UTC on the last
    ///   day of a month, and read as the second after it, as POSIX clocks do.
    ///
    /// # Errors
    /// A [`TimeError`] whose text says what to write instead.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let mut rest = Digits(text.as_bytes());
        let year = rest.number(4).ok_or(TimeError::Malformed)?;
        let month = rest.after(b"-").ok_or(TimeError::Malformed)?;
        let day = rest.after(b"-").ok_or(TimeError::Malformed)?;
        let hour = rest.after(b"Tt").ok_or(TimeError::Malformed)?;
        let minute = rest.after(b":").ok_or(TimeError::Malformed)?;
        let (second, millis) = match rest.0 {
            [b':', ..] => {
                let second = rest.after(b":").ok_or(TimeError::Malformed)?;
                (second, rest.fraction()?)
            }
            _ => (0, 0),
        };
        let offset = rest.offset()?;

        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return Err(TimeError::NoSuchDate);
        }
        if hour > 23 || minute > 59 || second > 60 {
            return Err(TimeError::NoSuchTime);
        }
        let days = days_before_year(year) + day_of_year(year, month, day);
        let local = days * DAY + hour * HOUR + minute * MINUTE + second * SECOND;
        let utc = Self::MIN.0 + local - offset;
        if second == 60 && !starts_a_month(utc) {
            return Err(TimeError::NoLeapSecond);
        }
        Self::from_unix_millis(utc + millis).ok_or(TimeError::OutOfRange)
    }

    /// Its text to the whole second and without the `Z`: `2019-10-21T22:05:36`, as the error
    /// envelope's `innerError.date` has it.
    pub fn to_seconds_string(self) -> String {
        let mut text = String::with_capacity(24);
        self.push_seconds(&mut text);
        text
    }

    /// Appends its text, as `Display` gives it.
    pub(crate) fn push_to(self, text: &mut String) {
        self.push_seconds(text);
        let mut fraction = self.0.rem_euclid(SECOND).unsigned_abs();
        let mut digits = 3;
        while fraction != 0 && fraction.is_multiple_of(10) {
            fraction /= 10;
            digits -= 1;
        }
        if fraction != 0 {
            text.push('.');
            push_padded(text, fraction, digits);
        }
        text.push('Z');
    }

    fn push_seconds(self, text: &mut String) {
        let since_year_1 = self.0 - Self::MIN.0;
        let (year, in_year) = year_and_day(since_year_1 / DAY);
        let mut month = 1;
        while month < 12 && day_of_year(year, month + 1, 1) <= in_year {
            month += 1;
        }
        let of_day = since_year_1 % DAY;
        let parts = [
            (month, '-'),
            (in_year - day_of_year(year, month, 1) + 1, '-'),
            (of_day / HOUR, 'T'),
            (of_day / MINUTE % 60, ':'),
            (of_day / SECOND % 60, ':'),
        ];
        push_padded(text, year.unsigned_abs(), 4);
        for (value, separator) in parts {
            text.push(separator);
            push_padded(text, value.unsigned_abs(), 2);
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(24);
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not a [`Timestamp`]. Its `Display` is a sentence for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeError {
    /// Not of the form that [`Timestamp::parse`] reads.
    Malformed,
    /// The text ends after the time of day.
    NoOffset,
    /// More than 12 fraction digits.
    TooPrecise,
    /// No such month, or no such day in that month.
    NoSuchDate,
    /// No such time of day, or no such offset.
    NoSuchTime,
    /// Second 60 where no leap second can be.
    NoLeapSecond,
    /// In UTC before year 1 or after year 9999.
    OutOfRange,
}

impl TimeError {
    /// The fault and the way out as a predicate: "must be …".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => {
                "must be an ISO 8601 date and time with an offset, like 2019-10-30T23:59:00Z or 2019-10-30T23:59:00.000+03:00"
            }
            Self::NoOffset => {
                "must end in an offset, Z for UTC or one like +03:00, so that it is the same instant everywhere"
            }
            Self::TooPrecise => "must have at most 12 fraction digits",
            Self::NoSuchDate => "must be a date that exists in the calendar",
            Self::NoSuchTime => {
                "must have a time of day from 00:00:00 to 23:59:59 and an offset up to 23:59"
            }
            Self::NoLeapSecond => {
                "must not have second 60 but at 23:59 UTC on the last day of a month, where a leap second can be"
            }
            Self::OutOfRange => "must lie within the years 1 to 9999 in UTC",
        }
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for TimeError {}

/// The rest of the text to read.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// Exactly `count` digits.
    fn number(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let mut value = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        self.0 = rest;
        Some(value)
    }

    /// Reads a separator of `separators`, then two digits.
    fn after(&mut self, separators: &[u8]) -> Option<i64> {
        let (first, rest) = self.0.split_first()?;
        if !separators.contains(first) {
            return None;
        }
        self.0 = rest;
        self.number(2)
    }

    /// Nothing, or `.` or `,` and 1 to 12 digits: milliseconds, cut.
    fn fraction(&mut self) -> Result<i64, TimeError> {
        let Some((b'.' | b',', rest)) = self.0.split_first() else {
            return Ok(0);
        };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match digits {
            0 => return Err(TimeError::Malformed),
            1..=12 => {}
            _ => return Err(TimeError::TooPrecise),
        }
        let mut millis = 0;
        for place in 0..3 {
            let digit = rest
                .get(place)
                .filter(|_| place < digits)
                .map_or(0, |byte| byte - b'0');
            millis = millis * 10 + i64::from(digit);
        }
        self.0 = rest.get(digits..).unwrap_or_default();
        Ok(millis)
    }

    /// `Z`, `±hh:mm`, `±hhmm` or `±hh`, and nothing after it: milliseconds ahead of UTC.
    fn offset(&mut self) -> Result<i64, TimeError> {
        let sign = match self.0 {
            [] => return Err(TimeError::NoOffset),
            [b'Z' | b'z'] => return Ok(0),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return Err(TimeError::Malformed),
        };
        let hours = self.after(b"+-").ok_or(TimeError::Malformed)?;
        let minutes = match self.0 {
            [] => Some(0),
            [b':', ..] => self.after(b":"),
            _ => self.number(2),
        };
        let minutes = minutes.ok_or(TimeError::Malformed)?;
        if !self.0.is_empty() {
            return Err(TimeError::Malformed);
        }
        if hours > 23 || minutes > 59 {
            return Err(TimeError::NoSuchTime);
        }
        Ok(sign * (hours * HOUR + minutes * MINUTE))
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1 January of the year 1 to 1 January of `year`; negative for the year 0.
const fn days_before_year(year: i64) -> i64 {
    let past = year - 1;
    past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400)
}

/// Days from 1 January to a day of the same year; `month` is 1 to 12.
const fn day_of_year(year: i64, month: i64, day: i64) -> i64 {
    // Months of 30.6 days from March on, which rounds to the calendar's 31, 30, 31, …
    let before = match month {
        1 => 0,
        2 => 31,
        _ => (month * 306 - 914) / 10 + 59 + is_leap(year) as i64,
    };
    before + day - 1
}

/// The year in which the day `days` after 1 January of the year 1 lies, and its day there.
const fn year_and_day(days: i64) -> (i64, i64) {
    // At most one year off, either way.
    let mut year = days * 400 / 146_097 + 1;
    if days < days_before_year(year) {
        year -= 1;
    } else if days >= days_before_year(year + 1) {
        year += 1;
    }
    (year, days - days_before_year(year))
}

fn starts_a_month(utc: i64) -> bool {
    let since_year_1 = utc - Timestamp::MIN.0;
    let (year, in_year) = year_and_day(since_year_1.div_euclid(DAY));
    since_year_1.rem_euclid(DAY) == 0
        && (1..=12).any(|month| day_of_year(year, month, 1) == in_year)
}

#[cfg(test)]
mod tests;
