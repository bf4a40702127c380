//! Every rule of the body, at its limits.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod fallbacks;
mod undeclared;

use crate::error::ErrorCode;
use crate::notification::{Notification, Platform, Priority};
use crate::policy::{Policy, ThrottleStatus};
use crate::time::Timestamp;
use crate::verdict::{Verdict, validate};

const HOST: &str = r#""targetHostName":"a""#;
const PAYLOAD: &str = r#""payload":{"rawContent":"x"}"#;

fn verdict(body: &str) -> Verdict {
    let now = Timestamp::parse("2019-10-21T22:05:36.25Z").unwrap();
    validate(body.as_bytes(), now, &Policy::DEFAULT)
}

fn accept(members: &str) -> Notification {
    let verdict = verdict(&format!("{{{members}}}"));
    let accepted = verdict
        .outcome
        .unwrap_or_else(|found| panic!("{members}: {found:?}"));
    accepted.into_notification()
}

/// A body with host, payload and these members.
fn accept_with(members: &str) -> Notification {
    accept(&[HOST, PAYLOAD, members].join(","))
}

/// The error code of the body, and the code and path of each violation.
fn refuse(members: &str) -> (ErrorCode, Vec<String>) {
    let verdict = verdict(&format!("{{{members}}}"));
    let Err(found) = verdict.outcome else {
        panic!("accepted: {members}")
    };
    for violation in &found {
        assert!(violation.message.ends_with('.'), "{}", violation.message);
    }
    let each = found
        .iter()
        .map(|found| [found.code.as_str(), " ", &found.path].concat());
    (found.error_code(), each.collect())
}

#[track_caller]
fn refused(members: &str, row: ErrorCode, expected: &[&str]) {
    let (code, found) = refuse(members);
    assert_eq!(found, expected, "{members}");
    assert_eq!(code, row, "{members}");
}

/// Refused when put beside a good host and payload, for this one violation.
#[track_caller]
fn refused_with(members: &str, row: ErrorCode, expected: &str) {
    refused(&[HOST, PAYLOAD, members].join(","), row, &[expected]);
}

use ErrorCode::{BadRequest, InvalidActivityDataType as DataType, InvalidPayload};

