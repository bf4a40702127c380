//! CONTRACT §3: what a device asks for and what it is told, to the byte.

use notifeed::feed::Delivery;
use notifeed::feed::Seq;
use notifeed::guid::Guid;
use notifeed::notification::Platform;
use notifeed::push::{Channel, PushHosts};
use notifeed::push::{ChannelState, PushState, Reached};
use notifeed::subscription::{self, SubscriptionRequest, View};
use notifeed::violation::Violations;

use super::{NOW, at};

const ID: &str = "119081f2-f19d-4fa8-817c-7e01092c0f7d";

/// A browser's push subscription: the keys are those of RFC 8291 §5.
const PUSH: &str = r#"{"endpoint":"https://web.push.apple.com/x","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}"#;

fn parse(body: &str) -> Result<SubscriptionRequest, Violations> {
    subscription::parse(body.as_bytes(), &PushHosts::default())
}

fn asked(rest: &str) -> Result<SubscriptionRequest, Violations> {
    parse(&format!(
        r#"{{"targetHostName":"App.example.com","platform":"iOS"{rest}}}"#
    ))
}

#[test]
fn what_is_asked_for_is_what_is_read() {
    let all = asked(&format!(
        r#","deviceId":"d","displayName":"Megan's","pushSubscription":{PUSH}"#
    ))
    .unwrap();
    assert_eq!(all.target_host_name().as_str(), "app.example.com");
    assert_eq!(all.platform(), Platform::Ios);
    assert_eq!(all.device_id(), Some("d"));
    assert_eq!(all.display_name(), Some("Megan's"));
    assert_eq!(all.channel().map(Channel::to_text).as_deref(), Some(PUSH));
    for rest in [
        "",
        r#","deviceId":null,"displayName":null,"pushSubscription":null"#,
        r#","other":1,"@odata.type":"x""#,
    ] {
        let least = asked(rest).unwrap();
        assert_eq!(least.device_id(), None);
        assert_eq!(least.display_name(), None);
        assert_eq!(least.channel(), None);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (body, expected) in [
        ("", vec![("", "InvalidJson")]),
        ("[]", vec![("", "NotAnObject")]),
        ("5", vec![("", "NotAnObject")]),
        (
            "{}",
            vec![
                ("targetHostName", "RequiredPropertyMissing"),
                ("platform", "RequiredPropertyMissing"),
            ],
        ),
        (
            r#"{"targetHostName":"a b","platform":7}"#,
            vec![
                ("targetHostName", "InvalidHostName"),
                ("platform", "WrongType"),
            ],
        ),
        (
            r#"{"targetHostName":"a","platform":"iOS","platform":"iOS"}"#,
            vec![("platform", "DuplicateProperty")],
        ),
    ] {
        let found = parse(body).unwrap_err();
        let found: Vec<_> = found
            .iter()
            .map(|violation| (violation.path.as_str(), violation.code.as_str()))
            .collect();
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn what_a_device_is_told() {
    let view = View {
        id: Guid::parse(ID).unwrap(),
        platform: Platform::Ios,
        device_id: Some("d"),
        display_name: None,
        created: at(NOW),
        expiration: at(NOW + 30 * 86_400_000),
    };
    let rest = r#""platform":"iOS","deviceId":"d","displayName":null,"createdDateTime":"2019-10-21T22:05:36.25Z","expirationDateTime":"2019-11-20T22:05:36.25Z"}"#;
    for (pushed, told) in [
        (None, ""),
        (Some(None), r#""push":"none","#),
        (Some(Some("9f86")), r#""push":"active","feed":"9f86","#),
    ] {
        assert_eq!(
            view.created("v1.k.a.b", pushed),
            format!(r#"{{"id":"{ID}","userNotificationSubscriptionId":"v1.k.a.b",{told}{rest}"#)
        );
    }
    for live in [true, false] {
        let told = format!(r#"{{"id":"{ID}","live":{live},{rest}"#);
        assert_eq!(view.endpoint(live, None, None), told);
    }
    let push = PushState {
        channel: ChannelState::Paused,
        last: Some(at(NOW)),
        error: Some("unavailable".to_owned()),
        reached: Reached {
            delivered: Seq::new(3),
            taken: Seq::new(5),
            refused: Seq::new(4),
        },
    };
    let told = format!(
        r#"{{"id":"{ID}","live":true,"delivery":"refused","push":"paused","lastPushDateTime":"2019-10-21T22:05:36.25Z","lastPushError":"unavailable",{rest}"#
    );
    assert_eq!(
        view.endpoint(true, Some(&push), Some(Delivery::Refused)),
        told
    );
}
