//! A user's change of an item: its states change, or it is deleted (CONTRACT §2, PATCH and DELETE).

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::feed::answer::Answering;
use crate::feed::append::Head;
use crate::feed::entry::{DeletedBy, Entry, ReadState, Seq, UserActionState};
use crate::feed::view::PROPERTIES;
use crate::json::{self, Object, Value};
use crate::notification::check::{Check, object_body};
use crate::notification::rules::time;
use crate::notification::{is_annotation, nearest};
use crate::time::Timestamp;
use crate::violation::{Violation, ViolationCode, Violations};

const DECLARED: [&str; 2] = ["readState", "userActionState"];
const SNOOZED_UNTIL: &str = "snoozedUntilDateTime";

/// The states to set; what is absent stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct StateUpdate {
    /// Whether the user has read it.
    pub read_state: Option<ReadState>,
    /// The new state of the user's dealing with it.
    pub user_action_state: Option<UserActionState>,
    /// With `snoozed`: the instant at which it is unread again (CONTRACT §5.6).
    pub snoozed_until_date_time: Option<Timestamp>,
}

/// The body of a PATCH: states, or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemUpdate {
    /// The states; beside an answer they may change nothing.
    pub states: StateUpdate,
    /// The answer (CONTRACT §5.3).
    pub answer: Option<Answering>,
}

impl ItemUpdate {
    /// Reads the body of a PATCH: at least one of the two states, or an answer. An SDK may send back the whole item
    /// as it read it (OData 4.01 §11.4.3): other properties of an item, an `answer` with its time, members that are
    /// `null`, and annotations are ignored. Any other property is a violation, not a warning.
    ///
    /// # Errors
    /// Every violation.
    pub fn parse(body: &[u8]) -> Result<Self, Violations> {
        object_body(body, |check, object| {
            undeclared(check, object);
            Self::read(check, object)
        })
    }

    fn read(check: &mut Check, object: &Object<'_>) -> Option<Self> {
        let given = object.get("answer").and_then(Value::as_object);
        // An `answer` with `answeredDateTime` was read from the service and is sent back unchanged.
        let given = given.filter(|answer| answer.get("answeredDateTime").is_none());
        let Some(given) = given else {
            let states = StateUpdate::read(check, object)?;
            return Some(Self {
                states,
                answer: None,
            });
        };
        let answer = Answering::read(check, given, "answer");
        let has_states = DECLARED
            .iter()
            .any(|name| object.get(name).is_some_and(|value| !value.is_null()));
        let states = match has_states {
            true => StateUpdate::read(check, object)?,
            false => StateUpdate::default(),
        };
        Some(Self {
            states,
            answer: Some(answer?),
        })
    }
}

impl StateUpdate {
    /// Whether an item would have other states.
    pub fn changes(self, entry: &Entry) -> bool {
        let Self {
            read_state,
            user_action_state,
            ..
        } = self;
        read_state.is_some_and(|state| state != entry.read_state)
            || user_action_state.is_some_and(|state| state != entry.user_action_state)
            || self.snoozed_until(entry) != entry.snoozed_until
    }

    /// The instant until which the item would be snoozed.
    fn snoozed_until(self, entry: &Entry) -> Option<Timestamp> {
        match self.user_action_state {
            None => entry.snoozed_until,
            Some(UserActionState::Snoozed) => self.snoozed_until_date_time,
            Some(_) => None,
        }
    }

    /// Judges the instant of a snooze. The instant that the item has already is ignored: SDKs send it back.
    ///
    /// # Errors
    /// 400: it has passed, it isn't before the item's expiration, or the item isn't to be snoozed.
    pub fn judge(self, entry: &Entry, now: Timestamp) -> Result<(), Problem> {
        let Some(until) = self.snoozed_until_date_time else {
            return Ok(());
        };
        if entry.snoozed_until == Some(until) {
            return Ok(());
        }
        let is_snoozed = self.user_action_state == Some(UserActionState::Snoozed);
        let (code, sentence) = if !is_snoozed {
            let sentence = "`snoozedUntilDateTime` goes with `userActionState` `snoozed` only.";
            (ViolationCode::UnknownValue, sentence)
        } else if until <= now {
            let sentence = "`snoozedUntilDateTime` must lie in the future.";
            (ViolationCode::OutOfRange, sentence)
        } else if until >= entry.expiration {
            let sentence = "`snoozedUntilDateTime` must lie before the notification's expiration.";
            (ViolationCode::OutOfRange, sentence)
        } else {
            return Ok(());
        };
        let violation = Violation::new(code, SNOOZED_UNTIL.to_owned(), sentence.into());
        Err(Problem::from(&Violations::one(violation)))
    }

