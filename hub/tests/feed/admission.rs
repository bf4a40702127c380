//! Admission: a caller proves its right to the feed that it was led to, in the order of the contract (CONTRACT §1,
//! "Precedence").

use notifeed::credentials::subscription_id::LIFETIME;
use notifeed::feed::query::Query;
use notifeed::http::Addressee;
use notifeed::throttle::Rate;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::{Command, Request};

use crate::asking::*;
use crate::world::World;

const NOT_AUTHORIZED: (u16, &str) = (403, "NotAuthorizedForUser");

fn assert_refused(world: &mut World, what: &str, request: &Request, expected: (u16, &str)) {
    let answer = world.ask(request);
    let (status, code) = answer.problem();
    assert_eq!((status, code.as_str()), expected, "{what}: {answer:?}");
}

fn post(world: &World) -> Command {
    Post::new("a").command(world.now(), &world.settings)
}

fn post_by(world: &mut World, subscription: &str) -> Answer {
    let command = post(world);
    world.ask(&by_subscription(subscription, command))
}

fn assert_ended(world: &mut World, what: &str, subscription: &str) {
    let request = by_subscription(subscription, post(world));
    assert_refused(world, what, &request, NOT_AUTHORIZED);
}

#[test]
fn a_subscription_lets_its_app_server_post_until_it_ends() {
    let mut world = World::new();
    let [ended, live] = ["a", "b"].map(|device| world.subscribed(Some(device)));
    assert_eq!(post_by(&mut world, &ended).status, 201);
    world.as_megan(Command::Unsubscribe(ended.clone()));
    assert_ended(&mut world, "ended", &ended);
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_ended(&mut world, "unknown", unknown);
    assert_eq!(post_by(&mut world, &live).status, 201);
    // Also one that was known before it ended, and one that the feed has forgotten in between.
    world.evict();
    assert_ended(&mut world, "ended", &ended);
    world.pass(LIFETIME.millis() - 1001);
    assert_eq!(post_by(&mut world, &live).status, 201);
    world.pass(1001);
    assert_ended(&mut world, "expired", &live);
    world.as_megan(Command::UnsubscribeAll);
    let renewed = world.subscribed(Some("b"));
    assert_eq!(post_by(&mut world, &renewed).status, 201);
    world.as_megan(Command::UnsubscribeAll);
    assert_ended(&mut world, "all ended", &renewed);
}

#[test]
fn whoever_proves_no_right_is_refused() {
    let mut world = World::new();
    let subscription = world.subscribed(None);
    let megans = by_subscription(&subscription, post(&world));
    for (what, change) in [
        (
            "nobody",
            (|request| request.access.subscription = None) as fn(&mut Request),
        ),
        ("another user's token with it", |request| {
            request.access.user = Some(someone("adele"));
        }),
        ("a user of that name of another issuer", |request| {
            let mut user = megan();
            user.issuer = "https://other.example".into();
            request.access.user = Some(user);
        }),
        ("a user of that name of another tenant", |request| {
            let mut user = megan();
            user.tenant = "t".into();
            request.access.user = Some(user);
        }),
        ("a path that names another user", |request| {
            request.access.addressee = Addressee::User("adele".into());
        }),
    ] {
        let mut request = megans.clone();
        change(&mut request);
        assert_refused(&mut world, what, &request, NOT_AUTHORIZED);
    }
    assert_eq!(world.count(), 0);
    for name in ["megan", "MEGAN@example.com"] {
        let mut request = megans.clone();
        request.access.user = Some(megan());
        request.access.addressee = Addressee::User(name.into());
        assert_eq!(world.ask(&request).status, 201, "{name}");
    }
    let mut own = request(Command::List(Query::default()));
    own.access.addressee = Addressee::User("adele".into());
    assert_refused(&mut world, "a list of another user's", &own, NOT_AUTHORIZED);
}

#[test]
fn the_host_of_the_body_must_be_the_feeds() {
    let mut world = World::new();
    let subscription = world.subscribed(None);
    let other = Post {
        host: "other.example.com".into(),
        ..Post::new("a")
    };
    let command = other.command(world.now(), &world.settings);
    let request = by_subscription(&subscription, command);
    assert_refused(&mut world, "another host", &request, NOT_AUTHORIZED);
    assert_eq!(world.count(), 0);
}

#[test]
fn the_first_failure_answers() {
    let mut world = World::with(Settings {
        post_rate: Rate {
            per_second: 1,
            burst: 2,
        },
        ..settings()
    });
    let [ended, live] = ["a", "b"].map(|device| world.subscribed(Some(device)));
    world.as_megan(Command::Unsubscribe(ended.clone()));
    let invalid = |id: &str| by_subscription(id, refusal());
    assert_refused(
        &mut world,
        "403 before 400",
        &invalid(&ended),
        NOT_AUTHORIZED,
    );
    let bad = (400, "InvalidPayload");
    assert_refused(&mut world, "400 with a right", &invalid(&live), bad);
    // Both counted.
    let throttled = (406, "Throttled");
    assert_refused(&mut world, "406 before 403", &invalid(&ended), throttled);
    let valid = by_subscription(&live, post(&world));
    assert_refused(&mut world, "406", &valid, throttled);
    assert_eq!(world.ask(&valid).header("Retry-After"), Some("1"));
    world.pass(1000);
    assert_eq!(world.ask(&valid).status, 201);
}

#[test]
fn neither_a_read_nor_a_refused_call_makes_tables() {
    let mut world = World::new();
    let id = "00000000-0000-4000-8000-000000000000";
    for (command, status) in [
        (Command::List(Query::default()), 200),
        (Command::Count(Query::default()), 200),
        (Command::Delta(Query::default()), 200),
        (Command::Endpoints(None), 200),
        (Command::Subscriptions, 200),
        (read_item(id), 404),
        (update(id, read()), 404),
        (delete(id), 404),
        (Command::Unsubscribe(id.into()), 404),
        (Command::UnsubscribeAll, 204),
        (refusal(), 400),
    ] {
        let answer = world.as_megan(command.clone());
        assert_eq!(answer.status, status, "{command:?}: {answer:?}");
    }
    assert_eq!(world.count(), 0);
    let refused = world.ask(&by_subscription(id, post(&world)));
    assert_eq!(refused.status, 403);
    world.pass(2 * HOUR);
    assert_eq!(world.runtime.tables.names(), Vec::<String>::new());
    assert_eq!(world.alarm(), None, "nothing is due");
    assert_eq!(world.runtime.log.borrow().len(), 0);
}
