//! The answer to a request that no handler answers: it crashed, so that a fresh instance writes it, or it isn't made at
//! all. Envelope, sentence and origin policy are those of every other answer.

use notifeed::error::Problem;
use notifeed::guid::Guid;
use notifeed::http::reply::common_headers;
use notifeed::http::{Reply, batch, headers};
use notifeed::policy::Policy;
use notifeed::request::origin::Readers;
use notifeed::request::{ApiVersion, Context};
use notifeed_hub::fault::Fault;
use worker::console_error;

use super::call::Call;
use super::facts::{Facts, Header};
use crate::platform::{instant, new_guid};

/// 503 as text ([`Reply::to_text`]) with all of its headers. `text`: the request as [`Facts`] has it;
/// `millis`: the clock; `fault`: the reason, for the log only.
pub fn failed(text: String, millis: f64, fault: &str) -> String {
    let context = context_of(text, millis);
    console_error!("request {} failed: {fault}", context.request_id);
    answer(&Fault::problem(), &context)
}

/// 424 as text, likewise: a request of a batch that depends on one which has failed.
pub fn failed_dependency(text: String, millis: f64) -> String {
    answer(&batch::failed_dependency(), &context_of(text, millis))
}

fn context_of(text: String, millis: f64) -> Context {
    let now = instant(millis);
    let facts = Facts::new(text);
    let sent = facts.header(Header::ClientRequestId);
    let client_request_id = headers::client_request_id(sent).map(str::to_owned);
    match Call::new(facts, now) {
        Ok(call) => call.context,
        // If the settings can't be read, the origin policy is unknown, and no page of another origin may read the
        // answer.
        Err(_) => Context {
            now,
            request_id: new_guid().unwrap_or(Guid::from_bytes([0; 16])),
            client_request_id,
            origin: String::new(),
            version: ApiVersion::Beta,
            readers: Readers::None,
        },
    }
}

fn answer(problem: &Problem, context: &Context) -> String {
    let mut reply = Reply::problem(problem, context, &Policy::DEFAULT);
    reply.headers.extend(common_headers(context));
    reply.to_text()
}
