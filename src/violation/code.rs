//! The stable codes of violations and warnings.

use crate::error_code::ErrorCode;

/// The kinds of violation of a body. Stable: codes are added, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ViolationCode {
    /// The body is longer than [64 KiB](crate::http::MAX_BODY_BYTES).
    BodyTooLarge,
    /// The body is not UTF-8.
    InvalidUtf8,
    /// The body is not JSON.
    InvalidJson,
    /// Objects and arrays are nested deeper than [16 levels](crate::json::MAX_DEPTH).
    NestedTooDeep,
    /// A name stands twice in one object.
    DuplicateProperty,
    /// An escape of half a surrogate pair.
    LoneSurrogate,
    /// The body is an array.
    MultipleNotifications,
    /// The body is JSON, but neither an object nor an array.
    NotAnObject,
    /// A required property is absent.
    RequiredPropertyMissing,
    /// A declared property has another JSON type than the declared one.
    WrongType,
    /// A string that must not be empty is.
    Empty,
    /// A string is longer than allowed.
    TooLong,
    /// Not a host name.
    InvalidHostName,
    /// Not a date and time.
    InvalidDateTime,
    /// The notification would have expired already.
    ExpirationInPast,
    /// Not whole seconds.
    InvalidSeconds,
    /// A number outside its range.
    OutOfRange,
    /// Not one of the names that are allowed.
    UnknownValue,
    /// An array that must not be empty is.
    EmptyList,
    /// An array with more elements than are looked at.
    TooManyItems,
    /// A platform that can't have a fallback.
    UnsupportedFallbackPlatform,
    /// A fallback for a platform that the notification doesn't target.
    FallbackNotTargeted,
    /// A push subscription on a platform that has none.
    UnsupportedPushPlatform,
    /// A push subscription's endpoint that isn't a URL of a push service that is allowed.
    InvalidPushEndpoint,
    /// A push subscription's key with which nothing can be encrypted.
    InvalidPushKey,
    /// Neither raw nor visual content.
    NoContent,
    /// Raw content is empty.
    EmptyRawContent,
    /// Visual content has no title.
    MissingTitle,
    /// Visual content's title is empty.
    EmptyTitle,
    /// Not a link that begins with `https://` and a host.
    InvalidUrl,
    /// Not an action's id.
    InvalidActionId,
    /// Two actions have the same id.
    DuplicateActionId,
    /// There are more violations than are listed.
    MoreViolations,
}

impl ViolationCode {
    /// Every code.
    pub const ALL: [Self; 33] = [
        Self::BodyTooLarge,
        Self::InvalidUtf8,
        Self::InvalidJson,
        Self::NestedTooDeep,
        Self::DuplicateProperty,
        Self::LoneSurrogate,
        Self::MultipleNotifications,
        Self::NotAnObject,
        Self::RequiredPropertyMissing,
        Self::WrongType,
        Self::Empty,
        Self::TooLong,
        Self::InvalidHostName,
        Self::InvalidDateTime,
        Self::ExpirationInPast,
        Self::InvalidSeconds,
        Self::OutOfRange,
        Self::UnknownValue,
        Self::EmptyList,
        Self::TooManyItems,
        Self::UnsupportedFallbackPlatform,
        Self::FallbackNotTargeted,
        Self::UnsupportedPushPlatform,
        Self::InvalidPushEndpoint,
        Self::InvalidPushKey,
        Self::NoContent,
        Self::EmptyRawContent,
        Self::MissingTitle,
        Self::EmptyTitle,
        Self::InvalidUrl,
        Self::InvalidActionId,
        Self::DuplicateActionId,
        Self::MoreViolations,
    ];

    /// The codes that only a subscription's body can have, not a notification's.
    pub const OF_SUBSCRIPTIONS: [Self; 3] = [
        Self::UnsupportedPushPlatform,
        Self::InvalidPushEndpoint,
        Self::InvalidPushKey,
    ];

    /// The code on the wire: `details[].code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "BodyTooLarge",
            Self::InvalidUtf8 => "InvalidUtf8",
            Self::InvalidJson => "InvalidJson",
            Self::NestedTooDeep => "NestedTooDeep",
            Self::DuplicateProperty => "DuplicateProperty",
            Self::LoneSurrogate => "LoneSurrogate",
            Self::MultipleNotifications => "MultipleNotifications",
            Self::NotAnObject => "NotAnObject",
            Self::RequiredPropertyMissing => "RequiredPropertyMissing",
            Self::WrongType => "WrongType",
            Self::Empty => "Empty",
            Self::TooLong => "TooLong",
            Self::InvalidHostName => "InvalidHostName",
            Self::InvalidDateTime => "InvalidDateTime",
            Self::ExpirationInPast => "ExpirationInPast",
            Self::InvalidSeconds => "InvalidSeconds",
            Self::OutOfRange => "OutOfRange",
            Self::UnknownValue => "UnknownValue",
            Self::EmptyList => "EmptyList",
            Self::TooManyItems => "TooManyItems",
            Self::UnsupportedFallbackPlatform => "UnsupportedFallbackPlatform",
            Self::FallbackNotTargeted => "FallbackNotTargeted",
            Self::UnsupportedPushPlatform => "UnsupportedPushPlatform",
            Self::InvalidPushEndpoint => "InvalidPushEndpoint",
            Self::InvalidPushKey => "InvalidPushKey",
            Self::NoContent => "NoContent",
            Self::EmptyRawContent => "EmptyRawContent",
            Self::MissingTitle => "MissingTitle",
            Self::EmptyTitle => "EmptyTitle",
            Self::InvalidUrl => "InvalidUrl",
            Self::InvalidActionId => "InvalidActionId",
            Self::DuplicateActionId => "DuplicateActionId",
            Self::MoreViolations => "MoreViolations",
        }
    }

    /// The row of CONTRACT §1's error table that it belongs to. A row of `BadRequest` is
    /// `InvalidPayload` inside `payload.visualContent`, and every row is `BadRequest` inside
    /// `fallbackPolicy.endpointFallback`. `MoreViolations` belongs to the last of the body's rows:
    /// what it stands for has been counted in [`Violations::error_code`](super::Violations::error_code).
    pub const fn row(self) -> ErrorCode {
        match self {
            Self::BodyTooLarge => ErrorCode::RequestBodyTooLarge,
            Self::MultipleNotifications => ErrorCode::MultipleNotificationsNotSupported,
            Self::NoContent
            | Self::EmptyRawContent
            | Self::MissingTitle
            | Self::EmptyTitle
            | Self::InvalidUrl
            | Self::InvalidActionId
            | Self::DuplicateActionId => ErrorCode::InvalidPayload,
            Self::WrongType | Self::MoreViolations => ErrorCode::InvalidActivityDataType,
            _ => ErrorCode::BadRequest,
        }
    }
}

/// The kinds of oddity of a body. Stable: codes are added, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum WarningCode {
    /// The contract doesn't declare this property; it is ignored.
    UndeclaredProperty,
    /// The notification expires earlier than asked, because of the policy's retention.
    ExpirationCapped,
    /// There are more warnings than are listed.
    MoreWarnings,
}

impl WarningCode {
    /// Every code.
    pub const ALL: [Self; 3] = [
        Self::UndeclaredProperty,
        Self::ExpirationCapped,
        Self::MoreWarnings,
    ];

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UndeclaredProperty => "UndeclaredProperty",
            Self::ExpirationCapped => "ExpirationCapped",
            Self::MoreWarnings => "MoreWarnings",
        }
    }
}
