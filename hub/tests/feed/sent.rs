//! The sender's half: what an app sent is there for it after its end, can be taken back, and is told by a delta of its
//! own (CONTRACT §5.1).

use notifeed::feed::query::Query;
use notifeed::feed::sent::RETENTION;
use notifeed::notification::Platform;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::Command;
use serde_json::{Value as Json, json};

use crate::asking::*;
use crate::told::{Told, connected};
use crate::world::World;

const DAY: i64 = 24 * HOUR;

/// A world that keeps what has ended for its senders, with a subscription.
pub fn world() -> (World, String) {
    let mut world = World::with(Settings {
        sender_retention: RETENTION,
        ..settings()
    });
    let subscription = world.subscribed(Some("d"));
    (world, subscription)
}

pub fn sent(world: &mut World, subscription: &str, post: &Post) -> String {
    let command = post.command(world.now(), &world.settings);
    let answer = world.ask(&by_subscription(subscription, command));
    assert!([200, 201].contains(&answer.status), "{answer:?}");
    answer.id()
}

pub fn read(world: &mut World, subscription: &str, id: &str) -> Answer {
    world.ask(&by_subscription(subscription, read_item(id)))
}

pub fn retract(world: &mut World, subscription: &str, id: &str, if_match: Option<&str>) -> Answer {
    let command = Command::Retract {
        id: id.into(),
        if_match: if_match.map(str::to_owned),
    };
    world.ask(&by_subscription(subscription, command))
}

fn approve(world: &mut World, id: &str) {
    let answer = world.as_megan(answer_by(id, "approve", 1));
    assert_eq!(answer.status, 200, "{answer:?}");
}

pub fn etag_of(world: &mut World, subscription: &str, id: &str) -> String {
    let answer = read(world, subscription, id);
    answer.header("ETag").unwrap().to_owned()
}

/// A page of the sender's delta, and the token of the next one.
pub fn changes(
    world: &mut World,
    subscription: &str,
    query: Query,
) -> (Vec<Json>, Option<String>, Option<String>) {
    let answer = world.ask(&by_subscription(subscription, Command::SentChanges(query)));
    assert_eq!(answer.status, 200, "{answer:?}");
    let values = answer.json()["value"].as_array().unwrap().clone();
    (
        values,
        answer.link("@odata.nextLink"),
        answer.link("@odata.deltaLink"),
    )
}

pub fn since(token: &str) -> Query {
    Query {
        delta_token: Some(token.into()),
        ..Query::default()
    }
}

#[test]
fn an_item_outlives_its_end_for_its_sender() {
    let (mut world, subscription) = world();
    let expires = sent(&mut world, &subscription, &Post::new("a").key("a").asks());
    let deleted = sent(&mut world, &subscription, &Post::new("b"));
    let retracted = sent(&mut world, &subscription, &Post::new("c"));
    approve(&mut world, &expires);
    assert_eq!(world.as_megan(delete(&deleted)).status, 204);
    assert_eq!(
        retract(&mut world, &subscription, &retracted, None).status,
        204
    );
    let etag = read(&mut world, &subscription, &expires);
    assert_eq!(etag.json().get("ended"), None);
    let etag = etag.header("ETag").unwrap().to_owned();
    world.pass(HOUR);
    for evicted in [false, true] {
        if evicted {
            world.evict();
        }
        for (id, end) in [
            (&expires, "expired"),
            (&deleted, "deleted"),
            (&retracted, "retracted"),
        ] {
            let told = read(&mut world, &subscription, id);
            let item = told.json();
            assert_eq!((told.status, &item["ended"]), (200, &json!(end)));
            assert_eq!(item.get("payload"), None);
            assert_eq!(world.as_megan(read_item(id)).status, 404);
        }
        let told = read(&mut world, &subscription, &expires);
        assert_eq!(told.json()["answer"]["actionId"], "approve");
        // The end changes the tag, though it writes nothing.
        assert_ne!(told.header("ETag"), Some(etag.as_str()));
    }
    // Its own id is free.
    let other = sent(&mut world, &subscription, &Post::new("a").key("a"));
    assert_ne!(other, expires);
    assert_eq!(
        read(&mut world, &subscription, &expires).json()["ended"],
        "expired"
    );
    assert_eq!(world.list().len(), 1);
    // The week is over for what was deleted an hour before the other expired.
    world.pass(7 * DAY - HOUR);
    assert_eq!(read(&mut world, &subscription, &deleted).status, 404);
    assert_eq!(read(&mut world, &subscription, &expires).status, 200);
    world.pass(HOUR);
    assert_eq!(read(&mut world, &subscription, &expires).status, 404);
    world.pass(2 * HOUR);
    world.rest();
    assert_eq!(world.runtime.tables.number("SELECT count(*) FROM item"), 0);
}

