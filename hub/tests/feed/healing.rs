//! Healing: a feed that went back to an earlier moment, or was lost, has again what KV has; what KV knows to have ended
//! stays ended (ARCHITECTURE "Two stores").

use std::collections::BTreeMap;

use notifeed::feed::UserActionState;
use notifeed::feed::answer::Answering;
use notifeed::feed::update::StateUpdate;
use notifeed::notification::Platform;
use notifeed::time::Duration;
use notifeed_hub::wire::{self, Command};
use serde_json::Value as Json;

use crate::asking::*;
use crate::device::Device;
use crate::world::{Mood, World};

const DAY: i64 = 24 * HOUR;

/// The list, without what says of which change it is.
fn seen(world: &mut World) -> Vec<Json> {
    let mut list = world.list();
    for item in &mut list {
        item.as_object_mut().unwrap().remove("@odata.etag");
    }
    list
}

fn texts(world: &mut World) -> Vec<String> {
    let list = world.list();
    let text = |item: &Json| item["payload"]["rawContent"].as_str().unwrap().to_owned();
    list.iter().map(text).collect()
}

fn mood(world: &World, mood: Mood) {
    world.runtime.kv.borrow_mut().mood = mood;
}

fn puts(world: &World) -> usize {
    world.runtime.kv.borrow().puts
}

/// The changes that KV lacks.
fn uncopied(world: &mut World) -> Json {
    let counters = world.look(|feed| feed.counters().unwrap()).unwrap();
    let counters: Json = serde_json::from_str(&counters).unwrap();
    counters["uncopiedItems"].clone()
}

fn answer(world: &mut World, id: &str) {
    let answer = wire::Answer {
        id: id.into(),
        if_match: None,
        answering: Answering {
            action_id: "approve".into(),
            revision: 1,
            key: Some("k".into()),
            text: None,
        },
        states: StateUpdate::default(),
        endpoint: None,
    };
    let answered = world.as_megan(Command::Answer(Box::new(answer)));
    assert_eq!(answered.status, 200, "{answered:?}");
}

/// A device that shows all.
fn device(world: &mut World) -> Device {
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(world));
    device.listen(world);
    device
}

/// The device comes back, and shows what the feed has.
fn converges(world: &mut World, device: &mut Device) {
    device.listen(world);
    assert!(device.line.is_none(), "its connection is of another epoch");
    assert!(device.connect(world));
    device.listen(world);
    assert!(device.ready);
    assert_eq!(device.shown(world.now()), world.shown(Platform::Windows));
}

/// A feed with something of every kind, all of it copied; the backup is of before half of it.
fn lived() -> (World, crate::world::Backup, Vec<Json>) {
    let mut world = World::new();
    world.subscribed(Some("d"));
    let asked = world.posted(&Post {
        asks: true,
        ..Post::new("asks").lives(DAY)
    });
    world.posted(
        &Post::new("stays \u{1F600} \"quoted\" \\ \u{7}")
            .key("a")
            .lives(DAY),
    );
    let replaced = world.posted(&Post::new("one").key("b").lives(DAY));
    let gone = world.posted(&Post::new("gone").lives(DAY));
    world.posted(&Post::new("expires").key("e").lives(2 * HOUR));
    let read_before = world.posted(&Post::new("read before").lives(DAY));
    world.set(&read_before, read());
    world.rest();
    let backup = world.backup();
    world.posted(&Post {
        group: Some("g".into()),
        display: Some(60),
        ..Post::new("two").key("b").lives(DAY)
    });
    world.remove(&gone);
    answer(&mut world, &asked);
    let snoozed = world.posted(&Post::new("snoozed").lives(DAY));
    let until = world.now().saturating_add(Duration::from_hours(10));
    let snooze = StateUpdate {
        read_state: None,
        user_action_state: Some(UserActionState::Snoozed),
        snoozed_until_date_time: Some(until),
    };
    world.set(&snoozed, snooze);
    // A copy that is read back from its row has the row's states.
    world.evict();
    world.posted(&Post::new("new").key("n").lives(DAY));
    world.posted(&Post::new("came later").lives(DAY));
    world.pass(3 * HOUR);
    assert_eq!(numbers(&world, &replaced), [2]);
    let before = seen(&mut world);
    assert_eq!(before.len(), 7);
    (world, backup, before)
}

