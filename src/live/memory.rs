//! The limits of the memory that the unacknowledged frames of all clients take (docs/limits.md, "Memory"; ARCHITECTURE
//! "Memory of sockets"): an instance of the server has 128 MB for all its Hubs.

use super::window::WINDOW;
use crate::time::Duration;

/// How many bytes of frames may be under way to all clients of a feed.
pub const MAX_OF_FEED: usize = 16 * 1024 * 1024;

/// How many bytes of frames may be under way to all clients of all feeds of an instance.
pub const MAX_OF_INSTANCE: usize = 48 * 1024 * 1024;

/// How many bytes a feed may have at least, however many the others have.
pub const MIN_OF_FEED: usize = WINDOW;

/// How many feeds an instance has in memory at most.
pub const MAX_FEEDS: usize = 1024;

/// How long bytes are under way until they count as stalled: while half of a feed's bytes are, no connection is opened.
pub const STALLED: Duration = Duration::from_seconds(10);

/// How long connections that are closing may hold half of a feed's bytes before the Hub ends itself.
pub const CLOSING: Duration = Duration::from_seconds(30);

/// How long the holder of connections that were cut off may not return.
pub const BAN: Duration = Duration::from_minutes(1);