#[test]
fn the_least_and_its_defaults() {
    let least = accept(r#""targetHostName":"App.Example","payload":{"rawContent":"x"}"#);
    assert_eq!(
        least.canonical().as_str(),
        r#"{"appNotificationId":null,"targetHostName":"app.example","groupName":null,"priority":"None","payload":{"rawContent":"x"},"targetPolicy":{"platformTypes":["Windows","iOS","Android","WebPush"]},"fallbackPolicy":null,"expirationDateTime":"2019-10-28T22:05:36.25Z","displayTimeToLive":null}"#
    );
    let visual = accept(&[HOST, r#""payload":{"visualContent":{"title":"t"}}"#].join(","));
    assert_eq!(visual.priority(), Priority::High);
    let both = r#""payload":{"rawContent":"x","visualContent":{"title":"t","body":""}}"#;
    let both = accept(&[HOST, both, r#""priority":"low""#].join(","));
    assert_eq!(both.priority(), Priority::Low);
    assert_eq!(both.visual_content().unwrap().body(), Some(""));
}

#[test]
fn required_properties() {
    let missing = [
        "RequiredPropertyMissing targetHostName",
        "RequiredPropertyMissing payload",
    ];
    refused("", BadRequest, &missing);
    refused(
        r#""targetHostName":null,"payload":null"#,
        BadRequest,
        &missing,
    );
    refused(HOST, BadRequest, &missing[1..]);
    refused(PAYLOAD, BadRequest, &missing[..1]);
}

#[test]
fn null_is_absent_everywhere() {
    let nulls = r#""appNotificationId":null,"groupName":null,"priority":null,"expirationDateTime":null,"displayTimeToLive":null,"targetPolicy":null,"fallbackPolicy":null,"prioritty":null"#;
    assert_eq!(accept_with(nulls), accept_with(r#""groupName":null"#));
    let inner = r#""payload":{"rawContent":"x","visualContent":null},"targetPolicy":{"platformTypes":null},"fallbackPolicy":{"endpointFallback":null}"#;
    assert_eq!(accept(&[HOST, inner].join(",")), accept_with(nulls));
    let elements = accept_with(r#""targetPolicy":{"platformTypes":[null,"ios",null]}"#);
    assert_eq!(
        elements.platforms().iter().collect::<Vec<_>>(),
        [Platform::Ios]
    );
    let body = r#""payload":{"visualContent":{"title":"t","body":null}}"#;
    assert_eq!(
        accept(&[HOST, body].join(","))
            .visual_content()
            .unwrap()
            .body(),
        None
    );
}

#[test]
fn every_wrong_type_is_found_at_once() {
    refused(
        r#""targetHostName":1,"appNotificationId":true,"groupName":[],"priority":{},"payload":"x","targetPolicy":[],"fallbackPolicy":7,"expirationDateTime":5,"displayTimeToLive":false"#,
        DataType,
        &[
            "WrongType appNotificationId",
            "WrongType targetHostName",
            "WrongType groupName",
            "WrongType priority",
            "WrongType payload",
            "WrongType targetPolicy",
            "WrongType fallbackPolicy",
            "WrongType expirationDateTime",
            "WrongType displayTimeToLive",
        ],
    );
    refused(
        r#""targetHostName":"a","payload":{"rawContent":0,"visualContent":{"title":5,"body":[]}},"targetPolicy":{"platformTypes":["ios",4,"x"]}"#,
        BadRequest,
        &[
            "WrongType payload.rawContent",
            "WrongType payload.visualContent.title",
            "WrongType payload.visualContent.body",
            "WrongType targetPolicy.platformTypes[1]",
            "UnknownValue targetPolicy.platformTypes[2]",
        ],
    );
    refused_with(
        r#""targetPolicy":{"platformTypes":"ios"}"#,
        DataType,
        "WrongType targetPolicy.platformTypes",
    );
}

#[test]
fn payloads() {
    let payload = |payload: &str| [HOST, ",\"payload\":", payload].concat();
    for (text, row, expected) in [
        ("{}", InvalidPayload, &["NoContent payload"][..]),
        (
            r#"{"rawContent":null,"x":1}"#,
            InvalidPayload,
            &["NoContent payload"],
        ),
        (
            r#"{"rawContent":""}"#,
            InvalidPayload,
            &["EmptyRawContent payload.rawContent"],
        ),
        (
            r#"{"visualContent":{}}"#,
            InvalidPayload,
            &["MissingTitle payload.visualContent.title"],
        ),
        (
            r#"{"visualContent":{"title":null}}"#,
            InvalidPayload,
            &["MissingTitle payload.visualContent.title"],
        ),
        (
            r#"{"visualContent":{"title":""}}"#,
            InvalidPayload,
            &["EmptyTitle payload.visualContent.title"],
        ),
        (
            r#"{"rawContent":"","visualContent":{"title":"","body":1}}"#,
            InvalidPayload,
            &[
                "EmptyRawContent payload.rawContent",
                "EmptyTitle payload.visualContent.title",
                "WrongType payload.visualContent.body",
            ],
        ),
        (
            r#"{"visualContent":{"title":5}}"#,
            DataType,
            &["WrongType payload.visualContent.title"],
        ),
        (
            r#"{"visualContent":"t"}"#,
            DataType,
            &["WrongType payload.visualContent"],
        ),
        ("[]", DataType, &["WrongType payload"]),
    ] {
        refused(&payload(text), row, expected);
    }
    let exact = accept(&payload(
        r#"{"rawContent":"\u0000 \ud83d\ude00é\n","visualContent":{"title":" "}}"#,
    ));
    assert_eq!(exact.raw_content(), Some("\0 😀é\n"));
    assert_eq!(exact.visual_content().unwrap().title(), " ");
}

#[test]
fn strings_are_measured_in_characters() {
    for (name, code) in [
        ("appNotificationId", "TooLong appNotificationId"),
        ("groupName", "TooLong groupName"),
    ] {
        for character in ["a", "é", "😀"] {
            let most = character.repeat(128);
            accept_with(&format!(r#""{name}":"{most}""#));
            refused_with(&format!(r#""{name}":"{most}a""#), BadRequest, code);
        }
    }
    refused_with(
        r#""appNotificationId":"""#,
        BadRequest,
        "Empty appNotificationId",
    );
    assert_eq!(accept_with(r#""groupName":"""#).group_name(), Some(""));
}

#[test]
fn seconds_to_show() {
    for (text, expected) in [
        ("0", 0),
        ("-0", 0),
        ("60", 60),
        ("60.0", 60),
        ("1e1", 10),
        ("2592000", 2_592_000),
        ("\"60\"", 60),
        ("\"060\"", 60),
        ("\"000000000000000000000000002592000\"", 2_592_000),
        ("\"\\u0030\"", 0),
    ] {
        let notification = accept_with(&["\"displayTimeToLive\":", text].concat());
        assert_eq!(
            notification.display_time_to_live(),
            Some(expected),
            "{text}"
        );
    }
    for (text, row, code) in [
        ("-1", BadRequest, "OutOfRange"),
        ("2592001", BadRequest, "OutOfRange"),
        ("9007199254740993", BadRequest, "OutOfRange"),
        ("1e400", BadRequest, "OutOfRange"),
        ("60.5", BadRequest, "InvalidSeconds"),
        ("1e-1", BadRequest, "InvalidSeconds"),
        ("\"2592001\"", BadRequest, "OutOfRange"),
        ("\"99999999999999999999999999\"", BadRequest, "OutOfRange"),
        ("\"\"", BadRequest, "InvalidSeconds"),
        ("\" 60\"", BadRequest, "InvalidSeconds"),
        ("\"+60\"", BadRequest, "InvalidSeconds"),
        ("\"-1\"", BadRequest, "InvalidSeconds"),
        ("\"6e1\"", BadRequest, "InvalidSeconds"),
        ("\"60.0\"", BadRequest, "InvalidSeconds"),
        ("\"٦٠\"", BadRequest, "InvalidSeconds"),
        ("true", DataType, "WrongType"),
        ("[60]", DataType, "WrongType"),
    ] {
        let expected = [code, " displayTimeToLive"].concat();
        refused_with(&["\"displayTimeToLive\":", text].concat(), row, &expected);
    }
}

#[test]
fn names_of_priorities_and_platforms() {
    for (text, expected) in [
        ("hIGH", Priority::High),
        ("none", Priority::None),
        ("LOW", Priority::Low),
    ] {
        assert_eq!(
            accept_with(&format!(r#""priority":"{text}""#)).priority(),
            expected
        );
    }
    for text in ["", "Medium", "High ", "ＨＩＧＨ"] {
        refused_with(
            &format!(r#""priority":"{text}""#),
            BadRequest,
            "UnknownValue priority",
        );
    }
    let folded =
        accept_with(r#""targetPolicy":{"platformTypes":["WEBPUSH","ios","iOS","webPush"]}"#);
    let folded: Vec<_> = folded.platforms().iter().collect();
    assert_eq!(folded, [Platform::Ios, Platform::WebPush]);
    let types = "targetPolicy.platformTypes";
    refused_with(
        r#""targetPolicy":{"platformTypes":[]}"#,
        BadRequest,
        &format!("EmptyList {types}"),
    );
    refused_with(
        r#""targetPolicy":{"platformTypes":[null]}"#,
        BadRequest,
        &format!("EmptyList {types}"),
    );
    refused_with(
        r#""targetPolicy":{"platformTypes":["tvOS"]}"#,
        BadRequest,
        &format!("UnknownValue {types}[0]"),
    );
    let many = |count| {
        format!(
            r#""targetPolicy":{{"platformTypes":[{}]}}"#,
            vec!["\"ios\""; count].join(",")
        )
    };
    accept_with(&many(64));
    refused_with(&many(65), BadRequest, &format!("TooManyItems {types}"));
}

#[test]
fn expirations() {
    for (text, kept) in [
        ("2019-10-21T22:05:36.251Z", "2019-10-21T22:05:36.251Z"),
        (
            "2019-10-22T01:05:36.2510000+03:00",
            "2019-10-21T22:05:36.251Z",
        ),
        ("2019-10-28T22:05:36.25Z", "2019-10-28T22:05:36.25Z"),
        ("2019-10-28T22:05:36.2509999Z", "2019-10-28T22:05:36.25Z"),
    ] {
        let verdict = verdict(&format!(
            r#"{{{HOST},{PAYLOAD},"expirationDateTime":"{text}"}}"#
        ));
        assert_eq!(verdict.warnings, [], "{text}");
        let notification = verdict.outcome.unwrap().into_notification();
        assert_eq!(notification.expiration().to_string(), kept, "{text}");
    }
    for text in ["2019-10-28T22:05:36.251Z", "9999-12-31T23:59:59Z"] {
        let body = format!(r#"{{{HOST},{PAYLOAD},"expirationDateTime":"{text}"}}"#);
        let verdict = verdict(&body);
        assert_eq!(verdict.warnings.len(), 1, "{text}");
        assert!(
            verdict
                .warnings
                .iter()
                .all(|warning| warning.message.contains("2019-10-28T22:05:36.25Z"))
        );
        let accepted = verdict.outcome.unwrap();
        assert_eq!(
            accepted.notification().expiration().to_string(),
            "2019-10-28T22:05:36.25Z"
        );
        assert!(accepted.request_text().as_str().contains(text));
    }
    for (text, code) in [
        ("2019-10-21T22:05:36.25Z", "ExpirationInPast"),
        ("2019-10-21T22:05:36.2509Z", "ExpirationInPast"),
        ("0001-01-01T00:00:00Z", "ExpirationInPast"),
        ("2019-10-30T23:59:00", "InvalidDateTime"),
        ("", "InvalidDateTime"),
        ("tomorrow", "InvalidDateTime"),
        ("2019-02-30T23:59:00Z", "InvalidDateTime"),
    ] {
        let members = format!(r#""expirationDateTime":"{text}""#);
        refused_with(
            &members,
            BadRequest,
            &[code, " expirationDateTime"].concat(),
        );
    }
}

#[test]
fn the_policy_decides_how_long_is_too_long() {
    let policy = Policy::new(1, ThrottleStatus::NotAcceptable).unwrap();
    let now = Timestamp::from_unix_millis(0).unwrap();
    let body = format!("{{{HOST},{PAYLOAD}}}");
    let short = validate(body.as_bytes(), now, &policy).outcome.unwrap();
    assert_eq!(short.notification().expiration().unix_millis(), 1000);
    let last = validate(body.as_bytes(), Timestamp::MAX, &policy)
        .outcome
        .unwrap();
    assert_eq!(last.notification().expiration(), Timestamp::MAX);
}
