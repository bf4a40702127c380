//! The runtime's interfaces, as this Worker uses them: few crossings, every exception caught.
//!
//! What the `worker` crate has is used from there. These are bindings to what it lacks
//! (`transactionSync`, `setAlarm` by absolute time, WebCrypto), or to what it wraps in a way that
//! costs on the hot path or can't catch an exception (SQL rows, `send`, a stub's `fetch`).

pub mod crypto;
pub mod http;
pub mod sockets;
pub mod storage;
pub mod stub;

use notifeed::guid::Guid;
use notifeed::time::Timestamp;

use crate::fault::Fault;

/// The clock, read at the edge and passed in from there.
pub fn now() -> Timestamp {
    // The runtime's clock is whole milliseconds.
    #[allow(clippy::cast_possible_truncation)]
    let millis = js_sys::Date::now() as i64;
    Timestamp::saturating_from_unix_millis(millis)
}

/// Random bytes from the runtime's generator.
pub fn random_bytes() -> Result<[u8; 16], Fault> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Fault::new("no random numbers", &error))?;
    Ok(bytes)
}

/// A new random GUID.
pub fn new_guid() -> Result<Guid, Fault> {
    random_bytes().map(Guid::random_v4)
}
