//! The OpenAPI description of the service, www/openapi.json, made from the table of endpoints, the error
//! table and the JSON Schemas in schema/. Exists in tests only.

mod components;

use serde_json::{Map, Value, json};

use super::{
    Answer, Availability, Body, Callers, ENDPOINTS, Endpoint, Operation, OperationId, Shape,
};
use crate::http::headers::RequestHeader;
use crate::live::SUBPROTOCOL;
use crate::request::ApiVersion;
use components::{
    answer_headers, example, failures, header, header_parameter, name_of, parameter_name,
    reference, schemas,
};
use components::{shared_parameters, shared_responses};

const DESCRIPTION: &str = "A feed of notifications for each user: apps post, the user's devices follow it, live and after any pause. \
The live connection's frames aren't part of this description: see docs/live.md of the service's sources. \
406 is the status for callers over their limit; a deployment may set 429 instead.";

const fn body_schema(body: Body) -> &'static str {
    match body {
        Body::Notification => "NotificationRequest",
        Body::States => "States",
        Body::Subscription => "SubscriptionRequest",
        Body::Acknowledgement => "Acknowledgement",
        Body::Cursor => "MarkingRequest",
        Body::Receipt => "Receipt",
        Body::Batch => "BatchRequest",
        Body::TokenHolder => "TokenHolder",
    }
}

/// The content of an answer; `None`: it has no body.
fn content(shape: Shape) -> Option<Value> {
    let (media_type, schema) = match shape {
        Shape::Nothing => return None,
        Shape::Number => ("text/plain", "Number"),
        Shape::Metadata => {
            return Some(json!({ "application/xml": { "schema": { "type": "string" } } }));
        }
        Shape::Events => {
            return Some(json!({ "text/event-stream": { "schema": { "type": "string" } } }));
        }
        Shape::Sent => ("application/json", "Sent"),
        Shape::Received => ("application/json", "Received"),
        Shape::SentOrReceived => ("application/json", "SentOrReceived"),
        Shape::Page => ("application/json", "Page"),
        Shape::Changes => ("application/json", "Changes"),
        Shape::Endpoints => ("application/json", "Endpoints"),
        Shape::Subscription => ("application/json", "Subscription"),
        Shape::Subscriptions => ("application/json", "Subscriptions"),
        Shape::ApplicationServerKey => ("application/json", "ApplicationServerKey"),
        Shape::Counts => ("application/json", "Counts"),
        Shape::PersonalData => ("application/json", "PersonalData"),
        Shape::Responses => ("application/json", "BatchResponse"),
        Shape::Token => ("application/json", "Token"),
        Shape::Copies => ("application/json", "Copies"),
    };
    Some(json!({ media_type: { "schema": reference("schemas", schema) } }))
}

fn success(answer: &Answer, path: &str) -> Value {
    let mut response = Map::new();
    response.insert("description".into(), json!(answer.when.text()));
    response.insert("headers".into(), answer_headers(answer.headers));
    response.extend(content(answer.shape).map(|content| ("content".into(), content)));
    let links = links(answer.shape, path);
    if !links.is_empty() {
        response.insert("links".into(), links.into());
    }
    response.into()
}

/// The operations that take the `id` of an answer: those of the path below.
fn links(shape: Shape, path: &str) -> Map<String, Value> {
    let has_id = matches!(shape, Shape::Sent | Shape::Subscription);
    let below = format!("{path}/{{id}}");
    let of_below = paths_of_endpoints().filter(|(_, path)| has_id && *path == below);
    let operations = of_below.flat_map(|(endpoint, _)| endpoint.operations);
    let mut parameters = Map::from_iter([("id".into(), json!("$response.body#/id"))]);
    if path.starts_with("/users") {
        parameters.insert("user".into(), json!("$request.path.user"));
    }
    let links = operations.map(|operation| {
        let id = operation_id(operation.id, &way(&below));
        let link = json!({ "operationId": id, "parameters": parameters });
        (format!("{:?}", operation.id), link)
    });
    links.collect()
}

fn responses(operation: &Operation, path: &str) -> Value {
    let mut responses = Map::new();
    for answer in operation.answers {
        responses.insert(answer.status.to_string(), success(answer, path));
    }
    for (status, codes) in failures(operation) {
        responses.insert(status.to_string(), reference("responses", &name_of(&codes)));
    }
    responses.into()
}

/// The endpoints that every deployment has.
fn served() -> impl Iterator<Item = &'static Endpoint> {
    let all = ENDPOINTS.into_iter();
    all.filter(|endpoint| endpoint.availability == Availability::Always)
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    served().flat_map(|endpoint| endpoint.operations)
}

fn security(callers: Callers) -> Value {
    match callers {
        Callers::Anyone => json!([]),
        Callers::Bearer => json!([{ "user": [] }, { "app": [] }]),
        Callers::User => json!([{ "user": [] }]),
        Callers::UserOrApp => json!([{ "user": [] }, { "app": [], "subscriptionId": [] }]),
    }
}

/// `ListNotifications` as `listNotifications`, with the way there if it isn't the first.
fn operation_id(id: OperationId, way: &str) -> String {
    let name = format!("{id:?}{way}");
    let (first, rest) = name.split_at(1);
    first.to_lowercase() + rest
}

