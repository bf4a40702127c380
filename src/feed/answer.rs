//! Answering a notification: the first answer wins, from whichever device (CONTRACT §5.3).

use crate::error::{Problem, RefusalCode};
use crate::feed::append::Head;
use crate::feed::entry::{Entry, ReadState, UserActionState};
use crate::feed::update::StateUpdate;
use crate::guid::Guid;
use crate::json::{self, JsonText, Object, Value, Writer};
use crate::notification::check::Check;
use crate::notification::rules::limited_string;
use crate::notification::{Action, ActionInput, Content, Platform};
use crate::time::Timestamp;
use crate::violation::{Violation, ViolationCode, Violations};

/// The longest `key`, in characters; the least is 1.
pub const MAX_KEY: usize = 64;

/// An answer that a person gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct Answering {
    /// The action's id.
    pub action_id: String,
    /// The `revision` of the notification that the person saw.
    pub revision: i64,
    /// The client's own name for this answer, 1 to 64 characters, the same in each of its tries.
    pub key: Option<String>,
    /// The line of text, where the action asks for one.
    pub text: Option<String>,
}

/// The answer that won.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct Answer {
    /// The action's id.
    pub action_id: String,
    /// The line of text, where there is one.
    pub text: Option<String>,
    /// When it was given: UTC, ISO 8601.
    pub answered_date_time: Timestamp,
    /// The platform of the device that it was given on.
    pub platform: Option<Platform>,
    /// The subscription of that device; its sender isn't told.
    pub endpoint: Option<Guid>,
}

impl Answer {
    /// As its receivers see it; `for_sender`: as its sender does, without the endpoint.
    pub fn to_json(&self, for_sender: bool) -> String {
        let mut w = Writer::new();
        w.begin_object();
        w.string_field("actionId", &self.action_id);
        if let Some(text) = &self.text {
            w.string_field("text", text);
        }
        w.string_field("answeredDateTime", &self.answered_date_time.to_string());
        if let Some(platform) = self.platform {
            w.string_field("platform", platform.as_str());
        }
        if let Some(endpoint) = self.endpoint.filter(|_| !for_sender) {
            w.string_field("endpoint", &endpoint.to_string());
        }
        w.end_object();
        w.finish()
    }

    /// Reads what [`Answer::to_json`] wrote for receivers.
    pub fn parse(text: &str) -> Option<Self> {
        let object = json::read_object(text.as_bytes())?;
        let member = |name: &str| object.get(name).and_then(Value::as_str);
        Some(Self {
            action_id: member("actionId")?.to_owned(),
            text: member("text").map(str::to_owned),
            answered_date_time: Timestamp::parse(member("answeredDateTime")?).ok()?,
            platform: member("platform").and_then(Platform::parse),
            endpoint: member("endpoint").and_then(|id| Guid::parse(id).ok()),
        })
    }
}

impl Answering {
    /// Reads the members of `object`, whose path is `at`.
    pub(crate) fn read(check: &mut Check, object: &Object<'_>, at: &str) -> Option<Self> {
        let path = |name: &str| match at {
            "" => name.to_owned(),
            at => [at, ".", name].concat(),
        };
        let present = |name: &str| object.get(name).filter(|value| !value.is_null());
        let required = |check: &mut Check, name: &str, what: &str| {
            let value = present(name);
            if value.is_none() {
                check.violation(ViolationCode::RequiredPropertyMissing, &path(name), &[what]);
            }
            value
        };
        let action = required(check, "actionId", "is required: the action that was chosen");
        let action = action.and_then(|id| check.string(id, &path("actionId")));
        let revision = required(
            check,
            "revision",
            "is required: the notification's `revision` that the person saw",
        );
        let revision = revision.and_then(|value| whole_number(check, value, &path("revision")));
        let key = present("key").map(|value| {
            let key = limited_string(check, value, &path("key"), MAX_KEY)?;
            if key.is_empty() {
                check.violation(ViolationCode::Empty, &path("key"), &["must not be empty"]);
                return None;
            }
            Some(key)
        });
        let text = present("text").map(|value| {
            let most = usize::try_from(ActionInput::MAX_LENGTH).unwrap_or(usize::MAX);
            limited_string(check, value, &path("text"), most)
        });
        Some(Self {
            action_id: action?.to_owned(),
            revision: revision?,
            key: key.map_or(Some(None), |key| key.map(Some))?,
            text: text.map_or(Some(None), |text| text.map(Some))?,
        })
    }