#[test]
fn an_answered_item_is_taken_back_only_by_who_says_so() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a").asks());
    let mut device = connected(&mut world, Platform::Windows);
    approve(&mut world, &id);
    device.listen(&mut world);
    let etag = read(&mut world, &subscription, &id)
        .header("ETag")
        .unwrap()
        .to_owned();
    for if_match in [None, Some(etag.as_str())] {
        let refused = retract(&mut world, &subscription, &id, if_match);
        assert_eq!(refused.problem(), (409, "AlreadyAnswered".into()));
        assert_eq!(refused.json()["error"]["details"][0]["target"], "approve");
    }
    let refused = retract(&mut world, &subscription, &id, Some("\"1.1\""));
    assert_eq!(refused.status, 412);
    assert_eq!(
        retract(&mut world, &subscription, &id, Some("*")).status,
        204
    );
    device.listen(&mut world);
    assert_eq!(
        device.told().pop(),
        Some(Told::removed(3, &id, "retracted"))
    );
    // Once more, as after a lost answer; and what its user deleted can be taken back, too: it is gone.
    assert_eq!(
        retract(&mut world, &subscription, &id, Some("*")).status,
        204
    );
    assert_eq!(
        read(&mut world, &subscription, &id).json()["answer"]["actionId"],
        "approve"
    );
    let other = sent(&mut world, &subscription, &Post::new("b").asks());
    approve(&mut world, &other);
    world.pass(2 * HOUR);
    let late = retract(&mut world, &subscription, &other, None);
    assert_eq!(late.problem(), (409, "AlreadyAnswered".into()));
    assert_eq!(
        retract(&mut world, &subscription, &other, Some("*")).status,
        204
    );
    assert_eq!(
        read(&mut world, &subscription, &other).json()["ended"],
        "expired"
    );
}

#[test]
fn a_device_that_was_away_learns_that_it_was_taken_back() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a"));
    let mut away = connected(&mut world, Platform::Ios);
    away.listen(&mut world);
    away.hang_up(&mut world);
    assert_eq!(retract(&mut world, &subscription, &id, None).status, 204);
    world.evict();
    assert!(away.connect(&mut world));
    away.listen(&mut world);
    let removed = Told::removed(2, &id, "retracted");
    assert!(away.told().contains(&removed));
}

#[test]
fn nothing_of_another_app_is_there() {
    let (mut world, subscription) = world();
    let theirs = world.posted(&Post::new("of the app client"));
    let no_such = read(
        &mut world,
        &subscription,
        "00000000-0000-4000-8000-000000000000",
    );
    assert_eq!(no_such.status, 404);
    assert_eq!(read(&mut world, &subscription, &theirs), no_such);
    assert_eq!(
        retract(&mut world, &subscription, &theirs, Some("*")),
        no_such
    );
    assert_eq!(world.list().len(), 1);
    let (values, _, token) = changes(&mut world, &subscription, Query::default());
    assert_eq!(values, Vec::<Json>::new());
    // A token belongs to its reader: the user's isn't the app's, and the other way round.
    let user = world.as_megan(Command::Delta(Query::default()));
    let user = user.link("@odata.deltaLink").unwrap();
    let refused = world.ask(&by_subscription(
        &subscription,
        Command::SentChanges(since(&user)),
    ));
    assert_eq!(refused.status, 410);
    let refused = world.as_megan(Command::Delta(since(&token.unwrap())));
    assert_eq!(refused.status, 410);
}

#[test]
fn the_sender_s_delta_has_the_final_state_of_all_that_it_sent() {
    let (mut world, subscription) = world();
    let lives = sent(
        &mut world,
        &subscription,
        &Post::new("a").key("a").lives(2 * DAY),
    );
    let (_, _, token) = changes(&mut world, &subscription, Query::default());
    let expires = sent(&mut world, &subscription, &Post::new("b").key("b").asks());
    let retracted = sent(&mut world, &subscription, &Post::new("c").key("c"));
    for number in 0..30 {
        world.posted(&Post::new(&number.to_string()));
    }
    approve(&mut world, &expires);
    retract(&mut world, &subscription, &retracted, None);
    world.pass(DAY);
    let brief = |values: &[Json]| -> Vec<(String, Json)> {
        values
            .iter()
            .map(|item| {
                (
                    item["id"].as_str().unwrap().to_owned(),
                    item["ended"].clone(),
                )
            })
            .collect()
    };
    let ended = [
        (expires.clone(), json!("expired")),
        (retracted.clone(), json!("retracted")),
    ];
    let (values, next, last) = changes(&mut world, &subscription, since(&token.unwrap()));
    assert_eq!(brief(&values), ended);
    assert_eq!(next, None);
    assert_eq!(values[0]["@removed"], json!({ "reason": "deleted" }));
    assert_eq!(values[0]["appNotificationId"], "b");
    assert_eq!(values[0]["answer"]["actionId"], "approve");
    assert_eq!(values[0]["readState"], "read");
    let (values, _, _) = changes(&mut world, &subscription, since(&last.unwrap()));
    assert_eq!(values, Vec::<Json>::new());
    // From nothing on, page by page.
    let mut query = Query {
        top: Some(1),
        ..Query::default()
    };
    let mut all = Vec::new();
    loop {
        let (values, next, _) = changes(&mut world, &subscription, query.clone());
        all.extend(values);
        match next {
            Some(next) => query.skip_token = Some(next),
            None => break,
        }
    }
    assert_eq!(brief(&all)[1..], ended);
    assert_eq!(all[0]["id"], json!(lives));
    assert_eq!(all[0]["payload"]["visualContent"]["title"], "t");
    assert_eq!(
        all[0]["@odata.etag"],
        json!(
            read(&mut world, &subscription, &lives)
                .header("ETag")
                .unwrap()
        )
    );
}

