//! `/beta/$batch`: several requests in one (CONTRACT §5.1).

use super::operation::{Answer, Body, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::{Availability, Endpoint, Path, words};
use crate::http::Method;

/// `/beta/$batch`
pub static ENDPOINT: Endpoint = Endpoint {
    summary: words("Several requests in one."),
    paths: &[Path {
        template: "/beta/$batch",
        constant: "BATCH_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::Batch,
        method: Method::Post,
        summary: words(
            "Makes up to 20 requests, each judged as if it came alone; one without `Authorization` has the batch's.",
        ),
        callers: Callers::Bearer,
        headers: &[],
        query: &[],
        body: Some(Body::Batch),
        answers: &[Answer {
            status: 200,
            when: words(
                "The answers, in any order; 424 to a request that depends on one which has failed.",
            ),
            headers: NO_HEADERS,
            shape: Shape::Responses,
        }],
        problems: &[],
    }],
};
