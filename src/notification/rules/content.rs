//! `payload` and `visualContent`.

use super::actions::text;
use super::values::transpose;
use crate::json::{Object, Value, joined};
use crate::notification::check::Check;
use crate::notification::names::nearest;
use crate::notification::{HttpsUrl, Payload, VisualContent};
use crate::violation::ViolationCode as Code;

pub(crate) const PAYLOAD: [&str; 2] = ["rawContent", "visualContent"];
pub(crate) const VISUAL_CONTENT: [&str; 6] =
    ["title", "body", "link", "icon", "category", "actions"];
/// A fallback can't be answered.
pub(crate) const FALLBACK_VISUAL_CONTENT: [&str; 5] = ["title", "body", "link", "icon", "category"];

/// The most characters (Unicode scalar values) of `category`; the least is 1.
pub const MAX_CATEGORY: usize = 64;

pub(super) fn payload(check: &mut Check, value: &Value<'_>) -> Option<Payload> {
    let object = check.object(value, "payload")?;
    let [raw, visual] = check.members(object, "payload", &PAYLOAD);
    if raw.is_none() && visual.is_none() {
        no_content(check, object);
        return None;
    }
    let raw = raw.map(|raw| raw_content(check, raw));
    let visual = visual.map(|visual| check.in_content(|check| visual_content(check, visual)));
    Some(Payload {
        raw_content: transpose(raw)?,
        visual_content: transpose(visual)?,
    })
}

fn no_content(check: &mut Check, object: &Object<'_>) {
    let what = "must have content: `rawContent`, `visualContent` or both";
    let meant = object
        .iter()
        // Any declared property among these members is `null`, which means absent on purpose.
        .filter(|member| !PAYLOAD.contains(&&*member.name))
        .find_map(|member| nearest(&member.name, &PAYLOAD));
    match meant {
        // The warning about the undeclared member names the correct spelling.
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

fn visual_content(check: &mut Check, value: &Value<'_>) -> Option<VisualContent> {
    let path = "payload.visualContent";
    let object = check.object(value, path)?;
    let [title, body, link, icon, category, actions] = check.members(object, path, &VISUAL_CONTENT);
    let visual = shown(check, object, path, [title, body, link, icon, category]);
    let actions = actions
        .map(|actions| super::actions::actions(check, actions, "payload.visualContent.actions"));
    Some(VisualContent {
        actions: transpose(actions)?,
        ..visual?
    })
}

/// A fallback's visual content, at `path`.
pub(super) fn fallback_visual_content(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
) -> Option<VisualContent> {
    let object = check.object(value, path)?;
    let members = check.members(object, path, &FALLBACK_VISUAL_CONTENT);
    shown(check, object, path, members)
}

/// All of visual content at `path` but the actions: `members` in the order of
/// [`FALLBACK_VISUAL_CONTENT`].
fn shown(
    check: &mut Check,
    object: &Object<'_>,
    path: &str,
    members: [Option<&Value<'_>>; 5],
) -> Option<VisualContent> {
    let [title, body, link, icon, category] = members;
    // A path is only written down for a violation, or where there is a member that few have.
    let at = |name: &str| joined(&[path, ".", name]);
    let title = match title {
        Some(Value::String(title)) if !title.is_empty() => Some(title),
        other => {
            title_fault(check, object, other, &at("title"));
            None
        }
    };
    let body = match body {
        Some(Value::String(body)) => Some(Some(body)),
        Some(other) => {
            check.wrong_type(other, &at("body"), "a string");
            None
        }
        None => Some(None),
    };
    let link = link.map(|link| https_url(check, link, &at("link")));
    let icon = icon.map(|icon| https_url(check, icon, &at("icon")));
    let category = category.map(|category| text(check, category, &at("category"), MAX_CATEGORY));
    Some(VisualContent {
        link: transpose(link)?,
        icon: transpose(icon)?,
        category: transpose(category)?,
        title: String::from(&**title?),
        body: body?.map(|body| String::from(&**body)),
        actions: None,
    })
}

fn https_url(check: &mut Check, value: &Value<'_>, path: &str) -> Option<HttpsUrl> {
    match HttpsUrl::parse(check.string(value, path)?) {
        Ok(url) => Some(url),
        Err(error) => {
            check.violation(Code::InvalidUrl, path, &[error.as_str()]);
            None
        }
    }
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
