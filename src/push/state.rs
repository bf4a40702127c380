//! The state of pushing to a subscription, as its device is told of it (CONTRACT §5.7).

use crate::feed::Seq;
use crate::time::Timestamp;

/// How pushing to a subscription goes (CONTRACT §5.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushState {
    /// Whether it is pushed to now.
    pub channel: ChannelState,
    /// When a push service took one last.
    pub last: Option<Timestamp>,
    /// Why the last one failed, if it did.
    pub error: Option<String>,
    /// How far its device and its push service have come.
    pub reached: Reached,
}

/// How far an endpoint that is pushed to has come: numbers of contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The device has everything up to this one.
    pub delivered: Seq,
    /// The newest that the push service took.
    pub taken: Seq,
    /// The one that it refused last.
    pub refused: Seq,
}

/// Whether a subscription is pushed to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    /// The subscription is active.
    Active,
    /// Not for a while, since its push service didn't take the last one.
    Paused,
    /// Not any more: its push service doesn't know it any longer.
    Gone,
}

impl ChannelState {
    /// As it is told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Gone => "gone",
        }
    }
}
