//! The changes of items, as statements with their values.

use notifeed::feed::entry::{DeletedBy, Sender};
use notifeed::feed::{Entry, ReadState, Seq, UserActionState};
use notifeed::notification::PlatformSet;

use super::{SEQ_BASE, Statement};
use crate::host::{Bound, Write};
use crate::wire::Append;

/// A new item's row: by [`Statement::InsertItem`], or [`Statement::InsertUnlessTaken`]. `id` is the text
/// of the entry's id.
pub fn insert<'a>(
    statement: Statement,
    entry: &Entry,
    id: &'a str,
    sender: &'a Sender,
    append: &'a Append,
) -> Write<'a> {
    Write {
        statement,
        values: vec![
            Bound::Integer(entry.ordinal),
            seq(entry.seq),
            seq(entry.content_seq),
            Bound::Integer(i64::from(entry.copy)),
            Bound::Integer(i64::from(entry.revision)),
            read_state(entry.read_state),
            user_action_state(entry.user_action_state),
            deleted(entry.deleted),
            platforms(entry.platforms),
            platforms(entry.reached),
            Bound::Integer(entry.created.unix_millis()),
            Bound::Integer(entry.modified.unix_millis()),
            Bound::Integer(entry.posted.unix_millis()),
            Bound::Integer(entry.expiration.unix_millis()),
            Bound::Integer(entry.keep_until.unix_millis()),
            opt_integer(entry.display_time_to_live),
            bytes(append),
            Bound::Text(id),
            Bound::Text(append.priority.as_str()),
            opt_text(append.group_name.as_deref()),
            opt_text(append.app_notification_id.as_deref()),
            Bound::Text(&sender.app),
            Bound::Text(&sender.issuer),
            Bound::Text(append.request_digest.as_str()),
            flag(entry.asks),
            Bound::Text(append.content.as_str()),
        ],
    }
}

/// An expired item gives its app's own id away.
pub fn free_id(ordinal: i64) -> Write<'static> {
    Write {
        statement: Statement::FreeId,
        values: vec![Bound::Integer(ordinal)],
    }
}

/// A replaced item's row.
pub fn replace<'a>(entry: &Entry, append: &'a Append) -> Write<'a> {
    let keeps = Bound::Integer(i64::from(entry.answered.is_some()));
    Write {
        statement: Statement::ReplaceItem,
        values: vec![
            seq(entry.seq),
            seq(entry.content_seq),
            Bound::Integer(i64::from(entry.copy)),
            Bound::Integer(i64::from(entry.revision)),
            read_state(entry.read_state),
            user_action_state(entry.user_action_state),
            platforms(entry.platforms),
            platforms(entry.reached),
            Bound::Integer(entry.modified.unix_millis()),
            Bound::Integer(entry.posted.unix_millis()),
            Bound::Integer(entry.expiration.unix_millis()),
            Bound::Integer(entry.keep_until.unix_millis()),
            opt_integer(entry.display_time_to_live),
            bytes(append),
            Bound::Text(append.priority.as_str()),
            opt_text(append.group_name.as_deref()),
            Bound::Text(append.request_digest.as_str()),
            flag(entry.asks),
            keeps,
            keeps,
            keeps,
            Bound::Text(append.content.as_str()),
            Bound::Integer(entry.ordinal),
        ],
    }
}

/// An item whose states changed.
pub fn set_states(entry: &Entry) -> Write<'static> {
    Write {
        statement: Statement::SetStates,
        values: vec![
            seq(entry.seq),
            read_state(entry.read_state),
            user_action_state(entry.user_action_state),
            Bound::Integer(entry.modified.unix_millis()),
            entry
                .snoozed_until
                .map_or(Bound::Null, |until| Bound::Integer(until.unix_millis())),
            Bound::Integer(entry.ordinal),
        ],
    }
}

/// An item whose snooze is over.
pub fn wake(entry: &Entry) -> Write<'static> {
    Write {
        statement: Statement::WakeItem,
        values: vec![
            seq(entry.seq),
            Bound::Integer(entry.modified.unix_millis()),
            Bound::Integer(entry.ordinal),
        ],
    }
}

/// An item that was answered.
pub fn set_answer<'a>(entry: &Entry, answer: &'a str, key: Option<&'a str>) -> Write<'a> {
    Write {
        statement: Statement::SetAnswer,
        values: vec![
            seq(entry.seq),
            Bound::Integer(i64::from(entry.copy)),
            read_state(entry.read_state),
            user_action_state(entry.user_action_state),
            Bound::Integer(entry.modified.unix_millis()),
            entry.answered.map_or(Bound::Null, seq),
            Bound::Text(answer),
            opt_text(key),
            Bound::Integer(entry.ordinal),
        ],
    }
}

/// An item that was deleted.
pub fn end(entry: &Entry) -> Write<'static> {
    Write {
        statement: Statement::EndItem,
        values: vec![
            seq(entry.seq),
            Bound::Integer(i64::from(entry.copy)),
            deleted(entry.deleted),
            Bound::Integer(entry.modified.unix_millis()),
            Bound::Integer(entry.ordinal),
        ],
    }
}

/// A change's number, as items store it.
pub const fn seq<'a>(seq: Seq) -> Bound<'a> {
    Bound::Integer(SEQ_BASE.saturating_add(seq.get()))
}

/// Platforms, as items store them.
pub fn platforms<'a>(platforms: PlatformSet) -> Bound<'a> {
    Bound::Integer(i64::from(platforms.bits()))
}

/// A read state, as items store it.
pub const fn read_state<'a>(state: ReadState) -> Bound<'a> {
    Bound::Integer(match state {
        ReadState::Unread => 2,
        ReadState::Read => 3,
    })
}

/// The state of the user's dealing with an item, as rows store it.
pub const fn user_action_state<'a>(state: UserActionState) -> Bound<'a> {
    Bound::Integer(match state {
        UserActionState::NoInteraction => 2,
        UserActionState::Activated => 3,
        UserActionState::Dismissed => 4,
        UserActionState::Snoozed => 5,
    })
}

/// The side that deleted an item, as items store it.
const fn deleted<'a>(by: Option<DeletedBy>) -> Bound<'a> {
    Bound::Integer(match by {
        None => 2,
        Some(DeletedBy::Receiver) => 3,
        Some(DeletedBy::Sender) => 5,
    })
}

/// A flag, as items store it.
const fn flag<'a>(flag: bool) -> Bound<'a> {
    Bound::Integer(if flag { 3 } else { 2 })
}

fn opt_integer<'a>(number: Option<u32>) -> Bound<'a> {
    number.map_or(Bound::Null, |number| Bound::Integer(i64::from(number)))
}

/// A text, or nothing.
pub fn opt_text(text: Option<&str>) -> Bound<'_> {
    text.map_or(Bound::Null, Bound::Text)
}

fn bytes<'a>(append: &Append) -> Bound<'a> {
    let bytes = append.content.as_str().len();
    Bound::Integer(i64::try_from(bytes).unwrap_or(i64::MAX))
}
