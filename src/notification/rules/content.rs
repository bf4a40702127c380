//! `payload` and `visualContent`.

use super::values::transpose;
use crate::json::{Object, Value, joined};
use crate::notification::check::Check;
use crate::notification::names::nearest;
use crate::notification::{Payload, VisualContent};
use crate::violation::ViolationCode as Code;

pub(crate) const PAYLOAD: [&str; 2] = ["rawContent", "visualContent"];
pub(crate) const VISUAL_CONTENT: [&str; 2] = ["title", "body"];

pub(super) fn payload(check: &mut Check, value: &Value<'_>) -> Option<Payload> {
    let object = check.object(value, "payload")?;
    let [raw, visual] = check.members(object, "payload", &PAYLOAD);
    if raw.is_none() && visual.is_none() {
        no_content(check, object);
        return None;
    }
    let raw = raw.map(|raw| raw_content(check, raw));
    let visual = visual.map(|visual| visual_content(check, visual, "payload.visualContent"));
    Some(Payload {
        raw_content: transpose(raw)?,
        visual_content: transpose(visual)?,
    })
}

fn no_content(check: &mut Check, object: &Object<'_>) {
    let what = "must have content: `rawContent`, `visualContent` or both";
    let meant = object
        .iter()
        // One of these that is here is `null`, and meant so.
        .filter(|member| !PAYLOAD.contains(&&*member.name))
        .find_map(|member| nearest(&member.name, &PAYLOAD));
    match meant {
        // The warning about that member says the rest.
        Some(meant) => check.violation(
            Code::NoContent,
            "payload",
            &[
                what,
                "; did you mean `",
                meant,
                "`? Names count with their case",
            ],
        ),
        None => check.violation(Code::NoContent, "payload", &[what]),
    }
}

fn raw_content(check: &mut Check, value: &Value<'_>) -> Option<String> {
    let path = "payload.rawContent";
    let raw = check.string(value, path)?;
    if raw.is_empty() {
        check.violation(
            Code::EmptyRawContent,
            path,
            &["must not be empty: give it content or leave it out"],
        );
        return None;
    }
    Some(raw.to_owned())
}

pub(super) fn visual_content(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
) -> Option<VisualContent> {
    let object = check.object(value, path)?;
    let [title, body] = check.members(object, path, &VISUAL_CONTENT);
    let title = match title {
        Some(Value::String(title)) if !title.is_empty() => Some(title),
        // A path is only written down for a violation.
        other => {
            title_fault(check, object, other, &joined(&[path, ".title"]));
            None
        }
    };
    let body = match body {
        Some(Value::String(body)) => Some(Some(body)),
        Some(other) => {
            check.wrong_type(other, &joined(&[path, ".body"]), "a string");
            None
        }
        None => Some(None),
    };
    Some(VisualContent {
        title: String::from(&**title?),
        body: body?.map(|body| String::from(&**body)),
    })
}

fn title_fault(check: &mut Check, object: &Object<'_>, title: Option<&Value<'_>>, path: &str) {
    match title {
        Some(Value::String(_)) => check.violation(Code::EmptyTitle, path, &["must not be empty"]),
        Some(other) => check.wrong_type(other, path, "a string"),
        None => {
            let what = "is required: what a person reads first";
            check.missing(Code::MissingTitle, object, path, &VISUAL_CONTENT, what);
        }
    }
}