/// The end of an operation's id by a path that isn't the first.
fn way(path: &str) -> String {
    let ways = [
        (path.contains("/activities"), "ByActivity"),
        (path.starts_with("/users"), "OfUser"),
    ];
    let named = ways.into_iter().filter(|(is_so, _)| *is_so);
    named.map(|(_, name)| name).collect()
}

fn operation(operation: &Operation, path: &str) -> Value {
    let options = operation.query.iter();
    let headers = RequestHeader::ALL.into_iter();
    let headers = headers.filter(|header| operation.reads(*header));
    let headers = headers.filter_map(header_parameter);
    let parameters = options
        .map(|option| reference("parameters", &parameter_name(option)))
        .chain(headers.map(|(name, _)| reference("parameters", &name)));
    let mut described = Map::new();
    for (name, value) in [
        ("operationId", json!(operation_id(operation.id, &way(path)))),
        ("summary", json!(operation.summary.text())),
        ("security", security(operation.callers)),
        ("parameters", parameters.collect()),
        ("responses", responses(operation, path)),
    ] {
        described.insert(name.into(), value);
    }
    if let Some(body) = operation.body {
        let schema = reference("schemas", body_schema(body));
        let content = json!({ "application/json": { "schema": schema } });
        described.insert(
            "requestBody".into(),
            json!({ "required": true, "content": content }),
        );
    }
    described.into()
}

fn path_item(endpoint: &Endpoint, path: &str) -> Value {
    let mut item = Map::new();
    item.insert("summary".into(), json!(endpoint.summary.text()));
    let mut parameters = Vec::new();
    for (name, description) in [
        ("id", "The id."),
        ("user", "The user: subject, object id or principal name."),
    ] {
        if path.contains(&format!("{{{name}}}")) {
            parameters.push(json!({
                "name": name,
                "in": "path",
                "description": description,
                "required": true,
                "schema": { "type": "string" },
            }));
        }
    }
    if !parameters.is_empty() {
        item.insert("parameters".into(), parameters.into());
    }
    for one in endpoint.operations {
        let (method, _) = one
            .method
            .allow()
            .split_once(',')
            .unwrap_or((one.method.allow(), ""));
        item.insert(method.to_ascii_lowercase(), operation(one, path));
    }
    item.into()
}

/// Every path, without the version, and its endpoint: `me` first, then any user.
fn paths_of_endpoints() -> impl Iterator<Item = (&'static Endpoint, String)> {
    served().flat_map(|endpoint| {
        let paths = endpoint.paths.iter().flat_map(|path| {
            let path = path.template.trim_start_matches("/beta");
            let of_user = path.strip_prefix("/me/");
            let of_user = of_user.map(|rest| format!("/users/{{user}}/{rest}"));
            [Some(path.to_owned()), of_user].into_iter().flatten()
        });
        paths.map(move |path| (endpoint, path))
    })
}

fn paths() -> Value {
    let items = paths_of_endpoints().map(|(endpoint, path)| {
        let item = path_item(endpoint, &path);
        (path, item)
    });
    items.collect::<Map<_, _>>().into()
}

fn document() -> Value {
    let errors = operations().flat_map(Operation::problems);
    let examples = errors.map(|code| (code.as_str().to_owned(), example(code)));
    let text = || json!({ "type": "string" });
    let seconds = json!({ "type": "integer", "minimum": 1 });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "notifeed",
            "summary": "Microsoft Graph notifications' open successor.",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{
            "url": "/{version}",
            "variables": { "version": { "enum": [ApiVersion::Beta.as_str(), ApiVersion::V1.as_str()], "default": ApiVersion::Beta.as_str() } },
        }],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "examples": Map::from_iter(examples),
            "parameters": shared_parameters(),
            "responses": shared_responses(),
            "headers": {
                "request-id": header("The server's own id of the request.", reference("schemas", "Id")),
                "client-request-id": header("The caller's id of the request, if it sent one, else the server's.", text()),
                "Location": header("The URL where the notification can be read.", text()),
                "ETag": header("The version of the notification.", text()),
                "Retry-After": header("The whole seconds after which another try makes sense.", seconds),
                "WWW-Authenticate": header("The way to authenticate.", text()),
                "Upgrade": header("The protocol to change to.", text()),
                "Sec-WebSocket-Protocol": header(&format!("`{SUBPROTOCOL}`, if it was offered."), text()),
            },
            "securitySchemes": {
                "user": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "A signed-in user's delegated token with the scope `Notifications.ReadWrite.CreatedByApp`.",
                },
                "app": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "An app server's app-only token, which reaches a user only together with a subscription id.",
                },
                "subscriptionId": {
                    "type": "apiKey", "in": "header", "name": RequestHeader::SubscriptionId.name(),
                    "description": "The user notification subscription id that the user's device got.",
                },
            },
        },
    })
}

#[test]
fn openapi_is_what_the_table_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/openapi.json");
    let document = format!("{:#}\n", document());
    if std::env::var_os("UPDATE").is_some() {
        assert!(std::fs::write(file, document).is_ok(), "{file}");
        return;
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == document,
        "www/openapi.json is stale: UPDATE=1 cargo test openapi"
    );
}