/// The same where only KV had it: a change of states alone isn't copied.
fn without_uncopied_states(mut list: Vec<Json>) -> Vec<Json> {
    for item in &mut list {
        if item["payload"]["rawContent"] == "read before" {
            item["readState"] = "unread".into();
        }
    }
    list
}

fn numbers(world: &World, id: &str) -> Vec<u64> {
    let copies = world.copies();
    let copies = copies.get(id);
    copies.map_or(Vec::new(), |copies| copies.keys().copied().collect())
}

#[test]
fn a_feed_that_went_back_has_again_all_that_was_copied() {
    let (mut world, backup, before) = lived();
    let mut ahead = device(&mut world);
    let delta = world.as_megan(Command::Delta(notifeed::feed::query::Query::default()));
    let token = delta.link("@odata.deltaLink");
    world.restore(&backup);
    // Nothing else is done until it is whole.
    let refused = world.as_megan(read_item("x"));
    assert_eq!(refused.problem(), (503, "ServiceUnavailable".into()));
    assert_eq!(refused.json()["error"]["details"][0]["code"], "FeedHealing");
    assert_eq!(refused.header("Retry-After"), Some("60"));
    assert_eq!(world.post(&Post::new("x")).status, 503);
    assert!(!Device::new(Platform::Windows).connect(&mut world));
    assert!(!ahead.connect(&mut world));
    world.heal();
    let puts_before = puts(&world);
    assert_eq!(seen(&mut world), before);
    converges(&mut world, &mut ahead);
    let query = notifeed::feed::query::Query {
        delta_token: token,
        ..Default::default()
    };
    let refused = world.as_megan(Command::Delta(query));
    assert_eq!(refused.problem(), (410, "SyncStateNotFound".into()));
    // KV has all of it.
    assert_eq!(uncopied(&mut world), 0);
    world.evict();
    world.pass(HOUR);
    assert_eq!(puts(&world), puts_before);
    assert!(
        !world
            .runtime
            .tables
            .names()
            .iter()
            .any(|name| name.starts_with("healing"))
    );
    // The feed goes on as if nothing had happened.
    world.posted(&Post::new("three").key("b").lives(DAY));
    let newest = world.posted(&Post::new("newest").lives(DAY));
    assert_eq!(world.list()[0]["id"], newest.as_str());
    world.rest();
    assert_eq!(world.list().len(), before.len() + 1);
    world.assert_copied(&BTreeMap::new());
    // The snooze ends at its time.
    world.pass(8 * HOUR);
    let list = world.list();
    let snoozed = list
        .iter()
        .find(|item| item["payload"]["rawContent"] == "snoozed");
    assert_eq!(snoozed.unwrap()["userActionState"], "noInteraction");
}

#[test]
fn a_lost_feed_is_made_again_with_its_owner_and_subscriptions() {
    let (mut world, _, before) = lived();
    let subscription = world.subscribed(Some("d"));
    let ended = world.subscribed(None);
    world.as_megan(Command::Unsubscribe(ended.clone()));
    world.pass(HOUR);
    world.lose();
    let until = world.now().saturating_add(Duration::DAY);
    world.deploy(|settings| {
        settings.generation += 1;
        settings.heal_empty_until = Some(until);
    });
    world.heal();
    assert_eq!(seen(&mut world), without_uncopied_states(before));
    assert_eq!(
        world.as_megan(Command::Subscriptions).ids(),
        [subscription.as_str()]
    );
    let post = Post::new("by its subscription").command(world.now(), &world.settings);
    assert_eq!(world.ask(&by_subscription(&subscription, post)).status, 201);
    let post = Post::new("by an ended one").command(world.now(), &world.settings);
    assert_eq!(world.ask(&by_subscription(&ended, post)).status, 403);
    // Everything goes in time, and then the feed.
    world.pass(100 * DAY);
    assert_eq!(world.runtime.tables.names(), Vec::<String>::new());
}

