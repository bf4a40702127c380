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
        }
    }

    /// Sets states.
    pub fn set(&mut self, states: StateUpdate) {
        if let Some(state) = states.read_state {
            self.read_state = state.as_str().into();
        }
        if let Some(state) = states.user_action_state {
            self.user_action_state = state.as_str().into();
        }
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            text,
            read_state,
            user_action_state,
            expiration,
            platforms,
        } = self;
        let length = text.len();
        let text = text.trim_end();
        write!(
            f,
            "{text:.20} ({length}) {read_state} {user_action_state} until {expiration} on {platforms:?}"
        )
    }
}
