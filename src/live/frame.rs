//! What the server sends: one JSON object a text frame.

use crate::error::Problem;
use crate::feed::{Cursor, Entry, RemovalReason, view};
use crate::guid::Guid;
use crate::http::Context;
use crate::json::Writer;
use crate::notification::Notification;
use crate::time::Timestamp;

/// The client's cursor can't be honoured: it forgets everything, the whole live feed follows.
pub fn reset() -> String {
    let mut writer = begin("reset");
    writer.end_object();
    writer.finish()
}

/// New or replaced content. `cursor` is the position at which everything up to this change is known.
pub fn notification(
    entry: &Entry,
    notification: &Notification,
    cursor: Cursor,
    replayed: bool,
    now: Timestamp,
) -> String {
    let mut writer = begin_change("notification", cursor);
    writer.boolean_field("replayed", replayed);
    writer.raw_field("notification", &view::receiver(entry, notification, now));
    writer.end_object();
    writer.finish()
}

/// Only the states changed.
pub fn state(entry: &Entry, cursor: Cursor) -> String {
    let mut writer = begin_change("state", cursor);
    writer.string_field("id", &entry.id.to_string());
    writer.string_field("readState", entry.read_state.as_str());
    writer.string_field("userActionState", entry.user_action_state.as_str());
    writer.end_object();
    writer.finish()
}

/// The item is gone.
pub fn removed(entry: &Entry, reason: RemovalReason, cursor: Cursor) -> String {
    let mut writer = begin_change("removed", cursor);
    writer.string_field("id", &entry.id.to_string());
    writer.string_field("reason", reason.as_str());
    writer.end_object();
    writer.finish()
}

/// The replay is over; from here on changes come as they happen.
pub fn ready(cursor: Cursor, endpoint: Option<Guid>, resumed: bool) -> String {
    let mut writer = begin("ready");
    writer.string_field("cursor", &cursor.to_string());
    writer.opt_string_field("endpoint", endpoint.map(|id| id.to_string()).as_deref());
    writer.boolean_field("resumed", resumed);
    writer.end_object();
    writer.finish()
}

/// The answer to a client's frame that was carried out. `cursor`: the position at which its change
/// is known, if it made one; the sender isn't told of it otherwise.
pub fn done(reference: &str, status: u16, cursor: Option<Cursor>) -> String {
    let mut writer = begin_result(reference, status);
    if let Some(cursor) = cursor {
        write_position(cursor, &mut writer);
    }
    writer.end_object();
    writer.finish()
}

/// The answer to a client's frame that could not be carried out.
pub fn refused(reference: &str, status: u16, problem: &Problem, context: &Context) -> String {
    let mut writer = begin_result(reference, status);
    writer.key("error");
    problem.write(context, &mut writer);
    writer.end_object();
    writer.finish()
}

fn begin(kind: &str) -> Writer {
    let mut writer = Writer::new();
    writer.begin_object();
    writer.string_field("type", kind);
    writer
}

fn begin_result(reference: &str, status: u16) -> Writer {
    let mut writer = begin("result");
    writer.string_field("ref", reference);
    writer.integer_field("status", i64::from(status));
    writer
}

fn begin_change(kind: &str, cursor: Cursor) -> Writer {
    let mut writer = begin(kind);
    write_position(cursor, &mut writer);
    writer
}

fn write_position(cursor: Cursor, writer: &mut Writer) {
    writer.integer_field("seq", cursor.seq().get());
    writer.string_field("cursor", &cursor.to_string());
}
