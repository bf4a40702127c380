//! The sender's half: an app reads again what it sent, also after it has ended, retracts it, and reads its changes
//! (CONTRACT §5.1). Notifications of other apps aren't visible to it.

use notifeed::digest::Digest;
use notifeed::error::problems::{no_such_notification, precondition_failed};
use notifeed::feed::answer::{self, Answer};
use notifeed::feed::entry::Sender;
use notifeed::feed::page::{self, MAX_PAGE_BYTES};
use notifeed::feed::query::Query;
use notifeed::feed::sent::MAX_ROWS_OF_PAGE;
use notifeed::feed::view::{self, Sent};
use notifeed::feed::{DeletedBy, Delivery, Entry};
use notifeed::guid::Guid;
use notifeed::http::{Reply, headers};
use notifeed::json::JsonText;
use notifeed::notification::{Content, Notification, Platform, VisualContent};
use notifeed::push::delivery;
use notifeed::request::{Context, links};
use notifeed::time::Timestamp;

use crate::Feed;
use crate::admission::Admitted;
use crate::fault::{Fault, Stop};
use crate::host::{self, Bound, Host, Rows};
use crate::reads::delta_link;
use crate::store::{self, Record, Row, Statement};
use crate::subscriptions::Subscription;
use crate::wire::Read;

/// An item as its sender has it.
pub(crate) struct SentItem {
    pub entry: Entry,
    pub record: Record,
    /// The content; `None` where the item was deleted.
    pub body: Option<JsonText<Content>>,
}

impl SentItem {
    /// Reads the columns of a row.
    fn read(row: Vec<host::Value>) -> Result<Self, Fault> {
        let mut row = Row::from(row);
        Ok(Self {
            entry: row.entry()?,
            record: row.record()?,
            body: row.body(),
        })
    }

    /// The members that the sender's view repeats.
    pub fn sent(&self) -> Result<Sent<'_>, Fault> {
        let visual = self
            .body
            .as_ref()
            .map(|body| visual_content(&self.entry, body));
        Ok(Sent {
            group_name: self.record.group_name.as_deref(),
            priority: self.record.priority,
            visual_content: visual.transpose()?.flatten(),
        })
    }
}

fn visual_content(
    entry: &Entry,
    body: &JsonText<Content>,
) -> Result<Option<JsonText<VisualContent>>, Fault> {
    Notification::from_content(body, entry.expiration, entry.display_time_to_live)
        .map(|notification| notification.visual_text())
        .map_err(|error| Fault::new("a stored notification", &error))
}

impl<H: Host> Feed<H> {
    /// An item of that sender; 404 for what isn't its own, and for what ended too long ago.
    pub(crate) fn sent_item(
        &self,
        id: &str,
        sender: &Sender,
        now: Timestamp,
    ) -> Result<SentItem, Stop> {
        let id = Guid::parse(id).map_err(|_| no_such_notification())?;
        if !self.life.made {
            return Err(no_such_notification().into());
        }
        let id = id.to_string();
        let row = store::one(&self.host, Statement::SentById, &[Bound::Text(&id)])?;
        let item = row.map(SentItem::read).transpose()?;
        let retention = self.settings.sender_retention;
        let item = item.filter(|item| {
            let is_kept = item.entry.is_kept_for_sender(retention, now);
            item.record.sender == *sender && is_kept
        });
        Ok(item.ok_or_else(no_such_notification)?)
    }

    /// The row in that place of the list.
    pub(crate) fn sent_item_at(&self, ordinal: i64) -> Result<SentItem, Fault> {
        let values = [Bound::Integer(ordinal)];
        let row = store::single(&self.host, Statement::UncopiedByOrdinal, &values)?;
        SentItem::read(row)
    }

