//! Fan-out of a change that has just become durable, to live endpoints and to waiting apps. No table is read for
//! endpoints, and nothing can fail: an endpoint that can't receive the frame now gets the change from the rows later.

use notifeed::feed::{Change, Cursor, Entry, Known, Seq, change_since};
use notifeed::live::frame;
use notifeed::notification::{Platform, PlatformSet};
use notifeed::time::Timestamp;

use super::{Behind, State};
use crate::Feed;
use crate::host::{Host, Socket};
use crate::store::Texts;

/// A frame that goes to the connections of some platforms: written once, and once more where it asks
/// for an acknowledgement.
struct Frame {
    change: Change,
    platforms: PlatformSet,
    text: String,
    to: Vec<Socket>,
    asking_to: Vec<Socket>,
}

impl<H: Host> Feed<H> {
    /// Tells every live endpoint, but the one that made the change.
    pub(crate) fn tell(
        &mut self,
        entry: &Entry,
        texts: Texts<'_>,
        made_by: Option<Socket>,
        now: Timestamp,
    ) {
        self.has_news(entry);
        if self.connections.open.is_empty() {
            return;
        }
        let before = Known::all_up_to(Seq::new(entry.seq.get().saturating_sub(1)));
        let cursor = Cursor::all_up_to(self.life.epoch, entry.seq);
        let mut frames: Vec<Frame> = Vec::with_capacity(1);
        for platform in PlatformSet::ALL.iter() {
            let Some(change) = change_since(entry, before, Some(platform), now) else {
                continue;
            };
            if let Some(frame) = frames.iter_mut().find(|frame| frame.change == change) {
                frame.platforms.insert(platform);
                continue;
            }
            let Some(text) = render(change, entry, texts, cursor, false, now) else {
                continue;
            };
            frames.push(Frame {
                change,
                platforms: PlatformSet::of(platform),
                text,
                to: Vec::new(),
                asking_to: Vec::new(),
            });
        }
        self.choose(&mut frames, entry.seq, before, made_by, now);
        for frame in &frames {
            self.send_frame(frame);
        }
        self.connections.account(&self.host);
    }

    fn send_frame(&self, frame: &Frame) {
        if !frame.to.is_empty() {
            self.host.send(&frame.text, &frame.to);
        }
        if !frame.asking_to.is_empty() {
            self.host
                .send(&frame::asking(&frame.text), &frame.asking_to);
        }
    }

    /// Sends a frame about more than one item to every live endpoint except the one that made the change. `before`: the
    /// head before the change; `seq`: the last number that the change was given, or [`Seq::ZERO`]. An endpoint that
    /// can't receive the frame now gets the changed items from the rows, and anything else with its next `ready`.
    pub(crate) fn tell_all(
        &mut self,
        text: &str,
        before: Seq,
        seq: Seq,
        made_by: Option<Socket>,
        now: Timestamp,
    ) {
        if seq > before {
            self.have_news(before);
        }
        if self.connections.open.is_empty() {
            return;
        }
        let mut frames = [Frame {
            change: Change::State,
            platforms: PlatformSet::ALL,
            text: text.to_owned(),
            to: Vec::new(),
            asking_to: Vec::new(),
        }];
        self.choose(&mut frames, seq, Known::all_up_to(before), made_by, now);
        for frame in &frames {
            self.send_frame(frame);
        }
        self.connections.account(&self.host);
    }

    /// Chooses who is sent each frame now; the others fall behind.
    fn choose(
        &mut self,
        frames: &mut [Frame],
        seq: Seq,
        before: Known,
        made_by: Option<Socket>,
        now: Timestamp,
    ) {
        let (connections, pushes) = (&mut self.connections, &self.pushes);
        for (socket, connection) in &mut connections.open {
            if connection.state != State::Live || Some(*socket) == made_by {
                continue;
            }
            let platform: Platform = connection.endpoint.platform;
            let Some(frame) = frames
                .iter_mut()
                .find(|frame| frame.platforms.contains(platform))
            else {
                continue;
            };
            let bytes = frame.text.len();
            let room = connections.under_way.saturating_add(bytes) <= connections.allowance;
            if connection.window.is_full() || !room {
                let behind = Behind {
                    known: before,
                    fresh_at: None,
                    greeting: None,
                };
                connection.turn(&self.host, *socket, State::Behind(behind));
                connection.wait_for_room(!room, now);
                continue;
            }
            let pressed = connections.under_way.saturating_add(bytes) > connections.allowance / 2;
            let holds =
                pushes.asks(connection.endpoint.subscription) && frame.change == Change::Content;
            // Only a frame with a number can be acknowledged.
            let asks = seq > Seq::ZERO && (holds || connection.window.asks(bytes, pressed));
            connection.window.sent(seq, bytes, now);
            if asks {
                connection.window.asked();
                frame.asking_to.push(*socket);
            } else {
                frame.to.push(*socket);
            }
            connections.under_way = connections.under_way.saturating_add(bytes);
            connection.note_debt(&self.host, *socket);
        }
    }
}

/// The text of a change's frame. `None`: the change is new content, but the caller passed no content.
pub(super) fn render(
    change: Change,
    entry: &Entry,
    texts: Texts<'_>,
    cursor: Cursor,
    replayed: bool,
    now: Timestamp,
) -> Option<String> {
    Some(match change {
        Change::Content => {
            frame::notification(entry, texts.content?, texts.answer, cursor, replayed, now)
        }
        Change::State => frame::state(entry, texts.answer, cursor),
        Change::Removed(reason) => frame::removed(entry, reason, cursor),
    })
}
