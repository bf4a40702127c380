//! A device subscribes, and gets the id that its app server posts with (CONTRACT §3).

use notifeed::credentials::subscription_id::{HubId, LIFETIME, SubscriptionId};
use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::entry::Sender;
use notifeed::guid::Guid;
use notifeed::http::{Context, Reply};
use notifeed::json::Writer;
use notifeed::live::close::Close;
use notifeed::subscription::MAX_SUBSCRIPTIONS;

use super::Feed;
use super::command::Subscribe;
use super::sockets::{attached, end};
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
        if existing.is_none() && store.subscriptions(context.now)?.len() >= MAX_SUBSCRIPTIONS {
            return Err(too_many().into());
        }
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

    /// The app's subscriptions that haven't ended, oldest first, each with a current id.
    pub(super) fn subscriptions(&self, sender: &Sender, context: &Context) -> Result<Reply, Stop> {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.key("value");
        writer.begin_array();
        for subscription in self.store()?.subscriptions(context.now)? {
            if subscription.sender == *sender {
                writer.raw(&self.with_signed_id(&subscription)?);
            }
        }
        writer.end_array();
        writer.end_object();
        Ok(Reply::json(200, writer.finish(), context))
    }

    /// Ends one of the app's subscriptions: 204. Its id works no longer, and its connections are
    /// closed. 404 for what isn't there and what is another app's.
    pub(super) fn unsubscribe(
        &self,
        id: &str,
        sender: &Sender,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let store = self.store()?;
        let id = Guid::parse(id).map_err(|_| no_such_subscription())?;
        store
            .subscription(id)?
            .filter(|known| context.now < known.expiration && known.sender == *sender)
            .ok_or_else(no_such_subscription)?;
        store.remove_subscription(id)?;
        self.close_sockets_of(|subscription| subscription == id);
        Ok(Reply::no_content(context))
    }

    /// Ends all of the user's subscriptions of this host, whichever app made them (CONTRACT §3).
    pub(super) fn unsubscribe_all(&self, context: &Context) -> Result<Reply, Stop> {
        self.store()?.remove_subscriptions()?;
        self.close_sockets_of(|_| true);
        Ok(Reply::no_content(context))
    }

    /// Closes the connections of subscriptions that were ended. One that named none isn't of any.
    fn close_sockets_of(&self, ended: impl Fn(Guid) -> bool) {
        for socket in self.sockets() {
            let endpoint = attached(&socket);
            if endpoint
                .and_then(|endpoint| endpoint.subscription)
                .is_some_and(&ended)
            {
                end(&socket, Close::REVOKED);
            }
        }
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

/// 404: the same for what isn't there and what isn't the caller's.
fn no_such_subscription() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is no such subscription: it never was, has expired or was ended.",
    )
}

fn too_many() -> Problem {
    Problem::new(
        ErrorCode::ServerBusy,
        "The user has as many subscriptions of this app as there can be. Send a 'deviceId', so that a device renews its own, or end some.",
    )
    .retry_after(60)
}