    /// The states among the members of `object`: at least one.
    pub(crate) fn read(check: &mut Check, object: &Object<'_>) -> Option<Self> {
        let states = DECLARED.map(|name| object.get(name).filter(|value| !value.is_null()));
        let [read_state, user_action_state] = states;
        if read_state.is_none() && user_action_state.is_none() {
            let what = "must have `readState`, `userActionState` or both";
            return refuse(check, ViolationCode::RequiredPropertyMissing, what);
        }
        let read_state = read_state.map(|value| {
            let what = "must be `unread` or `read`";
            state(check, value, "readState", what, ReadState::parse)
        });
        let user_action_state = user_action_state.map(|value| {
            let what = "must be `noInteraction`, `activated`, `dismissed` or `snoozed`";
            state(
                check,
                value,
                "userActionState",
                what,
                UserActionState::parse,
            )
        });
        let until = object.get(SNOOZED_UNTIL).filter(|value| !value.is_null());
        let until = until.map(|value| time(check, value, SNOOZED_UNTIL));
        Some(Self {
            read_state: read_state.map_or(Some(None), |state| state.map(Some))?,
            user_action_state: user_action_state.map_or(Some(None), |state| state.map(Some))?,
            snoozed_until_date_time: until.map_or(Some(None), |until| until.map(Some))?,
        })
    }
}

fn state<T>(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
    what: &str,
    parse: fn(&str) -> Option<T>,
) -> Option<T> {
    let state = parse(check.string(value, path)?);
    if state.is_none() {
        check.violation(ViolationCode::UnknownValue, path, &[what]);
    }
    state
}

fn undeclared(check: &mut Check, object: &Object<'_>) {
    for member in object {
        let known = PROPERTIES.contains(&&*member.name);
        if !known && !member.value.is_null() && !is_annotation(&member.name) {
            let mut path = String::new();
            json::push_name(&mut path, &member.name);
            let meant = nearest(&member.name, &PROPERTIES);
            let what = match meant {
                Some(_) => "is no property of a notification: did you mean `",
                None => {
                    "is no property of a notification: only `readState`, `userActionState`, `snoozedUntilDateTime` and `answer` can be given"
                }
            };
            let hint = meant.map_or(String::new(), |meant| [meant, "`?"].concat());
            check.violation(ViolationCode::UnknownValue, &path, &[what, &hint]);
        }
    }
}

fn refuse<T>(check: &mut Check, code: ViolationCode, what: &str) -> Option<T> {
    let message = ["The body ", what, "."].concat();
    let violation = Violation::new(code, String::new(), message);
    check.findings.violation(violation);
    None
}

/// Whether an item has changed since what a caller knew of it, by the number of its last change; a
/// number that the feed hasn't given yet is another epoch's, and says nothing.
pub fn has_changed_since(entry: &Entry, known: Option<Seq>, head: Head) -> bool {
    known.is_some_and(|known| entry.seq > known || known > head.seq)
}

/// Sets states. `None`: the item has these states already; nothing is written, and no endpoint is notified.
pub fn update(entry: &Entry, update: StateUpdate, head: Head, now: Timestamp) -> Option<Entry> {
    update.changes(entry).then(|| Entry {
        read_state: update.read_state.unwrap_or(entry.read_state),
        user_action_state: update.user_action_state.unwrap_or(entry.user_action_state),
        snoozed_until: update.snoozed_until(entry),
        seq: head.seq.next(),
        modified: now,
        ..*entry
    })
}

/// The end of a snooze, at its instant: the item is unread again, and told like new content.
pub fn wake(entry: &Entry, until: Timestamp, head: Head) -> Entry {
    let seq = head.seq.next();
    Entry {
        read_state: ReadState::Unread,
        user_action_state: UserActionState::NoInteraction,
        snoozed_until: None,
        seq,
        content_seq: seq,
        modified: until,
        ..*entry
    }
}

/// Deletes: what is left is a tombstone, for endpoints that are away and for the item's sender.
pub fn delete(entry: &Entry, by: DeletedBy, head: Head, now: Timestamp) -> Entry {
    Entry {
        deleted: Some(by),
        snoozed_until: None,
        copy: entry.copy.saturating_add(1),
        seq: head.seq.next(),
        modified: now,
        ..*entry
    }
}

#[cfg(test)]
mod tests;
