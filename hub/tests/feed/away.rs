//! The changes that an endpoint is told of which happened while it was away (ARCHITECTURE "Sequence, resume, delta").

use notifeed::feed::UserActionState;
use notifeed::notification::Platform;

use crate::asking::*;
use crate::resume::{begins, comes_back, goes_on, one_item, up_to_date};
use crate::told::{FRESH, RESUMED, Told};

#[test]
fn expired_while_away() {
    let (mut world, mut device, id) = one_item();
    world.set(&id, read());
    world.posted(&Post::new("came and went").lives(HOUR));
    world.pass(HOUR);
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    assert_eq!(begins(&mut world, Platform::Windows), [FRESH]);
}

#[test]
fn deleted_while_away() {
    let (mut world, mut device, a) = one_item();
    let b = world.posted(&Post::new("b"));
    let from = goes_on(
        &mut world,
        Platform::Windows,
        &device.cursor.clone().unwrap(),
    );
    assert_eq!(from, [Told::content(2, &b, "b"), RESUMED]);
    world.remove(&a);
    let unseen = world.posted(&Post::new("came and went"));
    world.remove(&unseen);
    let elsewhere = world.posted(&Post::new("not for windows").aims(IOS));
    world.remove(&elsewhere);
    assert_eq!(
        comes_back(&mut world, &mut device),
        [
            Told::content(2, &b, "b"),
            Told::removed(3, &a, "deleted"),
            Told::removed(5, &unseen, "deleted"),
            RESUMED
        ]
    );
    assert_eq!(
        begins(&mut world, Platform::Windows),
        [Told::content(2, &b, "b"), FRESH]
    );
}

#[test]
fn deleted_while_away_and_its_app_notification_id_used_again() {
    let (mut world, mut device, first) = one_item();
    world.remove(&first);
    let second = world.posted(&Post::new("two").key("k"));
    assert_ne!(first, second);
    assert_eq!(
        comes_back(&mut world, &mut device),
        [
            Told::removed(2, &first, "deleted"),
            Told::content(3, &second, "two"),
            RESUMED
        ]
    );
}

#[test]
fn replaced_twice_while_away() {
    let (mut world, mut device, id) = one_item();
    world.set(&id, read());
    let other = world.posted(&Post::new("other"));
    for text in ["two", "three", "three"] {
        assert_eq!(world.posted(&Post::new(text).key("k")), id);
    }
    assert_eq!(
        comes_back(&mut world, &mut device),
        [
            Told::content(3, &other, "other"),
            Told::content(5, &id, "three"),
            RESUMED
        ]
    );
}

#[test]
fn the_same_content_again_changes_nothing() {
    let (mut world, mut device, id) = one_item();
    let again = world.post(&Post::new("one").key("k"));
    assert_eq!((again.status, again.id()), (200, id));
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
}

#[test]
fn states_changed_while_away() {
    let (mut world, mut device, id) = one_item();
    for states in [
        read(),
        acted(UserActionState::Snoozed),
        acted(UserActionState::Dismissed),
        acted(UserActionState::Dismissed),
    ] {
        world.set(&id, states);
    }
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::state(4, &id, "read", "dismissed"), RESUMED]
    );
}

#[test]
fn replaced_and_its_states_changed_while_away() {
    let (mut world, mut device, id) = one_item();
    world.posted(&Post::new("two").key("k"));
    world.set(&id, read());
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::content_read(3, &id, "two"), RESUMED]
    );
}

#[test]
fn replaced_by_one_that_has_expired_since() {
    let (mut world, mut device, id) = one_item();
    let cursor = device.cursor.clone().unwrap();
    world.posted(&Post::new("short").key("k").lives(1000));
    let told = goes_on(&mut world, Platform::Windows, &cursor);
    assert_eq!(told, [Told::content(2, &id, "short"), RESUMED]);
    let later = up_to_date(&mut world, Platform::Windows);
    world.pass(1000);
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::removed(2, &id, "deleted"), RESUMED]
    );
    // An endpoint that saw the replacement learns when it goes.
    assert_eq!(goes_on(&mut world, Platform::Windows, &later), [RESUMED]);
    assert_eq!(begins(&mut world, Platform::Windows), [FRESH]);
}

#[test]
fn replaced_by_one_that_aims_elsewhere() {
    let (mut world, mut device, id) = one_item();
    let [windows, ios, android] = [Platform::Windows, Platform::Ios, Platform::Android]
        .map(|platform| up_to_date(&mut world, platform));
    world.posted(&Post::new("for one").key("k").aims(IOS));
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::removed(2, &id, "retargeted"), RESUMED]
    );
    assert_eq!(
        goes_on(&mut world, Platform::Ios, &ios),
        [Told::content(2, &id, "for one"), RESUMED]
    );
    assert_eq!(goes_on(&mut world, Platform::Android, &android), [RESUMED]);
    // Its states are no business of a platform that it left; that it is deleted is everybody's.
    world.set(&id, read());
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    assert_eq!(
        goes_on(&mut world, Platform::Windows, &windows),
        [Told::removed(3, &id, "retargeted"), RESUMED]
    );
    world.posted(&Post::new("back").key("k").aims(WINDOWS));
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::content(4, &id, "back"), RESUMED]
    );
    world.remove(&id);
    assert_eq!(
        goes_on(&mut world, Platform::Ios, &ios),
        [Told::removed(5, &id, "deleted"), RESUMED]
    );
}

#[test]
fn an_expired_id_is_free_again() {
    let (mut world, mut device, first) = one_item();
    world.pass(HOUR);
    let again = world.post(&Post::new("one").key("k"));
    assert_eq!(again.status, 201);
    assert_ne!(again.id(), first);
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::content(2, &again.id(), "one"), RESUMED]
    );
}
