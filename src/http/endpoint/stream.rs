//! `…/notifications/stream`: a signed-in client connects (CONTRACT §4, §5.5); `/ack`: it has what an event asked about.

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::query::{CURSOR, ENDPOINT, OWN_ENDPOINT, PLATFORM, REPLAY_TOP, TARGET_HOST_NAME};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;
use crate::http::headers::RequestHeader;

/// `…/notifications/stream`
pub static STREAM: Endpoint = Endpoint {
    summary: words("The live connection."),
    paths: &[Path {
        template: "/beta/me/notifications/stream",
        constant: "STREAM_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::Connect,
        method: Method::Get,
        summary: words(
            "Tells a device of every change of the feed: by a WebSocket, or by server-sent events where `Accept` has `text/event-stream`.",
        ),
        callers: Callers::User,
        headers: &[
            RequestHeader::Accept,
            RequestHeader::LastEventId,
            RequestHeader::Upgrade,
            RequestHeader::Subprotocols,
        ],
        query: &[
            &PLATFORM,
            &CURSOR,
            &REPLAY_TOP,
            &ENDPOINT,
            &TARGET_HOST_NAME,
        ],
        body: None,
        answers: &[
            Answer {
                status: 101,
                when: words("The connection is open."),
                headers: &["Sec-WebSocket-Protocol"],
                shape: Shape::Nothing,
            },
            Answer {
                status: 200,
                when: words(
                    "Events follow: each frame's type, cursor and text. `Last-Event-ID` wins over `cursor`.",
                ),
                headers: NO_HEADERS,
                shape: Shape::Events,
            },
        ],
        problems: &[
            ErrorCode::ServerBusy,
            ErrorCode::ItemNotFound,
            ErrorCode::SyncStateNotFound,
            ErrorCode::UpgradeRequired,
        ],
    }],
};

/// `…/notifications/ack`
pub static ACK: Endpoint = Endpoint {
    summary: words("The acknowledgements of a device that follows the feed by server-sent events."),
    paths: &[Path {
        template: "/beta/me/notifications/ack",
        constant: "ACK_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::Acknowledge,
        method: Method::Post,
        summary: words(
            "Says that a device has everything up to a cursor, and whether a person sees it: the answer to an event with `\"ack\":true`.",
        ),
        callers: Callers::User,
        headers: &[],
        query: &[&OWN_ENDPOINT, &TARGET_HOST_NAME],
        body: Some(Body::Acknowledgement),
        answers: &[Answer {
            status: 204,
            when: words("It is known."),
            headers: NO_HEADERS,
            shape: Shape::Nothing,
        }],
        problems: &[ErrorCode::ItemNotFound, ErrorCode::SyncStateNotFound],
    }],
};
