//! The documents that are the authority, as pages of `cargo doc`. Links to types lead to the types;
//! links to files are relative to `docs/` in the repository.
//!
//! The module exists only while documentation is made, so nothing that is built grows by it.

#[doc = include_str!("../docs/contract.md")]
pub mod contract {}

/// [append]: crate::feed::append::append
/// [change_since]: crate::feed::change::change_since
/// [ClientFrame]: crate::live::client::ClientFrame
/// [Cursor]: crate::feed::Cursor
/// [Epoch]: crate::feed::Epoch
/// [hub_name]: crate::feed::hub_name
/// [Policy]: crate::policy::Policy
/// [Resume]: crate::feed::Resume
/// [Route]: crate::http::Route
/// [Seq]: crate::feed::Seq
/// [SubscriptionId]: crate::credentials::subscription_id::SubscriptionId
/// [validate]: crate::verdict::validate
/// [Window]: crate::live::window::Window
///
#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}

/// [Accepted]: crate::verdict::Accepted
/// [App]: crate::credentials::App
/// [Appended]: crate::feed::Appended
/// [change_since]: crate::feed::change::change_since
/// [ClientFrame]: crate::live::client::ClientFrame
/// [Close]: crate::live::close::Close
/// [copy]: crate::feed::copy
/// [Cursor]: crate::feed::Cursor
/// [Debt]: crate::live::endpoint::Debt
/// [DeltaToken]: crate::feed::page::DeltaToken
/// [Endpoint]: crate::live::endpoint::Endpoint
/// [Entry]: crate::feed::Entry
/// [Epoch]: crate::feed::Epoch
/// [feed]: crate::feed
/// [FeedNotification]: crate::feed::view::FeedNotification
/// [frame]: crate::live::frame
/// [Head]: crate::feed::append::Head
/// [HostName]: crate::notification::HostName
/// [Issuer]: crate::credentials::Issuer
/// [ListToken]: crate::feed::page::ListToken
/// [Notification]: crate::notification::Notification
/// [Platform]: crate::notification::Platform
/// [PlatformSet]: crate::notification::PlatformSet
/// [Policy]: crate::policy::Policy
/// [Principal]: crate::credentials::Principal
/// [Problem]: crate::error::Problem
/// [Resume]: crate::feed::Resume
/// [Sender]: crate::feed::entry::Sender
/// [Seq]: crate::feed::Seq
/// [subscription]: crate::subscription
/// [SubscriptionId]: crate::credentials::subscription_id::SubscriptionId
/// [User]: crate::credentials::User
/// [Verdict]: crate::verdict::Verdict
/// [Violation]: crate::violation::Violation
/// [Warning]: crate::violation::Warning
/// [Window]: crate::live::window::Window
///
#[doc = include_str!("../docs/glossary.md")]
pub mod glossary {}
