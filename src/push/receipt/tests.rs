#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;
use crate::error::ErrorCode;

const AT: i64 = 1_790_000_000_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_unix_millis(millis).unwrap()
}

fn key(byte: u8) -> Key {
    Key {
        id: "k".into(),
        secret: vec![byte; 32],
    }
}

fn receipt() -> Receipt {
    Receipt {
        hub: HubId::parse(&"0123456789abcdef".repeat(4)).unwrap(),
        subscription: Guid::from_bytes([1; 16]),
        notification: Guid::from_bytes([2; 16]),
        revision: 7,
        expires: at(AT),
    }
}

#[test]
fn it_is_what_was_signed_until_it_expires() {
    let text = receipt().sign(&key(1));
    assert!(text.len() <= 200, "{text}");
    let verify = |keys: &[Key], now| Receipt::verify(&text, keys, at(now));
    assert_eq!(verify(&[key(1)], AT - 1), Some(receipt()));
    assert_eq!(verify(&[key(1)], AT), None);
    assert_eq!(verify(&[key(2)], 0), None);
    assert_eq!(verify(&[], 0), None);
}

#[test]
fn a_change_of_any_character_is_found() {
    let text = receipt().sign(&key(1));
    for position in 0..text.len() {
        let mut changed: Vec<char> = text.chars().collect();
        let slot = changed.get_mut(position).unwrap();
        *slot = if *slot == 'A' { 'B' } else { 'A' };
        let changed: String = changed.into_iter().collect();
        assert_eq!(
            Receipt::verify(&changed, &[key(1)], at(0)),
            None,
            "{changed}"
        );
    }
}

#[test]
fn a_subscription_id_is_no_receipt() {
    use crate::credentials::subscription_id::SubscriptionId;
    let of_another_kind = SubscriptionId {
        hub: receipt().hub,
        subscription: receipt().subscription,
        expires: at(AT),
    };
    let text = of_another_kind.sign(&key(1));
    assert_eq!(Receipt::verify(&text, &[key(1)], at(0)), None);
    assert!(SubscriptionId::verify(&receipt().sign(&key(1)), &[key(1)], at(0)).is_err());
}

#[test]
fn a_body_has_a_receipt_and_what_was_done() {
    let states = |body: &str| Returned::parse(body.as_bytes()).map(|returned| returned.states);
    let of = |read_state, user_action_state| StateUpdate {
        read_state,
        user_action_state,
        snoozed_until_date_time: None,
    };
    for (body, expected) in [
        (r#"{"receipt":"r"}"#, of(None, None)),
        (
            r#"{"receipt":"r","received":true,"other":1}"#,
            of(None, None),
        ),
        (
            r#"{"receipt":"r","readState":"read"}"#,
            of(Some(ReadState::Read), None),
        ),
        (
            r#"{"receipt":"r","readState":null,"userActionState":"dismissed"}"#,
            of(None, Some(UserActionState::Dismissed)),
        ),
    ] {
        assert_eq!(states(body), Ok(expected), "{body}");
    }
    for (body, code) in [
        ("{}", ErrorCode::BadRequest),
        ("[]", ErrorCode::BadRequest),
        (r#"{"receipt":5}"#, ErrorCode::InvalidActivityDataType),
        (r#"{"receipt":"r","received":false}"#, ErrorCode::BadRequest),
        (
            r#"{"receipt":"r","readState":"unread"}"#,
            ErrorCode::BadRequest,
        ),
        (
            r#"{"receipt":"r","userActionState":"snoozed"}"#,
            ErrorCode::BadRequest,
        ),
    ] {
        let refused = states(body).err().map(|violations| violations.error_code());
        assert_eq!(refused, Some(code), "{body}");
    }
}
