//! The request headers that are checked before the body is read (CONTRACT §1, "Request headers").

use crate::error::{Problem, RefusalCode};
use crate::http::ContentEncoding;

/// The longest `client-request-id` that is echoed, in characters.
pub const MAX_CLIENT_REQUEST_ID: usize = 128;

/// The request headers that the service reads. Every other one is tolerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestHeader {
    /// The access token.
    Authorization,
    /// The user notification subscription id.
    SubscriptionId,
    /// The caller's own id of the request, which is echoed.
    ClientRequestId,
    /// The page that calls.
    Origin,
    /// The caller's address, as the host of the service writes it.
    Address,
    /// The media type of the body.
    ContentType,
    /// The encoding of the body.
    ContentEncoding,
    /// The length of the body.
    ContentLength,
    /// A condition that isn't supported.
    IfModifiedSince,
    /// A condition that isn't supported.
    IfRange,
    /// The `ETag` that the item must still have.
    IfMatch,
    /// The `ETag` that the item must not have any more; `*` of a post: nothing is replaced.
    IfNoneMatch,
    /// The caller's wish to wait.
    Prefer,
    /// The media types that the caller reads.
    Accept,
    /// The cursor of the last event that the caller has.
    LastEventId,
    /// The protocol to change to.
    Upgrade,
    /// The protocols that a WebSocket may speak, and a browser's access token.
    Subprotocols,
}

impl RequestHeader {
    /// Every one, in the order in which a request's are handed over.
    pub const ALL: [Self; 17] = [
        Self::Authorization,
        Self::SubscriptionId,
        Self::ClientRequestId,
        Self::Origin,
        Self::Address,
        Self::ContentType,
        Self::ContentEncoding,
        Self::ContentLength,
        Self::IfModifiedSince,
        Self::IfRange,
        Self::IfMatch,
        Self::IfNoneMatch,
        Self::Prefer,
        Self::Accept,
        Self::LastEventId,
        Self::Upgrade,
        Self::Subprotocols,
    ];

    /// The header's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorization => "Authorization",
            Self::SubscriptionId => "X-UNS-ID",
            Self::ClientRequestId => "client-request-id",
            Self::Origin => "Origin",
            Self::Address => "CF-Connecting-IP",
            Self::ContentType => "Content-Type",
            Self::ContentEncoding => "Content-Encoding",
            Self::ContentLength => "Content-Length",
            Self::IfModifiedSince => "If-Modified-Since",
            Self::IfRange => "If-Range",
            Self::IfMatch => "If-Match",
            Self::IfNoneMatch => "If-None-Match",
            Self::Prefer => "Prefer",
            Self::Accept => "Accept",
            Self::LastEventId => "Last-Event-ID",
            Self::Upgrade => "Upgrade",
            Self::Subprotocols => "Sec-WebSocket-Protocol",
        }
    }

    /// Whether a page may set it by `fetch` (the Fetch standard, "forbidden request-header").
    pub const fn is_for_pages(self) -> bool {
        !matches!(
            self,
            Self::Origin | Self::ContentLength | Self::Upgrade | Self::Subprotocols
        )
    }
}

/// The headers of a request with a body, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct BodyHeaders {
    /// `Content-Type`
    pub content_type: Option<String>,
    /// `Content-Encoding`
    pub content_encoding: Option<String>,
    /// `If-Modified-Since` was there, whatever it said.
    pub if_modified_since: bool,
    /// `If-Range` was there, whatever it said.
    pub if_range: bool,
}

impl BodyHeaders {
    /// 400 `UnsupportedHeader` comes before 415, and the content type before the encoding.
    pub fn check(&self) -> Result<ContentEncoding, Problem> {
        let unsupported = [
            (self.if_modified_since, "If-Modified-Since"),
            (self.if_range, "If-Range"),
        ];
        if let Some((_, name)) = unsupported.into_iter().find(|(present, _)| *present) {
            return Err(RefusalCode::UnsupportedHeader.problem(
                name,
                format!("The header '{name}' isn't supported here. Send the request without it."),
            ));
        }
        if !self.content_type.as_deref().is_some_and(is_json) {
            return Err(RefusalCode::UnsupportedContentType.problem(
                "Content-Type",
                "The body must be sent as JSON. Set 'Content-Type: application/json'.",
            ));
        }
        ContentEncoding::parse(self.content_encoding.as_deref())
    }
}

/// `application/json`, any parameters, any case (D4).
fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// The caller's `client-request-id`, unless it is to be ignored: empty, over 128 characters, or not
/// printable ASCII.
pub fn client_request_id(value: Option<&str>) -> Option<&str> {
    value.filter(|id| {
        !id.is_empty()
            && id.len() <= MAX_CLIENT_REQUEST_ID
            && id.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    })
}

/// Whether `If-Match`, if it was sent, lets a change of what has this `ETag` through (RFC 9110
/// §13.1.1): `*`, or a list with that very tag; a weak tag never matches.
pub fn if_match(header: Option<&str>, etag: &str) -> bool {
    header.is_none_or(|header| {
        let header = header.trim();
        header == "*" || header.split(',').any(|tag| tag.trim() == etag)
    })
}

/// Whether `If-None-Match`, if it was sent, names the `ETag` that a resource has (RFC 9110 §13.1.2): `*`, or a list with
/// that tag, weak or not.
pub fn if_none_match(header: Option<&str>, etag: &str) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/") == etag;
    header.is_some_and(|header| header.trim() == "*" || header.split(',').any(strong))
}

