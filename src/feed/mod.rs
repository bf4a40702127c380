//! The rules of a feed (CONTRACT §2; ARCHITECTURE "Sequence, resume, delta"): one user's notifications of
//! one host, in the order in which they changed.
//!
//! [`entry::Entry`] is a row of the index. [`append::append`] decides what a post does to it;
//! [`room`] says how much a feed holds, and [`copy`] when its copy in KV and its rows go;
//! [`change::change_since`] is the whole of resume, delta and fan-out: what one endpoint must be
//! told of one entry, given where it left off. [`cursor`] is that "where". [`update`] is what a user
//! does to an item, [`mark_all`] to all of them; [`query`] and [`page`] are how a feed is read, [`degraded`] how its copy is; [`view`] renders.
//! Whoever has a store keeps the rows; nothing here does.

pub mod answer;
pub mod append;
pub mod change;
pub mod copy;
pub mod cursor;
pub mod degraded;
pub mod delivery;
pub mod entry;
pub mod mark_all;
pub mod page;
pub mod query;
pub mod room;
pub mod sent;
pub mod update;
pub mod view;

pub use append::{Appended, append};
pub use change::{Change, RemovalReason, change_since};
pub use cursor::{Cursor, Epoch, Known, Newest, Resume};
pub use delivery::Delivery;
pub use entry::{DeletedBy, End, Entry, NotificationStatus, ReadState, Seq, UserActionState};

use crate::credentials::User;
use crate::digest::Digest;
use crate::notification::HostName;

/// The name of a user's Hub: one for each (issuer, tenant, subject, host), and it tells nothing
/// about them.
pub fn hub_name(user: &User, host: &HostName) -> Digest {
    hub_name_of(&user.issuer, &user.tenant, &user.subject, host.as_str())
}

/// The same, of a user of whom only that is known.
pub fn hub_name_of(issuer: &str, tenant: &str, subject: &str, host: &str) -> Digest {
    Digest::of(&[issuer, tenant, subject, host])
}

/// The name by which a client knows a feed: the same for all connections of one (issuer, tenant, subject, host),
/// whatever happens to the feed. `hub` is the id of the Hub, which the runtime makes of [`hub_name`] and
/// the secret key of its namespace: users' names can't be tried until one fits the digest. And it leads
/// nowhere: a subscription id needs the Hub's id and a signature.
pub fn feed_digest(hub: &str) -> Digest {
    Digest::of(&["feed", hub])
}
