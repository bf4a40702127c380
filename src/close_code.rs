//! The close codes of a live connection (CONTRACT §4; RFC 6455 §7.4): those that the service sends by itself.

/// The close code where the connection breaks with the service's restart, in the middle of a replay too.
pub const CLOSE_RESTARTED: u16 = 1012;

/// The close code where the service can't answer now.
pub const CLOSE_TRY_LATER: u16 = 1013;

/// The close code where the service doesn't understand the client.
pub const CLOSE_MALFORMED: u16 = 4400;

/// The close code where the token has expired, or is invalid.
pub const CLOSE_TOKEN_REFUSED: u16 = 4401;

/// The close code where access was taken back, or the subscription has ended.
pub const CLOSE_DENIED: u16 = 4403;

/// The close code where a replay was cut, or the client fell silent.
pub const CLOSE_TOO_SLOW: u16 = 4408;

/// The close code where the client sends too much, or the service has too much to do.
pub const CLOSE_BUSY: u16 = 4429;

/// Every close code.
pub const ALL: [u16; 7] = [
    CLOSE_RESTARTED,
    CLOSE_TRY_LATER,
    CLOSE_MALFORMED,
    CLOSE_TOKEN_REFUSED,
    CLOSE_DENIED,
    CLOSE_TOO_SLOW,
    CLOSE_BUSY,
];
