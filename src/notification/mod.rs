//! The notification (CONTRACT §1): the resource that apps send and feeds hold. Only the contract
//! makes one, so whoever holds a [`Notification`] holds a valid one.
//!
//! # The rules of the request body
//!
//! The body is one JSON text (RFC 8259) in UTF-8, a byte order mark in front is skipped, at most
//! [`MAX_BODY_BYTES`](crate::http::MAX_BODY_BYTES) long and [`MAX_DEPTH`](crate::json::MAX_DEPTH) levels deep. The text
//! is an object; no object in it has two members of the same name; no string has an escape of half a surrogate pair.
//! `null` is absent, as member and as element. Names of properties count with their case. Characters are Unicode scalar
//! values.
//!
//! | property | JSON type | rule | when absent |
//! |---|---|---|---|
//! | `targetHostName` | string | a [`HostName`] | refused |
//! | `appNotificationId` | string | 1 to [`MAX_APP_NOTIFICATION_ID`] characters | none |
//! | `groupName` | string | at most [`MAX_GROUP_NAME`] characters | none |
//! | `priority` | string | a [`Priority`], in any ASCII case | `High` with visual content, else `None` |
//! | `expirationDateTime` | string | [`Timestamp::parse`]; later than now; cut to now + retention, with a warning | now + retention |
//! | `displayTimeToLive` | number or string | whole seconds, 0 to [`MAX_DISPLAY_TIME_TO_LIVE`]: a number in any notation ([`Number::to_integer`](crate::json::Number::to_integer)), or a string of ASCII digits alone | none |
//! | `payload` | object | has at least one of the next two | refused |
//! | `payload.rawContent` | string | not empty | none |
//! | `payload.visualContent` | object | see below | none |
//! | `….visualContent.title` | string | not empty | refused |
//! | `….visualContent.body` | string | | none |
//! | `….visualContent.link` | string | an [`HttpsUrl`] | none |
//! | `….visualContent.icon` | string | an [`HttpsUrl`] | none |
//! | `….visualContent.category` | string | 1 to [`MAX_CATEGORY`] characters | none |
//! | `….visualContent.actions` | array of objects | 1 to [`Action::MAX_COUNT`], with ids that are distinct; not declared in a fallback | none |
//! | `….actions[].id` | string | 1 to [`Action::MAX_ID`] ASCII letters, digits, `.`, `_` and `-` | refused |
//! | `….actions[].title` | string | 1 to [`Action::MAX_TITLE`] characters | refused |
//! | `….actions[].style` | string | an [`ActionStyle`], in any ASCII case | none |
//! | `….actions[].input` | object | | none |
//! | `….input.placeholder` | string | at most [`ActionInput::MAX_PLACEHOLDER`] characters | none |
//! | `….input.maxLength` | number | whole, 1 to [`ActionInput::MAX_LENGTH`], in any notation | none |
//! | `targetPolicy` | object | | all platforms |
//! | `targetPolicy.platformTypes` | array of strings | 1 to [`MAX_PLATFORM_TYPES`] names of [`Platform`]s, in any ASCII case, the same one more than once is once | all platforms |
//! | `fallbackPolicy` | object | | none |
//! | `fallbackPolicy.endpointFallback` | object | has all of the next three | none |
//! | `….endpointFallback.platformTypes` | array of strings | as above, but only `iOS`, which `targetPolicy` must have as well | refused |
//! | `….endpointFallback.fallbackDelayInSeconds` | number | whole seconds, [`MIN_FALLBACK_DELAY`] to [`MAX_FALLBACK_DELAY`] | refused |
//! | `….endpointFallback.visualContent` | object | as above | refused |
//!
//! Members whose names have `@odata.` in them are annotations and ignored, in every object. Any
//! other member is ignored with a warning, which suggests the declared name that is meant: one
//! that differs in case, `_` or `-` only, else the nearest, else one that begins or ends with it.
//!
//! A broken rule has a [`ViolationCode`](crate::violation::ViolationCode), which falls under a
//! row of the error table ([`ViolationCode::row`](crate::violation::ViolationCode::row)); inside
//! `payload.visualContent` a row of `BadRequest` is `InvalidPayload`, inside `endpointFallback` the
//! row is always `BadRequest`. All violations of a body are found, and the
//! first row of the table that any of them falls under is the answer's
//! ([`Violations::error_code`](crate::violation::Violations::error_code)).
//!
//! The canonical form of what is accepted is described at [`Notification::canonical`].

mod action;
pub(crate) mod check;
mod host_name;
mod https_url;
mod names;
mod platform;
mod priority;
mod rendering;
pub(crate) mod rules;

use std::fmt;

pub use action::{Action, ActionInput, ActionStyle};
pub use host_name::{HostName, HostNameError};
pub use https_url::{HttpsUrl, HttpsUrlError};
pub(crate) use names::{is_annotation, nearest};
pub use platform::{Platform, PlatformSet};
pub use priority::Priority;
pub use rules::{
    MAX_APP_NOTIFICATION_ID, MAX_CATEGORY, MAX_DISPLAY_TIME_TO_LIVE, MAX_FALLBACK_DELAY,
    MAX_GROUP_NAME, MAX_PLATFORM_TYPES, MIN_FALLBACK_DELAY,
};

use crate::time::{Duration, Timestamp};

/// A valid notification in canonical form, all defaults written out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Notification {
    #[cfg_attr(test, ts(flatten))]
    content: Content,
    /// When it leaves every feed: UTC, ISO 8601.
    expiration_date_time: Timestamp,
    /// How long it is worth showing: whole seconds as asked, 0 to 2592000.
    display_time_to_live: Option<u32>,
}

