//! `…/notifications`: the feed, and where an app notifies a user (CONTRACT §1 and §2).

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::{
    COUNT, FILTER, ONLY_PLATFORM, ORDER_BY, SELECT, SKIP_TOKEN, TARGET_HOST_NAME, TOP,
};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;
use crate::http::headers::RequestHeader;

/// `…/notifications`
pub static NOTIFICATIONS: Endpoint = Endpoint {
    summary: words("The feed of the signed-in user; an app posts to it."),
    paths: &[Path {
        template: "/beta/me/notifications",
        constant: "NOTIFICATIONS_PATH",
    }],
    availability: Availability::Always,
    operations: &[LIST, POST],
};

const LIST: Operation = Operation {
    id: OperationId::ListNotifications,
    method: Method::Get,
    summary: words("Lists the feed, newest first, page by page."),
    callers: Callers::User,
    headers: &[],
    query: &[
        &TOP,
        &SKIP_TOKEN,
        &FILTER,
        &COUNT,
        &SELECT,
        &ORDER_BY,
        &ONLY_PLATFORM,
        &TARGET_HOST_NAME,
    ],
    body: None,
    answers: &[Answer {
        status: 200,
        when: words(
            "A page. While the feed can't answer, the newest items as their copies have them, with `@notifeed.degraded`.",
        ),
        headers: NO_HEADERS,
        shape: Shape::Page,
    }],
    problems: &[ErrorCode::SyncStateNotFound],
};

const POST: Operation = Operation {
    id: OperationId::PostNotification,
    method: Method::Post,
    summary: words("Notifies a user: each of their devices that the notification targets."),
    callers: Callers::UserOrApp,
    headers: &[RequestHeader::IfNoneMatch],
    query: &[],
    body: Some(Body::Notification),
    answers: &[
        Answer {
            status: 201,
            when: words("The notification is durable."),
            headers: &["Location"],
            shape: Shape::Sent,
        },
        Answer {
            status: 200,
            when: words(
                "The feed had a notification of this `appNotificationId`: it is the same, or was replaced; with `If-None-Match: *` it stays.",
            ),
            headers: &["Location"],
            shape: Shape::Sent,
        },
    ],
    problems: &[
        ErrorCode::MultipleNotificationsNotSupported,
        ErrorCode::InvalidPayload,
        ErrorCode::ServerBusy,
    ],
};
