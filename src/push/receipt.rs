//! A receipt: the right to say what became of one revision of one notification on one subscription, and nothing else
//! (CONTRACT §5.7). A receipt goes along with a push, encrypted for the device, since a service worker has no access
//! token.
//!
//! `r1.{key id}.{base64url(Hub id ‖ subscription ‖ notification ‖ revision ‖ expiry)}.{signature}`, signed as
//! subscription ids are: 32, 16, 16, 4 and 8 bytes; the expiry in Unix seconds, numbers big endian.

use crate::credentials::subscription_id::{HubId, Key, opened, signed};
use crate::feed::entry::{Entry, ReadState, UserActionState};
use crate::feed::update::StateUpdate;
use crate::guid::Guid;
use crate::json::Object;
use crate::notification::check::{Check, object_body};
use crate::time::Timestamp;
use crate::violation::{ViolationCode as Code, Violations};

const FORMAT: &str = "r1";

const DECLARED: [&str; 4] = ["receipt", "received", "readState", "userActionState"];

/// The contents of a receipt, once its signature has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The Durable Object id of the Hub.
    pub hub: HubId,
    /// The subscription that was pushed to.
    pub subscription: Guid,
    /// The notification,
    pub notification: Guid,
    /// and which revision of it.
    pub revision: u32,
    /// When it stops working: with the notification; whole seconds.
    pub expires: Timestamp,
}

impl Receipt {
    /// Writes and signs it.
    pub fn sign(&self, key: &Key) -> String {
        let expires = self.expires.unix_millis().div_euclid(1000).to_be_bytes();
        let parts = [
            self.hub.as_bytes(),
            self.subscription.as_bytes(),
            self.notification.as_bytes(),
            &self.revision.to_be_bytes(),
            &expires,
        ];
        signed(FORMAT, key, &parts.concat())
    }

    /// Checks a receipt against the live keys, and its expiry against the clock. `None`: it is forged, or has
    /// expired.
    pub fn verify(text: &str, keys: &[Key], now: Timestamp) -> Option<Self> {
        let bytes = opened(FORMAT, text, keys)?;
        let (hub, rest) = bytes.split_first_chunk::<32>()?;
        let (subscription, rest) = rest.split_first_chunk::<16>()?;
        let (notification, rest) = rest.split_first_chunk::<16>()?;
        let (revision, rest) = rest.split_first_chunk::<4>()?;
        let expires = i64::from_be_bytes(rest.try_into().ok()?);
        let receipt = Self {
            hub: HubId::from_bytes(*hub),
            subscription: Guid::from_bytes(*subscription),
            notification: Guid::from_bytes(*notification),
            revision: u32::from_be_bytes(*revision),
            expires: Timestamp::from_unix_millis(expires.checked_mul(1000)?)?,
        };
        Some(receipt).filter(|receipt| now < receipt.expires)
    }
}

/// The body of `POST …/receipts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The receipt.
    pub receipt: String,
    /// The states that a person has set.
    pub states: StateUpdate,
}

impl Returned {
    /// Reads it. `received` says nothing more than the receipt's arrival does.
    ///
    /// # Errors
    /// Every violation.
    pub fn parse(body: &[u8]) -> Result<Self, Violations> {
        object_body(body, Self::read)
    }

    fn read(check: &mut Check, object: &Object<'_>) -> Option<Self> {
        let members = check.members(object, "", &DECLARED);
        let [receipt, received, read_state, user_action_state] = members;
        if let Some(received) = received
            && received.as_bool() != Some(true)
        {
            let what = "must be true, or be left out";
            check.violation(Code::UnknownValue, "received", &[what]);
        }
        let mut states = StateUpdate::default();
        if let Some(value) = read_state {
            let state = check.string(value, "readState")?;
            states.read_state = ReadState::parse(state).filter(|state| *state == ReadState::Read);
            if states.read_state.is_none() {
                check.violation(Code::UnknownValue, "readState", &["must be `read`"]);
            }
        }
        if let Some(value) = user_action_state {
            let state = check.string(value, "userActionState")?;
            states.user_action_state = UserActionState::parse(state).filter(|state| {
                matches!(
                    state,
                    UserActionState::Activated | UserActionState::Dismissed
                )
            });
            if states.user_action_state.is_none() {
                let what = "must be `activated` or `dismissed`";
                check.violation(Code::UnknownValue, "userActionState", &[what]);
            }
        }
        let Some(receipt) = receipt else {
            let what = "is required: the one that came with the push";
            let code = Code::RequiredPropertyMissing;
            check.missing(code, object, "receipt", &DECLARED, what);
            return None;
        };
        let receipt = check.string(receipt, "receipt")?.to_owned();
        Some(Self { receipt, states })
    }
}

/// The states that a receipt changes of an item: it only moves forward, from unread to read, and from no interaction to
/// one. `None`: nothing.
pub fn forward(entry: &Entry, states: StateUpdate) -> Option<StateUpdate> {
    let is_untouched = entry.user_action_state == UserActionState::NoInteraction;
    let moved = StateUpdate {
        read_state: states
            .read_state
            .filter(|_| entry.read_state == ReadState::Unread),
        user_action_state: states.user_action_state.filter(|_| is_untouched),
        snoozed_until_date_time: None,
    };
    (moved != StateUpdate::default()).then_some(moved)
}

#[cfg(test)]
mod tests;
