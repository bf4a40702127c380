//! Subscriptions: their lives, their ids, who sees them (CONTRACT §3).

use notifeed::credentials::subscription_id::{LIFETIME, SubscriptionId};
use notifeed::notification::Platform;
use notifeed::subscription::MAX_SUBSCRIPTIONS;
use notifeed::time::Timestamp;
use notifeed_hub::wire::{Command, Request};

use crate::asking::*;
use crate::device::Device;
use crate::world::{FEED, World};

fn expiration(answer: &Answer) -> Timestamp {
    Timestamp::parse(answer.json()["expirationDateTime"].as_str().unwrap()).unwrap()
}

/// The content of the signed id.
fn signed(answer: &Answer, now: Timestamp) -> SubscriptionId {
    let json = answer.json();
    let text = json["userNotificationSubscriptionId"].as_str().unwrap();
    SubscriptionId::verify(text, &[key()], now).unwrap()
}

#[test]
fn a_subscription_lives_30_days_and_so_does_its_signed_id() {
    let mut world = World::new();
    world.pass(345);
    let made = world.as_megan(subscribe(Some("d")));
    assert_eq!(made.status, 201);
    let id = signed(&made, world.now());
    assert_eq!(id.hub.to_string(), FEED);
    assert_eq!(id.subscription.to_string(), made.id());
    let ends = expiration(&made);
    assert_eq!(id.expires, ends);
    let lives = ends.saturating_since(world.now()).millis();
    assert!(
        (LIFETIME.millis() - 999..=LIFETIME.millis()).contains(&lives),
        "{lives}"
    );
    // The same device renews it.
    world.pass(10 * 24 * HOUR);
    let renewed = world.as_megan(subscribe(Some("d")));
    assert_eq!((renewed.status, renewed.id()), (200, made.id()));
    assert_eq!(
        renewed.json()["createdDateTime"],
        made.json()["createdDateTime"]
    );
    let lives = expiration(&renewed).saturating_since(world.now()).millis();
    assert!(
        (LIFETIME.millis() - 999..=LIFETIME.millis()).contains(&lives),
        "{lives}"
    );
    // Once it has expired it is another one.
    world.pass(LIFETIME.millis());
    let another = world.as_megan(subscribe(Some("d")));
    assert_eq!(another.status, 201);
    assert_ne!(another.id(), made.id());
    assert_eq!(world.as_megan(Command::Subscriptions).ids(), [another.id()]);
}

#[test]
fn a_device_is_an_apps_own_and_so_are_its_subscriptions() {
    let mut world = World::new();
    let by = |app: &str, command| Request {
        sender: self::app(app),
        ..request(command)
    };
    let a = world.ask(&by("a", subscribe(Some("d"))));
    let b = world.ask(&by("b", subscribe(Some("d"))));
    assert_eq!((a.status, b.status), (201, 201));
    assert_ne!(a.id(), b.id());
    world.pass(1);
    let unnamed = world.ask(&by("a", subscribe(None)));
    world.pass(1);
    let more = world.ask(&by("a", subscribe(None)));
    assert_ne!(unnamed.id(), more.id());
    let listed = world.ask(&by("a", Command::Subscriptions));
    assert_eq!(listed.ids(), [a.id(), unnamed.id(), more.id()]);
    // Another app's is as good as none.
    let expected = world.ask(&by("a", Command::Unsubscribe("x".into())));
    assert_eq!(expected.problem(), (404, "ItemNotFound".into()));
    let others = by("a", Command::Unsubscribe(b.id()));
    assert_eq!(world.ask(&others), expected);
    let mine = by("b", Command::Unsubscribe(b.id()));
    assert_eq!(world.ask(&mine).status, 204);
    assert_eq!(world.ask(&mine), expected);
    assert_eq!(world.ask(&by("a", Command::UnsubscribeAll)).status, 204);
    assert_eq!(
        world.ask(&by("a", Command::Subscriptions)).ids(),
        Vec::<String>::new()
    );
}

#[test]
fn a_stream_connects_for_a_subscription_of_its_own_app() {
    let mut world = World::new();
    let subscription = world.subscribed(Some("d"));
    let knock = |world: &mut World, app: &str, endpoint: &str| {
        let mut stream = stream(Platform::Windows, None, world.now());
        stream.endpoint = Some(guid(endpoint));
        let request = Request {
            sender: self::app(app),
            ..request(Command::Stream(stream))
        };
        world.connect(&request).map_err(|answer| answer.status)
    };
    assert!(knock(&mut world, "client", &subscription).is_ok());
    let unknown = "00000000-0000-4000-8000-000000000000";
    for (app, endpoint) in [("other", subscription.as_str()), ("client", unknown)] {
        assert_eq!(knock(&mut world, app, endpoint).err(), Some(404));
    }
    world.as_megan(Command::Unsubscribe(subscription.clone()));
    let refused = knock(&mut world, "client", &subscription);
    assert!(matches!(refused, Err(403 | 404)), "{refused:?}");
}

