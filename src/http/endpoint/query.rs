//! The options that the query of a URL has (CONTRACT §2 and §4).

use super::{Words, words};
use crate::feed::query::{DEFAULT_TOP, MAX_FILTER, MAX_TOP};
use crate::live;

/// A query option.
#[derive(Debug)]
pub struct QueryOption {
    /// The name.
    pub name: &'static str,
    /// The effect, in a sentence.
    pub summary: Words,
    /// The values that it can have.
    pub kind: Kind,
    /// Whether the option is required.
    pub required: bool,
}

/// The values of a query option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number from 1 to the first one; the second is the default.
    UpTo(u32, Option<u32>),
    /// Text of at most so many characters, where that is limited.
    Text(Option<usize>),
    /// An id of the service: a GUID.
    Id,
    /// A boolean.
    Flag,
    /// The value is this text.
    Only(&'static str),
    /// The name of a platform.
    Platform,
}

const fn optional(name: &'static str, summary: &'static str, kind: Kind) -> QueryOption {
    QueryOption {
        name,
        summary: words(summary),
        kind,
        required: false,
    }
}

pub(super) static TOP: QueryOption = optional(
    "$top",
    "The most items that a page has.",
    Kind::UpTo(MAX_TOP, Some(DEFAULT_TOP)),
);

pub(super) static SKIP_TOKEN: QueryOption = optional(
    "$skiptoken",
    "The place where the page begins, as `@odata.nextLink` has it.",
    Kind::Text(None),
);

pub(super) static DELTA_TOKEN: QueryOption = optional(
    "$deltatoken",
    "The place where the changes begin, as `@odata.deltaLink` has it. Default: the feed's beginning.",
    Kind::Text(None),
);

pub(super) static FILTER: QueryOption = optional(
    "$filter",
    "Comparisons of `readState`, `userActionState`, `groupName` and `priority` by `eq` or `ne`, joined by `and`.",
    Kind::Text(Some(MAX_FILTER)),
);

pub(super) static COUNT: QueryOption = optional(
    "$count",
    "Whether `@odata.count` says how many items all pages have together.",
    Kind::Flag,
);

pub(super) static SELECT: QueryOption = optional(
    "$select",
    "The properties that are answered, with commas between; `id` always is.",
    Kind::Text(None),
);

pub(super) static ORDER_BY: QueryOption = optional(
    "$orderby",
    "The order, of which there is one.",
    Kind::Only("createdDateTime desc"),
);

pub(super) static TARGET_HOST_NAME: QueryOption = optional(
    "targetHostName",
    "The host, for an app that has several.",
    Kind::Text(None),
);

pub(super) static NOTIFICATION: QueryOption = optional(
    "notification",
    "The id of a notification: `delivery` says of each endpoint what became of it there.",
    Kind::Id,
);

pub(super) static DELIVERIES: QueryOption = optional(
    "deliveries",
    "Whether the app that sent it is told what became of it at each of the user's endpoints.",
    Kind::Flag,
);

pub(super) static PLATFORM: QueryOption = QueryOption {
    name: "platform",
    summary: words("The platform that this client receives for."),
    kind: Kind::Platform,
    required: true,
};

pub(super) static ONLY_PLATFORM: QueryOption = optional(
    "platform",
    "Only what this platform receives. Default: all.",
    Kind::Platform,
);

pub(super) static CURSOR: QueryOption = optional(
    "cursor",
    "The place up to which the client knows the feed. Default: the client knows nothing.",
    Kind::Text(None),
);

pub(super) static ENDPOINT: QueryOption = optional(
    "endpoint",
    "The id of the subscription of this device.",
    Kind::Id,
);

pub(super) static OWN_ENDPOINT: QueryOption = QueryOption {
    name: "endpoint",
    summary: words("The id of the subscription of this device."),
    kind: Kind::Id,
    required: true,
};

pub(super) static REPLAY_TOP: QueryOption = optional(
    "top",
    "The most items that a replay has.",
    Kind::UpTo(live::MAX_TOP, None),
);
