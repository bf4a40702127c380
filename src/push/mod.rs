//! Push: how a notification reaches an endpoint that has no open connection (CONTRACT §5.7). The rules
//! only; a Worker encrypts by its runtime's WebCrypto and sends, a feed decides when.
//!
//! [`channel`] is where pushes of a subscription go, [`hosts`] which services may get any, [`opening`]
//! what a click leads to; `point` checks a browser's key.

pub mod channel;
pub mod hosts;
pub mod opening;
mod point;

pub use channel::Channel;
pub use hosts::PushHosts;
