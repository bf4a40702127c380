//! A Worker and a feed of different releases, and a feed on the tables of a later one.

use notifeed::feed::query::Query;
use notifeed::notification::Platform;
use notifeed_hub::wire::{Command, PROTOCOL, Request, UNSUPPORTED_RETRY_AFTER};

use crate::asking::*;
use crate::life::{Life, STEPS};
use crate::world::World;

fn field(mark: char) -> String {
    format!("{mark}later 1:x\n")
}

#[test]
fn what_a_later_release_asks_is_refused_with_nothing_done_unless_it_may_be_ignored() {
    let mut world = World::new();
    let command = Post::new("a").command(world.now(), &world.settings);
    let (append, fields) = request(command).encode();
    let must = [fields.clone(), field('!')].concat();
    let may = [fields.clone(), field('?')].concat();
    let tables = |world: &World| world.runtime.tables.names();
    for (operation, fields) in [("later", &fields), (append, &must), ("", &fields)] {
        for protocol in [PROTOCOL, PROTOCOL + 1] {
            let refused = world.try_call(protocol, operation, fields);
            let refused = refused.unwrap_or_else(|_| panic!("{operation}"));
            assert_eq!(refused.status, 503, "{operation}: {refused:?}");
            let wait = UNSUPPORTED_RETRY_AFTER.seconds_to_wait().to_string();
            assert_eq!(refused.header("Retry-After"), Some(wait.as_str()));
            assert!(tables(&world).is_empty());
        }
    }
    for protocol in [PROTOCOL, PROTOCOL + 1] {
        let accepted = world.try_call(protocol, append, &may);
        assert!(accepted.is_ok_and(|answer| answer.status == 201));
    }
    assert_eq!(world.count(), 2);
}

#[test]
fn what_is_asked_arrives_whole() {
    let world = World::new();
    let post = Post {
        group: Some("g".into()),
        display: Some(60),
        ..Post::new("é\n1:x").key("k")
    };
    let commands = [
        post.command(world.now(), &world.settings),
        read_item("an id"),
        Command::Count(Query::default()),
        Command::UnsubscribeAll,
        Command::Stream(stream(Platform::Ios, Some("cursor"), world.now())),
    ];
    for command in commands {
        let sent = request(command);
        let (operation, fields) = sent.encode();
        assert_eq!(Request::decode(operation, &fields).unwrap(), sent);
    }
}

#[test]
fn what_no_release_writes_is_refused_with_nothing_done() {
    let mut world = World::new();
    let command = Post::new("a").command(world.now(), &world.settings);
    let (append, fields) = request(command).encode();
    let without_host = fields.replace(&format!("!host {}:{HOST}\n", HOST.len()), "");
    assert_ne!(without_host, fields);
    for text in ["x", "!a", &fields[..fields.len() - 1], &without_host] {
        let refused = world.try_call(PROTOCOL, append, text);
        assert!(refused.is_ok_and(|answer| answer.status == 503), "{text}");
    }
    assert!(world.runtime.tables.names().is_empty());
}

/// A later release adds columns with defaults, tables, and counts its schema on.
fn migrate(world: &mut World) {
    world.evict();
    let tables = &world.runtime.tables;
    for table in tables.names() {
        tables.execute(&format!(
            "ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT 'x'"
        ));
        tables.execute(&format!("ALTER TABLE {table} ADD COLUMN more INTEGER"));
    }
    tables.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)");
    assert_eq!(tables.execute("UPDATE feed SET schema = schema + 1"), 1);
}

#[test]
fn the_tables_of_a_later_release_serve() {
    let after = Life::undisturbed();
    for migrated in [1, 4, 12, 20] {
        let mut life = Life::new();
        for (number, step) in STEPS.iter().enumerate() {
            if number == migrated {
                migrate(&mut life.world);
            }
            assert_eq!(step(&mut life), Ok(()));
            assert_eq!(life.shown(), after[number]);
        }
        life.finish();
        let changed = "SELECT count(*) FROM feed WHERE schema = 2 AND later = 'x'";
        assert_eq!(life.world.runtime.tables.number(changed), 1);
    }
}

#[test]
fn what_a_later_release_stored_never_fails_a_page() {
    let mut world = World::new();
    let [a, b] = ["a", "b"].map(|text| world.posted(&Post::new(text)));
    world.evict();
    // States that this release doesn't know.
    let tables = &world.runtime.tables;
    let changed = tables.execute(&format!(
        "UPDATE item SET read_state = 77, user_action_state = 78 WHERE id = '{a}'"
    ));
    assert_eq!(changed, 1);
    let ids: Vec<String> = world
        .list()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.contains(&b));
    let delta = world.as_megan(Command::Delta(Query::default()));
    assert!(delta.ids().contains(&b));
    let line = world.connected(Platform::Windows);
    assert!(world.runtime.lines.borrow().unread_of(line) >= 2);
    assert_eq!(world.as_megan(Command::Count(Query::default())).status, 200);
}
