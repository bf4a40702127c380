//! The verdict as a whole: the page's example, precedence, the text face.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use super::*;
use crate::error::{ErrorCode, Problem};

const EXAMPLE: &str = r#"{
    "targetHostName": "graphnotifications.sample.windows.com",
    "appNotificationId": "testDirectToastNotification",
    "expirationDateTime": "2019-10-30T23:59:00.000Z",
    "payload": {
        "visualContent": {
            "title": "Hello World!",
            "body": "Notifications are Great!"
        }
    },
    "targetPolicy": {
        "platformTypes": [
            "windows",
            "ios",
            "android"
        ]
    },
    "priority": "High",
    "groupName": "TestGroup",
    "displayTimeToLive": "60"
}"#;

fn now() -> Timestamp {
    Timestamp::parse("2019-10-21T22:05:36.25Z").unwrap()
}

fn verdict(body: &str) -> Verdict {
    validate(body.as_bytes(), now(), &Policy::DEFAULT)
}

#[test]
fn the_example_of_the_page() {
    let verdict = verdict(EXAMPLE);
    let accepted = verdict.outcome.unwrap();
    let canonical = r#"{"appNotificationId":"testDirectToastNotification","targetHostName":"graphnotifications.sample.windows.com","groupName":"TestGroup","priority":"High","payload":{"visualContent":{"title":"Hello World!","body":"Notifications are Great!"}},"targetPolicy":{"platformTypes":["Windows","iOS","Android"]},"fallbackPolicy":null,"expirationDateTime":"2019-10-28T22:05:36.25Z","displayTimeToLive":60}"#;
    assert_eq!(accepted.notification().canonical().as_str(), canonical);
    assert_eq!(
        accepted.request_text().as_str(),
        canonical.replace("2019-10-28T22:05:36.25Z", "2019-10-30T23:59:00Z")
    );
    let warnings: Vec<_> = verdict
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), &*w.path))
        .collect();
    assert_eq!(warnings, [("ExpirationCapped", "expirationDateTime")]);
}

