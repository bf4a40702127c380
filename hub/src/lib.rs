//! A user's feed of one host, as a machine free of its host: events come in, and it answers, keeps and
//! tells over a [`Host`]. Nothing in it waits: what takes time leaves as an [`host::Effect`].

pub mod fault;
pub mod host;
pub mod settings;
pub mod store;
pub mod wire;

use std::rc::Rc;

use host::{Host, Outcome, Socket};
use notifeed::time::Timestamp;
use settings::Settings;

/// A feed in memory.
pub struct Feed<H: Host> {
    host: H,
    settings: Rc<Settings>,
}

impl<H: Host> Feed<H> {
    /// The feed as it wakes: `alarm` is when its alarm is set to. Nothing is read yet.
    pub fn wake(host: H, settings: Rc<Settings>, _alarm: Option<Timestamp>) -> Self {
        Self { host, settings }
    }

    /// Carries out a command of a Worker: the answer as [`Reply::to_text`](notifeed::http::Reply::to_text),
    /// or [`wire::RETRY`].
    pub fn call(&mut self, _protocol: u32, _operation: &str, _fields: &str) -> String {
        let _ = (&self.host, &self.settings);
        wire::RETRY.to_owned()
    }

    /// A client connects, with the command [`wire::Command::Stream`]. `Ok`: the host was told to
    /// accept it. `Err`: the answer that refuses it, as of [`Feed::call`].
    pub fn connect(
        &mut self,
        _protocol: u32,
        _socket: Socket,
        _fields: &str,
    ) -> Result<(), String> {
        Err(wire::RETRY.to_owned())
    }

    /// A client sent a frame; `None`: a binary one.
    pub fn message(&mut self, _socket: Socket, _frame: Option<&str>) {}

    /// A connection has ended, with the peer's close code; 1006 if its line broke.
    pub fn closed(&mut self, _socket: Socket, _code: u16, _reason: &str) {}

    /// The alarm rang. `retry`: for the same setting once more.
    pub fn alarm(&mut self, _retry: bool) {}

    /// The time that was given to [`Host::set_timer`] has passed.
    pub fn timer(&mut self) {}

    /// An effect has ended. A number that this memory didn't give is ignored.
    pub fn done(&mut self, _number: u64, _outcome: Outcome) {}
}
