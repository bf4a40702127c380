//! Changes of items: the body of a PATCH, and the rules of a snooze.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use super::*;
use crate::digest::Digest;
use crate::feed::append::{Appended, Post, append};
use crate::guid::Guid;
use crate::notification::PlatformSet;

/// The states of a body without an answer.
fn parse(body: &[u8]) -> Result<StateUpdate, Violations> {
    ItemUpdate::parse(body).map(|update| {
        assert_eq!(update.answer, None);
        update.states
    })
}

fn codes(body: &str) -> Vec<(String, &'static str)> {
    Violations::codes(parse(body.as_bytes()))
}

#[test]
fn one_state_or_both() {
    assert_eq!(
        parse(br#"{"readState":"read","userActionState":null}"#),
        Ok(StateUpdate {
            read_state: Some(ReadState::Read),
            user_action_state: None,
            snoozed_until_date_time: None
        })
    );
    assert_eq!(
        parse(br#"{"@odata.type":"x","userActionState":"dismissed"}"#),
        Ok(StateUpdate {
            read_state: None,
            user_action_state: Some(UserActionState::Dismissed),
            snoozed_until_date_time: None
        })
    );
}

#[test]
fn an_answer_is_given_or_comes_back() {
    let given = |body: &str| {
        ItemUpdate::parse(body.as_bytes()).map(|update| update.answer.map(|answer| answer.revision))
    };
    assert_eq!(
        given(r#"{"answer":{"actionId":"a","revision":2}}"#),
        Ok(Some(2))
    );
    assert_eq!(
        given(r#"{"answer":{"actionId":"a","revision":2},"readState":"read"}"#),
        Ok(Some(2))
    );
    let read = r#"{"answer":{"actionId":"a","answeredDateTime":"2019-10-21T22:05:36Z"},"readState":"read"}"#;
    assert_eq!(given(read), Ok(None));
    assert_eq!(given(r#"{"answer":null,"readState":"read"}"#), Ok(None));
    assert_eq!(
        codes(r#"{"answer":{"actionId":"a"}}"#),
        [("answer.revision".to_owned(), "RequiredPropertyMissing")]
    );
    assert_eq!(
        codes(r#"{"answer":"a"}"#),
        [(String::new(), "RequiredPropertyMissing")]
    );
}

#[test]
fn what_an_sdk_sends_back_is_ignored() {
    let whole = r#"{"@odata.context":"x","id":"1","payload@odata.type":"y","priority":"High",
        "payload":{},"status":"active","extension":null,"readState":"read"}"#;
    assert_eq!(
        parse(whole.as_bytes()),
        Ok(StateUpdate {
            read_state: Some(ReadState::Read),
            user_action_state: None,
            snoozed_until_date_time: None
        })
    );
    for nothing in ["{}", r#"{"id":"1"}"#, r#"{"readState":null}"#] {
        assert_eq!(codes(nothing), [(String::new(), "RequiredPropertyMissing")]);
    }
}

#[test]
fn an_unknown_property_may_be_meant_to_be_another() {
    let message = |body: &str| {
        let violations = parse(body.as_bytes()).err()?;
        let first = violations.iter().next()?;
        Some(first.message.clone())
    };
    assert_eq!(
        message(r#"{"readstate":"read","readState":"read"}"#).as_deref(),
        Some("`readstate` is no property of a notification: did you mean `readState`?")
    );
    assert_eq!(
        message(r#"{"colour":"red","readState":"read"}"#).as_deref(),
        Some(
            "`colour` is no property of a notification: only `readState`, `userActionState`, `snoozedUntilDateTime` and `answer` can be given."
        )
    );
}

#[test]
fn nothing_else() {
    assert_eq!(codes("[]"), [(String::new(), "NotAnObject")]);
    assert_eq!(
        codes(r#"{"readState":"Read","userActionState":5,"prio":"High"}"#),
        [
            ("prio", "UnknownValue"),
            ("readState", "UnknownValue"),
            ("userActionState", "WrongType"),
        ]
        .map(|(path, code)| (path.to_owned(), code))
    );
}

/// The first item of a feed, for a second.
fn entry() -> Entry {
    let post = Post {
        platforms: PlatformSet::ALL,
        expiration: at(1000),
        display_time_to_live: None,
        request_digest: Digest::of(&[]),
        asks: false,
        create_only: false,
        id: Guid::from_bytes([7; 16]),
        now: at(0),
    };
    let Appended::Created(entry) = append(None, Head::default(), &post) else {
        panic!("it isn't new");
    };
    entry
}

fn at(millis: i64) -> Timestamp {
    Timestamp::saturating_from_unix_millis(millis)
}

fn states(user_action_state: Option<UserActionState>, until: Option<i64>) -> StateUpdate {
    StateUpdate {
        read_state: None,
        user_action_state,
        snoozed_until_date_time: until.map(at),
    }
}

const SNOOZED: Option<UserActionState> = Some(UserActionState::Snoozed);

#[test]
fn a_snooze_has_a_time_as_all_times_are_written() {
    let body = |until: &str| {
        [
            "{\"userActionState\":\"snoozed\",\"snoozedUntilDateTime\":",
            until,
            "}",
        ]
        .concat()
    };
    let read =
        |until: &str| parse(body(until).as_bytes()).map(|states| states.snoozed_until_date_time);
    assert_eq!(read("\"1970-01-01T01:00:00.5+01:00\""), Ok(Some(at(500))));
    assert_eq!(read("null"), Ok(None));
    for (until, code) in [
        ("\"tomorrow\"", "InvalidDateTime"),
        ("\"1970-01-01T00:00:00\"", "InvalidDateTime"),
        ("500", "WrongType"),
    ] {
        let expected = [("snoozedUntilDateTime".to_owned(), code)];
        assert_eq!(codes(&body(until)), expected, "{until}");
    }
    // A time alone is no change.
    let alone = r#"{"snoozedUntilDateTime":"1970-01-01T00:00:00Z"}"#;
    assert_eq!(codes(alone), [(String::new(), "RequiredPropertyMissing")]);
}

#[test]
fn a_snooze_ends_in_the_future_and_before_the_expiration() {
    let fresh = entry();
    let snoozed = Entry {
        user_action_state: UserActionState::Snoozed,
        snoozed_until: Some(at(500)),
        ..fresh
    };
    let dismissed = Some(UserActionState::Dismissed);
    for (item, states, is_fit) in [
        (fresh, states(SNOOZED, Some(101)), true),
        (fresh, states(SNOOZED, Some(999)), true),
        (fresh, states(SNOOZED, Some(100)), false),
        (fresh, states(SNOOZED, Some(1000)), false),
        (fresh, states(SNOOZED, None), true),
        (fresh, states(None, Some(500)), false),
        (fresh, states(dismissed, Some(500)), false),
        (snoozed, states(SNOOZED, Some(600)), true),
        // The time that is stored comes back.
        (snoozed, states(None, Some(500)), true),
        (snoozed, states(dismissed, Some(500)), true),
        (snoozed, states(None, Some(501)), false),
    ] {
        assert_eq!(states.judge(&item, at(100)).is_ok(), is_fit, "{states:?}");
    }
}

#[test]
fn a_snooze_lasts_until_its_time_or_another_state() {
    let head = Head::default();
    let set = |item: &Entry, states| update(item, states, head, at(100));
    let snoozed = set(&entry(), states(SNOOZED, Some(500))).unwrap();
    assert_eq!(snoozed.snoozed_until, Some(at(500)));
    assert_eq!(set(&snoozed, states(SNOOZED, Some(500))), None);
    let later = set(&snoozed, states(SNOOZED, Some(600))).unwrap();
    assert_eq!(later.snoozed_until, Some(at(600)));
    let label = set(&snoozed, states(SNOOZED, None)).unwrap();
    assert_eq!(
        (label.user_action_state, label.snoozed_until),
        (UserActionState::Snoozed, None)
    );
    let restored = set(&snoozed, states(Some(UserActionState::NoInteraction), None)).unwrap();
    assert_eq!(restored.snoozed_until, None);
    let read = StateUpdate {
        read_state: Some(ReadState::Read),
        ..StateUpdate::default()
    };
    assert_eq!(set(&snoozed, read).unwrap().snoozed_until, Some(at(500)));
    let woken = wake(
        &set(&snoozed, read).unwrap(),
        at(500),
        Head {
            seq: Seq::new(4),
            ordinal: 1,
        },
    );
    let expected = Entry {
        seq: Seq::new(5),
        content_seq: Seq::new(5),
        modified: at(500),
        ..entry()
    };
    assert_eq!(woken, expected);
}
