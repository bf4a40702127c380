//! Copies to a KV that refuses, is down, is late, lies or rests: all is made good, nothing is lost.

use std::collections::BTreeMap;

use notifeed::notification::Platform;
use notifeed_hub::host::Outcome;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::copying::*;
use crate::device::Device;
use crate::world::{Mood, World};

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
        let until = world.now().saturating_add(ms(5 * DAY));
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
    world.pass(world.settings.copy_delay.millis());
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
    world.pass(world.settings.copy_delay.millis());
    assert_eq!(told_copied(&mut world), [true, true]);
    assert_eq!(numbers(&world, &ids[1]), [1]);
}

#[test]
fn an_owner_or_a_subscription_that_kv_lacks_is_made_good_after_waking() {
    let mut world = World::new();
    mood(&world, Mood::Refuses(2));
    world.posted(&Post::new("one").lives(6 * DAY));
    world.pass(world.settings.copy_delay.millis());
    mood(&world, Mood::Down);
    world.pass(2000);
    world.evict();
    mood(&world, Mood::Well);
    assert_eq!(told_copied(&mut world), [true]);
    assert_eq!(world.other_copy("owner"), None);
    world.pass(world.settings.copy_delay.millis());
    assert!(world.other_copy("owner").is_some());
    world.rest();
    world.evict();
    let id = world.subscribed(None);
    world.evict();
    assert_eq!(world.count(), 1);
    assert_eq!(world.other_copy(&id), None);
    world.pass(world.settings.copy_delay.millis());
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
                    let until = world.now().saturating_add(ms(6 * DAY));
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
    let until = world.now().saturating_add(ms(5 * DAY));
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
        let until = world.now().saturating_add(ms(5 * DAY));
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
