//! `…/notifications/{id}` and `…/activities/{id}`: one notification (CONTRACT §2).

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::{DELIVERIES, ENDPOINT, TARGET_HOST_NAME};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;
use crate::http::headers::RequestHeader;

/// `…/notifications/{id}`
pub static NOTIFICATION: Endpoint = Endpoint {
    summary: words("A notification; `Location` names it as an activity."),
    paths: &[
        Path {
            template: "/beta/me/notifications/{id}",
            constant: "NOTIFICATION_PATH",
        },
        Path {
            template: "/beta/me/activities/{id}",
            constant: "ACTIVITY_PATH",
        },
    ],
    availability: Availability::Always,
    operations: &[GET, PATCH, DELETE],
};

const GET: Operation = Operation {
    id: OperationId::GetNotification,
    method: Method::Get,
    summary: words(
        "Reads a notification: its user as the receiver, the app that sent it as the sender.",
    ),
    callers: Callers::UserOrApp,
    headers: &[RequestHeader::IfNoneMatch, RequestHeader::Prefer],
    query: &[&DELIVERIES, &TARGET_HOST_NAME],
    body: None,
    answers: &[
        Answer {
            status: 200,
            when: words(
                "The notification. Its sender reads it for a while after its end, too: `ended` says how it ended. While the feed can't answer, its user reads its copy, with `@notifeed.degraded` and without `ETag`.",
            ),
            headers: &["ETag"],
            shape: Shape::SentOrReceived,
        },
        Answer {
            status: 304,
            when: words(
                "The notification still has the `ETag` of `If-None-Match`. By `Prefer: wait=n` its sender is answered when that changes, after n seconds at the latest.",
            ),
            headers: &["ETag"],
            shape: Shape::Nothing,
        },
    ],
    problems: &[ErrorCode::ItemNotFound, ErrorCode::ServerBusy],
};

const PATCH: Operation = Operation {
    id: OperationId::UpdateNotification,
    method: Method::Patch,
    summary: words(
        "Sets states of a notification, or answers it; the user's other devices are told.",
    ),
    callers: Callers::User,
    headers: &[RequestHeader::IfMatch],
    query: &[&ENDPOINT, &TARGET_HOST_NAME],
    body: Some(Body::States),
    answers: &[Answer {
        status: 200,
        when: words("The notification as it is now."),
        headers: &["ETag"],
        shape: Shape::Received,
    }],
    problems: &[
        ErrorCode::ItemNotFound,
        ErrorCode::PreconditionFailed,
        ErrorCode::ContentChanged,
        ErrorCode::AlreadyAnswered,
    ],
};

const DELETE: Operation = Operation {
    id: OperationId::DeleteNotification,
    method: Method::Delete,
    summary: words(
        "Deletes a notification, or takes it back where the app asks that sent it; the user's devices are told.",
    ),
    callers: Callers::UserOrApp,
    headers: &[RequestHeader::IfMatch],
    query: &[&TARGET_HOST_NAME],
    body: None,
    answers: &[Answer {
        status: 204,
        when: words("The notification is gone."),
        headers: NO_HEADERS,
        shape: Shape::Nothing,
    }],
    problems: &[
        ErrorCode::ItemNotFound,
        ErrorCode::PreconditionFailed,
        ErrorCode::AlreadyAnswered,
    ],
};
