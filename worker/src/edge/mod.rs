//! The edge: what happens to a request before a feed sees it, in the contract's order of precedence
//! (CONTRACT §1, "Precedence") (D19): path, method, token, blocked list, headers, subscription id, body.
//!
//! It is a machine without futures. JavaScript hands a request over ([`begin`]), and is told one
//! [`Step`] at a time what to do next; what has to be waited for, it waits for, and comes back with
//! the number of the [`Call`]: [`proven`], [`with_body`], [`over_limit`].

mod call;
mod calls;
mod development;
mod facts;
mod failed;
mod feed;
mod items;
mod limits;
mod marking;
mod notifications;
mod step;
mod stream;
mod subscriptions;
mod url;

use notifeed::error::{ErrorCode, problems};
use notifeed::feed::mark_all::Marking;
use notifeed::http::{Method, OperationId, Reply, Route};
use notifeed_hub::fault::{Fault, Stop};
use notifeed_hub::wire::Command;
use worker::{Env, console_error};

use crate::credentials;
use crate::platform::{instant, now};
use call::Call;
use facts::Facts;
use step::Step;

pub use calls::release;
pub use development::issue_token;
pub use failed::failed;
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
            let outcome = start(&mut call);
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
            go_on(call)
        }
        Some(Err(stop)) => Err(stop),
        None => Err(lost().into()),
    })
}

/// The next step, once the body is there; `None`: it is over the limit.
pub fn with_body(number: u32, body: Option<Vec<u8>>) -> String {
    resume(number, |call| call.with_body(body.as_deref()))
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

/// Up to the proof of who calls.
fn start(call: &mut Call) -> Result<Step, Stop> {
    let endpoint = call.endpoint.ok_or_else(problems::no_such_path)?;
    let Some(operation) = call.operation else {
        let allow = endpoint.allow();
        if Method::parse(call.facts.method()) == Some(Method::Options) {
            return Ok(Step::Reply(Reply::preflight(&allow, &call.context)));
        }
        return Err(problems::method_not_allowed(allow).into());
    };
    match operation.id {
        OperationId::IssueDevelopmentToken => return call.development_token(),
        OperationId::ReadMetadata => return Ok(Step::Reply(Reply::metadata())),
        OperationId::Crash if development::crashes_in_credentials(call)? => return Ok(Step::Prove),
        OperationId::Connect => call.upgrade()?,
        _ => {}
    }
    if !call.is_proven()? {
        return Ok(Step::Prove);
    }
    go_on(call)
}

/// From the proof of who calls on.
fn go_on(call: &mut Call) -> Result<Step, Stop> {
    call.counted = true;
    let operation = call.operation.ok_or_else(problems::no_such_path)?;
    match operation.id {
        OperationId::PostNotification => call.post_notification(),
        OperationId::ListNotifications => call.list(),
        OperationId::CountNotifications => call.count(),
        OperationId::ReadChanges => call.delta(),
        OperationId::ListEndpoints => call.endpoints(),
        OperationId::MarkAllRead => call.post_marking(Marking::Read),
        OperationId::MarkAllSeen => call.post_marking(Marking::Seen),
        OperationId::GetNotification => call.get_notification(),
        OperationId::UpdateNotification => call.update_notification(),
        OperationId::DeleteNotification => call.delete_notification(),
        OperationId::Subscribe => call.post_subscription(),
        OperationId::ListSubscriptions => call.subscriptions(Command::Subscriptions),
        OperationId::EndSubscriptions => call.subscriptions(Command::UnsubscribeAll),
        OperationId::EndSubscription => call.subscriptions(Command::Unsubscribe(call.id.clone())),
        OperationId::ReadApplicationServerKey => call.application_server_key(),
        OperationId::Connect => call.connect(),
        OperationId::ListCopies => call.copies(),
        OperationId::Crash => call.crash_in_feed(),
        OperationId::ReadMetadata | OperationId::IssueDevelopmentToken => {
            Err(problems::no_such_path().into())
        }
    }
}
