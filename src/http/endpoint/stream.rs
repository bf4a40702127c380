//! `…/notifications/stream`: a signed-in client connects (CONTRACT §4).

use super::operation::{Answer, Callers, Operation, OperationId, Shape};
use super::query::{CURSOR, ENDPOINT, PLATFORM, REPLAY_TOP, TARGET_HOST_NAME};
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
        summary: words("Opens a WebSocket that tells a device of every change of the feed."),
        callers: Callers::User,
        headers: &[RequestHeader::Upgrade, RequestHeader::Subprotocols],
        query: &[
            &PLATFORM,
            &CURSOR,
            &REPLAY_TOP,
            &ENDPOINT,
            &TARGET_HOST_NAME,
        ],
        body: None,
        answers: &[Answer {
            status: 101,
            when: words("The connection is open."),
            headers: &["Sec-WebSocket-Protocol"],
            shape: Shape::Nothing,
        }],
        problems: &[
            ErrorCode::ServerBusy,
            ErrorCode::ItemNotFound,
            ErrorCode::SyncStateNotFound,
            ErrorCode::UpgradeRequired,
        ],
    }],
};
