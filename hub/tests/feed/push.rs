//! Web Push: what is sent when, and what follows from the services' answers (CONTRACT §5.7).

use notifeed::feed::UserActionState;
use notifeed::feed::mark_all::{MarkAll, Marking};
use notifeed::notification::{Platform, PlatformSet};
use notifeed::push::message::Carried;
use notifeed::push::outcome::Reason;
use notifeed::push::{Outcome, PushHosts};
use notifeed_hub::push::PushSettings;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::{Command, Subscribe};

use crate::asking::*;
use crate::world::{Heard, Line, World, endpoint};

pub const SECOND: i64 = 1000;
pub const HOLD: i64 = 5 * SECOND;
pub const LATER: Outcome = Outcome::Later { after: None };

pub const WEB: PlatformSet = PlatformSet::of(Platform::WebPush);

pub fn world() -> World {
    world_where(Carried::All)
}

fn world_where(carried: Carried) -> World {
    World::with(Settings {
        push: Some(PushSettings {
            key_id: "1".into(),
            hosts: PushHosts::default(),
            hold: ms(HOLD),
            carried,
            lifetime: ms(180 * 24 * HOUR),
            max_endpoints: 3,
        }),
        ..settings()
    })
}

/// The endpoint of that name.
pub fn url(name: &str) -> String {
    format!("https://fcm.googleapis.com/{name}")
}

/// A browser subscribes as a device; its push subscription has that name.
pub fn subscribe_to(platform: Platform, device: &str, name: Option<&str>) -> Command {
    let keys = r#"{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}"#;
    Command::Subscribe(Subscribe {
        platform,
        device_id: Some(device.into()),
        display_name: None,
        push_subscription: name
            .map(|name| format!(r#"{{"endpoint":"{}","keys":{keys}}}"#, url(name))),
    })
}

impl World {
    pub fn pushed_to(&mut self, name: &str) -> String {
        let answer = self.as_megan(subscribe_to(Platform::WebPush, name, Some(name)));
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        answer.id()
    }

    pub fn post_to_web(&mut self, text: &str) -> String {
        self.posted(&Post::new(text).aims(WEB))
    }

    pub fn answers(&self, name: &str, outcome: Outcome) {
        self.runtime
            .services
            .borrow_mut()
            .answers(&url(name), outcome);
    }

    /// The pushes since this was asked last: the last part of each endpoint, and the raw content.
    pub fn sent(&mut self) -> Vec<(String, String)> {
        let sent = std::mem::take(&mut self.runtime.services.borrow_mut().sent);
        let read = |push: &notifeed_hub::host::Push| {
            let json: serde_json::Value = serde_json::from_str(&push.message.text).unwrap();
            let raw = json["notifeed"]["raw"]
                .as_str()
                .unwrap_or("least")
                .to_owned();
            let endpoint = endpoint(push);
            (endpoint.rsplit('/').next().unwrap().to_owned(), raw)
        };
        sent.iter().map(read).collect()
    }

    pub fn due(&self) -> i64 {
        self.runtime.tables.number("SELECT count(*) FROM push")
    }

    pub fn connected_as(&mut self, subscription: &str) -> Line {
        let mut stream = stream(Platform::WebPush, None, self.now());
        stream.endpoint = Some(guid(subscription));
        let connected = self.connect(&request(Command::Stream(stream)));
        connected.unwrap_or_else(|answer| panic!("{answer:?}"))
    }

    /// The frames that a connection has, the newest last.
    pub fn frames(&mut self, line: Line) -> Vec<serde_json::Value> {
        let mut frames = Vec::new();
        while let Some(Heard::Frame(frame)) = self.read(line) {
            frames.push(serde_json::from_str(&frame).unwrap());
        }
        frames
    }
}

pub fn to(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, text)| ((*name).into(), (*text).into()))
        .collect()
}

