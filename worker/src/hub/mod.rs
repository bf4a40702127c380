//! The Hub: one user's feed of one host, a Durable Object. It keeps the index, the sequence and the
//! sockets; what a change means to whom is the contract's to say.
//!
//! [`command`] is what the Worker asks; [`store`] the tables; [`posts`], [`reads`],
//! [`changes`] and [`subscriptions`] carry commands out; [`sockets`] fans out,
//! [`replay`] accepts and replays, [`frames`] does
//! what clients ask for over them; [`outbox`] moves bodies to KV.

mod changes;
pub mod command;
mod frames;
mod outbox;
mod posts;
mod reads;
mod replay;
mod sockets;
mod store;
mod subscriptions;
mod throttle;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use notifeed::credentials::base64url_decode;
use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::Epoch;
use notifeed::feed::capacity::Capacity;
use notifeed::guid::Guid;
use notifeed::http::{Addressee, Reply};
use notifeed::live::{PING, close};
use notifeed::time::Timestamp;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, console_error, durable_object,
};

use crate::fault::{Fault, Stop};
use crate::platform::{self, http, storage::Storage};
use crate::settings::Settings;
use command::{Access, Command, STREAM_HEADER};
use replay::Replay;
use store::{Owner, Store};
use throttle::Throttle;

/// The Durable Object: the runtime's events, each handed on to the [`Feed`].
#[durable_object]
pub struct Hub {
    feed: Rc<Feed>,
}

/// One user's feed of one host.
struct Feed {
    state: State,
    env: Env,
    store: OnceCell<Store>,
    /// The alarm that is set, as far as this instance knows.
    alarm: Cell<Option<Timestamp>>,
    /// The connections that are being told what they missed.
    replays: RefCell<Vec<Replay>>,
    /// Who may still do how much; forgotten with this instance.
    throttle: Throttle,
    /// The room in the feed, as far as this instance knows.
    capacity: Cell<Capacity>,
}

impl DurableObject for Hub {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new(PING.0, PING.1) {
            state.set_websocket_auto_response(&pair);
        }
        let feed = Rc::new(Feed {
            state,
            env,
            store: OnceCell::new(),
            alarm: Cell::new(None),
            replays: RefCell::new(Vec::new()),
            throttle: Throttle::default(),
            capacity: Cell::new(Capacity::default()),
        });
        feed.close_interrupted_replays();
        Self { feed }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let stream = request.headers().get(STREAM_HEADER)?;
        let text = match stream {
            Some(header) => base64url_decode(&header)
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .unwrap_or_default(),
            None => request.text().await?,
        };
        let request: command::Request = serde_json::from_str(&text)?;
        let response = self.feed.answer(request).await;
        response.map_err(|fault| Error::RustError(fault.to_string()))
    }

    async fn alarm(&self) -> Result<Response> {
        if let Err(fault) = self.feed.run_due_work(platform::now()).await {
            console_error!("alarm: {fault}");
        }
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        if let Err(fault) = self.feed.receive(&socket, message).await {
            console_error!("a client's frame: {fault}");
        }
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        let code = close::echo(u16::try_from(code).unwrap_or_default());
        platform::sockets::close(&socket, code, &reason);
        Ok(())
    }

    async fn websocket_error(&self, _socket: WebSocket, error: Error) -> Result<()> {
        worker::console_warn!("a socket: {error}");
        Ok(())
    }
}

impl Feed {
    /// The tables, opened at the first event that needs them.
    fn store(&self) -> std::result::Result<&Store, Fault> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let epoch = Epoch::from_bytes(platform::random_bytes()?);
        let store = Store::open(Storage::of(&self.state)?, epoch)?;
        Ok(self.store.get_or_init(|| store))
    }

    /// The Durable Object's id, 64 hexadecimal digits.
    fn id(&self) -> String {
        self.state.id().to_string()
    }

    async fn answer(
        self: &Rc<Self>,
        request: command::Request,
    ) -> std::result::Result<Response, Fault> {
        let command::Request {
            context,
            sender,
            access,
            command,
        } = request;
        let policy = Settings::of(&self.env).policy()?;
        let admitted = match self.within_limits(&sender, &command, context.now) {
            Ok(()) => self.admit(&access, context.now),
            Err(stop) => Err(stop),
        };
        let reply = match admitted {
            Err(stop) => Err(stop),
            Ok(owner) => match command {
                Command::Append(Ok(append)) => {
                    self.append(&append, &sender, &owner, &context).await
                }
                Command::Append(Err(problem)) => Err(problem.into()),
                Command::Subscribe(subscribe) => self.subscribe(subscribe, sender, &context),
                Command::Subscriptions => self.subscriptions(&sender, &context),
                Command::Unsubscribe(id) => self.unsubscribe(&id, &sender, &context),
                Command::UnsubscribeAll => self.unsubscribe_all(&context),
                Command::Read(id) => self.read(&id, &access, &sender, &owner, &context).await,
                Command::List(query) => self.list(&query, &owner, &context).await,
                Command::Count(query) => self.count(&query, &context),
                Command::Delta(query) => self.delta(&query, &owner, &context).await,
                Command::Endpoints => self.endpoints(&owner, &context),
                Command::Update {
                    id,
                    if_match,
                    states,
                } => {
                    self.update(&id, if_match.as_deref(), states, &owner, &context)
                        .await
                }
                Command::Delete { id, if_match } => self.delete(&id, if_match.as_deref(), &context),
                Command::Bodies(query) => self.bodies(&query, &context),
                Command::Panic => crate::edge::crash(),
                Command::Stream(stream) => match self.open_stream(stream, &sender, &context) {
                    Ok(response) => return Ok(response),
                    Err(stop) => Err(stop),
                },
            },
        };
        let reply = match reply {
            Ok(reply) => reply,
            Err(Stop::Problem(problem)) => Reply::problem(&problem, &context, &policy),
            Err(Stop::Fault(fault)) => {
                console_error!("request {}: {fault}", context.request_id);
                Reply::problem(&Fault::problem(), &context, &policy)
            }
        };
        http::respond(&reply)
    }

    /// Whose Hub this is, once what led here has proven its right to it; else 403.
    fn admit(&self, access: &Access, now: Timestamp) -> std::result::Result<Owner, Stop> {
        let store = self.store()?;
        let known = store.owner()?;
        let owner = match (access.subscription, &access.user, &access.host, known) {
            (Some(id), user, _, Some(owner)) => {
                let live = store.subscription(id)?.is_some_and(|s| now < s.expiration);
                let same_user = user.as_ref().is_none_or(|user| user.is(&owner.user));
                if !live || !same_user {
                    return Err(not_authorized().into());
                }
                owner
            }
            (None, Some(user), Some(host), known) => {
                let owner = Owner {
                    user: user.clone(),
                    host: host.clone(),
                };
                if known.as_ref() != Some(&owner) {
                    store.set_owner(&owner)?;
                }
                owner
            }
            _ => return Err(not_authorized().into()),
        };
        if let Addressee::User(id) = &access.addressee
            && !owner.user.is_named(id)
        {
            return Err(not_authorized().into());
        }
        Ok(owner)
    }

    /// The KV key of a revision's body.
    fn body_key(&self, id: Guid, revision: u32) -> String {
        format!("{}:{id}:{revision}", self.id())
    }
}

/// 403: the same sentence for whatever is wrong with the right to notify this user.
pub fn not_authorized() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "The caller may not act for, or notify, this user: the subscription id doesn't belong to them, or it has expired or was ended. Subscribe again and use the new id.",
    )
}
