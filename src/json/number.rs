//! Numbers, kept as they were written.

use std::borrow::Cow;
use std::fmt;

/// A JSON number as it stands in the text (RFC 8259 §6), of any size and precision. An integer is read without a detour
/// over floating point, so that 2^53 + 1 stays exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'a>(Cow<'a, str>);

impl<'a> Number<'a> {
    /// `text` must be a number by RFC 8259's grammar.
    pub(super) const fn new(text: Cow<'a, str>) -> Self {
        Self(text)
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its value when that is a whole number, however it is written: `60`, `60.0`, `6e1` and
    /// `600e-1` are 60, `-0` is 0.
    ///
    /// # Errors
    /// [`NumberError`] when it has a fraction that is not zero, or doesn't fit an `i64`.
    pub fn to_integer(&self) -> Result<i64, NumberError> {
        let (negative, unsigned) = match self.0.as_bytes() {
            [b'-', unsigned @ ..] => (true, unsigned),
            unsigned => (false, unsigned),
        };
        let (mantissa, exponent) = cut(unsigned, b"eE");
        let (whole, fraction) = cut(mantissa, b".");

        // The value is the digits of both parts, with the point after `point` of them.
        let point = read_exponent(exponent).saturating_add(length(whole));
        let mut value: i64 = 0;
        let mut read = 0;
        for byte in whole.iter().chain(fraction) {
            let digit = i64::from(byte & 0xf);
            if read < point {
                // Below zero, where an `i64` reaches further.
                let tenfold = value.checked_mul(10).ok_or(NumberError::TooLarge)?;
                value = tenfold.checked_sub(digit).ok_or(NumberError::TooLarge)?;
            } else if digit != 0 {
                return Err(NumberError::NotWhole);
            }
            read += 1;
        }
        while read < point && value != 0 {
            value = value.checked_mul(10).ok_or(NumberError::TooLarge)?;
            read += 1;
        }
        if negative {
            Ok(value)
        } else {
            value.checked_neg().ok_or(NumberError::TooLarge)
        }
    }
}

/// The text before the first of `separators`, and the text after it.
fn cut<'t>(text: &'t [u8], separators: &[u8]) -> (&'t [u8], &'t [u8]) {
    let length = text
        .iter()
        .position(|byte| separators.contains(byte))
        .unwrap_or(text.len());
    let before = text.get(..length).unwrap_or_default();
    (before, text.get(length + 1..).unwrap_or_default())
}

fn length(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// An exponent's value; one that is too large for an `i64` stays at its end.
fn read_exponent(text: &[u8]) -> i64 {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let value = digits.fold(0_i64, |value, digit| {
        value
            .saturating_mul(10)
            .saturating_add(i64::from(digit & 0xf))
    });
    if text.starts_with(b"-") {
        -value
    } else {
        value
    }
}

/// Why a [`Number`] is not an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// The number has a fraction that is not zero.
    NotWhole,
    /// The number is outside the range of an `i64`.
    TooLarge,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWhole => "not a whole number",
            Self::TooLarge => "not within 64 bits",
        })
    }
}

impl std::error::Error for NumberError {}

#[cfg(test)]
mod tests {
    use super::{Number, NumberError};

    fn integer(text: &str) -> Result<i64, NumberError> {
        Number::new(text.into()).to_integer()
    }

    #[test]
    fn whole_numbers_in_any_dress() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("-0.0", 0),
            ("60", 60),
            ("60.0", 60),
            ("60.000000000000000000000000000000", 60),
            ("6e1", 60),
            ("6E+1", 60),
            ("600e-1", 60),
            ("0.6e2", 60),
            ("0.0006e5", 60),
            ("-6.0e1", -60),
            ("0e999999999999999999999999", 0),
            ("0e-999999999999999999999999", 0),
            ("0.00e5", 0),
            ("1e18", 1_000_000_000_000_000_000),
            ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("100000000000000000000000000000e-29", 1),
        ] {
            assert_eq!(integer(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn fractions_and_giants() {
        for text in [
            "0.5",
            "60.000000000000000000000000000001",
            "1e-1",
            "15e-1",
            "1e-999999999999999999999",
        ] {
            assert_eq!(integer(text), Err(NumberError::NotWhole), "{text}");
        }
        for text in [
            "9223372036854775808",
            "-9223372036854775809",
            "1e19",
            "1e999999999999999999999999",
            "-1e400",
            "1.5e999",
        ] {
            assert_eq!(integer(text), Err(NumberError::TooLarge), "{text}");
        }
    }
}
