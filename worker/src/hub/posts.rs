//! Posting and reading a notification.

use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::append::{Head, Post};
use notifeed::feed::entry::Sender;
use notifeed::feed::{Appended, Entry, append, view};
use notifeed::guid::Guid;
use notifeed::http::{Context, Reply, reply};
use notifeed::notification::Notification;
use notifeed::time::Timestamp;

use super::command::{Access, Append};
use super::store::Owner;
use super::{Feed, not_authorized};
use crate::fault::{Fault, Stop};
use crate::platform;

impl Feed {
    /// Posts: 201, or 200 for the same `appNotificationId` again (CONTRACT §1, "Success"). Row and
    /// body are durable before anybody is told.
    pub(super) async fn append(
        &self,
        command: &Append,
        sender: &Sender,
        owner: &Owner,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let notification = canonical(&command.canonical)?;
        if notification.target_host_name() != owner.host {
            return Err(not_authorized().into());
        }
        let store = self.store()?;
        let post = Post {
            notification: &notification,
            request_digest: &command.request_digest,
            sender,
            id: platform::new_guid()?,
            now: context.now,
        };
        let due = context
            .now
            .saturating_add_millis(self.settings().outbox_delay());
        let appended = store.transaction(|| {
            let existing = match notification.app_notification_id() {
                Some(id) => store.entry_of(sender, id)?,
                None => None,
            };
            let (_, head) = store.head()?;
            let appended = append(existing, head, &post);
            let (entry, superseded) = match &appended {
                Appended::Repeated(_) => return Ok(Ok(appended)),
                Appended::Created(entry) => match self.take_room(context.now)? {
                    Ok(()) => (entry, None),
                    Err(full) => return Ok(Err(full)),
                },
                Appended::Replaced { entry, superseded } => {
                    self.room_freed();
                    (entry, Some(*superseded))
                }
            };
            store.put_entry(entry)?;
            store.put_body(entry, &command.canonical, due)?;
            if let Some(revision) = superseded {
                store.supersede(entry.id, revision, due)?;
            }
            store.set_head(Head {
                seq: entry.seq,
                ordinal: head.ordinal.max(entry.ordinal),
            })?;
            Ok(Ok(appended))
        })??;
        let (status, entry) = match appended {
            Appended::Repeated(entry) => {
                let stored = self.notification(&entry).await?;
                return Ok(sender_reply(200, &entry, &stored, owner, context));
            }
            Appended::Created(entry) => (201, entry),
            Appended::Replaced { entry, .. } => (200, entry),
        };
        self.fan_out(&entry, Some(&notification), None, context.now)?;
        self.wake_by(due)?;
        Ok(sender_reply(status, &entry, &notification, owner, context))
    }

    /// Makes room for a new item, or says that there is none.
    fn take_room(&self, now: Timestamp) -> Result<Result<(), Problem>, Fault> {
        let store = self.store()?;
        let limit = self.settings().max_feed_items()?;
        let mut capacity = self.capacity.get();
        let taken = capacity.take(limit, now, || store.rows_at_most(), || store.occupancy(now));
        self.capacity.set(capacity);
        taken
    }

    /// An item went, or may go earlier.
    pub(super) fn room_freed(&self) {
        let mut capacity = self.capacity.get();
        capacity.freed();
        self.capacity.set(capacity);
    }

    /// One notification: by its user in the receiver's view, by the app that sent it in the
    /// sender's. 404 for what isn't there, has expired, or isn't the caller's.
    pub(super) async fn read(
        &self,
        id: &str,
        access: &Access,
        sender: &Sender,
        owner: &Owner,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let entry = self.live_entry(id, context.now)?;
        let by_user = access.user.is_some();
        if !by_user && entry.sender != *sender {
            return Err(not_found().into());
        }
        let notification = self.notification(&entry).await?;
        let body = if by_user {
            let principal_name = &owner.user.principal_name;
            view::receiver_entity(&entry, &notification, principal_name, context)
        } else {
            view::sender(&entry, &notification, &owner.user.principal_name, context)
        };
        Ok(Reply::odata(200, body, context).header("ETag", view::etag(&entry)))
    }

    /// The row of an item that is on the feed; 404 for what isn't.
    pub(super) fn live_entry(&self, id: &str, now: Timestamp) -> Result<Entry, Stop> {
        let id = Guid::parse(id).map_err(|_| not_found())?;
        let entry = self.store()?.entry(id)?;
        Ok(entry
            .filter(|entry| entry.is_live(now))
            .ok_or_else(not_found)?)
    }

    /// The notification of a row, from the Hub or from KV.
    pub(super) async fn notification(&self, entry: &Entry) -> Result<Notification, Fault> {
        let text = match self.store()?.body(entry.id, entry.revision)? {
            Some(text) => text,
            None => self
                .stored_bodies(&[(entry.id, entry.revision)])
                .await?
                .into_values()
                .next()
                .ok_or_else(|| Fault::new("KV lacks a confirmed body", &entry.id))?,
        };
        canonical(&text)
    }
}

/// Reads what the contract wrote.
pub(super) fn canonical(text: &str) -> Result<Notification, Fault> {
    Notification::from_canonical(text).map_err(|error| Fault::new("a stored notification", &error))
}

/// 404: the same for what isn't there and what isn't the caller's.
fn not_found() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is no such notification: it never was, has expired or was deleted.",
    )
}

fn sender_reply(
    status: u16,
    entry: &Entry,
    notification: &Notification,
    owner: &Owner,
    context: &Context,
) -> Reply {
    let body = view::sender(entry, notification, &owner.user.principal_name, context);
    let location = reply::location(context, &entry.id.to_string());
    Reply::odata(status, body, context).header("Location", location)
}
