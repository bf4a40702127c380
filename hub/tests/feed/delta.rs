//! The delta: what changed since its last link, in pages (CONTRACT §2).

use notifeed::feed::UserActionState;
use notifeed::feed::query::Query;
use notifeed::notification::Platform;
use notifeed_hub::wire::Command;
use serde_json::Value as Json;

use crate::asking::*;
use crate::device::Device;
use crate::resume::goes_on;
use crate::told::{RESUMED, Told};
use crate::world::World;

/// A delta counts at its first page what all of its pages will have.
#[test]
fn a_delta_counts_what_it_has() {
    let mut world = World::new();
    let ids = ["a", "b", "c", "d", "e"].map(|text| world.posted(&Post::new(text).key(text)));
    let delta = |world: &mut World, token: Option<String>| {
        let mut query = Query {
            delta_token: token,
            count: true,
            top: Some(2),
            select: vec!["id".into()],
            ..Query::default()
        };
        let mut items = 0;
        let mut count = None;
        loop {
            let page = world.as_megan(Command::Delta(query.clone()));
            items += page.ids().len();
            let said = page.json().get("@odata.count").and_then(|n| n.as_u64());
            assert_eq!(said.is_some(), query.skip_token.is_none());
            count = count.or(said);
            match page.link("@odata.nextLink") {
                Some(token) => query.skip_token = Some(token),
                None => {
                    assert_eq!(count, Some(items as u64));
                    return (items, page.link("@odata.deltaLink").unwrap());
                }
            }
        }
    };
    let (items, token) = delta(&mut world, None);
    assert_eq!(items, 5);
    assert_eq!(delta(&mut world, Some(token.clone())).0, 0);
    world.set(&ids[0], read());
    world.remove(&ids[1]);
    world.posted(&Post::new("other").key("c").lives(1000));
    world.posted(&Post::new("short").lives(1000));
    world.posted(&Post::new("new"));
    assert_eq!(delta(&mut world, Some(token.clone())).0, 5);
    world.pass(1000);
    // The replacement that nobody saw is taken back, what was new and is gone isn't told.
    assert_eq!(delta(&mut world, Some(token)).0, 4);
    // An endpoint that has nothing isn't told of items that are gone.
    assert_eq!(delta(&mut world, None).0, 4);
    let mut device = Device::new(Platform::Windows);
    device.top = Some(2);
    assert!(device.connect(&mut world));
    assert!(device.hear(&mut world));
    device.hang_up(&mut world);
    world.set(&ids[0], acted(UserActionState::Snoozed));
    assert_eq!(delta(&mut world, device.cursor.clone()).0, 2);
}

#[test]
fn a_delta_tells_what_changed_and_what_went() {
    let mut world = World::new();
    let ids = ["a", "b", "c"].map(|text| world.posted(&Post::new(text)));
    let delta = |world: &mut World, token: Option<String>| {
        world.as_megan(Command::Delta(Query {
            delta_token: token,
            ..Query::default()
        }))
    };
    let first = delta(&mut world, None);
    assert_eq!(first.ids(), ids);
    let token = first.link("@odata.deltaLink");
    assert_eq!(delta(&mut world, token.clone()).ids(), Vec::<String>::new());
    world.set(&ids[1], read());
    world.remove(&ids[0]);
    let second = delta(&mut world, token);
    let values = second.json()["value"].clone();
    assert_eq!(values[0]["id"], ids[1].as_str());
    assert_eq!(values[0]["readState"], "read");
    let gone: Json = serde_json::json!({ "id": ids[0], "@removed": { "reason": "deleted" } });
    assert_eq!(values[1], gone);
    assert_eq!(values.as_array().map(Vec::len), Some(2));
    for token in ["x", "AAAA"] {
        let refused = delta(&mut world, Some(token.into()));
        assert_eq!(refused.problem(), (410, "SyncStateNotFound".into()));
    }
}

#[test]
fn a_delta_in_pages_with_a_change_in_between_leads_the_stream_to_no_gap() {
    let mut world = World::new();
    let ids = ["a", "b", "c", "d"].map(|text| world.posted(&Post::new(text)));
    let query = Query {
        top: Some(2),
        ..Query::default()
    };
    let first = world.as_megan(Command::Delta(query.clone()));
    world.set(&ids[3], read());
    let query = Query {
        skip_token: first.link("@odata.nextLink"),
        ..query
    };
    let second = world.as_megan(Command::Delta(query));
    assert_eq!([first.ids(), second.ids()].concat(), ids[..3]);
    let cursor = second.link("@odata.deltaLink").unwrap();
    assert_eq!(
        goes_on(&mut world, Platform::Windows, &cursor),
        [Told::content_read(5, &ids[3], "d"), RESUMED]
    );
    let query = Query {
        delta_token: Some(cursor),
        ..Query::default()
    };
    let third = world.as_megan(Command::Delta(query));
    assert_eq!(third.ids(), ids[3..]);
    assert_eq!(third.json()["value"][0]["readState"], "read");
}
