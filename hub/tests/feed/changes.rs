//! Posting, reading, changing, deleting: what is answered (CONTRACT §1 and §2).

use notifeed::feed::ReadState;
use notifeed::feed::UserActionState;
use notifeed::feed::query::{Comparison, Condition, Query};
use notifeed::notification::Platform;
use notifeed_hub::wire::Command;
use serde_json::Value as Json;

use crate::asking::*;
use crate::device::Device;
use crate::world::World;

const ODATA: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

#[test]
fn a_post_is_answered_with_the_senders_view() {
    let mut world = World::new();
    let post = Post {
        group: Some("g".into()),
        display: Some(60),
        ..Post::new("a").key("k")
    };
    let created = world.post(&post);
    assert_eq!(created.status, 201);
    assert_eq!(created.header("Content-Type"), Some(ODATA));
    assert_eq!(created.header("OData-Version"), Some("4.0"));
    let id = created.id();
    let location = format!("https://feed.example/beta/me/activities/{id}");
    assert_eq!(created.header("Location"), Some(location.as_str()));
    let expiration = world.now().saturating_add_millis(HOUR);
    assert_eq!(
        created.body,
        format!(
            r#"{{"@odata.context":"https://feed.example/beta/$metadata#users('megan%40example.com')/notifications/$entity","displayTimeToLive":59,"expirationDateTime":"{expiration}","groupName":"g","id":"{id}","priority":"High","payload":{{"visualContent":{{"title":"t"}}}}}}"#
        )
    );
    // Again, a while later: what is stored, with the seconds that are left then.
    world.pass(10_000);
    let again = Post {
        lives: HOUR - 10_000,
        ..post.clone()
    };
    let again = world.post(&again);
    let later = created.body.replace(":59,", ":49,");
    assert_eq!((again.status, again.body.as_str()), (200, later.as_str()));
    assert_eq!(again.header("Location"), Some(location.as_str()));
    // Other content replaces it: its display time begins anew.
    let replaced = world.post(&Post {
        group: Some("h".into()),
        lives: HOUR - 10_000,
        ..post
    });
    let body = created
        .body
        .replace(r#""groupName":"g""#, r#""groupName":"h""#);
    assert_eq!((replaced.status, replaced.body), (200, body));
}

#[test]
fn a_replacement_begins_unread_and_keeps_its_id_and_place() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").key("k"));
    let created = world.now();
    let other = world.posted(&Post::new("b"));
    world.set(&id, read());
    world.set(&id, acted(UserActionState::Dismissed));
    world.pass(5000);
    assert_eq!(world.posted(&Post::new("c").key("k")), id);
    let list = world.list();
    let ids: Vec<&str> = list
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [&other, &id]);
    let item = &list[1];
    assert_eq!(item["payload"]["rawContent"], "c");
    assert_eq!(item["readState"], "unread");
    assert_eq!(item["userActionState"], "noInteraction");
    assert_eq!(item["status"], "updated");
    assert_eq!(item["createdDateTime"], created.to_string());
    assert_eq!(item["lastModifiedDateTime"], world.now().to_string());
}

#[test]
fn an_app_notification_id_is_its_apps_own() {
    let mut world = World::new();
    let mut post = |app: &str, issuer: &str, text: &str| {
        let command = Post::new(text)
            .key("k")
            .command(world.now(), &world.settings);
        let mut request = request(command);
        request.sender.app = app.into();
        request.sender.issuer = issuer.into();
        let answer = world.ask(&request);
        (answer.status, answer.id())
    };
    let (status, first) = post("a", ISSUER, "one");
    assert_eq!(status, 201);
    // The same app id of another issuer, and another app: other items, whatever their content.
    let (status, second) = post("a", "https://other.example", "one");
    assert_eq!(status, 201);
    let (status, third) = post("b", ISSUER, "two");
    assert_eq!(status, 201);
    assert_eq!(post("a", ISSUER, "three"), (200, first));
    assert_eq!(post("a", "https://other.example", "one"), (200, second));
    assert_eq!(post("b", ISSUER, "two"), (200, third));
    assert_eq!(world.count(), 3);
}

