//! The host: storage, sockets, an alarm, a clock and random numbers for a feed. All of it
//! is synchronous and coarse. Work that takes time leaves as an [`Effect`] with a number and comes back as an
//! event ([`Feed::done`](crate::Feed::done)).

use notifeed::credentials::Caller;
use notifeed::error::Problem;
use notifeed::notification::HostName;
use notifeed::push;
use notifeed::time::{Duration, Timestamp};

use crate::fault::Fault;
use crate::statement::Statement;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL
    Null,
    /// INTEGER; at most 2⁵³ in size, since JavaScript counts along.
    Integer(i64),
    /// TEXT
    Text(String),
}

/// A value that is bound to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound<'a> {
    /// NULL
    Null,
    /// INTEGER
    Integer(i64),
    /// TEXT
    Text(&'a str),
}

/// A statement that changes something, with its values.
#[derive(Debug, Clone)]
pub struct Write<'a> {
    /// The statement.
    pub statement: Statement,
    /// Its values, in the order of the placeholders.
    pub values: Vec<Bound<'a>>,
}

impl Write<'static> {
    /// A statement without values.
    pub const fn plain(statement: Statement) -> Self {
        Self {
            statement,
            values: Vec::new(),
        }
    }
}

/// A question to the tables.
#[derive(Debug, Clone, Copy)]
pub enum Query<'a> {
    /// A statement whose text the host has once and for all.
    Fixed(Statement),
    /// A statement whose text depends on the question.
    Text(&'a str),
}

/// The rows of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The rows, their columns by position.
    pub rows: Vec<Vec<Value>>,
    /// Whether the host stopped at the budget: there may be more rows.
    pub cut: bool,
}

/// A connection, by the number that the host gave it for as long as it keeps the feed in memory. Never
/// given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Socket(pub u32);

/// A connection that a feed finds when it wakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSocket {
    /// The connection.
    pub socket: Socket,
    /// The text that [`Host::attach`] gave it last.
    pub attachment: Option<String>,
}

/// A message to send to a push service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The endpoint at its push service.
    pub channel: push::Channel,
    /// The key that the subscription was made with.
    pub key_id: String,
    /// Content, urgency and lifetime.
    pub message: push::Message,
}

/// Something that takes time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Put a text into KV.
    Put {
        /// At most 512 bytes.
        key: String,
        /// The value.
        value: String,
        /// JSON text of at most 1024 bytes.
        metadata: String,
        /// When KV may drop it, in Unix seconds.
        expiration: u64,
    },
    /// Delete a key of KV, whether it is there or not.
    Remove {
        /// The key.
        key: String,
    },
    /// Ask when the feed was erased, if it ever was.
    ErasedSince,
    /// List the feed's keys in KV.
    List {
        /// The place to go on from; `None`: from the first key on.
        cursor: Option<String>,
    },
    /// Read texts of KV.
    Get {
        /// At most 100 keys.
        keys: Vec<String>,
    },
    /// Push to an endpoint.
    Push(Box<Push>),
    /// Prove who holds a token, and that its app is registered for a host.
    Verify {
        /// The token.
        token: String,
    },
}

/// How an [`Effect`] ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// [`Effect::Put`] and [`Effect::Remove`]: KV confirmed it.
    Done,
    /// [`Effect::ErasedSince`]: Unix milliseconds, or nothing. [`Effect::List`]: a JSON text with `keys`, each with
    /// `name` and `metadata`, `list_complete` and `cursor`. [`Effect::Get`]: a line for each key, in their order; an
    /// empty one where there is no text.
    Read(String),
    /// The effect failed; the sentence is for the log.
    Failed(String),
    /// [`Effect::Push`]: the push service's answer.
    Pushed(push::Outcome),
    /// [`Effect::Verify`]: who holds the token, and the hosts of the app.
    Verified(Box<Verified>),
    /// [`Effect::Verify`]: it proves nothing, or nothing here.
    Refused(Box<Problem>),
}

/// The identity and rights that a token proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The token's holder.
    pub caller: Caller,
    /// The hosts that its app is registered for.
    pub hosts: Vec<HostName>,
}

/// The surroundings that run a feed.
pub trait Host {
    /// The clock.
    fn now(&self) -> Timestamp;

    /// Random bytes.
    ///
    /// # Errors
    /// There are none to be had.
    fn random(&self) -> Result<[u8; 16], Fault>;

    /// The feed's id: 64 hexadecimal digits, as subscription ids carry it.
    fn id(&self) -> String;

    /// Runs the statements as one transaction: all of them or none. They are durable before anything
    /// that is said afterwards reaches anybody. Whether the last one changed anything.
    ///
    /// # Errors
    /// Nothing was written.
    fn commit(&self, writes: &[Write<'_>]) -> Result<bool, Fault>;

    /// Answers a question, row by row until `budget` bytes of text are passed; the row that passes it
    /// is the last.
    ///
    /// # Errors
    /// The tables can't be read.
    fn query(&self, query: Query<'_>, values: &[Bound<'_>], budget: usize) -> Result<Rows, Fault>;

    /// Sets the alarm, whatever it was: [`Feed::alarm`](crate::Feed::alarm) is called then. Outlives
    /// the feed's memory.
    ///
    /// # Errors
    /// The alarm is what it was.
    fn set_alarm(&self, at: Timestamp) -> Result<(), Fault>;

    /// Has [`Feed::timer`](crate::Feed::timer) called after that time, instead of when it was
    /// set to before. Goes with the feed's memory.
    fn set_timer(&self, after: Duration);

    /// The connections that are open when the feed wakes.
    fn sockets(&self) -> Vec<OpenSocket>;

    /// Accepts a connection that was offered.
    ///
    /// # Errors
    /// The runtime has no room for it.
    fn accept(&self, socket: Socket, attachment: &str) -> Result<(), Fault>;

    /// Sends a text frame to connections. A connection that fails has gone: its close event follows.
    fn send(&self, frame: &str, to: &[Socket]);

    /// Closes a connection; one that is closed already stays so.
    fn close(&self, socket: Socket, code: u16, reason: &str);

    /// Has the runtime keep a text with a connection.
    fn attach(&self, socket: Socket, attachment: &str);

    /// When the runtime last answered the connection's ping; `None`: it never sent one.
    fn last_ping(&self, socket: Socket) -> Option<Timestamp>;

    /// Starts something that takes time; [`Feed::done`](crate::Feed::done) is called with its number
    /// when it has ended.
    fn start(&self, number: u64, effect: Effect);

    /// Tells how many bytes of frames are under way to all of the feed's clients. Answers how many
    /// the feed may have, since it shares its memory with other feeds.
    fn under_way(&self, bytes: usize) -> usize;

    /// Whether KV has failed so often in a row that no feed of this memory tries it now.
    fn kv_rests(&self) -> bool;

    /// Ends the feed's memory, and with it every frame that no client reads: once all that was
    /// answered is durable and the calls that came are answered. Its next event builds it anew.
    /// `holders`: whose connections may not return for a minute.
    fn abort(&self, holders: &[String]);

    /// Ends the feed for good: everything that it has stored goes, the alarm too, and its memory. Its next event makes
    /// a new one. Calls that come meanwhile are answered as after [`Host::abort`].
    fn end(&self);

    /// Writes a line to the log.
    fn log(&self, line: &str);
}
