//! The error table (CONTRACT §1, "Errors"): every code the service answers with (D17) and its status (D18).

use serde::{Deserialize, Serialize};

use crate::close_code::{
    CLOSE_BUSY, CLOSE_DENIED, CLOSE_MALFORMED, CLOSE_TOKEN_REFUSED, CLOSE_TRY_LATER,
};
use crate::policy::Policy;

/// A row of the error table, by its `error.code`. If a body falls under several rows, the first in this order answers.
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
    /// 409: the notification has been replaced since the person saw it.
    ContentChanged,
    /// 409: the notification has been answered; the detail names the action that won.
    AlreadyAnswered,
    /// 424: in a batch, a request that this one depends on has failed.
    FailedDependency,
    /// 413: more than [64 KiB](crate::http::MAX_BODY_BYTES).
    RequestBodyTooLarge,
    /// 426: the stream was asked for without `Upgrade: websocket`.
    UpgradeRequired,
    /// 503, with `Retry-After`: a store is down, or the deployment isn't configured.
    ServiceUnavailable,
}

impl ErrorCode {
    /// Every row.
    pub const ALL: [Self; 23] = [
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
        Self::ContentChanged,
        Self::AlreadyAnswered,
        Self::FailedDependency,
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
            Self::ContentChanged => "ContentChanged",
            Self::AlreadyAnswered => "AlreadyAnswered",
            Self::FailedDependency => "FailedDependency",
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
            Self::ItemChanged | Self::ContentChanged | Self::AlreadyAnswered => 409,
            Self::SyncStateNotFound => 410,
            Self::PreconditionFailed => 412,
            Self::RequestBodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::FailedDependency => 424,
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
            Self::InvalidAuthenticationToken => CLOSE_TOKEN_REFUSED,
            Self::CallerBlocked | Self::NotAuthorizedForUser | Self::ItemNotFound => CLOSE_DENIED,
            Self::Throttled | Self::ServerBusy => CLOSE_BUSY,
            Self::ServiceUnavailable => CLOSE_TRY_LATER,
            _ => CLOSE_MALFORMED,
        }
    }
}
