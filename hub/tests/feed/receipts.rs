//! Receipts of devices, and what is known of an item at each endpoint (CONTRACT §5.7).

use notifeed::feed::update::StateUpdate;
use notifeed::feed::{ReadState, UserActionState};
use notifeed::notification::Platform;
use notifeed::push::Outcome;
use notifeed::push::outcome::Reason;
use notifeed_hub::wire::{Command, Receipt};

use crate::asking::*;
use crate::push::*;
use crate::world::World;

impl World {
    /// A device returns a receipt. The status of the answer.
    fn returns(&mut self, subscription: &str, id: &str, revision: u32, states: StateUpdate) -> u16 {
        let subscription = guid(subscription);
        let mut request = request(Command::Receipt(Receipt {
            subscription,
            notification: guid(id),
            revision,
            states,
        }));
        request.access.user = None;
        request.access.host = None;
        request.access.subscription = Some(subscription);
        self.ask(&request).status
    }

    /// The delivery of an item at each endpoint, with the endpoint's device.
    fn deliveries(&mut self, id: &str) -> Vec<(String, String)> {
        let answer = self.as_megan(Command::Endpoints(Some(id.into()))).json();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let endpoints = answer["value"].as_array().unwrap().iter();
        let mut deliveries: Vec<_> = endpoints
            .map(|endpoint| (text(&endpoint["deviceId"]), text(&endpoint["delivery"])))
            .collect();
        deliveries.sort();
        deliveries
    }
}

const READ: StateUpdate = StateUpdate {
    read_state: Some(ReadState::Read),
    user_action_state: None,
    snoozed_until_date_time: None,
};
const DISMISSED: StateUpdate = StateUpdate {
    read_state: Some(ReadState::Read),
    user_action_state: Some(UserActionState::Dismissed),
    snoozed_until_date_time: None,
};
const ACTIVATED: StateUpdate = StateUpdate {
    read_state: None,
    user_action_state: Some(UserActionState::Activated),
    snoozed_until_date_time: None,
};

#[test]
fn a_receipt_says_what_a_person_did_and_only_moves_forward() {
    let mut world = world();
    let a = world.pushed_to("a");
    world.pushed_to("b");
    let id = world.post_to_web("one");
    world.pass(SECOND);
    assert_eq!(world.sent().len(), 2);
    assert_eq!(
        world.deliveries(&id),
        to(&[("a", "pushed"), ("b", "pushed")])
    );
    let states = |world: &mut World| {
        let item = world.as_megan(read_item(&id.clone())).json();
        (item["readState"].clone(), item["userActionState"].clone())
    };
    for (returned, read, acted) in [
        (StateUpdate::default(), "unread", "noInteraction"),
        (READ, "read", "noInteraction"),
        (DISMISSED, "read", "dismissed"),
        (ACTIVATED, "read", "dismissed"),
    ] {
        assert_eq!(world.returns(&a, &id, 1, returned), 204);
        assert_eq!(states(&mut world), (read.into(), acted.into()));
        assert_eq!(
            world.deliveries(&id),
            to(&[("a", "delivered"), ("b", "pushed")])
        );
    }
    // A feed that wakes knows it still.
    world.evict();
    assert_eq!(
        world.deliveries(&id),
        to(&[("a", "delivered"), ("b", "pushed")])
    );
}

#[test]
fn the_next_push_closes_what_was_dealt_with_elsewhere() {
    let mut world = world();
    world.pushed_to("a");
    let closes = |world: &mut World| {
        world.pass(SECOND);
        let sent = std::mem::take(&mut world.runtime.services.borrow_mut().sent);
        let read = |push: &notifeed_hub::host::Push| {
            let json: serde_json::Value = serde_json::from_str(&push.message.text).unwrap();
            json["notifeed"]["close"].clone()
        };
        sent.iter().map(read).collect::<Vec<_>>()
    };
    let none = serde_json::Value::Null;
    let [one, two, three] = ["one", "two", "three"].map(|text| world.post_to_web(text));
    assert_eq!(
        closes(&mut world),
        [none.clone(), none.clone(), none.clone()]
    );
    assert_eq!(world.as_megan(update(&one, read())).status, 200);
    assert_eq!(world.as_megan(delete(&two)).status, 204);
    world.evict();
    world.post_to_web("four");
    assert_eq!(closes(&mut world), [serde_json::json!([two, one])]);
    // Once is enough, and a device that had nothing has nothing to close.
    world.post_to_web("five");
    assert_eq!(closes(&mut world), vec![none.clone()]);
    world.as_megan(update(&three, acted(UserActionState::Dismissed)));
    world.pushed_to("b");
    world.post_to_web("six");
    let mut closed = closes(&mut world);
    closed.sort_by_key(ToString::to_string);
    assert_eq!(closed, [serde_json::json!([three]), none]);
}

