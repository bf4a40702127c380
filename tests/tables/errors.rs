//! CONTRACT §1, "Errors", and §4's refusals: the whole table.

use notifeed::error::{ErrorCode, Problem, problems};
use notifeed::http::Reply;
use notifeed::http::reply::common_headers;
use notifeed::live::close::refusal_reason;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::request::Context;
use notifeed::time::Duration;
use serde_json::{Value, json};

use super::context;

/// A problem as it travels to a Hub: the sentences of the contract's own stand in it.
fn problem(value: Value) -> Problem {
    serde_json::from_value(value).unwrap()
}

/// A header that only some rows have.
type Extra = Option<(&'static str, &'static str)>;

/// `error.code`, status, the code of the close frame where no status can be seen, and what the
/// answer carries beside the headers of every answer.
const TABLE: [(&str, u16, u16, Extra); 23] = [
    ("MultipleNotificationsNotSupported", 400, 4400, None),
    ("BadRequest", 400, 4400, None),
    ("UnsupportedHeader", 400, 4400, None),
    ("UnknownFrame", 400, 4400, None),
    ("InvalidPayload", 400, 4400, None),
    ("InvalidActivityDataType", 401, 4400, None),
    ("CallerBlocked", 403, 4403, None),
    ("NotAuthorizedForUser", 403, 4403, None),
    ("MethodNotAllowed", 405, 4400, None),
    ("Throttled", 406, 4429, None),
    ("ServerBusy", 406, 4429, None),
    ("UnsupportedMediaType", 415, 4400, None),
    (
        "InvalidAuthenticationToken",
        401,
        4401,
        Some(("WWW-Authenticate", "Bearer realm=\"notifeed\"")),
    ),
    ("ItemNotFound", 404, 4403, None),
    ("SyncStateNotFound", 410, 4400, None),
    ("PreconditionFailed", 412, 4400, None),
    ("ItemChanged", 409, 4400, None),
    ("ContentChanged", 409, 4400, None),
    ("AlreadyAnswered", 409, 4400, None),
    ("FailedDependency", 424, 4400, None),
    ("RequestBodyTooLarge", 413, 4400, None),
    ("UpgradeRequired", 426, 4400, Some(("Upgrade", "websocket"))),
    ("ServiceUnavailable", 503, 1013, None),
];

/// The headers of every error.
const EVERY: [(&str, &str); 7] = [
    ("request-id", "119081f2-f19d-4fa8-817c-7e01092c0f7d"),
    ("client-request-id", "mine"),
    ("Cache-Control", "private"),
    ("X-Content-Type-Options", "nosniff"),
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After",
    ),
    ("Content-Type", "application/json"),
];

/// All headers of an answer, those that every answer carries first.
fn headers(reply: &Reply, context: &Context) -> Vec<(&'static str, String)> {
    let headers = common_headers(context).into_iter();
    headers
        .chain(reply.headers.clone())
        .map(|(name, value)| (name, value.into_owned()))
        .collect()
}

/// The headers of the table, with what a row has besides.
fn expected(
    extra: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Vec<(&'static str, String)> {
    let all = EVERY.into_iter().chain(extra);
    all.map(|(name, value)| (name, value.to_owned())).collect()
}

#[test]
fn every_row_has_its_status_its_close_code_and_its_headers() {
    let later = Policy::new(604_800, ThrottleStatus::TooManyRequests).unwrap();
    assert_eq!(ErrorCode::ALL.len(), TABLE.len());
    for (name, status, close, extra) in TABLE {
        let code = ErrorCode::parse(name).unwrap_or_else(|| panic!("no row {name}"));
        assert_eq!(code.as_str(), name);
        let problem = problem(json!({ "code": name, "message": "A sentence.", "details": [] }));
        let reply = Reply::problem(&problem, &context(), &Policy::DEFAULT);
        assert_eq!(reply.status, status, "{name}");
        assert_eq!(headers(&reply, &context()), expected(extra), "{name}");
        let message = format!(r#"{{"error":{{"code":"{name}","message":"A sentence.","#);
        assert!(reply.body.starts_with(&message), "{}", reply.body);

        // The setting that turns 406 into 429 turns nothing else.
        let status = if status == 406 { 429 } else { status };
        let reply = Reply::problem(&problem, &context(), &later);
        assert_eq!(reply.status, status, "{name}");

        assert_eq!(code.close_code(), close, "{name}");
        assert_eq!(refusal_reason(code, None), name);
    }
    for other in ["", "badRequest", "BadRequest ", "NotFound"] {
        assert_eq!(ErrorCode::parse(other), None, "{other}");
    }
}

#[test]
fn what_a_row_says_of_waiting_and_of_methods_are_headers() {
    let allow = String::from("GET, OPTIONS");
    let problem = problems::method_not_allowed(allow).retry_after(Duration::from_seconds(7));
    let reply = Reply::problem(&problem, &context(), &Policy::DEFAULT);
    let extra = [("Allow", "GET, OPTIONS"), ("Retry-After", "7")];
    assert_eq!(headers(&reply, &context()), expected(extra));
}

#[test]
fn the_envelope_to_the_byte() {
    let problem = problem(json!({
        "code": "BadRequest",
        "message": "It is \"wrong\".",
        "details": [{ "code": "Empty", "target": "a.b", "message": "It is \"wrong\"." }],
    }));
    let mut context = context();
    let envelope = |client: &str| {
        format!(
            r#"{{"error":{{"code":"BadRequest","message":"It is \"wrong\".","innerError":{{"date":"2019-10-21T22:05:36","request-id":"119081f2-f19d-4fa8-817c-7e01092c0f7d","client-request-id":"{client}"}},"details":[{{"code":"Empty","target":"a.b","message":"It is \"wrong\"."}}]}}}}"#
        )
    };
    assert_eq!(problem.envelope(&context), envelope("mine"));
    context.client_request_id = None;
    let own = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
    assert_eq!(problem.envelope(&context), envelope(own));
    let reply = Reply::problem(&problem, &context, &Policy::DEFAULT);
    let sent = headers(&reply, &context);
    assert_eq!(sent.get(1), Some(&("client-request-id", own.to_owned())));
}
