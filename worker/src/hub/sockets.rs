//! Live connections: accepting, replaying, fanning out, ending.

use std::rc::Rc;

use notifeed::feed::{Change, Cursor, Entry, Resume, Seq, change_since};
use notifeed::http::Context;
use notifeed::live::close::Close;
use notifeed::live::endpoint::Endpoint;
use notifeed::live::{MAX_SOCKET_LIFE, REPLAY_BUDGET, frame};
use notifeed::notification::{Notification, Platform, PlatformSet};
use notifeed::time::Timestamp;
use wasm_bindgen::JsValue;
use worker::{Response, WebSocket, WebSocketPair, console_error};

use super::Hub;
use super::command::Stream;
use super::posts::canonical;
use crate::fault::{Fault, Stop};
use crate::platform::{self, http};

/// How many entries are read at a time in a replay.
const PAGE: u32 = 100;

/// Counts a replay for as long as it runs, however it ends.
struct Replaying<'a>(&'a std::cell::Cell<u32>);

impl<'a> Replaying<'a> {
    fn begin(count: &'a std::cell::Cell<u32>) -> Self {
        count.set(count.get().saturating_add(1));
        Self(count)
    }
}

impl Drop for Replaying<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Hub {
    /// Accepts a connection, and tells it what it missed.
    pub(super) async fn open_stream(
        &self,
        stream: Stream,
        context: &Context,
    ) -> Result<Response, Stop> {
        let pair = WebSocketPair::new()?;
        let hour = context.now.saturating_add_millis(MAX_SOCKET_LIFE);
        let mut endpoint = Endpoint {
            platform: stream.platform,
            subscription: stream.endpoint,
            expires: stream.expires.min(hour),
            replaying: true,
        };
        pair.server.serialize_attachment(&endpoint)?;
        self.state
            .accept_websocket_with_tags(&pair.server, &[endpoint.platform.as_str()]);
        self.wake_by(endpoint.expires)?;
        if self
            .replay(&pair.server, &endpoint, stream.cursor.as_deref())
            .await?
        {
            endpoint.replaying = false;
            pair.server.serialize_attachment(&endpoint)?;
        }
        let subprotocol = stream.subprotocol;
        Ok(http::switch_protocols(pair.client, subprotocol, context)?)
    }

    /// Sends what the endpoint doesn't know yet, page by page, then `ready`. The last page and
    /// `ready` go out in one turn, without an await between, so nothing can happen in between.
    /// `false`: the replay was cut off, and the socket is closed.
    async fn replay(
        &self,
        socket: &WebSocket,
        endpoint: &Endpoint,
        presented: Option<&str>,
    ) -> Result<bool, Fault> {
        let _replaying = Replaying::begin(&self.replaying);
        let store = self.store()?;
        let epoch = store.cursor()?.epoch;
        let resume = Resume::decide(presented, store.cursor()?);
        if resume == Resume::Reset {
            send(socket, &frame::reset())?;
        }
        let since = resume.since();
        let mut position = since.unwrap_or(Seq::ZERO);
        let mut sent = 0;
        loop {
            let page = store.changed_after(position, PAGE)?;
            let complete = page.len() < PAGE as usize;
            let now = platform::now();
            let tell = |entry: &Entry| change_since(entry, since, Some(endpoint.platform), now);
            let missing: Vec<_> = page
                .iter()
                .filter(|(entry, body)| body.is_none() && tell(entry) == Some(Change::Content))
                .map(|(entry, _)| (entry.id, entry.revision))
                .collect();
            let waited = !missing.is_empty();
            let stored = if waited {
                self.stored_bodies(&missing).await?
            } else {
                Default::default()
            };
            for (entry, body) in &page {
                position = entry.seq;
                let Some(change) = tell(entry) else { continue };
                let text = body
                    .as_ref()
                    .or_else(|| stored.get(&(entry.id, entry.revision)));
                let notification = match (change, text) {
                    (Change::Content, Some(text)) => Some(canonical(text)?),
                    (Change::Content, None) => {
                        console_error!("KV lacks the body of {}: left out", entry.id);
                        continue;
                    }
                    _ => None,
                };
                let cursor = Cursor {
                    epoch,
                    seq: entry.seq,
                };
                let frame = change_frame(change, entry, notification.as_ref(), cursor, true, now)?;
                sent += frame.len();
                send(socket, &frame)?;
                if sent > REPLAY_BUDGET {
                    end(socket, Close::TOO_SLOW);
                    return Ok(false);
                }
            }
            if complete && !waited {
                let cursor = store.cursor()?;
                let resumed = matches!(resume, Resume::From(_));
                send(
                    socket,
                    &frame::ready(cursor, endpoint.subscription, resumed),
                )?;
                return Ok(true);
            }
        }
    }

