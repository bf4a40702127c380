//! The error table (CONTRACT §1, "Errors"): every code the service answers with (D17), its status (D18),
//! and the envelope it travels in.
//!
//! A [`Problem`] is what the caller did wrong, or what the service can't do for them now: a value
//! of the contract, with a status and a sentence that says what to do. What breaks on our own side
//! is never a `Problem` until the edge has logged it and chosen [`ErrorCode::ServiceUnavailable`].

mod detail;
#[cfg(test)]
mod document;
pub mod problems;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::guid::Guid;
use crate::http::Context;
use crate::json::Writer;
use crate::policy::Policy;
use crate::violation::Violations;

pub use detail::{DetailCode, RefusalCode};

/// A row of the error table, by its `error.code`. Of the rows that a body can earn, the first in this order answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ErrorCode {
    /// 400: the body is an array.
    MultipleNotificationsNotSupported,
    /// 400: the body doesn't match the contract.
    BadRequest,
    /// 400: a header that the call doesn't support.
    UnsupportedHeader,
    /// 400: a client's frame of a type that isn't known.
    UnknownFrame,
    /// 400: the payload has no usable content.
    InvalidPayload,
    /// 401, without `WWW-Authenticate`: a declared property has the wrong JSON type.
    InvalidActivityDataType,
    /// 403: the caller is on the blocked list.
    CallerBlocked,
    /// 403: the caller may not act for, or notify, this user.
    NotAuthorizedForUser,
    /// 405, with `Allow`: the path exists, but not with this method.
    MethodNotAllowed,
    /// 406 (429 by setting), with `Retry-After`: the caller is over its limit.
    Throttled,
    /// 406 (429 by setting), with `Retry-After`: the feed is at its limit.
    ServerBusy,
    /// 415: content type or encoding.
    UnsupportedMediaType,
    /// 401, with `WWW-Authenticate`: no token, or one that proves nothing.
    InvalidAuthenticationToken,
    /// 404: unknown path or id, or not the caller's.
    ItemNotFound,
    /// 410: a cursor or delta token from another feed.
    SyncStateNotFound,
    /// 412: `If-Match` doesn't match.
    PreconditionFailed,
    /// 409: the item has changed since what the client knew.
    ItemChanged,
    /// 413: more than [64 KiB](crate::http::MAX_BODY_BYTES).
    RequestBodyTooLarge,
    /// 426: the stream was asked for without `Upgrade: websocket`.
    UpgradeRequired,
    /// 503, with `Retry-After`: a store is down, or the deployment isn't configured.
    ServiceUnavailable,
}

impl ErrorCode {
    /// Every row.
    pub const ALL: [Self; 20] = [
        Self::MultipleNotificationsNotSupported,
        Self::BadRequest,
        Self::UnsupportedHeader,
        Self::UnknownFrame,
        Self::InvalidPayload,
        Self::InvalidActivityDataType,
        Self::CallerBlocked,
        Self::NotAuthorizedForUser,
        Self::MethodNotAllowed,
        Self::Throttled,
        Self::ServerBusy,
        Self::UnsupportedMediaType,
        Self::InvalidAuthenticationToken,
        Self::ItemNotFound,
        Self::SyncStateNotFound,
        Self::PreconditionFailed,
        Self::ItemChanged,
        Self::RequestBodyTooLarge,
        Self::UpgradeRequired,
        Self::ServiceUnavailable,
    ];

    /// The stable `error.code` on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MultipleNotificationsNotSupported => "MultipleNotificationsNotSupported",
            Self::BadRequest => "BadRequest",
            Self::UnsupportedHeader => "UnsupportedHeader",
            Self::UnknownFrame => "UnknownFrame",
            Self::InvalidPayload => "InvalidPayload",
            Self::InvalidActivityDataType => "InvalidActivityDataType",
            Self::CallerBlocked => "CallerBlocked",
            Self::NotAuthorizedForUser => "NotAuthorizedForUser",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::Throttled => "Throttled",
            Self::ServerBusy => "ServerBusy",
            Self::UnsupportedMediaType => "UnsupportedMediaType",
            Self::InvalidAuthenticationToken => "InvalidAuthenticationToken",
            Self::ItemNotFound => "ItemNotFound",
            Self::SyncStateNotFound => "SyncStateNotFound",
            Self::PreconditionFailed => "PreconditionFailed",
            Self::ItemChanged => "ItemChanged",
            Self::RequestBodyTooLarge => "RequestBodyTooLarge",
            Self::UpgradeRequired => "UpgradeRequired",
            Self::ServiceUnavailable => "ServiceUnavailable",
        }
    }

    /// The HTTP status. Throttling answers what the policy says: 406 as the page has it, or 429.
    pub const fn status(self, policy: &Policy) -> u16 {
        match self {
            Self::MultipleNotificationsNotSupported
            | Self::BadRequest
            | Self::UnsupportedHeader
            | Self::UnknownFrame
            | Self::InvalidPayload => 400,
            Self::InvalidActivityDataType | Self::InvalidAuthenticationToken => 401,
            Self::CallerBlocked | Self::NotAuthorizedForUser => 403,
            Self::ItemNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Throttled | Self::ServerBusy => policy.throttle_status().as_u16(),
            Self::ItemChanged => 409,
            Self::SyncStateNotFound => 410,
            Self::PreconditionFailed => 412,
            Self::RequestBodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::UpgradeRequired => 426,
            Self::ServiceUnavailable => 503,
        }
    }

    /// The row whose `error.code` this is.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.as_str() == code)
    }

    /// The code of the WebSocket close frame that refuses a stream where the client can see no
    /// HTTP status (CONTRACT §4): come back with a fresh token, stop, or come back later.
    pub const fn close_code(self) -> u16 {
        match self {
            Self::InvalidAuthenticationToken => 4401,
            Self::CallerBlocked | Self::NotAuthorizedForUser | Self::ItemNotFound => 4403,
            Self::Throttled | Self::ServerBusy => 4429,
            Self::ServiceUnavailable => 1013,
            _ => 4400,
        }
    }
}

