//! A feed that nothing needs ends, and nothing else of it does.

use notifeed::notification::Platform;

use crate::asking::*;
use crate::device::Device;
use crate::resume::comes_back;
use crate::told::Told;
use crate::world::{Mood, World};

const DAY: i64 = 24 * HOUR;

fn is_there(world: &World) -> bool {
    !world.runtime.tables.names().is_empty()
}

/// A feed whose only item has gone.
fn emptied() -> World {
    let mut world = World::new();
    world.posted(&Post::new("only").lives(HOUR));
    world.rest();
    world.pass(DAY);
    assert_eq!(world.runtime.tables.number("SELECT count(*) FROM item"), 0);
    world
}

#[test]
fn after_thirty_days_without_anything_it_is_gone() {
    let mut world = emptied();
    world.pass(28 * DAY);
    assert!(is_there(&world));
    world.pass(2 * DAY);
    assert!(!is_there(&world));
    assert_eq!(world.alarm(), None);
    world.pass(60 * DAY);
    assert_eq!(world.runtime.log.borrow().len(), 0);
}

#[test]
fn its_next_life_is_another_one() {
    let mut world = emptied();
    let mut device = Device::new(Platform::Windows);
    comes_back(&mut world, &mut device);
    world.pass(40 * DAY);
    assert!(!is_there(&world));
    world.posted(&Post::new("anew"));
    assert!(comes_back(&mut world, &mut device).contains(&Told::Reset));
}

#[test]
fn whatever_happens_meanwhile_begins_the_thirty_days_anew() {
    let mut world = emptied();
    world.pass(20 * DAY);
    world.posted(&Post::new("another").lives(HOUR));
    world.rest();
    world.pass(29 * DAY);
    assert!(is_there(&world));
    world.pass(3 * DAY);
    assert!(!is_there(&world));
}

#[test]
fn a_subscription_keeps_it() {
    let mut world = emptied();
    let subscription = world.subscribed(None);
    world.pass(29 * DAY);
    world.evict();
    world.pass(29 * DAY);
    assert!(is_there(&world), "{subscription} ended 28 days ago");
    world.pass(4 * DAY);
    assert!(!is_there(&world));
}

#[test]
fn as_long_as_kv_fails_it_stays() {
    let mut world = World::new();
    world.runtime.kv.borrow_mut().mood = Mood::Down;
    world.posted(&Post::new("only").lives(HOUR));
    world.pass(50 * DAY);
    assert!(is_there(&world));
}
