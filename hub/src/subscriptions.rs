//! A device subscribes, and gets the id that its app server posts with (CONTRACT §3).

use std::collections::BTreeMap;
use std::rc::Rc;

use notifeed::credentials::subscription_id::{HubId, Key, LIFETIME, SubscriptionId};
use notifeed::digest::Digest;
use notifeed::error::problems::{no_such_subscription, too_many_subscriptions};
use notifeed::feed::copy::purge_time;
use notifeed::feed::entry::Sender;
use notifeed::feed::feed_digest;
use notifeed::guid::Guid;
use notifeed::http::Reply;
use notifeed::json::Writer;
use notifeed::live::close::Close;
use notifeed::notification::Platform;
use notifeed::request::Context;
use notifeed::subscription::{self, MAX_SUBSCRIPTIONS};
use notifeed::time::{Duration, Timestamp};

use crate::Feed;
use crate::admission::Admitted;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Query, Write};
use crate::life::Prelude;
use crate::push;
use crate::store::{self, Row, Statement, opt_text};
use crate::wire::Subscribe;

/// The least extension of a subscription that is worth a write.
const EXTENDED_BY: Duration = Duration::DAY;

/// A device's subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: Guid,
    /// The app that subscribed.
    pub sender: Sender,
    /// The app's own id of the device.
    pub device_id: Option<String>,
    /// The platform whose notifications the device receives.
    pub platform: Platform,
    /// For people to recognize it by.
    pub display_name: Option<String>,
    /// The channel of its pushes: JSON text.
    pub push_subscription: Option<String>,
    /// When it was first made.
    pub created: Timestamp,
    /// When its id stops working.
    pub expiration: Timestamp,
}

impl Subscription {
    /// Reads the columns of a row.
    pub(crate) fn read(row: &mut Row) -> Result<Self, Fault> {
        Ok(Self {
            id: row.guid()?,
            sender: Sender {
                issuer: row.text()?,
                app: row.text()?,
            },
            device_id: row.opt_text(),
            platform: Platform::parse(&row.text()?)
                .ok_or_else(|| Fault::new("a column can't be read", &"a platform"))?,
            display_name: row.opt_text(),
            push_subscription: row.opt_text(),
            created: row.time()?,
            expiration: row.time()?,
        })
    }

    /// The device's view of its subscription.
    pub(crate) fn view(&self) -> subscription::View<'_> {
        subscription::View {
            id: self.id,
            platform: self.platform,
            device_id: self.device_id.as_deref(),
            display_name: self.display_name.as_deref(),
            created: self.created,
            expiration: self.expiration,
        }
    }
}

/// The subscriptions that posts came by since the feed woke, with their expirations: what is known
/// needn't be read again.
#[derive(Debug, Default)]
pub struct KnownSubscriptions(BTreeMap<Guid, Timestamp>);

impl KnownSubscriptions {
    fn forget(&mut self, id: Guid) {
        self.0.remove(&id);
    }

    fn forget_all(&mut self) {
        self.0.clear();
    }
}

impl<H: Host> Feed<H> {
    /// Whether a subscription has neither ended nor expired.
    pub(crate) fn is_subscribed(&mut self, id: Guid, now: Timestamp) -> Result<bool, Fault> {
        if let Some(expiration) = self.known_subscriptions.0.get(&id) {
            return Ok(now < *expiration);
        }
        let found = self.subscription(id)?;
        if let Some(found) = &found {
            self.known_subscriptions.0.insert(id, found.expiration);
        }
        Ok(found.is_some_and(|found| now < found.expiration))
    }

    /// A subscription that hasn't been ended.
    pub(crate) fn subscription(&self, id: Guid) -> Result<Option<Subscription>, Fault> {
        if !self.life.made {
            return Ok(None);
        }
        let id = id.to_string();
        let row = store::one(&self.host, Statement::SubscriptionById, &[Bound::Text(&id)])?;
        row.map(|row| Subscription::read(&mut row.into()))
            .transpose()
    }

    fn subscription_of(
        &self,
        sender: &Sender,
        device_id: &str,
    ) -> Result<Option<Subscription>, Fault> {
        if !self.life.made {
            return Ok(None);
        }
        let values = [
            Bound::Text(device_id),
            Bound::Text(&sender.issuer),
            Bound::Text(&sender.app),
        ];
        let row = store::one(&self.host, Statement::SubscriptionByDevice, &values)?;
        row.map(|row| Subscription::read(&mut row.into()))
            .transpose()
    }

