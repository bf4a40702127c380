//! The stable codes of an error's details. A detail carries either a [`ViolationCode`], about the body,
//! or a [`RefusalCode`], about the rest of the request; no other code can be written.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ErrorCode, Problem};
use crate::violation::ViolationCode;

/// The fault of a request outside of its body. Stable: codes are added, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RefusalCode {
    /// A header that the call doesn't support.
    UnsupportedHeader,
    /// `Content-Type` isn't JSON.
    UnsupportedContentType,
    /// `Content-Encoding` is neither gzip nor deflate.
    UnsupportedContentEncoding,
    /// The body isn't in the encoding that `Content-Encoding` names, or is cut off.
    CorruptContentEncoding,
    /// A header that the call needs is absent.
    RequiredHeaderMissing,
    /// A query parameter that the call needs is absent.
    RequiredParameterMissing,
    /// A query parameter of the stream has no usable value.
    InvalidParameter,
    /// A query option that the call doesn't have, or whose value can't be used.
    InvalidQueryOption,
    /// A preference of `Prefer` that the call has, with a value that it can't have.
    InvalidPreference,
    /// The app isn't registered, or not for that host.
    HostNotRegistered,
    /// The subscription that `endpoint` names has ended, or never was.
    SubscriptionEnded,
    /// The item has changed since what the client knew of it.
    ItemChanged,
    /// The notification was replaced since the person saw it.
    ContentChanged,
    /// Another answer won: the target is its action.
    AlreadyAnswered,
    /// The feed is being healed from its copy.
    FeedHealing,
}

impl RefusalCode {
    /// Every code.
    pub const ALL: [Self; 15] = [
        Self::UnsupportedHeader,
        Self::UnsupportedContentType,
        Self::UnsupportedContentEncoding,
        Self::CorruptContentEncoding,
        Self::RequiredHeaderMissing,
        Self::RequiredParameterMissing,
        Self::InvalidParameter,
        Self::InvalidQueryOption,
        Self::InvalidPreference,
        Self::HostNotRegistered,
        Self::SubscriptionEnded,
        Self::ItemChanged,
        Self::ContentChanged,
        Self::AlreadyAnswered,
        Self::FeedHealing,
    ];

    /// The code on the wire: `details[].code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnsupportedHeader => "UnsupportedHeader",
            Self::UnsupportedContentType => "UnsupportedContentType",
            Self::UnsupportedContentEncoding => "UnsupportedContentEncoding",
            Self::CorruptContentEncoding => "CorruptContentEncoding",
            Self::RequiredHeaderMissing => "RequiredHeaderMissing",
            Self::RequiredParameterMissing => "RequiredParameterMissing",
            Self::InvalidParameter => "InvalidParameter",
            Self::InvalidQueryOption => "InvalidQueryOption",
            Self::InvalidPreference => "InvalidPreference",
            Self::HostNotRegistered => "HostNotRegistered",
            Self::SubscriptionEnded => "SubscriptionEnded",
            Self::ItemChanged => "ItemChanged",
            Self::ContentChanged => "ContentChanged",
            Self::AlreadyAnswered => "AlreadyAnswered",
            Self::FeedHealing => "FeedHealing",
        }
    }

    /// The row of the error table that answers.
    pub const fn row(self) -> ErrorCode {
        match self {
            Self::UnsupportedHeader => ErrorCode::UnsupportedHeader,
            Self::UnsupportedContentType | Self::UnsupportedContentEncoding => {
                ErrorCode::UnsupportedMediaType
            }
            Self::CorruptContentEncoding
            | Self::RequiredHeaderMissing
            | Self::RequiredParameterMissing
            | Self::InvalidParameter
            | Self::InvalidQueryOption
            | Self::InvalidPreference => ErrorCode::BadRequest,
            Self::HostNotRegistered => ErrorCode::NotAuthorizedForUser,
            Self::SubscriptionEnded => ErrorCode::ItemNotFound,
            Self::ItemChanged => ErrorCode::ItemChanged,
            Self::ContentChanged => ErrorCode::ContentChanged,
            Self::AlreadyAnswered => ErrorCode::AlreadyAnswered,
            Self::FeedHealing => ErrorCode::ServiceUnavailable,
        }
    }

    /// The problem with this one detail. `target`: the header or the query parameter; `message`: one
    /// sentence that says what to do.
    pub(crate) fn problem(self, target: &str, message: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(self.row(), message).detail(self, target)
    }
}

/// The stable code of a detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DetailCode {
    /// About the body.
    Violation(ViolationCode),
    /// About the rest of the request.
    Refusal(RefusalCode),
}

impl DetailCode {
    /// The code on the wire: `details[].code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Violation(code) => code.as_str(),
            Self::Refusal(code) => code.as_str(),
        }
    }

    /// The code of that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let mut violations = ViolationCode::ALL.into_iter();
        let mut refusals = RefusalCode::ALL.into_iter();
        violations
            .find(|code| code.as_str() == text)
            .map(Self::Violation)
            .or_else(|| {
                refusals
                    .find(|code| code.as_str() == text)
                    .map(Self::Refusal)
            })
    }
}

impl From<ViolationCode> for DetailCode {
    fn from(code: ViolationCode) -> Self {
        Self::Violation(code)
    }
}

impl From<RefusalCode> for DetailCode {
    fn from(code: RefusalCode) -> Self {
        Self::Refusal(code)
    }
}

impl Serialize for DetailCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DetailCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the code of a detail"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_it_is_written_and_stands_for_one_thing() {
        let violations = ViolationCode::ALL.into_iter().map(DetailCode::from);
        let refusals = RefusalCode::ALL.into_iter().map(DetailCode::from);
        for code in violations.chain(refusals) {
            assert_eq!(DetailCode::parse(code.as_str()), Some(code));
        }
        assert_eq!(DetailCode::parse("Unheard"), None);
    }
}
