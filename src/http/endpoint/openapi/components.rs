//! The parts of the description that operations share: schemas, parameters, headers and errors.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::operations;
use crate::doc_comments::{docs_of, for_javascript};
use crate::error::{ErrorCode, Problem, RefusalCode};
use crate::feed::entry::{NotificationStatus, ReadState, UserActionState};
use crate::guid::Guid;
use crate::http::Reply;
use crate::http::endpoint::{Kind, Operation, QueryOption};
use crate::http::headers::{MAX_CLIENT_REQUEST_ID, RequestHeader};
use crate::notification::{Platform, Priority};
use crate::policy::Policy;
use crate::request::origin::Readers;
use crate::request::{ApiVersion, Context};
use crate::time::Timestamp;
use crate::violation::ViolationCode;

/// The page's example.
const REQUEST: &str = r#"{
    "targetHostName": "graphnotifications.sample.windows.com",
    "appNotificationId": "testDirectToastNotification",
    "expirationDateTime": "2019-10-30T23:59:00.000Z",
    "payload": { "visualContent": { "title": "Hello World!", "body": "Notifications are Great!" } },
    "targetPolicy": { "platformTypes": ["windows", "ios", "android"] },
    "priority": "High",
    "groupName": "TestGroup",
    "displayTimeToLive": "60"
}"#;

pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn text(source: &str) -> Value {
    serde_json::from_str(source).unwrap_or_default()
}

fn names<const N: usize>(description: &str, names: [&str; N]) -> Value {
    json!({ "description": description, "type": "string", "enum": names.as_slice() })
}

/// The schema of a notification that is posted, and its definitions as schemas of their own: generators of clients find
/// no others.
fn request() -> (Value, Map<String, Value>) {
    let mut source = include_str!("../../../../schema/notification.schema.json").to_owned();
    let names: Vec<String> = text(&source)
        .get("$defs")
        .and_then(Value::as_object)
        .map(|definitions| definitions.keys().cloned().collect())
        .unwrap_or_default();
    let schema_name = |name: &str| {
        let (first, rest) = name.split_at(name.len().min(1));
        format!("Request{}{rest}", first.to_uppercase())
    };
    for name in &names {
        source = source.replace(
            &format!("\"#/$defs/{name}\""),
            &format!("\"#/components/schemas/{}\"", schema_name(name)),
        );
    }
    let mut request = text(&source);
    let mut definitions = Map::new();
    if let Some(request) = request.as_object_mut() {
        for member in ["$schema", "$id", "title"] {
            request.remove(member);
        }
        request.insert("examples".into(), json!([text(REQUEST)]));
        if let Some(Value::Object(found)) = request.remove("$defs") {
            for (name, schema) in found {
                definitions.insert(schema_name(&name), schema);
            }
        }
    }
    (request, definitions)
}

pub(super) fn schemas() -> Value {
    let mut schemas = text(include_str!("../../../../schema/answers.json"));
    let (request, definitions) = request();
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.extend(definitions);
    }
    let refusals = RefusalCode::ALL.map(RefusalCode::as_str);
    let violations = ViolationCode::ALL.map(ViolationCode::as_str);
    let details: Vec<_> = violations.into_iter().chain(refusals).collect();
    for (name, schema) in [
        ("NotificationRequest", request),
        (
            "Platform",
            names("A platform", Platform::ALL.map(Platform::as_str)),
        ),
        (
            "Priority",
            names("A priority", Priority::ALL.map(Priority::as_str)),
        ),
        (
            "ReadState",
            names(
                "Whether a notification was read",
                ReadState::ALL.map(ReadState::as_str),
            ),
        ),
        (
            "UserActionState",
            names(
                "The user's action",
                UserActionState::ALL.map(UserActionState::as_str),
            ),
        ),
        (
            "NotificationStatus",
            names(
                "Whether a notification has been replaced",
                NotificationStatus::ALL.map(NotificationStatus::as_str),
            ),
        ),
        (
            "ErrorCode",
            names(
                "The code of an error",
                ErrorCode::ALL.map(ErrorCode::as_str),
            ),
        ),
        (
            "DetailCode",
            json!({ "description": "The code of a detail", "type": "string", "enum": details }),
        ),
    ] {
        if let Some(schemas) = schemas.as_object_mut() {
            schemas.insert(name.into(), schema);
        }
    }
    schemas
}

/// The condition of a row of the error table: the doc comment, less the status.
fn condition(code: ErrorCode) -> String {
    let docs = docs_of(
        include_str!("../../../error_code.rs"),
        "ErrorCode",
        code.as_str(),
    );
    let sentence = docs
        .split_once(": ")
        .map_or(&*docs, |(_, condition)| condition);
    let sentence = for_javascript(sentence).replace('\n', " ");
    let (first, rest) = sentence.split_at(sentence.len().min(1));
    first.to_uppercase() + rest
}

fn context() -> Context {
    Context {
        now: Timestamp::saturating_from_unix_millis(1_571_695_536_250),
        request_id: Guid::from_bytes([1; 16]),
        client_request_id: None,
        origin: "https://graph.microsoft.com".into(),
        version: ApiVersion::Beta,
        readers: Readers::All,
    }
}

