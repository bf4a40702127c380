//! Reading and seeing everything at once, counts, and what one platform receives.

use notifeed::feed::mark_all::{MarkAll, Marking};
use notifeed::feed::query::Query;
use notifeed::feed::{Cursor, Epoch, Seq, UserActionState};
use notifeed::notification::Platform;
use notifeed_hub::wire::Command;
use serde_json::json;

use crate::asking::*;
use crate::device::Device;
use crate::told::Told;
use crate::world::World;

fn mark(marking: Marking, cursor: Option<&str>, platform: Option<Platform>) -> Command {
    Command::MarkAll(MarkAll {
        marking,
        cursor: cursor.map(str::to_owned),
        platform,
    })
}

fn device(world: &mut World, platform: Platform) -> Device {
    let mut device = Device::new(platform);
    assert!(device.connect(world));
    device.listen(world);
    device
}

/// Unread and unseen, as a device that connects is told.
fn counts(world: &mut World, platform: Platform) -> (i64, i64) {
    let device = device(world, platform);
    let ready = device.heard.last().unwrap();
    assert_eq!(ready["type"], "ready");
    let number = |name: &str| ready[name].as_i64().unwrap();
    (number("unread"), number("unseen"))
}

/// The number of each item's last change, as its `ETag` has it.
fn numbers(world: &mut World, ids: &[String]) -> Vec<i64> {
    let etag = |id: &String| {
        let item = world.as_megan(read_item(&id.clone()));
        let etag = item.header("ETag").unwrap().trim_matches('"').to_owned();
        etag.split_once('.').unwrap().1.parse().unwrap()
    };
    ids.iter().map(etag).collect()
}

#[test]
fn everything_is_read_in_one_step_and_told_once() {
    let mut world = World::new();
    let ids = ["a", "b", "c"].map(|text| world.posted(&Post::new(text)));
    world.set(&ids[1], read());
    let mut devices = [Platform::Windows, Platform::Ios].map(|at| device(&mut world, at));
    for device in &mut devices {
        device.told();
    }
    assert_eq!(numbers(&mut world, &ids), [1, 4, 3]);
    let answer = world.as_megan(mark(Marking::Read, None, None));
    assert_eq!((answer.status, &answer.json()["unread"]), (200, &json!(0)));
    for device in &mut devices {
        device.listen(&mut world);
        assert_eq!(device.told(), [Told::ReadAll(6, 4, None)]);
        device.assert_shows(world.shown(device.platform), world.now());
    }
    // Each has a number of its own, in the order of before; what was read already keeps its own.
    assert_eq!(numbers(&mut world, &ids), [5, 4, 6]);
    // Nothing is left to read: no number, no frame.
    assert_eq!(world.as_megan(mark(Marking::Read, None, None)).status, 200);
    for device in &mut devices {
        assert!(!device.listen(&mut world));
    }
    let next = world.posted(&Post::new("d"));
    devices[0].listen(&mut world);
    assert_eq!(devices[0].told(), [Told::content(7, &next, "d")]);
}

#[test]
fn what_came_after_the_cursor_stays_unread() {
    let mut world = World::new();
    let old = world.posted(&Post::new("old"));
    let mut windows = device(&mut world, Platform::Windows);
    let cursor = windows.cursor.clone().unwrap();
    let new = world.posted(&Post::new("new"));
    world.set(&old, acted(UserActionState::Snoozed));
    let later = world.posted(&Post::new("later"));
    windows.listen(&mut world);
    windows.told();
    // The old one has changed since: whoever asks hasn't seen that.
    let answer = world.as_megan(mark(Marking::Read, Some(&cursor), None));
    assert_eq!(answer.json()["unread"], 3);
    let page = world.as_megan(Command::Delta(Query::default()));
    let token = page.link("@odata.deltaLink").unwrap();
    let last = world.posted(&Post::new("last"));
    let answer = world.as_megan(mark(Marking::Read, Some(&token), None));
    assert_eq!((answer.status, &answer.json()["unread"]), (200, &json!(1)));
    let ids = [old, new, later, last].map(String::from);
    assert_eq!(numbers(&mut world, &ids), [7, 6, 8, 5]);
    windows.listen(&mut world);
    windows.assert_shows(world.shown(Platform::Windows), world.now());
}

