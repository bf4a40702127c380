//! The limits of the whole service, counted by the runtime's rate-limit bindings: calls of an app
//! (`APP_LIMIT`, which worker/runtime/entry.mjs asks), and tokens of an address that prove nothing
//! (`FAILED_TOKEN_LIMIT`). A binding that isn't there limits nothing.

use std::cell::RefCell;

use js_sys::Reflect;
use notifeed::credentials::{Caller, memory::Memory};
use notifeed::error::Problem;
use notifeed::error::problems::{PAUSE, too_many_failures};
use notifeed::time::Timestamp;
use notifeed::uri::percent_encode;
use notifeed_hub::fault::Fault;
use wasm_bindgen::JsCast;
use worker::{Env, RateLimiter, console_warn};

use crate::credentials::{self, Token};
use crate::platform::thrown;

/// Half of how many such addresses are remembered.
const GENERATION: usize = 500;

thread_local! {
    static PAUSED: RefCell<Memory<String, ()>> = RefCell::new(Memory::new(GENERATION));
}

/// The key by which a caller's calls are counted, as a line.
pub fn key(caller: &Caller) -> String {
    let (issuer, app) = (percent_encode(&caller.issuer), percent_encode(&caller.app));
    format!("{issuer} {app}")
}

/// 406 for an address that tried too many tokens a moment ago, unless this one is known to be good:
/// several callers may share an address.
pub fn may_try(address: Option<&str>, token: &Token, now: Timestamp) -> Result<(), Problem> {
    let Some(address) = address else {
        return Ok(());
    };
    let paused = PAUSED.with_borrow_mut(|paused| paused.get(address, now).is_some());
    if paused && !credentials::is_known(token, now) {
        return Err(too_many_failures());
    }
    Ok(())
}

/// Counts a token that proved nothing: 406 if they are too many.
pub async fn failed(env: &Env, address: Option<&str>, now: Timestamp) -> Result<(), Problem> {
    let Some(address) = address else {
        return Ok(());
    };
    let within = count(env, address).await.unwrap_or_else(|fault| {
        console_warn!("FAILED_TOKEN_LIMIT: {fault}");
        true
    });
    if within {
        return Ok(());
    }
    let until = now.saturating_add(PAUSE);
    PAUSED.with_borrow_mut(|paused| paused.put(address.to_owned(), (), until));
    Err(too_many_failures())
}

/// Counts, and says whether it was still within the limit.
async fn count(env: &Env, key: &str) -> Result<bool, Fault> {
    let limiter = Reflect::get(env, &"FAILED_TOKEN_LIMIT".into()).map_err(thrown)?;
    if limiter.is_undefined() {
        return Ok(true);
    }
    // Not by `Env::rate_limiter`, which refuses a limiter that isn't Cloudflare's own.
    let limiter: RateLimiter = limiter.unchecked_into();
    let outcome = limiter.limit(key.to_owned()).await;
    outcome
        .map(|outcome| outcome.success)
        .map_err(|error| Fault::new("a limiter", &error))
}
