//! The endpoints that exist in development and in tests only (CONTRACT §3, "Development").

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::{FILTER, SKIP_TOKEN, TARGET_HOST_NAME, TOP};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;

/// `/dev/token`
pub static TOKEN: Endpoint = Endpoint {
    summary: words("A token of a test user, in development only."),
    paths: &[Path {
        template: "/dev/token",
        constant: "DEVELOPMENT_TOKEN_PATH",
    }],
    availability: Availability::Development,
    operations: &[Operation {
        id: OperationId::IssueDevelopmentToken,
        method: Method::Post,
        summary: words("Issues a token of a test user or of a test app to a page of this server."),
        callers: Callers::Anyone,
        headers: &[],
        query: &[],
        body: Some(Body::TokenHolder),
        answers: &[Answer {
            status: 200,
            when: words("The token."),
            headers: NO_HEADERS,
            shape: Shape::Token,
        }],
        problems: &[ErrorCode::NotAuthorizedForUser],
    }],
};

/// `/dev/copies`
pub static COPIES: Endpoint = Endpoint {
    summary: words("The copies in KV of a page of the feed, in development only."),
    paths: &[Path {
        template: "/dev/copies",
        constant: "DEVELOPMENT_COPIES_PATH",
    }],
    availability: Availability::Development,
    operations: &[Operation {
        id: OperationId::ListCopies,
        method: Method::Get,
        summary: words("Lists the copies in KV of a page of the feed."),
        callers: Callers::User,
        headers: &[],
        query: &[&TOP, &SKIP_TOKEN, &FILTER, &TARGET_HOST_NAME],
        body: None,
        answers: &[Answer {
            status: 200,
            when: words("The copies."),
            headers: NO_HEADERS,
            shape: Shape::Copies,
        }],
        problems: &[ErrorCode::SyncStateNotFound],
    }],
};

/// `/dev/panic/{place}`
pub static PANIC: Endpoint = Endpoint {
    summary: words("A crash, in tests of what a crash does only."),
    paths: &[Path {
        template: "/dev/panic/{id}",
        constant: "CRASH_PATH",
    }],
    availability: Availability::CrashTest,
    operations: &[Operation {
        id: OperationId::Crash,
        method: Method::Get,
        summary: words("Crashes at the place that the path names."),
        callers: Callers::User,
        headers: &[],
        query: &[],
        body: None,
        answers: &[],
        problems: &[ErrorCode::ItemNotFound],
    }],
};
