//! Apps that wait for news of what they sent (CONTRACT §5.1): woken by that, by nothing else, and after an eviction too.

use notifeed::feed::ReadState;
use notifeed::feed::mark_all::{MarkAll, Marking};
use notifeed::feed::query::Query;
use notifeed::feed::update::StateUpdate;
use notifeed_hub::wire::{self, Command};
use serde_json::json;

use crate::asking::*;
use crate::oversight::counters;
use crate::sent::{changes, etag_of, retract, sent, since, world};
use crate::world::{Heard, Line, World};

/// Has the app wait: the line that it waits on, or its answer.
fn wait(world: &mut World, subscription: &str, command: Command) -> Result<Line, Answer> {
    world.connect(&by_subscription(subscription, command))
}

/// Has the app wait for news of an item that it knows.
fn wait_for(world: &mut World, subscription: &str, id: &str) -> Line {
    let etag = etag_of(world, subscription, id);
    wait(world, subscription, read_known(id, &etag)).unwrap()
}

fn unseen() -> StateUpdate {
    StateUpdate {
        read_state: Some(ReadState::Unread),
        user_action_state: None,
        snoozed_until_date_time: None,
    }
}

/// Whether a line that a call waits on was closed.
fn woken(world: &mut World, line: Line) -> bool {
    std::iter::from_fn(|| world.read(line)).any(|heard| matches!(heard, Heard::Closed(..)))
}

#[test]
fn who_waits_for_an_item_is_woken_by_its_change_only() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a").asks());
    let other = sent(&mut world, &subscription, &Post::new("b"));
    for evicted in [false, true] {
        let line = wait_for(&mut world, &subscription, &id);
        let Some(Heard::Frame(ends)) = world.read(line) else {
            panic!("it isn't said when it ends");
        };
        assert!(ends.parse::<i64>().unwrap() <= HOUR);
        // No device is connected.
        assert_eq!(counters(&mut world).unwrap()["connections"], 0);
        if evicted {
            world.evict();
        }
        world.set(&other, crate::asking::read());
        world.set(&other, unseen());
        assert!(!woken(&mut world, line));
        // The call is no connection of a device.
        assert_eq!(
            world.as_megan(Command::Endpoints(None)).json()["value"][0]["live"],
            false
        );
        if evicted {
            world.as_megan(Command::MarkAll(MarkAll {
                marking: Marking::Read,
                cursor: None,
                platform: None,
            }));
        } else {
            world.set(&id, crate::asking::read());
            world.set(&id, unseen());
        }
        assert!(woken(&mut world, line));
    }
    // News that came before it asked is its answer.
    let known = wire::Read {
        id,
        if_none_match: Some("\"1.1\"".into()),
        ..wire::Read::default()
    };
    let answer = wait(&mut world, &subscription, Command::Read(known)).unwrap_err();
    assert_eq!(
        (answer.status, &answer.json()["readState"]),
        (200, &json!("read"))
    );
}

#[test]
fn who_waits_for_changes_is_woken_by_its_own_only() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a"));
    let (_, _, token) = changes(&mut world, &subscription, Query::default());
    let token = token.unwrap();
    for evicted in [false, true] {
        let (_, _, token) = changes(&mut world, &subscription, since(&token));
        let command = Command::SentChanges(since(&token.unwrap()));
        let line = wait(&mut world, &subscription, command).unwrap();
        if evicted {
            world.evict();
        }
        world.posted(&Post::new("of the app client"));
        assert!(!woken(&mut world, line));
        match evicted {
            false => world.set(&id, crate::asking::read()),
            true => assert_eq!(retract(&mut world, &subscription, &id, None).status, 204),
        }
        assert!(woken(&mut world, line));
    }
    let answer = wait(
        &mut world,
        &subscription,
        Command::SentChanges(since(&token)),
    );
    assert_eq!(answer.unwrap_err().json()["value"][0]["ended"], "retracted");
}

#[test]
fn an_app_waits_thirty_two_times_at_most() {
    let (mut world, subscription) = world();
    let id = sent(&mut world, &subscription, &Post::new("a"));
    let known = read_known(&id, &etag_of(&mut world, &subscription, &id));
    let lines: Vec<Line> = (0..32)
        .map(|_| {
            world.pass(1000);
            wait(&mut world, &subscription, known.clone()).unwrap()
        })
        .collect();
    world.pass(1000);
    let refused = wait(&mut world, &subscription, known.clone()).unwrap_err();
    assert_eq!(refused.problem(), (406, "ServerBusy".into()));
    world.hang_up(lines[0]);
    assert!(wait(&mut world, &subscription, known).is_ok());
}
