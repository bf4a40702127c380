//! Changing and deleting an item: the same over HTTP and over a socket.

use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::append::Head;
use notifeed::feed::update::{self, StateUpdate};
use notifeed::feed::{Entry, view};
use notifeed::http::{Context, Reply, headers};
use notifeed::time::Timestamp;
use worker::WebSocket;

use super::Feed;
use super::store::Owner;
use crate::fault::Stop;

impl Feed {
    /// `PATCH`: 200 with the item.
    pub(super) async fn update(
        &self,
        id: &str,
        if_match: Option<&str>,
        states: StateUpdate,
        owner: &Owner,
        context: &Context,
    ) -> Result<Reply, Stop> {
        self.check_precondition(id, if_match, context.now)?;
        let (entry, _) = self.set_states(id, states, None, context.now)?;
        let notification = self.notification(&entry).await?;
        let principal_name = &owner.user.principal_name;
        let body = view::receiver_entity(&entry, &notification, principal_name, context);
        Ok(Reply::odata(200, body, context).header("ETag", view::etag(&entry)))
    }

    /// `DELETE`: 204.
    pub(super) fn delete(
        &self,
        id: &str,
        if_match: Option<&str>,
        context: &Context,
    ) -> Result<Reply, Stop> {
        self.check_precondition(id, if_match, context.now)?;
        self.remove(id, None, context.now)?;
        Ok(Reply::no_content(context))
    }

    fn check_precondition(
        &self,
        id: &str,
        if_match: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let entry = self.live_entry(id, now)?;
        if headers::if_match(if_match, &view::etag(&entry)) {
            return Ok(());
        }
        Err(Problem::new(
            ErrorCode::PreconditionFailed,
            "The item has changed since. Read it again, and send its current 'ETag' as 'If-Match'.",
        )
        .into())
    }

    /// Sets states, and tells every endpoint but the one that asked. `false`: they were so already,
    /// and nobody is told.
    pub(super) fn set_states(
        &self,
        id: &str,
        states: StateUpdate,
        made_by: Option<&WebSocket>,
        now: Timestamp,
    ) -> Result<(Entry, bool), Stop> {
        let entry = self.live_entry(id, now)?;
        let (_, head) = self.store()?.head()?;
        match update::update(&entry, states, head, now) {
            None => Ok((entry, false)),
            Some(changed) => {
                self.store_change(&changed, head, made_by, now)?;
                Ok((changed, true))
            }
        }
    }

    /// Deletes, and tells every endpoint but the one that asked.
    pub(super) fn remove(
        &self,
        id: &str,
        made_by: Option<&WebSocket>,
        now: Timestamp,
    ) -> Result<Entry, Stop> {
        let entry = self.live_entry(id, now)?;
        let (_, head) = self.store()?.head()?;
        let tombstone = update::delete(&entry, head, now);
        self.store_change(&tombstone, head, made_by, now)?;
        Ok(tombstone)
    }

    fn store_change(
        &self,
        entry: &Entry,
        head: Head,
        made_by: Option<&WebSocket>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let store = self.store()?;
        let due = now.saturating_add_millis(self.settings().outbox_delay());
        store.transaction(|| {
            store.put_entry(entry)?;
            if entry.deleted {
                store.supersede(entry.id, entry.revision, due)?;
            }
            store.set_head(Head {
                seq: entry.seq,
                ..head
            })
        })?;
        self.fan_out(entry, None, made_by, now)?;
        if entry.deleted {
            self.room_freed();
            self.wake_by(due)?;
        }
        Ok(())
    }
}
