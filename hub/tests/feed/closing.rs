//! How connections end, and how long they last (docs/live.md, "How it ends").

use notifeed::credentials::{Caller, Principal};
use notifeed::feed::query::Query;
use notifeed::live::client::MAX_FRAME_BYTES;
use notifeed::notification::HostName;
use notifeed::notification::Platform;
use notifeed::throttle::Rate;
use notifeed::time::Timestamp;
use notifeed_hub::host::Verified;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::device::Device;
use crate::told::{FRESH, RESUMED, Told};
use crate::world::{Line, World};

/// A connected device whose token lives that long.
fn connected(world: &mut World, token: i64) -> Device {
    let mut device = Device::new(Platform::Windows);
    let mut stream = stream(Platform::Windows, None, world.now());
    stream.expires = world.now().saturating_add(ms(token));
    assert!(device.connect_as(world, stream));
    device.listen(world);
    assert_eq!(device.told(), [FRESH]);
    device
}

fn line(device: &Device) -> Line {
    device.line.unwrap()
}

fn assert_closed(world: &mut World, device: &mut Device, code: u16, reason: &str) {
    device.listen(world);
    assert_eq!(device.closed, Some((code, reason.to_owned())));
}

fn assert_open(world: &mut World, device: &mut Device) {
    device.listen(world);
    assert_eq!(device.closed, None);
}