#[test]
fn a_cursor_that_is_of_no_use_marks_nothing() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a"));
    let ahead = Cursor::all_up_to(Epoch::from_bytes([9; 16]), Seq::new(1)).to_string();
    for (marking, cursor) in [
        (Marking::Read, "garbage"),
        (Marking::Seen, ahead.as_str()),
        (Marking::Read, ahead.as_str()),
    ] {
        let answer = world.as_megan(mark(marking, Some(cursor), None));
        assert_eq!(answer.problem(), (410, "SyncStateNotFound".into()));
    }
    assert_eq!(numbers(&mut world, &[id]), [1]);
    assert_eq!(counts(&mut world, Platform::Ios), (1, 1));
}

#[test]
fn a_device_reads_what_its_platform_receives() {
    let mut world = World::new();
    let ids = [IOS, WINDOWS, BOTH].map(|at| world.posted(&Post::new("a").aims(at)));
    let mut ios = device(&mut world, Platform::Ios);
    let mut other = device(&mut world, Platform::Ios);
    let mut windows = device(&mut world, Platform::Windows);
    for device in [&mut ios, &mut other, &mut windows] {
        device.told();
    }
    let result = ios.mark_all(&mut world, "markAllRead", ios.cursor.clone().as_deref());
    assert_eq!(result["status"], 200);
    assert_eq!((&result["seq"], &result["through"]), (&json!(5), &json!(3)));
    assert_eq!(
        (&result["unread"], &result["unseen"]),
        (&json!(0), &json!(0))
    );
    for device in [&mut other, &mut windows] {
        device.listen(&mut world);
        assert_eq!(device.told(), [Told::ReadAll(5, 3, Some("iOS".into()))]);
    }
    for device in [&mut ios, &mut other, &mut windows] {
        let shown = world.shown(device.platform);
        device.assert_shows(shown, world.now());
    }
    assert_eq!(numbers(&mut world, &ids), [4, 2, 5]);
    assert_eq!(counts(&mut world, Platform::Windows), (1, 1));
    let refused = ios.mark_all(&mut world, "markAllRead", Some("garbage"));
    assert_eq!(refused["error"]["code"], "SyncStateNotFound");
}

#[test]
fn a_device_that_was_away_is_told_of_each_item() {
    let mut world = World::new();
    let ids = ["a", "b"].map(|text| world.posted(&Post::new(text)));
    let mut away = device(&mut world, Platform::Windows);
    away.hang_up(&mut world);
    away.told();
    assert_eq!(world.as_megan(mark(Marking::Read, None, None)).status, 200);
    world.evict();
    assert!(away.connect(&mut world));
    away.listen(&mut world);
    let told = away.told();
    let state = |seq, id| Told::state(seq, id, "read", "noInteraction");
    assert_eq!(told[..2], [state(3, &ids[0]), state(4, &ids[1])]);
    assert_eq!(told.len(), 3);
}

#[test]
fn seen_is_apart_from_read() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a"));
    world.posted(&Post::new("b"));
    assert_eq!(counts(&mut world, Platform::Windows), (2, 2));
    let mut windows = device(&mut world, Platform::Windows);
    let mut ios = device(&mut world, Platform::Ios);
    windows.told();
    ios.told();
    let result = ios.mark_all(&mut world, "markAllSeen", None);
    assert!(result.get("seq").is_none(), "{result}");
    assert_eq!(
        (&result["unread"], &result["unseen"]),
        (&json!(2), &json!(0))
    );
    windows.listen(&mut world);
    assert_eq!(windows.told(), [Told::SeenAll(2, Some("iOS".into()))]);
    assert_eq!(numbers(&mut world, std::slice::from_ref(&id)), [1]);
    // The mark outlives the feed's memory, and never moves back.
    world.evict();
    let answer = world.as_megan(mark(Marking::Seen, windows.cursor.as_deref(), None));
    assert_eq!(answer.json()["unseen"], 0);
    assert!(!windows.listen(&mut world));
    assert_eq!(counts(&mut world, Platform::Windows), (2, 0));
    // Another change of an item makes it unseen; a dismissed one counts nowhere.
    world.set(&id, acted(UserActionState::Snoozed));
    assert_eq!(counts(&mut world, Platform::Windows), (2, 1));
    world.set(&id, acted(UserActionState::Dismissed));
    assert_eq!(counts(&mut world, Platform::Windows), (1, 0));
}