#[test]
fn an_empty_feed_looks_into_kv_once_and_only_while_it_is_told_to() {
    let mut world = World::new();
    let until = world.now().saturating_add(Duration::DAY);
    world.deploy(|settings| settings.heal_empty_until = Some(until));
    world.heal();
    let reads = world.runtime.kv.borrow().reads;
    assert_eq!(reads, 2);
    for _ in 0..3 {
        world.evict();
        world.pass(HOUR);
        assert!(!world.is_healing());
    }
    assert_eq!(world.list(), Vec::<Json>::new());
    assert_eq!(world.runtime.kv.borrow().reads, reads);
    world.posted(&Post::new("first"));
    let mut later = World::new();
    later.deploy(|settings| settings.heal_empty_until = Some(until));
    later.pass(DAY);
    assert!(!later.is_healing());
    assert_eq!(later.runtime.kv.borrow().reads, 0);
}

#[test]
fn only_a_deletion_that_kv_was_told_of_is_remembered() {
    let mut world = World::new();
    let ids =
        ["told", "not told", "taken back"].map(|text| world.posted(&Post::new(text).lives(DAY)));
    world.rest();
    let backup = world.backup();
    world.remove(&ids[0]);
    let retract = Command::Retract {
        id: ids[2].clone(),
        if_match: None,
    };
    assert_eq!(world.as_megan(retract).status, 204);
    world.rest();
    mood(&world, Mood::Down);
    world.remove(&ids[1]);
    world.pass(HOUR);
    mood(&world, Mood::Well);
    world.restore(&backup);
    world.heal();
    assert_eq!(texts(&mut world), ["not told"]);
    // The rows say who ended them.
    let ends = "SELECT group_concat(deleted, ' ') FROM (SELECT deleted FROM item ORDER BY ordinal)";
    assert_eq!(world.runtime.tables.text(ends), "3 2 5");
    world.remove(&ids[1]);
    world.rest();
    world.restore(&backup);
    world.heal();
    assert_eq!(texts(&mut world), Vec::<String>::new());
}

/// Restores without a word to the feed, as an operator does who declares it later.
fn silently(world: &mut World, backup: &crate::world::Backup) {
    let generation = world.settings.generation;
    world.restore(backup);
    world.deploy(|settings| settings.generation = generation);
}

#[test]
fn an_apps_own_id_that_both_sides_gave_is_the_later_ones() {
    // Which of both came to a further place in the list: the lost one, or the one that was posted after the restore.
    for lost_is_later in [true, false] {
        let mut world = World::new();
        world.posted(&Post::new("first").lives(DAY));
        world.rest();
        let backup = world.backup();
        if lost_is_later {
            world.posted(&Post::new("between").lives(DAY));
        }
        world.posted(&Post::new("lost").key("k").lives(DAY));
        world.posted(&Post::new("lost too").lives(DAY));
        world.rest();
        silently(&mut world, &backup);
        world.posted(&Post::new("again").key("k").lives(DAY));
        world.posted(&Post::new("after").lives(DAY));
        world.rest();
        world.deploy(|settings| settings.generation += 1);
        world.heal();
        let (stays, goes) = match lost_is_later {
            true => ("lost", "again"),
            false => ("again", "lost"),
        };
        let mut found = texts(&mut world);
        found.sort();
        let mut expected = vec!["first", "after", "lost too", stays];
        expected.extend(lost_is_later.then_some("between"));
        expected.sort_unstable();
        assert_eq!(found, expected);
        let places = "SELECT count(*) - count(DISTINCT ordinal) FROM item";
        assert_eq!(world.runtime.tables.number(places), 0);
        // The other one is a tombstone, and KV was told.
        assert_eq!(uncopied(&mut world), 0);
        let copies = world.copies();
        let newest = copies
            .values()
            .map(|copies| copies.last_key_value().unwrap().1);
        let live: Vec<&Json> = newest
            .filter(|copy| copy["appNotificationId"] == "k")
            .collect();
        assert_eq!(live.len(), 1, "{goes} lives in KV");
        assert_eq!(live[0]["content"]["payload"]["rawContent"], stays);
        // Its app's next post replaces the one that stays.
        assert_eq!(
            world
                .post(&Post::new("replaced").key("k").lives(DAY))
                .status,
            200
        );
    }
}