#[test]
fn what_is_no_frame_closes() {
    let long = format!(r#"{{"type":"delete","id":"x","ref":"{}"}}"#, "é".repeat(65));
    let large = format!(
        r#"{{"type":"token","ref":"1","token":"{}"}}"#,
        "x".repeat(MAX_FRAME_BYTES)
    );
    for frame in [
        None,
        Some(""),
        Some("x"),
        Some("[]"),
        Some(r#"{"type":"delete","id":"x"}"#),
        Some(r#"{"type":"ack"}"#),
        Some(long.as_str()),
        Some(large.as_str()),
    ] {
        let mut world = World::new();
        let mut device = connected(&mut world, HOUR);
        assert!(world.try_say(line(&device), frame).is_ok());
        assert_closed(&mut world, &mut device, 4400, "BadRequest");
        // The connection is gone: it is told of nothing, and in the way of nobody.
        world.posted(&Post::new("a"));
        assert_eq!(device.told(), []);
    }
    let mut world = World::new();
    let mut device = connected(&mut world, HOUR);
    let name = "é".repeat(64);
    world.say(
        line(&device),
        &format!(r#"{{"type":"delete","id":"x","ref":"{name}"}}"#),
    );
    device.listen(&mut world);
    assert_eq!(
        device.told(),
        [Told::result(&name, 404, None, Some("ItemNotFound"))]
    );
    world.say(
        line(&device),
        r#"{"type":"update","ref":"1","id":"x","readState":"seen"}"#,
    );
    device.listen(&mut world);
    assert_eq!(
        device.told(),
        [Told::result("1", 400, None, Some("BadRequest"))]
    );
    assert_open(&mut world, &mut device);
}

#[test]
fn a_connection_lasts_as_long_as_its_token_and_an_hour_at_most() {
    for (token, lasts) in [(12 * HOUR, HOUR), (HOUR, HOUR), (90_000, 90_000)] {
        for evicted in [false, true] {
            let mut world = World::new();
            let mut device = connected(&mut world, token);
            if evicted {
                world.evict();
            }
            world.pass(lasts - 1);
            assert_open(&mut world, &mut device);
            world.pass(1);
            assert_closed(&mut world, &mut device, 4401, "InvalidAuthenticationToken");
        }
    }
}

#[test]
fn each_connection_ends_with_its_own_token() {
    for evicted in [false, true] {
        let mut world = World::new();
        let mut first = connected(&mut world, 60_000);
        let mut second = connected(&mut world, 120_000);
        if evicted {
            world.evict();
        }
        world.pass(60_000);
        assert_closed(&mut world, &mut first, 4401, "InvalidAuthenticationToken");
        world.pass(59_999);
        assert_open(&mut world, &mut second);
        world.pass(1);
        assert_closed(&mut world, &mut second, 4401, "InvalidAuthenticationToken");
    }
}

fn verified(user: &str, hosts: &[&str], expires: Timestamp) -> Verified {
    Verified {
        caller: Caller {
            issuer: ISSUER.into(),
            app: "client".into(),
            principal: Principal::User {
                user: someone(user),
                scope: true,
                everywhere: false,
            },
            expires,
        },
        hosts: hosts
            .iter()
            .map(|host| HostName::parse(host).unwrap())
            .collect(),
    }
}

#[test]
fn a_fresh_token_of_the_same_user_keeps_a_connection_open() {
    let mut world = World::new();
    world.posted(&Post::new("a"));
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    device.told();
    world.pass(HOUR / 2);
    let later = world.now().saturating_add(ms(HOUR / 4));
    let far = world.now().saturating_add(ms(12 * HOUR));
    let unscoped = |mut verified: Verified| {
        if let Principal::User { scope, .. } = &mut verified.caller.principal {
            *scope = false;
        }
        verified
    };
    let app_only = |mut verified: Verified| {
        verified.caller.principal = Principal::App;
        verified
    };
    for (token, proof) in [
        ("another's", verified("adele", &[HOST], far)),
        (
            "of an app without the host",
            verified("megan", &["other.example.com"], far),
        ),
        ("without scope", unscoped(verified("megan", &[HOST], far))),
        ("an app's", app_only(verified("megan", &[HOST], far))),
        ("short", verified("megan", &[HOST], later)),
        ("long", verified("megan", &["other.example.com", HOST], far)),
    ] {
        world
            .runtime
            .tokens
            .borrow_mut()
            .insert(token.into(), proof);
    }
    let renew = |world: &mut World, device: &mut Device, token: &str| {
        let frame = serde_json::json!({ "type": "token", "ref": token, "token": token });
        world.say(line(device), &frame.to_string());
        world.settle();
        device.listen(world);
        device.told()
    };
    let result = |token: &str, status, code| vec![Told::result(token, status, None, code)];
    for token in [
        "another's",
        "of an app without the host",
        "without scope",
        "an app's",
    ] {
        let told = renew(&mut world, &mut device, token);
        assert_eq!(told, result(token, 403, Some("NotAuthorizedForUser")));
    }
    let told = renew(&mut world, &mut device, "forged");
    assert_eq!(
        told,
        result("forged", 401, Some("InvalidAuthenticationToken"))
    );
    // Not at its first hour, but an hour from now.
    assert_eq!(
        renew(&mut world, &mut device, "long"),
        result("long", 200, None)
    );
    world.evict();
    world.pass(HOUR - 1);
    assert_open(&mut world, &mut device);
    assert_eq!(
        renew(&mut world, &mut device, "long"),
        result("long", 200, None)
    );
    world.pass(HOUR);
    assert_closed(&mut world, &mut device, 4401, "InvalidAuthenticationToken");
    // The new token may also be shorter than the one before.
    assert!(device.connect(&mut world));
    let short = world.now().saturating_add(ms(60_000));
    let proof = verified("megan", &[HOST], short);
    world
        .runtime
        .tokens
        .borrow_mut()
        .insert("short".into(), proof);
    let told = renew(&mut world, &mut device, "short");
    assert_eq!(told, [vec![RESUMED], result("short", 200, None)].concat());
    world.pass(60_000);
    assert_closed(&mut world, &mut device, 4401, "InvalidAuthenticationToken");
}

#[test]
fn while_a_token_is_verified_further_frames_wait() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a"));
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    device.told();
    let expires = world.now().saturating_add(ms(12 * HOUR));
    let proof = verified("megan", &[HOST], expires);
    world.runtime.tokens.borrow_mut().insert("t".into(), proof);
    let verifying = |world: &World, takes_long| world.runtime.verifying.set(takes_long);
    verifying(&world, true);
    let frame = |name: &str| format!(r#"{{"type":"token","ref":"{name}","token":"t"}}"#);
    world.say(line(&device), &frame("first"));
    let set = device.set(&mut world, &id, read());
    world.say(line(&device), &frame("second"));
    let gone = device.delete(&mut world, &id);
    device.listen(&mut world);
    assert_eq!(device.told(), []);
    verifying(&world, false);
    device.listen(&mut world);
    assert_eq!(
        device.told(),
        [
            Told::result("first", 200, None, None),
            Told::result(&set, 200, Some(2), None),
            Told::result("second", 200, None, None),
            Told::result(&gone, 204, Some(3), None),
        ]
    );
    // Sixteen wait; more is too much.
    verifying(&world, true);
    world.say(line(&device), &frame("third"));
    for _ in 0..16 {
        device.delete(&mut world, &id);
    }
    assert_open(&mut world, &mut device);
    device.delete(&mut world, &id);
    assert_closed(&mut world, &mut device, 4429, "Throttled");
    verifying(&world, false);
    world.settle();
    assert_eq!(device.told(), []);
}

#[test]
fn a_flood_of_frames_closes() {
    let mut world = World::with(Settings {
        frame_rate: Rate {
            per_second: 10,
            burst: 5,
        },
        ..settings()
    });
    let mut device = connected(&mut world, HOUR);
    let mut other = connected(&mut world, HOUR);
    for _ in 0..5 {
        device.delete(&mut world, "x");
    }
    world.pass(100);
    device.delete(&mut world, "x");
    assert_open(&mut world, &mut device);
    assert_eq!(device.told().len(), 6);
    other.delete(&mut world, "x");
    device.delete(&mut world, "x");
    assert_closed(&mut world, &mut device, 4429, "Throttled");
    assert_open(&mut world, &mut other);
}

#[test]
fn whoever_pinged_and_fell_silent_is_closed_at_the_next_event() {
    let mut world = World::new();
    let mut silent = connected(&mut world, HOUR);
    let mut pinging = connected(&mut world, HOUR);
    let mut never = connected(&mut world, HOUR);
    let silence = world.settings.socket_silence.millis();
    for device in [&silent, &pinging] {
        let now = world.now();
        world.runtime.lines.borrow_mut().ping(line(device), now);
    }
    world.pass(silence - 100);
    let now = world.now();
    world.runtime.lines.borrow_mut().ping(line(&pinging), now);
    world.posted(&Post::new("a"));
    world.rest();
    for device in [&mut silent, &mut pinging, &mut never] {
        assert_open(&mut world, device);
        assert_eq!(device.told().len(), 1);
    }
    world.pass(10_000);
    world.posted(&Post::new("b"));
    world.rest();
    assert_closed(&mut world, &mut silent, 4408, "Silent");
    for device in [&mut pinging, &mut never] {
        assert_open(&mut world, device);
        assert_eq!(device.told().len(), 1);
    }
}

#[test]
fn who_has_gone_is_forgotten() {
    let mut world = World::new();
    let mut device = connected(&mut world, HOUR);
    device.hang_up(&mut world);
    world.posted(&Post::new("a"));
    world.pass(2 * HOUR);
    assert_eq!(world.as_megan(Command::List(Query::default())).status, 200);
    assert_eq!(world.runtime.under_way.get(), 0);
    assert!(world.runtime.log.borrow().is_empty());
}
