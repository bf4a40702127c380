//! `…/notifications/personalData`: everything that is stored of a signed-in user, exported or erased (CONTRACT §5.9).

use super::operation::{Answer, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::{Availability, Endpoint, Path, words};
use crate::http::Method;

/// `…/notifications/personalData`
pub static ENDPOINT: Endpoint = Endpoint {
    summary: words(
        "Everything that is stored of the user: of the app's hosts, or of all hosts with the scope `Notifications.ReadWrite.All`.",
    ),
    paths: &[Path {
        template: "/beta/me/notifications/personalData",
        constant: "PERSONAL_DATA_PATH",
    }],
    availability: Availability::Always,
    operations: &[
        Operation {
            id: OperationId::ExportPersonalData,
            method: Method::Get,
            summary: words("Exports what is stored of the user."),
            callers: Callers::User,
            headers: &[],
            query: &[],
            body: None,
            answers: &[Answer {
                status: 200,
                when: words("A feed for each host that has something, as it is read."),
                headers: NO_HEADERS,
                shape: Shape::PersonalData,
            }],
            problems: &[],
        },
        Operation {
            id: OperationId::ErasePersonalData,
            method: Method::Delete,
            summary: words(
                "Erases what is stored of the user, with all copies; their connections end with 4403.",
            ),
            callers: Callers::User,
            headers: &[],
            query: &[],
            body: None,
            answers: &[Answer {
                status: 204,
                when: words("Nothing is stored any more."),
                headers: NO_HEADERS,
                shape: Shape::Nothing,
            }],
            problems: &[],
        },
    ],
};
