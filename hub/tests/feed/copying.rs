//! The copy in KV: made a moment after the answer, whole, and made good after whatever goes wrong
//! (ARCHITECTURE "Two stores"). Nothing that KV does changes what the feed answers.

use std::collections::BTreeMap;

use notifeed::feed::query::Query;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::world::{FEED, Mood, World};

pub const DAY: i64 = 24 * HOUR;

pub fn mood(world: &World, mood: Mood) {
    world.runtime.kv.borrow_mut().mood = mood;
}

/// How many puts and removals were asked for.
pub fn asked(world: &World) -> (usize, usize) {
    let kv = world.runtime.kv.borrow();
    (kv.puts, kv.removes)
}

/// The numbers of an item's copies.
pub fn numbers(world: &World, id: &str) -> Vec<u64> {
    let copies = world.copies();
    copies
        .get(id)
        .map_or(Vec::new(), |copies| copies.keys().copied().collect())
}

/// The console's view of each item, newest first: whether KV has a copy.
pub fn told_copied(world: &mut World) -> Vec<bool> {
    let answer = world.as_megan(Command::Copies(Query::default()));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let items = body["value"].as_array().unwrap();
    items.iter().map(|item| item["copied"] == true).collect()
}

#[test]
fn the_console_is_told_which_items_are_copied() {
    let mut world = World::new();
    world.posted(&Post::new("first"));
    world.pass(3000);
    let id = world.posted(&Post::new("second"));
    assert_eq!(told_copied(&mut world), [false, true]);
    world.set(&id, read());
    world.pass(3000);
    assert_eq!(told_copied(&mut world), [true, true]);
    world.evict();
    assert_eq!(told_copied(&mut world), [true, true]);
}

/// A feed whose owner KV has.
pub fn known() -> World {
    let mut world = World::new();
    world.posted(&Post::new("first").lives(1000));
    world.pass(3000);
    assert_eq!(asked(&world), (2, 0));
    world
}

#[test]
fn a_copy_is_made_a_moment_later_with_the_whole_row() {
    let mut world = known();
    let post = Post {
        group: Some("g".into()),
        display: Some(60),
        ..Post::new("text").key("k").lives(6 * DAY)
    };
    let id = world.posted(&post);
    world.set(&id, read());
    let delay = world.settings.copy_delay.millis();
    world.pass(delay - 1);
    assert_eq!(asked(&world), (2, 0), "it waits for others");
    world.pass(1);
    assert_eq!(asked(&world), (3, 0));
    let view = &world.list()[0];
    let copy = world.copies()[&id][&1].clone();
    let now = world.now().unix_millis() - delay;
    for (name, value) in [
        ("app", "client".into()),
        ("issuer", ISSUER.into()),
        ("appNotificationId", "k".into()),
        ("groupName", "g".into()),
        ("priority", "High".into()),
        ("platforms", BOTH.bits().into()),
        ("reached", BOTH.bits().into()),
        ("revision", 1.into()),
        ("ordinal", 2.into()),
        ("displayTimeToLive", 60.into()),
        ("created", now.into()),
        ("posted", now.into()),
        ("modified", now.into()),
        ("expiration", (now + 6 * DAY).into()),
        ("keepUntil", (now + 6 * DAY).into()),
        // States are told by the row: a copy has those of its post.
        ("readState", "unread".into()),
        ("userActionState", "noInteraction".into()),
    ] as [(&str, serde_json::Value); 17]
    {
        assert_eq!(copy[name], value, "{name}");
    }
    assert_eq!(copy["requestDigest"].as_str().map(str::len), Some(64));
    assert!(copy.get("seq").is_none());
    for name in [
        "payload",
        "targetPolicy",
        "fallbackPolicy",
        "targetHostName",
    ] {
        assert_eq!(copy["content"][name], view[name], "{name}");
    }
    let kv = world.runtime.kv.borrow();
    let key = format!("{FEED}:{id}:1");
    let (_, stored) = kv
        .stored(world.now())
        .find(|(known, _)| *known == key)
        .unwrap();
    let seconds = u64::try_from((now + 6 * DAY) / 1000).unwrap();
    assert!((seconds + 120..=seconds + 121).contains(&stored.expiration));
}

#[test]
fn changes_of_a_moment_go_together_and_only_the_newest_content() {
    let mut world = known();
    let ids: Vec<String> = (0..10)
        .map(|number| world.posted(&Post::new(&format!("n{number}"))))
        .collect();
    let replaced = world.posted(&Post::new("one").key("k"));
    for text in ["two", "three"] {
        world.posted(&Post::new(text).key("k"));
    }
    let gone = world.posted(&Post::new("came and went"));
    world.remove(&gone);
    world.rest();
    assert_eq!(asked(&world).0, 2 + 11, "one for each that is there");
    world.assert_copied(&BTreeMap::new());
    assert_eq!(numbers(&world, &ids[0]), [1]);
    assert_eq!(numbers(&world, &replaced), [3]);
    assert_eq!(numbers(&world, &gone), Vec::<u64>::new());
}

