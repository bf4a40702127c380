//! The answers to the client's frames.

use super::ServerFrame;
use crate::error::{ErrorObject, Problem};
use crate::feed::answer::Answer;
use crate::feed::mark_all::Counts;
use crate::feed::{Cursor, Entry, ReadState, Seq, UserActionState};
use crate::json::{JsonText, Writer};
use crate::request::Context;

/// The answer to a client's frame.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub(crate) struct ResultFrame<'f> {
    /// The client's own name for its frame.
    r#ref: &'f str,
    /// The HTTP status that the same request would have got.
    status: u16,
    /// The change's number, if it made one.
    seq: Option<Seq>,
    /// The position at which the change is known, if it made one: the sender isn't told of it
    /// otherwise.
    cursor: Option<Cursor>,
    /// In a change: the server waits for an `ack` of its number before it sends much more.
    #[cfg_attr(test, ts(optional, type = "true"))]
    #[expect(dead_code, reason = "declared for its shape: `asking` writes it")]
    ack: Option<bool>,
    /// In the answer to `markAllRead` and `markAllSeen`: the number up to which items were marked.
    through: Option<Seq>,
    /// In the answer to `markAllRead` and `markAllSeen`: as `ready` has it.
    unread: Option<u32>,
    /// In the answer to `markAllRead` and `markAllSeen`: as `ready` has it.
    unseen: Option<u32>,
    /// The item's read state, for an item that has changed since what the client knew.
    read_state: Option<ReadState>,
    /// The user's way of dealing with the item, for an item that has changed since what the client knew.
    user_action_state: Option<UserActionState>,
    /// In the answer to `answer`: the answer that won.
    answer: Option<&'f JsonText<Answer>>,
    /// The error, where the request failed.
    error: Option<ErrorObject<'f>>,
}

/// The answer to a client's frame that marked all items up to `through`. `cursor`: the position at which
/// its changes are known, if it made any.
pub fn marked(reference: &str, cursor: Option<Cursor>, through: Seq, counts: Counts) -> String {
    ServerFrame::Result(ResultFrame {
        seq: cursor.map(|cursor| cursor.seq()),
        cursor,
        through: Some(through),
        unread: Some(counts.unread),
        unseen: Some(counts.unseen),
        ..ResultFrame::of(reference, 200)
    })
    .to_json()
}

/// The answer to a client's frame that was carried out. `cursor`: the position at which its change
/// is known, if it made one; the sender isn't told of it otherwise.
pub fn done(reference: &str, status: u16, cursor: Option<Cursor>) -> String {
    ServerFrame::Result(ResultFrame {
        seq: cursor.map(|cursor| cursor.seq()),
        cursor,
        ..ResultFrame::of(reference, status)
    })
    .to_json()
}

/// The answer to a client's `answer`, which has won. `cursor`: the position at which that is known, if it has
/// won just now.
pub fn answered(reference: &str, cursor: Option<Cursor>, answer: &JsonText<Answer>) -> String {
    ServerFrame::Result(ResultFrame {
        seq: cursor.map(|cursor| cursor.seq()),
        cursor,
        answer: Some(answer),
        ..ResultFrame::of(reference, 200)
    })
    .to_json()
}

/// The answer to a client's frame that could not be carried out. `changed`: the item as it is, where it
/// has changed since what the client knew.
pub fn refused(
    reference: &str,
    status: u16,
    changed: Option<&Entry>,
    problem: &Problem,
    context: &Context,
) -> String {
    ServerFrame::Result(ResultFrame {
        read_state: changed.map(|entry| entry.read_state),
        user_action_state: changed.map(|entry| entry.user_action_state),
        error: Some(problem.object(context)),
        ..ResultFrame::of(reference, status)
    })
    .to_json()
}

impl<'f> ResultFrame<'f> {
    const fn of(reference: &'f str, status: u16) -> Self {
        Self {
            r#ref: reference,
            status,
            seq: None,
            cursor: None,
            ack: None,
            through: None,
            unread: None,
            unseen: None,
            read_state: None,
            user_action_state: None,
            answer: None,
            error: None,
        }
    }

    /// Writes the members, without those that are absent.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.string_field("ref", self.r#ref);
        writer.integer_field("status", i64::from(self.status));
        if let Some(seq) = self.seq {
            writer.integer_field("seq", seq.get());
        }
        if let Some(cursor) = self.cursor {
            writer.string_field("cursor", &cursor.to_string());
        }
        if let Some(through) = self.through {
            writer.integer_field("through", through.get());
        }
        if let Some(unread) = self.unread {
            writer.integer_field("unread", i64::from(unread));
        }
        if let Some(unseen) = self.unseen {
            writer.integer_field("unseen", i64::from(unseen));
        }
        if let Some(state) = self.read_state {
            writer.string_field("readState", state.as_str());
        }
        if let Some(state) = self.user_action_state {
            writer.string_field("userActionState", state.as_str());
        }
        if let Some(answer) = self.answer {
            writer.raw_field("answer", answer.as_str());
        }
        if let Some(error) = &self.error {
            writer.key("error");
            error.write(writer);
        }
    }
}
