//! A second host: SQLite, KV and sockets in memory, a clock that the test sets, and faults when it
//! asks for them. [`runtime`] keeps what outlives a feed's memory and does what the feed asks of its
//! host; the [`World`] wakes the feed, and hands it its events.

mod faults;
mod kv;
mod lines;
mod runtime;
mod services;
mod tables;

use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use notifeed::credentials::jwt::TokenError;
use notifeed::error::problems;
use notifeed::live::close::Close;
use notifeed::time::Timestamp;
use notifeed_hub::Feed;
use notifeed_hub::fault::Fault;
use notifeed_hub::host::{Effect, Outcome};
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::{self, Command, PROTOCOL, Request};

use crate::asking::Answer;
use faults::Crash;
pub use faults::Interruption;
pub use kv::Mood;
pub use lines::{Heard, Line};
use runtime::{Handle, Pending, Runtime};
pub use services::endpoint;
use tables::Tables;

/// The feed's id.
pub const FEED: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// When every test begins.
pub const BEGIN: i64 = 1_790_000_000_000;

/// How long the runtime waits before it rings once more for an alarm whose handler crashed.
const ALARM_RETRY: i64 = 2000;

/// For how long an abort keeps its holders away.
const ABORT_LASTS: i64 = 60_000;

/// The Worker's answer for a feed that can't wake.
const ASLEEP: &str = "503\nRetry-After: 1\n\n{\"error\":{\"code\":\"ServiceUnavailable\"}}";

/// A feed at an earlier moment.
pub struct Backup {
    tables: Tables,
    alarm: Option<Timestamp>,
}

/// A feed and its surroundings.
pub struct World {
    pub runtime: Rc<Runtime>,
    pub settings: Rc<Settings>,
    feed: Option<Feed<Handle>>,
    /// The holders that may not connect, and until when.
    banned: Vec<(String, Timestamp)>,
    /// The alarm rings once more, for its handler crashed.
    alarm_failed: bool,
    /// How often the feed ended its memory.
    pub aborts: u32,
    /// Which item each number that anybody was told belongs to, by epoch.
    numbers: HashMap<(i64, [u8; 16]), String>,
}

impl World {
    pub fn new() -> Self {
        Self::with(crate::asking::settings())
    }

