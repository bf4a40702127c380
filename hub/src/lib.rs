//! A user's feed of one app's host, as a state machine that is independent of its platform: it receives events, and
//! answers, stores and sends through a [`Host`]. Nothing in it waits: what takes time leaves as an
//! [`Effect`](host::Effect) and comes back as an event.
//!
//! [`wire`] is what a Worker asks and how that travels; [`admission`] who may. `posts`, `changes`, `answers`, `marking`,
//! [`subscriptions`], `reads` and `sent` carry commands out, `waiting` has the apps that wait for news; [`connection`] has the live connections, their
//! replays and the fan-out; [`push`] what is pushed; [`copies`] the copy in KV; [`store`] the tables. [`life`] is where the feed
//! stands, [`room`] how full it is, `idle` when nothing needs it, `snoozes` what is unread again, `healing` what KV has beyond
//! the tables, `oversight` the operator's view, [`alarm`] what is due, [`throttle`] how many calls each app has made: each
//! module owns its state. The meaning of a change and the text of a frame are the contract's (`notifeed`).

pub mod admission;
pub mod alarm;
mod answers;
mod changes;
pub mod connection;
pub mod copies;
mod delivered;
mod due;
pub mod fault;
mod healing;
pub mod host;
mod idle;
pub mod life;
mod marking;
mod oversight;
mod place;
mod posts;
pub mod push;
mod reads;
pub mod room;
mod sent;
pub mod settings;
mod snoozes;
mod statement;
pub mod store;
pub mod subscriptions;
pub mod throttle;
mod waiting;
pub mod wire;

use std::rc::Rc;

use notifeed::error::Problem;
use notifeed::feed::entry::Sender;
use notifeed::http::Reply;
use notifeed::request::Context;
use notifeed::throttle::Bucket;
use notifeed::time::Timestamp;

use admission::Admitted;
use alarm::Alarm;
use connection::Connections;
use copies::Copies;
use fault::{Fault, Stop};
use healing::Healing;
use host::{Host, Outcome, Socket};
use life::{Life, Mark, Prelude};
use marking::Counted;
use push::Pushes;
use room::Room;
use settings::Settings;
use subscriptions::KnownSubscriptions;
use throttle::{Kind, Throttle};
use waiting::Waiting;
use wire::{Access, Command, Request, Stream, Undecodable};

/// A feed in memory.
pub struct Feed<H: Host> {
    host: H,
    settings: Rc<Settings>,
    life: Life,
    room: Room,
    alarm: Alarm,
    copies: Copies,
    connections: Connections,
    waiting: Waiting,
    pushes: Pushes,
    throttle: Throttle,
    known_subscriptions: KnownSubscriptions,
    counted: Counted,
    /// The number of the last effect that was started.
    effects: u64,
    /// When the timer is set to.
    timer: Option<Timestamp>,
    /// The feed is being healed: nothing else is done.
    healing: Option<Healing>,
    /// The feed's memory is about to end: nothing is done any more.
    aborting: bool,
}

impl<H: Host> Feed<H> {
    /// The feed as it wakes: `alarm` is when its alarm is set to. Where it stands is read, and nothing
    /// else.
    ///
    /// # Errors
    /// The tables can't be read, or a new epoch not be written.
    pub fn wake(host: H, settings: Rc<Settings>, alarm: Option<Timestamp>) -> Result<Self, Fault> {
        let now = host.now();
        let (life, mark) = Life::read(&host, &settings)?;
        let bucket = Bucket::full(settings.frame_rate, now);
        let mut found = host.sockets();
        if life.healing.is_some() {
            healing::close(&host, &mut found);
        }
        let waiting = Waiting::woken(&found);
        found.retain(|open| !waiting.has(open.socket));
        let connections = Connections::woken(&host, found, (life.head.seq, bucket), now);
        let mut feed = Self {
            life: life.clone(),
            room: Room::default(),
            copies: Copies::default(),
            pushes: Pushes::default(),
            alarm: Alarm::woken(alarm),
            connections,
            waiting,
            throttle: Throttle::default(),
            known_subscriptions: KnownSubscriptions::default(),
            counted: Counted::default(),
            effects: 0,
            timer: None,
            healing: None,
            aborting: false,
            host,
            settings,
        };
        feed.stands(life, mark);
        feed.set_timer();
        Ok(feed)
    }

