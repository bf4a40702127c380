//! An item as a client shows it.

use notifeed::feed::update::StateUpdate;
use notifeed::notification::{Platform, PlatformSet};
use notifeed::time::Timestamp;
use serde_json::Value as Json;

/// The shown part of an item.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    pub read_state: String,
    pub user_action_state: String,
    pub expiration: Timestamp,
    pub platforms: PlatformSet,
    pub snoozed_until: Option<Timestamp>,
    /// The item has actions.
    pub asks: bool,
    /// The action by which it is answered.
    pub answer: Option<String>,
}

impl Item {
    /// Reads the receiver's view.
    pub fn of(view: &Json) -> Self {
        let text = |name: &str| view[name].as_str().unwrap().to_owned();
        Self {
            text: view["payload"]["rawContent"].as_str().unwrap().to_owned(),
            read_state: text("readState"),
            user_action_state: text("userActionState"),
            expiration: Timestamp::parse(&text("expirationDateTime")).unwrap(),
            platforms: view["targetPolicy"]["platformTypes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| Platform::parse(name.as_str().unwrap()).unwrap())
                .collect(),
            snoozed_until: snoozed_until(view),
            asks: view["payload"]["visualContent"]["actions"].is_array(),
            answer: answer(view),
        }
    }

    /// Takes the states, the snooze and the answer of a frame.
    pub fn take_states(&mut self, frame: &Json) {
        let text = |name: &str| frame[name].as_str().unwrap().to_owned();
        self.read_state = text("readState");
        self.user_action_state = text("userActionState");
        self.snoozed_until = snoozed_until(frame);
        self.answer = answer(frame);
    }

    /// Ends a snooze that is over by then.
    pub fn wake(&mut self, now: Timestamp) {
        if self.snoozed_until.is_some_and(|until| until <= now) {
            self.snoozed_until = None;
            self.read_state = "unread".into();
            self.user_action_state = "noInteraction".into();
        }
    }

    /// Answers it.
    pub fn answered(&mut self, action: &str) {
        self.answer = Some(action.into());
        self.snoozed_until = None;
        self.read_state = "read".into();
        self.user_action_state = "activated".into();
    }

    /// Sets states.
    pub fn set(&mut self, states: StateUpdate) {
        if let Some(state) = states.read_state {
            self.read_state = state.as_str().into();
        }
        if let Some(state) = states.user_action_state {
            self.user_action_state = state.as_str().into();
            self.snoozed_until = states.snoozed_until_date_time;
        }
    }
}

fn snoozed_until(view: &Json) -> Option<Timestamp> {
    let text = view["snoozedUntilDateTime"].as_str();
    text.map(|text| Timestamp::parse(text).unwrap())
}

fn answer(view: &Json) -> Option<String> {
    view["answer"]["actionId"].as_str().map(str::to_owned)
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            text,
            read_state,
            user_action_state,
            expiration,
            platforms,
            snoozed_until,
            asks,
            answer,
        } = self;
        let length = text.len();
        let text = text.trim_end();
        write!(
            f,
            "{text:.20} ({length}) {read_state} {user_action_state} until {expiration} on {platforms:?}, \
             snoozed until {snoozed_until:?}, asks {asks}, answered {answer:?}"
        )
    }
}
