//! The value of each query option except `$filter`.

use super::{MAX_TOP, bad_option, shown};
use crate::error::Problem;
use crate::feed::view::PROPERTIES;
use crate::notification::{Platform, nearest};

/// The number that a digits-only text stands for, from 1 to `most`; `None` for any other text.
pub fn whole_number(value: &str, most: u32) -> Option<u32> {
    let number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.then(|| value.parse().ok()).flatten();
    number.filter(|number| (1..=most).contains(number))
}

/// `$top`: the number of items of a page.
pub(super) fn top(value: &str) -> Result<u32, Problem> {
    whole_number(value, MAX_TOP).ok_or_else(|| {
        bad_option(
            "$top",
            format!("'$top' must be a whole number from 1 to {MAX_TOP}."),
        )
    })
}

/// `$count`: `true` or `false`.
pub(super) fn count(value: &str) -> Result<bool, Problem> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(bad_option(
            "$count",
            "'$count' must be true or false.".to_owned(),
        )),
    }
}

/// `platform`: the platform that receives the items.
pub(super) fn platform(value: &str) -> Result<Platform, Problem> {
    Platform::parse(value).ok_or_else(|| {
        bad_option(
            "platform",
            "'platform' must be windows, ios, android or webpush.".to_owned(),
        )
    })
}

/// `$select`: names of an item's properties with commas between, or `*` for all.
pub(super) fn select(value: &str) -> Result<Vec<String>, Problem> {
    let bad = |what: &str| bad_option("$select", format!("'$select' {what}."));
    let mut selected: Vec<String> = Vec::new();
    let mut all = false;
    for name in value.split(',').map(str::trim) {
        if name == "*" {
            all = true;
        } else if !PROPERTIES.contains(&name) {
            let hint = match nearest(name, &PROPERTIES) {
                Some(meant) => format!(": did you mean '{meant}'?"),
                None => String::new(),
            };
            let name = shown(name);
            return Err(bad(&format!(
                "names '{name}', which is no property of a notification{hint}"
            )));
        } else if !selected.iter().any(|known| known == name) {
            selected.push(name.to_owned());
        }
    }
    Ok(if all { Vec::new() } else { selected })
}

/// `$orderby`: the list has only the order `createdDateTime desc`.
pub(super) fn order(value: &str) -> Result<(), Problem> {
    let words: Vec<&str> = value.split_whitespace().collect();
    if words == ["createdDateTime", "desc"] {
        return Ok(());
    }
    Err(bad_option(
        "$orderby",
        "'$orderby' must be 'createdDateTime desc': the newest come first.".to_owned(),
    ))
}