/// A violation's code, path, and line and column.
type Found = (&'static str, String, Option<(u32, u32)>);

/// The error code, and each violation.
fn refusal(body: &[u8]) -> (ErrorCode, Vec<Found>) {
    let found = validate(body, now(), &Policy::DEFAULT).outcome.unwrap_err();
    let each = found.iter().map(|found| {
        let place = found
            .position
            .map(|position| (position.line, position.column));
        (found.code.as_str(), found.path.clone(), place)
    });
    (found.error_code(), each.collect())
}

#[test]
fn bodies_that_are_no_object() {
    for (body, row, code, place) in [
        (
            &b"[]"[..],
            ErrorCode::MultipleNotificationsNotSupported,
            "MultipleNotifications",
            None,
        ),
        (
            b"[{\"targetHostName\":\"a\"}]",
            ErrorCode::MultipleNotificationsNotSupported,
            "MultipleNotifications",
            None,
        ),
        (b"null", ErrorCode::BadRequest, "NotAnObject", None),
        (b"5", ErrorCode::BadRequest, "NotAnObject", None),
        (b"\"{}\"", ErrorCode::BadRequest, "NotAnObject", None),
        (b"", ErrorCode::BadRequest, "InvalidJson", Some((1, 1))),
        (
            b"\xef\xbb\xbf",
            ErrorCode::BadRequest,
            "InvalidJson",
            Some((1, 1)),
        ),
        (
            b"{\n  oops",
            ErrorCode::BadRequest,
            "InvalidJson",
            Some((2, 3)),
        ),
        (b"[", ErrorCode::BadRequest, "InvalidJson", Some((1, 2))),
        (
            b"{\"a\":\"\xc3\x28\"}",
            ErrorCode::BadRequest,
            "InvalidUtf8",
            Some((1, 7)),
        ),
        (
            b"[[[[[[[[[[[[[[[[[",
            ErrorCode::BadRequest,
            "NestedTooDeep",
            Some((1, 17)),
        ),
    ] {
        assert_eq!(refusal(body), (row, vec![(code, String::new(), place)]));
    }
}

#[test]
fn a_body_that_is_too_long_is_not_looked_at() {
    let mut body = vec![b' '; MAX_BODY_BYTES - 2];
    body.extend(b"{}");
    assert_eq!(refusal(&body).0, ErrorCode::BadRequest);
    body.push(b' ');
    let expected = vec![("BodyTooLarge", String::new(), None)];
    assert_eq!(refusal(&body), (ErrorCode::RequestBodyTooLarge, expected));
}

#[test]
fn what_is_too_large_is_said_in_one_way() {
    let found = validate(&[b' '; MAX_BODY_BYTES + 1], now(), &Policy::DEFAULT).outcome;
    let problem = Problem::from(&found.unwrap_err());
    assert_eq!(problem, crate::http::BodyLimit::ONE.too_large());
}

#[test]
fn the_longest_body_is_read_back() {
    let shell = r#"{"targetHostName":"a","payload":{"rawContent":""}}"#;
    let content = "a".repeat(MAX_BODY_BYTES - shell.len());
    let body = shell.replace(r#""}}"#, &[&content, r#""}}"#].concat());
    let notification = verdict(&body).outcome.unwrap().into_notification();
    let text = notification.canonical();
    assert!(text.as_str().len() > MAX_BODY_BYTES);
    assert_eq!(Notification::from_canonical(&text), Ok(notification));
}

#[test]
fn faults_of_the_text_come_with_all_the_others() {
    let body = br#"{"targetHostName":"a","targetHostName":1,
"payload":{"visualContent":{"title":"\ud800","body":5}},"x":{"y":1,"y":2}}"#;
    assert_eq!(
        refusal(body),
        (
            ErrorCode::BadRequest,
            vec![
                (
                    "LoneSurrogate",
                    "payload.visualContent.title".to_owned(),
                    Some((2, 38))
                ),
                ("DuplicateProperty", "x.y".to_owned(), Some((2, 68))),
                (
                    "DuplicateProperty",
                    "targetHostName".to_owned(),
                    Some((1, 23))
                ),
                ("WrongType", "payload.visualContent.body".to_owned(), None),
            ]
        )
    );
    let array = br#"[{"a":1,"a":2}]"#;
    let (row, found) = refusal(array);
    assert_eq!(
        (row, found.len()),
        (ErrorCode::MultipleNotificationsNotSupported, 2)
    );
}

#[test]
fn the_example_cut_off_anywhere() {
    for cut in 0..EXAMPLE.len() {
        let (row, found) = refusal(EXAMPLE.as_bytes().get(..cut).unwrap());
        assert_eq!(row, ErrorCode::BadRequest);
        assert!(
            matches!(found.as_slice(), [("InvalidJson", _, Some(_))]),
            "{cut}: {found:?}"
        );
    }
}

#[test]
fn any_number_of_violations_and_warnings() {
    let duplicates = vec!["\"a\":0"; 500].join(",");
    let (row, found) = refusal(format!("{{{duplicates}}}").as_bytes());
    assert_eq!((row, found.len()), (ErrorCode::BadRequest, 100));
    assert_eq!(found.last().map(|(code, ..)| *code), Some("MoreViolations"));

    let undeclared: Vec<_> = (0..500).map(|index| format!("\"a{index}\":0")).collect();
    let verdict = verdict(&format!("{{{}}}", undeclared.join(",")));
    assert_eq!(verdict.warnings.len(), 100);
    assert_eq!(
        verdict.warnings.last().map(|last| last.code.as_str()),
        Some("MoreWarnings")
    );
}

#[test]
fn the_text_face() {
    assert_eq!(
        verdict(r#"{"targetHostName":"a","payload":{"rawContent":"x"},"x":1}"#).to_json(),
        r#"{"ok":true,"notification":{"appNotificationId":null,"targetHostName":"a","groupName":null,"priority":"None","payload":{"rawContent":"x"},"targetPolicy":{"platformTypes":["Windows","iOS","Android","WebPush"]},"fallbackPolicy":null,"expirationDateTime":"2019-10-28T22:05:36.25Z","displayTimeToLive":null},"warnings":[{"code":"UndeclaredProperty","path":"x","message":"`x` is not a declared property and is ignored."}]}"#
    );
    assert_eq!(
        verdict("{\"a\":\n }").to_json(),
        r#"{"ok":false,"code":"BadRequest","violations":[{"code":"InvalidJson","path":"","message":"Line 2, column 2: A value is expected here: a string in double quotation marks, a number, an object, an array, `true`, `false` or `null`.","line":2,"column":2}],"warnings":[]}"#
    );
}

#[test]
fn what_was_canonical_is_read_back_at_any_time() {
    let notification = verdict(EXAMPLE).outcome.unwrap().into_notification();
    let text = notification.canonical();
    assert_eq!(
        Notification::from_canonical(&text),
        Ok(notification.clone())
    );
    let text = text.as_str();
    let long_ago = JsonText::stored(text.replace("2019-10-28", "0001-01-01"));
    let read = Notification::from_canonical(&long_ago);
    assert_eq!(read.map(|read| read.canonical()), Ok(long_ago));
    for (from, to) in [
        ("\"2019-10-28T22:05:36.25Z\"", "null"),
        ("High", "Higher"),
        ("{\"appN", "{\"x\":0,\"x\":0,\"appN"),
        ("{\"appN", "\"appN"),
    ] {
        let broken = text.replace(from, to);
        assert_eq!(
            Notification::from_canonical(&JsonText::stored(broken.clone())),
            Err(CanonicalError),
            "{broken}"
        );
    }
}
