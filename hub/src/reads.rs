//! Reading the feed: one item, pages of the list, the count, what changed, who is connected. A page is
//! bounded in rows and in bytes.

use notifeed::error::problems::no_such_notification;
use notifeed::feed::page::{self, DeltaToken, ListToken, MAX_PAGE_BYTES};
use notifeed::feed::query::{Comparison, Condition, Query};
use notifeed::feed::view;
use notifeed::feed::{Change, Cursor, Known, RemovalReason, Seq, change_since};
use notifeed::guid::Guid;
use notifeed::http::{Reply, headers};
use notifeed::json::Writer;
use notifeed::notification::{Platform, PlatformSet};
use notifeed::push::delivery;
use notifeed::request::{Context, links};
use notifeed::time::Timestamp;

use crate::Feed;
use crate::admission::Admitted;
use crate::fault::{Fault, Stop};
use crate::host::{self, Bound, Host, Rows};
use crate::life::Life;
use crate::store::{self, Item, Row, Statement, UNBOUNDED};

/// Above every place of the list.
const NEWEST: i64 = i64::MAX >> 11;

impl<H: Host> Feed<H> {
    /// An item that is on the feed; 404 for what isn't.
    pub(crate) fn live_item(&self, id: &str, now: Timestamp) -> Result<Item, Stop> {
        let id = Guid::parse(id).map_err(|_| no_such_notification())?;
        if !self.life.made {
            return Err(no_such_notification().into());
        }
        let id = id.to_string();
        let row = store::one(&self.host, Statement::ItemById, &[Bound::Text(&id)])?;
        let item = row.map(|row| Row::from(row).item()).transpose()?;
        Ok(item
            .filter(|item| item.entry.is_live(now))
            .ok_or_else(no_such_notification)?)
    }

    /// A notification in its receiver's view; 404 for what isn't there or has expired.
    pub(crate) fn read(
        &self,
        id: &str,
        if_none_match: Option<&str>,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let Item {
            entry,
            answer,
            body,
        } = self.live_item(id, context.now)?;
        let etag = view::etag(&entry);
        if headers::if_none_match(if_none_match, &etag) {
            return Ok(Reply::not_modified(etag));
        }
        let content = body.ok_or_else(|| Fault::new("an item without a body", &entry.id))?;
        let principal_name = &admitted.owner.user.principal_name;
        let body =
            view::receiver_entity(&entry, &content, answer.as_ref(), principal_name, context);
        Ok(Reply::odata(200, body).header("ETag", etag))
    }

    /// A page of the list, newest first.
    pub(crate) fn list(
        &mut self,
        query: &Query,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let (items, next) = self.page(query, context)?;
        let next = next.map(|token| {
            let query = query.continued("$skiptoken", &token.to_string());
            format!("{}?{query}", links::feed_url(context, ""))
        });
        let values: Vec<String> = items
            .iter()
            .filter_map(|item| {
                let (body, answer) = (item.body.as_ref()?, item.answer.as_ref());
                let view = view::receiver(&item.entry, body, answer, context.now);
                Some(view::selected(view, &query.select))
            })
            .collect();
        let count = match query.counts() {
            true => Some(self.count_of(query, context)?),
            false => None,
        };
        let link = next.as_deref().map(|url| ("@odata.nextLink", url));
        let feed =
            links::selected_context(context, &admitted.owner.user.principal_name, &query.select);
        Ok(Reply::odata(200, page::render(&feed, count, &values, link)))
    }

    /// The items of a page, and where the next one begins.
    fn page(
        &self,
        query: &Query,
        context: &Context,
    ) -> Result<(Vec<Item>, Option<ListToken>), Stop> {
        let epoch = self.life.epoch;
        let below = match &query.skip_token {
            Some(token) => ListToken::parse(token, epoch)?.below,
            None => NEWEST,
        };
        if !self.life.made {
            return Ok((Vec::new(), None));
        }
        let size = query.page_size();
        // A row more than the page has shows that there is a next page.
        let limit = i64::from(size).saturating_add(1);
        let mut values = vec![
            Bound::Integer(below),
            Bound::Integer(context.now.unix_millis()),
        ];
        let filtered = filtered(query, &mut values);
        values.push(Bound::Integer(limit));
        let text;
        let question = match filtered {
            None => host::Query::Fixed(Statement::List),
            Some(condition) => {
                text = Statement::List
                    .text()
                    .replace(" ORDER BY", &format!("{condition} ORDER BY"));
                host::Query::Text(&text)
            }
        };
        let Rows { rows, cut } = self.host.query(question, &values, MAX_PAGE_BYTES)?;
        let mut items = rows
            .into_iter()
            .map(|row| Row::from(row).item())
            .collect::<Result<Vec<_>, _>>()?;
        let more = cut || items.len() > size as usize;
        items.truncate(size as usize);
        let next = items.last().filter(|_| more).map(|last| ListToken {
            epoch,
            below: last.entry.ordinal,
        });
        Ok((items, next))
    }

