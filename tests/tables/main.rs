//! The tables of the contract and the documents, held row by row: a value here is copied from
//! them, never from the code.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod credentials;
mod errors;
mod issuers;
mod limits;
mod live;
mod notifications;
mod paths;
mod rates;
mod reading;
mod replies;
mod requests;
mod subscriptions;
mod values;

use notifeed::guid::Guid;
use notifeed::notification::Notification;
use notifeed::policy::Policy;
use notifeed::request::origin::Readers;
use notifeed::request::{ApiVersion, Context};
use notifeed::time::Timestamp;
use notifeed::verdict::validate;

/// 2019-10-21T22:05:36.25Z, when the page's example was answered (CONTRACT §1).
const NOW: i64 = 1_571_695_536_250;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_unix_millis(millis).unwrap()
}

/// The request of the page's example.
fn context() -> Context {
    Context {
        now: at(NOW),
        request_id: Guid::parse("119081f2-f19d-4fa8-817c-7e01092c0f7d").unwrap(),
        client_request_id: Some(String::from("mine")),
        origin: String::from("https://graph.microsoft.com"),
        version: ApiVersion::Beta,
        readers: Readers::All,
    }
}

fn notification(body: &str) -> Notification {
    let verdict = validate(body.as_bytes(), at(NOW), &Policy::DEFAULT);
    verdict.outcome.unwrap().into_notification()
}
