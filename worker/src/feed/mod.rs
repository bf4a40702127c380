//! Users' feeds on Workers: each in a Durable Object, which has it by its number. The Durable Object
//! is in worker/runtime/hub.mjs; what a feed does is in the crate `notifeed-hub`.

mod host;
mod packing;
mod push;
mod shared;

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;
use notifeed::error::problems;
use notifeed::guid::Guid;
use notifeed::http::Reply;
use notifeed::live::client::ClientFrame;
use notifeed::live::frame;
use notifeed::live::memory::{BAN, MAX_FEEDS};
use notifeed::policy::Policy;
use notifeed::request::origin::Readers;
use notifeed::request::{ApiVersion, Context};
use notifeed_hub::Feed;
use notifeed_hub::fault::{Fault, Stop};
use notifeed_hub::host::Push;
use notifeed_hub::host::{Outcome, Socket, Verified};
use notifeed_hub::store::Statement;
use notifeed_hub::wire::{Command, RETRY, Request, STREAM};
use worker::{Env, console_error};

use crate::credentials::{self, Token};
use crate::platform::{instant, millis, new_guid, now};
use crate::settings::settings;
use host::DurableObject;

/// The most feeds in memory. The runtime doesn't report when a Durable Object is evicted, so the feed whose last event
/// is the longest ago is dropped; if its Durable Object still exists, the feed is loaded again at the next event.
const AT_MOST: NonZeroUsize = NonZeroUsize::new(MAX_FEEDS).expect("a number above 0");

struct Feeds {
    last: u32,
    /// A feed is taken out of its place while it handles an event.
    feeds: LruCache<u32, Option<Box<Feed<DurableObject>>>>,
    /// The outcomes of what feeds asked for, until they hear of them.
    outcomes: HashMap<u32, Outcome>,
    /// The messages that feeds push, until they are sent.
    pushes: HashMap<u32, Box<Push>>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self {
            last: 0,
            feeds: LruCache::new(AT_MOST),
            outcomes: HashMap::new(),
            pushes: HashMap::new(),
        }
    }
}

impl Feeds {
    /// A number that nothing has: never 0.
    fn next(&mut self) -> u32 {
        loop {
            self.last = self.last.wrapping_add(1).max(1);
            let is_taken = self.feeds.contains(&self.last)
                || self.outcomes.contains_key(&self.last)
                || self.pushes.contains_key(&self.last);
            if !is_taken {
                return self.last;
            }
        }
    }

    /// Keeps a feed that woke, instead of the former one of its Durable Object.
    fn keep(&mut self, number: u32, feed: Feed<DurableObject>) {
        let id = feed.host().id.as_str();
        let is_of_id = |of: &Feed<DurableObject>| of.host().id == id;
        let mut places = self.feeds.iter();
        let former = places.find(|(_, of)| of.as_deref().is_some_and(is_of_id));
        let former = former.map(|(number, _)| *number);
        if let Some(former) = former {
            self.feeds.pop(&former);
            shared::forget(former);
        }
        if let Some((oldest, _)) = self.feeds.push(number, Some(Box::new(feed))) {
            shared::forget(oldest);
        }
    }
}

thread_local! {
    static FEEDS: RefCell<Feeds> = RefCell::default();
}

/// The texts of all statements, in the order of their numbers, with NUL between.
pub fn statements() -> String {
    let texts: Vec<&str> = Statement::ALL
        .iter()
        .map(|statement| statement.text())
        .collect();
    texts.join("\0")
}

/// The feed of a Durable Object wakes; says its number, 0 if it can't be read now. `alarm`: when the
/// alarm is set to, in Unix milliseconds, NaN for never.
pub fn wake(id: String, alarm: f64) -> u32 {
    let number = FEEDS.with_borrow_mut(Feeds::next);
    let alarm = (!alarm.is_nan()).then(|| instant(alarm));
    let feed = settings().and_then(|settings| {
        let host = DurableObject { number, id };
        Feed::wake(host, Rc::clone(&settings.feed), alarm)
    });
    match feed {
        Ok(feed) => {
            FEEDS.with_borrow_mut(|feeds| feeds.keep(number, feed));
            number
        }
        Err(fault) => {
            console_error!("a feed can't wake: {fault}");
            0
        }
    }
}

/// Whether a feed is in memory; where it isn't, it has to wake before its next event.
pub fn is_awake(number: u32) -> bool {
    FEEDS.with_borrow(|feeds| feeds.feeds.contains(&number))
}