    /// The user's subscriptions that haven't ended, oldest first, without what they push to.
    pub(crate) fn live_subscriptions(&self, now: Timestamp) -> Result<Vec<Subscription>, Fault> {
        if !self.life.made {
            return Ok(Vec::new());
        }
        let values = [Bound::Integer(now.unix_millis())];
        let query = Query::Fixed(Statement::Subscriptions);
        let rows = self.host.query(query, &values, store::UNBOUNDED)?;
        let rows = rows.rows.into_iter();
        rows.map(|row| Subscription::read(&mut row.into()))
            .collect()
    }

    fn count_subscriptions(&self, now: Timestamp) -> Result<usize, Fault> {
        if !self.life.made {
            return Ok(0);
        }
        let values = [Bound::Integer(now.unix_millis())];
        let row = store::single(&self.host, Statement::CountSubscriptions, &values)?;
        Row::from(row).small()
    }

    /// 201, or 200 where the device's subscription is renewed: same id, new expiry.
    pub(crate) fn subscribe(
        &mut self,
        command: Subscribe,
        sender: Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let now = context.now;
        let existing = match &command.device_id {
            Some(device_id) => self.subscription_of(&sender, device_id)?,
            None => None,
        }
        .filter(|subscription| now < subscription.expiration);
        if existing.is_none() && self.count_subscriptions(now)? >= MAX_SUBSCRIPTIONS {
            return Err(too_many_subscriptions().into());
        }
        let renewed = existing.is_some();
        let (id, created) = match existing {
            Some(subscription) => (subscription.id, subscription.created),
            None => (Guid::random_v4(self.host.random()?), now),
        };
        let push = self.settings.push.as_ref();
        let push = push.filter(|_| command.push_subscription.is_some());
        // Whole seconds, as the signed id has them.
        let lasts = push.map_or(LIFETIME, |push| push.lifetime);
        let begun = Duration::from_millis(now.unix_millis().rem_euclid(1000));
        let subscription = Subscription {
            id,
            sender,
            device_id: command.device_id,
            platform: command.platform,
            display_name: command.display_name,
            push_subscription: command.push_subscription,
            created,
            expiration: now.saturating_sub(begun).saturating_add(lasts),
        };
        let body = self.with_signed_id(&subscription)?;
        self.alarm
            .wake_by(&self.host, purge_time(subscription.expiration))?;
        self.store(&subscription, renewed, admitted)?;
        self.known_subscriptions.forget(id);
        self.alarm.row_goes(subscription.expiration);
        self.copies
            .subscriptions_changed(now, self.settings.copy_delay);
        Ok(Reply::json(if renewed { 200 } else { 201 }, body))
    }

    fn store(
        &mut self,
        subscription: &Subscription,
        renewed: bool,
        admitted: &Admitted,
    ) -> Result<(), Fault> {
        let prelude = Prelude::of(&self.life, &admitted.owner, &self.host, &self.settings)?;
        let id = subscription.id.to_string();
        let expiration = Bound::Integer(subscription.expiration.unix_millis());
        let platform = Bound::Text(subscription.platform.as_str());
        let display_name = opt_text(subscription.display_name.as_deref());
        let push = opt_text(subscription.push_subscription.as_deref());
        let mut writes = prelude.writes();
        writes.push(if renewed {
            Write {
                statement: Statement::RenewSubscription,
                values: vec![platform, display_name, push, expiration, Bound::Text(&id)],
            }
        } else {
            Write {
                statement: Statement::InsertSubscription,
                values: vec![
                    Bound::Text(&id),
                    Bound::Text(&subscription.sender.issuer),
                    Bound::Text(&subscription.sender.app),
                    opt_text(subscription.device_id.as_deref()),
                    platform,
                    display_name,
                    push,
                    Bound::Integer(subscription.created.unix_millis()),
                    expiration,
                ],
            }
        });
        if self.copies.knows_subscriptions() || !self.life.made {
            writes.push(uncopied());
        }
        let settings = Rc::clone(&self.settings);
        let push = settings
            .push
            .as_ref()
            .zip(subscription.push_subscription.as_deref());
        let push = push.and_then(|(settings, text)| {
            Some((settings, push::endpoint_of(text, &settings.hosts)?))
        });
        if let Some((settings, endpoint)) = &push {
            if !self.pushes.made() {
                writes.extend(push::SCHEMA.map(Write::plain));
            }
            let others = settings.max_endpoints.saturating_sub(1);
            writes.extend(push::endpoint(&id, endpoint, &settings.key_id, others));
        } else if self.pushes.made() {
            writes.extend(push::ended(&id));
        }
        self.host.commit(&writes)?;
        self.begun(prelude);
        if push.is_some() || self.pushes.made() {
            self.pushes.changed();
        }
        Ok(())
    }

