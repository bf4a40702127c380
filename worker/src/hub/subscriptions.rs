//! A device subscribes, and gets the id that its app server posts with (CONTRACT §3).

use notifeed::credentials::subscription_id::{HubId, LIFETIME, SubscriptionId};
use notifeed::feed::entry::Sender;
use notifeed::http::{Context, Reply};

use super::Feed;
use super::command::Subscribe;
use super::store::Subscription;
use crate::fault::{Fault, Stop};
use crate::platform;

impl Feed {
    /// 201, or 200 where the device's subscription is renewed: same id, new expiry.
    pub(super) fn subscribe(
        &self,
        command: Subscribe,
        sender: Sender,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let store = self.store()?;
        let existing = match &command.device_id {
            Some(device_id) => store.subscription_of(&sender, device_id)?,
            None => None,
        }
        .filter(|subscription| context.now < subscription.expiration);
        let status = if existing.is_some() { 200 } else { 201 };
        let (id, created) = match existing {
            Some(subscription) => (subscription.id, subscription.created),
            None => (platform::new_guid()?, context.now),
        };
        // Whole seconds, as the signed id has them.
        let lasts = LIFETIME.saturating_sub(context.now.unix_millis().rem_euclid(1000));
        let subscription = Subscription {
            id,
            sender,
            device_id: command.device_id,
            platform: command.platform,
            display_name: command.display_name,
            push_subscription: command.push_subscription,
            created,
            expiration: context.now.saturating_add_millis(lasts),
        };
        store.put_subscription(&subscription)?;
        self.wake_by(notifeed::feed::outbox::purge_time(subscription.expiration))?;
        Ok(Reply::json(
            status,
            self.with_signed_id(&subscription)?,
            context,
        ))
    }

    fn with_signed_id(&self, subscription: &Subscription) -> Result<String, Fault> {
        let hub = HubId::parse(&self.id())
            .ok_or_else(|| Fault::new("the Durable Object's id", &"not 64 hexadecimal digits"))?;
        let unsigned = SubscriptionId {
            hub,
            subscription: subscription.id,
            expires: subscription.expiration,
        };
        Ok(subscription
            .view()
            .created(&unsigned.sign(&self.settings().signing_key()?)))
    }
}