/// Has a feed handle an event, if it is in memory. Nothing else runs meanwhile.
fn with<T>(number: u32, event: impl FnOnce(&mut Feed<DurableObject>) -> T) -> Option<T> {
    let mut feed =
        FEEDS.with_borrow_mut(|feeds| feeds.feeds.get_mut(&number).and_then(Option::take))?;
    let outcome = event(&mut feed);
    FEEDS.with_borrow_mut(|feeds| {
        if let Some(place) = feeds.feeds.peek_mut(&number) {
            *place = Some(feed);
        }
    });
    Some(outcome)
}

/// A Worker's command; see [`Feed::call`].
pub fn call(number: u32, protocol: u32, operation: &str, fields: &str) -> String {
    with(number, |feed| feed.call(protocol, operation, fields)).unwrap_or_else(|| RETRY.to_owned())
}

/// See [`Feed::counters`]; empty: nothing is stored.
pub fn counters(number: u32) -> String {
    looked_at(number, |feed| {
        feed.counters().map(Option::unwrap_or_default)
    })
}

/// Since when the oldest change of all feeds in memory waits that KV doesn't have, in Unix milliseconds; NaN: none does.
pub fn uncopied_since() -> f64 {
    FEEDS.with_borrow(|feeds| {
        let feeds = feeds.feeds.iter().filter_map(|(_, feed)| feed.as_deref());
        let oldest = feeds.filter_map(Feed::uncopied_since).min();
        oldest.map_or(f64::NAN, millis)
    })
}

/// See [`Feed::declare_lost`]; empty, or an error that begins with `!`.
pub fn declare_lost(number: u32) -> String {
    let declared = with(number, Feed::declare_lost);
    let lost = || Err(Fault::new("healing", &"the feed isn't in memory"));
    declared
        .unwrap_or_else(lost)
        .err()
        .map_or_else(String::new, |fault| format!("!{fault}"))
}

/// See [`Feed::keys`].
pub fn keys(number: u32) -> String {
    looked_at(number, Feed::keys)
}

/// See [`Feed::erase`].
#[expect(clippy::cast_possible_truncation, reason = "JavaScript counts along")]
pub fn erase_items(number: u32, last: f64) -> String {
    looked_at(number, |feed| {
        feed.erase(last as i64).map(|()| String::new())
    })
}

/// Has an operator look at a feed; an error begins with `!`.
fn looked_at(
    number: u32,
    look: impl FnOnce(&Feed<DurableObject>) -> Result<String, Fault>,
) -> String {
    with(number, |feed| {
        look(feed).unwrap_or_else(|fault| format!("!{fault}"))
    })
    .unwrap_or_else(|| "!the feed isn't in memory".to_owned())
}

/// A client connects; the answer that refuses it, if it is refused. `hub`: the Durable Object's id.
pub fn connect(
    number: u32,
    hub: &str,
    protocol: u32,
    socket: u32,
    operation: &str,
    fields: &str,
) -> Option<String> {
    if operation == STREAM
        && shared::has_bans()
        && let Some(refusal) = refusal_of_banned(hub, fields)
    {
        return Some(refusal);
    }
    match with(number, |feed| {
        feed.connect(protocol, Socket(socket), operation, fields)
    }) {
        Some(outcome) => outcome.err(),
        None => Some(RETRY.to_owned()),
    }
}

/// 406 for a client whose former connections read so little that the Hub had to end them.
fn refusal_of_banned(hub: &str, fields: &str) -> Option<String> {
    let request = Request::decode(STREAM, fields).ok()?;
    let Command::Stream(stream) = request.command else {
        return None;
    };
    let now = now();
    let subscription = stream.endpoint.map(|id| id.to_string());
    let holders = [subscription.as_deref(), Some(stream.token_digest.as_str())];
    let is_banned = |holder: &str| shared::is_banned(hub, holder, now);
    if !holders.into_iter().flatten().any(is_banned) {
        return None;
    }
    let problem = problems::cut_off(BAN);
    let policy = settings().ok()?.feed.policy;
    let context = request.asked_by.context(now);
    Some(Reply::problem(&problem, &context, &policy).to_text())
}

/// 403 for a command that a subscription id led to a Hub of another deployment, whose ids are signed
/// with the same key.
pub fn foreign(fields: &str) -> String {
    let context = Request::asked_by(fields).context(now());
    let policy = settings().map_or(Policy::DEFAULT, |settings| settings.feed.policy);
    Reply::problem(&problems::not_authorized(), &context, &policy).to_text()
}