    /// Which items of a page of the list KV has copies of, by what the feed knows, in the list's order.
    pub(crate) fn copies_of(&self, query: &Query, context: &Context) -> Result<Reply, Stop> {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.key("value");
        writer.begin_array();
        for item in self.page(query, context)?.0 {
            let entry = &item.entry;
            writer.begin_object();
            writer.string_field("id", &entry.id.to_string());
            writer.integer_field("revision", i64::from(entry.revision));
            writer.string_field("etag", &view::etag(entry));
            writer.integer_field("copy", i64::from(entry.copy));
            writer.boolean_field("copied", self.copies.has(entry));
            writer.end_object();
        }
        writer.end_array();
        writer.end_object();
        Ok(Reply::json(200, writer.finish()))
    }

    /// How many items the list has, as a plain number.
    pub(crate) fn count(&mut self, query: &Query, context: &Context) -> Result<Reply, Stop> {
        let count = self.count_of(query, context)?;
        Ok(Reply::text(200, count.to_string()))
    }

    /// How many items a list has. Without a filter the feed's memory knows the number.
    fn count_of(&mut self, query: &Query, context: &Context) -> Result<i64, Fault> {
        let mut values = vec![Bound::Integer(context.now.unix_millis())];
        match filtered(query, &mut values) {
            _ if !self.life.made => Ok(0),
            None => Ok(i64::from(self.room.live(&self.host, context.now)?)),
            Some(condition) => {
                let text = format!("{}{condition}", Statement::Count.text());
                let question = host::Query::Text(&text);
                let rows = self.host.query(question, &values, UNBOUNDED)?.rows;
                let row = rows.into_iter().next().unwrap_or_default();
                Row::from(row).integer()
            }
        }
    }

    /// How many items a delta has on all its pages.
    fn count_changes(
        &self,
        token: &DeltaToken,
        platform: Option<Platform>,
        now: Timestamp,
    ) -> Result<i64, Fault> {
        if !self.life.made {
            return Ok(0);
        }
        let (from, began) = match token.known.newest {
            Some(newest) => (newest.from, newest.began),
            None => (0, Seq::ZERO),
        };
        let values = [
            store::seq(token.known.position),
            store::seq(token.bound),
            Bound::Integer(from),
            store::seq(began),
            Bound::Integer(now.unix_millis()),
            Bound::Integer((!token.fresh).into()),
            store::seq(token.known.content),
            store::platforms(platform.map_or(PlatformSet::ALL, PlatformSet::of)),
        ];
        let row = store::single(&self.host, Statement::CountChanges, &values)?;
        Row::from(row).integer()
    }

    /// The token at which a page of a reader's delta begins.
    pub(crate) fn delta_token(&self, query: &Query, reader: &str) -> Result<DeltaToken, Stop> {
        let Life {
            epoch,
            head,
            forgotten,
            ..
        } = self.life;
        let own = |token: &String| page::of_reader(token, reader).map(str::to_owned);
        let token = match &query.skip_token {
            Some(token) => DeltaToken::parse(&own(token)?, epoch, forgotten)?,
            None => {
                let token = query.delta_token.as_ref().map(own).transpose()?;
                DeltaToken::begin(token.as_deref(), epoch, head.seq, forgotten)?
            }
        };
        Ok(token)
    }

