//! Rules that several properties share: lengths, names, whole seconds.

use crate::json::{Number, NumberError, Value, push_integer, push_name};
use crate::notification::check::Check;
use crate::violation::ViolationCode as Code;

/// Absent is fine, present and wrong isn't.
pub(crate) fn transpose<T>(property: Option<Option<T>>) -> Option<Option<T>> {
    match property {
        Some(None) => None,
        Some(value) => Some(value),
        None => Some(None),
    }
}

pub(crate) fn limited_string(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
    most: usize,
) -> Option<String> {
    let text = check.string(value, path)?;
    // No character takes less than a byte.
    if text.len() > most && count_characters(text) > most {
        check.violation(
            Code::TooLong,
            path,
            &["must have at most ", &decimal(most), " characters"],
        );
        return None;
    }
    Some(text.to_owned())
}

/// Unicode scalar values: the bytes that begin one. (`chars().count()` brings a kilobyte along,
/// for texts longer than these.)
fn count_characters(text: &str) -> usize {
    let begins = |byte: &u8| !matches!(byte, 0x80..=0xbf);
    text.as_bytes().iter().filter(|byte| begins(byte)).count()
}

pub(crate) fn unknown_value(check: &mut Check, path: &str, what: &str, name: &str) {
    let mut shown = String::new();
    push_name(&mut shown, name);
    check.violation(Code::UnknownValue, path, &[what, ", not `", &shown, "`"]);
}

pub(super) fn seconds(
    check: &mut Check,
    number: &Number<'_>,
    path: &str,
    least: u32,
    most: u32,
) -> Option<u32> {
    match number.to_integer() {
        Ok(value) => in_range(check, Some(value), path, least, most),
        Err(NumberError::TooLarge) => in_range(check, None, path, least, most),
        Err(NumberError::NotWhole) => {
            check.violation(Code::InvalidSeconds, path, &["must be whole seconds"]);
            None
        }
    }
}

pub(super) fn in_range(
    check: &mut Check,
    value: Option<i64>,
    path: &str,
    least: u32,
    most: u32,
) -> Option<u32> {
    let value = value.and_then(|value| u32::try_from(value).ok());
    let value = value.filter(|value| (least..=most).contains(value));
    if value.is_none() {
        let least = decimal(least.try_into().unwrap_or_default());
        let most = decimal(most.try_into().unwrap_or_default());
        check.violation(
            Code::OutOfRange,
            path,
            &["must be from ", &least, " to ", &most, " seconds"],
        );
    }
    value
}

pub(super) fn decimal(value: usize) -> String {
    let mut text = String::new();
    push_integer(&mut text, i64::try_from(value).unwrap_or(i64::MAX));
    text
}