    /// The app's subscriptions that haven't ended, oldest first, each with a current id.
    pub(crate) fn subscriptions(&self, sender: &Sender, context: &Context) -> Result<Reply, Stop> {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.key("value");
        writer.begin_array();
        for subscription in self.live_subscriptions(context.now)? {
            if subscription.sender == *sender {
                writer.raw(&self.with_signed_id(&subscription)?);
            }
        }
        writer.end_array();
        writer.end_object();
        Ok(Reply::json(200, writer.finish()))
    }

    /// Ends one of the app's subscriptions: 204. Its id works no longer, and its connections are
    /// closed. 404 for what isn't there and what is another app's.
    pub(crate) fn unsubscribe(
        &mut self,
        id: &str,
        sender: &Sender,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let id = Guid::parse(id).map_err(|_| no_such_subscription())?;
        self.subscription(id)?
            .filter(|known| context.now < known.expiration && known.sender == *sender)
            .ok_or_else(no_such_subscription)?;
        let text = id.to_string();
        let ended = Write {
            statement: Statement::EndSubscription,
            values: vec![Bound::Text(&text)],
        };
        let mut writes = vec![ended, uncopied()];
        if self.pushes.made() {
            writes.extend(push::ended(&text));
            self.pushes.changed();
        }
        self.host.commit(&writes)?;
        self.known_subscriptions.forget(id);
        self.copies
            .subscriptions_changed(context.now, self.settings.copy_delay);
        self.close_where(Close::SUBSCRIPTION_ENDED, |endpoint| {
            endpoint.subscription == Some(id)
        });
        Ok(Reply::no_content())
    }

    /// Ends all of the user's subscriptions of this host, whichever app made them (CONTRACT §3).
    pub(crate) fn unsubscribe_all(&mut self, context: &Context) -> Result<Reply, Stop> {
        if self.life.made {
            let ended = Write {
                statement: Statement::EndSubscriptions,
                values: Vec::new(),
            };
            let mut writes = vec![ended, uncopied()];
            if self.pushes.made() {
                writes.extend(push::all_ended());
                self.pushes.changed();
            }
            self.host.commit(&writes)?;
            self.known_subscriptions.forget_all();
            self.copies
                .subscriptions_changed(context.now, self.settings.copy_delay);
        }
        self.close_where(Close::SUBSCRIPTION_ENDED, |endpoint| {
            endpoint.subscription.is_some()
        });
        Ok(Reply::no_content())
    }

    /// Extends a subscription by its full lifetime when a receipt shows that its device is in use. Its row is written
    /// once a day at most; its signed id keeps its own expiration.
    pub(crate) fn extend(&mut self, id: Guid, now: Timestamp) -> Result<(), Fault> {
        let Some(lifetime) = self.settings.push.as_ref().map(|push| push.lifetime) else {
            return Ok(());
        };
        let until = now.saturating_add(lifetime);
        let found = self.subscription(id)?;
        let is_late = found.is_some_and(|found| {
            found.push_subscription.is_some()
                && until.saturating_since(found.expiration) >= EXTENDED_BY
        });
        if is_late {
            let text = id.to_string();
            let values = vec![Bound::Integer(until.unix_millis()), Bound::Text(&text)];
            let statement = Statement::ExtendSubscription;
            self.host
                .commit(&[Write { statement, values }, uncopied()])?;
            self.known_subscriptions.forget(id);
            self.pushes.changed();
            self.copies
                .subscriptions_changed(now, self.settings.copy_delay);
        }
        Ok(())
    }

    /// The key that signs subscription ids of this feed.
    ///
    /// # Errors
    /// The deployment has none.
    pub(crate) fn signing_key(&self) -> Result<&Key, Fault> {
        self.settings.signing_key.as_ref().ok_or_else(|| {
            Fault::new(
                "settings",
                &"there is no key to sign subscription ids with: UNS_KEYS, UNS_KEY_ID",
            )
        })
    }

    fn with_signed_id(&self, subscription: &Subscription) -> Result<String, Fault> {
        let hub = HubId::parse(&self.host.id())
            .ok_or_else(|| Fault::new("the feed's id", &"not 64 hexadecimal digits"))?;
        let key = self.signing_key()?;
        let unsigned = SubscriptionId {
            hub,
            subscription: subscription.id,
            expires: subscription.expiration,
        };
        let pushed = subscription.push_subscription.as_ref();
        let feed = self
            .settings
            .push
            .as_ref()
            .map(|_| feed_digest(&self.host.id()));
        let pushed = pushed.map(|_| feed.as_ref().map(Digest::as_str));
        Ok(subscription.view().created(&unsigned.sign(key), pushed))
    }
}

const fn uncopied() -> Write<'static> {
    Write {
        statement: Statement::SubscriptionsUncopied,
        values: Vec::new(),
    }
}
