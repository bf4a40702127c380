//! A client that begins with its newest items only (`top`), and comes back.

use notifeed::feed::query::Query;
use notifeed::feed::{Cursor, Known, UserActionState};
use notifeed::notification::Platform;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::device::Device;
use crate::told::{FRESH, FRESH_WITH_MORE, RESUMED, RESUMED_WITH_MORE, Told};
use crate::world::World;

fn device(top: u32) -> Device {
    let mut device = Device::new(Platform::Windows);
    device.top = Some(top);
    device
}

/// The frames for a device that comes, or comes back.
fn comes(world: &mut World, device: &mut Device) -> Vec<Told> {
    assert!(device.connect(world));
    device.listen(world);
    device.hang_up(world);
    let there = world.shown(device.platform);
    device.assert_shows(there, world.now());
    device.told()
}

fn posted<const N: usize>(world: &mut World, texts: [&str; N]) -> [String; N] {
    texts.map(|text| world.posted(&Post::new(text).key(text)))
}

#[test]
fn the_newest_live_items_of_its_platform_in_the_order_of_change() {
    let mut world = World::new();
    let [a, b, gone, d, e] = posted(&mut world, ["a", "b", "gone", "d", "e"]);
    world.posted(&Post::new("not for windows").aims(IOS));
    world.posted(&Post::new("expired").lives(1000));
    world.remove(&gone);
    world.set(&d, read());
    world.pass(1000);
    // Ended ones, and those of other platforms, don't count.
    let (e, d) = (Told::content(5, &e, "e"), Told::content_read(9, &d, "d"));
    let b = Told::content(2, &b, "b");
    let a = Told::content(1, &a, "a");
    for (top, expected) in [
        (1, vec![e.clone(), FRESH_WITH_MORE]),
        (2, vec![e.clone(), d.clone(), FRESH_WITH_MORE]),
        (3, vec![b.clone(), e.clone(), d.clone(), FRESH_WITH_MORE]),
        (4, vec![a.clone(), b.clone(), e.clone(), d.clone(), FRESH]),
        (5, vec![a, b, e, d, FRESH]),
    ] {
        assert_eq!(comes(&mut world, &mut device(top)), expected, "{top}");
    }
}

#[test]
fn an_empty_feed_has_no_more() {
    let mut world = World::new();
    assert_eq!(comes(&mut world, &mut device(5)), [FRESH]);
    let id = world.posted(&Post::new("a"));
    assert_eq!(
        comes(&mut world, &mut device(1)),
        [Told::content(1, &id, "a"), FRESH]
    );
    world.remove(&id);
    assert_eq!(comes(&mut world, &mut device(1)), [FRESH]);
}

#[test]
fn a_cursor_that_is_honoured_wins_and_one_that_is_not_begins_with_the_newest() {
    let mut world = World::new();
    let [a, b, c] = posted(&mut world, ["a", "b", "c"]);
    let epoch = Cursor::parse(&up_to_date(&mut world)).unwrap().epoch;
    let at = |seq| Cursor::all_up_to(epoch, notifeed::feed::Seq::new(seq)).to_string();
    let told = |world: &mut World, cursor: String| {
        let mut device = device(1);
        device.items = world.shown(Platform::Windows);
        device.cursor = Some(cursor);
        comes(world, &mut device)
    };
    let all = [("a", &a), ("b", &b), ("c", &c)];
    let mut everything: Vec<Told> = (1..)
        .zip(all)
        .map(|(seq, (text, id))| Told::content(seq, id, text))
        .collect();
    everything.push(RESUMED);
    assert_eq!(told(&mut world, at(0)), everything);
    assert_eq!(told(&mut world, at(1)), everything[1..]);
    assert_eq!(told(&mut world, at(3)), [RESUMED]);
    let newest = [Told::content(3, &c, "c"), FRESH_WITH_MORE];
    assert_eq!(told(&mut world, String::new()), newest);
    for cursor in [at(4), "garbage".into()] {
        let told = told(&mut world, cursor);
        assert_eq!(told[0], Told::Reset);
        assert_eq!(told[1..], newest);
    }
}

fn up_to_date(world: &mut World) -> String {
    let mut device = Device::new(Platform::Windows);
    comes(world, &mut device);
    device.cursor.unwrap()
}

