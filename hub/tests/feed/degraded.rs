//! Reads from KV's copies while the feed can't answer say what the feed would, as far as KV has been told (CONTRACT §2).

use notifeed::feed::UserActionState;
use notifeed::feed::degraded::{Failure, Next, after};
use notifeed::feed::query::Query;
use notifeed::http::Reply;
use notifeed::notification::Platform;
use notifeed::time::Timestamp;
use notifeed_hub::wire::Command;
use serde_json::Value as Json;

use crate::asking::*;
use crate::world::{FEED, World};

const MARK: &str = "@notifeed.degraded";

impl World {
    /// The answer by the copies, as the Worker asks for it; `None`: there is none.
    fn degraded(&self, command: Command, now: Timestamp) -> Option<Answer> {
        let request = request(command);
        let wanted = request.command.wanted()?;
        let own = format!("{FEED}:");
        let begin = own.clone() + &wanted.prefix();
        let kv = self.runtime.kv.borrow();
        let listed: String = kv
            .stored(now)
            .filter(|(key, _)| key.starts_with(&begin))
            .map(|(key, stored)| {
                let metadata: Json = serde_json::from_str(&stored.metadata).unwrap();
                let word = |name: &str| metadata.get(name).unwrap_or(&Json::Null).to_string();
                let words = [
                    &key[own.len()..],
                    &word("ordinal"),
                    &word("expiration"),
                    &word("gone"),
                ];
                words.join(" ") + "\n"
            })
            .collect();
        let chosen = wanted.choose(&listed, now);
        let value = |key: &&str| {
            let whole = format!("{own}{key}");
            kv.stored(now)
                .find(|(known, _)| *known == whole)
                .unwrap()
                .1
                .value
                .as_str()
        };
        let context = request.asked_by.clone().context(now);
        let values: Vec<&str> = chosen.iter().map(value).collect();
        match wanted.answer(values.into_iter(), &megan().principal_name, &context) {
            Ok(body) => Some(Answer::read(&Reply::degraded(body?).to_text())),
            Err(problem) => {
                let reply = Reply::problem(&problem, &context, &self.settings.policy);
                Some(Answer::read(&reply.to_text()))
            }
        }
    }

    /// Asserts that the copies answer as the feed does, but for their mark and their headers.
    fn assert_same(&mut self, command: &Command) {
        let now = self.now();
        let mut degraded = self.degraded(command.clone(), now).unwrap();
        let own = self.as_megan(command.clone());
        assert_eq!(degraded.status, own.status, "{command:?}");
        if own.status != 200 {
            return;
        }
        assert_eq!(degraded.header("Cache-Control"), Some("no-store"));
        assert_eq!(degraded.header("ETag"), None);
        let body = degraded
            .body
            .strip_suffix(&format!(",\"{MARK}\":true}}"))
            .unwrap();
        degraded.body = format!("{body}}}");
        assert_eq!(degraded.body, own.body, "{command:?}");
    }
}

fn list(query: Query) -> Command {
    Command::List(query)
}

#[test]
fn copies_answer_as_the_feed_does() {
    let mut world = World::new();
    let first = world.posted(&Post::new("a").key("k").lives(3 * HOUR));
    let asks = world.posted(&Post::new("b").asks());
    let short = world.posted(&Post::new("short").lives(100_000));
    let deleted = world.posted(&Post::new("deleted"));
    world.posted(&Post::new("raw").raw(Some(60)));
    world.rest();
    world.posted(&Post {
        display: Some(90),
        group: Some("g".into()),
        ..Post::new("other").key("k")
    });
    assert_eq!(world.as_megan(answer_by(&asks, "approve", 1)).status, 200);
    world.subscribed(Some("d"));
    world.remove(&deleted);
    world.rest();
    for _ in 0..2 {
        for id in [&first, &asks, &short, &deleted] {
            world.assert_same(&read_item(id));
        }
        world.assert_same(&list(Query::default()));
        let select = vec!["payload".to_owned(), "answer".to_owned()];
        world.assert_same(&list(Query {
            select,
            ..Query::default()
        }));
        // An item that has expired is still in KV: for two minutes.
        world
            .runtime
            .now
            .set(world.now().saturating_add(ms(100_000)));
    }
    // The newest only, without a link to what comes next.
    let page = world.degraded(
        list(Query {
            top: Some(1),
            ..Query::default()
        }),
        world.now(),
    );
    let json = page.unwrap().json();
    assert_eq!(json["value"].as_array().unwrap().len(), 1);
    assert_eq!(json.get("@odata.nextLink"), None);
}

#[test]
fn the_highest_copy_counts_while_lower_ones_are_there() {
    let mut world = World::new();
    let id = world.posted(&Post::new("old").key("k"));
    let gone = world.posted(&Post::new("gone"));
    world.rest();
    let before: Vec<_> = {
        let kv = world.runtime.kv.borrow();
        let stored = kv.stored(world.now());
        stored
            .map(|(key, stored)| (key.to_owned(), stored.clone()))
            .collect()
    };
    world.posted(&Post::new("new").key("k"));
    world.remove(&gone);
    world.rest();
    // KV's list is late: it still has what was removed.
    world.runtime.kv.borrow_mut().put_back(&before);
    world.assert_same(&read_item(&id));
    world.assert_same(&read_item(&gone));
    world.assert_same(&list(Query::default()));
}

#[test]
fn a_snooze_that_is_over_has_ended() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").key("k"));
    let until = world.now().saturating_add(ms(60_000));
    let mut snoozed = acted(UserActionState::Snoozed);
    snoozed.snoozed_until_date_time = Some(until);
    world.set(&id, snoozed);
    // A feed that wakes copies its rows, states and all.
    world.evict();
    assert_eq!(world.count(), 1);
    world.rest();
    world.assert_same(&read_item(&id));
    let before = world.degraded(read_item(&id), world.now()).unwrap().json();
    assert_eq!(before["userActionState"], "snoozed");
    let degraded = world.degraded(read_item(&id), until).unwrap().json();
    assert_eq!(degraded["userActionState"], "noInteraction");
    assert_eq!(degraded.get("snoozedUntilDateTime"), None);
}

#[test]
fn copies_answer_nothing_that_they_cant_know() {
    let mut world = World::new();
    world.posted(&Post::new("a"));
    let now = world.now();
    let unknown = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
    assert_eq!(world.degraded(read_item(unknown), now), None);
    assert_eq!(world.degraded(read_item("none"), now), None);
    for query in [
        Query {
            skip_token: Some("t".into()),
            ..Query::default()
        },
        Query {
            count: true,
            ..Query::default()
        },
        Query {
            platform: Some(Platform::Ios),
            ..Query::default()
        },
    ] {
        assert_eq!(world.degraded(list(query), now), None);
    }
    let empty = world.degraded(list(Query::default()), now).unwrap();
    assert_eq!(empty.ids(), Vec::<String>::new());
    assert_eq!(empty.json()[MARK], true);
}

#[test]
fn only_failures_of_the_platform_lead_to_copies() {
    for (failure, first, second) in [
        (Failure::Overloaded, Next::ReadCopies, Next::ReadCopies),
        (Failure::Reset, Next::AskAgain, Next::ReadCopies),
        (Failure::Silent, Next::ReadCopies, Next::ReadCopies),
        (Failure::Fault, Next::Fail, Next::Fail),
    ] {
        assert_eq!(
            [after(failure, false), after(failure, true)],
            [first, second]
        );
    }
}