#[test]
fn the_app_that_sent_it_is_told_platforms_and_states() {
    let mut world = world();
    let a = world.pushed_to("a");
    world.as_megan(subscribe_to(Platform::Ios, "phone", None));
    let id = world.post_to_web("one");
    world.pass(SECOND);
    let told = |world: &mut World, command| {
        let mut request = request(command);
        request.access.user = None;
        request.access.host = None;
        request.access.subscription = Some(guid(&a));
        world.ask(&request).json()
    };
    let item = told(&mut world, read_with_deliveries(&id));
    let mut deliveries: Vec<String> = item["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    deliveries.sort();
    assert_eq!(
        deliveries,
        [
            r#"{"platform":"WebPush","state":"pushed"}"#,
            r#"{"platform":"iOS","state":"notTargeted"}"#
        ]
    );
    let plain = told(&mut world, read_item(&id.clone()));
    assert!(plain.get("deliveries").is_none());
    // The user's own view has none.
    let theirs = world.as_megan(read_with_deliveries(&id)).json();
    assert!(theirs.get("deliveries").is_none());
}

#[test]
fn a_receipt_is_for_one_revision_of_a_live_subscription() {
    let mut world = world();
    let a = world.pushed_to("a");
    let id = world.post_to_web("one");
    world.pass(SECOND);
    assert_eq!(world.returns(&a, &id, 2, READ), 204);
    assert_eq!(world.deliveries(&id), to(&[("a", "pushed")]));
    let missing = "0b0b0b0b-0000-4000-8000-000000000009";
    assert_eq!(world.returns(&a, missing, 1, READ), 204);
    assert_eq!(world.as_megan(Command::Unsubscribe(a.clone())).status, 204);
    assert_eq!(world.returns(&a, &id, 1, READ), 403);
}

#[test]
fn a_device_that_returns_receipts_stays_subscribed() {
    let mut world = world();
    let a = world.pushed_to("a");
    let id = world.post_to_web("one");
    let until = |world: &mut World| {
        let answer = world.as_megan(Command::Endpoints(None)).json();
        answer["value"][0]["expirationDateTime"].clone()
    };
    let first = until(&mut world);
    world.pass(HOUR);
    world.returns(&a, &id, 1, StateUpdate::default());
    assert_eq!(until(&mut world), first);
    world.pass(24 * HOUR);
    world.returns(&a, &id, 1, StateUpdate::default());
    assert_ne!(until(&mut world), first);
}

#[test]
fn what_became_of_an_item_is_known_for_each_endpoint() {
    let mut world = world();
    let a = world.pushed_to("a");
    world.pushed_to("b");
    world.pushed_to("c");
    world.as_megan(subscribe_to(Platform::Ios, "phone", None));
    world.as_megan(subscribe_to(Platform::WebPush, "quiet", None));
    world.answers("b", Outcome::Refused(Reason::Rejected));
    world.answers("c", Outcome::Gone);
    let line = world.connected_as(&a);
    world.frames(line);
    let id = world.post_to_web("one");
    let pending = ["a", "b", "c", "phone", "quiet"];
    let all = |states: [&str; 5]| {
        let pairs: Vec<_> = pending.into_iter().zip(states).collect();
        to(&pairs)
    };
    assert_eq!(
        world.deliveries(&id),
        all(["pending", "pending", "pending", "notTargeted", "pending"])
    );
    let seq = world.frames(line).last().unwrap()["seq"].clone();
    world.say(
        line,
        &format!(r#"{{"type":"ack","seq":{seq},"visible":true}}"#),
    );
    world.pass(SECOND);
    assert_eq!(
        world.deliveries(&id),
        all(["delivered", "refused", "refused", "notTargeted", "pending"])
    );
}
