//! Web Push: what is due to endpoints that have no open connection, and what became of it (CONTRACT
//! §5.7). A row for each endpoint and item is written with the item; it is held while a connection of that
//! endpoint is open, goes when a person has seen the item, and is sent by the alarm. The tables are made
//! with the first push subscription: a feed without one pays nothing.
//!
//! `rows` has the statements with their values, `sending` what the alarm does, `settling` what follows
//! from a push service's answer, `receipts` what follows from a device's.

mod receipts;
mod rows;
mod sending;
mod settling;

use std::collections::BTreeMap;

use notifeed::feed::{Entry, ReadState, Seq, UserActionState};
use notifeed::guid::Guid;
use notifeed::json::JsonText;
use notifeed::notification::{Content, Notification, Platform};
use notifeed::push::message::Carried;
use notifeed::push::{Channel, ChannelState, PushHosts, PushState, Reached, message};
use notifeed::time::{Duration, Timestamp};

use crate::Feed;
use crate::fault::Fault;
use crate::host::{Host, Query, Write};
use crate::store::{self, Row, Statement};

pub(crate) use rows::Due;
pub(crate) use rows::{SCHEMA, all_ended, ended, endpoint};

/// The settings of push; without them nothing is pushed.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// The id of the key that subscriptions are made with now: `VAPID_KEY_ID`.
    pub key_id: String,
    /// `PUSH_HOSTS`: services besides the known ones.
    pub hosts: PushHosts,
    /// `PUSH_HOLD_MS`: how long a push is held for an endpoint that has a connection open.
    pub hold: Duration,
    /// `WEB_PUSH_CONTENT`: the content that browsers are pushed.
    pub carried: Carried,
    /// `PUSH_SUBSCRIPTION_DAYS`: how long a subscription lasts that is pushed to.
    pub lifetime: Duration,
    /// `MAX_PUSH_ENDPOINTS`: how many endpoints of a user are pushed to.
    pub max_endpoints: usize,
}

/// The address of the endpoint in a subscription's text, where pushes may go there.
pub(crate) fn endpoint_of(text: &str, hosts: &PushHosts) -> Option<String> {
    let Channel::WebPush(push) = Channel::from_text(text, hosts)?;
    Some(push.endpoint.as_str().to_owned())
}

/// An endpoint that is pushed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub subscription: Guid,
    pub platform: Platform,
    pub expiration: Timestamp,
    pub channel: Channel,
    pub key_id: String,
    /// How often in a row it has failed.
    pub failures: u32,
    /// Until when nothing is sent to the endpoint.
    pub until: Option<Timestamp>,
    /// The number up to which the device has everything.
    pub delivered: Seq,
    /// The newest content that its push service took.
    pub taken: Seq,
}

/// A push that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flight {
    subscription: Guid,
    /// The item's place in the list,
    item: i64,
    /// and the number of the content that is sent.
    content: Seq,
    attempts: u32,
    /// Whether the smallest message is sent, since the push service refused a larger one (413).
    least: bool,
}

/// The memory of pushes.
#[derive(Debug, Default)]
pub(crate) struct Pushes {
    /// Whether the tables are there.
    made: bool,
    /// The endpoints; `None`: nobody has looked since the feed woke, or since they changed.
    endpoints: Option<Vec<Endpoint>>,
    under_way: BTreeMap<u64, Flight>,
}

impl Pushes {
    /// As a feed finds them that wakes.
    pub(crate) fn woken(made: bool) -> Self {
        Self {
            made,
            ..Self::default()
        }
    }

    /// Whether the tables are there.
    pub(crate) const fn made(&self) -> bool {
        self.made
    }

    /// The endpoints changed: they are read again.
    pub(crate) fn changed(&mut self) {
        self.made = true;
        self.endpoints = None;
    }

