//! The frames of connections as things happen, each change once.

use notifeed::feed::UserActionState;
use notifeed::notification::Platform;

use crate::asking::*;
use crate::device::Device;
use crate::told::{FRESH, Told};
use crate::world::World;

#[test]
fn an_idle_connection_outlives_an_eviction() {
    let mut world = World::new();
    let a = world.posted(&Post::new("a"));
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    device.told();
    world.evict();
    let b = world.posted(&Post::new("b"));
    device.listen(&mut world);
    assert_eq!(device.told(), [Told::content(2, &b, "b")]);
    let reference = device.delete(&mut world, &a);
    device.listen(&mut world);
    assert_eq!(
        device.told(),
        [Told::result(&reference, 204, Some(3), None)]
    );
    assert_eq!(device.shown(world.now()), world.shown(Platform::Windows));
}

#[test]
fn a_change_is_told_to_all_other_endpoints_and_answered_to_the_one_that_made_it() {
    let mut world = World::new();
    let mut asking = Device::new(Platform::Windows);
    let mut other = Device::new(Platform::Windows);
    let mut elsewhere = Device::new(Platform::Android);
    for device in [&mut asking, &mut other, &mut elsewhere] {
        assert!(device.connect(&mut world));
    }
    let id = world.posted(&Post::new("a"));
    let mut listen = |world: &mut World| {
        [&mut asking, &mut other, &mut elsewhere].map(|device| {
            device.listen(world);
            device.told()
        })
    };
    let told = Told::content(1, &id, "a");
    assert_eq!(
        listen(&mut world),
        [vec![FRESH, told.clone()], vec![FRESH, told], vec![FRESH]]
    );
    let asks = |world: &mut World, asking: &mut Device| {
        [
            asking.set(world, &id, read()),
            asking.set(world, &id, read()),
            asking.set(world, &id, acted(UserActionState::Snoozed)),
            asking.set(world, "x", read()),
            asking.delete(world, &id),
            asking.delete(world, &id),
        ]
    };
    let names = asks(&mut world, &mut asking);
    let [on_asking, on_other, on_elsewhere] =
        [&mut asking, &mut other, &mut elsewhere].map(|device| {
            device.listen(&mut world);
            device.told()
        });
    let result = |place: usize, status, seq, code| Told::result(&names[place], status, seq, code);
    assert_eq!(
        on_asking,
        [
            result(0, 200, Some(2), None),
            result(1, 200, None, None),
            result(2, 200, Some(3), None),
            result(3, 404, None, Some("ItemNotFound")),
            result(4, 204, Some(4), None),
            result(5, 404, None, Some("ItemNotFound")),
        ]
    );
    assert_eq!(
        on_other,
        [
            Told::state(2, &id, "read", "noInteraction"),
            Told::state(3, &id, "read", "snoozed"),
            Told::removed(4, &id, "deleted"),
        ]
    );
    assert_eq!(on_elsewhere, []);
}

#[test]
fn a_replacement_that_no_longer_aims_at_a_platform_is_removed_there_as_it_happens() {
    let mut world = World::new();
    let mut windows = Device::new(Platform::Windows);
    let mut ios = Device::new(Platform::Ios);
    for device in [&mut windows, &mut ios] {
        assert!(device.connect(&mut world));
    }
    let mut post = |world: &mut World, text: &str, platforms| {
        let id = world.posted(&Post::new(text).key("k").aims(platforms));
        windows.listen(world);
        ios.listen(world);
        (id, windows.told(), ios.told())
    };
    let (id, on_windows, on_ios) = post(&mut world, "both", BOTH);
    let content = |seq, text| Told::content(seq, &id, text);
    let gone = |seq| Told::removed(seq, &id, "retargeted");
    assert_eq!(on_windows, [FRESH, content(1, "both")]);
    assert_eq!(on_ios, [FRESH, content(1, "both")]);
    let (_, on_windows, on_ios) = post(&mut world, "ios", IOS);
    assert_eq!(
        (on_windows, on_ios),
        (vec![gone(2)], vec![content(2, "ios")])
    );
    let (_, on_windows, on_ios) = post(&mut world, "windows", WINDOWS);
    assert_eq!(
        (on_windows, on_ios),
        (vec![content(3, "windows")], vec![gone(3)])
    );
}

#[test]
fn a_client_with_room_is_not_asked_to_acknowledge() {
    let mut world = World::new();
    let mut device = Device::new(Platform::Windows);
    for text in ["replayed", "replayed too"] {
        world.posted(&Post::new(text));
    }
    assert!(device.connect(&mut world));
    world.posted(&Post::new("live"));
    device.listen(&mut world);
    let asks = device.heard.iter().map(|frame| frame.get("ack").is_some());
    assert_eq!(asks.collect::<Vec<_>>(), [false; 4]);
}
