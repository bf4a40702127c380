//! An HTTP answer: status, headers and body.

use std::borrow::Cow;

use crate::error::{ErrorCode, Problem};
use crate::http::endpoint::{ENDPOINTS, METADATA};
use crate::http::headers::RequestHeader;
use crate::policy::Policy;
use crate::request::Context;
use crate::request::origin::Readers;

/// The page's `Content-Type` of an OData answer.
const ODATA_JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The page's `Access-Control-Expose-Headers`.
const EXPOSED_HEADERS: &str =
    "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After";

/// A header of the Graph SDKs, which nothing reads.
const SDK_VERSION: &str = "SdkVersion";

/// How long a browser may remember a preflight, in seconds.
const PREFLIGHT_MAX_AGE: &str = "86400";

/// A header: its name, and its value.
pub type Header = (&'static str, Cow<'static, str>);

/// An answer, less the headers that every answer to a request carries ([`common_headers`]): whoever
/// has the connection adds those, so that they needn't travel from a Hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers of this answer, each name once.
    pub headers: Vec<Header>,
    /// The body; empty for none.
    pub body: String,
}

/// The headers that every answer to a request carries, whatever it says.
pub fn common_headers(context: &Context) -> Vec<Header> {
    let mut headers: Vec<Header> = vec![
        ("request-id", context.request_id.to_string().into()),
        ("client-request-id", context.client_request_id().into()),
        ("Cache-Control", "private".into()),
        ("X-Content-Type-Options", "nosniff".into()),
    ];
    let allowed = match &context.readers {
        Readers::All => Some("*".into()),
        Readers::Only(origin) => Some(origin.clone().into()),
        Readers::None => None,
    };
    if let Some(allowed) = allowed {
        headers.push(("Access-Control-Allow-Origin", allowed));
        headers.push(("Access-Control-Expose-Headers", EXPOSED_HEADERS.into()));
    }
    if context.readers != Readers::All {
        headers.push(("Vary", "Origin".into()));
    }
    headers
}

/// Headers as text, a line each: `Name: value`.
pub fn header_lines(headers: &[Header]) -> String {
    let mut text = String::with_capacity(512);
    push_header_lines(headers, &mut text);
    text
}

fn push_header_lines(headers: &[Header], text: &mut String) {
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push('\n');
    }
}

impl Reply {
    const fn with_status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// The same, with one more header.
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A resource: OData JSON.
    pub fn odata(status: u16, body: String) -> Self {
        let mut reply = Self::with_status(status)
            .header("Content-Type", ODATA_JSON)
            .header("OData-Version", "4.0");
        reply.body = body;
        reply
    }

    /// A resource by its copies, since the feed can't answer: not to be kept, and without `ETag`.
    pub fn degraded(body: String) -> Self {
        Self::odata(200, body).header("Cache-Control", "no-store")
    }

    /// An answer in plain JSON, outside the resources of the contract.
    pub fn json(status: u16, body: String) -> Self {
        let mut reply = Self::with_status(status).header("Content-Type", "application/json");
        reply.body = body;
        reply
    }

    /// Plain text: a number.
    pub fn text(status: u16, body: String) -> Self {
        let mut reply = Self::with_status(status)
            .header("Content-Type", "text/plain")
            .header("OData-Version", "4.0");
        reply.body = body;
        reply
    }

    /// The description of the types, which `@odata.context` refers to.
    pub fn metadata() -> Self {
        let mut reply = Self::with_status(200)
            .header("Content-Type", "application/xml")
            .header("OData-Version", "4.0");
        reply.body = METADATA.to_owned();
        reply
    }

    /// 204: success without a body.
    pub const fn no_content() -> Self {
        Self::with_status(204)
    }

    /// 304: the resource is as the caller knows it (RFC 9110 §15.4.5).
    pub fn not_modified(etag: String) -> Self {
        Self::with_status(304).header("ETag", etag)
    }

    /// 204 to a CORS preflight; `allow` is the resource's list of methods.
    pub fn preflight(allow: &str, context: &Context) -> Self {
        let reply = Self::with_status(204).header("Allow", allow.to_owned());
        if context.readers == Readers::None {
            return reply;
        }
        reply
            .header("Access-Control-Allow-Methods", allow.to_owned())
            .header("Access-Control-Allow-Headers", allowed_headers())
            .header("Access-Control-Max-Age", PREFLIGHT_MAX_AGE)
    }

    /// The error envelope, with the headers that its row of the table asks for.
    pub fn problem(problem: &Problem, context: &Context, policy: &Policy) -> Self {
        let mut reply = Self::json(problem.code.status(policy), problem.envelope(context));
        if let Some(allow) = &problem.allow {
            reply = reply.header("Allow", allow.clone());
        }
        if let Some(seconds) = problem.retry_after {
            reply = reply.header("Retry-After", seconds.to_string());
        }
        match problem.code {
            ErrorCode::InvalidAuthenticationToken => {
                reply.header("WWW-Authenticate", "Bearer realm=\"notifeed\"")
            }
            ErrorCode::UpgradeRequired => reply.header("Upgrade", "websocket"),
            _ => reply,
        }
    }

