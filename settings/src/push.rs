//! The settings of push (docs/push.md).

use std::collections::BTreeMap;

use notifeed::push::PushHosts;
use notifeed::push::message::Carried;
use notifeed::push::schedule::{HOLD, MAX_ENDPOINTS, SUBSCRIPTION_LIFE};
use notifeed::push::vapid::{Vapid, VapidError};
use notifeed_hub::fault::Fault;
use notifeed_hub::push::PushSettings;

use super::Variables;

impl Variables {
    /// `None` where there are no keys: push is off.
    pub(super) fn vapid(&self) -> Result<Option<Vapid>, Fault> {
        let fault = |error: VapidError| Fault::new("a setting", &error);
        let Some(text) = self.text("VAPID_KEYS") else {
            return Ok(None);
        };
        let keys: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(text).map_err(|_| fault(VapidError::Key))?;
        let pair = |(id, mut pair): (String, BTreeMap<String, String>)| {
            let (public, private) = (pair.remove("publicKey")?, pair.remove("privateKey")?);
            pair.is_empty().then_some((id, (public, private)))
        };
        let keys: Option<BTreeMap<_, _>> = keys.into_iter().map(pair).collect();
        let keys = keys.ok_or_else(|| fault(VapidError::Key))?;
        let contact = self.text("PUSH_CONTACT").unwrap_or_default();
        let vapid = Vapid::read(&keys, self.text("VAPID_KEY_ID"), contact);
        vapid.map(Some).map_err(fault)
    }

    pub(super) fn push(
        &self,
        vapid: Option<&Vapid>,
        hosts: &PushHosts,
    ) -> Result<Option<PushSettings>, Fault> {
        let lifetime = self.days("PUSH_SUBSCRIPTION_DAYS", SUBSCRIPTION_LIFE)?;
        let hold = self.millis("PUSH_HOLD_MS", HOLD)?;
        let carried = match self.text("WEB_PUSH_CONTENT") {
            None | Some("all") => Carried::All,
            Some("raw") => Carried::Raw,
            Some(_) => return Err(Fault::new("WEB_PUSH_CONTENT", &"must be all or raw")),
        };
        let max_endpoints = self.number("MAX_PUSH_ENDPOINTS", MAX_ENDPOINTS)?;
        Ok(vapid.map(|vapid| PushSettings {
            key_id: vapid.current().id.clone(),
            hosts: hosts.clone(),
            hold,
            carried,
            lifetime,
            max_endpoints,
        }))
    }
}