    pub fn with(settings: Settings) -> Self {
        Self {
            runtime: Rc::new(Runtime::new()),
            settings: Rc::new(settings),
            feed: None,
            banned: Vec::new(),
            alarm_failed: false,
            aborts: 0,
            numbers: HashMap::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.runtime.now.get()
    }

    /// When the alarm is set to.
    pub fn alarm(&self) -> Option<Timestamp> {
        self.runtime.alarm.get()
    }

    /// The feed's memory ends; what the host keeps stays.
    pub fn evict(&mut self) {
        self.feed = None;
        self.runtime.timer.set(None);
        self.runtime.waking.set(self.runtime.waking.get() + 1);
    }

    /// All lines break, and the feed's memory ends.
    pub fn break_down(&mut self) {
        self.evict();
        self.runtime.lines.borrow_mut().remove_all();
    }

    /// The operator restores the feed to a backup, alarm and all, and raises the generation.
    pub fn restore(&mut self, backup: &Backup) {
        self.break_down();
        self.runtime.tables.restore(&backup.tables);
        self.runtime.alarm.set(backup.alarm);
        self.runtime.pending.borrow_mut().clear();
        self.deploy(|settings| settings.generation += 1);
    }

    /// The feed's tables are lost, its alarm too.
    pub fn lose(&mut self) {
        self.break_down();
        self.runtime.tables.drop_all();
        self.runtime.alarm.set(None);
        self.runtime.pending.borrow_mut().clear();
    }

    /// Whether the feed is being healed; it wakes for that.
    pub fn is_healing(&mut self) -> bool {
        let counters = self.look(|feed| feed.counters().unwrap());
        counters.is_some_and(|counters| counters.contains("\"healing\":true"))
    }

    /// An operator declares that the feed was lost, or went back.
    pub fn declare_lost(&mut self) {
        let declared = self.event(false, Feed::declare_lost);
        assert!(matches!(declared, Ok(Ok(()))));
    }

    /// Lets a feed be healed that is to be.
    pub fn heal(&mut self) {
        if self.is_healing() {
            self.pass(self.settings.kv_lag.millis());
            self.rest();
        }
        assert!(!self.is_healing());
    }

    /// The state that a restore goes back to.
    pub fn backup(&self) -> Backup {
        Backup {
            tables: self.runtime.tables.copy(),
            alarm: self.alarm(),
        }
    }

    /// Changes the settings, as a deploy does.
    pub fn deploy(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = (*self.settings).clone();
        change(&mut settings);
        self.settings = Rc::new(settings);
        self.evict();
    }

    /// Hands an event to the feed, which wakes for it if need be.
    fn event<T>(
        &mut self,
        ringing: bool,
        event: impl FnOnce(&mut Feed<Handle>) -> T,
    ) -> Result<T, Interruption> {
        let alarm = self.alarm().filter(|_| !ringing);
        self.runtime.committed.set(false);
        let (runtime, settings, feed) = (&self.runtime, &self.settings, &mut self.feed);
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            let awake = match feed.take() {
                Some(awake) => awake,
                None => {
                    runtime.lines.borrow_mut().renumber();
                    Feed::wake(Handle::of(runtime), Rc::clone(settings), alarm)?
                }
            };
            Ok::<T, Fault>(event(feed.insert(awake)))
        }));
        match outcome {
            Ok(Ok(value)) => {
                self.end_if_aborted();
                Ok(value)
            }
            Ok(Err(_)) => {
                self.evict();
                Err(Interruption::Asleep)
            }
            Err(payload) => match payload.downcast::<Crash>() {
                Ok(_) => {
                    self.evict();
                    // A change is durable that perhaps nobody was told of: whoever runs a feed then
                    // ends its connections, and they come back by their cursors.
                    if self.runtime.committed.get() {
                        let Close { code, reason } = Close::RESTARTED;
                        self.runtime.lines.borrow_mut().close_all(code, reason);
                    }
                    Err(Interruption::Crash)
                }
                Err(other) => panic::resume_unwind(other),
            },
        }
    }

    /// The feed asked for an abort, and what came before it has been answered.
    fn end_if_aborted(&mut self) {
        if self.runtime.hold_aborts.get() {
            return;
        }
        let Some(holders) = self.runtime.abort.take() else {
            return;
        };
        self.aborts += 1;
        let until = self.now().saturating_add(crate::asking::ms(ABORT_LASTS));
        self.banned
            .extend(holders.into_iter().map(|holder| (holder, until)));
        self.runtime.lines.borrow_mut().remove_all();
        self.evict();
    }

    /// Looks at the feed, and nothing goes wrong while it does.
    pub fn quietly<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.runtime.faults.be_quiet(true);
        let seen = look(self);
        self.runtime.faults.be_quiet(before);
        seen
    }

    /// Answers a request as a Worker does, a crash too.
    pub fn ask(&mut self, request: &Request) -> Answer {
        self.try_ask(request)
            .unwrap_or_else(|_| panic!("a crash that nobody asked for"))
    }

    pub fn try_ask(&mut self, request: &Request) -> Result<Answer, Interruption> {
        let (operation, fields) = request.encode();
        self.try_call(PROTOCOL, operation, &fields)
    }

    pub fn try_call(
        &mut self,
        protocol: u32,
        operation: &str,
        fields: &str,
    ) -> Result<Answer, Interruption> {
        let mut call = || match self.event(false, |feed| feed.call(protocol, operation, fields)) {
            // The Worker answers in the feed's place.
            Err(Interruption::Asleep) => Ok(ASLEEP.to_owned()),
            called => called,
        };
        let mut text = call()?;
        if text == wire::RETRY {
            text = call()?;
        }
        Ok(Answer::read(&text))
    }

    /// Has an operator look at the feed.
    pub fn look<T>(&mut self, look: impl FnOnce(&Feed<Handle>) -> T) -> T {
        let seen = self.event(false, |feed| look(feed));
        seen.unwrap_or_else(|interruption| panic!("{interruption:?}"))
    }

    /// The answer of the feed itself.
    pub fn call_raw(&mut self, request: &Request) -> String {
        let (operation, fields) = request.encode();
        let called = self.event(false, |feed| feed.call(PROTOCOL, operation, &fields));
        called.unwrap_or_else(|interruption| panic!("{interruption:?}"))
    }

    /// A client connects, or a call waits: its line, or the answer.
    pub fn connect(&mut self, request: &Request) -> Result<Line, Answer> {
        self.try_connect(request)
            .unwrap_or_else(|_| panic!("a crash that nobody asked for"))
    }

    pub fn try_connect(&mut self, request: &Request) -> Result<Result<Line, Answer>, Interruption> {
        if self.is_banned(request) {
            return Ok(Err(Answer::read("429\n\n")));
        }
        let (operation, fields) = request.encode();
        match self.event(false, |_| ()) {
            Err(Interruption::Asleep) => return Ok(Err(Answer::read(ASLEEP))),
            woken => woken?,
        }
        let (line, socket) = self.runtime.lines.borrow_mut().offer();
        let answered = self.event(false, |feed| {
            feed.connect(PROTOCOL, socket, operation, &fields)
        });
        let accepted = self.runtime.lines.borrow_mut().was_accepted(line);
        match answered {
            Err(crash) => {
                // The upgrade was never answered: the client knows nothing of it.
                self.runtime.lines.borrow_mut().remove(line);
                Err(crash)
            }
            Ok(Ok(())) => {
                assert!(accepted || self.aborts > 0, "it says that it has accepted");
                Ok(Ok(line))
            }
            Ok(Err(text)) => {
                assert!(!accepted, "accepted and refused");
                Ok(Err(Answer::read(&text)))
            }
        }
    }

    fn is_banned(&mut self, request: &Request) -> bool {
        let now = self.now();
        self.banned.retain(|(_, until)| now < *until);
        let Command::Stream(stream) = &request.command else {
            return false;
        };
        let endpoint = stream.endpoint.map(|id| id.to_string());
        self.banned.iter().any(|(holder, _)| {
            *holder == stream.token_digest.as_str() || Some(holder) == endpoint.as_ref()
        })
    }

    /// A client sends a frame.
    pub fn say(&mut self, line: Line, frame: &str) {
        assert!(self.try_say(line, Some(frame)).is_ok());
    }

    /// A client sends a frame; `None`: a binary one.
    pub fn try_say(&mut self, line: Line, frame: Option<&str>) -> Result<(), Interruption> {
        // The feed wakes first, for then the line has its number. If it can't, the line breaks.
        if let Err(interruption) = self.event(false, |_| ()) {
            self.runtime.lines.borrow_mut().remove(line);
            return Err(interruption);
        }
        let Some(socket) = self.runtime.lines.borrow().socket(line) else {
            return Ok(());
        };
        self.event(false, |feed| feed.message(socket, frame))
    }

    /// The next event that a client reads.
    pub fn read(&mut self, line: Line) -> Option<Heard> {
        let heard = self.runtime.lines.borrow_mut().read(line);
        if matches!(heard, Some(Heard::Closed(..))) {
            self.over(line);
        }
        heard
    }

    /// A client goes, or its line breaks.
    pub fn hang_up(&mut self, line: Line) {
        self.over(line);
    }

    fn over(&mut self, line: Line) {
        let was_open = self.runtime.lines.borrow().socket(line).is_some();
        if was_open && self.event(false, |_| ()).is_ok() {
            let socket = self.runtime.lines.borrow_mut().remove(line);
            if let Some(socket) = socket {
                // A crash here is one more line that the feed finds when it wakes.
                let _ = self.event(false, |feed| feed.closed(socket));
            }
        }
    }

    /// Ends what can end of the effects that were started. Whether there were any.
    pub fn settle(&mut self) -> bool {
        let mut any = false;
        loop {
            let slow = self.runtime.kv.borrow().mood == Mood::Slow;
            let verifying = self.runtime.verifying.get();
            let mut pending = self.runtime.pending.borrow_mut();
            let next = pending.iter().position(|pending| match &pending.effect {
                Effect::Verify { .. } => !verifying,
                Effect::Push(push) => !self.runtime.services.borrow().hangs(push),
                _ => !slow,
            });
            let Some(Pending {
                number,
                effect,
                waking,
            }) = next.and_then(|next| pending.remove(next))
            else {
                return any;
            };
            drop(pending);
            any = true;
            let outcome = match &effect {
                Effect::Verify { token } => self.verified(token),
                Effect::Push(push) => self.runtime.services.borrow_mut().answer(push),
                _ => self.runtime.kv.borrow_mut().carry_out(&effect, self.now()),
            };
            // A feed that didn't ask isn't told.
            if waking == self.runtime.waking.get() {
                let _ = self.event(false, |feed| feed.done(number, outcome));
            }
        }
    }

    fn verified(&self, token: &str) -> Outcome {
        match self.runtime.tokens.borrow().get(token) {
            Some(verified) => Outcome::Verified(Box::new(verified.clone())),
            None => Outcome::Refused(Box::new(problems::bad_token(TokenError::BadSignature))),
        }
    }

    /// A client was told that a change of that item has that number within that epoch: no other
    /// item's may have it.
    pub fn number_is_of(&mut self, change: (i64, [u8; 16]), id: String) {
        let (seq, _) = change;
        let known = self.numbers.entry(change).or_insert_with(|| id.clone());
        assert_eq!(*known, id, "the number {seq} was given twice");
    }

    /// How many effects haven't ended.
    pub fn pending(&self) -> usize {
        self.runtime.pending.borrow().len()
    }

    /// Tells the feed of the end of something that it didn't start.
    pub fn done(&mut self, number: u64, outcome: Outcome) {
        assert!(self.event(false, |feed| feed.done(number, outcome)).is_ok());
    }

    /// Lets time pass: what is due in it happens at its time.
    pub fn pass(&mut self, millis: i64) {
        let until = self.now().saturating_add(crate::asking::ms(millis));
        let mut rung = 0;
        loop {
            self.settle();
            let runtime = &self.runtime;
            let (alarm, timer) = (runtime.alarm.get(), runtime.timer.get());
            let next = alarm.into_iter().chain(timer).min();
            let Some(next) = next.filter(|next| *next <= until) else {
                break;
            };
            rung += 1;
            assert!(
                rung < 10_000,
                "it never comes to rest: {alarm:?}, {timer:?}, {until}"
            );
            runtime.now.set(next.max(runtime.now.get()));
            if timer == Some(next) {
                runtime.timer.set(None);
                let _ = self.event(false, Feed::timer);
            } else {
                self.ring();
            }
        }
        self.runtime.now.set(until);
    }

    /// The alarm rings. It will once more if its handler crashes and has set no other.
    fn ring(&mut self) {
        self.runtime.alarm.set(None);
        let retry = std::mem::take(&mut self.alarm_failed);
        let rung = self.event(true, |feed| feed.alarm(retry));
        if rung.is_err() && self.alarm().is_none() {
            let later = self.now().saturating_add(crate::asking::ms(ALARM_RETRY));
            self.runtime.alarm.set(Some(later));
            self.alarm_failed = true;
        }
    }

    /// Lets happen what happens by itself, in no time or in the little that copying waits.
    pub fn rest(&mut self) {
        // Ten times the delay while many changes come, and a second until the mark is written.
        self.pass(self.settings.copy_delay.millis() * 10 + 1000);
        self.settle();
    }
}
