//! What the server sends: one JSON object a text frame.

use crate::error::Problem;
use crate::feed::{Change, Cursor, Entry};
use crate::guid::Guid;
use crate::http::Context;
use crate::json::Writer;

/// The client's cursor can't be honoured: it forgets everything, the whole live feed follows.
pub fn reset() -> String {
    let mut writer = begin("reset");
    writer.end_object();
    writer.finish()
}

/// A change of one entry. `cursor` is the position at which everything up to this change is known.
/// `item` renders the receiver's view, and is asked only when the frame carries it.
pub fn change(
    change: Change,
    entry: &Entry,
    cursor: Cursor,
    replayed: bool,
    item: impl FnOnce() -> String,
) -> String {
    let kind = match change {
        Change::Content => "notification",
        Change::State => "state",
        Change::Removed(_) => "removed",
    };
    let mut writer = begin(kind);
    writer.integer_field("seq", cursor.seq.get());
    writer.string_field("cursor", &cursor.to_string());
    match change {
        Change::Content => {
            writer.key("replayed");
            writer.boolean(replayed);
            writer.raw_field("notification", &item());
        }
        Change::State => {
            writer.string_field("id", &entry.id.to_string());
            writer.string_field("readState", entry.read_state.as_str());
            writer.string_field("userActionState", entry.user_action_state.as_str());
        }
        Change::Removed(reason) => {
            writer.string_field("id", &entry.id.to_string());
            writer.string_field("reason", reason.as_str());
        }
    }
    writer.end_object();
    writer.finish()
}

/// The replay is over; from here on changes come as they happen.
pub fn ready(cursor: Cursor, endpoint: Option<Guid>, resumed: bool) -> String {
    let mut writer = begin("ready");
    writer.string_field("cursor", &cursor.to_string());
    writer.opt_string_field("endpoint", endpoint.map(|id| id.to_string()).as_deref());
    writer.key("resumed");
    writer.boolean(resumed);
    writer.end_object();
    writer.finish()
}

/// The answer to a client's frame that could not be carried out.
pub fn refused(reference: &str, status: u16, problem: &Problem, context: &Context) -> String {
    let mut writer = begin("result");
    writer.string_field("ref", reference);
    writer.integer_field("status", i64::from(status));
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
