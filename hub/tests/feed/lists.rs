//! The list in pages, with a filter, a selection and a count (CONTRACT §2).

use notifeed::feed::query::{Comparison, Condition, Query};
use notifeed::feed::{ReadState, UserActionState};
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::world::World;

#[test]
fn a_page_that_ends_with_the_list_is_the_last_one() {
    let mut world = World::new();
    for (items, last) in [(2, true), (3, true), (4, false)] {
        while world.count() < items {
            world.posted(&Post::new("n"));
        }
        let page = world.as_megan(Command::List(Query {
            top: Some(3),
            ..Query::default()
        }));
        assert_eq!(page.ids().len(), items.min(3));
        assert_eq!(page.link("@odata.nextLink").is_none(), last, "{items}");
    }
}

#[test]
fn pages_of_the_list_stay_what_they_are() {
    let mut world = World::new();
    let mut ids: Vec<String> = (0..7)
        .map(|number| world.posted(&Post::new(&format!("n{number}"))))
        .collect();
    ids.reverse();
    let page = |world: &mut World, skip_token: Option<String>| {
        world.as_megan(Command::List(Query {
            top: Some(3),
            skip_token,
            ..Query::default()
        }))
    };
    let first = page(&mut world, None);
    assert_eq!(first.ids(), ids[..3]);
    // A change of states moves nothing; a new item comes above.
    world.set(&ids[5], read());
    world.posted(&Post::new("new"));
    let second = page(&mut world, first.link("@odata.nextLink"));
    assert_eq!(second.ids(), ids[3..6]);
    world.remove(&ids[6]);
    let third = page(&mut world, second.link("@odata.nextLink"));
    assert_eq!(third.ids(), Vec::<String>::new());
    assert_eq!(third.link("@odata.nextLink"), None);
    for token in ["", "x"] {
        let refused = page(&mut world, Some(token.into()));
        assert_eq!(refused.problem(), (410, "SyncStateNotFound".into()));
    }
}

#[test]
fn a_filter_keeps_what_fits_and_counts_it() {
    let mut world = World::new();
    let ids = ["a", "b", "c"].map(|text| {
        world.posted(&Post {
            group: (text != "c").then(|| "g".to_owned()),
            ..Post::new(text)
        })
    });
    world.set(&ids[0], read());
    for (filter, expected) in [
        (
            vec![Condition::ReadState(ReadState::Unread)],
            vec![&ids[2], &ids[1]],
        ),
        (
            vec![Condition::GroupName(Some("g".into()))],
            vec![&ids[1], &ids[0]],
        ),
        (vec![Condition::GroupName(None)], vec![&ids[2]]),
        (
            vec![
                Condition::GroupName(Some("g".into())),
                Condition::ReadState(ReadState::Read),
            ],
            vec![&ids[0]],
        ),
        (
            vec![Condition::UserActionState(UserActionState::Snoozed)],
            vec![],
        ),
    ] {
        let query = Query {
            filter: filter.iter().cloned().map(Comparison::from).collect(),
            ..Query::default()
        };
        let list = world.as_megan(Command::List(query.clone())).ids();
        assert_eq!(list.iter().collect::<Vec<_>>(), expected, "{filter:?}");
        let count = world.as_megan(Command::Count(query));
        assert_eq!(count.body, expected.len().to_string(), "{filter:?}");
        assert_eq!(count.header("Content-Type"), Some("text/plain"));
    }
}

#[test]
fn what_a_filter_negates_may_be_nothing_at_all() {
    let mut world = World::new();
    let ids = ["a", "b", "c"].map(|text| {
        world.posted(&Post {
            group: (text != "c").then(|| text.to_owned()),
            ..Post::new(text)
        })
    });
    let not = |condition| Comparison {
        condition,
        negated: true,
    };
    let group = |name: &str| Condition::GroupName(Some(name.into()));
    for (filter, expected) in [
        (vec![not(group("a"))], vec![&ids[2], &ids[1]]),
        (
            vec![not(Condition::GroupName(None))],
            vec![&ids[1], &ids[0]],
        ),
        (
            vec![not(group("a")), not(Condition::GroupName(None))],
            vec![&ids[1]],
        ),
        (vec![not(Condition::ReadState(ReadState::Unread))], vec![]),
        (vec![not(group("a")), group("b").into()], vec![&ids[1]]),
    ] {
        let query = Query {
            filter,
            count: true,
            ..Query::default()
        };
        let list = world.as_megan(Command::List(query.clone()));
        assert_eq!(list.ids().iter().collect::<Vec<_>>(), expected);
        assert_eq!(list.json()["@odata.count"], expected.len());
        let count = world.as_megan(Command::Count(query));
        assert_eq!(count.body, expected.len().to_string());
    }
}

#[test]
fn the_first_page_of_a_list_counts_all_and_shows_what_is_selected() {
    let mut world = World::new();
    let ids = ["a", "b", "c"].map(|text| world.posted(&Post::new(text)));
    let query = Query {
        top: Some(2),
        count: true,
        select: vec!["readState".into(), "payload".into()],
        ..Query::default()
    };
    let first = world.as_megan(Command::List(query.clone()));
    let page = first.json();
    assert_eq!(page["@odata.count"], 3);
    let context = page["@odata.context"].as_str().unwrap();
    assert!(
        context.ends_with("/notifications(readState,payload)"),
        "{context}"
    );
    let view = &page["value"][0];
    assert_eq!(view["id"], ids[2]);
    let names: Vec<&String> = view.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "payload", "readState"]);
    assert_eq!(view["payload"]["rawContent"], "c");
    let link = page["@odata.nextLink"].as_str().unwrap();
    assert!(
        link.contains("$count=true&$select=readState%2Cpayload"),
        "{link}"
    );
    let second = world.as_megan(Command::List(Query {
        skip_token: first.link("@odata.nextLink"),
        ..query
    }));
    assert_eq!(second.json().get("@odata.count"), None);
    assert_eq!(second.ids(), [ids[0].clone()]);
}

#[test]
fn every_property_of_a_notification_can_be_selected() {
    let mut world = World::new();
    world.posted(&Post::new("a"));
    let whole = world.list()[0].clone();
    let names: Vec<&String> = whole.as_object().unwrap().keys().collect();
    let read = |name: &str| Query::parse(&format!("$select={name}"), &["$select"]);
    let mut select = Vec::new();
    for name in names {
        select.extend(read(name).unwrap().select);
    }
    assert_eq!(select.len(), 15);
    let query = Query {
        select,
        ..Query::default()
    };
    let page = world.as_megan(Command::List(query));
    assert_eq!(page.json()["value"][0], whole);
}
