//! Push: how a notification reaches an endpoint that has no open connection (CONTRACT §5.7). The rules
//! only; a Worker encrypts by its runtime's WebCrypto and sends, a feed decides when.
//!
//! [`channel`] is where pushes of a subscription go, [`hosts`] which services may get any, [`opening`]
//! what a click leads to; [`receipt`] lets a device say what became of a push; `point` checks a browser's key. [`message`] is what is pushed, [`record`] how it
//! is encrypted, [`vapid`] who sends it, [`outcome`] what the service's answer means, [`mod@delivery`] what became of it, [`state`] how pushing to a subscription goes, and [`schedule`]
//! when the next attempt is made.

pub mod channel;
pub mod delivery;
pub mod hosts;
pub mod message;
pub mod opening;
pub mod outcome;
mod point;
pub mod receipt;
pub mod record;
pub mod schedule;
pub mod state;
pub mod vapid;

pub use channel::Channel;
pub use delivery::delivery;
pub use hosts::PushHosts;
pub use message::Message;
pub use outcome::Outcome;
pub use receipt::Receipt;
pub use state::{ChannelState, PushState, Reached};
