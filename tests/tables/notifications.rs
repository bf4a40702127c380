//! CONTRACT §1, "Request body": every property as it is taken, and as it is when it is left out.

use notifeed::digest::Digest;
use notifeed::feed::append::{Appended, Head, Post, append};
use notifeed::feed::view::{self, Sent};
use notifeed::guid::Guid;
use notifeed::notification::{Notification, Platform, PlatformSet, Priority};

use super::{NOW, at, context, notification};

const ALL: &str = r#"{
    "targetHostName": "App.Example.com", "appNotificationId": "order-7", "groupName": "g",
    "expirationDateTime": "2019-10-22T00:05:36.25+01:00", "displayTimeToLive": "60", "priority": "low",
    "payload": {"rawContent": "r", "visualContent": {"title": "t", "body": "b"}},
    "targetPolicy": {"platformTypes": ["IOS", "windows", "ios"]},
    "fallbackPolicy": {"endpointFallback": {"platformTypes": ["ios"], "fallbackDelayInSeconds": 60,
        "visualContent": {"title": "ft", "body": "fb"}}}
}"#;

const LEAST: &str = r#"{"targetHostName":"a","payload":{"rawContent":"r"}}"#;

fn platforms(of: &[Platform]) -> PlatformSet {
    let sets = of.iter().copied().map(PlatformSet::of);
    sets.fold(PlatformSet::EMPTY, PlatformSet::union)
}

#[test]
fn what_was_sent() {
    let sent = notification(ALL);
    assert_eq!(sent.target_host_name().as_str(), "app.example.com");
    assert_eq!(sent.app_notification_id(), Some("order-7"));
    assert_eq!(sent.group_name(), Some("g"));
    assert_eq!(sent.expiration(), at(NOW + 3_600_000));
    assert_eq!(sent.display_time_to_live(), Some(60));
    assert_eq!(sent.priority(), Priority::Low);
    assert_eq!(sent.raw_content(), Some("r"));
    let visual = sent.visual_content().unwrap();
    assert_eq!((visual.title(), visual.body()), ("t", Some("b")));
    assert_eq!(
        sent.platforms(),
        platforms(&[Platform::Windows, Platform::Ios])
    );
    let fallback = sent.fallback().unwrap();
    assert_eq!(fallback.delay().millis(), 60_000);
    let visual = fallback.visual_content();
    assert_eq!((visual.title(), visual.body()), ("ft", Some("fb")));
}

#[test]
fn what_was_left_out() {
    let sent = notification(LEAST);
    assert_eq!(sent.target_host_name().as_str(), "a");
    assert_eq!(sent.app_notification_id(), None);
    assert_eq!(sent.group_name(), None);
    assert_eq!(sent.expiration(), at(NOW + 7 * 86_400_000));
    assert_eq!(sent.display_time_to_live(), None);
    assert_eq!(sent.priority(), Priority::None);
    assert_eq!(sent.visual_content(), None);
    assert_eq!(sent.platforms(), PlatformSet::ALL);
    assert!(sent.fallback().is_none());
    let visual = r#"{"targetHostName":"a","payload":{"visualContent":{"title":"t"}}}"#;
    let visual = notification(visual);
    assert_eq!(visual.priority(), Priority::High);
    assert_eq!(visual.raw_content(), None);
    assert_eq!(visual.visual_content().unwrap().body(), None);
}

fn sender_s_view(sent: &Notification) -> String {
    let post = Post {
        platforms: sent.platforms(),
        expiration: sent.expiration(),
        display_time_to_live: sent.display_time_to_live(),
        request_digest: Digest::of(&["d"]),
        create_only: false,
        asks: false,
        id: Guid::parse("119081f2-f19d-4fa8-817c-7e01092c0f7d").unwrap(),
        now: at(NOW),
    };
    match append(None, Head::default(), &post) {
        Appended::Created(entry) => view::sender(
            &entry,
            &Sent::of(sent),
            "graphnotify@contoso.com",
            &context(),
        ),
        other => panic!("{other:?}"),
    }
}

/// "The page's example, replayed", and what is never echoed.
#[test]
fn what_the_sender_is_told() {
    let page = r#"{"targetHostName":"graphnotifications.sample.windows.com","appNotificationId":"testDirectToastNotification","expirationDateTime":"2019-10-30T23:59:00.000Z","payload":{"visualContent":{"title":"Hello World!","body":"Notifications are Great!"}},"targetPolicy":{"platformTypes":["windows","ios","android"]},"priority":"High","groupName":"TestGroup","displayTimeToLive":"60"}"#;
    let context = r#""@odata.context":"https://graph.microsoft.com/beta/$metadata#users('graphnotify%40contoso.com')/notifications/$entity""#;
    let id = r#""id":"119081f2-f19d-4fa8-817c-7e01092c0f7d""#;
    assert_eq!(
        sender_s_view(&notification(page)),
        format!(
            r#"{{{context},"displayTimeToLive":59,"expirationDateTime":"2019-10-28T22:05:36.25Z","groupName":"TestGroup",{id},"priority":"High","payload":{{"visualContent":{{"title":"Hello World!","body":"Notifications are Great!"}}}}}}"#
        )
    );
    assert_eq!(
        sender_s_view(&notification(LEAST)),
        format!(
            r#"{{{context},"displayTimeToLive":null,"expirationDateTime":"2019-10-28T22:05:36.25Z","groupName":null,{id},"priority":"None","payload":{{}}}}"#
        )
    );
}
