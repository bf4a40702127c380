//! The runtime's interfaces, as credentials use them: WebCrypto, fetches, the clock, random numbers,
//! with every exception caught. The platform of a feed is in [`crate::feed`].

pub mod crypto;
pub mod download;
pub mod upload;
pub mod web_push;

use std::cell::RefCell;

use notifeed::guid::Guid;
use notifeed::time::Timestamp;
use notifeed_hub::fault::Fault;
use wasm_bindgen::JsValue;

/// How many random bytes are fetched at a time.
const POOL: usize = 4096;

thread_local! {
    /// Random bytes that nobody has had yet.
    static RANDOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The clock, read at the edge and passed in from there.
#[expect(clippy::disallowed_methods, reason = "the only reading of the clock")]
pub fn now() -> Timestamp {
    instant(js_sys::Date::now())
}

/// An instant in JavaScript's milliseconds, which are whole in this runtime.
pub fn instant(millis: f64) -> Timestamp {
    Timestamp::saturating_from_unix_millis(millis as i64)
}

/// Milliseconds for JavaScript: below 2⁵³, which a double holds exactly.
pub fn millis(instant: Timestamp) -> f64 {
    instant.unix_millis() as f64
}

/// Random bytes from the runtime's generator. A crossing to it costs more than the bytes, so many
/// are fetched together; each is given once.
///
/// # Errors
/// The generator has none.
#[expect(
    clippy::disallowed_methods,
    reason = "the only source of random numbers"
)]
pub fn random_bytes() -> Result<[u8; 16], Fault> {
    RANDOM.with_borrow_mut(|pool| {
        if pool.len() < 16 {
            pool.resize(POOL, 0);
            getrandom::fill(pool).map_err(|error| {
                pool.clear();
                Fault::new("no random numbers", &error)
            })?;
        }
        let mut bytes = [0; 16];
        let rest = pool.len().saturating_sub(16);
        for (byte, random) in bytes.iter_mut().zip(pool.drain(rest..)) {
            *byte = random;
        }
        Ok(bytes)
    })
}

/// A new random GUID.
///
/// # Errors
/// There are no random numbers.
pub fn new_guid() -> Result<Guid, Fault> {
    random_bytes().map(Guid::random_v4)
}

/// The fault that an exception of JavaScript describes.
pub fn thrown(exception: JsValue) -> Fault {
    let text = String::from(js_sys::Object::from(exception).to_string());
    Fault::new("an exception", &text)
}
