//! How a notification looks to who asks: its sender, or a receiver (CONTRACT §1 and §2).

use crate::feed::entry::Entry;
use crate::http::{Context, reply};
use crate::json::Writer;
use crate::notification::Notification;
use crate::time::Timestamp;

/// The sender's view, which 201 and 200 answer with: the page's properties in the page's order.
pub fn sender(
    entry: &Entry,
    notification: &Notification,
    principal_name: &str,
    context: &Context,
) -> String {
    let mut writer = Writer::new();
    writer.begin_object();
    writer.string_field(
        "@odata.context",
        &reply::notification_context(context, principal_name),
    );
    write_display_time_to_live(entry, context.now, &mut writer);
    writer.string_field("expirationDateTime", &entry.expiration.to_string());
    writer.opt_string_field("groupName", notification.group_name());
    writer.string_field("id", &entry.id.to_string());
    writer.string_field("priority", notification.priority().as_str());
    writer.key("payload");
    notification.write_sender_payload(&mut writer);
    writer.end_object();
    writer.finish()
}

/// The receiver's view: all of it. `displayTimeToLive` is the whole seconds left at `now`, as in
/// the sender's view (D).
pub fn receiver(entry: &Entry, notification: &Notification, now: Timestamp) -> String {
    let mut writer = Writer::new();
    write_receiver(entry, notification, now, None, &mut writer);
    writer.finish()
}

/// The receiver's view as an OData entity, with its `@odata.context`.
pub fn receiver_entity(
    entry: &Entry,
    notification: &Notification,
    principal_name: &str,
    context: &Context,
) -> String {
    let mut writer = Writer::new();
    let odata_context = reply::notification_context(context, principal_name);
    write_receiver(
        entry,
        notification,
        context.now,
        Some(&odata_context),
        &mut writer,
    );
    writer.finish()
}

fn write_receiver(
    entry: &Entry,
    notification: &Notification,
    now: Timestamp,
    odata_context: Option<&str>,
    writer: &mut Writer,
) {
    writer.begin_object();
    if let Some(odata_context) = odata_context {
        writer.string_field("@odata.context", odata_context);
    }
    writer.string_field("id", &entry.id.to_string());
    notification.write_content(writer);
    writer.string_field("createdDateTime", &entry.created.to_string());
    writer.string_field("lastModifiedDateTime", &entry.modified.to_string());
    writer.string_field("expirationDateTime", &entry.expiration.to_string());
    write_display_time_to_live(entry, now, writer);
    writer.string_field("readState", entry.read_state.as_str());
    writer.string_field("userActionState", entry.user_action_state.as_str());
    writer.string_field("status", entry.status());
    writer.end_object();
}

fn write_display_time_to_live(entry: &Entry, now: Timestamp, writer: &mut Writer) {
    match entry.display_seconds_left(now) {
        Some(seconds) => writer.integer_field("displayTimeToLive", seconds),
        None => writer.null_field("displayTimeToLive"),
    }
}

/// `ETag` of an item: changes with anything of it (RFC 9110 §8.8.3).
pub fn etag(entry: &Entry) -> String {
    format!("\"{}.{}\"", entry.revision, entry.seq.get())
}
