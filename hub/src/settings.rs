//! The settings of a deployment that a feed goes by; docs/settings.md lists them.

use notifeed::credentials::subscription_id::Key;
use notifeed::feed::{room, sent};
use notifeed::live::{MAX_SOCKETS, SILENCE};
use notifeed::policy::Policy;
use notifeed::throttle::Rate;
use notifeed::time::{Duration, Timestamp};

use crate::push::PushSettings;

/// How long it may take until KV lists what was put: its documents say 60 s or more.
const KV_LAG: Duration = Duration::from_minutes(1);

/// The settings that a feed goes by. The host reads them once.
#[derive(Clone)]
pub struct Settings {
    /// `RETENTION_SECONDS` and `THROTTLE_STATUS`.
    pub policy: Policy,
    /// `POSTS_PER_SECOND` and `POST_BURST`: how much an app may post to one user.
    pub post_rate: Rate,
    /// `CALLS_PER_SECOND` and `CALL_BURST`: how much else an app may do with one user's feed.
    pub call_rate: Rate,
    /// `FRAMES_PER_SECOND` and `FRAME_BURST`: how much a client may send over one socket.
    pub frame_rate: Rate,
    /// `MAX_FEED_ITEMS`: how many items a feed holds at most.
    pub max_items: u32,
    /// `MAX_FEED_ROWS`: how many rows a feed holds at most, ended items included.
    pub max_rows: u32,
    /// `MAX_FEED_BYTES`: how many bytes of bodies a feed holds at most.
    pub max_bytes: u64,
    /// `MAX_SOCKETS`: how many live connections a feed has at most.
    pub max_sockets: usize,
    /// `SOCKET_SILENCE_MS`: how long a client that sends pings may send none.
    pub socket_silence: Duration,
    /// `SENDER_RETENTION_SECONDS`: how long an item that has ended can be read by the app that sent it.
    pub sender_retention: Duration,
    /// `COPY_DELAY_MS`: how long a change waits for others before they are copied to KV together.
    pub copy_delay: Duration,
    /// `GENERATION`: a number that the operator raises after feeds were restored to an earlier moment;
    /// a feed that meets a higher one than it knows begins a new epoch, and is healed from its copy in KV.
    pub generation: i64,
    /// `HEAL_EMPTY_UNTIL`: until then a feed without tables is healed too, in case that it was lost. `None`: never.
    pub heal_empty_until: Option<Timestamp>,
    /// `KV_LAG_SECONDS`: how long it may take until KV lists what was put.
    pub kv_lag: Duration,
    /// `UNS_KEYS` and `UNS_KEY_ID`: the key that new subscription ids are signed with; `None`: it is
    /// missing or malformed.
    pub signing_key: Option<Key>,
    /// How endpoints are pushed to; `None`: there is no key to push with.
    pub push: Option<PushSettings>,
    /// `DEVELOPMENT_PANIC`: whether a test may ask for a crash.
    pub may_panic: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::DEFAULT,
            post_rate: Rate::POSTS,
            call_rate: Rate::CALLS,
            frame_rate: Rate::FRAMES,
            max_items: room::MAX_ITEMS,
            max_rows: room::MAX_ROWS,
            max_bytes: room::MAX_BYTES,
            max_sockets: MAX_SOCKETS,
            socket_silence: SILENCE,
            sender_retention: sent::RETENTION,
            copy_delay: Duration::from_millis(30),
            generation: 0,
            heal_empty_until: None,
            kv_lag: KV_LAG,
            signing_key: None,
            push: None,
            may_panic: false,
        }
    }
}
