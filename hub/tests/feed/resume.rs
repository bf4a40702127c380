//! The position from which an endpoint goes on when it comes back: its cursor, or the beginning (ARCHITECTURE "Sequence, resume,
//! delta"). `tests/blackbox/resume.test.mjs` runs the same table on workerd.

use notifeed::feed::query::Query;
use notifeed::feed::{Cursor, Epoch, Known, Seq};
use notifeed::notification::Platform;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::device::Device;
use crate::told::{FRESH, RESUMED, Told};
use crate::world::{Mood, World};

/// A feed with one item, and a Windows device that has it.
pub fn one_item() -> (World, Device, String) {
    let mut world = World::new();
    let id = world.posted(&Post::new("one").key("k"));
    let mut device = Device::new(Platform::Windows);
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::content(1, &id, "one"), FRESH]
    );
    (world, device, id)
}

/// The frames for the device when it comes back; it must then show what it should.
pub fn comes_back(world: &mut World, device: &mut Device) -> Vec<Told> {
    assert!(device.connect(world));
    device.listen(world);
    let told = device.told();
    device.hang_up(world);
    let platform = device.platform;
    assert_eq!(device.shown(world.now()), world.shown(platform));
    told
}

/// The frames for a new device.
pub fn begins(world: &mut World, platform: Platform) -> Vec<Told> {
    comes_back(world, &mut Device::new(platform))
}

/// The frames for a device of that platform that left off at `cursor`; the items that it had aren't known.
pub fn goes_on(world: &mut World, platform: Platform, cursor: &str) -> Vec<Told> {
    let mut device = Device::new(platform);
    device.items = world.shown(platform);
    device.cursor = Some(cursor.to_owned());
    assert!(device.connect(world));
    device.listen(world);
    device.hang_up(world);
    device.told()
}

/// The cursor of an endpoint that has been told everything.
pub fn up_to_date(world: &mut World, platform: Platform) -> String {
    let mut device = Device::new(platform);
    comes_back(world, &mut device);
    device.cursor.unwrap()
}

#[test]
fn an_empty_feed() {
    let mut world = World::new();
    let mut device = Device::new(Platform::Windows);
    assert_eq!(comes_back(&mut world, &mut device), [FRESH]);
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    let id = world.posted(&Post::new("a"));
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::content(1, &id, "a"), RESUMED]
    );
}

#[test]
fn without_a_cursor_the_live_feed_and_no_tombstones() {
    let mut world = World::new();
    let [a, b, gone] = ["a", "b", "gone"].map(|text| world.posted(&Post::new(text)));
    world.posted(&Post::new("not for windows").aims(IOS));
    let moved = world.posted(&Post::new("for both").key("k"));
    assert_eq!(
        world.posted(&Post::new("no longer for windows").key("k").aims(IOS)),
        moved
    );
    world.remove(&gone);
    world.set(&a, read());
    for cursor in [None, Some(String::new())] {
        let mut device = Device::new(Platform::Windows);
        device.cursor = cursor;
        assert!(device.connect(&mut world));
        device.listen(&mut world);
        let view = device.heard[1]["notification"].clone();
        let mut entity = world.as_megan(read_item(&a.clone())).json();
        entity.as_object_mut().unwrap().remove("@odata.context");
        assert_eq!(view, entity);
        assert_eq!(
            device.told(),
            [
                Told::content(2, &b, "b"),
                Told::content_read(8, &a, "a"),
                FRESH
            ]
        );
    }
}

#[test]
fn from_a_position_and_from_the_same_one() {
    let (mut world, mut device, _) = one_item();
    let before = device.cursor.clone();
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    assert_eq!(device.cursor, before);
    let b = world.posted(&Post::new("b"));
    let c = world.posted(&Post::new("c"));
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    let cursors: Vec<String> = (0..2)
        .map(|place| device.heard[place]["cursor"].as_str().unwrap().to_owned())
        .collect();
    let told = device.told();
    assert_eq!(
        told,
        [
            Told::content(2, &b, "b"),
            Told::content(3, &c, "c"),
            RESUMED
        ]
    );
    // The cursor of each frame is a position, too.
    for (place, cursor) in cursors.iter().enumerate() {
        assert_eq!(
            goes_on(&mut world, Platform::Windows, cursor),
            told[place + 1..]
        );
    }
}

