//! What is remembered of a connection: enough to go on after the Hub was evicted from memory.

use serde::{Deserialize, Serialize};

use crate::guid::Guid;
use crate::notification::Platform;
use crate::time::Timestamp;

/// A live connection, as its socket's attachment keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// What it receives.
    pub platform: Platform,
    /// The subscription that it named.
    pub subscription: Option<Guid>,
    /// When its token, or its hour, ends.
    pub expires: Timestamp,
    /// It is being told what it missed, and doesn't take part in the fan-out yet.
    pub replaying: bool,
}
