//! Snoozed items: unread again at their instant, on every device, whether or not the feed is in memory then (CONTRACT §5.6).

use notifeed::feed::update::StateUpdate;
use notifeed::feed::{ReadState, UserActionState};
use notifeed::notification::Platform;
use notifeed::time::Timestamp;
use serde_json::{Value as Json, json};

use crate::asking::*;
use crate::push::{SECOND, to, world as pushing};
use crate::told::{Told, connected, result};
use crate::world::World;

const MINUTE: i64 = 60_000;

fn until(at: Timestamp) -> StateUpdate {
    StateUpdate {
        read_state: Some(ReadState::Read),
        user_action_state: Some(UserActionState::Snoozed),
        snoozed_until_date_time: Some(at),
    }
}

/// Snoozes an item for so many milliseconds.
fn snooze(world: &mut World, id: &str, millis: i64) -> Timestamp {
    let at = world.now().saturating_add(ms(millis));
    world.set(id, until(at));
    at
}

fn item(world: &mut World, id: &str) -> Json {
    world.as_megan(read_item(id)).json()
}

#[test]
fn a_snoozed_item_is_unread_again_at_its_instant() {
    for evicted in [false, true] {
        let mut world = World::new();
        let id = world.posted(&Post::new("a").key("k"));
        let mut device = connected(&mut world, Platform::Windows);
        let at = snooze(&mut world, &id, MINUTE);
        device.listen(&mut world);
        let told = device.heard.pop().unwrap();
        assert_eq!(
            (
                &told["type"],
                &told["userActionState"],
                &told["snoozedUntilDateTime"]
            ),
            (&json!("state"), &json!("snoozed"), &json!(at.to_string()))
        );
        let snoozed = item(&mut world, &id);
        assert_eq!(snoozed["snoozedUntilDateTime"], json!(at.to_string()));
        if evicted {
            world.evict();
        }
        world.pass(MINUTE - 1);
        assert_eq!(item(&mut world, &id)["userActionState"], "snoozed");
        world.pass(1);
        device.listen(&mut world);
        let told = device.heard.pop().unwrap();
        assert_eq!(
            (&told["type"], &told["seq"]),
            (&json!("notification"), &json!(3))
        );
        let woken = &told["notification"];
        assert_eq!(
            (
                &woken["readState"],
                &woken["userActionState"],
                woken.get("snoozedUntilDateTime")
            ),
            (&json!("unread"), &json!("noInteraction"), None)
        );
        assert_eq!(woken["lastModifiedDateTime"], json!(at.to_string()));
        assert_eq!(item(&mut world, &id)["readState"], "unread");
        world.rest();
    }
}

#[test]
fn an_event_that_comes_first_carries_out_what_is_due() {
    let mut world = World::new();
    let ids: Vec<String> = (0..250)
        .map(|number| world.quietly(|world| world.posted(&Post::new(&number.to_string()))))
        .collect();
    let mut order = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        world.pass(100);
        // The last is due first.
        snooze(
            &mut world,
            id,
            MINUTE * 10 - 200 * i64::try_from(number).unwrap(),
        );
        order.insert(0, id.clone());
    }
    world.evict();
    // The alarm never rings: a read finds all of it done, in the order of instant.
    let later = world.now().saturating_add(ms(MINUTE * 10));
    world.runtime.now.set(later);
    let changed = world.delta();
    let woken: Vec<&str> = changed
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(woken, order);
    assert!(changed.iter().all(|item| item["readState"] == "unread"));
    let instant = |item: &Json| item["lastModifiedDateTime"].as_str().map(Timestamp::parse);
    assert!(changed.is_sorted_by_key(|item| instant(item).unwrap().unwrap()));
}

#[test]
fn whatever_else_happens_to_it_ends_the_snooze() {
    let mut world = World::new();
    type Act = fn(&mut World, &str);
    let acts: [Act; 5] = [
        |world, id| world.set(id, acted(UserActionState::Dismissed)),
        // Without a time it is a label, as before there were times.
        |world, id| world.set(id, acted(UserActionState::Snoozed)),
        |world, _| drop(world.posted(&Post::new("b").key("k").asks())),
        |world, id| {
            let answered = world.as_megan(answer_by(id, "approve", 1));
            assert_eq!(answered.status, 200);
        },
        |world, id| world.remove(id),
    ];
    for act in acts {
        let id = world.posted(&Post::new("a").key("k").asks());
        snooze(&mut world, &id, MINUTE);
        // Reading it leaves the snooze.
        world.set(&id, read());
        assert!(item(&mut world, &id)["snoozedUntilDateTime"].is_string());
        act(&mut world, &id);
        let then = item(&mut world, &id);
        assert_eq!(then.get("snoozedUntilDateTime"), None);
        world.pass(2 * MINUTE);
        assert_eq!(
            item(&mut world, &id)["userActionState"],
            then["userActionState"]
        );
        assert_eq!(
            item(&mut world, &id)["lastModifiedDateTime"],
            then["lastModifiedDateTime"]
        );
        if then["error"].is_null() {
            world.remove(&id);
        }
    }
}

