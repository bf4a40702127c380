//! Answers: the first one wins, from whichever device, and is everybody's (CONTRACT §5.3).

use notifeed::feed::answer::Answering;
use notifeed::feed::update::StateUpdate;
use notifeed::feed::{ReadState, UserActionState};
use notifeed::notification::Platform;
use notifeed_hub::wire::{self, Command};
use serde_json::{Value as Json, json};

use crate::asking::*;
use crate::told::{assert_shape, connected, result};
use crate::world::World;

fn keyed(action: &str, revision: i64, key: &str) -> Answering {
    Answering {
        key: Some(key.into()),
        ..by(action, revision)
    }
}

fn give(world: &mut World, id: &str, answering: Answering) -> Answer {
    world.as_megan(Command::Answer(Box::new(answer(id, answering))))
}

fn item(world: &mut World, id: &str) -> Json {
    world.as_megan(read_item(id)).json()
}

#[test]
fn the_first_answer_wins_and_every_device_is_told() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").key("k").asks());
    assert_eq!(item(&mut world, &id)["revision"], 1);
    let mut windows = connected(&mut world, Platform::Windows);
    let mut ios = connected(&mut world, Platform::Ios);

    let frame = json!({ "type": "answer", "ref": "1", "id": id, "actionId": "reject", "revision": 1, "key": "w", "text": "No" });
    let won = result(&mut world, &mut windows, &frame);
    assert_eq!((&won["status"], &won["seq"]), (&json!(200), &json!(2)));
    let given = won["answer"].clone();
    assert_eq!(given["actionId"], "reject");
    assert_eq!(
        (&given["text"], &given["platform"]),
        (&json!("No"), &json!("Windows"))
    );

    ios.listen(&mut world);
    let told = ios.heard.pop().unwrap();
    assert_shape(&told);
    assert_eq!((&told["type"], &told["answer"]), (&json!("state"), &given));
    assert_eq!(
        (&told["readState"], &told["userActionState"]),
        (&json!("read"), &json!("activated"))
    );

    let late = json!({ "type": "answer", "ref": "2", "id": id, "actionId": "approve", "revision": 1, "key": "i" });
    let late = result(&mut world, &mut ios, &late);
    assert_eq!(late["status"], 409);
    assert_eq!(late["error"]["code"], "AlreadyAnswered");
    assert_eq!(late["error"]["details"][0]["target"], "reject");
    // The winner's key once more, as after a lost answer: the same again, and nobody is told.
    let again = result(&mut world, &mut windows, &frame);
    assert_eq!((&again["status"], &again["answer"]), (&json!(200), &given));
    assert_eq!(again.get("seq"), None);
    ios.listen(&mut world);
    assert!(ios.heard.is_empty());

    for evicted in [false, true] {
        if evicted {
            world.evict();
        }
        assert_eq!(item(&mut world, &id)["answer"], given);
        assert_eq!(world.list()[0]["answer"], given);
        assert_eq!(world.delta()[0]["answer"], given);
    }
    let mut other = connected(&mut world, Platform::Ios);
    world.set(
        &id,
        StateUpdate {
            read_state: Some(ReadState::Unread),
            user_action_state: None,
            snoozed_until_date_time: None,
        },
    );
    other.listen(&mut world);
    assert_eq!(other.heard.pop().unwrap()["answer"], given);

    world.rest();
    let copies = world.copies();
    let (_, copy) = copies[&id].last_key_value().unwrap();
    assert_eq!((&copy["answer"], &copy["answerKey"]), (&given, &json!("w")));
}

#[test]
fn the_sender_reads_it_without_the_device() {
    let mut world = World::new();
    let subscription = world.subscribed(Some("d"));
    let post = Post::new("a").asks().command(world.now(), &world.settings);
    let id = world.ask(&by_subscription(&subscription, post)).id();
    let read = |world: &mut World| {
        world
            .ask(&by_subscription(&subscription, read_item(&id.clone())))
            .json()
    };
    assert_eq!(read(&mut world)["answer"], Json::Null);
    let given = wire::Answer {
        endpoint: Some(subscription.clone()),
        ..answer(&id, by("approve", 1))
    };
    let answered = world.as_megan(Command::Answer(Box::new(given)));
    assert_eq!(answered.status, 200, "{answered:?}");
    assert_eq!(answered.json()["answer"]["endpoint"], subscription);
    let told = read(&mut world)["answer"].clone();
    assert_eq!(
        (&told["actionId"], &told["platform"]),
        (&json!("approve"), &json!("Windows"))
    );
    assert_eq!(told.get("endpoint"), None);
    for endpoint in ["no id", "00000000-0000-4000-8000-000000000000"] {
        let given = wire::Answer {
            endpoint: Some(endpoint.into()),
            ..answer(&id, by("approve", 1))
        };
        assert_eq!(world.as_megan(Command::Answer(Box::new(given))).status, 404);
    }
}