    /// Takes over where the feed stands in its tables.
    fn stands(&mut self, life: Life, mark: Mark) {
        let now = self.host.now();
        let at = now.saturating_add(self.settings.copy_delay);
        self.room = Room::woken(mark.rows, mark.bytes, life.stored, life.head);
        self.copies = Copies::woken(mark, &life, at);
        self.pushes = Pushes::woken(life.pushes);
        self.known_subscriptions = KnownSubscriptions::default();
        self.counted = Counted::default();
        self.healing = Healing::woken(&life, &self.settings);
        if self.healing.is_some() {
            self.wake_by(now.saturating_add(alarm::SAFETY));
        }
        self.life = life;
    }

    /// The host that runs the feed.
    pub const fn host(&self) -> &H {
        &self.host
    }

    /// Carries out a command of a Worker: the answer as [`Reply::to_text`], or [`wire::RETRY`].
    pub fn call(&mut self, _protocol: u32, operation: &str, fields: &str) -> String {
        if self.aborting {
            return wire::RETRY.to_owned();
        }
        if self.healing.is_some() {
            return self.is_healing(fields);
        }
        self.end_snoozes();
        let reply = match Request::decode(operation, fields) {
            Ok(request) => self.answer(request),
            Err(error) => self.cannot_decode(&error, fields),
        };
        self.set_timer();
        reply.to_text()
    }

    /// A client connects, with the command [`Command::Stream`]; or a call waits on the socket until [`Feed::call`]
    /// would have news for it. `Ok`: the host was told to accept it.
    ///
    /// # Errors
    /// The answer that refuses it, as of [`Feed::call`]; of a call that waits also its answer, where there is news.
    pub fn connect(
        &mut self,
        _protocol: u32,
        socket: Socket,
        operation: &str,
        fields: &str,
    ) -> Result<(), String> {
        if self.aborting {
            return Err(wire::RETRY.to_owned());
        }
        if self.healing.is_some() {
            return Err(self.is_healing(fields));
        }
        self.end_snoozes();
        let opened = match Request::decode(operation, fields) {
            Ok(request) if matches!(request.command, Command::Stream(_)) => {
                self.answer_stream(socket, request)
            }
            Ok(request) => self.wait(socket, request),
            Err(error) => Err(self.cannot_decode(&error, fields)),
        };
        self.set_timer();
        opened.map_err(|reply| reply.to_text())
    }

    /// A client sent a frame; `None`: a binary one.
    pub fn message(&mut self, socket: Socket, frame: Option<&str>) {
        if self.waiting.has(socket) || self.healing.is_some() {
            return;
        }
        self.end_snoozes();
        self.receive(socket, frame);
        self.set_timer();
    }

    /// A connection has ended.
    pub fn closed(&mut self, socket: Socket) {
        if !self.waiting.closed(socket) {
            self.connections.closed(&self.host, socket);
        }
        self.set_timer();
    }

    /// An effect has ended. A number that this memory didn't give is ignored.
    pub fn done(&mut self, number: u64, outcome: Outcome) {
        if self.healing.is_some() {
            self.kv_was_read(number, &outcome);
            self.set_timer();
            return;
        }
        self.end_snoozes();
        let of_copies = self
            .copies
            .done(&self.host, number, &outcome, &mut self.effects);
        if of_copies {
            self.settle_copies();
        } else if !self.push_ended(number, &outcome) {
            self.verified(number, outcome);
        }
        self.set_timer();
    }

    fn next_effect(&mut self) -> u64 {
        self.effects = self.effects.saturating_add(1);
        self.effects
    }

    /// Counts the request, and looks whether what led here proves a right to it.
    fn admitted(
        &mut self,
        sender: &Sender,
        access: &Access,
        command: &Command,
        now: Timestamp,
    ) -> Result<Admitted, Stop> {
        let (kind, rate) = match command {
            Command::Append(_) | Command::RefuseAppend(_) => (Kind::Posts, self.settings.post_rate),
            _ => (Kind::Calls, self.settings.call_rate),
        };
        self.throttle.take(sender, kind, rate, now)?;
        self.admit(access, !command.is_of_sender(), now)
    }

    /// Takes a request apart: the context of its answer, who asks, what for, and whether they may.
    fn received(&mut self, request: Request) -> (Context, Sender, Command, Result<Admitted, Stop>) {
        let Request {
            asked_by,
            sender,
            access,
            command,
        } = request;
        let context = asked_by.context(self.host.now());
        let admitted = self.admitted(&sender, &access, &command, context.now);
        (context, sender, command, admitted)
    }

