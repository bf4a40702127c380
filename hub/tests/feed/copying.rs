//! The copy in KV: made a moment after the answer, whole, and made good after whatever goes wrong
//! (ARCHITECTURE "Two stores"). Nothing that KV does changes what the feed answers.

use std::collections::BTreeMap;

use notifeed::feed::query::Query;
use notifeed::notification::Platform;
use notifeed_hub::host::Outcome;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::device::Device;
use crate::world::{FEED, Mood, World};

const DAY: i64 = 24 * HOUR;

fn mood(world: &World, mood: Mood) {
    world.runtime.kv.borrow_mut().mood = mood;
}

/// How many puts and removals were asked for.
fn asked(world: &World) -> (usize, usize) {
    let kv = world.runtime.kv.borrow();
    (kv.puts, kv.removes)
}

/// The numbers of an item's copies.
fn numbers(world: &World, id: &str) -> Vec<u64> {
    let copies = world.copies();
    copies
        .get(id)
        .map_or(Vec::new(), |copies| copies.keys().copied().collect())
}

/// The console's view of each item, newest first: whether KV has a copy.
fn told_copied(world: &mut World) -> Vec<bool> {
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
fn known() -> World {
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
    let delay = world.settings.copy_delay;
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
        world.alarm() > Some(world.now().saturating_add_millis(29 * DAY)),
        "an idle feed has nothing to wake for, but its end"
    );
    assert_eq!(world.runtime.tables.number("SELECT count(*) FROM item"), 0);
}

#[test]
fn one_that_kv_refuses_holds_up_no_other() {
    for nth in [2, 3, 5] {
        let mut world = known();
        mood(&world, Mood::Refuses(nth));
        let ids: Vec<String> = (0..10)
            .map(|number| world.posted(&Post::new(&format!("n{number}")).lives(6 * DAY)))
            .collect();
        world.rest();
        let there = ids.iter().filter(|id| !numbers(&world, id).is_empty());
        assert!(there.count() >= 5, "{nth}");
        mood(&world, Mood::Well);
        world.pass(60_000);
        world.assert_copied(&BTreeMap::new());
    }
}

#[test]
fn many_that_kv_refuses_are_all_made_good_also_after_waking() {
    for evicted in [false, true] {
        let mut world = known();
        mood(&world, Mood::Refuses(2));
        let ids: Vec<String> = (0..100)
            .map(|number| world.posted(&Post::new(&format!("n{number}")).lives(6 * DAY)))
            .collect();
        world.rest();
        for id in ids.iter().take(50) {
            world.remove(id);
        }
        world.rest();
        if evicted {
            world.evict();
            // Without a failure no alarm is set: whatever happens next looks after it.
            world.count();
        }
        mood(&world, Mood::Well);
        world.pass(10 * 60_000);
        let until = world.now().saturating_add_millis(5 * DAY);
        let gone = ids.iter().take(50).map(|id| (id.clone(), until));
        world.assert_copied(&gone.collect());
        assert_eq!(world.pending(), 0);
    }
}

#[test]
fn a_single_item_that_kv_lacks_is_made_good_after_waking() {
    let mut world = known();
    mood(&world, Mood::Refuses(4));
    let ids = ["one", "two"].map(|text| world.posted(&Post::new(text).lives(6 * DAY)));
    world.pass(world.settings.copy_delay);
    mood(&world, Mood::Down);
    world.pass(2000);
    let is_exception = world
        .runtime
        .tables
        .number("SELECT copied = seq AND exceptions = '3' FROM feed");
    assert_eq!(is_exception, 1);
    assert_eq!(told_copied(&mut world), [false, true]);
    world.evict();
    mood(&world, Mood::Well);
    assert_eq!(told_copied(&mut world), [false, true]);
    world.pass(world.settings.copy_delay);
    assert_eq!(told_copied(&mut world), [true, true]);
    assert_eq!(numbers(&world, &ids[1]), [1]);
}

#[test]
fn an_owner_or_a_subscription_that_kv_lacks_is_made_good_after_waking() {
    let mut world = World::new();
    mood(&world, Mood::Refuses(2));
    world.posted(&Post::new("one").lives(6 * DAY));
    world.pass(world.settings.copy_delay);
    mood(&world, Mood::Down);
    world.pass(2000);
    world.evict();
    mood(&world, Mood::Well);
    assert_eq!(told_copied(&mut world), [true]);
    assert_eq!(world.other_copy("owner"), None);
    world.pass(world.settings.copy_delay);
    assert!(world.other_copy("owner").is_some());
    world.rest();
    world.evict();
    let id = world.subscribed(None);
    world.evict();
    assert_eq!(world.count(), 1);
    assert_eq!(world.other_copy(&id), None);
    world.pass(world.settings.copy_delay);
    assert!(world.other_copy(&id).is_some());
}