    /// Whether the answer may win, after `If-Match`: whether it fits the notification's `actions`, was given to
    /// the content that is there, and is the first. `states`: those beside it in the body.
    ///
    /// # Errors
    /// 400, 409 `ContentChanged`, 409 `AlreadyAnswered`, in this order (CONTRACT §5.3).
    pub fn judge(
        &self,
        entry: &Entry,
        actions: &[Action],
        states: StateUpdate,
        winner: Option<&Answer>,
    ) -> Result<(), Problem> {
        if states.changes(entry) {
            return Err(changes_states());
        }
        self.check(actions)?;
        if self.revision != i64::from(entry.revision) {
            return Err(content_changed());
        }
        winner.map_or(Ok(()), |winner| Err(already_answered(winner)))
    }

    /// Whether the answer fits the notification's `actions`.
    ///
    /// # Errors
    /// 400: an unknown action, none at all, or a text that isn't asked for, empty or too long.
    fn check(&self, actions: &[Action]) -> Result<(), Problem> {
        let refuse = |code, path: &str, sentence: String| {
            let violation = Violation::new(code, path.to_owned(), sentence);
            Err(Problem::from(&Violations::one(violation)))
        };
        let mut actions = actions.iter();
        let Some(action) = actions.find(|action| action.id() == self.action_id) else {
            let sentence = "`actionId` must be the id of one of the notification's actions.";
            return refuse(ViolationCode::UnknownValue, "actionId", sentence.into());
        };
        let Some(text) = &self.text else {
            return Ok(());
        };
        let Some(input) = action.input() else {
            let sentence = "`text` must be left out: this action asks for none.";
            return refuse(ViolationCode::UnknownValue, "text", sentence.into());
        };
        if text.is_empty() {
            let sentence = "`text` must not be empty: give it a character or leave it out.";
            return refuse(ViolationCode::Empty, "text", sentence.into());
        }
        let most = usize::try_from(input.max_length()).unwrap_or(usize::MAX);
        if text.chars().count() > most {
            let sentence = format!("`text` must have at most {most} characters.");
            return refuse(ViolationCode::TooLong, "text", sentence);
        }
        Ok(())
    }
}

fn whole_number(check: &mut Check, value: &Value<'_>, path: &str) -> Option<i64> {
    let Value::Number(number) = value else {
        check.wrong_type(value, path, "a number");
        return None;
    };
    let number = number.to_integer().ok();
    if number.is_none() {
        check.violation(ViolationCode::OutOfRange, path, &["must be a whole number"]);
    }
    number
}

/// The answer wins: the item is read and activated. `revision` is checked before.
pub fn answered(entry: &Entry, head: Head, now: Timestamp) -> Entry {
    let seq = head.seq.next();
    Entry {
        answered: Some(seq),
        copy: entry.copy.saturating_add(1),
        seq,
        read_state: ReadState::Read,
        user_action_state: UserActionState::Activated,
        snoozed_until: None,
        modified: now,
        ..*entry
    }
}

/// Whether the app that sent an item may take it back: not where it is answered, so that nobody believes both in an answer
/// and in a timeout, unless the app says `If-Match: *` (CONTRACT §5.1).
///
/// # Errors
/// 409 with the action that won.
pub fn may_retract(answer: Option<&Answer>, if_match: Option<&str>) -> Result<(), Problem> {
    match answer {
        Some(winner) if if_match.is_none_or(|header| header.trim() != "*") => {
            Err(already_answered(winner))
        }
        _ => Ok(()),
    }
}

/// Whether two contents have the same payload.
pub fn same_payload(one: &JsonText<Content>, other: &JsonText<Content>) -> bool {
    let payload = |content: &JsonText<Content>| {
        let text = ["{", content.as_str(), "}"].concat();
        let object = json::read_object(text.as_bytes())?;
        let mut writer = Writer::new();
        object.get("payload")?.write(&mut writer);
        Some(writer.finish())
    };
    payload(one) == payload(other)
}

