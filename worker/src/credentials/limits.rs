//! The limits of the whole service, counted by the runtime's rate-limit bindings: calls of an app
//! (`APP_LIMIT`, which worker/runtime/entry.mjs asks), and tokens of an address that prove nothing
//! (`FAILED_TOKEN_LIMIT`). A binding that isn't there limits nothing.

use std::cell::RefCell;

use js_sys::{Object, Promise, Reflect};
use notifeed::credentials::{Caller, memory::Memory};
use notifeed::error::{ErrorCode, Problem};
use notifeed::http::route::percent_encode;
use notifeed::time::Timestamp;
use notifeed_hub::fault::Fault;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::{Env, console_warn};

use super::Token;
use crate::platform::thrown;

/// How long an address waits that tried too many tokens, in seconds.
const PAUSE: u32 = 10;

/// Half of how many such addresses are remembered.
const GENERATION: usize = 500;

thread_local! {
    static PAUSED: RefCell<Memory<String, ()>> = RefCell::new(Memory::new(GENERATION));
}

#[wasm_bindgen]
extern "C" {
    type Limiter;

    #[wasm_bindgen(method, catch)]
    fn limit(this: &Limiter, options: &Object) -> Result<Promise, JsValue>;
}

/// What a caller's calls are counted by: one line.
pub fn key(caller: &Caller) -> String {
    let (issuer, app) = (percent_encode(&caller.issuer), percent_encode(&caller.app));
    format!("{issuer} {app}")
}

/// 406: the app calls too often.
pub fn too_many_calls() -> Problem {
    let sentence = "The app calls too often. Wait as long as 'Retry-After' says.";
    Problem::new(ErrorCode::Throttled, sentence).retry_after(PAUSE)
}

/// 406 for an address that tried too many tokens a moment ago, unless this one is known to be good:
/// several callers may share an address.
pub fn may_try(address: Option<&str>, token: &Token, now: Timestamp) -> Result<(), Problem> {
    let Some(address) = address else {
        return Ok(());
    };
    let paused = PAUSED.with_borrow_mut(|paused| paused.get(address, now).is_some());
    if paused && !super::is_known(token, now) {
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
    let until = now.saturating_add_millis(i64::from(PAUSE) * 1000);
    PAUSED.with_borrow_mut(|paused| paused.put(address.to_owned(), (), until));
    Err(too_many_failures())
}

fn too_many_failures() -> Problem {
    Problem::new(
        ErrorCode::Throttled,
        "Too many tokens from this address prove nothing. Wait as long as 'Retry-After' says, and get a new one from its issuer.",
    )
    .retry_after(PAUSE)
}

/// Counts, and says whether it was still within the limit.
async fn count(env: &Env, key: &str) -> Result<bool, Fault> {
    ask(env, key).await.map_err(thrown)
}

async fn ask(env: &Env, key: &str) -> Result<bool, JsValue> {
    let limiter = Reflect::get(env, &"FAILED_TOKEN_LIMIT".into())?;
    if limiter.is_undefined() {
        return Ok(true);
    }
    let limiter: Limiter = limiter.unchecked_into();
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &key.into())?;
    let outcome = JsFuture::from(limiter.limit(&options)?).await?;
    Ok(Reflect::get(&outcome, &"success".into())?.is_truthy())
}