#[test]
fn a_week_without_kv_costs_some_tries_and_nothing_is_lost() {
    for evicted in [false, true] {
        let mut world = known();
        mood(&world, Mood::Down);
        let mut gone = BTreeMap::new();
        let mut first = 0;
        for day in 0..7 {
            for number in 0..60 {
                let text = format!("day {day}, {number}");
                let id = world.posted(&Post::new(&text).lives(6 * DAY));
                if number % 3 == 0 {
                    world.remove(&id);
                    let until = world.now().saturating_add_millis(6 * DAY);
                    gone.insert(id, until);
                }
            }
            if day == 0 {
                // All of the first moment go together: nobody knew.
                world.rest();
                first = asked(&world).0;
            }
            if evicted {
                world.evict();
            }
            world.pass(DAY);
            assert_eq!(world.as_megan(Command::Endpoints(None)).status, 200);
        }
        let tries = asked(&world).0 - first;
        assert!((20..=45).contains(&tries), "{tries} tries, {evicted}");
        mood(&world, Mood::Well);
        world.pass(15 * HOUR);
        world.assert_copied(&gone);
        let copied = world
            .runtime
            .tables
            .number("SELECT copied = seq AND exceptions = '' FROM feed");
        assert_eq!(copied, 1);
    }
}

#[test]
fn an_hour_without_kv_costs_at_most_fifteen_tries() {
    let mut world = known();
    mood(&world, Mood::Down);
    world.posted(&Post::new("first").lives(6 * DAY));
    // All of the first moment go together: nobody knew.
    world.rest();
    let first = asked(&world).0;
    for minute in 0..60 {
        world.posted(&Post::new(&format!("minute {minute}")).lives(6 * DAY));
        world.pass(60_000);
    }
    let tries = asked(&world).0 - first;
    assert!((5..=15).contains(&tries), "{tries} tries");
    mood(&world, Mood::Well);
    world.pass(2 * HOUR);
    world.assert_copied(&BTreeMap::new());
}

#[test]
fn an_answer_that_comes_late_or_never_loses_nothing() {
    let mut world = known();
    mood(&world, Mood::Slow);
    let id = world.posted(&Post::new("one").key("k").lives(6 * DAY));
    world.rest();
    assert_eq!(world.pending(), 1);
    // Changes that happen meanwhile wait for it.
    world.posted(&Post::new("two").key("k").lives(6 * DAY));
    world.pass(5000);
    assert_eq!(world.pending(), 1);
    mood(&world, Mood::Well);
    world.rest();
    assert_eq!(numbers(&world, &id), [2]);
    // The feed forgets that it asked: the put is done, and nobody hears of it.
    mood(&world, Mood::Slow);
    world.posted(&Post::new("three").key("k").lives(6 * DAY));
    world.rest();
    world.evict();
    mood(&world, Mood::Well);
    world.settle();
    assert_eq!(numbers(&world, &id), [2, 3]);
    world.remove(&id);
    let until = world.now().saturating_add_millis(5 * DAY);
    world.pass(60_000);
    assert_eq!(numbers(&world, &id).last(), Some(&4));
    world.assert_copied(&BTreeMap::from([(id, until)]));
}

#[test]
fn what_kv_may_have_is_marked_gone_when_it_ends() {
    for evicted in [false, true] {
        let mut world = known();
        // The write is done, but the feed is told that it failed; or isn't told.
        mood(&world, Mood::Slow);
        let id = world.posted(&Post::new("one").lives(6 * DAY));
        world.rest();
        if evicted {
            world.evict();
            mood(&world, Mood::Well);
            world.settle();
        } else {
            mood(&world, Mood::Fails);
            world.settle();
        }
        assert_eq!(numbers(&world, &id), [1]);
        mood(&world, Mood::Well);
        world.remove(&id);
        let until = world.now().saturating_add_millis(5 * DAY);
        world.pass(HOUR);
        world.assert_copied(&BTreeMap::from([(id, until)]));
    }
}

#[test]
fn a_feed_that_wakes_for_whatever_reason_looks_whether_kv_lacks_something() {
    let mut world = known();
    let id = world.posted(&Post::new("one").lives(6 * DAY));
    world.evict();
    assert_eq!(world.count(), 1);
    world.rest();
    assert_eq!(numbers(&world, &id), [1]);
    let before = asked(&world);
    world.evict();
    assert_eq!(world.count(), 1);
    world.pass(DAY);
    assert_eq!(asked(&world), before, "nothing is put that is there");
}

#[test]
fn while_kv_rests_for_all_feeds_nothing_is_put() {
    let mut world = known();
    world.runtime.kv_rests.set(true);
    let id = world.posted(&Post::new("one").lives(6 * DAY));
    world.pass(10_000);
    assert_eq!(asked(&world), (2, 0));
    world.runtime.kv_rests.set(false);
    world.pass(60_000);
    assert_eq!(numbers(&world, &id), [1]);
}

#[test]
fn neither_lies_nor_strangers_answers_are_seen_in_what_is_read() {
    let mut world = known();
    mood(&world, Mood::Lies);
    let id = world.posted(&Post::new("one").lives(6 * DAY));
    world.rest();
    assert_eq!(numbers(&world, &id), Vec::<u64>::new());
    for number in [0, 1, 2, 77, u64::MAX] {
        world.done(number, Outcome::Done);
        world.done(number, Outcome::Failed("no".into()));
    }
    world.evict();
    assert_eq!(world.list()[0]["id"], id.as_str());
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    assert_eq!(device.shown(world.now()), world.shown(Platform::Windows));
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
