//! `actions` of visual content (CONTRACT §5.2).

use super::values::{decimal, limited_string, transpose, unknown_value};
use crate::json::{Object, Value, joined};
use crate::notification::check::Check;
use crate::notification::{Action, ActionInput, ActionStyle};
use crate::violation::ViolationCode as Code;

pub(crate) const ACTION: [&str; 4] = ["id", "title", "style", "input"];
pub(crate) const ACTION_INPUT: [&str; 2] = ["placeholder", "maxLength"];

/// Between one and [`Action::MAX_COUNT`] actions, whose ids are distinct.
pub(super) fn actions(check: &mut Check, value: &Value<'_>, path: &str) -> Option<Vec<Action>> {
    let Some(elements) = value.as_array() else {
        check.wrong_type(value, path, "an array of objects");
        return None;
    };
    let present = || {
        elements
            .iter()
            .enumerate()
            .filter(|(_, element)| !element.is_null())
    };
    match present().count() {
        0 => {
            let what = "must have at least one action: give it one or leave it out";
            check.violation(Code::EmptyList, path, &[what]);
            return None;
        }
        1..=Action::MAX_COUNT => {}
        _ => {
            let most = decimal(Action::MAX_COUNT);
            let what = ["must have at most ", &most, " actions"];
            check.violation(Code::TooManyItems, path, &what);
            return None;
        }
    }
    let mut actions: Vec<Action> = Vec::new();
    let mut ids = Vec::new();
    let mut valid = true;
    for (index, element) in present() {
        let path = joined(&[path, "[", &decimal(index), "]"]);
        match action(check, element, &path, &mut ids) {
            Some(action) => actions.push(action),
            None => valid = false,
        }
    }
    valid.then_some(actions)
}

/// `ids` are those of the actions before this one, broken ones included.
fn action<'v>(
    check: &mut Check,
    value: &'v Value<'_>,
    path: &str,
    ids: &mut Vec<&'v str>,
) -> Option<Action> {
    let object = check.object(value, path)?;
    let [id, title, style, input] = check.members(object, path, &ACTION);
    let at = |name: &str| joined(&[path, ".", name]);
    let id = match id {
        Some(id) => self::id(check, id, &at("id"), ids),
        None => missing(
            check,
            object,
            &at("id"),
            "is required: what an answer names",
        ),
    };
    let title = match title {
        Some(title) => text(check, title, &at("title"), Action::MAX_TITLE),
        None => missing(
            check,
            object,
            &at("title"),
            "is required: what the button says",
        ),
    };
    let style = style.map(|style| self::style(check, style, &at("style")));
    let input = input.map(|input| self::input(check, input, &at("input")));
    Some(Action {
        style: transpose(style)?,
        input: transpose(input)?,
        id: id?,
        title: title?,
    })
}

fn missing<T>(check: &mut Check, object: &Object<'_>, path: &str, what: &str) -> Option<T> {
    check.missing(Code::RequiredPropertyMissing, object, path, &ACTION, what);
    None
}

fn id<'v>(
    check: &mut Check,
    value: &'v Value<'_>,
    path: &str,
    ids: &mut Vec<&'v str>,
) -> Option<String> {
    let id = check.string(value, path)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if id.is_empty() || id.len() > Action::MAX_ID || !id.bytes().all(fits) {
        let what = "must be 1 to 32 of the characters A to Z, a to z, 0 to 9, `.`, `_` and `-`";
        check.violation(Code::InvalidActionId, path, &[what]);
        return None;
    }
    if ids.contains(&id) {
        let what = "must not be the id of another action";
        check.violation(Code::DuplicateActionId, path, &[what]);
        return None;
    }
    ids.push(id);
    Some(id.to_owned())
}

fn style(check: &mut Check, value: &Value<'_>, path: &str) -> Option<ActionStyle> {
    let name = check.string(value, path)?;
    let style = ActionStyle::parse(name);
    if style.is_none() {
        let what = "must be `default`, `primary` or `destructive`";
        unknown_value(check, path, what, name);
    }
    style
}

fn input(check: &mut Check, value: &Value<'_>, path: &str) -> Option<ActionInput> {
    let object = check.object(value, path)?;
    let [placeholder, length] = check.members(object, path, &ACTION_INPUT);
    let placeholder = placeholder.map(|placeholder| {
        let path = joined(&[path, ".placeholder"]);
        limited_string(check, placeholder, &path, ActionInput::MAX_PLACEHOLDER)
    });
    let length = length.map(|length| max_length(check, length, &joined(&[path, ".maxLength"])));
    Some(ActionInput {
        placeholder: transpose(placeholder)?,
        max_length: transpose(length)?,
    })
}

fn max_length(check: &mut Check, value: &Value<'_>, path: &str) -> Option<u32> {
    let Value::Number(number) = value else {
        check.wrong_type(value, path, "a number");
        return None;
    };
    let length = number.to_integer().ok();
    let length = length.and_then(|length| u32::try_from(length).ok());
    let length = length.filter(|length| (1..=ActionInput::MAX_LENGTH).contains(length));
    if length.is_none() {
        let what = "must be a whole number from 1 to 1000";
        check.violation(Code::OutOfRange, path, &[what]);
    }
    length
}

/// A text of one character at least.
pub(super) fn text(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
    most: usize,
) -> Option<String> {
    let text = limited_string(check, value, path, most)?;
    if text.is_empty() {
        check.violation(Code::Empty, path, &["must not be empty"]);
        return None;
    }
    Some(text)
}