    /// Tells every live endpoint of a change that has just become durable, but the one that made it.
    /// A frame is rendered once, however many sockets it goes to.
    pub(super) fn fan_out(
        &self,
        entry: &Entry,
        notification: Option<&Notification>,
        made_by: Option<&WebSocket>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let before = Some(Seq::new(entry.seq.get().saturating_sub(1)));
        let cursor = self.store()?.cursor()?;
        let mut rendered: Vec<(Change, Rc<JsValue>)> = Vec::new();
        for platform in PlatformSet::ALL.iter() {
            let Some(change) = change_since(entry, before, Some(platform), now) else {
                continue;
            };
            let sockets = self.live_sockets(platform);
            if sockets.is_empty() {
                continue;
            }
            let known = rendered.iter().find(|(known, _)| *known == change);
            let frame = match known {
                Some((_, frame)) => Rc::clone(frame),
                None => {
                    let text = change_frame(change, entry, notification, cursor, false, now)?;
                    let frame = Rc::new(JsValue::from_str(&text));
                    rendered.push((change, Rc::clone(&frame)));
                    frame
                }
            };
            for socket in sockets.iter().filter(|socket| !is_same(socket, made_by)) {
                // One that fails has gone; its close event follows.
                let _ = platform::sockets::send(socket, &frame);
            }
        }
        Ok(())
    }

    /// The sockets of a platform that take part in the fan-out: those that are replaying read the
    /// change from the index.
    fn live_sockets(&self, platform: Platform) -> Vec<WebSocket> {
        let mut sockets = self.state.get_websockets_with_tag(platform.as_str());
        if self.replaying.get() > 0 {
            sockets.retain(|socket| attached(socket).is_some_and(|endpoint| !endpoint.replaying));
        }
        sockets
    }

    /// A Hub that is constructed anew can't go on with a replay: the client comes back with its
    /// cursor.
    pub(super) fn close_interrupted_replays(&self) {
        for socket in self.state.get_websockets() {
            if attached(&socket).is_none_or(|endpoint| endpoint.replaying) {
                end(&socket, Close::RESTARTED);
            }
        }
    }

    /// Ends the sockets whose token, or hour, has ended.
    pub(super) fn close_expired_sockets(&self, now: Timestamp) {
        for socket in self.state.get_websockets() {
            if attached(&socket).is_some_and(|endpoint| endpoint.expires <= now) {
                end(&socket, Close::TOKEN_EXPIRED);
            }
        }
    }

    /// When the next socket ends.
    pub(super) fn next_socket_expiry(&self) -> Option<Timestamp> {
        let sockets = self.state.get_websockets();
        let expiries = sockets
            .iter()
            .filter_map(attached)
            .map(|endpoint| endpoint.expires);
        expiries.min()
    }
}

fn is_same(socket: &WebSocket, other: Option<&WebSocket>) -> bool {
    other.is_some_and(|other| {
        let (socket, other): (&web_sys::WebSocket, &web_sys::WebSocket) =
            (socket.as_ref(), other.as_ref());
        socket == other
    })
}

/// What is remembered of a connection.
pub(super) fn attached(socket: &WebSocket) -> Option<Endpoint> {
    socket.deserialize_attachment().ok().flatten()
}

/// Closes a connection.
pub(super) fn end(socket: &WebSocket, close: Close) {
    platform::sockets::close(socket, close.code, close.reason);
}

/// Sends one frame to one connection.
pub(super) fn send(socket: &WebSocket, frame: &str) -> Result<(), Fault> {
    platform::sockets::send(socket, &JsValue::from_str(frame))
}

/// Content goes with its notification, which whoever tells of it has.
fn change_frame(
    change: Change,
    entry: &Entry,
    notification: Option<&Notification>,
    cursor: Cursor,
    replayed: bool,
    now: Timestamp,
) -> Result<String, Fault> {
    Ok(match (change, notification) {
        (Change::Content, Some(notification)) => {
            frame::notification(entry, notification, cursor, replayed, now)
        }
        (Change::Content, None) => return Err(Fault::new("a frame without content", &entry.id)),
        (Change::State, _) => frame::state(entry, cursor),
        (Change::Removed(reason), _) => frame::removed(entry, reason, cursor),
    })
}
