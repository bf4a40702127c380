//! `…/notifications/subscriptions`: a signed-in device subscribes, lists and ends (CONTRACT §3).

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::TARGET_HOST_NAME;
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;

/// `…/notifications/subscriptions`
pub static SUBSCRIPTIONS: Endpoint = Endpoint {
    summary: words("The subscriptions of the user's devices."),
    paths: &[Path {
        template: "/beta/me/notifications/subscriptions",
        constant: "SUBSCRIPTIONS_PATH",
    }],
    availability: Availability::Always,
    operations: &[LIST, POST, DELETE],
};

const LIST: Operation = Operation {
    id: OperationId::ListSubscriptions,
    method: Method::Get,
    summary: words("Lists the user's subscriptions of the host."),
    callers: Callers::User,
    headers: &[],
    query: &[&TARGET_HOST_NAME],
    body: None,
    answers: &[Answer {
        status: 200,
        when: words("The subscriptions."),
        headers: NO_HEADERS,
        shape: Shape::Subscriptions,
    }],
    problems: &[],
};

const POST: Operation = Operation {
    id: OperationId::Subscribe,
    method: Method::Post,
    summary: words("Subscribes a device, or renews the subscription that its `deviceId` has."),
    callers: Callers::User,
    headers: &[],
    query: &[],
    body: Some(Body::Subscription),
    answers: &[
        Answer {
            status: 201,
            when: words("The subscription is new."),
            headers: NO_HEADERS,
            shape: Shape::Subscription,
        },
        Answer {
            status: 200,
            when: words("The subscription was renewed."),
            headers: NO_HEADERS,
            shape: Shape::Subscription,
        },
    ],
    problems: &[ErrorCode::ServerBusy],
};

const DELETE: Operation = Operation {
    id: OperationId::EndSubscriptions,
    method: Method::Delete,
    summary: words(
        "Ends all of the user's subscriptions of the host, with their connections and ids.",
    ),
    callers: Callers::User,
    headers: &[],
    query: &[&TARGET_HOST_NAME],
    body: None,
    answers: &[Answer {
        status: 204,
        when: words("There are none any more."),
        headers: NO_HEADERS,
        shape: Shape::Nothing,
    }],
    problems: &[],
};

/// `…/notifications/subscriptions/applicationServerKey`
pub static APPLICATION_SERVER_KEY: Endpoint = Endpoint {
    summary: words("The key that a browser's push subscription is made with."),
    paths: &[Path {
        template: "/beta/me/notifications/subscriptions/applicationServerKey",
        constant: "APPLICATION_SERVER_KEY_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::ReadApplicationServerKey,
        method: Method::Get,
        summary: words("Says with which key the page subscribes at its browser."),
        callers: Callers::User,
        headers: &[],
        query: &[],
        body: None,
        answers: &[Answer {
            status: 200,
            when: words("The key."),
            headers: NO_HEADERS,
            shape: Shape::ApplicationServerKey,
        }],
        problems: &[ErrorCode::ItemNotFound],
    }],
};

/// `…/notifications/subscriptions/{id}`
pub static SUBSCRIPTION: Endpoint = Endpoint {
    summary: words("A subscription."),
    paths: &[Path {
        template: "/beta/me/notifications/subscriptions/{id}",
        constant: "SUBSCRIPTION_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::EndSubscription,
        method: Method::Delete,
        summary: words("Ends a subscription, with its connections and its id."),
        callers: Callers::User,
        headers: &[],
        query: &[&TARGET_HOST_NAME],
        body: None,
        answers: &[Answer {
            status: 204,
            when: words("The subscription has ended."),
            headers: NO_HEADERS,
            shape: Shape::Nothing,
        }],
        problems: &[ErrorCode::ItemNotFound],
    }],
};
