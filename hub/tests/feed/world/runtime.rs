//! The runtime: all that outlives a feed's memory, and the host that the feed asks.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Fault;
use notifeed_hub::host::{Bound, Effect, Host, OpenSocket, Query, Rows, Socket, Verified, Write};

use super::faults::Faults;
use super::kv::{self, Kv};
use super::lines::Lines;
use super::services::Services;
use super::tables::Tables;
use super::{BEGIN, FEED};

/// An effect that hasn't ended, and which waking of the feed started it.
pub struct Pending {
    pub number: u64,
    pub effect: Effect,
    pub waking: u32,
}

/// All that outlives a feed's memory, and the host that the feed asks.
pub struct Runtime {
    pub tables: Tables,
    pub kv: RefCell<Kv>,
    pub lines: RefCell<Lines>,
    pub services: RefCell<Services>,
    pub faults: Faults,
    /// The proofs of the tokens that clients send.
    pub tokens: RefCell<HashMap<String, Verified>>,
    /// Whether it takes until further notice to verify them.
    pub verifying: Cell<bool>,
    /// How many bytes the feed may have under way.
    pub budget: Cell<usize>,
    /// How many it said last that it has.
    pub under_way: Cell<usize>,
    /// An abort that the feed asked for waits.
    pub hold_aborts: Cell<bool>,
    /// KV failed for others, too.
    pub kv_rests: Cell<bool>,
    /// How often the alarm was set.
    pub alarms_set: Cell<u32>,
    pub log: RefCell<Vec<String>>,
    pub now: Cell<Timestamp>,
    pub alarm: Cell<Option<Timestamp>>,
    pub timer: Cell<Option<Timestamp>>,
    random: Cell<u64>,
    pub pending: RefCell<VecDeque<Pending>>,
    pub waking: Cell<u32>,
    /// Whether the event that the feed is busy with has written anything.
    pub committed: Cell<bool>,
    pub abort: RefCell<Option<Vec<String>>>,
}

/// The host of a feed.
#[derive(Clone)]
pub struct Handle(Rc<Runtime>);

impl Runtime {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self {
            tables: Tables::new(),
            kv: RefCell::default(),
            lines: RefCell::default(),
            services: RefCell::default(),
            faults: Faults::default(),
            tokens: RefCell::default(),
            verifying: Cell::new(false),
            budget: Cell::new(64 << 20),
            under_way: Cell::new(0),
            hold_aborts: Cell::new(false),
            kv_rests: Cell::new(false),
            alarms_set: Cell::new(0),
            log: RefCell::default(),
            now: Cell::new(Timestamp::from_unix_millis(BEGIN).unwrap()),
            alarm: Cell::new(None),
            timer: Cell::new(None),
            random: Cell::new(1),
            pending: RefCell::default(),
            waking: Cell::new(0),
            committed: Cell::new(false),
            abort: RefCell::new(None),
        }
    }
}

impl Handle {
    pub fn of(runtime: &Rc<Runtime>) -> Self {
        Self(Rc::clone(runtime))
    }
}

impl Host for Handle {
    fn now(&self) -> Timestamp {
        self.0.now.get()
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        self.0.faults.operation();
        self.0.faults.may_fail()?;
        // splitmix64
        let mut bytes = [0; 16];
        for half in bytes.chunks_mut(8) {
            let state = self.0.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.0.random.set(state);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            half.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
        }
        Ok(bytes)
    }

    fn id(&self) -> String {
        FEED.into()
    }

    fn commit(&self, writes: &[Write<'_>]) -> Result<bool, Fault> {
        self.0.faults.operation();
        let changed = self.0.tables.commit(writes, || self.0.faults.may_fail())?;
        self.0.committed.set(true);
        Ok(changed)
    }

    fn query(&self, query: Query<'_>, values: &[Bound<'_>], budget: usize) -> Result<Rows, Fault> {
        self.0.faults.operation();
        self.0.faults.may_fail()?;
        Ok(self.0.tables.query(query, values, budget))
    }

    fn set_alarm(&self, at: Timestamp) -> Result<(), Fault> {
        self.0.faults.operation();
        self.0.faults.may_fail()?;
        self.0.alarms_set.set(self.0.alarms_set.get() + 1);
        self.0.alarm.set(Some(at));
        Ok(())
    }

    fn set_timer(&self, after: Duration) {
        self.0.faults.operation();
        assert!(after >= Duration::ZERO, "{after:?}");
        let at = self.0.now.get().saturating_add(after);
        self.0.timer.set(Some(at));
    }

    fn sockets(&self) -> Vec<OpenSocket> {
        self.0.faults.operation();
        self.0.lines.borrow().found()
    }

    fn accept(&self, socket: Socket, attachment: &str) -> Result<(), Fault> {
        self.0.faults.operation();
        self.0.faults.may_fail()?;
        assert!(attachment.len() <= 2048, "{attachment}");
        self.0.lines.borrow_mut().accept(socket, attachment);
        Ok(())
    }

    fn send(&self, frame: &str, to: &[Socket]) {
        self.0.faults.operation();
        self.0.lines.borrow_mut().send(frame, to);
    }

    fn close(&self, socket: Socket, code: u16, reason: &str) {
        self.0.faults.operation();
        self.0.lines.borrow_mut().close(socket, code, reason);
    }

    fn attach(&self, socket: Socket, attachment: &str) {
        self.0.faults.operation();
        assert!(attachment.len() <= 2048, "{attachment}");
        self.0.lines.borrow_mut().attach(socket, attachment);
    }

    fn last_ping(&self, socket: Socket) -> Option<Timestamp> {
        self.0.lines.borrow_mut().last_ping(socket)
    }

    fn start(&self, number: u64, effect: Effect) {
        self.0.faults.operation();
        kv::assert_takes(&effect, self.0.now.get());
        self.0.pending.borrow_mut().push_back(Pending {
            number,
            effect,
            waking: self.0.waking.get(),
        });
    }

    fn under_way(&self, bytes: usize) -> usize {
        self.0.under_way.set(bytes);
        self.0.budget.get()
    }

    fn kv_rests(&self) -> bool {
        self.0.kv_rests.get()
    }

    fn abort(&self, holders: &[String]) {
        self.0.faults.operation();
        *self.0.abort.borrow_mut() = Some(holders.to_vec());
    }

    fn end(&self) {
        self.0.faults.operation();
        self.0.tables.drop_all();
        self.0.alarm.set(None);
        *self.0.abort.borrow_mut() = Some(Vec::new());
    }

    fn log(&self, line: &str) {
        self.0.log.borrow_mut().push(line.to_owned());
    }
}
