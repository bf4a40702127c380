//! Frames that say how much their client knew (`since`), and frames of a later protocol.

use notifeed::feed::UserActionState;
use notifeed::notification::Platform;
use serde_json::{Value as Json, json};

use crate::asking::*;
use crate::device::Device;
use crate::told::{Told, assert_shape, connected, result};
use crate::world::World;

#[test]
fn what_has_changed_since_is_not_changed_again() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a"));
    let mut device = connected(&mut world, Platform::Windows);
    world.set(&id, acted(UserActionState::Snoozed));
    device.listen(&mut world);
    assert_eq!(device.told(), [Told::state(2, &id, "unread", "snoozed")]);
    let update = json!({ "type": "update", "ref": "1", "id": id, "readState": "read", "since": 1 });
    let delete = json!({ "type": "delete", "ref": "2", "id": id, "since": 1 });
    // Numbers that the feed hasn't given yet are another epoch's.
    let ahead = json!({ "type": "delete", "ref": "3", "id": id, "since": 3 });
    let before = world.list();
    for frame in [&update, &delete, &ahead] {
        let refused = result(&mut world, &mut device, frame);
        assert_eq!(refused["status"], 409);
        assert_eq!(refused["error"]["code"], "ItemChanged");
        assert_eq!(refused["readState"], "unread");
        assert_eq!(refused["userActionState"], "snoozed");
    }
    assert_eq!(world.list(), before);
    let told = Told::of(&result(
        &mut world,
        &mut device,
        &json!({ "type": "update", "ref": "4", "id": id, "readState": "read", "since": 2 }),
    ));
    assert_eq!(told, Told::result("4", 200, Some(3), None));
    let told = Told::of(&result(
        &mut world,
        &mut device,
        &json!({ "type": "delete", "ref": "5", "id": id, "since": 3 }),
    ));
    assert_eq!(told, Told::result("5", 204, Some(4), None));
    let gone = result(&mut world, &mut device, &delete);
    assert_eq!(gone["status"], 404);
}

#[test]
fn content_that_was_replaced_is_not_marked_by_an_old_tap() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").key("k"));
    let mut device = connected(&mut world, Platform::Windows);
    world.posted(&Post::new("b").key("k"));
    device.listen(&mut world);
    assert_eq!(device.told(), [Told::content(2, &id, "b")]);
    let frame = json!({ "type": "update", "ref": "1", "id": id, "readState": "read", "since": 1 });
    let refused = result(&mut world, &mut device, &frame);
    assert_eq!(refused["status"], 409);
    assert_eq!(world.list()[0]["readState"], "unread");
}

#[test]
fn of_a_larger_number_than_the_items_own_it_is_known() {
    let mut world = World::new();
    let [a, _] = ["a", "b"].map(|text| world.posted(&Post::new(text)));
    let mut device = connected(&mut world, Platform::Windows);
    let frame = json!({ "type": "update", "ref": "1", "id": a, "readState": "read", "since": 2 });
    assert_eq!(result(&mut world, &mut device, &frame)["status"], 200);
}

#[test]
fn a_frame_of_a_later_protocol_is_answered_and_the_line_stays() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a"));
    let mut device = connected(&mut world, Platform::Windows);
    for (frame, code) in [
        (
            json!({ "type": "later", "ref": "1", "id": id }),
            "UnknownFrame",
        ),
        (json!({ "type": "delete", "ref": "2" }), "BadRequest"),
        (
            json!({ "type": "update", "ref": "3", "id": id, "readState": "read", "since": -1 }),
            "BadRequest",
        ),
        (
            json!({ "type": "token", "ref": "4", "token": 5 }),
            "InvalidActivityDataType",
        ),
    ] {
        let status = if code == "InvalidActivityDataType" {
            401
        } else {
            400
        };
        let refused = result(&mut world, &mut device, &frame);
        assert_eq!(refused["status"], status, "{refused}");
        assert_eq!(refused["error"]["code"], code, "{refused}");
    }
    assert_eq!(device.closed, None);
    let frame = json!({ "type": "delete", "ref": "5", "id": id, "since": 1 });
    assert_eq!(result(&mut world, &mut device, &frame)["status"], 204);
}

#[test]
fn the_first_frame_says_whose_feed_it_is_whatever_happens_to_it() {
    let mut world = World::new();
    let backup = world.backup();
    let mut feeds = Vec::new();
    let mut device = Device::new(Platform::Windows);
    let mut look = |world: &mut World, cursor: Option<&str>| {
        device.cursor = cursor.map(str::to_owned);
        assert!(device.connect(world));
        let line = device.line.unwrap();
        let Some(crate::world::Heard::Frame(text)) = world.read(line) else {
            panic!("no frame");
        };
        let frame: Json = serde_json::from_str(&text).unwrap();
        assert_shape(&frame);
        assert_eq!(frame["type"], "feed");
        assert_eq!(frame["now"], world.now().to_string());
        feeds.push(frame["feed"].as_str().unwrap().to_owned());
        device.hang_up(world);
    };
    look(&mut world, None);
    world.posted(&Post::new("a"));
    look(&mut world, Some("garbage"));
    world.evict();
    world.pass(HOUR);
    look(&mut world, None);
    world.restore(&backup);
    world.heal();
    look(&mut world, None);
    feeds.dedup();
    assert_eq!(feeds.len(), 1, "{feeds:?}");
    // The digest is no address of the feed.
    assert!(!feeds[0].contains(&crate::world::FEED[..16]));
}
