//! `…/notifications/markAllRead` and `…/markAllSeen`: a signed-in user is done with everything (CONTRACT §5.4).

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::{ONLY_PLATFORM, QueryOption, TARGET_HOST_NAME};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;

/// `…/notifications/markAllRead`
pub static MARK_ALL_READ: Endpoint = Endpoint {
    summary: words("Everything unread."),
    paths: &[Path {
        template: "/beta/me/notifications/markAllRead",
        constant: "MARK_ALL_READ_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::MarkAllRead,
        method: Method::Post,
        summary: words(
            "Reads every unread notification, up to a cursor; the user's devices are told once.",
        ),
        callers: Callers::User,
        headers: &[],
        query: OPTIONS,
        body: Some(Body::Cursor),
        answers: ANSWERS,
        problems: &[ErrorCode::SyncStateNotFound],
    }],
};

/// `…/notifications/markAllSeen`
pub static MARK_ALL_SEEN: Endpoint = Endpoint {
    summary: words("Everything unseen."),
    paths: &[Path {
        template: "/beta/me/notifications/markAllSeen",
        constant: "MARK_ALL_SEEN_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::MarkAllSeen,
        method: Method::Post,
        summary: words(
            "Notes that the list was looked at, up to a cursor; the user's devices are told once.",
        ),
        callers: Callers::User,
        headers: &[],
        query: OPTIONS,
        body: Some(Body::Cursor),
        answers: ANSWERS,
        problems: &[ErrorCode::SyncStateNotFound],
    }],
};

const OPTIONS: &[&QueryOption] = &[&ONLY_PLATFORM, &TARGET_HOST_NAME];

const ANSWERS: &[Answer] = &[Answer {
    status: 200,
    when: words("The position, and how many items are unread and unseen."),
    headers: NO_HEADERS,
    shape: Shape::Counts,
}];