#[test]
fn an_expired_item_gives_its_id_away_and_ends_nothing() {
    let mut world = World::new();
    world.posted(&Post::new("first").lives(DAY));
    world.rest();
    let backup = world.backup();
    world.posted(&Post::new("lost").key("k").lives(DAY));
    world.rest();
    silently(&mut world, &backup);
    world.posted(&Post::new("short").key("k").lives(HOUR));
    world.rest();
    world.pass(2 * HOUR);
    world.deploy(|settings| settings.generation += 1);
    world.heal();
    assert_eq!(texts(&mut world), ["lost", "first"]);
}

#[test]
fn an_earlier_revision_does_not_outlive_the_one_that_replaced_it() {
    let mut world = World::new();
    world.posted(&Post::new("long").key("k").lives(DAY));
    world.rest();
    let backup = world.backup();
    world.posted(&Post::new("short").key("k").lives(HOUR));
    world.rest();
    world.pass(2 * HOUR);
    assert_eq!(texts(&mut world), Vec::<String>::new());
    world.restore(&backup);
    world.heal();
    assert_eq!(texts(&mut world), Vec::<String>::new());
}

#[test]
fn states_are_the_rows_where_it_has_the_same_revision() {
    let mut world = World::new();
    let same = world.posted(&Post::new("same").lives(DAY));
    let other = world.posted(&Post::new("one").key("k").lives(DAY));
    world.rest();
    world.set(&same, read());
    world.set(&other, read());
    let backup = world.backup();
    world.posted(&Post::new("two").key("k").lives(DAY));
    world.rest();
    world.restore(&backup);
    world.heal();
    let states: Vec<_> = world
        .list()
        .iter()
        .map(|item| item["readState"].clone())
        .collect();
    assert_eq!(states, ["unread", "read"]);
}

#[test]
fn a_list_that_is_a_minute_late_misses_nothing() {
    let mut world = World::new();
    world.runtime.kv.borrow_mut().lag = 59_000;
    let gone = world.posted(&Post::new("gone").lives(DAY));
    world.posted(&Post::new("one").key("k").lives(DAY));
    world.pass(DAY / 2);
    let backup = world.backup();
    world.posted(&Post::new("two").key("k").lives(DAY));
    world.posted(&Post::new("new").lives(DAY));
    world.remove(&gone);
    world.rest();
    world.restore(&backup);
    world.heal();
    assert_eq!(texts(&mut world), ["new", "two"]);
}

#[test]
fn wherever_its_memory_ends_or_an_operation_fails_it_goes_on() {
    let lived = |page| {
        let (mut world, backup, before) = lived();
        world.runtime.kv.borrow_mut().page = page;
        world.restore(&backup);
        (world, before)
    };
    for fails in [false, true] {
        for page in [3, 0] {
            for nth in 1.. {
                let (mut world, before) = lived(page);
                match fails {
                    true => world.runtime.faults.fail_at(nth),
                    false => world.runtime.faults.crash_at(nth),
                }
                for _ in 0..4 {
                    let _ = world.try_ask(&request(Command::Subscriptions));
                    world.pass(40_000);
                }
                if !world.runtime.faults.end() {
                    assert!(nth > 20, "it was over after {nth} operations");
                    break;
                }
                world.heal();
                assert_eq!(seen(&mut world), before, "after operation {nth}");
                assert_eq!(uncopied(&mut world), 0);
            }
        }
    }
}

