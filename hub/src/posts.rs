//! Posting a notification: 201, or 200 for the same `appNotificationId` again (CONTRACT §1, "Success").

use notifeed::digest::Digest;
use notifeed::error::problems::not_authorized;
use notifeed::feed::answer::same_payload;
use notifeed::feed::append::{Existing, Post, append};
use notifeed::feed::copy::purge_time;
use notifeed::feed::entry::Sender;
use notifeed::feed::view::{self, Sent};
use notifeed::feed::{Appended, Entry};
use notifeed::guid::Guid;
use notifeed::http::Reply;
use notifeed::request::{Context, links};
use notifeed::time::Timestamp;

use crate::Feed;
use crate::admission::Admitted;
use crate::copies::Change;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Write};
use crate::life::{Owner, Prelude};
use crate::room::Forgotten;
use crate::store::{self, Row, Statement, Texts};
use crate::wire::Append;

impl<H: Host> Feed<H> {
    /// Posts. The row with its body is durable before anybody is told.
    pub(crate) fn append(
        &mut self,
        command: &Append,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        if command.host != admitted.owner.host {
            return Err(not_authorized().into());
        }
        let post = Post {
            platforms: command.platforms,
            expiration: command.expiration,
            display_time_to_live: command.display_time_to_live,
            request_digest: command.request_digest,
            id: Guid::random_v4(self.host.random()?),
            asks: command.asks,
            create_only: command.create_only,
            now: context.now,
        };
        if let Some(entry) = self.create_unless_taken(&post, command, sender, admitted)? {
            return Ok(sender_reply(201, &entry, command, &admitted.owner, context));
        }
        let existing = match &command.app_notification_id {
            Some(id) => self.row_of(sender, id)?,
            None => None,
        };
        let same_payload = match &existing {
            Some((entry, digest)) if *digest != command.request_digest => {
                self.has_payload(entry, command)?
            }
            _ => true,
        };
        let existing = existing.as_ref().map(|(entry, digest)| Existing {
            entry: *entry,
            request_digest: *digest,
            same_payload,
        });
        let (status, entry) = match append(existing, self.life.head, &post) {
            Appended::Repeated(entry) => {
                let digest = existing.map(|existing| existing.request_digest);
                if digest != Some(command.request_digest) {
                    // A post that may replace nothing (`If-None-Match: *`) gets the stored notification.
                    return self.stored_reply(&entry, admitted, context);
                }
                (200, entry)
            }
            Appended::Created(entry) => {
                // An item that has expired since then still holds its app's own id.
                let holder = existing.map(|existing| existing.entry.ordinal);
                self.create(&entry, holder, command, sender, admitted, context)?;
                (201, entry)
            }
            Appended::Replaced(entry) => {
                self.replace(&entry, command, sender, admitted, context)?;
                (200, entry)
            }
        };
        Ok(sender_reply(
            status,
            &entry,
            command,
            &admitted.owner,
            context,
        ))
    }

    /// The answer with what is stored.
    fn stored_reply(
        &self,
        entry: &Entry,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let item = self.sent_item_at(entry.ordinal)?;
        let name = &admitted.owner.user.principal_name;
        let body = view::sender(entry, &item.sent()?, name, context);
        let location = links::location(context, &entry.id.to_string());
        Ok(Reply::odata(200, body).header("Location", location))
    }

    /// Creates an item by one statement without a look-up, if no other item holds its `appNotificationId` and there is
    /// surely room. `None`: nothing was done, and the caller must look further.
    fn create_unless_taken(
        &mut self,
        post: &Post,
        command: &Append,
        sender: &Sender,
        admitted: &Admitted,
    ) -> Result<Option<Entry>, Stop> {
        let known = self.life.owner.as_ref() == Some(&admitted.owner);
        let simple = self.life.made && known && self.pushed_to()?.is_empty();
        if !simple || !self.room.fits(&self.settings, size(command)) {
            return Ok(None);
        }
        let Appended::Created(entry) = append(None, self.life.head, post) else {
            return Ok(None);
        };
        let id = entry.id.to_string();
        let insert = store::insert(Statement::InsertUnlessTaken, &entry, &id, sender, command);
        self.alarm.wake_by(&self.host, self.purge_time_of(&entry))?;
        if !self.host.commit(&[insert])? {
            return Ok(None);
        }
        self.room.added(size(command), entry.expiration, None);
        self.created(&entry, command, sender, post.now);
        Ok(Some(entry))
    }

    /// Follow-up of a new item once it is durable: the copy to KV and the fan-out to live endpoints.
    fn created(&mut self, entry: &Entry, command: &Append, sender: &Sender, now: Timestamp) {
        let before = (self.life.head.seq, self.life.seen);
        self.changed(entry);
        self.counted.added(entry, before);
        let posted = (sender, command);
        self.copies.posted(
            entry,
            Change::Created,
            posted,
            now,
            self.settings.copy_delay,
        );
        let texts = Texts {
            content: Some(&command.content),
            answer: None,
        };
        self.tell(entry, texts, None, now);
    }

    /// Whether the post has the payload of an answered item; `false` where it isn't answered, for which that
    /// makes no difference.
    fn has_payload(&self, entry: &Entry, command: &Append) -> Result<bool, Fault> {
        if entry.answered.is_none() {
            return Ok(false);
        }
        let values = [Bound::Integer(entry.ordinal)];
        let row = store::single(&self.host, Statement::BodyByOrdinal, &values)?;
        let body = Row::from(row).body();
        Ok(body.is_some_and(|body| same_payload(&body, &command.content)))
    }

