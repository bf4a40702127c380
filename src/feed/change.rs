//! The change that an endpoint must receive for an entry: the one rule behind resume, delta and fan-out.
//!
//! The change feed is state-based: an endpoint catches up by reading the entries that changed after
//! its position, in the order of their change, and being told of each what [`change_since`] says. A
//! change that has just happened is told by the same rule, to endpoints that know all before it.

use crate::feed::cursor::Known;
use crate::feed::entry::{DeletedBy, Entry};
use crate::notification::Platform;
use crate::time::Timestamp;

/// Why an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RemovalReason {
    /// The item was deleted, or its replacement has expired.
    Deleted,
    /// The replacement isn't for this platform.
    Retargeted,
    /// The app that sent it took it back.
    Retracted,
}

impl RemovalReason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Deleted, Self::Retargeted, Self::Retracted];

    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Retargeted => "retargeted",
            Self::Retracted => "retracted",
        }
    }
}

/// The news of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The whole item: it is new to this endpoint, or its content is.
    Content,
    /// Only its states.
    State,
    /// The item is gone.
    Removed(RemovalReason),
}

/// The change of `entry` that an endpoint of `platform` must receive at `now`, if it has the part `known` of the feed;
/// `None`: nothing. An endpoint that knows nothing needs no removals. Without a platform every item counts, as in
/// delta.
pub fn change_since(
    entry: &Entry,
    known: Known,
    platform: Option<Platform>,
    now: Timestamp,
) -> Option<Change> {
    let (position, content) = known.of(entry.ordinal);
    if entry.seq <= position {
        return None;
    }
    let new_content = entry.content_seq > content;
    let aims = platform.is_none_or(|platform| entry.platforms.contains(platform));
    let reached = platform.is_none_or(|platform| entry.reached.contains(platform));
    if entry.is_live(now) && aims {
        return Some(if new_content {
            Change::Content
        } else {
            Change::State
        });
    }
    if known == Known::NOTHING || !reached {
        return None;
    }
    match entry.deleted {
        Some(DeletedBy::Receiver) => return Some(Change::Removed(RemovalReason::Deleted)),
        Some(DeletedBy::Sender) => return Some(Change::Removed(RemovalReason::Retracted)),
        None => {}
    }
    // An endpoint knows by itself when an item that it has expires. An endpoint can't know when a replacement that it
    // never saw expires, and still shows the revision before.
    let may_show_earlier_revision = new_content && entry.revision > 1;
    may_show_earlier_revision.then_some(Change::Removed(if aims {
        RemovalReason::Deleted
    } else {
        RemovalReason::Retargeted
    }))
}