    /// The answer as one text: the status, a line for each header (`Name: value`), an empty line,
    /// the body. This is how an answer travels from a Hub and out of wasm.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.body.len().saturating_add(256));
        text.push_str(&self.status.to_string());
        text.push('\n');
        push_header_lines(&self.headers, &mut text);
        text.push('\n');
        text.push_str(&self.body);
        text
    }
}

/// The request headers that a page of another origin may send, on every path: those that any operation reads.
fn allowed_headers() -> String {
    let operations = || {
        ENDPOINTS
            .into_iter()
            .flat_map(|endpoint| endpoint.operations)
    };
    let read = RequestHeader::ALL.into_iter().filter(|header| {
        header.is_for_pages() && operations().any(|operation| operation.reads(*header))
    });
    let names = read.map(RequestHeader::name).chain([SDK_VERSION]);
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guid::Guid;
    use crate::request::ApiVersion;
    use crate::time::Timestamp;

    fn context(readers: Readers) -> Context {
        Context {
            now: Timestamp::saturating_from_unix_millis(1_571_695_536_250),
            request_id: Guid::from_bytes([1; 16]),
            client_request_id: Some("mine".into()),
            origin: "https://graph.microsoft.com".into(),
            version: ApiVersion::Beta,
            readers,
        }
    }

    fn names(headers: &[Header]) -> Vec<&'static str> {
        headers.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn every_answer_says_who_may_read_it() {
        let id = "01010101-0101-0101-0101-010101010101";
        let everybody = format!(
            "request-id: {id}\nclient-request-id: mine\nCache-Control: private\nX-Content-Type-Options: nosniff\n\
             Access-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: ETag, Location, \
             Preference-Applied, Content-Range, request-id, client-request-id, Retry-After\n"
        );
        assert_eq!(
            header_lines(&common_headers(&context(Readers::All))),
            everybody
        );
        let only = common_headers(&context(Readers::Only("https://a.example".into())));
        assert!(only.contains(&("Access-Control-Allow-Origin", "https://a.example".into())));
        assert!(only.contains(&("Vary", "Origin".into())));
        assert_eq!(
            names(&common_headers(&context(Readers::None))),
            [
                "request-id",
                "client-request-id",
                "Cache-Control",
                "X-Content-Type-Options",
                "Vary"
            ]
        );
    }

    #[test]
    fn the_rows_of_the_table_carry_their_headers() {
        let policy = Policy::DEFAULT;
        for code in ErrorCode::ALL {
            let mut problem =
                Problem::new(code, "x").retry_after(crate::time::Duration::from_seconds(7));
            problem.allow = Some("GET".into());
            let reply = Reply::problem(&problem, &context(Readers::All), &policy);
            let mut expected = vec!["Content-Type", "Allow", "Retry-After"];
            match code {
                ErrorCode::InvalidAuthenticationToken => expected.push("WWW-Authenticate"),
                ErrorCode::UpgradeRequired => expected.push("Upgrade"),
                _ => {}
            }
            assert_eq!(names(&reply.headers), expected, "{code:?}");
            assert_eq!(reply.status, code.status(&policy));
        }
    }

    #[test]
    fn an_answer_is_a_status_lines_and_a_body() {
        let reply = Reply::odata(201, "{}".into()).header("Location", "https://a/b");
        assert_eq!(
            reply.to_text(),
            format!(
                "201\nContent-Type: {ODATA_JSON}\nOData-Version: 4.0\nLocation: https://a/b\n\n{{}}"
            )
        );
        assert_eq!(Reply::no_content().to_text(), "204\n\n");
        let count = Reply::text(200, "3".into());
        assert_eq!(
            count.to_text(),
            "200\nContent-Type: text/plain\nOData-Version: 4.0\n\n3"
        );
    }

    #[test]
    fn a_preflight_names_the_methods_only_to_pages_that_may_read() {
        let reply = Reply::preflight("GET, POST", &context(Readers::All));
        assert_eq!(
            names(&reply.headers),
            [
                "Allow",
                "Access-Control-Allow-Methods",
                "Access-Control-Allow-Headers",
                "Access-Control-Max-Age"
            ]
        );
        assert!(reply.headers.contains(&(
            "Access-Control-Allow-Headers",
            "Authorization, X-UNS-ID, client-request-id, Content-Type, Content-Encoding, If-Match, If-None-Match, Prefer, Accept, Last-Event-ID, SdkVersion"
                .into()
        )));
        let reply = Reply::preflight("GET, POST", &context(Readers::None));
        assert_eq!(reply.headers, [("Allow", "GET, POST".into())]);
    }
}
