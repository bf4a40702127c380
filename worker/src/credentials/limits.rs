//! The limits of the whole service, counted by the runtime's rate-limit bindings: calls of an app,
//! and tokens of an address that prove nothing. A binding that isn't there limits nothing.

use std::cell::RefCell;

use js_sys::{Object, Promise, Reflect};
use notifeed::credentials::{Caller, memory::Memory};
use notifeed::error::{ErrorCode, Problem};
use notifeed::time::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::{Env, console_warn};

use super::tokens;
use crate::fault::Fault;

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

/// 406 for an app that calls too often.
pub async fn call(env: &Env, caller: &Caller) -> Result<(), Problem> {
    let key = format!("{} {}", caller.issuer, caller.app);
    if within(env, "APP_LIMIT", &key).await {
        return Ok(());
    }
    let sentence = "The app calls too often. Wait as long as 'Retry-After' says.";
    Err(Problem::new(ErrorCode::Throttled, sentence).retry_after(PAUSE))
}

/// 406 for an address that tried too many tokens a moment ago, unless this one is known to be good:
/// several callers may share an address.
pub fn may_try(address: Option<&str>, token: Option<&str>, now: Timestamp) -> Result<(), Problem> {
    let (Some(address), Some(token)) = (address, token) else {
        return Ok(());
    };
    let paused = PAUSED.with_borrow_mut(|paused| paused.get(address, now).is_some());
    if paused && !tokens::is_known(token, now) {
        return Err(too_many_failures());
    }
    Ok(())
}

/// Counts a token that proved nothing: 406 if they are too many.
pub async fn failed(env: &Env, address: Option<String>, now: Timestamp) -> Result<(), Problem> {
    let Some(address) = address else {
        return Ok(());
    };
    if within(env, "FAILED_TOKEN_LIMIT", &address).await {
        return Ok(());
    }
    let until = now.saturating_add_millis(i64::from(PAUSE) * 1000);
    PAUSED.with_borrow_mut(|paused| paused.put(address, (), until));
    Err(too_many_failures())
}

fn too_many_failures() -> Problem {
    Problem::new(
        ErrorCode::Throttled,
        "Too many tokens from this address prove nothing. Wait as long as 'Retry-After' says, and get a new one from its issuer.",
    )
    .retry_after(PAUSE)
}

/// Counts, and says whether it was still within the limit. A limiter that fails limits nothing.
async fn within(env: &Env, binding: &str, key: &str) -> bool {
    match count(env, binding, key).await {
        Ok(within) => within,
        Err(fault) => {
            console_warn!("{binding}: {fault}");
            true
        }
    }
}

async fn count(env: &Env, binding: &str, key: &str) -> Result<bool, Fault> {
    let limiter = Reflect::get(env, &binding.into())?;
    if limiter.is_undefined() {
        return Ok(true);
    }
    let limiter: Limiter = limiter.unchecked_into();
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &key.into())?;
    let outcome = JsFuture::from(limiter.limit(&options)?).await?;
    Ok(Reflect::get(&outcome, &"success".into())?.is_truthy())
}