#[test]
fn a_page_of_many_others_is_empty_and_goes_on() {
    let (mut world, subscription) = world();
    for number in 0..1001 {
        world.quietly(|world| world.posted(&Post::new(&number.to_string())));
        world.pass(100);
    }
    let own = sent(&mut world, &subscription, &Post::new("own"));
    let (values, next, last) = changes(&mut world, &subscription, Query::default());
    assert_eq!((values.len(), last), (0, None));
    let query = Query {
        skip_token: next,
        ..Query::default()
    };
    let (values, next, _) = changes(&mut world, &subscription, query);
    assert_eq!((&values[0]["id"], next), (&json!(own), None));
}

#[test]
fn a_post_that_only_creates_replaces_nothing() {
    let (mut world, subscription) = world();
    let first = Post::new("a").key("k").asks();
    let id = sent(&mut world, &subscription, &first);
    let other = Post::new("other").key("k").create_only();
    let command = other.command(world.now(), &world.settings);
    let answer = world.ask(&by_subscription(&subscription, command));
    assert_eq!((answer.status, answer.id()), (200, id.clone()));
    // The answer has the content that is stored, not the content that was sent.
    assert!(answer.json()["payload"]["visualContent"]["actions"].is_array());
    assert!(answer.header("Location").unwrap().ends_with(&id));
    assert_eq!(world.list()[0]["payload"]["rawContent"], "a");
    world.pass(HOUR);
    assert_ne!(sent(&mut world, &subscription, &other), id);
}

#[test]
fn a_subscription_that_has_ended_still_reads_and_takes_back() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a"));
    assert_eq!(world.as_megan(Command::UnsubscribeAll).status, 204);
    world.rest();
    assert_eq!(read(&mut world, &subscription, &id).status, 200);
    assert_eq!(
        changes(&mut world, &subscription, Query::default()).0.len(),
        1
    );
    let post = Post::new("b").command(world.now(), &world.settings);
    assert_eq!(world.ask(&by_subscription(&subscription, post)).status, 403);
    assert_eq!(retract(&mut world, &subscription, &id, None).status, 204);
}

#[test]
fn a_read_that_knows_the_item_is_told_so() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a"));
    let etag = etag_of(&mut world, &subscription, &id);
    for request in [
        request(read_known(&id, &etag)),
        by_subscription(&subscription, read_known(&id, &etag)),
    ] {
        let answer = world.ask(&request);
        assert_eq!((answer.status, answer.body.as_str()), (304, ""));
        assert_eq!(answer.header("ETag"), Some(etag.as_str()));
    }
    assert_eq!(
        world
            .ask(&by_subscription(&subscription, read_known(&id, "\"0.0\"")))
            .status,
        200
    );
}

#[test]
fn rows_that_only_their_sender_may_still_read_go_without_a_reset() {
    let (mut world, subscription) = world();
    world.deploy(|settings| settings.max_rows = 10);
    let mut away = connected(&mut world, Platform::Windows);
    away.listen(&mut world);
    away.hang_up(&mut world);
    let first = sent(&mut world, &subscription, &Post::new("short").lives(1000));
    for _ in 0..9 {
        sent(&mut world, &subscription, &Post::new("short").lives(1000));
    }
    world.pass(2000);
    assert_eq!(read(&mut world, &subscription, &first).status, 200);
    let next = sent(&mut world, &subscription, &Post::new("next"));
    // The first made room.
    assert_eq!(read(&mut world, &subscription, &first).status, 404);
    assert!(away.connect(&mut world));
    away.listen(&mut world);
    let told = away.told();
    assert!(!told.contains(&Told::Reset), "{told:?}");
    assert!(told.contains(&Told::content(11, &next, "next")));
}
