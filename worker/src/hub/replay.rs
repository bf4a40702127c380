//! A client connects, and is told what it missed: page by page, no faster than it can read.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::entry::Sender;
use notifeed::feed::{Change, Cursor, Entry, Resume, Seq, change_since};
use notifeed::http::Context;
use notifeed::live::close::Close;
use notifeed::live::endpoint::Endpoint;
use notifeed::live::flow::{Flow, Next};
use notifeed::live::{MAX_SOCKET_LIFE, frame};
use worker::{Delay, Response, WebSocket, WebSocketPair, console_error};

use super::Feed;
use super::command::Stream;
use super::posts::canonical;
use super::sockets::{change_frame, end, is_same, send};
use crate::fault::{Fault, Stop};
use crate::platform::{self, http};

/// How many entries are read at a time.
const PAGE: u32 = 100;

/// A replay that is under way. While it is, its socket takes no part in the fan-out: it reads what
/// changes from the index.
pub struct Replay {
    socket: WebSocket,
    flow: Flow,
    /// What is woken by the next acknowledgement.
    waiting: Option<futures_channel::oneshot::Sender<()>>,
}

impl Replay {
    /// Whether it is this connection's.
    pub fn is_of(&self, socket: &WebSocket) -> bool {
        is_same(&self.socket, Some(socket))
    }
}

impl Feed {
    /// Accepts a connection. The replay begins when the answer is on its way.
    pub(super) fn open_stream(
        self: &Rc<Self>,
        stream: Stream,
        sender: &Sender,
        context: &Context,
    ) -> Result<Response, Stop> {
        if let Some(id) = stream.endpoint {
            let known = self.store()?.subscription(id)?;
            known
                .filter(|known| context.now < known.expiration && known.sender == *sender)
                .ok_or_else(|| {
                    Problem::new(
                        ErrorCode::ItemNotFound,
                        "There is no such subscription: 'endpoint' must be the id of one that hasn't ended.",
                    )
                    .detail("InvalidParameter", "endpoint")
                })?;
        }
        if self.sockets().len() >= self.settings().max_sockets()? {
            return Err(Problem::new(
                ErrorCode::ServerBusy,
                "The user has too many live connections. Close one, or come back later.",
            )
            .retry_after(60)
            .into());
        }
        let pair = WebSocketPair::new()?;
        let hour = context.now.saturating_add_millis(MAX_SOCKET_LIFE);
        let endpoint = Endpoint {
            platform: stream.platform,
            subscription: stream.endpoint,
            expires: stream.expires.min(hour),
            replaying: true,
        };
        pair.server.serialize_attachment(&endpoint)?;
        self.state
            .accept_websocket_with_tags(&pair.server, &[endpoint.platform.as_str()]);
        self.wake_by(endpoint.expires)?;
        self.replays.borrow_mut().push(Replay {
            socket: pair.server.clone(),
            flow: Flow::default(),
            waiting: None,
        });
        let feed = Rc::clone(self);
        let socket = pair.server;
        self.state.wait_until(async move {
            let replayed = feed.replay(&socket, endpoint, stream.cursor).await;
            feed.end_replay(&socket);
            if let Err(fault) = replayed {
                console_error!("a replay: {fault}");
                end(&socket, Close::RESTARTED);
            }
        });
        Ok(http::switch_protocols(
            pair.client,
            stream.subprotocol,
            context,
        )?)
    }

    /// Sends what the endpoint doesn't know yet, page by page, then `ready`. That nothing is left,
    /// `ready`, and joining the fan-out are one turn, without an await: nothing can happen in
    /// between.
    async fn replay(
        &self,
        socket: &WebSocket,
        mut endpoint: Endpoint,
        presented: Option<String>,
    ) -> Result<(), Fault> {
        let store = self.store()?;
        let (epoch, head) = store.head()?;
        let resume = Resume::decide(presented.as_deref(), epoch, head.seq);
        if resume == Resume::Reset {
            send(socket, &frame::reset())?;
        }
        let mut known = resume.known();
        loop {
            let page = store.changed_after(known.position, PAGE)?;
            if page.is_empty() {
                let resumed = matches!(resume, Resume::From(_));
                send(
                    socket,
                    &frame::ready(store.cursor()?, endpoint.subscription, resumed),
                )?;
                endpoint.replaying = false;
                socket.serialize_attachment(&endpoint)?;
                self.end_replay(socket);
                return Ok(());
            }
            let full = page.len() == PAGE as usize;
            let now = platform::now();
            let tell = |entry: &Entry| change_since(entry, known, Some(endpoint.platform), now);
            let missing: Vec<_> = page
                .iter()
                .filter(|(entry, body)| body.is_none() && tell(entry) == Some(Change::Content))
                .map(|(entry, _)| (entry.id, entry.revision))
                .collect();
            let stored = self.stored_bodies(&missing).await?;
            let mut position = known;
            for (entry, body) in &page {
                // Without a cursor there is nothing to take back, but what was told just now.
                let change = tell(entry).filter(|change| {
                    !matches!(change, Change::Removed(_))
                        || matches!(resume, Resume::From(_))
                        || entry.seq > head.seq
                });
                position = position.replayed_to(entry.seq);
                let Some(change) = change else { continue };
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
                    known: position,
                };
                let frame = change_frame(change, entry, notification.as_ref(), cursor, true, now)?;
                send(socket, &frame)?;
                if !self.sent(socket, entry.seq, frame.len()).await {
                    end(socket, Close::TOO_SLOW);
                    return Ok(());
                }
            }
            known = position;
            if full {
                // Let in what waits: acknowledgements, posts, other connections.
                Delay::from(Duration::ZERO).await;
            }
        }
    }

    /// Notes a frame that was sent, and waits until there is room for another. `false`: the client
    /// doesn't keep up.
    async fn sent(&self, socket: &WebSocket, seq: Seq, bytes: usize) -> bool {
        self.with_flow(socket, |replay| replay.flow.sent(seq, bytes));
        loop {
            let (waker, woken) = futures_channel::oneshot::channel();
            let next = self.with_flow(socket, |replay| {
                replay.waiting = Some(waker);
                replay.flow.next()
            });
            let (millis, cut) = match next {
                Some(Next::Send) => return true,
                Some(Next::Listen(millis)) => (millis, false),
                Some(Next::Wait(millis)) => (millis, true),
                None => return false,
            };
            let patience = Delay::from(Duration::from_millis(millis));
            if let (Either::Right(_), true) = (select(woken, patience).await, cut) {
                return false;
            }
        }
    }

    /// A client has everything up to `seq`: counts while it is being told what it missed.
    pub(super) fn acknowledged(&self, socket: &WebSocket, seq: Seq) {
        let waiting = self.with_flow(socket, |replay| {
            replay.flow.acknowledged(seq);
            replay.waiting.take()
        });
        if let Some(waiting) = waiting.flatten() {
            // Nobody may be waiting any longer.
            let _ = waiting.send(());
        }
    }

    fn end_replay(&self, socket: &WebSocket) {
        let mut replays = self.replays.borrow_mut();
        replays.retain(|replay| !replay.is_of(socket));
    }

    fn with_flow<T>(&self, socket: &WebSocket, run: impl FnOnce(&mut Replay) -> T) -> Option<T> {
        let mut replays = self.replays.borrow_mut();
        replays
            .iter_mut()
            .find(|replay| replay.is_of(socket))
            .map(run)
    }
}
