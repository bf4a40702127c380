//! The page that a click on a pushed notification opens: `webPush` of a subscription (CONTRACT §5.7).

use crate::error::ErrorCode;
use crate::json::{Value, Writer, joined};
use crate::notification::HttpsUrl;
use crate::notification::check::Check;
use crate::notification::rules::{limited_string, transpose};
use crate::violation::ViolationCode as Code;

/// Stands for the notification's id in `navigate`.
const ID: &str = "{id}";

const DECLARED: [&str; 2] = ["navigate", "title"];

/// The page that a click on a pushed notification opens, and the title of a notification without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    navigate: String,
    title: Option<String>,
}

impl Opening {
    /// The most characters of `navigate`.
    pub const MAX_NAVIGATE: usize = 512;
    /// The most characters of `title`; the least is 1.
    pub const MAX_TITLE: usize = 64;

    /// Reads `webPush`, at `path`.
    pub(crate) fn read(check: &mut Check, value: &Value<'_>, path: &str) -> Option<Self> {
        let object = check.object(value, path)?;
        let [navigate, title] = check.members(object, path, &DECLARED);
        let at = |name: &str| joined(&[path, ".", name]);
        let navigate = match navigate {
            Some(navigate) => self::navigate(check, navigate, &at("navigate")),
            None => {
                let what = "is required: the URL that a click opens";
                let code = Code::RequiredPropertyMissing;
                check.missing(code, object, &at("navigate"), &DECLARED, what);
                None
            }
        };
        let title = title.map(|title| self::title(check, title, &at("title")));
        Some(Self {
            title: transpose(title)?,
            navigate: navigate?,
        })
    }

    /// The URL for the notification of that id.
    pub fn navigate(&self, id: &str) -> String {
        self.navigate.replace(ID, id)
    }

    /// The title of a notification that has none.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Writes it as [`Opening::read`] reads it.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        writer.string_field("navigate", &self.navigate);
        if let Some(title) = &self.title {
            writer.string_field("title", title);
        }
        writer.end_object();
    }
}

fn navigate(check: &mut Check, value: &Value<'_>, path: &str) -> Option<String> {
    let url = check.string(value, path)?;
    let fault = match HttpsUrl::parse(url) {
        Err(error) => error.as_str(),
        Ok(_) if url.len() > Opening::MAX_NAVIGATE => "must have at most 512 characters",
        Ok(_) if !url.contains(ID) => "must have `{id}` in it, for the notification's id",
        Ok(_) => return Some(url.to_owned()),
    };
    check.in_row(ErrorCode::BadRequest, |check| {
        check.violation(Code::InvalidUrl, path, &[fault]);
    });
    None
}

fn title(check: &mut Check, value: &Value<'_>, path: &str) -> Option<String> {
    let title = limited_string(check, value, path, Opening::MAX_TITLE)?;
    if title.is_empty() {
        let what = "must not be empty: give it a character or leave it out";
        check.violation(Code::Empty, path, &[what]);
        return None;
    }
    Some(title)
}
