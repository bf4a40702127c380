//! Live connections: fanning out, ending.

use std::rc::Rc;

use notifeed::feed::{Change, Cursor, Entry, Known, Seq, change_since};
use notifeed::live::close::Close;
use notifeed::live::endpoint::Endpoint;
use notifeed::live::frame;
use notifeed::notification::{Notification, Platform, PlatformSet};
use notifeed::time::Timestamp;
use wasm_bindgen::JsValue;
use worker::WebSocket;

use super::Feed;
use crate::fault::Fault;
use crate::platform;

impl Feed {
    /// Tells every live endpoint of a change that has just become durable, but the one that made it.
    /// A frame is rendered once, however many sockets it goes to.
    pub(super) fn fan_out(
        &self,
        entry: &Entry,
        notification: Option<&Notification>,
        made_by: Option<&WebSocket>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let before = Known::all_up_to(Seq::new(entry.seq.get().saturating_sub(1)));
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

    /// Whether a connection is still being told what it missed.
    pub(super) fn is_replaying(&self, socket: &WebSocket) -> bool {
        let replays = self.replays.borrow();
        replays.iter().any(|replay| replay.is_of(socket))
    }

    /// The sockets of a platform that take part in the fan-out: those that are replaying read the
    /// change from the index.
    fn live_sockets(&self, platform: Platform) -> Vec<WebSocket> {
        let mut sockets = self.state.get_websockets_with_tag(platform.as_str());
        sockets.retain(|socket| !self.is_replaying(socket));
        sockets
    }

    /// A Hub that is constructed anew can't go on with a replay: the client comes back with its
    /// cursor.
    pub(super) fn close_interrupted_replays(&self) {
        for socket in self.sockets() {
            if attached(&socket).is_none_or(|endpoint| endpoint.replaying) {
                end(&socket, Close::RESTARTED);
            }
        }
    }

    /// Ends the sockets whose token, or hour, has ended, and those whose line is dead.
    pub(super) fn close_ended_sockets(&self, now: Timestamp) {
        let silence = self.settings().socket_silence();
        for socket in self.sockets() {
            if attached(&socket).is_some_and(|endpoint| endpoint.expires <= now) {
                end(&socket, Close::TOKEN_EXPIRED);
            } else if platform::sockets::last_ping(&self.state, &socket)
                .is_some_and(|ping| now.saturating_millis_since(ping) > silence)
            {
                end(&socket, Close::SILENT);
            }
        }
    }

    /// Every open connection.
    pub(super) fn sockets(&self) -> Vec<WebSocket> {
        self.state.get_websockets()
    }

    /// When the next socket ends. One whose time has come was closed, and may take a while to go.
    pub(super) fn next_socket_expiry(&self) -> Option<Timestamp> {
        let now = platform::now();
        let sockets = self.sockets();
        let expiries = sockets
            .iter()
            .filter_map(attached)
            .map(|endpoint| endpoint.expires)
            .filter(|expires| *expires > now);
        expiries.min()
    }
}

/// Whether both are the same connection.
pub(super) fn is_same(socket: &WebSocket, other: Option<&WebSocket>) -> bool {
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
pub(super) fn change_frame(
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