#[test]
fn a_replacement_and_an_end_have_numbers_of_their_own_and_states_none() {
    let mut world = known();
    let id = world.posted(&Post::new("one").key("k"));
    world.rest();
    assert_eq!((numbers(&world, &id), asked(&world)), (vec![1], (3, 0)));
    world.set(&id, read());
    world.rest();
    assert_eq!(asked(&world), (3, 0));
    world.posted(&Post::new("two").key("k"));
    world.rest();
    // The former copy is removed once its successor is there.
    assert_eq!((numbers(&world, &id), asked(&world)), (vec![2], (4, 1)));
    world.remove(&id);
    world.rest();
    assert_eq!((numbers(&world, &id), asked(&world)), (vec![3], (5, 2)));
    let mark = world.copies()[&id][&3].clone();
    assert_eq!(mark["gone"], true);
    // The row lasts as long as an endpoint, or a copy, could still show the item.
    world.pass(HOUR - 1000);
    assert_eq!(numbers(&world, &id), [3]);
    world.pass(2 * HOUR);
    assert_eq!(numbers(&world, &id), Vec::<u64>::new());
    assert_eq!(asked(&world), (5, 2), "an expiration is no news");
}

#[test]
fn while_kv_works_there_is_one_alarm_for_all_of_it() {
    let mut world = known();
    let before = world.runtime.alarms_set.get();
    for number in 0..20 {
        let id = world.posted(&Post::new(&format!("n{number}")));
        world.rest();
        world.set(&id, read());
        world.remove(&id);
        world.rest();
    }
    // A single alarm for purging, by the hour.
    let set = world.runtime.alarms_set.get() - before;
    assert!(set <= 1, "{set} settings of the alarm");
    world.pass(3 * HOUR);
    assert!(
        world.alarm() > Some(world.now().saturating_add(ms(29 * DAY))),
        "an idle feed has nothing to wake for, but its end"
    );
    assert_eq!(world.runtime.tables.number("SELECT count(*) FROM item"), 0);
}

#[test]
fn the_owner_and_the_subscriptions_are_copied_and_an_end_is_marked() {
    let mut world = World::new();
    let first = world.subscribed(Some("d"));
    world.rest();
    let owner = world.other_copy("owner").unwrap();
    for (name, value) in [
        ("issuer", ISSUER),
        ("tenant", ""),
        ("subject", "megan"),
        ("principalName", "megan@example.com"),
        ("host", HOST),
    ] {
        assert_eq!(owner[name], value, "{name}");
    }
    let copy = world.other_copy(&first).unwrap();
    for (name, value) in [
        ("app", "client"),
        ("deviceId", "d"),
        ("platform", "Windows"),
    ] {
        assert_eq!(copy[name], value, "{name}");
    }
    // A renewal, a while later.
    world.pass(DAY);
    let renewed = world.as_megan(subscribe(Some("d")));
    world.rest();
    let expiration = world.other_copy(&first).unwrap()["expiration"].as_i64();
    let ends =
        notifeed::time::Timestamp::parse(renewed.json()["expirationDateTime"].as_str().unwrap());
    assert_eq!(expiration, ends.ok().map(|ends| ends.unix_millis()));
    // KV is down when it ends, and the feed forgets.
    mood(&world, Mood::Down);
    world.as_megan(Command::Unsubscribe(first.clone()));
    let second = world.subscribed(None);
    world.pass(60_000);
    world.evict();
    mood(&world, Mood::Well);
    world.pass(HOUR);
    let ended = world.other_copy(&first).unwrap();
    assert_eq!(
        (ended["gone"].as_bool(), ended.get("app")),
        (Some(true), None)
    );
    assert_eq!(world.other_copy(&second).unwrap()["app"], "client");
    let rows = world
        .runtime
        .tables
        .number("SELECT count(*) FROM feed_subscription");
    assert_eq!(rows, 1, "KV knows of the end: its row can go");
    let (puts, _) = asked(&world);
    world.pass(DAY);
    assert_eq!(asked(&world).0, puts);
}

#[test]
fn another_name_of_the_owner_is_copied_too() {
    let mut world = known();
    let mut renamed = request(Post::new("a").command(world.now(), &world.settings));
    if let Some(user) = &mut renamed.access.user {
        user.principal_name = "megan.bowen@example.com".into();
    }
    assert_eq!(world.ask(&renamed).status, 201);
    world.pass(1000);
    let owner = world.other_copy("owner").unwrap();
    assert_eq!(owner["principalName"], "megan.bowen@example.com");
}
