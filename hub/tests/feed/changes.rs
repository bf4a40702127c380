//! Posting, reading, changing, deleting one item: what is answered (CONTRACT §1 and §2).

use notifeed::feed::UserActionState;
use notifeed_hub::wire::Command;

use crate::asking::*;
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
    let expiration = world.now().saturating_add(ms(HOUR));
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
        let answer = world.as_megan(read_item(id));
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
    let expected = world.as_megan(read_item("00000000-0000-4000-8000-000000000000"));
    assert_eq!(expected.problem(), (404, "ItemNotFound".into()));
    for id in ["", "x", &short, &deleted, &format!("{{{clients}}}")] {
        assert_eq!(world.as_megan(read_item(id)), expected, "{id}");
        assert_eq!(world.as_megan(update(id, read())), expected, "{id}");
        assert_eq!(world.as_megan(delete(id)), expected, "{id}");
    }
    // Another app's, by a subscription.
    let read = read_item(&clients.clone());
    assert_eq!(world.ask(&by_subscription(&subscription, read)), expected);
    assert_eq!(
        world.as_megan(read_item(&clients.to_uppercase())).status,
        200
    );
}

#[test]
fn an_item_looks_otherwise_to_its_sender_and_to_its_user() {
    let mut world = World::new();
    let subscription = world.subscribed(None);
    let post = Post::new("raw").command(world.now(), &world.settings);
    let created = world.ask(&by_subscription(&subscription, post));
    let command = read_item(&created.id());
    let sent = world.ask(&by_subscription(&subscription, command.clone()));
    let now = world.now();
    // The page's members as the post was answered, to the byte, and then what became of it.
    let again = |states: &str| {
        let page = created.body.strip_suffix('}').unwrap();
        let modified = format!(r#""lastModifiedDateTime":"{now}""#);
        format!(r#"{page},{states},"answer":null,{modified}}}"#)
    };
    let untouched = r#""readState":"unread","userActionState":"noInteraction""#;
    assert_eq!((sent.status, &sent.body), (200, &again(untouched)));
    assert!(sent.header("ETag").is_some());
    let received = world.as_megan(command);
    assert_eq!(received.json()["payload"]["rawContent"], "raw");
    assert_eq!(received.header("ETag"), sent.header("ETag"));
    // In the name of the user, the subscription shows the user's view.
    let mut request = by_subscription(&subscription, read_item(&created.id()));
    request.access.user = Some(megan());
    assert_eq!(world.ask(&request).body, received.body);
    world.set(&created.id(), read());
    let after = world.ask(&by_subscription(&subscription, read_item(&created.id())));
    assert_eq!(after.json()["readState"], "read");
    assert_ne!(after.header("ETag"), sent.header("ETag"));
}
