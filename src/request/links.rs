//! Links that answers carry, with the origin and version of the request.

use super::Context;
use crate::uri::percent_encode;

/// `{origin}/{version}/me/activities/{id}`: where a notification can be fetched.
pub fn location(context: &Context, id: &str) -> String {
    format!("{}/{}/me/activities/{id}", context.origin, context.version)
}

/// `{origin}/{version}/me/notifications{rest}`: a call on the feed.
pub fn feed_url(context: &Context, rest: &str) -> String {
    format!(
        "{}/{}/me/notifications{rest}",
        context.origin, context.version
    )
}

/// `@odata.context` of a user's notifications (principal name, percent-encoded).
pub fn feed_context(context: &Context, principal_name: &str) -> String {
    format!(
        "{}/{}/$metadata#users('{}')/notifications",
        context.origin,
        context.version,
        percent_encode(principal_name)
    )
}

/// `@odata.context` of a page of them with the selected properties only (OData 4.01 §10.7); all where none is.
pub fn selected_context(context: &Context, principal_name: &str, select: &[String]) -> String {
    let feed = feed_context(context, principal_name);
    match select {
        [] => feed,
        select => format!("{feed}({})", select.join(",")),
    }
}

/// `@odata.context` of one of them.
pub fn notification_context(context: &Context, principal_name: &str) -> String {
    format!("{}/$entity", feed_context(context, principal_name))
}
