//! `…/notifications/receipts`: a device says what became of a push (CONTRACT §5.7).

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::{Availability, Endpoint, Path, words};
use crate::error::ErrorCode;
use crate::http::Method;

/// `…/notifications/receipts`
pub static RECEIPTS: Endpoint = Endpoint {
    summary: words("The receipts of pushes."),
    paths: &[Path {
        template: "/beta/me/notifications/receipts",
        constant: "RECEIPTS_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::ReturnReceipt,
        method: Method::Post,
        summary: words(
            "Says that a push arrived, or what a person did with it; the receipt that came along is the right to it.",
        ),
        callers: Callers::Anyone,
        headers: &[],
        query: &[],
        body: Some(Body::Receipt),
        answers: &[Answer {
            status: 204,
            when: words(
                "It is known; where the notification is gone or was replaced, nothing has changed.",
            ),
            headers: NO_HEADERS,
            shape: Shape::Nothing,
        }],
        problems: &[ErrorCode::NotAuthorizedForUser],
    }],
};
