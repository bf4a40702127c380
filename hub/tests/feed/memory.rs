//! The frames that a feed lets clients hold that don't read: the runtime keeps each frame until its client has
//! read it, or its line has gone (ARCHITECTURE "Memory of sockets").

use notifeed::digest::Digest;
use notifeed::feed::query::Query;
use notifeed::live::window::{FIRST_PATIENCE, WINDOW};
use notifeed::notification::Platform;
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::device::Device;
use crate::told::Told;
use crate::world::{Line, World};

/// A large frame, with what is around it.
const FRAME: usize = 62_000;

fn large() -> Post {
    Post::new(&" ".repeat(60_000)).lives(12 * HOUR)
}

fn unlimited() -> World {
    let mut world = World::new();
    world.deploy(|settings| {
        settings.call_rate.per_second = 0;
        settings.post_rate.per_second = 0;
    });
    world
}

fn unread(world: &World) -> usize {
    world.runtime.lines.borrow().unread_bytes()
}

fn unread_of(world: &World, line: Line) -> usize {
    world.runtime.lines.borrow().unread_bytes_of(line)
}

/// The feed counts what its clients haven't read; of each up to 512 bytes, what is around the
/// changes, don't count.
fn assert_counted(world: &World, lines: usize) {
    let (held, counted) = (unread(world), world.runtime.under_way.get());
    let differ = held.abs_diff(counted);
    assert!(
        differ <= 512 * lines,
        "{lines} hold {held}, {counted} are counted"
    );
}

#[test]
fn a_client_that_never_reads_is_sent_a_window_and_then_closed() {
    for replayed in [false, true] {
        let mut world = World::new();
        let before = if replayed { 30 } else { 0 };
        for _ in 0..before {
            world.posted(&large());
        }
        let line = world.connected(Platform::Windows);
        for _ in before..30 {
            world.posted(&large());
            world.pass(1);
            assert_counted(&world, 1);
        }
        world.pass(100);
        let held = unread_of(&world, line);
        assert!((WINDOW..WINDOW + FRAME).contains(&held), "{held}");
        assert_counted(&world, 1);
        world.pass(FIRST_PATIENCE.millis());
        let closing = world.runtime.lines.borrow().closing(line);
        assert_eq!(closing, Some((4408, "ReplayCut".to_owned())));
        // The client holds the same frames, and isn't sent more.
        world.posted(&large());
        assert_eq!(unread_of(&world, line), held);
        assert_counted(&world, 1);
        world.hang_up(line);
        world.pass(0);
        assert_eq!(world.runtime.under_way.get(), 0);
    }
}

#[test]
fn one_that_has_acknowledged_before_is_waited_for() {
    let mut world = World::new();
    let mut device = Device::new(Platform::Windows);
    device.acknowledges = false;
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    device.acknowledge(&mut world);
    for _ in 0..30 {
        world.posted(&large());
    }
    world.pass(30 * 60_000);
    device.listen(&mut world);
    assert_eq!(device.closed, None);
    let first = device.told().len() - 1;
    assert_eq!(first, WINDOW.div_ceil(FRAME - 1000));
    device.acknowledges = true;
    device.acknowledge(&mut world);
    device.listen(&mut world);
    assert_eq!(device.told().len() + first, 30);
    assert_eq!(device.shown(world.now()), world.shown(Platform::Windows));
}

