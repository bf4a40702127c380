//! CONTRACT §4 and the tables of `docs/live.md`: how a connection ends, and how it is talked on.

use notifeed::error::ErrorCode;
use notifeed::live::close::{Close, echo, refusal_reason};
use notifeed::live::{BEARER_SUBPROTOCOL, PING, SUBPROTOCOL};

#[test]
fn every_end_has_its_code_and_its_reason() {
    for (close, code, reason) in [
        (Close::MALFORMED, 4400, "BadRequest"),
        (Close::TOKEN_EXPIRED, 4401, "InvalidAuthenticationToken"),
        (Close::SUBSCRIPTION_ENDED, 4403, "SubscriptionEnded"),
        (Close::FLOODING, 4429, "Throttled"),
        (Close::TOO_SLOW, 4408, "ReplayCut"),
        (Close::SILENT, 4408, "Silent"),
        (Close::USER_ERASED, 4403, "UserErased"),
        (Close::RESTARTED, 1012, "ServiceRestart"),
    ] {
        assert_eq!((close.code, close.reason), (code, reason));
        // A refusal with the same reason has the same close code.
        if let Some(row) = ErrorCode::parse(reason) {
            assert_eq!(row.close_code(), code, "{reason}");
        }
    }
}

#[test]
fn a_refusal_says_when_to_come_back_only_where_an_answer_would() {
    for (seconds, reason) in [
        (None, "ServerBusy"),
        (Some(0), "ServerBusy retry-after=0"),
        (Some(60), "ServerBusy retry-after=60"),
    ] {
        assert_eq!(refusal_reason(ErrorCode::ServerBusy, seconds), reason);
    }
}

/// RFC 6455 §7.4: below 1000 and 1016 to 2999 are nobody's to send, 1004, 1005, 1006 and 1015 are
/// reserved, 3000 to 4999 are the applications'.
#[test]
fn a_close_is_answered_with_its_code_where_that_may_be_sent() {
    let may_be_sent = |code: u16| match code {
        1004 | 1005 | 1006 | 1015 => false,
        1000..=1014 | 3000..=4999 => true,
        _ => false,
    };
    for code in 0..=u16::MAX {
        let expected = if may_be_sent(code) { code } else { 1000 };
        assert_eq!(echo(code), expected, "{code}");
    }
}

#[test]
fn names_on_the_wire() {
    assert_eq!(SUBPROTOCOL, "notifeed.v1");
    assert_eq!(BEARER_SUBPROTOCOL, "bearer.");
    assert_eq!(PING, ("ping", "pong"));
}
