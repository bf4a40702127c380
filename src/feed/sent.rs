//! The limits of the sender's view of a feed: how long an ended item is readable, and how many calls may wait at a time
//! (CONTRACT §5.1).

use crate::time::Duration;

/// How long an item that has ended can be read by the app that sent it: 7 days.
pub const RETENTION: Duration = Duration::from_days(7);

/// How many calls of an app wait for news of a feed at a time.
pub const MAX_WAITING: usize = 32;

/// How many rows a page of the sender's delta looks at, whichever app sent them.
pub const MAX_ROWS_OF_PAGE: usize = 1000;