#[test]
fn ending_a_subscription_closes_its_connections_and_no_others() {
    let mut world = World::new();
    let [first, second] = ["a", "b"].map(|device| world.subscribed(Some(device)));
    let mut connected = |endpoint: Option<&str>| {
        let mut device = Device::new(Platform::Windows);
        let mut stream = stream(Platform::Windows, None, world.now());
        stream.endpoint = endpoint.map(guid);
        assert!(device.connect_as(&mut world, stream));
        device
    };
    let mut devices = [
        connected(Some(&first)),
        connected(Some(&first)),
        connected(Some(&second)),
        connected(None),
    ];
    let mut closed = |world: &mut World| {
        devices.each_mut().map(|device| {
            device.listen(world);
            device.closed.clone()
        })
    };
    let ended = || Some((4403, String::from("SubscriptionEnded")));
    assert_eq!(closed(&mut world), [None, None, None, None]);
    world.evict();
    world.as_megan(Command::Unsubscribe(first));
    assert_eq!(closed(&mut world), [ended(), ended(), None, None]);
    world.as_megan(Command::UnsubscribeAll);
    assert_eq!(closed(&mut world), [ended(), ended(), ended(), None]);
}

#[test]
fn a_connection_is_of_its_subscriptions_platform() {
    let mut world = World::new();
    let subscription = world.subscribed(Some("d"));
    for (platform, refused) in [
        (Platform::Windows, None),
        (Platform::Ios, Some((400, "BadRequest", "platform"))),
    ] {
        let mut stream = stream(platform, None, world.now());
        stream.endpoint = Some(guid(&subscription));
        let answer = world.connect(&request(Command::Stream(stream))).err();
        let problem = answer.as_ref().map(Answer::problem);
        let target = answer.map(|answer| answer.json()["error"]["details"][0]["target"].clone());
        assert_eq!(
            problem,
            refused.map(|(status, code, _)| (status, code.into()))
        );
        assert_eq!(target, refused.map(|(_, _, target)| target.into()));
    }
}

#[test]
fn a_user_has_a_thousand_subscriptions_and_no_more() {
    let mut world = World::new();
    world.deploy(|settings| settings.call_rate.per_second = 0);
    for _ in 0..MAX_SUBSCRIPTIONS - 1 {
        world.subscribed(None);
    }
    let last = world.subscribed(Some("d"));
    let refused = world.as_megan(subscribe(None));
    assert_eq!(refused.problem(), (406, "ServerBusy".into()));
    assert!(refused.header("Retry-After").is_some());
    // A renewal adds none, and an end makes room.
    assert_eq!(world.subscribed(Some("d")), last);
    world.as_megan(Command::Unsubscribe(last));
    world.subscribed(None);
    assert_eq!(world.as_megan(subscribe(None)).status, 406);
}

#[test]
fn without_a_key_there_are_no_subscriptions() {
    let mut world = World::new();
    world.deploy(|settings| settings.signing_key = None);
    let refused = world.as_megan(subscribe(None));
    assert_eq!(refused.problem(), (503, "ServiceUnavailable".into()));
    assert_eq!(
        world.as_megan(Command::Endpoints(None)).ids(),
        Vec::<String>::new()
    );
}

#[test]
fn the_endpoints_are_the_subscriptions_and_whether_they_are_live() {
    let mut world = World::new();
    let live = world.subscribed(Some("a"));
    world.pass(1);
    let idle = world.subscribed(Some("b"));
    let mut device = Device::new(Platform::Windows);
    let mut stream = stream(Platform::Windows, None, world.now());
    stream.endpoint = Some(guid(&live));
    assert!(device.connect_as(&mut world, stream));
    device.listen(&mut world);
    assert_eq!(device.heard[0]["endpoint"], live.as_str());
    let seen = |world: &mut World| {
        let endpoints = world.as_megan(Command::Endpoints(None)).json();
        let endpoints = endpoints["value"].as_array().unwrap().clone();
        endpoints
            .iter()
            .map(|endpoint| {
                (
                    endpoint["id"].as_str().unwrap().to_owned(),
                    endpoint["live"] == true,
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        seen(&mut world),
        [(live.clone(), true), (idle.clone(), false)]
    );
    world.evict();
    assert_eq!(
        seen(&mut world),
        [(live.clone(), true), (idle.clone(), false)]
    );
    device.hang_up(&mut world);
    assert_eq!(seen(&mut world), [(live, false), (idle, false)]);
}