/// Content and audience: all of a notification that no clock has a say in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Content {
    /// The app's own id for it, 1 to 128 characters.
    app_notification_id: Option<String>,
    /// The app's cross-device domain, in lower case.
    target_host_name: HostName,
    /// The group that it is shown in, at most 128 characters.
    group_name: Option<String>,
    /// How urgent it is.
    priority: Priority,
    /// The content that is sent.
    payload: Payload,
    /// The audience.
    target_policy: TargetPolicy,
    /// The content for iOS endpoints that don't fetch the raw content in time.
    fallback_policy: Option<FallbackPolicy>,
}

/// The content that is sent: raw, visual or both.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub(crate) struct Payload {
    /// Content that only the app understands; never empty.
    raw_content: Option<String>,
    /// The content that a person reads.
    visual_content: Option<VisualContent>,
}

/// The audience of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct TargetPolicy {
    /// In canonical order, never empty.
    platform_types: PlatformSet,
}

/// The content for endpoints that don't fetch the raw content in time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct FallbackPolicy {
    /// On iOS.
    endpoint_fallback: EndpointFallback,
}

impl Notification {
    /// The app's cross-device domain, in lower case, 1 to 253 characters.
    pub const fn target_host_name(&self) -> &HostName {
        &self.content.target_host_name
    }

    /// The app's own id for it, 1 to 128 characters.
    pub fn app_notification_id(&self) -> Option<&str> {
        self.content.app_notification_id.as_deref()
    }

    /// The group that it is shown in, at most 128 characters.
    pub fn group_name(&self) -> Option<&str> {
        self.content.group_name.as_deref()
    }

    /// How urgent it is; by default `High` with visual content, else `None`.
    pub fn priority(&self) -> Priority {
        self.content.priority
    }

    /// Content that only the app understands; never empty. At least one of this and
    /// [`Notification::visual_content`] is there.
    pub fn raw_content(&self) -> Option<&str> {
        self.content.payload.raw_content.as_deref()
    }

    /// The content that a person reads.
    pub fn visual_content(&self) -> Option<&VisualContent> {
        self.content.payload.visual_content.as_ref()
    }

    /// The ways to answer it; empty: it asks nothing.
    pub fn actions(&self) -> &[Action] {
        self.visual_content().map_or(&[], VisualContent::actions)
    }

    /// Whether it can be answered.
    pub fn asks(&self) -> bool {
        !self.actions().is_empty()
    }

    /// The platforms that it is for, never empty; by default all.
    pub fn platforms(&self) -> PlatformSet {
        self.content.target_policy.platform_types
    }

    /// The content that iOS endpoints show which don't fetch the raw content in time.
    pub fn fallback(&self) -> Option<&EndpointFallback> {
        let policy = self.content.fallback_policy.as_ref();
        policy.map(|policy| &policy.endpoint_fallback)
    }

    /// When it leaves every feed: at this instant it is gone. Later than the clock it was
    /// validated with, by at most the policy's retention.
    pub fn expiration(&self) -> Timestamp {
        self.expiration_date_time
    }

    /// How long it is worth showing, in whole seconds as asked, 0 to 2 592 000.
    pub fn display_time_to_live(&self) -> Option<u32> {
        self.display_time_to_live
    }
}

/// The content that a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct VisualContent {
    /// Never empty.
    title: String,
    /// The text under the title.
    body: Option<String>,
    /// The page that a person goes to who follows the notification.
    link: Option<HttpsUrl>,
    /// A picture, shown square.
    icon: Option<HttpsUrl>,
    /// The kind of notification that it is, for people's filters: 1 to 64 characters.
    category: Option<String>,
    /// The ways to answer it, 1 to 4.
    actions: Option<Vec<Action>>,
}

impl VisualContent {
    /// The title, never empty.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The text under it.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The page that a person goes to who follows the notification.
    pub fn link(&self) -> Option<&HttpsUrl> {
        self.link.as_ref()
    }

    /// A picture, shown square.
    pub fn icon(&self) -> Option<&HttpsUrl> {
        self.icon.as_ref()
    }

    /// The kind of notification that it is, 1 to 64 characters.
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// The ways to answer it, at most [`Action::MAX_COUNT`]; none in a fallback.
    pub fn actions(&self) -> &[Action] {
        self.actions.as_deref().unwrap_or_default()
    }
}

/// The content that an iOS endpoint shows when it doesn't fetch the raw content in time: pushed to
/// Home Screen apps ([`delay`](crate::push::message::delay)).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct EndpointFallback {
    /// Always just iOS.
    platform_types: PlatformSet,
    /// How long the endpoint has to fetch the raw content, 60 to 600 seconds.
    fallback_delay_in_seconds: u32,
    /// The content that is shown then.
    #[cfg_attr(test, ts(type = "FallbackVisualContent"))]
    visual_content: VisualContent,
}

impl EndpointFallback {
    /// How long the endpoint has to fetch the raw content, 60 to 600 seconds.
    pub fn delay(&self) -> Duration {
        Duration::from_seconds(i64::from(self.fallback_delay_in_seconds))
    }

    /// The content that is shown then.
    pub fn visual_content(&self) -> &VisualContent {
        &self.visual_content
    }
}

/// A text is not what [`Notification::canonical`] writes: a fault of ours, not of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanonicalError;

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a canonical notification")
    }
}

impl std::error::Error for CanonicalError {}
