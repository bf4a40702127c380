//! Changing and deleting an item: the same over HTTP and over a socket.

use notifeed::error::Problem;
use notifeed::error::problems::{no_such_notification, precondition_failed};
use notifeed::feed::update::{self, StateUpdate};
use notifeed::feed::{DeletedBy, Entry, view};
use notifeed::guid::Guid;
use notifeed::http::{Reply, headers};
use notifeed::request::Context;
use notifeed::time::Timestamp;

use crate::Feed;
use crate::admission::Admitted;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Socket};
use crate::store::{self, Row, Statement, Texts};

impl<H: Host> Feed<H> {
    /// `PATCH`: 200 with the item.
    pub(crate) fn update(
        &mut self,
        id: &str,
        if_match: Option<&str>,
        states: StateUpdate,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let item = self.live_item(id, context.now)?;
        precondition(&item.entry, if_match)?;
        let (entry, _) = self.set_states(item.entry, states, None, context)?;
        let body = item
            .body
            .ok_or_else(|| Fault::new("an item without a body", &entry.id))?;
        let answer = item.answer.as_ref();
        let principal_name = &admitted.owner.user.principal_name;
        let body = view::receiver_entity(&entry, &body, answer, principal_name, context);
        Ok(Reply::odata(200, body).header("ETag", view::etag(&entry)))
    }

    /// `DELETE`: 204.
    pub(crate) fn delete(
        &mut self,
        id: &str,
        if_match: Option<&str>,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let entry = self.live_entry(id, context.now)?;
        precondition(&entry, if_match)?;
        self.end(entry, DeletedBy::Receiver, None, context)?;
        Ok(Reply::no_content())
    }

    /// Sets states, and notifies every endpoint except the one that made the change. `false`: the item had these states
    /// already, and no endpoint is notified.
    pub(crate) fn set_states(
        &mut self,
        entry: Entry,
        states: StateUpdate,
        made_by: Option<Socket>,
        context: &Context,
    ) -> Result<(Entry, bool), Stop> {
        states.judge(&entry, context.now)?;
        let Some(changed) = update::update(&entry, states, self.life.head, context.now) else {
            return Ok((entry, false));
        };
        self.wake_for_snooze(&changed)?;
        let answer = self.answer_to(&changed)?.map(|(answer, _)| answer);
        let mut writes = vec![store::set_states(&changed)];
        writes.extend(self.cancelled(&changed));
        self.host.commit(&writes)?;
        self.life.head.seq = changed.seq;
        self.snoozed(&changed);
        let texts = Texts {
            content: None,
            answer: answer.as_ref(),
        };
        self.tell(&changed, texts, made_by, context.now);
        Ok((changed, true))
    }

    /// Deletes, and tells every endpoint but the one that asked.
    pub(crate) fn end(
        &mut self,
        entry: Entry,
        by: DeletedBy,
        made_by: Option<Socket>,
        context: &Context,
    ) -> Result<Entry, Stop> {
        let tombstone = update::delete(&entry, by, self.life.head, context.now);
        let mut writes = vec![store::end(&tombstone)];
        writes.extend(self.cancelled(&tombstone));
        self.host.commit(&writes)?;
        self.room.ended();
        self.changed(&tombstone);
        self.copies
            .ended(&tombstone, context.now, self.settings.copy_delay);
        self.tell(&tombstone, Texts::default(), made_by, context.now);
        Ok(tombstone)
    }

    /// The row of an item that is on the feed; 404 for what isn't.
    pub(crate) fn live_entry(&self, id: &str, now: Timestamp) -> Result<Entry, Stop> {
        let id = Guid::parse(id).map_err(|_| no_such_notification())?;
        if !self.life.made {
            return Err(no_such_notification().into());
        }
        let id = id.to_string();
        let row = store::one(&self.host, Statement::EntryById, &[Bound::Text(&id)])?;
        let entry = row.map(|row| Row::from(row).entry()).transpose()?;
        Ok(entry
            .filter(|entry| entry.is_live(now))
            .ok_or_else(no_such_notification)?)
    }
}

/// 412 where the caller knows another version of the item.
pub(crate) fn precondition(entry: &Entry, if_match: Option<&str>) -> Result<(), Problem> {
    if headers::if_match(if_match, &view::etag(entry)) {
        return Ok(());
    }
    Err(precondition_failed())
}