/// A violation, as the envelope's `details` carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Detail {
    /// Stable code of the violation.
    #[cfg_attr(test, ts(type = "ViolationCode | RefusalCode"))]
    pub code: DetailCode,
    /// What it is about: a property path, a header or a query option.
    pub target: String,
    /// A sentence that says what to do.
    pub message: String,
}

impl From<&Violations> for Problem {
    /// The first row of the table that any violation falls under answers; all of them are listed.
    fn from(violations: &Violations) -> Self {
        let mut problem = Self::new(violations.error_code(), violations.message());
        problem.details = violations
            .iter()
            .map(|violation| Detail {
                code: violation.code.into(),
                target: violation.path.clone(),
                message: violation.message.clone(),
            })
            .collect();
        problem
    }
}

/// An answer other than success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// The row of the table.
    pub code: ErrorCode,
    /// One sentence for the reader of `error.message`: what is wrong and what to do.
    pub message: Cow<'static, str>,
    /// Every violation, in the order of the document.
    pub details: Vec<Detail>,
    /// Whole seconds to wait, for the rows that say so.
    pub retry_after: Option<u32>,
    /// The methods that the path supports, for 405.
    pub allow: Option<Cow<'static, str>>,
}

impl Problem {
    /// A problem that is said in one sentence. Only this crate makes one: all that others answer are in
    /// [`problems`].
    pub(crate) fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
            retry_after: None,
            allow: None,
        }
    }

    /// The same, with the whole seconds after which another try makes sense.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same, about one named thing.
    pub(crate) fn detail(mut self, code: impl Into<DetailCode>, target: &str) -> Self {
        self.details.push(Detail {
            code: code.into(),
            target: target.to_owned(),
            message: self.message.to_string(),
        });
        self
    }

    /// The error object (CONTRACT §1), as the answer to that request.
    pub fn object(&self, context: &Context) -> ErrorObject<'_> {
        ErrorObject {
            code: self.code,
            message: &self.message,
            inner_error: InnerError {
                date: context.now.to_seconds_string(),
                request_id: context.request_id,
                client_request_id: context.client_request_id(),
            },
            details: &self.details,
        }
    }

    /// The whole envelope: `{"error":{…}}`.
    pub fn envelope(&self, context: &Context) -> String {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.key("error");
        self.object(context).write(&mut writer);
        writer.end_object();
        writer.finish()
    }
}

/// What went wrong, on the wire: `error` of the envelope and of a `result` frame.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct ErrorObject<'p> {
    /// Stable, for programs.
    code: ErrorCode,
    /// A sentence for people: what is wrong and what to do.
    message: &'p str,
    /// Which request this answers.
    inner_error: InnerError,
    /// Every violation, in the order of the document.
    details: &'p [Detail],
}

/// Which request an error answers: what support asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub(crate) struct InnerError {
    /// UTC to the second, without a zone.
    date: String,
    /// The server's own id of the request.
    request_id: Guid,
    /// The caller's, if it sent one, else the server's.
    client_request_id: String,
}

impl ErrorObject<'_> {
    /// Writes it as a value, members in the order of the page.
    pub fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        writer.string_field("code", self.code.as_str());
        writer.string_field("message", self.message);
        writer.key("innerError");
        writer.begin_object();
        writer.string_field("date", &self.inner_error.date);
        writer.string_field("request-id", &self.inner_error.request_id.to_string());
        writer.string_field("client-request-id", &self.inner_error.client_request_id);
        writer.end_object();
        writer.key("details");
        writer.begin_array();
        for detail in self.details {
            writer.begin_object();
            writer.string_field("code", detail.code.as_str());
            writer.string_field("target", &detail.target);
            writer.string_field("message", &detail.message);
            writer.end_object();
        }
        writer.end_array();
        writer.end_object();
    }
}