#[test]
fn a_cursor_that_cannot_be_honoured() {
    let (mut world, device, id) = one_item();
    let cursor = device.cursor.clone().unwrap();
    let known = Cursor::parse(&cursor).unwrap();
    let at = |epoch, position, content| {
        let known = Known {
            position: Seq::new(position),
            content: Seq::new(content),
            newest: None,
        };
        Cursor { epoch, known }.to_string()
    };
    let foreign = at(Epoch::from_bytes([9; 16]), 1, 1);
    for (what, text) in [
        ("a position that does not exist yet", at(known.epoch, 2, 2)),
        ("a foreign epoch", foreign),
        ("more content than position", at(known.epoch, 0, 1)),
        ("too short", cursor[..cursor.len() - 1].to_owned()),
        ("too long", format!("{cursor}AAAAAAAAAAAA")),
        ("garbage", "not a cursor!".to_owned()),
    ] {
        let mut device = Device::new(Platform::Windows);
        device.cursor = Some(text);
        let told = comes_back(&mut world, &mut device);
        assert_eq!(
            told,
            [Told::Reset, Told::content(1, &id, "one"), FRESH],
            "{what}"
        );
        assert_eq!(comes_back(&mut world, &mut device), [RESUMED], "{what}");
    }
}

#[test]
fn restored_while_away_and_gone_on_beyond_the_position() {
    let (mut world, mut device, first) = one_item();
    let second = world.posted(&Post::new("two"));
    let backup = world.backup();
    for text in ["lost", "lost too"] {
        world.posted(&Post::new(text));
    }
    assert_eq!(comes_back(&mut world, &mut device).len(), 4);
    let delta = world.as_megan(Command::Delta(Query::default()));
    let token = delta.link("@odata.deltaLink");
    world.restore(&backup);
    world.heal();
    let new = ["three", "four", "five"].map(|text| world.posted(&Post::new(text)));
    assert_eq!(
        comes_back(&mut world, &mut device),
        [
            Told::Reset,
            Told::content(1, &first, "one"),
            Told::content(2, &second, "two"),
            Told::content(3, &new[0], "three"),
            Told::content(4, &new[1], "four"),
            Told::content(5, &new[2], "five"),
            FRESH
        ]
    );
    let query = Query {
        delta_token: token,
        ..Query::default()
    };
    let refused = world.as_megan(Command::Delta(query));
    assert_eq!(refused.problem(), (410, "SyncStateNotFound".into()));
    // Its epoch is stored: it stays what it is, also for a Worker that knows of no restore.
    world.evict();
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    world.deploy(|settings| settings.generation -= 1);
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    world.deploy(|settings| settings.generation += 1);
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
}

#[test]
fn no_number_is_given_twice_when_all_rows_have_gone() {
    for mood in [Mood::Well, Mood::Down] {
        let (mut world, mut device, id) = one_item();
        world.runtime.kv.borrow_mut().mood = mood;
        world.set(&id, read());
        world.pass(20 * 24 * HOUR);
        let rows = world.runtime.tables.number("SELECT count(*) FROM item");
        assert_eq!(rows, 0);
        world.evict();
        assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
        let next = world.posted(&Post::new("next"));
        assert_eq!(
            comes_back(&mut world, &mut device),
            [Told::content(3, &next, "next"), RESUMED],
            "{mood:?}"
        );
    }
}

#[test]
fn more_than_a_page_away() {
    let (mut world, mut device, kept) = one_item();
    let gone = world.posted(&Post::new("gone"));
    let mut expected = Vec::new();
    for number in 0..130 {
        let text = format!("n{number}");
        let id = world.posted(&Post::new(&text));
        expected.push(Told::content(number + 3, &id, &text));
    }
    world.remove(&gone);
    world.set(&kept, read());
    let live = expected.clone();
    expected.push(Told::removed(133, &gone, "deleted"));
    expected.push(Told::state(134, &kept, "read", "noInteraction"));
    expected.push(RESUMED);
    let cursor = device.cursor.clone().unwrap();
    assert_eq!(comes_back(&mut world, &mut device), expected);
    // Without a cursor the tombstone isn't told, though it stands in a later page.
    let mut fresh = live;
    fresh.extend([Told::content_read(134, &kept, "one"), FRESH]);
    assert_eq!(begins(&mut world, Platform::Windows), fresh);
    // A client that is cut off goes on where the last frame was.
    for last in [1, 97, 99, 100, 120, 131] {
        let mut device = Device::new(Platform::Windows);
        device.cursor = Some(cursor.clone());
        device.items = world.shown(Platform::Windows);
        assert!(device.connect(&mut world));
        for _ in 0..=last {
            assert!(device.hear(&mut world));
        }
        device.hang_up(&mut world);
        assert_eq!(device.told(), expected[..=last]);
        let told = comes_back(&mut world, &mut device);
        assert_eq!(told, expected[last + 1..], "after {last}");
    }
}

#[test]
fn cut_off_in_the_middle_of_a_replay() {
    let mut world = World::new();
    let first = world.posted(&Post::new("first"));
    let second = world.posted(&Post::new("second"));
    // The first item's content is older than the second's; its last change is newer.
    world.set(&first, read());
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.hear(&mut world);
    device.hang_up(&mut world);
    assert_eq!(device.told(), [Told::content(2, &second, "second")]);
    // The device is told of the content that it doesn't have, not only of the state.
    assert_eq!(
        comes_back(&mut world, &mut device),
        [Told::content_read(3, &first, "first"), RESUMED]
    );
}