#[test]
fn faults_are_found_in_the_order_of_the_contract() {
    let mut world = World::new();
    let id = world.posted(&Post::new("a").key("k").asks());
    let plain = world.posted(&Post::new("b"));
    let refused =
        |world: &mut World, id: &str, answering: Answering| give(world, id, answering).problem();
    let problem = |status: u16, code: &str| (status, code.to_owned());
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_eq!(
        refused(&mut world, unknown, by("approve", 1)),
        problem(404, "ItemNotFound")
    );
    assert_eq!(
        refused(&mut world, &plain, by("approve", 1)),
        problem(400, "BadRequest")
    );
    for bad in [
        by("later", 1),
        Answering {
            text: Some("Why".into()),
            ..by("approve", 1)
        },
        Answering {
            text: Some(String::new()),
            ..by("reject", 1)
        },
        Answering {
            text: Some("eleven char".into()),
            ..by("reject", 2)
        },
    ] {
        assert_eq!(refused(&mut world, &id, bad), problem(400, "BadRequest"));
    }
    assert_eq!(
        refused(&mut world, &id, by("approve", 2)),
        problem(409, "ContentChanged")
    );
    let with_states = |read_state| wire::Answer {
        states: StateUpdate {
            read_state: Some(read_state),
            user_action_state: None,
            snoozed_until_date_time: None,
        },
        ..answer(&id, by("approve", 1))
    };
    let combined = Command::Answer(Box::new(with_states(ReadState::Read)));
    assert_eq!(
        world.as_megan(combined).problem(),
        problem(400, "BadRequest")
    );
    let stale = wire::Answer {
        if_match: Some("\"9.9\"".into()),
        ..answer(&id, by("later", 1))
    };
    assert_eq!(
        world.as_megan(Command::Answer(Box::new(stale))).problem(),
        problem(412, "PreconditionFailed")
    );
    assert_eq!(item(&mut world, &id).get("answer"), None);

    let harmless = Command::Answer(Box::new(with_states(ReadState::Unread)));
    assert_eq!(world.as_megan(harmless).status, 200);
    assert_eq!(
        refused(&mut world, &id, by("reject", 1)),
        problem(409, "AlreadyAnswered")
    );
    world.remove(&id);
    assert_eq!(
        refused(&mut world, &id, by("approve", 1)),
        problem(404, "ItemNotFound")
    );
}

#[test]
fn a_replacement_asks_again_or_keeps_the_answer() {
    let mut world = World::new();
    let ask = Post::new("Deploy?").key("k").asks();
    let id = world.posted(&ask);
    assert_eq!(give(&mut world, &id, keyed("approve", 1, "w")).status, 200);
    let given = item(&mut world, &id)["answer"].clone();

    // A restarted asker posts the same with another expiration: it stays answered, and the states stay.
    world.posted(&ask.clone().lives(2 * HOUR));
    let same = item(&mut world, &id);
    assert_eq!((&same["answer"], &same["revision"]), (&given, &json!(2)));
    assert_eq!(same["readState"], "read");
    assert_eq!(
        give(&mut world, &id, keyed("reject", 2, "other"))
            .problem()
            .1,
        "AlreadyAnswered"
    );

    // A report without actions keeps the answer as a record.
    let mut device = connected(&mut world, Platform::Windows);
    world.posted(&Post::new("Deploying").key("k"));
    device.listen(&mut world);
    assert_eq!(device.heard.pop().unwrap()["notification"]["answer"], given);
    let report = item(&mut world, &id);
    assert_eq!(
        (&report["answer"], &report["readState"]),
        (&given, &json!("unread"))
    );

    // Another question is open, and a tap on the former one doesn't answer it.
    world.posted(&Post::new("Deploy the next?").key("k").asks());
    assert_eq!(item(&mut world, &id).get("answer"), None);
    assert_eq!(
        give(&mut world, &id, keyed("approve", 3, "w")).problem().1,
        "ContentChanged"
    );
    assert_eq!(give(&mut world, &id, keyed("reject", 4, "w")).status, 200);
    world.evict();
    assert_eq!(item(&mut world, &id)["answer"]["actionId"], "reject");
    world.rest();
    let copies = world.copies();
    let (_, copy) = copies[&id].last_key_value().unwrap();
    assert_eq!(copy["answer"]["actionId"], "reject");
}