#[test]
fn an_acknowledgement_of_what_was_not_sent_frees_nothing() {
    let mut world = World::new();
    let mut device = Device::new(Platform::Windows);
    device.acknowledges = false;
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    device.acknowledge(&mut world);
    for _ in 0..30 {
        world.posted(&large());
    }
    device.listen(&mut world);
    let told = device.told().len();
    let held = world.runtime.under_way.get();
    for seq in [30, 31, 1_000_000, i64::MAX] {
        let frame = format!(r#"{{"type":"ack","seq":{seq}}}"#);
        world.say(device.line.unwrap(), &frame);
        device.listen(&mut world);
        assert_eq!(device.told(), [], "{seq}");
        assert_eq!(world.runtime.under_way.get(), held, "{seq}");
    }
    // An acknowledgement of a part frees that part.
    let frame = format!(r#"{{"type":"ack","seq":{}}}"#, told - 4);
    world.say(device.line.unwrap(), &frame);
    device.listen(&mut world);
    let more = device.told().len();
    assert!((1..=told - 3).contains(&more), "{more}");
}

#[test]
fn a_thousand_clients_that_never_read_share_the_feeds_budget() {
    let mut world = unlimited();
    let budget = 8 << 20;
    world.runtime.budget.set(budget);
    for _ in 0..1000 {
        world.connected(Platform::Windows);
    }
    for _ in 0..3 {
        world.posted(&large());
        world.pass(0);
        assert_counted(&world, 1000);
        let held = unread(&world);
        assert!(held <= budget + FRAME + 512 * 1000, "{held}");
    }
    let knock = stream(Platform::Windows, None, world.now());
    let knock = request(Command::Stream(knock));
    let refused = world.connect(&knock).unwrap_err();
    assert_eq!(refused.problem(), (406, "ServerBusy".into()));
    // Once they have gone, all is as before.
    world.break_down();
    assert!(world.connect(&knock).is_ok());
    world.posted(&large());
    assert_counted(&world, 1);
}

#[test]
fn an_eviction_gives_no_new_window() {
    let mut world = World::new();
    let line = world.connected(Platform::Windows);
    for _ in 0..40 {
        world.posted(&large());
        world.pass(100);
        world.evict();
    }
    let held = unread_of(&world, line);
    assert!(held <= 2 * WINDOW, "{held}");
}

#[test]
fn a_full_window_is_closed_by_an_eviction_and_the_client_comes_back() {
    let mut world = World::new();
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    for _ in 0..12 {
        world.posted(&large());
    }
    world.evict();
    world.posted(&large());
    let held = unread_of(&world, device.line.unwrap());
    assert!(held < WINDOW + FRAME, "{held}");
    device.listen(&mut world);
    assert_eq!(device.closed, Some((1012, "ServiceRestart".to_owned())));
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    assert_eq!(device.shown(world.now()), world.shown(Platform::Windows));
}

#[test]
fn half_a_window_outlives_an_eviction_and_goes_with_an_acknowledgement() {
    let mut world = World::new();
    let mut device = Device::new(Platform::Windows);
    device.acknowledges = false;
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    for _ in 0..6 {
        world.posted(&large());
    }
    world.evict();
    world.posted(&large());
    assert!(world.runtime.under_way.get() > WINDOW / 2);
    device.listen(&mut world);
    let asked = device.heard.last().unwrap().get("ack").is_some();
    assert!(
        asked,
        "it is asked again, for an acknowledgement may be lost"
    );
    device.acknowledge(&mut world);
    assert_eq!(world.runtime.under_way.get(), 0);
}

/// A world with little memory, of which a client that doesn't read holds most.
fn pressed() -> (World, Line) {
    let mut world = unlimited();
    world.runtime.budget.set(600_000);
    let line = world.connected(Platform::Windows);
    for _ in 0..12 {
        world.posted(&large());
    }
    (world, line)
}

#[test]
fn while_clients_hold_too_much_for_long_none_may_connect() {
    let (mut world, line) = pressed();
    let knock = |world: &mut World| {
        let stream = stream(Platform::Ios, None, world.now());
        world
            .connect(&request(Command::Stream(stream)))
            .map_err(|answer| answer.problem())
    };
    let early = knock(&mut world).unwrap();
    world.hang_up(early);
    world.pass(10_000);
    assert_eq!(knock(&mut world).err(), Some((406, "ServerBusy".into())));
    world.hang_up(line);
    assert!(knock(&mut world).is_ok());
}

#[test]
fn closing_connections_that_hold_too_much_for_half_a_minute_end_the_feeds_memory() {
    let (mut world, line) = pressed();
    let mut other = Device::new(Platform::Ios);
    let mut its = stream(Platform::Ios, None, world.now());
    its.token_digest = Digest::of(&["another"]);
    assert!(other.connect_as(&mut world, its.clone()));
    other.listen(&mut world);
    world.pass(FIRST_PATIENCE.millis());
    other.listen(&mut world);
    assert!(world.runtime.lines.borrow().closing(line).is_some());
    world.pass(30_000 - 1);
    assert_eq!(world.aborts, 0);
    world.runtime.hold_aborts.set(true);
    world.pass(1);
    // Until it has ended it does nothing any more.
    let before = world.runtime.tables.number("SELECT count(*) FROM item");
    let command = Post::new("a").command(world.now(), &world.settings);
    assert_eq!(world.call_raw(&request(command.clone())), "retry");
    let after = world.runtime.tables.number("SELECT count(*) FROM item");
    assert_eq!(before, after);
    world.runtime.hold_aborts.set(false);
    assert_eq!(world.ask(&request(command)).status, 201);
    assert_eq!(world.aborts, 1);
    assert_eq!((unread(&world), world.runtime.under_way.get()), (0, 0));
    // Its holder stays away for a minute; all others come back with their cursors.
    other.listen(&mut world);
    assert_eq!(other.closed, Some((1006, String::new())));
    its.cursor.clone_from(&other.cursor);
    assert!(other.connect_as(&mut world, its));
    other.listen(&mut world);
    assert_eq!(other.shown(world.now()), world.shown(Platform::Ios));
    let mut held = Device::new(Platform::Windows);
    assert!(!held.connect(&mut world));
    world.pass(60_000);
    assert!(held.connect(&mut world));
}

#[test]
fn a_closing_connection_that_goes_in_time_ends_nothing() {
    let (mut world, line) = pressed();
    world.pass(FIRST_PATIENCE.millis() + 29_000);
    world.hang_up(line);
    world.pass(HOUR / 2);
    assert_eq!(world.aborts, 0);
    assert_eq!(world.runtime.under_way.get(), 0);
}

#[test]
fn who_had_no_room_is_told_once_there_is_some() {
    let mut world = unlimited();
    world.runtime.budget.set(100_000);
    let mut first = Device::new(Platform::Windows);
    let mut second = Device::new(Platform::Windows);
    for device in [&mut first, &mut second] {
        assert!(device.connect(&mut world));
        device.listen(&mut world);
        device.told();
    }
    let id = world.posted(&large());
    let told = |world: &mut World, device: &mut Device| {
        device.listen(world);
        device.told().len()
    };
    let sum = told(&mut world, &mut first) + told(&mut world, &mut second);
    // The clients that were sent frames have taken them: then there is room for the other, sooner or later.
    world.pass(5_000);
    let sum = sum + told(&mut world, &mut first) + told(&mut world, &mut second);
    assert_eq!(sum, 2);
    for device in [&mut first, &mut second] {
        assert!(device.items.contains_key(&id));
    }
    for device in [&mut first, &mut second] {
        assert!(!device.told().contains(&Told::Reset));
    }
}

/// A feed with room for one large frame, which a client holds that doesn't read, and a device that acknowledges.
fn held_up() -> (World, Line, Device) {
    let mut world = unlimited();
    let holder = world.connected(Platform::Windows);
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    device.listen(&mut world);
    world.posted(&large());
    device.listen(&mut world);
    device.acknowledge(&mut world);
    world.runtime.budget.set(FRAME);
    // The feed learns its budget with whatever it tells next.
    world.posted(&Post::new("small"));
    device.listen(&mut world);
    device.acknowledge(&mut world);
    (world, holder, device)
}

#[test]
fn a_line_that_goes_makes_room_at_once_for_who_waits() {
    let (mut world, holder, mut device) = held_up();
    let id = world.posted(&Post::new("next"));
    world.pass(0);
    device.listen(&mut world);
    assert!(!device.items.contains_key(&id), "there is no room");
    world.hang_up(holder);
    world.pass(0);
    device.listen(&mut world);
    assert!(device.items.contains_key(&id));
}

#[test]
fn room_that_other_feeds_leave_is_found_within_a_second() {
    let (mut world, _, mut device) = held_up();
    let id = world.posted(&Post::new("next"));
    world.pass(5000);
    device.listen(&mut world);
    assert!(!device.items.contains_key(&id), "there is no room");
    world.runtime.budget.set(64 << 20);
    world.pass(1000);
    device.listen(&mut world);
    assert!(device.items.contains_key(&id));
}

#[test]
fn a_page_is_bounded_by_bytes() {
    let mut world = unlimited();
    let mut ids: Vec<String> = (0..60).map(|_| world.posted(&large())).collect();
    for (command, newest_first) in [
        (Command::List as fn(Query) -> Command, true),
        (Command::Delta, false),
    ] {
        let mut query = Query {
            top: Some(100),
            ..Query::default()
        };
        let mut found = Vec::new();
        loop {
            let page = world.as_megan(command(query.clone()));
            assert!(
                page.body.len() < (1 << 20) + 2 * FRAME,
                "{}",
                page.body.len()
            );
            assert!(!page.ids().is_empty());
            found.extend(page.ids());
            let Some(token) = page.link("@odata.nextLink") else {
                break;
            };
            query.skip_token = Some(token);
        }
        if newest_first {
            ids.reverse();
        }
        assert_eq!(found, ids);
        if newest_first {
            ids.reverse();
        }
    }
}
