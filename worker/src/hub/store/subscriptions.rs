//! Devices' subscriptions.

use notifeed::feed::entry::Sender;
use notifeed::guid::Guid;
use notifeed::notification::Platform;
use notifeed::subscription;
use notifeed::time::Timestamp;

use super::Store;
use crate::fault::Fault;
use crate::platform::storage::{Bound, Row};

/// A device's subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Its id.
    pub id: Guid,
    /// The app that subscribed.
    pub sender: Sender,
    /// The app's own id of the device.
    pub device_id: Option<String>,
    /// What the device receives.
    pub platform: Platform,
    /// For people to recognize it by.
    pub display_name: Option<String>,
    /// JSON text; stored, not used yet.
    pub push_subscription: Option<String>,
    /// When it was first made.
    pub created: Timestamp,
    /// When its id stops working.
    pub expiration: Timestamp,
}

impl Subscription {
    /// What its device is told of it.
    pub fn view(&self) -> subscription::View<'_> {
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

impl Store {
    /// A subscription by its id, expired ones too.
    pub fn subscription(&self, id: Guid) -> Result<Option<Subscription>, Fault> {
        self.subscription_where("id = ?", &[id.to_string().into()])
    }

    /// An app's subscription of a device.
    pub fn subscription_of(
        &self,
        sender: &Sender,
        device_id: &str,
    ) -> Result<Option<Subscription>, Fault> {
        self.subscription_where(
            "device_id = ? AND issuer = ? AND app = ?",
            &[
                device_id.into(),
                sender.issuer.as_str().into(),
                sender.app.as_str().into(),
            ],
        )
    }

    /// The subscriptions that haven't expired, oldest first.
    pub fn subscriptions(&self, now: Timestamp) -> Result<Vec<Subscription>, Fault> {
        self.subscriptions_where("expiration > ? ORDER BY created, id", &[now.into()])
    }

    /// Ends a subscription: from here on its id leads nowhere.
    pub fn remove_subscription(&self, id: Guid) -> Result<(), Fault> {
        let sql = "DELETE FROM subscription WHERE id = ?";
        self.storage.run(sql, &[id.to_string().into()])
    }

    /// Ends all subscriptions.
    pub fn remove_subscriptions(&self) -> Result<(), Fault> {
        self.storage.run("DELETE FROM subscription", &[])
    }

    fn subscription_where(
        &self,
        condition: &str,
        bindings: &[Bound<'_>],
    ) -> Result<Option<Subscription>, Fault> {
        Ok(self.subscriptions_where(condition, bindings)?.pop())
    }

    fn subscriptions_where(
        &self,
        condition: &str,
        bindings: &[Bound<'_>],
    ) -> Result<Vec<Subscription>, Fault> {
        let statement = format!(
            "SELECT id, issuer, app, device_id, platform, display_name, push_subscription, \
             created, expiration FROM subscription WHERE {condition}"
        );
        let rows = self.storage.query(&statement, bindings)?;
        rows.iter().map(read_subscription).collect()
    }

    /// Stores a subscription as it is now.
    pub fn put_subscription(&self, subscription: &Subscription) -> Result<(), Fault> {
        self.storage.run(
            "INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                subscription.id.to_string().into(),
                subscription.sender.issuer.as_str().into(),
                subscription.sender.app.as_str().into(),
                subscription.device_id.as_deref().into(),
                subscription.platform.as_str().into(),
                subscription.display_name.as_deref().into(),
                subscription.push_subscription.as_deref().into(),
                subscription.created.into(),
                subscription.expiration.into(),
            ],
        )
    }
}

fn read_subscription(row: &Row) -> Result<Subscription, Fault> {
    Ok(Subscription {
        id: row.parsed(0, |text| Guid::parse(text).ok())?,
        sender: Sender {
            issuer: row.text(1)?,
            app: row.text(2)?,
        },
        device_id: row.optional_text(3),
        platform: row.parsed(4, Platform::parse)?,
        display_name: row.optional_text(5),
        push_subscription: row.optional_text(6),
        created: row.time(7)?,
        expiration: row.time(8)?,
    })
}
