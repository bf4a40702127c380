//! `/beta/$metadata`: the types of what is answered, to which each `@odata.context` refers (OData 4.01 CSDL).

use super::operation::{Answer, Callers, NO_HEADERS, Operation, OperationId, Shape};
use super::{Availability, Endpoint, Path, words};
use crate::http::Method;

/// The document.
pub const METADATA: &str = include_str!("../../../schema/metadata.xml");

/// `/beta/$metadata`
pub static ENDPOINT: Endpoint = Endpoint {
    summary: words("The types of the feed, in OData's XML."),
    paths: &[Path {
        template: "/beta/$metadata",
        constant: "METADATA_PATH",
    }],
    availability: Availability::Always,
    operations: &[Operation {
        id: OperationId::ReadMetadata,
        method: Method::Get,
        summary: words("Describes the types of the feed."),
        callers: Callers::Anyone,
        headers: &[],
        query: &[],
        body: None,
        answers: &[Answer {
            status: 200,
            when: words("The description."),
            headers: NO_HEADERS,
            shape: Shape::Metadata,
        }],
        problems: &[],
    }],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::entry::{NotificationStatus, ReadState, UserActionState};
    use crate::feed::view::PROPERTIES;
    use crate::notification::Priority;

    /// The names of the elements `element` in the type of that name.
    fn names(of: &str, element: &str) -> Vec<&'static str> {
        let begin = format!("Type Name=\"{of}\"");
        let (_, rest) = METADATA.split_once(&begin).unwrap_or_default();
        let (inside, _) = rest.split_once("Type>").unwrap_or_default();
        let named = inside
            .split("<")
            .filter_map(|tag| tag.strip_prefix(element));
        let names = named.filter_map(|tag| tag.strip_prefix(" Name=\"")?.split('"').next());
        names.collect()
    }

    #[test]
    fn types_and_values_are_those_of_the_feed() {
        assert_eq!(names("notification", "Property"), PROPERTIES);
        assert_eq!(
            names("priority", "Member"),
            Priority::ALL.map(Priority::as_str)
        );
        assert_eq!(
            names("readState", "Member"),
            ReadState::ALL.map(ReadState::as_str)
        );
        assert_eq!(
            names("userActionState", "Member"),
            UserActionState::ALL.map(UserActionState::as_str)
        );
        assert_eq!(
            names("notificationStatus", "Member"),
            NotificationStatus::ALL.map(NotificationStatus::as_str)
        );
    }
}
