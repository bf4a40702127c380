//! What an endpoint must be told of an entry: the whole of resume, delta and fan-out.
//!
//! The change feed is state-based: an endpoint that is at `since` catches up by reading the entries
//! with a larger `seq`, in its order, and being told of each what [`change_since`] says. A change
//! that has just happened is told by the same rule, with `since` the number before it.

use crate::feed::entry::{Entry, Seq};
use crate::notification::Platform;
use crate::time::Timestamp;

/// Why an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalReason {
    /// It was deleted, or what replaced it has expired.
    Deleted,
    /// What replaced it isn't for this platform.
    Retargeted,
}

impl RemovalReason {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Retargeted => "retargeted",
        }
    }
}

/// What to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The whole item: it is new to this endpoint, or its content is.
    Content,
    /// Only its states.
    State,
    /// It is gone.
    Removed(RemovalReason),
}

/// What an endpoint of `platform` that knows the feed up to `since` must be told of `entry` at
/// `now`; `None`: nothing. Without a `since` it knows nothing, so there is nothing to take back.
/// Without a platform every item counts, as in delta.
pub fn change_since(
    entry: &Entry,
    since: Option<Seq>,
    platform: Option<Platform>,
    now: Timestamp,
) -> Option<Change> {
    let known = since.unwrap_or(Seq::ZERO);
    if entry.seq <= known {
        return None;
    }
    let new_content = entry.content_seq > known;
    let aims = platform.is_none_or(|platform| entry.platforms.contains(platform));
    let reached = platform.is_none_or(|platform| entry.reached.contains(platform));
    if entry.is_live(now) && aims {
        return Some(if new_content {
            Change::Content
        } else {
            Change::State
        });
    }
    since?;
    if entry.deleted {
        return reached.then_some(Change::Removed(RemovalReason::Deleted));
    }
    // An endpoint knows by itself when an item that it has expires. It can't know that of a
    // replacement that it never saw: it still shows the revision before.
    let shows_earlier_revision = new_content && entry.revision > 1 && reached;
    if !shows_earlier_revision {
        return None;
    }
    Some(Change::Removed(if aims {
        RemovalReason::Deleted
    } else {
        RemovalReason::Retargeted
    }))
}
