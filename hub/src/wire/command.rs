//! The commands.

use notifeed::credentials::User;
use notifeed::digest::Digest;
use notifeed::error::Problem;
use notifeed::feed::answer::Answering;
use notifeed::feed::degraded::Wanted;
use notifeed::feed::entry::Sender;
use notifeed::feed::mark_all::MarkAll;
use notifeed::feed::query::Query;
use notifeed::feed::update::StateUpdate;
use notifeed::guid::Guid;
use notifeed::http::Addressee;
use notifeed::json::JsonText;
use notifeed::notification::{Content, HostName, Platform, PlatformSet, Priority, VisualContent};
use notifeed::request::origin::Readers;
use notifeed::request::{ApiVersion, Context};
use notifeed::time::{Duration, Timestamp};
use notifeed::verdict::Accepted;

/// The release of the protocol between a Worker and a feed. A feed answers one of a later release
/// than its own that it can't carry out with 503. From 2 on, an answer begins with a line of the numbers
/// of rows that were read and written.
pub const PROTOCOL: u32 = 2;

/// How long a caller waits whose Worker is of another release than the feed.
pub const UNSUPPORTED_RETRY_AFTER: Duration = Duration::from_seconds(5);

/// The operation of a client that connects.
pub const STREAM: &str = "stream";

/// The answer of a feed that is about to end its memory and has done nothing: the Worker asks once
/// more.
pub const RETRY: &str = "retry";

/// A command, and the request that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The caller's request.
    pub asked_by: AskedBy,
    /// The app that calls, by its verified token.
    pub sender: Sender,
    /// In whose name, or by which subscription.
    pub access: Access,
    /// The command.
    pub command: Command,
}

/// The facts of the caller's request that an answer repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBy {
    /// The server's own id of it.
    pub request_id: Guid,
    /// The caller's id of it, if it sent a usable one.
    pub client_request_id: Option<String>,
    /// Scheme and authority that links start with.
    pub origin: String,
    /// The version that the path named.
    pub version: ApiVersion,
}

impl AskedBy {
    /// The context of the answer, by the feed's own clock. The Worker adds who may read it.
    pub fn context(self, now: Timestamp) -> Context {
        Context {
            now,
            request_id: self.request_id,
            client_request_id: self.client_request_id,
            origin: self.origin,
            version: self.version,
            readers: Readers::All,
        }
    }
}

/// The proof that led to this feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The signed-in user, by a delegated token: the feed is theirs, unless a subscription led here;
    /// then it must be.
    pub user: Option<User>,
    /// The host, where the user led here: confirmed by the registry.
    pub host: Option<HostName>,
    /// The subscription that a verified UNS id named.
    pub subscription: Option<Guid>,
    /// The user whom the path named; with an app-only token that must be the feed's user.
    pub addressee: Addressee,
}

/// A command for the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Post a notification.
    Append(Box<Append>),
    /// Be told what is wrong with a notification, once the caller has proven its right.
    RefuseAppend(Box<Problem>),
    /// Subscribe a device.
    Subscribe(Subscribe),
    /// List the app's subscriptions of the user.
    Subscriptions,
    /// End one of the app's subscriptions; its id as the path has it.
    Unsubscribe(String),
    /// End all of the user's subscriptions.
    UnsubscribeAll,
    /// Read one notification.
    Read(Read),
    /// Retract a notification that the app sent.
    Retract {
        /// Its id as the path has it.
        id: String,
        /// `If-Match`.
        if_match: Option<String>,
    },
    /// List what changed of what the app sent.
    SentChanges(Query),
    /// List the feed.
    List(Query),
    /// Count the items that a list would have.
    Count(Query),
    /// List what changed.
    Delta(Query),
    /// Read, or see, everything at once.
    MarkAll(MarkAll),
    /// Note that a device has everything up to a cursor.
    Acknowledge(Acknowledgement),
    /// List the user's subscriptions, which are live, and what became of the notification of that id there.
    Endpoints(Option<String>),
    /// Note what became of a push; the subscription that led here is the one that was pushed to.
    Receipt(Receipt),
    /// Set states of one notification.
    Update {
        /// Its id as the path has it.
        id: String,
        /// `If-Match`.
        if_match: Option<String>,
        /// The states.
        states: StateUpdate,
    },
    /// Answer one notification.
    Answer(Box<Answer>),
    /// Delete one notification.
    Delete {
        /// Its id as the path has it.
        id: String,
        /// `If-Match`.
        if_match: Option<String>,
    },
    /// List which items of a page KV has copies of; only in development.
    Copies(Query),
    /// Crash, in a test of what a crash does.
    Panic,
    /// Connect a client; comes with an upgrade request.
    Stream(Stream),
}

