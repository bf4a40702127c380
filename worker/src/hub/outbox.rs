//! The outbox: bodies on their way to KV, and the alarm that everything late hangs on.
//!
//! A body goes to KV some moments after its post, together with others of that window. It is tried
//! again, with exponential backoff, until KV has it or the notification has expired. A grace time
//! after KV confirmed it, it is read back; only then does the Hub forget it.

use std::collections::HashMap;

use futures_util::future::join_all;
use notifeed::feed::outbox;
use notifeed::guid::Guid;
use notifeed::time::Timestamp;
use worker::{console_error, console_warn};

use super::Feed;
use super::store::{Body, Superseded};
use crate::fault::Fault;
use crate::settings::Settings;

/// How many bodies are moved at a time; also the most keys of a bulk read.
const BATCH: u32 = 100;

impl Feed {
    pub(super) fn settings(&self) -> Settings<'_> {
        Settings::of(&self.env)
    }

    /// Makes sure that the alarm rings by `due`. An earlier one that is overdue, or that another
    /// instance of this Hub has set, is never put off by it.
    pub(super) fn wake_by(&self, due: Timestamp) -> Result<(), Fault> {
        let now = crate::platform::now();
        let known = self.alarm.get();
        if known.is_some_and(|set| now <= set && set <= due) {
            return Ok(());
        }
        let earlier = match known {
            Some(set) => Some(set),
            None => self.next_work()?,
        };
        self.set_alarm(earlier.map_or(due, |earlier| due.min(earlier)))
    }

    fn set_alarm(&self, at: Timestamp) -> Result<(), Fault> {
        self.store()?.set_alarm(at)?;
        self.alarm.set(Some(at));
        Ok(())
    }

    /// When there is something to do for the alarm, by the tables and the sockets.
    fn next_work(&self) -> Result<Option<Timestamp>, Fault> {
        let due = self.store()?.next_due(self.settings().body_grace())?;
        let purge = due.purge.map(outbox::purge_time);
        let next = [due.outbox, due.forget, purge, self.next_socket_expiry()];
        Ok(next.into_iter().flatten().min())
    }

    /// What the alarm does. Whatever fails stays due.
    pub(super) async fn run_due_work(&self, now: Timestamp) -> Result<(), Fault> {
        // First of all the next one, so that a crash in the middle ends nothing.
        self.set_alarm(now.saturating_add_millis(outbox::RETRY_AFTER_CRASH))?;
        let store = self.store()?;
        self.close_ended_sockets(now);
        self.put_due_bodies(now).await?;
        self.delete_superseded_bodies(now).await?;
        self.forget_confirmed_bodies(now).await?;
        let now = crate::platform::now();
        let due = store.next_due(self.settings().body_grace())?;
        if due
            .purge
            .is_some_and(|purge| outbox::purge_time(purge) <= now)
        {
            store.purge(now)?;
        }
        if let Some(next) = self.next_work()? {
            let soonest = now.saturating_add_millis(self.settings().outbox_delay());
            self.set_alarm(next.max(soonest))?;
        } else {
            // Nothing is left to do: an idle feed costs nothing.
            store.delete_alarm()?;
            self.alarm.set(None);
        }
        Ok(())
    }

    async fn put_due_bodies(&self, now: Timestamp) -> Result<(), Fault> {
        let store = self.store()?;
        let bodies = store.due_bodies(now, BATCH)?;
        if bodies.is_empty() {
            return Ok(());
        }
        let results = join_all(bodies.iter().map(|body| self.put_body(body))).await;
        let now = crate::platform::now();
        store.transaction(|| {
            for (body, result) in bodies.iter().zip(results) {
                match result {
                    Ok(()) => store.confirm_body(body, now)?,
                    Err(fault) => {
                        console_warn!("KV put of {} failed, to be tried again: {fault}", body.id);
                        let delay = outbox::retry_delay(body.attempts);
                        store.defer_body(body, now.saturating_add_millis(delay))?;
                    }
                }
            }
            Ok(())
        })
    }

    async fn put_body(&self, body: &Body) -> Result<(), Fault> {
        let expiration = outbox::kv_expiration(body.expiration);
        self.env
            .kv("FEED")?
            .put(&self.body_key(body.id, body.revision), body.text.clone())?
            .expiration(expiration)
            .execute()
            .await?;
        Ok(())
    }

    async fn delete_superseded_bodies(&self, now: Timestamp) -> Result<(), Fault> {
        let store = self.store()?;
        let due = store.due_superseded(now, BATCH)?;
        if due.is_empty() {
            return Ok(());
        }
        let kv = self.env.kv("FEED")?;
        let delete = |superseded: Superseded| {
            let key = self.body_key(superseded.id, superseded.revision);
            let kv = kv.clone();
            async move { kv.delete(&key).await }
        };
        let results = join_all(due.iter().copied().map(delete)).await;
        store.transaction(|| {
            for (superseded, result) in due.iter().zip(results) {
                let again = result.err().map(|error| {
                    console_warn!("KV delete failed, to be tried again: {error}");
                    now.saturating_add_millis(outbox::retry_delay(superseded.attempts))
                });
                store.settle_superseded(superseded, again)?;
            }
            Ok(())
        })
    }

    async fn forget_confirmed_bodies(&self, now: Timestamp) -> Result<(), Fault> {
        let store = self.store()?;
        let then = now.saturating_add_millis(-self.settings().body_grace());
        let bodies = store.confirmed_bodies(then, BATCH)?;
        if bodies.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = bodies.iter().map(|body| (body.id, body.revision)).collect();
        let stored = self.stored_bodies(&keys).await?;
        store.transaction(|| {
            for body in &bodies {
                if stored.get(&(body.id, body.revision)) == Some(&body.text) {
                    store.forget_body(body)?;
                } else {
                    console_error!("KV confirmed {} but doesn't have it: put again", body.id);
                    store.defer_body(body, now)?;
                }
            }
            Ok(())
        })
    }

    /// The bodies that KV has of these, by one bulk read for each 100.
    pub(super) async fn stored_bodies(
        &self,
        keys: &[(Guid, u32)],
    ) -> Result<HashMap<(Guid, u32), String>, Fault> {
        let mut found = HashMap::new();
        if keys.is_empty() {
            return Ok(found);
        }
        let kv = self.env.kv("FEED")?;
        for keys in keys.chunks(BATCH as usize) {
            let names: Vec<String> = keys
                .iter()
                .map(|(id, revision)| self.body_key(*id, *revision))
                .collect();
            let mut values = kv.get_bulk(&names).text().await?;
            for (key, name) in keys.iter().zip(&names) {
                if let Some(Some(text)) = values.remove(name) {
                    found.insert(*key, text);
                }
            }
        }
        Ok(found)
    }
}
