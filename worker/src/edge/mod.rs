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
mod notifications;
mod step;
mod stream;
mod subscriptions;
mod url;

use notifeed::error::{ErrorCode, Problem};
use notifeed::http::route::CrashSite;
use notifeed::http::{Method, Reply, Resource};
use notifeed_hub::fault::{Fault, Stop};
use notifeed_hub::wire::Command;
use worker::{Env, console_error};

use crate::credentials::{self, limits};
use crate::platform::{instant, now};
use call::Call;
use facts::Facts;
use step::Step;

pub use calls::release;
pub use development::issue_token;
pub use facts::HEADER_NAMES;
pub use failed::failed;
pub use stream::refusal;

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
    if call.resource == Some(Resource::DevelopmentPanic(CrashSite::Credentials)) {
        development::crash();
    }
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
    resume(number, |_| {
        Err(Problem::new(
            ErrorCode::BadRequest,
            "The request's body ended before it was complete. Send it again, whole.",
        )
        .into())
    })
}

/// The step for a call that `APP_LIMIT` refuses.
pub fn over_limit(number: u32) -> String {
    resume(number, |_| Err(limits::too_many_calls().into()))
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
    let development = call.settings.is_development();
    let resource = match &call.resource {
        Some(Resource::DevelopmentToken | Resource::DevelopmentCopies) if !development => None,
        Some(Resource::DevelopmentPanic(_)) if !call.settings.feed.may_panic => None,
        resource => resource.as_ref(),
    };
    let Some(resource) = resource else {
        return Err(no_such_path().into());
    };
    call.method = match Method::parse(call.facts.method()) {
        Some(Method::Options) => {
            let reply = Reply::preflight(&resource.endpoint().allow(), &call.context);
            return Ok(Step::Reply(reply));
        }
        Some(method) if resource.endpoint().allows(method) => method,
        _ => return Err(method_not_allowed(resource).into()),
    };
    match resource {
        Resource::DevelopmentToken => return call.development_token(),
        Resource::DevelopmentPanic(CrashSite::Worker) => development::crash(),
        Resource::DevelopmentPanic(CrashSite::Credentials) => return Ok(Step::Prove),
        Resource::Stream => call.upgrade()?,
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
    let Some(resource) = &call.resource else {
        return Err(no_such_path().into());
    };
    match (resource, call.method) {
        (Resource::Notifications, Method::Get) => call.list(),
        (Resource::Notifications, _) => call.post_notification(),
        (Resource::Count, _) => call.count(),
        (Resource::Delta, _) => call.delta(),
        (Resource::Endpoints, _) => call.endpoints(),
        (Resource::Notification(_), Method::Patch) => call.update_notification(),
        (Resource::Notification(id), Method::Delete) => call.delete_notification(id),
        (Resource::Notification(id), _) => call.get_notification(id),
        (Resource::Subscriptions, Method::Get) => call.subscriptions(Command::Subscriptions),
        (Resource::Subscriptions, Method::Delete) => call.subscriptions(Command::UnsubscribeAll),
        (Resource::Subscriptions, _) => call.post_subscription(),
        (Resource::Subscription(id), _) => call.subscriptions(Command::Unsubscribe(id.clone())),
        (Resource::Stream, _) => call.connect(),
        (Resource::DevelopmentCopies, _) => call.copies(),
        (Resource::DevelopmentPanic(_), _) => call.crash_in_feed(),
        (Resource::DevelopmentToken, _) => Err(no_such_path().into()),
    }
}

fn no_such_path() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is nothing at this path. Notifications are posted to '/beta/me/notifications'.",
    )
}

fn method_not_allowed(resource: &Resource) -> Problem {
    let allow = resource.endpoint().allow();
    let mut problem = Problem::new(
        ErrorCode::MethodNotAllowed,
        format!("This path doesn't have this method. It has: {allow}."),
    );
    problem.allow = Some(allow.into());
    problem
}