/// Items that the client has, that it hasn't been told of yet and that are too old may change, and
/// wherever the line breaks, the client ends with what is there.
#[test]
fn cut_off_in_the_middle_it_misses_nothing_of_what_it_asked_for() {
    const TEXTS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for frames in 1..=4 {
        let mut world = World::new();
        let ids = posted(&mut world, TEXTS);
        let [a, b, c, d, e, f, g, h] = &ids;
        // The oldest of the newest four changed last.
        world.set(e, read());
        let mut device = device(4);
        assert!(device.connect(&mut world));
        for _ in 0..frames {
            assert!(device.hear(&mut world));
        }
        device.hang_up(&mut world);
        let replay = [
            Told::content(6, f, "f"),
            Told::content(7, g, "g"),
            Told::content(8, h, "h"),
            Told::content_read(9, e, "e"),
        ];
        assert_eq!(device.told(), replay[..frames]);
        assert!(!device.ready);
        // At once, nothing but the rest comes.
        let mut other = Device::new(Platform::Windows);
        other.top = device.top;
        other.cursor = device.cursor.clone();
        other.items = world.shown(Platform::Windows);
        let mut rest = replay[frames..].to_vec();
        rest.push(RESUMED_WITH_MORE);
        assert_eq!(comes(&mut world, &mut other), rest, "{frames}");

        world.set(a, acted(UserActionState::Dismissed));
        world.remove(b);
        world.posted(&Post::new("other content").key("c"));
        world.set(f, acted(UserActionState::Activated));
        world.remove(h);
        let new = world.posted(&Post::new("new"));
        let told = comes(&mut world, &mut device);
        let mut expected = replay[frames..].to_vec();
        // Deleted before it could be told.
        expected.retain(|told| *told != Told::content(8, h, "h"));
        expected.extend([
            // Too old to be held: what happens to them is told as to whoever has them.
            Told::state(10, a, "unread", "dismissed"),
            Told::removed(11, b, "deleted"),
            Told::content(12, c, "other content"),
            Told::content(13, f, "f"),
            Told::removed(14, h, "deleted"),
            Told::content(15, &new, "new"),
            RESUMED_WITH_MORE,
        ]);
        assert_eq!(told, expected, "{frames}");
        assert!(world.shown(Platform::Windows).contains_key(d));
        assert!(!device.items.contains_key(d));
        assert_eq!(comes(&mut world, &mut device), [RESUMED]);
    }
}

#[test]
fn more_is_said_as_it_is_when_the_replay_ends() {
    let mut world = World::new();
    let [a, b, c] = posted(&mut world, ["a", "b", "c"]);
    let mut device = device(2);
    assert!(device.connect(&mut world));
    assert!(device.hear(&mut world));
    device.hang_up(&mut world);
    assert_eq!(device.told(), [Told::content(2, &b, "b")]);
    // The only one that was too old is deleted.
    world.remove(&a);
    assert_eq!(
        comes(&mut world, &mut device),
        [
            Told::content(3, &c, "c"),
            Told::removed(4, &a, "deleted"),
            RESUMED
        ]
    );
}

#[test]
fn what_happens_during_the_replay_is_told_once() {
    let mut world = World::new();
    let large = |number: usize| format!("k{number}-{}", "x".repeat(12 * 1024));
    let ids: Vec<String> = (0..120)
        .map(|number| world.posted(&Post::new(&large(number)).key(&format!("k{number}"))))
        .collect();
    let mut device = device(100);
    device.acknowledges = false;
    assert!(device.connect(&mut world));
    device.acknowledge(&mut world);
    device.listen(&mut world);
    let told = device.heard.len();
    assert!((40..50).contains(&told), "{told} frames in a window");
    // The window is full. Three items change: one that the client has, one that it will be told of, one that is too old.
    world.set(&ids[20], read());
    world.set(&ids[110], read());
    world.set(&ids[3], read());
    device.told();
    device.acknowledges = true;
    device.acknowledge(&mut world);
    device.listen(&mut world);
    let rest = device.told();
    let expected = [
        Told::content_read(121, &ids[20], &large(20)),
        Told::content_read(122, &ids[110], &large(110)),
        Told::state(123, &ids[3], "read", "noInteraction"),
        FRESH_WITH_MORE,
    ];
    assert_eq!(rest[rest.len() - 4..], expected);
    assert_eq!(rest.len(), 100 - told - 1 + 4);
    let there = world.shown(Platform::Windows);
    device.assert_shows(there, world.now());
    // From here on changes of all are told, those of items that it doesn't have as well.
    world.set(&ids[4], read());
    device.listen(&mut world);
    let state = Told::state(124, &ids[4], "read", "noInteraction");
    assert_eq!(device.told(), [state]);
}

#[test]
fn a_delta_goes_on_from_the_middle() {
    let mut world = World::new();
    let [a, _, c, d] = posted(&mut world, ["a", "b", "c", "d"]);
    let mut device = device(2);
    assert!(device.connect(&mut world));
    assert!(device.hear(&mut world));
    assert_eq!(device.told(), [Told::content(3, &c, "c")]);
    world.set(&a, read());
    let cursor = device.cursor.clone().unwrap();
    assert!(Cursor::parse(&cursor).unwrap().known.newest.is_some());
    let mut query = Query {
        delta_token: Some(cursor),
        top: Some(1),
        ..Query::default()
    };
    let mut ids = Vec::new();
    let link = loop {
        let page = world.as_megan(Command::Delta(query.clone()));
        ids.extend(page.ids());
        match page.link("@odata.nextLink") {
            Some(token) => {
                query.delta_token = None;
                query.skip_token = Some(token);
            }
            None => break page.link("@odata.deltaLink").unwrap(),
        }
    };
    assert_eq!(ids, [d, a]);
    assert_ne!(Cursor::parse(&link).unwrap().known, Known::NOTHING);
}
