//! A row of the index: what resume, delta and fan-out go by.

use serde::{Deserialize, Serialize};

use crate::guid::Guid;
use crate::notification::PlatformSet;
use crate::time::{Duration, Timestamp};

/// A change's number: the feed's first change is 1, every later one is larger by one. 0 is before
/// all of them. At most 2⁵³ − 1, so that JavaScript can represent each number exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Seq(i64);

impl Seq {
    /// Before the first change.
    pub const ZERO: Self = Self(0);

    /// The number as it is stored and sent.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number that was stored; nothing below 0.
    pub const fn new(number: i64) -> Self {
        Self(if number < 0 { 0 } else { number })
    }

    /// The number that a client sent; `None` for one below 0.
    pub const fn read(number: i64) -> Option<Self> {
        if number < 0 { None } else { Some(Self(number)) }
    }

    /// The number of the change before; of the first, 0.
    pub const fn before(self) -> Self {
        Self::new(self.0.saturating_sub(1))
    }

    /// The next change's.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Whether the user has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ReadState {
    /// `unread`
    #[default]
    Unread,
    /// `read`
    Read,
}

impl ReadState {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Unread, Self::Read];

    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
        }
    }

    /// The state of that exact spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The user's way of dealing with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum UserActionState {
    /// `noInteraction`
    #[default]
    NoInteraction,
    /// `activated`
    Activated,
    /// `dismissed`
    Dismissed,
    /// `snoozed`
    Snoozed,
}

impl UserActionState {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::NoInteraction,
        Self::Activated,
        Self::Dismissed,
        Self::Snoozed,
    ];

    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoInteraction => "noInteraction",
            Self::Activated => "activated",
            Self::Dismissed => "dismissed",
            Self::Snoozed => "snoozed",
        }
    }

    /// The state of that exact spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Whether it is what was posted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum NotificationStatus {
    /// `active`
    Active,
    /// `updated`: it has been replaced, under the same id.
    Updated,
}

impl NotificationStatus {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Active, Self::Updated];

    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Updated => "updated",
        }
    }
}

/// The app that sent a notification: its `appNotificationId`s are its own, and only it gets the
/// sender's view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The issuer of the app's token.
    pub issuer: String,
    /// The app id in it.
    pub app: String,
}

/// The side that deleted an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletedBy {
    /// The user, on whichever device.
    Receiver,
    /// The app that sent it: it took the item back.
    Sender,
}

/// The end of an item, as its sender is told of it (CONTRACT §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum End {
    /// `expired`
    Expired,
    /// `deleted`: by its user.
    Deleted,
    /// `retracted`: by its sender.
    Retracted,
}

impl End {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Expired, Self::Deleted, Self::Retracted];

    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Deleted => "deleted",
            Self::Retracted => "retracted",
        }
    }
}

/// A row of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The notification's id, for its whole life.
    pub id: Guid,
    /// 1, and one more with each replacement.
    pub revision: u32,
    /// The number of the copy that KV is to have: 1, and one more with each replacement, with the
    /// answer and with the end. A change of states alone isn't copied.
    pub copy: u32,
    /// The place in the list: given once, so that no state change moves an item between pages.
    pub ordinal: i64,
    /// The number of the last change of content.
    pub content_seq: Seq,
    /// The number of the last change of anything.
    pub seq: Seq,
    /// The platforms that the current revision is for.
    pub platforms: PlatformSet,
    /// The platforms that any revision was for.
    pub reached: PlatformSet,
    /// When it was first posted.
    pub created: Timestamp,
    /// When anything of it last changed.
    pub modified: Timestamp,
    /// When the current content was posted: the display time counts from here.
    pub posted: Timestamp,
    /// When it leaves every surface.
    pub expiration: Timestamp,
    /// The display time that was asked for, in seconds.
    pub display_time_to_live: Option<u32>,
    /// Read or not.
    pub read_state: ReadState,
    /// Dismissed or not.
    pub user_action_state: UserActionState,
    /// The latest expiration that any revision had: until then the row stays, as a tombstone if
    /// need be, because an endpoint that was away may still show that revision.
    pub keep_until: Timestamp,
    /// Present where the item was deleted: the row is a tombstone then.
    pub deleted: Option<DeletedBy>,
    /// Its content has actions: it can be answered.
    pub asks: bool,
    /// The number of the change that answered it.
    pub answered: Option<Seq>,
    /// The instant at which it is unread again, while it is snoozed until then (CONTRACT §5.6).
    pub snoozed_until: Option<Timestamp>,
}

impl Entry {
    /// The number of the last change that is copied to KV: the content's, the answer's, or the end's.
    pub fn copied_seq(&self) -> Seq {
        if self.deleted.is_some() {
            self.seq
        } else {
            self.answered.unwrap_or_default().max(self.content_seq)
        }
    }

    /// Whether the item is on the feed at that instant: neither deleted nor expired. An item expires at its instant,
    /// not after it.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.end(now).is_none()
    }

    /// The end of the item, if it has ended by that instant. Expiry isn't written anywhere: it follows from the clock.
    pub fn end(&self, now: Timestamp) -> Option<End> {
        match self.deleted {
            Some(DeletedBy::Receiver) => Some(End::Deleted),
            Some(DeletedBy::Sender) => Some(End::Retracted),
            None if now < self.expiration => None,
            None => Some(End::Expired),
        }
    }

    /// Whether its sender can read it: for so long after its end (CONTRACT §5.1).
    pub fn is_kept_for_sender(&self, retention: Duration, now: Timestamp) -> bool {
        let ended = match self.deleted {
            Some(_) => self.modified,
            None => self.expiration,
        };
        now < ended.saturating_add(retention)
    }

    /// The whole seconds of display time left, not counting the one that is running, never
    /// negative; `None` when none was asked for (CONTRACT §1, "Success").
    pub fn display_seconds_left(&self, now: Timestamp) -> Option<i64> {
        let asked = Duration::from_seconds(i64::from(self.display_time_to_live?));
        let left = self.posted.saturating_add(asked).saturating_since(now);
        let running = Duration::from_millis(left.millis().saturating_sub(1));
        Some(running.whole_seconds().max(0))
    }

    /// `status` of the receiver's view.
    pub const fn status(&self) -> NotificationStatus {
        if self.revision > 1 {
            NotificationStatus::Updated
        } else {
            NotificationStatus::Active
        }
    }
}