pub(super) fn example(code: ErrorCode) -> Value {
    let problem = Problem::new(code, condition(code));
    json!({ "summary": condition(code), "value": text(&problem.envelope(&context())) })
}

pub(super) fn header(description: &str, schema: Value) -> Value {
    json!({ "description": description, "schema": schema })
}

pub(super) fn answer_headers(own: &[&str]) -> Value {
    let mut headers = Map::new();
    for name in ["request-id", "client-request-id"].iter().chain(own) {
        headers.insert((*name).into(), reference("headers", name));
    }
    headers.into()
}

/// The errors of one status.
fn failure(codes: &[ErrorCode]) -> Value {
    let sentences = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), condition(*code)));
    let mut own: Vec<&str> = Vec::new();
    let mut examples = Map::new();
    for code in codes {
        examples.insert(code.as_str().into(), reference("examples", code.as_str()));
        let problem = Problem::new(*code, "").retry_after(crate::time::Duration::from_seconds(1));
        let waits = matches!(
            code,
            ErrorCode::Throttled | ErrorCode::ServerBusy | ErrorCode::ServiceUnavailable
        );
        let sent = Reply::problem(&problem, &context(), &Policy::DEFAULT).headers;
        let sent = sent
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| match *name {
                "Content-Type" => false,
                "Retry-After" => waits,
                _ => true,
            });
        own.extend(sent);
    }
    json!({
        "description": sentences.collect::<Vec<_>>().join(" "),
        "headers": answer_headers(&own),
        "content": { "application/json": { "schema": reference("schemas", "ErrorAnswer"), "examples": examples } },
    })
}

/// The errors of an operation, by their status.
pub(super) fn failures(operation: &Operation) -> BTreeMap<u16, Vec<ErrorCode>> {
    let mut by_status = BTreeMap::<_, Vec<_>>::new();
    for code in operation.problems() {
        let status = code.status(&Policy::DEFAULT);
        by_status.entry(status).or_default().push(code);
    }
    by_status
}

/// The name of the response that these errors share.
pub(super) fn name_of(codes: &[ErrorCode]) -> String {
    let names: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    names.join("_")
}

/// The responses and the parameters that operations share, each by its name.
pub(super) fn shared_responses() -> Value {
    let all = operations().flat_map(failures);
    all.map(|(_, codes)| (name_of(&codes), failure(&codes)))
        .collect()
}

pub(super) fn shared_parameters() -> Value {
    let options = operations().flat_map(|operation| operation.query);
    let options = options.map(|option| (parameter_name(option), query_parameter(option)));
    let headers = RequestHeader::ALL.into_iter().filter_map(header_parameter);
    options.chain(headers).collect()
}

fn query_parameter(option: &QueryOption) -> Value {
    let platforms = Platform::ALL.map(|platform| platform.as_str().to_ascii_lowercase());
    let schema = match option.kind {
        Kind::UpTo(most, None) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Kind::UpTo(most, Some(default)) => {
            json!({ "type": "integer", "minimum": 1, "maximum": most, "default": default })
        }
        Kind::Text(None) => json!({ "type": "string" }),
        Kind::Text(Some(most)) => json!({ "type": "string", "maxLength": most }),
        Kind::Id => reference("schemas", "Id"),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Only(text) => json!({ "type": "string", "enum": [text] }),
        Kind::Platform => json!({ "type": "string", "enum": platforms }),
    };
    json!({
        "name": option.name,
        "in": "query",
        "description": option.summary.text(),
        "required": option.required,
        "schema": schema,
    })
}

/// The name of a query option among the parameters, which can have no `$` in theirs.
pub(super) fn parameter_name(option: &QueryOption) -> String {
    let need = if option.required { "required." } else { "" };
    need.to_owned() + &option.name.replace('$', "odata.")
}

/// The header as a parameter; `None`: the description has it elsewhere.
pub(super) fn header_parameter(header: RequestHeader) -> Option<(String, Value)> {
    let (description, required, schema) = match header {
        RequestHeader::ClientRequestId => (
            "The caller's own id of the request, which is echoed.",
            false,
            json!({ "type": "string", "maxLength": MAX_CLIENT_REQUEST_ID }),
        ),
        RequestHeader::ContentEncoding => (
            "The encoding of the body.",
            false,
            json!({ "type": "string", "enum": ["identity", "gzip", "deflate"] }),
        ),
        RequestHeader::IfMatch => (
            "The `ETag` that the notification must still have.",
            false,
            json!({ "type": "string" }),
        ),
        RequestHeader::LastEventId => (
            "The cursor of the last event that the client has.",
            false,
            json!({ "type": "string" }),
        ),
        RequestHeader::Upgrade => (
            "The protocol to change to; without it `Accept` asks for server-sent events.",
            false,
            json!({ "type": "string", "enum": ["websocket"] }),
        ),
        RequestHeader::Subprotocols => (
            "`notifeed.v1`; from a browser also `bearer.` and the access token.",
            false,
            json!({ "type": "string" }),
        ),
        _ => return None,
    };
    let parameter = json!({
        "name": header.name(),
        "in": "header",
        "description": description,
        "required": required,
        "schema": schema,
    });
    Some((header.name().to_owned(), parameter))
}