#[test]
fn a_change_goes_through_only_with_the_current_etag() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").key("k"));
    let etag = |world: &mut World, id: &str| {
        let answer = world.as_megan(Command::Read(id.into()));
        answer.header("ETag").unwrap().to_owned()
    };
    let patch = |world: &mut World, if_match: Option<&str>, states| {
        let answer = world.as_megan(Command::Update {
            id: id.clone(),
            if_match: if_match.map(str::to_owned),
            states,
        });
        let etag = answer.header("ETag").map(str::to_owned);
        (answer.status, etag, answer)
    };
    let first = etag(&mut world, &id);
    let (status, second, answer) = patch(&mut world, Some(&first), read());
    assert_eq!(status, 200);
    assert_eq!(answer.json()["readState"], "read");
    let second = second.unwrap();
    assert_ne!(first, second);
    assert_eq!(etag(&mut world, &id), second);
    for stale in [first.as_str(), "\"x\"", "W/\"1.2\"", ""] {
        let (status, _, answer) = patch(&mut world, Some(stale), acted(UserActionState::Snoozed));
        assert_eq!(
            (status, answer.code().as_str()),
            (412, "PreconditionFailed")
        );
    }
    // Nothing changes: the same tag.
    let (status, same, _) = patch(&mut world, Some("*"), read());
    assert_eq!((status, same.as_deref()), (200, Some(second.as_str())));
    world.posted(&Post::new("b").key("k"));
    let replaced = etag(&mut world, &id);
    assert_ne!(replaced, second);
    let delete = |world: &mut World, if_match: &str| {
        let answer = world.as_megan(Command::Delete {
            id: id.clone(),
            if_match: Some(if_match.into()),
        });
        answer.status
    };
    assert_eq!(delete(&mut world, &second), 412);
    assert_eq!(delete(&mut world, &replaced), 204);
    assert_eq!(delete(&mut world, "\"x\""), 404, "404 comes before 412");
}

#[test]
fn what_is_not_there_and_what_is_not_yours_look_alike() {
    let mut world = World::new();
    let subscription = world.subscribed(None);
    let short = world.posted(&Post::new("short").lives(1000));
    let deleted = world.posted(&Post::new("deleted"));
    let clients = world.posted(&Post::new("the client's"));
    world.remove(&deleted);
    world.pass(1000);
    let expected = world.as_megan(Command::Read("00000000-0000-4000-8000-000000000000".into()));
    assert_eq!(expected.problem(), (404, "ItemNotFound".into()));
    for id in ["", "x", &short, &deleted, &format!("{{{clients}}}")] {
        assert_eq!(world.as_megan(Command::Read(id.into())), expected, "{id}");
        assert_eq!(world.as_megan(update(id, read())), expected, "{id}");
        assert_eq!(world.as_megan(delete(id)), expected, "{id}");
    }
    // Another app's, by a subscription.
    let read = Command::Read(clients.clone());
    assert_eq!(world.ask(&by_subscription(&subscription, read)), expected);
    assert_eq!(
        world.as_megan(Command::Read(clients.to_uppercase())).status,
        200
    );
}

#[test]
fn an_item_looks_otherwise_to_its_sender_and_to_its_user() {
    let mut world = World::new();
    let subscription = world.subscribed(None);
    let post = Post::new("raw").command(world.now(), &world.settings);
    let created = world.ask(&by_subscription(&subscription, post));
    let read = Command::Read(created.id());
    let sent = world.ask(&by_subscription(&subscription, read.clone()));
    assert_eq!((sent.status, &sent.body), (200, &created.body));
    assert!(sent.header("ETag").is_some());
    let received = world.as_megan(read);
    assert_eq!(received.json()["payload"]["rawContent"], "raw");
    assert_eq!(received.header("ETag"), sent.header("ETag"));
    // In the name of the user, the subscription shows the user's view.
    let mut request = by_subscription(&subscription, Command::Read(created.id()));
    request.access.user = Some(megan());
    assert_eq!(world.ask(&request).body, received.body);
}

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
    // Whoever has nothing isn't told of what is gone.
    assert_eq!(delta(&mut world, None).0, 4);
    let mut device = crate::device::Device::new(notifeed::notification::Platform::Windows);
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
fn the_endpoints_are_the_subscriptions_and_whether_they_are_live() {
    let mut world = World::new();
    let live = world.subscribed(Some("a"));
    world.pass(1);
    let idle = world.subscribed(Some("b"));
    let mut device = Device::new(Platform::Windows);
    let mut stream = stream(Platform::Windows, None, world.now());
    stream.endpoint = Some(guid(&live));
    assert!(device.connect_as(&mut world, stream));
    device.listen(&mut world);
    assert_eq!(device.heard[0]["endpoint"], live.as_str());
    let seen = |world: &mut World| {
        let endpoints = world.as_megan(Command::Endpoints).json();
        let endpoints = endpoints["value"].as_array().unwrap().clone();
        endpoints
            .iter()
            .map(|endpoint| {
                (
                    endpoint["id"].as_str().unwrap().to_owned(),
                    endpoint["live"] == true,
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        seen(&mut world),
        [(live.clone(), true), (idle.clone(), false)]
    );
    world.evict();
    assert_eq!(
        seen(&mut world),
        [(live.clone(), true), (idle.clone(), false)]
    );
    device.hang_up(&mut world);
    assert_eq!(seen(&mut world), [(live, false), (idle, false)]);
}