    /// A page of what changed: whole items for new and changed ones, an id for those that are gone.
    pub(crate) fn delta(
        &self,
        query: &Query,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        // A cursor of one platform's items isn't valid for a request for all items.
        let reader = query.platform.map(Platform::parameter).unwrap_or_default();
        let token = self.delta_token(query, &reader)?;
        let size = query.page_size();
        let Rows { rows, cut } = if self.life.made {
            let limit = i64::from(size);
            let values = [store::seq(token.known.position), Bound::Integer(limit)];
            let question = host::Query::Fixed(Statement::ChangedAfter);
            self.host.query(question, &values, MAX_PAGE_BYTES)?
        } else {
            Rows::default()
        };
        let full = cut || rows.len() == size as usize;
        let mut last = None;
        let mut values = Vec::new();
        for row in rows {
            let Item {
                entry,
                answer,
                body,
            } = Row::from(row).item()?;
            last = Some(entry.seq);
            if entry.seq > token.bound {
                break;
            }
            let change = change_since(&entry, token.known, query.platform, context.now);
            match (change, body) {
                (Some(Change::Removed(_)), _) if token.fresh => {}
                (Some(Change::Removed(reason)), _) => {
                    let reason = match reason {
                        RemovalReason::Deleted | RemovalReason::Retracted => "deleted",
                        RemovalReason::Retargeted => "changed",
                    };
                    values.push(page::removed(entry.id, reason));
                }
                (Some(Change::Content | Change::State), Some(body)) => {
                    let view = view::receiver(&entry, &body, answer.as_ref(), context.now);
                    values.push(view::selected(view, &query.select));
                }
                (Some(_), None) | (None, _) => {}
            }
        }
        let position = last.filter(|last| full && *last < token.bound);
        let (name, url) = delta_link(token, position, query, &reader, context);
        let count = match query.counts() {
            true => Some(self.count_changes(&token, query.platform, context.now)?),
            false => None,
        };
        let feed =
            links::selected_context(context, &admitted.owner.user.principal_name, &query.select);
        let body = page::render(&feed, count, &values, Some((name, &url)));
        Ok(Reply::odata(200, body))
    }

    /// The user's subscriptions, which of them are connected now, and how pushing to them goes.
    pub(crate) fn endpoints(
        &self,
        of: Option<&str>,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let entry = of.map(|id| self.live_entry(id, context.now)).transpose()?;
        let pushes = self.push_states(context.now)?;
        let values: Vec<String> = self
            .live_subscriptions(context.now)?
            .iter()
            .map(|subscription| {
                let live = self.connections.is_connected(subscription.id);
                let push = pushes.get(&subscription.id);
                let delivery = entry
                    .as_ref()
                    .map(|entry| delivery(entry, subscription.platform, push, context.now));
                subscription.view().endpoint(live, push, delivery)
            })
            .collect();
        let feed = links::feed_context(context, &admitted.owner.user.principal_name);
        let body = page::render(&format!("{feed}/endpoints"), None, &values, None);
        Ok(Reply::odata(200, body))
    }
}

/// The link at the end of a page of a reader's delta, by its name: to the next page, which goes on after `position`, or to
/// what changes from now on.
pub(crate) fn delta_link(
    token: DeltaToken,
    position: Option<Seq>,
    query: &Query,
    reader: &str,
    context: &Context,
) -> (&'static str, String) {
    let (name, option, text) = match position {
        Some(position) => {
            let known = token.known.replayed_to(position);
            let token = DeltaToken { known, ..token };
            ("@odata.nextLink", "$skiptoken", token.to_string())
        }
        None => {
            // A delta of several pages may lack items that changed while it was being read: the stream, which shares
            // the cursor, must then send these items in full.
            let known = match query.skip_token {
                Some(_) => token.known.replayed_to(token.bound),
                None => Known::all_up_to(token.bound),
            };
            let epoch = token.epoch;
            let cursor = Cursor { epoch, known };
            ("@odata.deltaLink", "$deltatoken", cursor.to_string())
        }
    };
    let query = query.continued(option, &page::for_reader(text, reader));
    let url = links::feed_url(context, "/delta");
    (name, format!("{url}?{query}"))
}

/// The conditions of a filter and of a platform, and their values; `None`: there are none.
fn filtered<'f>(query: &'f Query, values: &mut Vec<Bound<'f>>) -> Option<String> {
    if query.filter.is_empty() && query.platform.is_none() {
        return None;
    }
    let mut text = String::new();
    if let Some(platform) = query.platform {
        text.push_str(" AND platforms & ?");
        values.push(store::platforms(PlatformSet::of(platform)));
    }
    for Comparison { condition, negated } in &query.filter {
        let (column, value) = match condition {
            Condition::ReadState(state) => ("read_state", store::read_state(*state)),
            Condition::UserActionState(state) => {
                ("user_action_state", store::user_action_state(*state))
            }
            Condition::GroupName(name) => ("group_name", store::opt_text(name.as_deref())),
            Condition::Priority(priority) => ("priority", Bound::Text(priority.as_str())),
        };
        text.push_str(" AND ");
        text.push_str(column);
        text.push_str(if *negated { " IS NOT ?" } else { " IS ?" });
        values.push(value);
    }
    Some(text)
}
