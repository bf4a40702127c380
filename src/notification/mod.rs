//! The notification (CONTRACT §1): the resource that apps send and feeds hold. Only the contract
//! makes one, so whoever holds a [`Notification`] holds a valid one.

pub(crate) mod check;
mod host_name;
mod names;
mod platform;
mod priority;
mod rendering;
pub(crate) mod rules;

use std::fmt;

pub use host_name::{HostName, HostNameError};
pub use platform::{Platform, PlatformSet};
pub use priority::Priority;
pub use rules::{
    MAX_APP_NOTIFICATION_ID, MAX_DISPLAY_TIME_TO_LIVE, MAX_FALLBACK_DELAY, MAX_GROUP_NAME,
    MAX_PLATFORM_TYPES, MIN_FALLBACK_DELAY,
};

use crate::time::Timestamp;

/// A validated notification in canonical form, all defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    target_host_name: HostName,
    app_notification_id: Option<String>,
    group_name: Option<String>,
    priority: Priority,
    raw_content: Option<String>,
    visual_content: Option<VisualContent>,
    platforms: PlatformSet,
    fallback: Option<EndpointFallback>,
    expiration: Timestamp,
    display_time_to_live: Option<u32>,
}

impl Notification {
    /// The app's cross-device domain, in lower case, 1 to 253 characters.
    pub fn target_host_name(&self) -> &str {
        self.target_host_name.as_str()
    }

    /// The app's own id for it, 1 to 128 characters.
    pub fn app_notification_id(&self) -> Option<&str> {
        self.app_notification_id.as_deref()
    }

    /// The group that it is shown in, at most 128 characters.
    pub fn group_name(&self) -> Option<&str> {
        self.group_name.as_deref()
    }

    /// How urgent it is; by default `High` with visual content, else `None`.
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// What only the app understands; never empty. At least one of this and
    /// [`Notification::visual_content`] is there.
    pub fn raw_content(&self) -> Option<&str> {
        self.raw_content.as_deref()
    }

    /// What a person reads.
    pub fn visual_content(&self) -> Option<&VisualContent> {
        self.visual_content.as_ref()
    }

    /// The platforms that it is for, never empty; by default all.
    pub fn platforms(&self) -> PlatformSet {
        self.platforms
    }

    /// What iOS endpoints show that don't fetch the raw content in time.
    pub fn fallback(&self) -> Option<&EndpointFallback> {
        self.fallback.as_ref()
    }

    /// When it leaves every feed: at this instant it is gone. Later than the clock it was
    /// validated with, by at most the policy's retention.
    pub fn expiration(&self) -> Timestamp {
        self.expiration
    }

    /// How long it is worth showing, in whole seconds as asked, 0 to 2 592 000.
    pub fn display_time_to_live(&self) -> Option<u32> {
        self.display_time_to_live
    }
}

/// `visualContent`: what a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisualContent {
    title: String,
    body: Option<String>,
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
}

/// `fallbackPolicy.endpointFallback`: what an iOS endpoint shows when it doesn't fetch the raw
/// content. Checked and stored; acting on it comes with push delivery. Its `platformTypes` is
/// always just iOS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointFallback {
    delay_seconds: u32,
    visual_content: VisualContent,
}

impl EndpointFallback {
    /// How long the endpoint has to fetch the raw content, 60 to 600 seconds.
    pub fn delay_seconds(&self) -> u32 {
        self.delay_seconds
    }

    /// What is shown then.
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
