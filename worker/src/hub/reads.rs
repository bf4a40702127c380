//! Reading the feed: pages of the list, the count, what changed, who is connected.

use std::collections::HashMap;

use notifeed::feed::outbox::Place;
use notifeed::feed::page::{self, DeltaToken, ListToken};
use notifeed::feed::query::Query;
use notifeed::feed::{Change, Cursor, Entry, Known, change_since, view};
use notifeed::guid::Guid;
use notifeed::http::{Context, Reply, reply};
use notifeed::json::Writer;
use worker::console_error;

use super::Feed;
use super::posts::canonical;
use super::sockets::attached;
use super::store::Owner;
use crate::fault::{Fault, Stop};

/// The rows of a page, each with its body if that is still here, and where the next page begins.
type Page = (Vec<(Entry, Option<String>)>, Option<ListToken>);

impl Feed {
    /// A page of the list, newest first.
    pub(super) async fn list(
        &self,
        query: &Query,
        owner: &Owner,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let (rows, next) = self.page(query, context)?;
        let next = next.map(|token| {
            let query = query.continued("$skiptoken", &token.to_string());
            format!("{}?{query}", reply::feed_url(context, ""))
        });
        let order: Vec<Guid> = rows.iter().map(|(entry, _)| entry.id).collect();
        let mut items = self.rendered(rows, context).await?;
        let values: Vec<String> = order.iter().filter_map(|id| items.remove(id)).collect();
        let link = next.as_deref().map(|url| ("@odata.nextLink", url));
        let feed = reply::feed_context(context, &owner.user.principal_name);
        Ok(Reply::odata(
            200,
            page::render(&feed, &values, link),
            context,
        ))
    }

    fn page(&self, query: &Query, context: &Context) -> Result<Page, Stop> {
        let store = self.store()?;
        let (epoch, _) = store.head()?;
        let below = match &query.skip_token {
            Some(token) => ListToken::parse(token, epoch)?.below,
            None => i64::MAX >> 11,
        };
        let size = query.page_size();
        // One more than the page has: then there is a next one.
        let mut rows = store.list(below, &query.filter, context.now, size.saturating_add(1))?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = rows.last().filter(|_| more).map(|(last, _)| ListToken {
            epoch,
            below: last.ordinal,
        });
        Ok((rows, next))
    }

    /// Where the bodies of a page of the list lie, by what the Hub knows, in the list's order.
    pub(super) fn bodies(&self, query: &Query, context: &Context) -> Result<Reply, Stop> {
        let store = self.store()?;
        let grace = self.settings().body_grace();
        let mut writer = Writer::new();
        writer.begin_object();
        writer.key("value");
        writer.begin_array();
        for (entry, _) in self.page(query, context)?.0 {
            let kept = store.kept(entry.id, entry.revision)?;
            writer.raw(&Place::of(kept, grace).render(&entry));
        }
        writer.end_array();
        writer.end_object();
        Ok(Reply::json(200, writer.finish(), context))
    }

    /// How many items the list has, as a plain number.
    pub(super) fn count(&self, query: &Query, context: &Context) -> Result<Reply, Stop> {
        let count = self.store()?.count(&query.filter, context.now)?;
        Ok(Reply::text(200, count.to_string(), context))
    }

    /// A page of what changed: whole items for what is new or changed, what is left of those that
    /// are gone.
    pub(super) async fn delta(
        &self,
        query: &Query,
        owner: &Owner,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let store = self.store()?;
        let (epoch, head) = store.head()?;
        let token = match &query.skip_token {
            Some(token) => DeltaToken::parse(token, epoch)?,
            None => DeltaToken::begin(query.delta_token.as_deref(), epoch, head.seq)?,
        };
        let size = query.page_size();
        let rows = store.changed_after(token.known.position, size)?;
        let full = rows.len() == size as usize;
        let last = rows.last().map(|(entry, _)| entry.seq);
        let mut changes = Vec::new();
        let mut items = Vec::new();
        for (entry, body) in rows {
            if entry.seq > token.bound {
                break;
            }
            let Some(change) = change_since(&entry, token.known, None, context.now) else {
                continue;
            };
            changes.push((entry.id, change));
            if !matches!(change, Change::Removed(_)) {
                items.push((entry, body));
            }
        }
        let mut items = self.rendered(items, context).await?;
        let values: Vec<String> = changes
            .into_iter()
            .filter_map(|(id, change)| match change {
                Change::Removed(_) => Some(page::removed(id)),
                Change::Content | Change::State => items.remove(&id),
            })
            .collect();
        let position = last.filter(|last| full && *last < token.bound);
        let (name, option, text) = match position {
            Some(position) => {
                let token = DeltaToken {
                    known: token.known.replayed_to(position),
                    ..token
                };
                ("@odata.nextLink", "$skiptoken", token.to_string())
            }
            None => {
                // Pages of which others came before may lack what moved on in the meantime: the
                // stream, which shares the cursor, must then tell it whole.
                let known = if query.skip_token.is_some() {
                    token.known.replayed_to(token.bound)
                } else {
                    Known::all_up_to(token.bound)
                };
                let cursor = Cursor { epoch, known };
                ("@odata.deltaLink", "$deltatoken", cursor.to_string())
            }
        };
        let url = format!(
            "{}?{}",
            reply::feed_url(context, "/delta"),
            query.continued(option, &text)
        );
        let feed = reply::feed_context(context, &owner.user.principal_name);
        let body = page::render(&feed, &values, Some((name, &url)));
        Ok(Reply::odata(200, body, context))
    }

    /// The receiver's views of these rows. Bodies that aren't in the Hub any longer come from KV, by
    /// one bulk read; an item whose body isn't there either is left out and logged: one fault
    /// never stops a feed.
    async fn rendered(
        &self,
        rows: Vec<(Entry, Option<String>)>,
        context: &Context,
    ) -> Result<HashMap<Guid, String>, Fault> {
        let missing: Vec<_> = rows
            .iter()
            .filter(|(_, body)| body.is_none())
            .map(|(entry, _)| (entry.id, entry.revision))
            .collect();
        let mut stored = self.stored_bodies(&missing).await?;
        let mut rendered = HashMap::new();
        for (entry, body) in rows {
            let Some(text) = body.or_else(|| stored.remove(&(entry.id, entry.revision))) else {
                console_error!("KV lacks the body of {}: left out", entry.id);
                continue;
            };
            let item = view::receiver(&entry, &canonical(&text)?, context.now);
            rendered.insert(entry.id, item);
        }
        Ok(rendered)
    }

    /// The user's subscriptions, and which of them are connected now.
    pub(super) fn endpoints(&self, owner: &Owner, context: &Context) -> Result<Reply, Stop> {
        let live: Vec<Guid> = self
            .sockets()
            .iter()
            .filter_map(|socket| attached(socket)?.subscription)
            .collect();
        let values: Vec<String> = self
            .store()?
            .subscriptions(context.now)?
            .iter()
            .map(|subscription| {
                subscription
                    .view()
                    .endpoint(live.contains(&subscription.id))
            })
            .collect();
        let feed = reply::feed_context(context, &owner.user.principal_name);
        let body = page::render(&format!("{feed}/endpoints"), &values, None);
        Ok(Reply::odata(200, body, context))
    }
}