impl Command {
    /// The read, if copies can answer it while the feed can't.
    pub fn wanted(&self) -> Option<Wanted<'_>> {
        match self {
            Self::List(query) => Wanted::newest(query),
            Self::Read(read) => Wanted::item(&read.id),
            _ => None,
        }
    }
}

impl Command {
    /// Whether an app may do it by a subscription that has ended (D27): it reads what it sent, or takes it back.
    pub const fn is_of_sender(&self) -> bool {
        matches!(
            self,
            Self::Read(_) | Self::Retract { .. } | Self::SentChanges(_)
        )
    }
}

/// A read of one notification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// Its id as the path has it.
    pub id: String,
    /// The app that sent it is told of its deliveries, too.
    pub deliveries: bool,
    /// `If-None-Match`: the version that the caller has.
    pub if_none_match: Option<String>,
}

/// A validated notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The host that it is for.
    pub host: HostName,
    /// The app's own id for it.
    pub app_notification_id: Option<String>,
    /// The group, for filters.
    pub group_name: Option<String>,
    /// The priority, for filters.
    pub priority: Priority,
    /// The platforms that it is for.
    pub platforms: PlatformSet,
    /// When it leaves every surface.
    pub expiration: Timestamp,
    /// The display time that is asked for, in seconds.
    pub display_time_to_live: Option<u32>,
    /// SHA-256 of the canonical request, before what depends on the clock.
    pub request_digest: Digest,
    /// Content and audience of the item.
    pub content: JsonText<Content>,
    /// The content has actions.
    pub asks: bool,
    /// The part of it that its sender is shown again.
    pub visual_content: Option<JsonText<VisualContent>>,
    /// Nothing is replaced: `If-None-Match: *`.
    pub create_only: bool,
}

impl Append {
    /// The notification of a body that was accepted. `create_only`: it replaces nothing.
    pub fn of(accepted: &Accepted, create_only: bool) -> Self {
        let notification = accepted.notification();
        Self {
            host: notification.target_host_name().clone(),
            app_notification_id: notification.app_notification_id().map(str::to_owned),
            group_name: notification.group_name().map(str::to_owned),
            priority: notification.priority(),
            platforms: notification.platforms(),
            expiration: notification.expiration(),
            display_time_to_live: notification.display_time_to_live(),
            request_digest: accepted.request_digest(),
            asks: notification.asks(),
            content: notification.content_text(),
            visual_content: notification.visual_text(),
            create_only,
        }
    }
}

/// An answer to one notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its id as the path has it.
    pub id: String,
    /// `If-Match`.
    pub if_match: Option<String>,
    /// The answer.
    pub answering: Answering,
    /// The states beside it in the body: they may change nothing.
    pub states: StateUpdate,
    /// The subscription of the device that it is given on, as the query has it.
    pub endpoint: Option<String>,
}

/// A validated subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribe {
    /// The platform whose notifications the device receives.
    pub platform: Platform,
    /// The app's own id of the device; the same again renews.
    pub device_id: Option<String>,
    /// For people to recognize it by.
    pub display_name: Option<String>,
    /// The channel of its pushes, as [`Channel::to_text`](notifeed::push::Channel::to_text) has it.
    pub push_subscription: Option<String>,
}

/// An acknowledgement of a device whose connection goes one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Its subscription, as the query has it.
    pub endpoint: String,
    /// Up to where it has everything: a frame's cursor.
    pub cursor: String,
    /// A person sees it.
    pub visible: bool,
}

/// A receipt that a device returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The subscription that was pushed to.
    pub subscription: Guid,
    /// The notification,
    pub notification: Guid,
    /// and which revision of it.
    pub revision: u32,
    /// The states that a person has set.
    pub states: StateUpdate,
}

/// A client that connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// The platform whose notifications the connection receives.
    pub platform: Platform,
    /// The cursor at which it left off.
    pub cursor: Option<String>,
    /// How many of the newest items it asks for where the whole live feed would come.
    pub top: Option<u32>,
    /// The subscription that it connects for.
    pub endpoint: Option<Guid>,
    /// When its token expires.
    pub expires: Timestamp,
    /// A digest of its token: what a client without a subscription is known by.
    pub token_digest: Digest,
}