#[test]
fn while_kv_is_down_it_waits_and_nothing_is_lost() {
    let (mut world, backup, before) = lived();
    mood(&world, Mood::Down);
    world.restore(&backup);
    world.is_healing();
    world.pass(2 * HOUR);
    let refused = world.as_megan(Command::Subscriptions);
    assert_eq!(refused.json()["error"]["details"][0]["code"], "FeedHealing");
    mood(&world, Mood::Well);
    world.heal();
    assert_eq!(seen(&mut world), before);
}

#[test]
fn a_gradual_deployment_heals_it_once() {
    let (mut world, backup, before) = lived();
    world.restore(&backup);
    world.is_healing();
    let epoch = "SELECT epoch FROM feed";
    let first = world.runtime.tables.text(epoch);
    // Workers of both releases take turns while it heals and later.
    for turn in 0..6 {
        world.deploy(|settings| settings.generation -= 1);
        world.is_healing();
        world.pass(if turn < 3 { 10_000 } else { HOUR / 6 });
        world.deploy(|settings| settings.generation += 1);
        world.is_healing();
    }
    assert!(!world.is_healing());
    assert_eq!(world.runtime.tables.text(epoch), first);
    assert_eq!(seen(&mut world), before);
}

#[test]
fn what_was_there_before_an_erasure_does_not_come_back() {
    let (mut world, backup, _) = lived();
    let copies = world.runtime.kv.borrow().contents();
    let now = world.now();
    world.runtime.kv.borrow_mut().erase(now);
    // The list still has what was there.
    world.runtime.kv.borrow_mut().bring_back(copies);
    world.restore(&backup);
    world.heal();
    assert_eq!(world.list(), Vec::<Json>::new());
    for left in [
        "SELECT count(*) FROM item",
        "SELECT count(*) FROM feed_subscription",
        "SELECT count(host) FROM feed",
    ] {
        assert_eq!(world.runtime.tables.number(left), 0, "{left}");
    }
    // Later items do.
    let id = world.posted(&Post::new("new life").lives(DAY));
    world.rest();
    world.deploy(|settings| settings.generation += 1);
    world.heal();
    assert_eq!(world.list()[0]["id"], id.as_str());
}

#[test]
fn rows_that_kv_lacks_stay_and_are_copied() {
    let (mut world, _, _) = lived();
    mood(&world, Mood::Down);
    world.posted(&Post::new("three").key("b").lives(DAY));
    let id = world.posted(&Post::new("uncopied").lives(DAY));
    world.rest();
    let before = seen(&mut world);
    world.deploy(|settings| settings.generation += 1);
    mood(&world, Mood::Well);
    world.heal();
    assert_eq!(seen(&mut world), before);
    world.pass(HOUR / 2);
    assert_eq!(numbers(&world, &id), [1]);
    world.assert_copied(&BTreeMap::new());
}

#[test]
fn an_operator_declares_a_single_feed() {
    let (mut world, backup, before) = lived();
    silently(&mut world, &backup);
    let mut connected = device(&mut world);
    assert_ne!(seen(&mut world), before);
    world.declare_lost();
    assert!(world.is_healing());
    world.heal();
    assert_eq!(seen(&mut world), before);
    converges(&mut world, &mut connected);
    // The same where nothing is left of it.
    world.lose();
    world.declare_lost();
    world.heal();
    assert_eq!(seen(&mut world), without_uncopied_states(before));
}

#[test]
fn thousands_are_healed_in_pages() {
    let mut world = World::new();
    for number in 0..2500 {
        world.posted(&Post::new(&format!("n{number}")).lives(DAY));
        if number % 100 == 99 {
            world.rest();
        }
    }
    world.rest();
    let before = seen(&mut world);
    world.lose();
    world.declare_lost();
    world.heal();
    assert_eq!(seen(&mut world), before);
    // Three pages of keys, and 40 texts at a time.
    let reads = world.runtime.kv.borrow().reads;
    assert_eq!(reads, 1 + 3 + 2501_usize.div_ceil(40));
}