    /// The item that holds that app's `appNotificationId`, and its digest.
    fn row_of(&self, sender: &Sender, id: &str) -> Result<Option<(Entry, Digest)>, Fault> {
        if !self.life.made {
            return Ok(None);
        }
        let values = [
            Bound::Text(id),
            Bound::Text(&sender.app),
            Bound::Text(&sender.issuer),
        ];
        let Some(row) = store::one(&self.host, Statement::EntryByApp, &values)? else {
            return Ok(None);
        };
        let mut row = Row::from(row);
        Ok(Some((row.entry()?, row.digest()?)))
    }

    /// Creates an item, after whatever must be done first. `holder`: the place of an expired item that
    /// still holds its app's own id.
    fn create(
        &mut self,
        entry: &Entry,
        holder: Option<i64>,
        command: &Append,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<(), Stop> {
        let now = context.now;
        let bytes = size(command);
        let forgotten = self.room.look(&self.host, &self.settings, bytes, now)?;
        let id = entry.id.to_string();
        let pushes = self.plan(entry, &command.content, now)?;
        let prelude = Prelude::of(&self.life, &admitted.owner, &self.host, &self.settings)?;
        let mut writes = prelude.writes();
        if let Some(forgotten) = &forgotten {
            writes.push(self.set_forgotten(forgotten));
            writes.push(forgotten.write(now));
        }
        writes.extend(holder.map(store::free_id));
        writes.push(store::insert(
            Statement::InsertItem,
            entry,
            &id,
            sender,
            command,
        ));
        writes.extend(pushes.writes());
        self.wake_for(entry, pushes.first())?;
        self.host.commit(&writes)?;
        drop(writes);
        self.begun(prelude);
        if let Some(forgotten) = forgotten {
            self.life.forgotten = self.life.forgotten.max(forgotten.seq);
            self.life.stored = self.life.head;
        }
        self.room.added(bytes, entry.expiration, forgotten);
        self.created(entry, command, sender, now);
        Ok(())
    }

    fn replace(
        &mut self,
        entry: &Entry,
        command: &Append,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<(), Stop> {
        let prelude = Prelude::of(&self.life, &admitted.owner, &self.host, &self.settings)?;
        let pushes = self.plan(entry, &command.content, context.now)?;
        let answer = self.answer_to(entry)?.map(|(answer, _)| answer);
        let mut writes = prelude.writes();
        writes.push(store::replace(entry, command));
        writes.extend(pushes.writes());
        self.wake_for(entry, pushes.first())?;
        self.host.commit(&writes)?;
        drop(writes);
        self.begun(prelude);
        self.room.replaced(size(command), entry.expiration);
        self.changed(entry);
        let posted = (sender, command);
        self.copies.posted(
            entry,
            Change::Replaced,
            posted,
            context.now,
            self.settings.copy_delay,
        );
        let texts = Texts {
            content: Some(&command.content),
            answer: answer.as_ref(),
        };
        self.tell(entry, texts, None, context.now);
        Ok(())
    }

    /// Has the alarm ring by the time that an item's row can go, and that something is to be pushed of it.
    fn wake_for(&mut self, entry: &Entry, push: Option<Timestamp>) -> Result<(), Fault> {
        let purge = self.purge_time_of(entry);
        let at = push.map_or(purge, |push| push.min(purge));
        self.alarm.wake_by(&self.host, at)
    }

    /// When an item's row can go: no endpoint shows any revision of it any longer, and its sender needn't be told.
    fn row_goes(&self, entry: &Entry) -> Timestamp {
        let retention = self.settings.sender_retention;
        entry.keep_until.saturating_add(retention)
    }

    fn purge_time_of(&self, entry: &Entry) -> Timestamp {
        purge_time(self.row_goes(entry))
    }

    /// The write that stores up to which number removed rows may be missing at endpoints, and with it the head, which
    /// the removed rows no longer show.
    fn set_forgotten(&self, forgotten: &Forgotten) -> Write<'static> {
        let head = self.life.head;
        Write {
            statement: Statement::SetForgotten,
            values: vec![
                Bound::Integer(self.life.forgotten.max(forgotten.seq).get()),
                Bound::Integer(head.seq.get()),
                Bound::Integer(head.ordinal),
                Bound::Integer(i64::from(self.room.bounds().0)),
                Bound::Integer(i64::try_from(self.room.bounds().1).unwrap_or(i64::MAX)),
            ],
        }
    }

    /// A change of an item is durable: the head moves on.
    pub(crate) fn changed(&mut self, entry: &Entry) {
        let head = &mut self.life.head;
        head.seq = entry.seq;
        head.ordinal = head.ordinal.max(entry.ordinal);
        self.alarm.row_goes(self.row_goes(entry));
    }
}

fn size(command: &Append) -> u64 {
    u64::try_from(command.content.as_str().len()).unwrap_or(u64::MAX)
}

/// The sender's view. The repeated part of the content is the same for the same content.
fn sender_reply(
    status: u16,
    entry: &Entry,
    command: &Append,
    owner: &Owner,
    context: &Context,
) -> Reply {
    let sent = Sent {
        group_name: command.group_name.as_deref(),
        priority: command.priority,
        visual_content: command.visual_content.clone(),
    };
    let body = view::sender(entry, &sent, &owner.user.principal_name, context);
    let location = links::location(context, &entry.id.to_string());
    Reply::odata(status, body).header("Location", location)
}