#[test]
fn whoever_is_targeted_and_has_an_endpoint_is_pushed_to_once() {
    let mut world = world();
    world.pushed_to("a");
    world.pushed_to("b");
    world.as_megan(subscribe_to(Platform::Ios, "phone", Some("i")));
    world.as_megan(subscribe_to(Platform::WebPush, "quiet", None));
    world.post_to_web("one");
    world.pass(SECOND);
    let mut sent = world.sent();
    sent.sort();
    assert_eq!(sent, to(&[("a", "one"), ("b", "one")]));
    world.posted(&Post::new("two").aims(IOS));
    world.posted(&Post::new("three").aims(WINDOWS));
    world.pass(HOUR);
    assert_eq!((world.sent(), world.due()), (to(&[("i", "two")]), 0));
    // Nobody has to be awake for it.
    world.post_to_web("four");
    world.evict();
    world.pass(SECOND);
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn a_feed_without_endpoints_has_no_tables_for_them() {
    let mut world = world();
    world.subscribed(Some("d"));
    world.post_to_web("one");
    world.pass(HOUR);
    assert!(
        !world
            .runtime
            .tables
            .names()
            .iter()
            .any(|name| name.starts_with("push"))
    );
    // Nor where push is off, whatever is asked.
    let mut off = World::new();
    let asked = off.as_megan(subscribe_to(Platform::WebPush, "a", Some("a")));
    assert_eq!(asked.status, 201);
    off.post_to_web("one");
    off.pass(HOUR);
    assert!(
        !off.runtime
            .tables
            .names()
            .iter()
            .any(|name| name.starts_with("push"))
    );
    assert_eq!(off.sent(), []);
}

#[test]
fn an_open_connection_holds_a_push_until_its_person_has_seen_it() {
    for (acknowledges, sent_after) in [
        (Some(true), None),
        (Some(false), Some(0)),
        (None, Some(HOLD)),
    ] {
        let mut world = world();
        let a = world.pushed_to("a");
        world.pushed_to("b");
        let line = world.connected_as(&a);
        world.frames(line);
        world.post_to_web("one");
        let frames = world.frames(line);
        let frame = frames.last().unwrap();
        assert_eq!(frame["ack"], true, "{frame}");
        world.pass(HOLD - SECOND);
        assert_eq!(world.sent(), to(&[("b", "one")]), "only the other one");
        if let Some(visible) = acknowledges {
            let seq = &frame["seq"];
            world.say(
                line,
                &format!(r#"{{"type":"ack","seq":{seq},"visible":{visible}}}"#),
            );
            world.pass(0);
            let at_once = if visible { vec![] } else { to(&[("a", "one")]) };
            assert_eq!(world.sent(), at_once);
        }
        world.pass(HOUR);
        let later = if sent_after == Some(HOLD) {
            to(&[("a", "one")])
        } else {
            vec![]
        };
        assert_eq!((world.sent(), world.due()), (later, 0), "{acknowledges:?}");
    }
}

#[test]
fn a_client_cannot_acknowledge_what_there_is_not_yet() {
    let mut world = world();
    let a = world.pushed_to("a");
    let line = world.connected_as(&a);
    world.post_to_web("one");
    world.say(
        line,
        r#"{"type":"ack","seq":9007199254740991,"visible":true}"#,
    );
    let later = world.post_to_web("two");
    let delivery = |world: &mut World| {
        let endpoints = world.as_megan(Command::Endpoints(Some(later.clone())));
        endpoints.json()["value"][0]["delivery"].to_string()
    };
    assert_eq!(delivery(&mut world), r#""pending""#);
    world.pass(HOUR);
    assert_eq!(world.sent(), to(&[("a", "one"), ("a", "two")]));
}

#[test]
fn what_is_seen_anywhere_or_gone_is_not_pushed() {
    type End = fn(&mut World, &str);
    let ends: [(&str, End); 7] = [
        ("read", |world, id| world.set(id, read())),
        ("dismissed", |world, id| {
            world.set(id, acted(UserActionState::Dismissed))
        }),
        ("activated", |world, id| {
            world.set(id, acted(UserActionState::Activated))
        }),
        ("all read", |world, _| {
            let asked = MarkAll {
                marking: Marking::Read,
                cursor: None,
                platform: None,
            };
            assert_eq!(world.as_megan(Command::MarkAll(asked)).status, 200);
        }),
        ("deleted", |world, id| world.remove(id)),
        ("retargeted", |world, _| {
            world.posted(&Post::new("two").key("k").aims(WINDOWS));
        }),
        ("unsubscribed", |world, _| {
            world.as_megan(Command::UnsubscribeAll);
        }),
    ];
    for (name, end) in ends {
        let mut world = world();
        let a = world.pushed_to("a");
        world.connected_as(&a);
        let id = world.posted(&Post::new("one").key("k").aims(WEB));
        world.pass(SECOND);
        end(&mut world, &id);
        world.pass(HOUR);
        assert_eq!((world.sent(), world.due()), (vec![], 0), "{name}");
    }
    // A push that expires while its service is away.
    let mut world = world();
    world.pushed_to("a");
    world.answers("a", LATER);
    world.posted(&Post::new("short").aims(WEB).lives(10 * SECOND));
    world.pass(HOUR);
    assert_eq!(world.due(), 0);
    let sent = world.sent().len();
    assert!((2..=4).contains(&sent), "{sent}");
}

#[test]
fn a_replacement_is_pushed_instead() {
    let mut world = world();
    world.pushed_to("a");
    world.answers("a", LATER);
    world.posted(&Post::new("one").key("k").aims(WEB));
    world.pass(SECOND);
    assert_eq!(world.sent(), to(&[("a", "one")]));
    world.posted(&Post::new("two").key("k").aims(WEB));
    world.answers("a", Outcome::Taken);
    world.pass(HOUR / 10);
    assert_eq!((world.sent(), world.due()), (to(&[("a", "two")]), 0));
}

#[test]
fn browsers_may_be_pushed_raw_content_only() {
    let mut world = world_where(Carried::Raw);
    world.pushed_to("a");
    world.as_megan(subscribe_to(Platform::Ios, "phone", Some("i")));
    world.posted(&Post::new("seen").visual().aims(WEB.union(IOS)));
    assert_eq!(world.due(), 1, "on the phone only");
    world.posted(&Post::new("raw").aims(WEB));
    world.pass(SECOND);
    assert_eq!(world.sent(), to(&[("i", "least"), ("a", "raw")]));
}

#[test]
fn a_push_says_how_many_are_unread_when_it_is_sent() {
    let mut world = world();
    world.pushed_to("a");
    world.posted(&Post::new("another platform's").aims(WINDOWS));
    let read = world.post_to_web("one");
    world.pass(SECOND);
    world.post_to_web("two");
    world.pass(SECOND);
    world.answers("a", LATER);
    world.post_to_web("three");
    world.pass(SECOND);
    world.set(&read, crate::asking::read());
    world.answers("a", Outcome::Taken);
    world.pass(60 * SECOND);
    world.posted(&Post::new("short").aims(WEB).lives(10 * SECOND));
    world.pass(20 * SECOND);
    world.post_to_web("four");
    world.pass(SECOND);
    let sent = std::mem::take(&mut world.runtime.services.borrow_mut().sent);
    let badge = |push: &notifeed_hub::host::Push| {
        let json: serde_json::Value = serde_json::from_str(&push.message.text).unwrap();
        let unread = json["notifeed"]["unread"].as_i64().unwrap();
        assert_eq!(json["notification"]["app_badge"], unread.to_string());
        unread
    };
    let badges: Vec<i64> = sent.iter().map(badge).collect();
    // The third once more, after a read; the short one is gone by the last.
    assert_eq!(badges, [1, 2, 3, 2, 3, 3]);
}

#[test]
fn an_endpoint_is_one_subscriptions_and_a_user_has_a_few() {
    let mut world = world();
    world.pushed_to("a");
    // Another device of the same browser: the newer one has it.
    world.as_megan(subscribe_to(Platform::WebPush, "again", Some("a")));
    world.post_to_web("one");
    world.pass(SECOND);
    assert_eq!(world.sent(), to(&[("a", "one")]));
    for name in ["b", "c", "d"] {
        world.pass(SECOND);
        world.pushed_to(name);
    }
    world.post_to_web("two");
    world.pass(SECOND);
    let mut sent = world.sent();
    sent.sort();
    assert_eq!(sent, to(&[("b", "two"), ("c", "two"), ("d", "two")]));
}

#[test]
fn a_subscription_that_is_pushed_to_lasts_180_days() {
    let mut world = world();
    let lasts = |answer: Answer, world: &World| {
        let json = answer.json();
        let ends = json["expirationDateTime"].as_str().unwrap();
        let ends = notifeed::time::Timestamp::parse(ends).unwrap();
        ends.saturating_since(world.now()).millis() / (24 * HOUR)
    };
    let plain = world.as_megan(subscribe_to(Platform::WebPush, "plain", None));
    assert_eq!(lasts(plain, &world), 30);
    let pushed = world.as_megan(subscribe_to(Platform::WebPush, "a", Some("a")));
    assert_eq!(lasts(pushed, &world), 180);
    world.pass(181 * 24 * HOUR);
    assert_eq!(
        world
            .runtime
            .tables
            .number("SELECT count(*) FROM push_endpoint"),
        0
    );
    world.post_to_web("one");
    world.pass(HOUR);
    assert_eq!(world.sent(), []);
}

#[test]
fn an_endpoint_says_how_pushing_to_it_goes() {
    let mut world = world();
    let id = world.pushed_to("a");
    world.subscribed(Some("plain"));
    let told = |world: &mut World| {
        let answer = world.as_megan(Command::Endpoints(None)).json();
        let mut endpoints = answer["value"].as_array().unwrap().iter();
        let plain = |endpoint: &&serde_json::Value| endpoint["deviceId"] == "plain";
        assert!(endpoints.clone().find(plain).unwrap().get("push").is_none());
        let of = endpoints.find(|endpoint| endpoint["id"] == id.as_str());
        let of = of.unwrap().clone();
        let text = |name: &str| of[name].as_str().map(str::to_owned);
        let (push, error) = (text("push").unwrap(), text("lastPushError"));
        (push, error, text("lastPushDateTime").is_some())
    };
    assert_eq!(told(&mut world), ("active".into(), None, false));
    for (outcome, push, error) in [
        (Outcome::Taken, "active", None),
        (LATER, "paused", Some("unavailable")),
        (
            Outcome::Refused(Reason::KeyMismatch),
            "active",
            Some("keyMismatch"),
        ),
        (Outcome::Gone, "gone", Some("keyMismatch")),
    ] {
        world.answers("a", outcome);
        world.posted(&Post::new("one").aims(WEB).lives(30 * SECOND));
        world.pass(SECOND);
        let expected = (push.into(), error.map(str::to_owned), true);
        assert_eq!(told(&mut world), expected, "{outcome:?}");
        world.pass(HOUR);
    }
}

#[test]
fn nothing_about_a_push_that_fails_tells_where_it_went() {
    let mut world = world();
    world.pushed_to("secret");
    for outcome in [
        Outcome::Refused(Reason::KeyMismatch),
        LATER,
        Outcome::TooLarge,
        Outcome::Gone,
    ] {
        world.answers("secret", outcome);
        world.post_to_web("one");
        world.pass(HOUR);
    }
    let log = world.runtime.log.borrow().join("\n");
    assert!(log.contains("fcm.googleapis.com"), "{log}");
    assert!(
        !log.contains("secret") && !log.contains("BTBZMqHH"),
        "{log}"
    );
}