/// 400: the body has an answer, and a state that would become another one.
fn changes_states() -> Problem {
    let sentence = "An answer can't be combined with another change: leave the states out.";
    let violation = Violation::new(
        ViolationCode::UnknownValue,
        "answer".to_owned(),
        sentence.into(),
    );
    Problem::from(&Violations::one(violation))
}

/// 409: the person saw another revision.
fn content_changed() -> Problem {
    RefusalCode::ContentChanged.problem(
        "revision",
        "The notification has been replaced since the person saw it. Show what it says now, and ask again.",
    )
}

/// 409: another answer won.
fn already_answered(winner: &Answer) -> Problem {
    let action = &winner.action_id;
    RefusalCode::AlreadyAnswered.problem(
        action,
        format!("The notification has been answered already, by its action '{action}'."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn read(text: &str) -> Result<Answering, Vec<String>> {
        let mut check = Check::default();
        let object = json::read_object(text.as_bytes());
        let Some(object) = object else {
            return Err(Vec::new());
        };
        let answering = Answering::read(&mut check, &object, "answer");
        match (answering, check.findings.into_parts().0) {
            (Some(answering), None) => Ok(answering),
            (_, found) => Err(found
                .iter()
                .flatten()
                .map(|found| [found.code.as_str(), " ", &found.path].concat())
                .collect()),
        }
    }

    #[test]
    fn an_answer_names_the_action_and_the_revision() {
        let whole = r#"{"actionId":"yes","revision":2,"key":"k","text":"t","endpoint":"ignored"}"#;
        let answering = Answering {
            action_id: "yes".into(),
            revision: 2,
            key: Some("k".into()),
            text: Some("t".into()),
        };
        assert_eq!(read(whole), Ok(answering.clone()));
        let short = Answering {
            key: None,
            text: None,
            ..answering
        };
        let text = r#"{"actionId":"yes","revision":2e0,"key":null,"text":null}"#;
        assert_eq!(read(text), Ok(short));
        for (text, expected) in [
            (
                "{}",
                &[
                    "RequiredPropertyMissing answer.actionId",
                    "RequiredPropertyMissing answer.revision",
                ][..],
            ),
            (
                r#"{"actionId":1,"revision":"1","key":"","text":1}"#,
                &[
                    "WrongType answer.actionId",
                    "WrongType answer.revision",
                    "Empty answer.key",
                    "WrongType answer.text",
                ],
            ),
            (
                r#"{"actionId":"a","revision":1.5}"#,
                &["OutOfRange answer.revision"],
            ),
        ] {
            let expected = expected.iter().map(|text| String::from(*text)).collect();
            assert_eq!(read(text), Err(expected), "{text}");
        }
        let long = format!(
            r#"{{"actionId":"a","revision":1,"key":"{}"}}"#,
            "k".repeat(65)
        );
        assert_eq!(read(&long), Err(vec!["TooLong answer.key".into()]));
    }

    #[test]
    fn an_answer_is_read_back_and_its_sender_sees_no_endpoint() {
        let answer = Answer {
            action_id: "yes".into(),
            text: Some("\"sure\"".into()),
            answered_date_time: Timestamp::saturating_from_unix_millis(1500),
            platform: Some(Platform::Ios),
            endpoint: Some(Guid::from_bytes([7; 16])),
        };
        assert_eq!(Answer::parse(&answer.to_json(false)), Some(answer.clone()));
        assert_eq!(
            answer.to_json(true),
            r#"{"actionId":"yes","text":"\"sure\"","answeredDateTime":"1970-01-01T00:00:01.5Z","platform":"iOS"}"#
        );
        assert_eq!(already_answered(&answer).code, ErrorCode::AlreadyAnswered);
        let bare = Answer {
            text: None,
            platform: None,
            endpoint: None,
            ..answer
        };
        assert_eq!(Answer::parse(&bare.to_json(false)), Some(bare));
    }
}