#[test]
fn counts_follow_the_clock() {
    let mut world = World::new();
    world.posted(&Post::new("a").lives(1000));
    world.posted(&Post::new("b").lives(HOUR));
    assert_eq!(counts(&mut world, Platform::Ios), (2, 2));
    world.pass(999);
    assert_eq!(counts(&mut world, Platform::Ios), (2, 2));
    world.pass(1);
    assert_eq!(counts(&mut world, Platform::Ios), (1, 1));
}

#[test]
fn an_empty_feed_has_nothing_to_mark() {
    let mut world = World::new();
    for marking in [Marking::Read, Marking::Seen] {
        let answer = world.as_megan(mark(marking, None, None));
        assert_eq!(answer.status, 200);
        assert_eq!(
            (&answer.json()["unread"], &answer.json()["unseen"]),
            (&json!(0), &json!(0))
        );
    }
}

#[test]
fn a_platform_reads_only_what_it_receives() {
    let mut world = World::new();
    let ids = [IOS, WINDOWS, BOTH]
        .map(|at| world.posted(&Post::new("a").key(&format!("{at:?}")).aims(at)));
    let of = |platform| Query {
        platform: Some(platform),
        count: true,
        ..Query::default()
    };
    let list = world.as_megan(Command::List(of(Platform::Ios)));
    assert_eq!(list.ids(), [ids[2].clone(), ids[0].clone()]);
    assert_eq!(list.json()["@odata.count"], 2);
    let count = world.as_megan(Command::Count(of(Platform::Windows)));
    assert_eq!(count.body, "2");
    let page = world.as_megan(Command::Delta(of(Platform::Ios)));
    assert_eq!(page.ids(), [ids[0].clone(), ids[2].clone()]);
    let token = page.link("@odata.deltaLink").unwrap();
    // The item is for another platform from now on.
    world.posted(&Post::new("b").key(&format!("{IOS:?}")).aims(WINDOWS));
    let next = |platform, token: &str| Query {
        delta_token: Some(token.to_owned()),
        platform,
        ..Query::default()
    };
    let page = world.as_megan(Command::Delta(next(Some(Platform::Ios), &token)));
    let removed = json!([{ "id": ids[0], "@removed": { "reason": "changed" } }]);
    assert_eq!(page.json()["value"], removed);
    // A token belongs to its platform.
    let plain = world.as_megan(Command::Delta(Query::default()));
    let plain = plain.link("@odata.deltaLink").unwrap();
    for (platform, token) in [
        (Some(Platform::Windows), &token),
        (None, &token),
        (Some(Platform::Ios), &plain),
    ] {
        let refused = world.as_megan(Command::Delta(next(platform, token)));
        assert_eq!(refused.problem(), (410, "SyncStateNotFound".into()));
    }
}

/// CONTRACT §5.4: less than a second.
#[test]
fn ten_thousand_are_read_at_once() {
    const ITEMS: usize = 10_000;
    let mut settings = settings();
    settings.post_rate.per_second = 0;
    let mut world = World::with(settings);
    let text = "x".repeat(200);
    for _ in 0..ITEMS {
        world.posted(&Post::new(&text));
    }
    let mut windows = device(&mut world, Platform::Windows);
    windows.heard.clear();
    let answer = world.as_megan(mark(Marking::Read, None, None));
    assert_eq!((answer.status, &answer.json()["unread"]), (200, &json!(0)));
    windows.listen(&mut world);
    let (last, through) = (20_000, 10_000);
    assert_eq!(windows.told(), [Told::ReadAll(last, through, None)]);
    assert_eq!(world.count(), ITEMS);
}
