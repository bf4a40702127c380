//! An operator's looks: counters without contents, and the keys that erasing a feed removes from KV.

use notifeed::notification::Platform;
use serde_json::{Value as Json, json};

use crate::asking::*;
use crate::world::{Mood, World};

pub fn counters(world: &mut World) -> Option<Json> {
    let text = world.look(|feed| feed.counters().unwrap())?;
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn a_feed_that_was_never_made_has_no_counters_and_stays_so() {
    let mut world = World::new();
    assert_eq!(counters(&mut world), None);
    assert_eq!(world.look(|feed| feed.keys().unwrap()), "");
    assert!(world.runtime.tables.names().is_empty());
}

#[test]
fn counters_say_how_far_the_copy_is() {
    let mut world = World::new();
    world.subscribed(None);
    world.connected(Platform::Windows);
    world.posted(&Post::new("one"));
    world.rest();
    world.runtime.kv.borrow_mut().mood = Mood::Down;
    let since = world.now();
    let id = world.posted(&Post::new("two"));
    world.posted(&Post::new("three"));
    world.remove(&id);
    world.rest();
    let seen = counters(&mut world).unwrap();
    assert_eq!(seen["items"], 2);
    assert_eq!(seen["rows"], 3);
    assert_eq!(
        (&seen["subscriptions"], &seen["connections"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&seen["lastChange"], &seen["copiedChange"]),
        (&json!(4), &json!(1))
    );
    assert_eq!(seen["uncopiedItems"], 2);
    assert_eq!(seen["oldestUncopied"], since.to_string());
}

#[test]
fn the_keys_are_all_that_kv_has_in_steps() {
    let mut world = World::new();
    world.subscribed(None);
    for number in 0..900 {
        let key = format!("k{}", number % 850);
        world.posted(&Post::new(&format!("n{number}")).key(&key));
        if number % 50 == 0 {
            world.rest();
        }
    }
    world.rest();
    let now = world.now();
    let mut stored: Vec<String> = world
        .runtime
        .kv
        .borrow()
        .stored(now)
        .map(|(key, _)| key.to_owned())
        .collect();
    assert!(stored.len() > 850);
    let mut steps = 0;
    loop {
        let text = world.look(|feed| feed.keys().unwrap());
        let (last, keys) = text.split_once('\n').unwrap();
        let keys: Vec<&str> = keys.lines().collect();
        assert!(keys.len() <= 800, "a call of the platform may delete 1000");
        stored.retain(|key| !keys.contains(&key.as_str()));
        steps += 1;
        if last.is_empty() {
            break;
        }
        let last = last.parse().unwrap();
        world.look(|feed| feed.erase(last).unwrap());
    }
    assert_eq!(stored, Vec::<String>::new());
    assert_eq!(steps, 4);
}
