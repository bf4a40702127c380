//! The error table (CONTRACT §1, "Errors"): every code the service answers with, its status, and
//! the envelope it travels in.

/// A row of the error table. The order of the body's rows is the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// 400: the body is an array.
    MultipleNotificationsNotSupported,
    /// 400: the body doesn't match the contract.
    BadRequest,
    /// 400: a header that the call doesn't support.
    UnsupportedHeader,
    /// 400: the payload has no usable content.
    InvalidPayload,
    /// 401: a declared property has the wrong JSON type.
    InvalidActivityDataType,
    /// 403: the caller is on the blocked list.
    CallerBlocked,
    /// 403: the caller may not act for, or notify, this user.
    NotAuthorizedForUser,
    /// 405, with `Allow`.
    MethodNotAllowed,
    /// 406 (or 429 by setting), with `Retry-After`.
    Throttled,
    /// 406 (or 429 by setting), with `Retry-After`: the service, not the caller, is at its limit.
    ServerBusy,
    /// 415: content type or encoding.
    UnsupportedMediaType,
    /// 401, with `WWW-Authenticate`.
    InvalidAuthenticationToken,
    /// 404: unknown path or id, or not the caller's.
    ItemNotFound,
    /// 410: a cursor or delta token from another feed.
    SyncStateNotFound,
    /// 412: `If-Match` doesn't match.
    PreconditionFailed,
    /// 413.
    RequestBodyTooLarge,
    /// 426: the stream was asked for without `Upgrade`.
    UpgradeRequired,
    /// 503, with `Retry-After`: a store is down.
    ServiceUnavailable,
}

impl ErrorCode {
    /// The stable `error.code` on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MultipleNotificationsNotSupported => "MultipleNotificationsNotSupported",
            Self::BadRequest => "BadRequest",
            Self::UnsupportedHeader => "UnsupportedHeader",
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
            Self::RequestBodyTooLarge => "RequestBodyTooLarge",
            Self::UpgradeRequired => "UpgradeRequired",
            Self::ServiceUnavailable => "ServiceUnavailable",
        }
    }
}
