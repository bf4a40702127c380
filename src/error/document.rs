//! docs/errors.md, made from the tables of this module and the doc comments on their codes. Exists in
//! tests only.

use super::{ErrorCode, RefusalCode};
use crate::doc_comments::{docs_of, for_javascript};
use crate::policy::Policy;
use crate::violation::ViolationCode;

const HEAD: &str = "\
# Errors

Every error is `{\"error\":{\"code\",\"message\",\"innerError\":{\"date\",\"request-id\",\"client-request-id\"},\"details\":[…]}}`
([contract.md](contract.md)). Programs go by `code` and by `details[].code`, which never change their meaning;
`message` is for people and may. `request-id` is what the service's log has. Where a request has several
mistakes, the first in the order of [`src/http/order.rs`](../src/http/order.rs) answers; within a body, the first of the rows below.

This page is made from the tables in [`src/error_code.rs`](../src/error_code.rs), [`src/error/detail.rs`](../src/error/detail.rs)
and [`src/violation/code.rs`](../src/violation/code.rs) by `UPDATE=1 cargo test errors_are_documented`.
";

/// The sentence for a developer who gets a row of the error table: the way out.
const fn remedy(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MultipleNotificationsNotSupported => "Send one request for each notification.",
        ErrorCode::BadRequest | ErrorCode::InvalidPayload | ErrorCode::InvalidActivityDataType => {
            "Correct each of the `details`; the same request fails again."
        }
        ErrorCode::UnsupportedHeader => "Send the request without that header.",
        ErrorCode::UnknownFrame => "Update the service, or don't send frames of that type.",
        ErrorCode::CallerBlocked => "Ask the service's operator.",
        ErrorCode::NotAuthorizedForUser => {
            "Use the right token or a current subscription id; the same request fails again."
        }
        ErrorCode::MethodNotAllowed => "Use a method that `Allow` names.",
        ErrorCode::Throttled | ErrorCode::ServerBusy | ErrorCode::ServiceUnavailable => {
            "Send it again after the seconds of `Retry-After`."
        }
        ErrorCode::FailedDependency => {
            "Correct the request that it depends on, and send both again."
        }
        ErrorCode::UnsupportedMediaType => "Send JSON, as it is or with gzip or deflate.",
        ErrorCode::InvalidAuthenticationToken => {
            "Get a fresh token and send the request again, once."
        }
        ErrorCode::ItemNotFound => "Treat the resource as gone.",
        ErrorCode::SyncStateNotFound => "Read the feed anew, without the cursor or token.",
        ErrorCode::PreconditionFailed => "Read the item, and decide again with its new `ETag`.",
        ErrorCode::ContentChanged => {
            "Show the notification as it is now, and ask the person again."
        }
        ErrorCode::AlreadyAnswered => "Use the answer that won.",
        ErrorCode::ItemChanged => "Decide again with the states in the answer.",
        ErrorCode::RequestBodyTooLarge => "Send less, or a link to the rest.",
        ErrorCode::UpgradeRequired => "Connect by WebSocket.",
    }
}

/// The sentence of a doc comment as a cell: on one line, with a capital, without its last dot.
fn cell(docs: &str) -> String {
    let text = for_javascript(docs).replace('\n', " ").replace('|', "\\|");
    let text = text.trim().trim_end_matches('.');
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}

/// A row of the error table: `docs` is the status, the headers that come with it, and the condition.
fn row(code: ErrorCode) -> String {
    let docs = docs_of(include_str!("../error_code.rs"), "ErrorCode", code.as_str());
    let (answer, condition) = docs.split_once(": ").unwrap_or(("", &docs));
    let status = code.status(&Policy::DEFAULT).to_string();
    assert!(answer.starts_with(&status), "{code:?} is {status}: {docs}");
    let close = code.close_code();
    format!(
        "| {answer} | `{}` | {} | {} | {close} |\n",
        code.as_str(),
        cell(condition),
        remedy(code),
    )
}

fn detail(code: &str, row: &str, docs: &str) -> String {
    format!("| `{code}` | {row} | {} |\n", cell(docs))
}

fn document() -> String {
    let rows: String = ErrorCode::ALL.map(row).concat();
    let of_body = ViolationCode::ALL.map(|code| {
        let source = include_str!("../violation/code.rs");
        let docs = docs_of(source, "ViolationCode", code.as_str());
        let row = match code {
            ViolationCode::MoreViolations => String::from("that of all violations"),
            _ => format!("`{}`", code.row().as_str()),
        };
        detail(code.as_str(), &row, &docs)
    });
    let of_request = RefusalCode::ALL.map(|code| {
        let docs = docs_of(include_str!("detail.rs"), "RefusalCode", code.as_str());
        let row = format!("`{}`", code.row().as_str());
        detail(code.as_str(), &row, &docs)
    });
    format!(
        "{HEAD}
## `error.code`

Close: the code of the WebSocket close frame where a browser could see no status.

| status | code | when | what to do | close |
|---|---|---|---|---|
{rows}
## `details[].code`, about the body

`target` is the path of the property. Inside of `payload.visualContent` a fault
of `BadRequest` is `InvalidPayload`; inside of `fallbackPolicy.endpointFallback` every fault is `BadRequest`.

| code | `error.code` | when |
|---|---|---|
{}
## `details[].code`, about the rest of the request

`target` is the header or the query parameter.

| code | `error.code` | when |
|---|---|---|
{}",
        of_body.concat(),
        of_request.concat()
    )
}

#[test]
fn errors_are_documented() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
    let document = document();
    if std::env::var_os("UPDATE").is_some() {
        assert!(std::fs::write(file, document).is_ok(), "{file}");
        return;
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == document,
        "docs/errors.md is stale: UPDATE=1 cargo test errors_are_documented"
    );
}
