//! The answer to a request whose handler failed, as after a crash: made by the fresh instance, so that
//! envelope, sentence and origin policy are those of every other answer.

use notifeed::guid::Guid;
use notifeed::http::reply::common_headers;
use notifeed::http::{Reply, headers};
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
    let now = instant(millis);
    let facts = Facts::new(text);
    let sent = facts.header(Header::ClientRequestId);
    let client_request_id = headers::client_request_id(sent).map(str::to_owned);
    let context = match Call::new(facts, now) {
        Ok(call) => call.context,
        // Settings that can't be read name no page that may read the answer.
        Err(_) => Context {
            now,
            request_id: new_guid().unwrap_or(Guid::from_bytes([0; 16])),
            client_request_id,
            origin: String::new(),
            version: ApiVersion::Beta,
            readers: Readers::None,
        },
    };
    console_error!("request {} failed: {fault}", context.request_id);
    let mut reply = Reply::problem(&Fault::problem(), &context, &Policy::DEFAULT);
    reply.headers.extend(common_headers(&context));
    reply.to_text()
}