/// Numbers that look random, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Three devices answer at once, each until it has an answer, while the feed's memory ends at any operation and the
/// asker may replace, and the user read or delete, meanwhile; or its time is up.
#[test]
fn of_three_that_answer_at_once_exactly_one_wins() {
    const ROUNDS: u64 = 10_000;
    let mut world = World::new();
    let mut dice = Dice(1);
    let (mut crashes, mut changed, mut ended) = (0, 0, 0);
    for round in 0..ROUNDS {
        let ask = Post::new("first").key("k").asks();
        let id = world.posted(&ask);
        let mut revision = 1;
        let mut waiting: Vec<(u64, &str, i64)> = (0..3)
            .map(|device| {
                (
                    device,
                    ["approve", "reject"][usize::try_from(dice.below(2)).unwrap()],
                    revision,
                )
            })
            .collect();
        let mut winners = Vec::new();
        let mut refusals = Vec::new();
        let (mut replaced, mut gone) = (false, false);
        while !waiting.is_empty() {
            match dice.below(32) {
                0..4 if !replaced && !gone && winners.is_empty() => {
                    world.posted(&Post::new("second").key("k").asks());
                    (replaced, revision) = (true, 2);
                    continue;
                }
                4..8 if !gone => world.set(&id, acted(UserActionState::Snoozed)),
                8 if !gone => {
                    world.remove(&id);
                    gone = true;
                }
                9 if !gone => {
                    world.pass(HOUR);
                    gone = true;
                }
                _ => {}
            }
            let place = usize::try_from(dice.below(waiting.len() as u64)).unwrap();
            let (device, action, seen) = waiting[place];
            if dice.below(3) == 0 {
                world.runtime.faults.crash_at(1 + dice.below(6));
            }
            let command = Command::Answer(Box::new(answer(
                &id,
                keyed(action, seen, &device.to_string()),
            )));
            let outcome = world.try_ask(&request(command));
            world.runtime.faults.end();
            match outcome {
                Err(_) => crashes += 1,
                Ok(reply) if reply.status >= 500 => crashes += 1,
                Ok(reply) if reply.status == 200 => {
                    winners.push(reply.json()["answer"].clone());
                    waiting.remove(place);
                }
                Ok(reply) if reply.status == 404 => {
                    assert!(gone, "round {round}");
                    waiting.remove(place);
                }
                Ok(reply) if reply.code() == "ContentChanged" => {
                    assert!(seen < revision);
                    changed += 1;
                    waiting[place].2 = revision;
                }
                Ok(reply) => {
                    assert_eq!(reply.code(), "AlreadyAnswered", "{reply:?}");
                    refusals.push(reply.json()["error"]["details"][0]["target"].clone());
                    waiting.remove(place);
                }
            }
        }
        if gone {
            assert!(winners.len() <= 1, "round {round}");
            ended += 1;
            continue;
        }
        let there = item(&mut world, &id)["answer"].clone();
        assert_eq!(winners, std::slice::from_ref(&there), "round {round}");
        assert!(
            refusals.iter().all(|action| *action == there["actionId"]),
            "round {round}"
        );
        assert_eq!(refusals.len(), 2, "round {round}");
        world.remove(&id);
        if round % 100 == 0 {
            world.pass(2 * HOUR);
        }
    }
    assert!(
        crashes > 1000 && changed > 1000 && ended > 1000,
        "{crashes} crashes, {changed} changes, {ended} ends"
    );
}
