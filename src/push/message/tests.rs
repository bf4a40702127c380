//! Tests of the message, and of the parts that go where not all fits.

use super::*;
use crate::feed::append::{Appended, Head, Post, append};
use crate::guid::Guid;
use crate::json;
use crate::policy::Policy;
use crate::push::{Channel, PushHosts};
use crate::verdict::validate;

const NOW: i64 = 1_790_000_000_000;
const OWNER: &str = "0d4bf1c2e0d4bf1c2e0d4bf1c2e0d4bf1c2e0d4bf1c2e0d4bf1c2e0d4bf1c2e0";
const ID: &str = "07070707-0707-4707-8707-070707070707";

fn at(millis: i64) -> Timestamp {
    Timestamp::saturating_from_unix_millis(NOW.saturating_add(millis))
}

fn pushed(rest: &str, opening: Option<&Opening>, size: Size, later: i64) -> Option<Message> {
    carried(rest, opening, size, later, Carried::All)
}

fn carried(
    rest: &str,
    opening: Option<&Opening>,
    size: Size,
    later: i64,
    carried: Carried,
) -> Option<Message> {
    let body = format!(r#"{{"targetHostName":"a"{rest}}}"#);
    let verdict = validate(body.as_bytes(), at(0), &Policy::DEFAULT);
    let accepted = verdict.outcome.ok()?;
    let notification = accepted.notification();
    let post = Post {
        platforms: notification.platforms(),
        expiration: notification.expiration(),
        display_time_to_live: notification.display_time_to_live(),
        request_digest: Digest::of(&[]),
        create_only: false,
        asks: false,
        id: Guid::random_v4([7; 16]),
        now: at(0),
    };
    let Appended::Created(entry) = append(None, Head::default(), &post) else {
        return None;
    };
    let content = notification.content_text();
    let to = Addressee {
        platform: Platform::WebPush,
        carried,
        opening,
        owner: Digest::parse(OWNER)?,
        receipt: "r1",
        unread: 3,
        close: &[],
    };
    Message::of(&entry, &content, &to, size, at(later))
}

fn opening() -> Option<Opening> {
    let text = r#"{"endpoint":"https://web.push.apple.com/x","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"},"webPush":{"navigate":"https://app.example.com/?n={id}","title":"News"}}"#;
    let channel = Channel::from_text(text, &PushHosts::default());
    channel.and_then(|Channel::WebPush(push)| push.opening)
}

#[test]
fn a_message_says_what_is_shown_and_whose_it_is() {
    let visual = r#","groupName":"G","payload":{"rawContent":"r","visualContent":{"title":"T","body":"B","link":"https://l.example/"}}"#;
    let message = pushed(visual, opening().as_ref(), Size::Full, 0);
    let text = format!(
        r#"{{"web_push":8030,"mutable":true,"notification":{{"title":"T","body":"B","navigate":"https://app.example.com/?n={ID}","tag":"{ID}","timestamp":{NOW},"app_badge":"3"}},"notifeed":{{"v":1,"id":"{ID}","revision":1,"owner":"{OWNER}","receipt":"r1","priority":"High","unread":3,"group":"G","link":"https://l.example/","raw":"r"}}}}"#
    );
    assert_eq!(
        message,
        Some(Message {
            text,
            ttl: Duration::from_days(7),
            urgency: "high",
            topic: "07070707070747078707070707070707".to_owned(),
        })
    );
    for (rest, opening, begins) in [
        // Raw content alone has no title but the subscription's own.
        (
            r#","payload":{"rawContent":"r"}"#,
            opening(),
            r#"{"web_push":8030,"mutable":true,"notification":{"title":"News","navigate":"#,
        ),
        (
            r#","payload":{"rawContent":"r"}"#,
            None,
            r#"{"notification":{"tag":"#,
        ),
        (
            r#","payload":{"visualContent":{"title":"T"}}"#,
            None,
            r#"{"notification":{"title":"T","tag":"#,
        ),
    ] {
        let text = pushed(rest, opening.as_ref(), Size::Full, 0).map(|message| message.text);
        let text = text.unwrap_or_default();
        assert!(text.starts_with(begins), "{text}");
    }
}

#[test]
fn browsers_may_be_pushed_raw_content_only() {
    let both = r#","payload":{"rawContent":"r","visualContent":{"title":"T","body":"B","link":"https://l.example/"}}"#;
    let message = carried(both, opening().as_ref(), Size::Full, 0, Carried::Raw);
    let text = message.map(|message| message.text).unwrap_or_default();
    assert!(text.contains(r#""title":"News""#) && text.contains(r#""raw":"r""#));
    assert!(
        !text.contains(r#""body""#) && !text.contains("l.example"),
        "{text}"
    );
    let delay_of = |rest: &str, platform, carried| {
        let body = format!(r#"{{"targetHostName":"a"{rest}}}"#);
        let verdict = validate(body.as_bytes(), at(0), &Policy::DEFAULT);
        let delay = delay(verdict.outcome.ok()?.notification(), platform, carried);
        delay.map(Duration::millis)
    };
    let visual = r#","payload":{"visualContent":{"title":"T"}}"#;
    for (rest, platform, carried, delay) in [
        (both, Platform::WebPush, Carried::Raw, Some(0)),
        (visual, Platform::WebPush, Carried::Raw, None),
        (visual, Platform::WebPush, Carried::All, Some(0)),
        (visual, Platform::Ios, Carried::Raw, Some(0)),
    ] {
        assert_eq!(
            delay_of(rest, platform, carried),
            delay,
            "{platform:?} {carried:?}"
        );
    }
}

#[test]
fn it_lasts_as_long_as_it_is_shown_and_is_as_urgent_as_it_says() {
    let lasts = |rest: &str, later| {
        let rest = format!(r#"{rest},"payload":{{"rawContent":"r"}}"#);
        pushed(&rest, None, Size::Full, later)
            .map(|message| (message.ttl.whole_seconds(), message.urgency))
    };
    assert_eq!(lasts("", 1500), Some((604_798, "normal")));
    assert_eq!(
        lasts(r#","displayTimeToLive":60,"priority":"Low""#, 0),
        Some((60, "low"))
    );
    assert_eq!(
        lasts(r#","displayTimeToLive":60"#, 59_999),
        Some((0, "normal"))
    );
    assert_eq!(lasts(r#","displayTimeToLive":60"#, 60_001), None);
    assert_eq!(
        lasts(r#","displayTimeToLive":0,"priority":"High""#, 0),
        Some((0, "high"))
    );
}

#[test]
fn whatever_is_too_long_goes_in_order() {
    let parts = |raw: usize, title: &str, body: &str, size| {
        let rest = format!(
            r#","payload":{{"rawContent":"{}","visualContent":{{"title":"{title}","body":"{body}","link":"https://l.example/"}}}}"#,
            "r".repeat(raw)
        );
        let text = pushed(&rest, opening().as_ref(), size, 0).map(|message| message.text);
        let text = text.unwrap_or_default();
        assert!(text.len() <= MAX_TEXT, "{}", text.len());
        let document = json::read(text.as_bytes()).ok();
        let of = |object: &str, name: &str| {
            let value = document.as_ref()?.value.as_object()?.get(object)?;
            let value = value.as_object()?.get(name)?;
            Some(value.as_str().map_or(1, |text| text.chars().count()))
        };
        let kept = [
            of("notification", "title"),
            of("notification", "body"),
            of("notifeed", "raw"),
            of("notifeed", "link"),
            of("notifeed", "partial"),
        ];
        (kept, text.len())
    };
    let (kept, _) = parts(2000, "T", "B", Size::Full);
    assert_eq!(kept, [Some(1), Some(1), Some(2000), Some(18), None]);
    let (kept, _) = parts(3000, "T", "B", Size::Full);
    assert_eq!(kept, [Some(1), Some(1), None, Some(18), Some(1)]);
    // A character of four bytes at every possible place of the cut.
    for shift in 0..4 {
        let body = format!("{}{}", "b".repeat(shift), "🎉".repeat(1000));
        let (kept, length) = parts(3000, "T", &body, Size::Full);
        assert_eq!(
            [kept[0], kept[2], kept[3], kept[4]],
            [Some(1), None, Some(18), Some(1)]
        );
        assert!(
            kept[1] > Some(500) && MAX_TEXT - length < 4,
            "{kept:?} {length}"
        );
    }
    let (kept, length) = parts(1, &"é".repeat(3000), "B", Size::Full);
    assert_eq!(
        [kept[1], kept[2], kept[3], kept[4]],
        [None, None, Some(18), Some(1)]
    );
    assert!(
        kept[0] > Some(1000) && MAX_TEXT - length < 2,
        "{kept:?} {length}"
    );
    let (kept, _) = parts(1, &"t".repeat(121), "B", Size::Least);
    assert_eq!(kept, [Some(120), None, None, None, Some(1)]);
}