#[test]
fn an_instant_that_cannot_be_is_refused_and_what_comes_back_is_ignored() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").lives(HOUR));
    let mut device = connected(&mut world, Platform::Windows);
    let now = world.now();
    let refused = |states: StateUpdate| (states, 400, "BadRequest");
    let expiration = now.saturating_add(ms(HOUR));
    let mut unaccompanied = until(now.saturating_add(ms(MINUTE)));
    unaccompanied.user_action_state = None;
    for (states, status, code) in [
        refused(until(now)),
        refused(until(expiration)),
        refused(unaccompanied),
    ] {
        let answer = world.as_megan(update(&id, states));
        assert_eq!(answer.problem(), (status, code.into()));
        assert_eq!(
            answer.json()["error"]["details"][0]["target"],
            "snoozedUntilDateTime"
        );
    }
    assert_eq!(item(&mut world, &id)["readState"], "unread");
    let frame = json!({ "type": "update", "ref": "1", "id": id, "userActionState": "snoozed",
        "snoozedUntilDateTime": now.to_string() });
    assert_eq!(result(&mut world, &mut device, &frame)["status"], 400);
    let later = now.saturating_add(ms(MINUTE));
    let frame = json!({ "type": "update", "ref": "2", "id": id, "userActionState": "snoozed",
        "snoozedUntilDateTime": later.to_string() });
    assert_eq!(result(&mut world, &mut device, &frame)["status"], 200);
    // An SDK sends all of it back, with another read state.
    let mut back = until(later);
    back.user_action_state = None;
    world.set(&id, back);
    assert_eq!(
        item(&mut world, &id)["snoozedUntilDateTime"],
        json!(later.to_string())
    );
    assert_eq!(item(&mut world, &id)["readState"], "read");
    world.pass(MINUTE);
    device.listen(&mut world);
    assert!(
        device
            .told()
            .iter()
            .any(|told| matches!(told, Told::Content(..)))
    );
}

#[test]
fn the_end_of_a_snooze_is_pushed_like_new_content() {
    for evicted in [false, true] {
        let mut world = pushing();
        world.pushed_to("a");
        let ids = ["one", "two"].map(|text| world.post_to_web(text));
        world.pass(SECOND);
        assert_eq!(world.sent().len(), 2);
        for id in &ids {
            snooze(&mut world, id, MINUTE);
        }
        // A dismissal ends a snooze, and nothing is pushed of it.
        world.set(&ids[1], acted(UserActionState::Dismissed));
        if evicted {
            world.evict();
        }
        world.pass(MINUTE - 1);
        assert_eq!(world.sent(), []);
        world.pass(SECOND);
        assert_eq!((world.sent(), world.due()), (to(&[("a", "one")]), 0));
    }
}

#[test]
fn a_copy_that_is_made_of_a_snoozed_item_has_its_instant() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a"));
    let at = snooze(&mut world, &id, 10 * MINUTE);
    // The copy is read back from the row, once the feed is awake again.
    world.evict();
    item(&mut world, &id);
    world.pass(MINUTE);
    let copy = &world.copies()[&id][&1];
    assert_eq!(
        (&copy["userActionState"], &copy["snoozedUntil"]),
        (&json!("snoozed"), &json!(at.unix_millis()))
    );
}

#[test]
fn a_crash_or_a_failure_at_any_operation_ends_it_late_and_once() {
    for crashes in [true, false] {
        let mut operation = 0;
        loop {
            operation += 1;
            let mut world = World::new();
            let id = world.posted(&Post::new("a"));
            let mut device = connected(&mut world, Platform::Windows);
            let at = snooze(&mut world, &id, MINUTE);
            world.rest();
            let faults = &world.runtime.faults;
            match crashes {
                true => faults.crash_at(operation),
                false => faults.fail_at(operation),
            }
            world.pass(MINUTE);
            let happened = world.runtime.faults.end();
            world.pass(5 * MINUTE);
            let woken = item(&mut world, &id);
            assert_eq!(woken["readState"], "unread", "{operation}");
            assert_eq!(
                woken["lastModifiedDateTime"],
                json!(at.to_string()),
                "{operation}"
            );
            assert_eq!(world.delta()[0]["id"], json!(id));
            device.listen(&mut world);
            if !happened {
                assert!(operation > 1);
                break;
            }
        }
    }
}