    fn answer(&mut self, request: Request) -> Reply {
        let (context, sender, command, admitted) = self.received(request);
        let reply = admitted.and_then(|admitted| match command {
            Command::Append(append) => self.append(&append, &sender, &admitted, &context),
            Command::RefuseAppend(problem) => Err(Stop::Problem(problem)),
            Command::Subscribe(subscribe) => {
                self.subscribe(subscribe, sender.clone(), &admitted, &context)
            }
            Command::Subscriptions => self.subscriptions(&sender, &context),
            Command::Unsubscribe(id) => self.unsubscribe(&id, &sender, &context),
            Command::UnsubscribeAll => self.unsubscribe_all(&context),
            Command::Read(asked) if admitted.by_user => self.read(
                &asked.id,
                asked.if_none_match.as_deref(),
                &admitted,
                &context,
            ),
            Command::Read(asked) => {
                let read = self.read_sent(&asked, &sender, &admitted, &context);
                read.map(|(reply, _)| reply)
            }
            Command::Retract { id, if_match } => {
                self.retract(&id, if_match.as_deref(), &sender, &context)
            }
            Command::SentChanges(query) => {
                let page = self.sent_changes(&query, &sender, &admitted, &context);
                page.map(|(reply, _)| reply)
            }
            Command::List(query) => self.list(&query, &admitted, &context),
            Command::Count(query) => self.count(&query, &context),
            Command::Delta(query) => self.delta(&query, &admitted, &context),
            Command::MarkAll(asked) => self.mark_all(&asked, &context),
            Command::Acknowledge(ack) => self.acknowledged(&ack, &admitted, &context),
            Command::Endpoints(of) => self.endpoints(of.as_deref(), &admitted, &context),
            Command::Receipt(receipt) => self.receipt(&receipt, &context),
            Command::Update {
                id,
                if_match,
                states,
            } => self.update(&id, if_match.as_deref(), states, &admitted, &context),
            Command::Answer(answer) => self.answer_item(&answer, &admitted, &context),
            Command::Delete { id, if_match } => self.delete(&id, if_match.as_deref(), &context),
            Command::Copies(query) => self.copies_of(&query, &context),
            Command::Panic if self.settings.may_panic => crash(),
            Command::Panic | Command::Stream(_) => Err(unsupported().into()),
        });
        reply.unwrap_or_else(|stop| self.refuse(&stop, &context))
    }

    fn answer_stream(&mut self, socket: Socket, request: Request) -> Result<(), Reply> {
        let context = request.asked_by.context(self.host.now());
        let Command::Stream(stream) = request.command else {
            return Err(self.refuse(&unsupported().into(), &context));
        };
        let (access, sender) = (request.access, request.sender);
        let opened = self.open_stream(socket, &stream, &access, &sender, &context);
        opened.map_err(|stop| self.refuse(&stop, &context))
    }

    fn open_stream(
        &mut self,
        socket: Socket,
        stream: &Stream,
        access: &Access,
        sender: &Sender,
        context: &Context,
    ) -> Result<(), Stop> {
        let rate = self.settings.call_rate;
        self.throttle.take(sender, Kind::Calls, rate, context.now)?;
        let admitted = self.admit(access, true, context.now)?;
        self.open(socket, stream, sender, &admitted, context)
    }

    fn refuse(&self, stop: &Stop, context: &Context) -> Reply {
        let log = |line: &str| self.host.log(line);
        fault::reply(stop, context, &self.settings.policy, log)
    }

    /// A command of another release, or none: nothing was done.
    fn cannot_decode(&self, error: &Undecodable, fields: &str) -> Reply {
        let context = Request::asked_by(fields).context(self.host.now());
        let stop = match error {
            Undecodable::Unsupported(what) => {
                self.host.log(&format!(
                    "a Worker of another release sent an unknown command or field: {what}"
                ));
                unsupported().into()
            }
            Undecodable::Malformed(fault) => Stop::Fault(fault.clone()),
        };
        self.refuse(&stop, &context)
    }

    /// The feed has begun, or has another owner, durably.
    fn begun(&mut self, prelude: Prelude) {
        if !self.life.made && !prelude.is_empty() {
            self.copies.begun();
        }
        if prelude.written(&mut self.life) {
            let now = self.host.now();
            self.copies.owner_changed(now, self.settings.copy_delay);
        }
    }
}

/// 503: this release of the feed can't do it; while a deployment is under way another one will.
fn unsupported() -> Problem {
    Fault::problem().retry_after(wire::UNSUPPORTED_RETRY_AFTER)
}

/// A panic, as a mistake in the code would be one.
#[expect(clippy::panic, reason = "panicking is what it is for")]
fn crash() -> ! {
    panic!("a test asked for it")
}