/// A client's frame; nothing for a binary one.
pub fn message(number: u32, socket: u32, frame: Option<&str>) {
    with(number, |feed| feed.message(Socket(socket), frame));
}

/// The `result` frame for a client's frame whose handler failed, as after a crash; `None` where the
/// frame asked for none. `fault`: the reason, for the log only.
pub fn failed_frame(frame: &str, millis: f64, fault: &str) -> Option<String> {
    let context = Context {
        now: instant(millis),
        request_id: new_guid().unwrap_or(Guid::from_bytes([0; 16])),
        client_request_id: None,
        origin: String::new(),
        version: ApiVersion::Beta,
        readers: Readers::None,
    };
    console_error!("frame {} failed: {fault}", context.request_id);
    let ClientFrame::Request { reference, .. } = ClientFrame::parse(frame)? else {
        return None;
    };
    let problem = Fault::problem();
    let status = problem.code.status(&Policy::DEFAULT);
    Some(frame::refused(&reference, status, None, &problem, &context))
}

/// A connection has ended.
pub fn closed(number: u32, socket: u32) {
    with(number, |feed| feed.closed(Socket(socket)));
}

/// The alarm rang.
pub fn alarm(number: u32, retry: bool) {
    with(number, |feed| feed.alarm(retry));
}

/// The timer rang.
pub fn timer(number: u32) {
    with(number, Feed::timer);
}

/// An operation of KV that a feed started as `effect` has ended. `error`: why it failed; `None` for success. A feed
/// that isn't in memory any more finds in its tables, when it wakes, what KV doesn't have.
pub fn kv_ended(number: u32, effect: f64, error: Option<String>) {
    shared::kv_ended(error.is_none(), now());
    let outcome = error.map_or(Outcome::Done, Outcome::Failed);
    with(number, |feed| feed.done(effect_number(effect), outcome));
}

/// KV's answer to what a feed asked as `effect`. See [`Outcome::Read`].
pub fn kv_read(number: u32, effect: f64, text: String) {
    let outcome = Outcome::Read(text);
    with(number, |feed| feed.done(effect_number(effect), outcome));
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a whole number that a feed gave"
)]
fn effect_number(number: f64) -> u64 {
    number as u64
}

/// Proves who holds a token that a feed asked about; says under which number the outcome is kept
/// until [`ended`] is called.
pub async fn verify(token: String, env: Env) -> u32 {
    let outcome = match prove(&token, &env).await {
        Ok(verified) => Outcome::Verified(Box::new(verified)),
        Err(Stop::Problem(problem)) => Outcome::Refused(problem),
        Err(Stop::Fault(fault)) => Outcome::Failed(fault.to_string()),
    };
    keep(outcome)
}

/// Keeps an outcome until [`ended`] is called with the number.
fn keep(outcome: Outcome) -> u32 {
    FEEDS.with_borrow_mut(|feeds| {
        let number = feeds.next();
        feeds.outcomes.insert(number, outcome);
        number
    })
}

/// Keeps something to push until [`push`] is called with the number.
fn keep_push(push: Box<Push>) -> u32 {
    FEEDS.with_borrow_mut(|feeds| {
        let number = feeds.next();
        feeds.pushes.insert(number, push);
        number
    })
}

/// Sends what a feed has to push; says under which number the outcome is kept until [`ended`] is
/// called.
pub async fn push(push: u32) -> u32 {
    let push = FEEDS.with_borrow_mut(|feeds| feeds.pushes.remove(&push));
    let outcome = match push {
        Some(push) => push::send(&push).await,
        None => notifeed::push::Outcome::UNREACHED,
    };
    keep(Outcome::Pushed(outcome))
}

async fn prove(token: &str, env: &Env) -> Result<Verified, Stop> {
    let token = Token::new(token.to_owned());
    let settings = settings()?;
    let proof = credentials::prove(env, &settings, &token, now()).await?;
    Ok(Verified {
        caller: (*proof.caller).clone(),
        hosts: proof.app.hosts.clone(),
    })
}

/// A feed hears what came of what it asked for as `effect`, a token's proof or a push; `false`: it isn't
/// in memory any more.
pub fn ended(number: u32, effect: f64, outcome: u32) -> bool {
    let outcome = FEEDS.with_borrow_mut(|feeds| feeds.outcomes.remove(&outcome));
    let lost = || Outcome::Failed(Fault::new("an effect", &"the outcome was lost").to_string());
    let outcome = outcome.unwrap_or_else(lost);
    with(number, |feed| feed.done(effect_number(effect), outcome)).is_some()
}
