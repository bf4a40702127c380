//! The edge: what happens to a request before a feed sees it, in the contract's order of precedence
//! (CONTRACT §1, "Precedence") (D19), which [`ORDER`](notifeed::http::order::ORDER) has.
//!
//! The edge is a machine without futures. JavaScript hands a request over ([`begin`]), and is told one
//! [`Step`] at a time what to do next; it does all the waiting, and comes back with
//! the number of the [`Call`]: [`proven`], [`with_body`], [`over_limit`].

mod batch;
mod call;
mod calls;
mod checks;
pub mod degraded;
mod development;
mod facts;
mod failed;
mod feed;
mod items;
mod limits;
mod marking;
mod notifications;
pub mod personal_data;
mod receipts;
mod step;
mod stream;
mod subscriptions;
mod url;

use notifeed::error::{ErrorCode, problems};
use notifeed::http::{Method, Route};
use notifeed_hub::fault::{Fault, Stop};
use worker::{Env, console_error};

use crate::credentials;
use crate::platform::{instant, now};
use call::Call;
use facts::Facts;
use step::Step;

pub use calls::release;
pub use development::issue_token;
pub use failed::{failed, failed_dependency};
pub use stream::refusal;

/// The operation that a request asks for, by its name in the contract; empty: none.
pub fn operation_of(method: &str, url: &str) -> String {
    let url = url::RequestUrl::parse(url);
    let route = url.and_then(|url| Route::parse(&url.path));
    let operation = route.and_then(|route| route.endpoint.operation(Method::parse(method)?));
    operation.map_or_else(String::new, |operation| format!("{:?}", operation.id))
}

/// The first step that answers a request. `text`: as [`Facts`] has it; `millis`: the clock.
pub fn begin(text: String, millis: f64) -> String {
    match Call::new(Facts::new(text), instant(millis)) {
        Ok(mut call) => {
            let outcome = call.go_on();
            step::write(call, outcome)
        }
        Err(fault) => {
            console_error!("a request: {fault}");
            step::failed()
        }
    }
}

/// Proves who calls: afterwards [`proven`] has the next step.
pub async fn prove(number: u32, env: Env) {
    let Some(call) = calls::take(number) else {
        return;
    };
    development::crash_in_credentials(&call);
    let Some(token) = &call.token else {
        return;
    };
    let proof = match credentials::prove(&env, &call.settings, token, call.context.now).await {
        Err(Stop::Problem(problem)) if problem.code == ErrorCode::InvalidAuthenticationToken => {
            let failed = limits::failed(&env, call.address(), now()).await;
            Err(failed.err().map_or(Stop::Problem(problem), Stop::from))
        }
        proof => proof,
    };
    let mut call = call;
    call.proof = Some(proof);
    calls::keep(number, call);
}

/// The next step, once [`prove`] has ended.
pub fn proven(number: u32) -> String {
    resume(number, |call| match call.proof.take() {
        Some(Ok(proof)) => {
            call.proof = Some(Ok(proof));
            call.go_on()
        }
        Some(Err(stop)) => Err(stop),
        None => Err(lost().into()),
    })
}

/// The next step, once the body is there; `None`: it is over the limit.
pub fn with_body(number: u32, body: Option<Vec<u8>>) -> String {
    resume(number, |call| call.carry_out(body.as_deref()))
}

/// The step for a call whose body ended before it was complete, or isn't framed as HTTP has it.
pub fn without_body(number: u32) -> String {
    resume(number, |_| Err(problems::cut_short().into()))
}

/// The step for a call that `APP_LIMIT` refuses.
pub fn over_limit(number: u32) -> String {
    resume(number, |_| Err(problems::too_many_calls().into()))
}

fn resume(number: u32, go_on: impl FnOnce(&mut Call) -> Result<Step, Stop>) -> String {
    let Some(mut call) = calls::take(number) else {
        console_error!("{}", lost());
        return step::failed();
    };
    let outcome = go_on(&mut call);
    step::write(call, outcome)
}

fn lost() -> Fault {
    Fault::new("a request", &"its call was forgotten")
}