    /// The statement that goes with the purge of subscriptions.
    pub(crate) fn purged(&mut self) -> Option<Write<'static>> {
        self.endpoints = None;
        self.made.then(|| Write {
            statement: Statement::PurgePushEndpoints,
            values: Vec::new(),
        })
    }

    /// The statement that goes with reading many items.
    pub(crate) fn read_cancelled(&self) -> Option<Write<'static>> {
        self.made.then(|| Write {
            statement: Statement::CancelReadPushes,
            values: Vec::new(),
        })
    }

    fn endpoint_of(&mut self, subscription: Guid) -> Option<&mut Endpoint> {
        let mut endpoints = self.endpoints.iter_mut().flatten();
        endpoints.find(|endpoint| endpoint.subscription == subscription)
    }

    /// A device has everything up to a number: the statement, where that is new.
    fn reached<'a>(&mut self, subscription: Guid, id: &'a str, seq: Seq) -> Option<Write<'a>> {
        let endpoint = self.endpoint_of(subscription)?;
        (endpoint.delivered < seq).then(|| {
            endpoint.delivered = seq;
            rows::delivered(id, seq)
        })
    }

    /// Whether connections of that subscription are asked what their person has seen.
    pub(crate) fn asks(&self, subscription: Option<Guid>) -> bool {
        let mut endpoints = self.endpoints.iter().flatten();
        subscription.is_some_and(|id| endpoints.any(|endpoint| endpoint.subscription == id))
    }
}

/// The writes that go with a change of an item.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    /// A former revision's pushes go.
    replaces: Option<i64>,
    due: Vec<Due>,
}

impl Planned {
    /// The statements.
    pub(crate) fn writes(&self) -> impl Iterator<Item = Write<'_>> {
        let replaced = self.replaces.map(rows::cancel);
        replaced.into_iter().chain(self.due.iter().map(Due::write))
    }

    /// When the first one is due.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.due.iter().map(|due| due.at).min()
    }
}

impl<H: Host> Feed<H> {
    /// The endpoints that are pushed to.
    pub(crate) fn pushed_to(&mut self) -> Result<&[Endpoint], Fault> {
        let Some(settings) = self.settings.push.as_ref().filter(|_| self.pushes.made) else {
            return Ok(&[]);
        };
        if self.pushes.endpoints.is_none() {
            let query = Query::Fixed(Statement::PushEndpoints);
            let rows = self.host.query(query, &[], store::UNBOUNDED)?;
            let mut endpoints = Vec::with_capacity(rows.rows.len());
            for row in rows.rows {
                endpoints.extend(Endpoint::read(&mut Row::from(row), &settings.hosts)?);
            }
            self.pushes.endpoints = Some(endpoints);
        }
        Ok(self.pushes.endpoints.as_deref().unwrap_or_default())
    }

    /// How pushing goes to each subscription that is pushed to.
    pub(crate) fn push_states(&self, now: Timestamp) -> Result<BTreeMap<Guid, PushState>, Fault> {
        if !self.pushes.made {
            return Ok(BTreeMap::new());
        }
        let query = Query::Fixed(Statement::PushStates);
        let rows = self.host.query(query, &[], store::UNBOUNDED)?;
        let state = |row| {
            let mut row = Row::from(row);
            let (id, state, until) = (row.guid()?, row.text()?, row.opt_time());
            let channel = match until {
                _ if state == "gone" => ChannelState::Gone,
                Some(until) if until > now => ChannelState::Paused,
                _ => ChannelState::Active,
            };
            let (last, error) = (row.opt_time(), row.opt_text());
            let mut number = || Ok::<_, Fault>(Seq::new(row.integer()?));
            let reached = Reached {
                delivered: number()?,
                taken: number()?,
                refused: number()?,
            };
            Ok((
                id,
                PushState {
                    channel,
                    last,
                    error,
                    reached,
                },
            ))
        };
        let mut states = BTreeMap::new();
        for row in rows.rows {
            let (id, state) = state(row)?;
            states.insert(id, state);
        }
        Ok(states)
    }

