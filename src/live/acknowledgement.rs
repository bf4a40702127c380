//! The acknowledgement of a client whose connection goes one way: `POST …/ack` (CONTRACT §5.5).

use crate::json::Object;
use crate::notification::check::{Check, object_body};
use crate::violation::{ViolationCode, Violations};

const DECLARED: [&str; 2] = ["cursor", "visible"];

/// The body of `POST …/ack`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Up to where the client has everything: an event's cursor.
    pub cursor: String,
    /// A person sees it.
    pub visible: bool,
}

impl Acknowledgement {
    /// Reads it.
    ///
    /// # Errors
    /// Every violation.
    pub fn parse(body: &[u8]) -> Result<Self, Violations> {
        object_body(body, Self::read)
    }

    fn read(check: &mut Check, object: &Object<'_>) -> Option<Self> {
        let [cursor, visible] = check.members(object, "", &DECLARED);
        if let Some(visible) = visible
            && visible.as_bool().is_none()
        {
            check.wrong_type(visible, "visible", "a boolean");
        }
        let Some(cursor) = cursor else {
            let (code, what) = (
                ViolationCode::RequiredPropertyMissing,
                "is required: that of the event",
            );
            check.missing(code, object, "cursor", &DECLARED, what);
            return None;
        };
        Some(Self {
            cursor: check.string(cursor, "cursor")?.to_owned(),
            visible: visible.and_then(crate::json::Value::as_bool) == Some(true),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn a_body_has_a_cursor() {
        for (body, visible) in [
            (r#"{"cursor":"a"}"#, false),
            (r#"{"cursor":"a","visible":true,"other":1}"#, true),
            (r#"{"cursor":"a","visible":null}"#, false),
        ] {
            let cursor = String::from("a");
            let expected = Acknowledgement { cursor, visible };
            assert_eq!(Acknowledgement::parse(body.as_bytes()), Ok(expected));
        }
        for (body, code) in [
            ("", ErrorCode::BadRequest),
            ("[]", ErrorCode::BadRequest),
            ("{}", ErrorCode::BadRequest),
            (r#"{"cursor":1}"#, ErrorCode::InvalidActivityDataType),
            (
                r#"{"cursor":"a","visible":1}"#,
                ErrorCode::InvalidActivityDataType,
            ),
        ] {
            let refused = Acknowledgement::parse(body.as_bytes()).err();
            let code = Some(code);
            assert_eq!(refused.map(|refused| refused.error_code()), code, "{body}");
        }
    }
}
