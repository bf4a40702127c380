//! What the Worker asks of a Hub: one JSON text a request. The Hub answers the caller.

use notifeed::credentials::User;
use notifeed::error::Problem;
use notifeed::feed::entry::Sender;
use notifeed::feed::query::Query;
use notifeed::feed::update::StateUpdate;
use notifeed::guid::Guid;
use notifeed::http::{Addressee, Context};
use notifeed::notification::Platform;
use notifeed::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A command, and the request that it comes from.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Of the caller's request.
    pub context: Context,
    /// The app that calls, by its verified token.
    pub sender: Sender,
    /// In whose name, or by which subscription.
    pub access: Access,
    /// What to do.
    pub command: Command,
}

/// What led to this Hub.
#[derive(Debug, Serialize, Deserialize)]
pub struct Access {
    /// The signed-in user, by a delegated token: the Hub is theirs, unless a subscription led here;
    /// then it must be.
    pub user: Option<User>,
    /// The host, where the user led here: confirmed by the registry.
    pub host: Option<String>,
    /// The subscription that a verified UNS id named.
    pub subscription: Option<Guid>,
    /// Whom the path named; with an app-only token that must be the Hub's user.
    pub addressee: Addressee,
}

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
pub enum Command {
    /// Post a notification, or be told what is wrong with it once the caller has proven its right.
    Append(Result<Append, Problem>),
    /// Subscribe a device.
    Subscribe(Subscribe),
    /// List the app's subscriptions of the user.
    Subscriptions,
    /// End one of the app's subscriptions; its id as the path has it.
    Unsubscribe(String),
    /// End all of the user's subscriptions.
    UnsubscribeAll,
    /// Read one notification; its id as the path has it.
    Read(String),
    /// List the feed.
    List(Query),
    /// Count what a list would have.
    Count(Query),
    /// List what changed.
    Delta(Query),
    /// List the user's subscriptions, and which are live.
    Endpoints,
    /// Set states of one notification.
    Update {
        /// Its id as the path has it.
        id: String,
        /// `If-Match`.
        if_match: Option<String>,
        /// The states.
        states: StateUpdate,
    },
    /// Delete one notification.
    Delete {
        /// Its id as the path has it.
        id: String,
        /// `If-Match`.
        if_match: Option<String>,
    },
    /// Say where the bodies of a page of the list lie, in development.
    Bodies(Query),
    /// Crash, in a test of what a crash does.
    Panic,
    /// Connect: goes with the upgrade request, in the header [`STREAM_HEADER`].
    Stream(Stream),
}

/// A validated notification.
#[derive(Debug, Serialize, Deserialize)]
pub struct Append {
    /// Its canonical text.
    pub canonical: String,
    /// SHA-256 of the canonical request, before what depends on the clock.
    pub request_digest: String,
}

/// A validated subscription.
#[derive(Debug, Serialize, Deserialize)]
pub struct Subscribe {
    /// What the device receives.
    pub platform: Platform,
    /// The app's own id of the device; the same again renews.
    pub device_id: Option<String>,
    /// For people to recognize it by.
    pub display_name: Option<String>,
    /// The browser's push subscription, JSON text; stored, not used yet.
    pub push_subscription: Option<String>,
}

/// A client that connects.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stream {
    /// What it receives.
    pub platform: Platform,
    /// Where it left off.
    pub cursor: Option<String>,
    /// The subscription that it connects for.
    pub endpoint: Option<Guid>,
    /// When its token expires.
    pub expires: Timestamp,
    /// Whether it offered the subprotocol.
    pub subprotocol: bool,
}

/// The request header that carries a [`Command::Stream`]: base64url of its JSON text. Only the
/// Worker can reach a Hub, so nobody else can set it.
pub const STREAM_HEADER: &str = "Notifeed-Stream";