    /// The pushes of an item that was posted or replaced.
    pub(crate) fn plan(
        &mut self,
        entry: &Entry,
        content: &JsonText<Content>,
        now: Timestamp,
    ) -> Result<Planned, Fault> {
        let settings = self.settings.push.as_ref();
        let (hold, carried) = settings.map_or((Duration::ZERO, Carried::All), |push| {
            (push.hold, push.carried)
        });
        let expires = message::until(entry);
        let mut planned = Planned {
            replaces: (self.pushes.made && entry.revision > 1).then_some(entry.ordinal),
            due: Vec::new(),
        };
        let endpoints = self.pushed_to()?.to_vec();
        for endpoint in endpoints {
            let expires = expires.min(endpoint.expiration);
            if !entry.platforms.contains(endpoint.platform) || expires <= now {
                continue;
            }
            let Some(delay) = delay(content, entry, endpoint.platform, carried) else {
                continue;
            };
            let is_open = self.connections.is_connected(endpoint.subscription);
            let is_fallback = delay > Duration::ZERO;
            let wait = if is_open && !is_fallback { hold } else { delay };
            let held = now.saturating_add(wait);
            planned.due.push(Due {
                subscription: endpoint.subscription.to_string(),
                item: entry.ordinal,
                content: entry.content_seq,
                at: endpoint.until.map_or(held, |until| until.max(held)),
                expires,
                is_fallback,
            });
        }
        Ok(planned)
    }

    /// The statement that goes with a change of an item after which nothing is pushed of it any more.
    pub(crate) fn cancelled(&self, entry: &Entry) -> Option<Write<'static>> {
        let is_seen = entry.read_state == ReadState::Read
            || entry.user_action_state != UserActionState::NoInteraction;
        (self.pushes.made && (is_seen || entry.deleted.is_some()))
            .then(|| rows::cancel(entry.ordinal))
    }

    /// Notes that a client has everything up to a number. If the user sees the content, it isn't pushed to that
    /// endpoint; otherwise the push is no longer held. A number beyond the head is ignored, since later items would
    /// otherwise count as delivered before they exist.
    pub(crate) fn push_acknowledged(&mut self, subscription: Guid, seq: Seq, visible: bool) {
        if seq > self.life.head.seq || !self.pushes.asks(Some(subscription)) {
            return;
        }
        let now = self.host.now();
        let id = subscription.to_string();
        let mut writes = match visible {
            true => vec![rows::seen(&id, seq)],
            false => vec![rows::release(&id, seq, now)],
        };
        let endpoint = self.pushes.endpoint_of(subscription);
        if !visible && endpoint.is_some_and(|endpoint| endpoint.platform == Platform::Ios) {
            writes.push(rows::fetched(&id, seq));
        }
        writes.extend(self.pushes.reached(subscription, &id, seq));
        match self.host.commit(&writes) {
            Ok(true) if !visible => self.wake_by(now),
            Ok(_) => {}
            Err(fault) => self
                .host
                .log(&format!("acknowledging a push failed: {fault}")),
        }
    }
}

/// When an endpoint of that platform is pushed the content, from its post. `None`: never.
fn delay(
    content: &JsonText<Content>,
    entry: &Entry,
    platform: Platform,
    carried: Carried,
) -> Option<Duration> {
    if platform != Platform::Ios && !carried.is_raw_to(platform) {
        return Some(Duration::ZERO);
    }
    let (expiration, shown_for) = (entry.expiration, entry.display_time_to_live);
    let notification = Notification::from_content(content, expiration, shown_for).ok()?;
    message::delay(&notification, platform, carried)
}

impl Endpoint {
    /// Reads a row; `None`: it may not be pushed to any longer.
    fn read(row: &mut Row, hosts: &PushHosts) -> Result<Option<Self>, Fault> {
        let subscription = row.guid()?;
        let platform = row.text()?;
        let expiration = row.time()?;
        let channel = Channel::from_text(&row.text()?, hosts);
        let (key_id, failures, until) = (row.text()?, row.small()?, row.opt_time());
        let delivered = Seq::new(row.integer()?);
        let taken = Seq::new(row.integer()?);
        let of = |(channel, platform)| Self {
            subscription,
            platform,
            expiration,
            channel,
            key_id,
            failures,
            until,
            delivered,
            taken,
        };
        Ok(channel.zip(Platform::parse(&platform)).map(of))
    }
}
