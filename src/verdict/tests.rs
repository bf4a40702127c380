//! The verdict as a whole: the page's example, precedence, the text face.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use super::*;

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
    assert_eq!(accepted.notification().canonical(), canonical);
    assert_eq!(
        accepted.request_text(),
        canonical.replace("2019-10-28T22:05:36.25Z", "2019-10-30T23:59:00Z")
    );
    let warnings: Vec<_> = verdict
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), &*w.path))
        .collect();
    assert_eq!(warnings, [("ExpirationCapped", "expirationDateTime")]);

    let mut w = Writer::new();
    accepted.notification().write_sender_payload(&mut w);
    assert_eq!(
        w.finish(),
        r#"{"visualContent":{"title":"Hello World!","body":"Notifications are Great!"}}"#
    );
}
