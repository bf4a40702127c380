//! An answer, ready to be moved onto the wire: status, headers, body.

use std::borrow::Cow;

use crate::error::{ErrorCode, Problem};
use crate::http::Context;
use crate::http::origin::Readers;
use crate::http::route::percent_encode;
use crate::policy::Policy;

/// The page's `Content-Type` of an OData answer.
const ODATA_JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The page's `Access-Control-Expose-Headers`.
const EXPOSED_HEADERS: &str =
    "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After";

/// The request headers that a page of another origin may send.
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, Content-Encoding, X-UNS-ID, client-request-id, If-Match, SdkVersion";

/// How long a browser may remember a preflight, in seconds.
const PREFLIGHT_MAX_AGE: &str = "86400";

/// A header: its name, and its value.
pub type Header = (&'static str, Cow<'static, str>);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, each name once.
    pub headers: Vec<Header>,
    /// The body; empty for none.
    pub body: String,
}

impl Reply {
    /// The headers that every answer carries, whatever it says.
    fn with_status(status: u16, context: &Context) -> Self {
        let reply = Self {
            status,
            headers: vec![
                ("request-id", context.request_id.to_string().into()),
                ("client-request-id", context.client_request_id().into()),
                ("Cache-Control", "private".into()),
            ],
            body: String::new(),
        };
        let allowed: Cow<'static, str> = match &context.readers {
            Readers::All => "*".into(),
            Readers::Only(origin) => origin.clone().into(),
            Readers::None => return reply.header("Vary", "Origin"),
        };
        let reply = reply
            .header("Access-Control-Allow-Origin", allowed)
            .header("Access-Control-Expose-Headers", EXPOSED_HEADERS);
        match context.readers {
            Readers::All => reply,
            _ => reply.header("Vary", "Origin"),
        }
    }

    /// The same, with one more header.
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A resource: OData JSON.
    pub fn odata(status: u16, body: String, context: &Context) -> Self {
        let mut reply = Self::with_status(status, context)
            .header("Content-Type", ODATA_JSON)
            .header("OData-Version", "4.0");
        reply.body = body;
        reply
    }

    /// What isn't a resource of the contract: plain JSON.
    pub fn json(status: u16, body: String, context: &Context) -> Self {
        let mut reply =
            Self::with_status(status, context).header("Content-Type", "application/json");
        reply.body = body;
        reply
    }

    /// Plain text: a number.
    pub fn text(status: u16, body: String, context: &Context) -> Self {
        let mut reply = Self::with_status(status, context)
            .header("Content-Type", "text/plain")
            .header("OData-Version", "4.0");
        reply.body = body;
        reply
    }

    /// 204: done, and there is nothing to say.
    pub fn no_content(context: &Context) -> Self {
        Self::with_status(204, context)
    }

    /// 204 to a CORS preflight; `allow` is the resource's list of methods.
    pub fn preflight(allow: &'static str, context: &Context) -> Self {
        let reply = Self::with_status(204, context).header("Allow", allow);
        if context.readers == Readers::None {
            return reply;
        }
        reply
            .header("Access-Control-Allow-Methods", allow)
            .header("Access-Control-Allow-Headers", ALLOWED_HEADERS)
            .header("Access-Control-Max-Age", PREFLIGHT_MAX_AGE)
    }

    /// The error envelope, with the headers that its row of the table asks for.
    pub fn problem(problem: &Problem, context: &Context, policy: &Policy) -> Self {
        let mut reply = Self::json(
            problem.code.status(policy),
            problem.envelope(context),
            context,
        );
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
}

/// `{origin}/{version}/me/activities/{id}`: where a notification can be fetched.
pub fn location(context: &Context, id: &str) -> String {
    format!("{}/{}/me/activities/{id}", context.origin, context.version)
}

/// `{origin}/{version}/me/notifications{rest}`: a call on the feed.
pub fn feed_url(context: &Context, rest: &str) -> String {
    format!(
        "{}/{}/me/notifications{rest}",
        context.origin, context.version
    )
}

/// `@odata.context` of a user's notifications (principal name, percent-encoded).
pub fn feed_context(context: &Context, principal_name: &str) -> String {
    format!(
        "{}/{}/$metadata#users('{}')/notifications",
        context.origin,
        context.version,
        percent_encode(principal_name)
    )
}

/// `@odata.context` of one of them.
pub fn notification_context(context: &Context, principal_name: &str) -> String {
    format!("{}/$entity", feed_context(context, principal_name))
}