    /// A notification in its sender's view, and the item; 304 where it is as the app knows it.
    pub(crate) fn read_sent(
        &self,
        asked: &Read,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<(Reply, Entry), Stop> {
        let item = self.sent_item(&asked.id, sender, context.now)?;
        let entry = &item.entry;
        let etag = view::sender_etag(entry, context.now);
        if headers::if_none_match(asked.if_none_match.as_deref(), &etag) {
            return Ok((Reply::not_modified(etag), item.entry));
        }
        let deliveries = asked
            .deliveries
            .then(|| self.deliveries(entry, context.now))
            .transpose()?;
        let body = view::sender_again(
            entry,
            &item.sent()?,
            item.record.answer.as_ref(),
            deliveries.as_deref(),
            &admitted.owner.user.principal_name,
            context,
        );
        Ok((Reply::odata(200, body).header("ETag", etag), item.entry))
    }

    /// The delivery of an item to each of the user's endpoints; the apps that send aren't told more of these.
    fn deliveries(
        &self,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<Vec<(Platform, Delivery)>, Fault> {
        let pushes = self.push_states(now)?;
        let subscriptions = self.live_subscriptions(now)?;
        let of = |subscription: &Subscription| {
            let (platform, push) = (subscription.platform, pushes.get(&subscription.id));
            (platform, delivery(entry, platform, push, now))
        };
        Ok(subscriptions.iter().map(of).collect())
    }

    /// Takes an item back: 204, also where it has ended already. An answered one stays, unless the app says that it
    /// takes any back.
    pub(crate) fn retract(
        &mut self,
        id: &str,
        if_match: Option<&str>,
        sender: &Sender,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let item = self.sent_item(id, sender, context.now)?;
        let etag = view::sender_etag(&item.entry, context.now);
        if !headers::if_match(if_match, &etag) {
            return Err(precondition_failed().into());
        }
        let answer = item.record.answer.as_ref();
        let answer = answer.and_then(|answer| Answer::parse(answer.as_str()));
        answer::may_retract(answer.as_ref(), if_match)?;
        if item.entry.is_live(context.now) {
            self.end(item.entry, DeletedBy::Sender, None, context)?;
        }
        Ok(Reply::no_content())
    }

    /// A page of what changed of a sender's own items, and whether it says more than that nothing has.
    pub(crate) fn sent_changes(
        &self,
        query: &Query,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<(Reply, bool), Stop> {
        let reader = reader(sender);
        let token = self.delta_token(query, &reader)?;
        let Rows { rows, cut } = if self.life.made {
            let values = [
                store::seq(token.known.position),
                Bound::Text(&sender.app),
                Bound::Text(&sender.issuer),
                Bound::Integer(i64::try_from(MAX_ROWS_OF_PAGE).unwrap_or(i64::MAX)),
            ];
            let question = host::Query::Fixed(Statement::SentAfter);
            self.host.query(question, &values, MAX_PAGE_BYTES)?
        } else {
            Rows::default()
        };
        let mut is_full = cut || rows.len() == MAX_ROWS_OF_PAGE;
        let mut values = Vec::new();
        let mut last = None;
        for row in rows {
            let item = SentItem::read(row)?;
            if values.len() == query.page_size() as usize {
                is_full = true;
                break;
            }
            last = Some(item.entry.seq);
            if item.entry.seq > token.bound {
                break;
            }
            let retention = self.settings.sender_retention;
            let is_kept = item.entry.is_kept_for_sender(retention, context.now);
            if item.record.sender == *sender && is_kept {
                let id = item.record.app_notification_id.as_deref();
                let answer = item.record.answer.as_ref();
                let sent = item.sent()?;
                values.push(view::sender_change(&item.entry, &sent, id, answer, context));
            }
        }
        let position = last.filter(|last| is_full && *last < token.bound);
        let (name, url) = delta_link(token, position, query, &reader, context);
        let feed = links::feed_context(context, &admitted.owner.user.principal_name);
        let is_news = position.is_some() || !values.is_empty();
        let body = page::render(&feed, None, &values, Some((name, &url)));
        Ok((Reply::odata(200, body), is_news))
    }
}

/// The tag of a sender, in its tokens and with a call of it that waits.
pub(crate) fn reader(sender: &Sender) -> String {
    let digest = Digest::of(&[&sender.issuer, &sender.app]);
    digest.as_str().chars().take(16).collect()
}
