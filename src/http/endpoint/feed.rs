//! `…/notifications/$count`, `/delta` and `/endpoints`: a signed-in user reads their feed (CONTRACT §2).

use super::operation::{Answer, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::{
    COUNT as COUNTED, DELTA_TOKEN, FILTER, NOTIFICATION, ONLY_PLATFORM, QueryOption, SELECT,
    SKIP_TOKEN, TARGET_HOST_NAME, TOP,
};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;
use crate::http::headers::RequestHeader;

/// `…/notifications/$count`
pub static COUNT: Endpoint = Endpoint {
    summary: words("The number of notifications."),
    paths: &[Path {
        template: "/beta/me/notifications/$count",
        constant: "COUNT_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::CountNotifications,
        method: Method::Get,
        summary: words("Counts the notifications."),
        callers: Callers::User,
        headers: &[],
        query: &[&FILTER, &ONLY_PLATFORM, &TARGET_HOST_NAME],
        body: None,
        answers: &[Answer {
            status: 200,
            when: words("The number."),
            headers: NO_HEADERS,
            shape: Shape::Number,
        }],
        problems: &[],
    }],
};

/// `…/notifications/delta`
pub static DELTA: Endpoint = Endpoint {
    summary: words("The changes since a delta token."),
    paths: &[Path {
        template: "/beta/me/notifications/delta",
        constant: "DELTA_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::ReadChanges,
        method: Method::Get,
        summary: words(
            "Reads what changed since a delta token, oldest first, page by page: a user of the feed, an app of what it sent.",
        ),
        callers: Callers::UserOrApp,
        headers: &[RequestHeader::Prefer],
        query: &[
            &TOP,
            &SKIP_TOKEN,
            &DELTA_TOKEN,
            &COUNTED,
            &SELECT,
            &ONLY_PLATFORM,
            &TARGET_HOST_NAME,
        ],
        body: None,
        answers: &[Answer {
            status: 200,
            when: words(
                "A page of changes. By `Prefer: wait=n` an app is answered when there are any, after n seconds at the latest.",
            ),
            headers: NO_HEADERS,
            shape: Shape::Changes,
        }],
        problems: &[ErrorCode::SyncStateNotFound, ErrorCode::ServerBusy],
    }],
};

/// The options of a delta that is an app's, of what it sent.
pub const SENDERS_OPTIONS: [&QueryOption; 3] = [&TOP, &SKIP_TOKEN, &DELTA_TOKEN];

/// `…/notifications/endpoints`
pub static ENDPOINTS_OF_FEED: Endpoint = Endpoint {
    summary: words("The user's endpoints: subscriptions and connections."),
    paths: &[Path {
        template: "/beta/me/notifications/endpoints",
        constant: "ENDPOINTS_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::ListEndpoints,
        method: Method::Get,
        summary: words(
            "Lists the subscriptions and connections of the user, and says which are live now.",
        ),
        callers: Callers::User,
        headers: &[],
        query: &[&NOTIFICATION, &TARGET_HOST_NAME],
        body: None,
        answers: &[Answer {
            status: 200,
            when: words("The endpoints."),
            headers: NO_HEADERS,
            shape: Shape::Endpoints,
        }],
        problems: &[ErrorCode::ItemNotFound],
    }],
};
