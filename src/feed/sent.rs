//! The sender's half of a feed: how long it is there, and how often it is waited for (CONTRACT §5.1).

/// How long an item that has ended can be read by the app that sent it, in milliseconds: 7 days.
pub const RETENTION: i64 = 7 * 24 * 60 * 60 * 1000;

/// How many calls of an app wait for news of a feed at a time.
pub const MAX_WAITING: usize = 32;