/// The longest that a call waits, in seconds.
pub const MAX_WAIT: u32 = 30;

/// The seconds that a call waits for news at most, as `Prefer: wait=n` has it (RFC 7240 §4.3); more than [`MAX_WAIT`]
/// is taken as that. The first one counts, and preferences of other names don't.
///
/// # Errors
/// 400 for what is no whole number from 1 up (D23): the RFC would have it ignored, and its sender would then ask in a
/// loop.
pub fn wait(prefer: Option<&str>) -> Result<Option<u32>, Problem> {
    let preferences = prefer.unwrap_or_default().split(',').map(|preference| {
        let preference = preference.split(';').next().unwrap_or_default();
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        (name.trim(), value.trim().trim_matches('"'))
    });
    let mut waits = preferences.filter(|(name, _)| name.eq_ignore_ascii_case("wait"));
    let Some((_, value)) = waits.next() else {
        return Ok(None);
    };
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // A number that doesn't fit is more than the longest.
    let seconds = value.parse().unwrap_or(MAX_WAIT).min(MAX_WAIT);
    if is_number && seconds > 0 {
        return Ok(Some(seconds));
    }
    Err(RefusalCode::InvalidPreference.problem(
        "Prefer",
        format!("'wait' must be a whole number of seconds from 1 up; more than {MAX_WAIT} is taken as {MAX_WAIT}."),
    ))
}

/// The token of an `Authorization: Bearer …` header (RFC 6750 §2.1); the scheme in any case.
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn json() -> BodyHeaders {
        BodyHeaders {
            content_type: Some("application/json".into()),
            ..BodyHeaders::default()
        }
    }

    fn code(headers: &BodyHeaders) -> Option<ErrorCode> {
        headers.check().err().map(|problem| problem.code)
    }

    #[test]
    fn json_in_any_case_with_any_parameters() {
        for value in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json ;odata.metadata=minimal",
        ] {
            let headers = BodyHeaders {
                content_type: Some(value.into()),
                ..json()
            };
            assert_eq!(headers.check(), Ok(ContentEncoding::Identity), "{value}");
        }
        for value in [None, Some("text/json"), Some("application/jsonp"), Some("")] {
            let headers = BodyHeaders {
                content_type: value.map(str::to_owned),
                ..json()
            };
            assert_eq!(
                code(&headers),
                Some(ErrorCode::UnsupportedMediaType),
                "{value:?}"
            );
        }
    }

    #[test]
    fn an_unsupported_header_comes_before_the_media_type() {
        let headers = BodyHeaders {
            if_range: true,
            ..BodyHeaders::default()
        };
        assert_eq!(code(&headers), Some(ErrorCode::UnsupportedHeader));
        let headers = BodyHeaders {
            if_modified_since: true,
            ..json()
        };
        assert_eq!(code(&headers), Some(ErrorCode::UnsupportedHeader));
    }

    #[test]
    fn a_client_request_id_is_echoed_or_ignored() {
        let longest = "x".repeat(128);
        assert_eq!(client_request_id(Some(&longest)), Some(longest.as_str()));
        assert_eq!(client_request_id(Some(&"x".repeat(129))), None);
        assert_eq!(client_request_id(Some("a b~")), Some("a b~"));
        for ignored in ["", "é", "a\u{7f}", "a\tb"] {
            assert_eq!(client_request_id(Some(ignored)), None, "{ignored:?}");
        }
    }

    #[test]
    fn if_match_wants_that_very_tag() {
        let etag = "\"1.7\"";
        for header in [
            None,
            Some("*"),
            Some(" * "),
            Some(etag),
            Some("\"x\", \"1.7\""),
        ] {
            assert!(if_match(header, etag), "{header:?}");
        }
        for header in ["", "\"1.8\"", "W/\"1.7\"", "1.7"] {
            assert!(!if_match(Some(header), etag), "{header}");
        }
    }

    #[test]
    fn if_none_match_takes_a_weak_tag_too() {
        let etag = "\"1.7\"";
        for header in ["*", etag, "W/\"1.7\"", "\"x\", \"1.7\""] {
            assert!(if_none_match(Some(header), etag), "{header}");
        }
        for header in [None, Some(""), Some("\"1.8\"")] {
            assert!(!if_none_match(header, etag), "{header:?}");
        }
    }

    #[test]
    fn a_wait_is_a_whole_number_of_seconds() {
        let of = |prefer: &str| wait(Some(prefer)).map_err(|problem| problem.code);
        assert_eq!(wait(None).ok(), Some(None));
        for (prefer, seconds) in [
            ("wait=1", Some(1)),
            ("respond-async, WAIT = \"7\"; x=y", Some(7)),
            ("wait=31", Some(MAX_WAIT)),
            ("wait=99999999999999999999", Some(MAX_WAIT)),
            ("wait=2, wait=3", Some(2)),
            ("return=minimal", None),
            ("", None),
        ] {
            assert_eq!(of(prefer), Ok(seconds), "{prefer}");
        }
        for prefer in ["wait", "wait=", "wait=0", "wait=-1", "wait=1.5", "wait=1s"] {
            assert_eq!(of(prefer), Err(ErrorCode::BadRequest), "{prefer}");
        }
    }

    #[test]
    fn bearer_tokens() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for other in ["", "abc", "Basic abc", "Bearer", "Bearer "] {
            assert_eq!(bearer(other), None, "{other:?}");
        }
    }
}
