//! The server's frames: a JSON object in each text frame.

mod result;

use crate::digest::Digest;
use crate::feed::answer::Answer;
use crate::feed::mark_all::Counts;
use crate::feed::view::FeedNotification;
use crate::feed::{Cursor, Entry, ReadState, RemovalReason, Seq, UserActionState};
use crate::guid::Guid;
use crate::json::{JsonText, Writer};
use crate::notification::{Content, Platform};
use crate::time::Timestamp;

pub(crate) use result::ResultFrame;
pub use result::{answered, done, marked, refused};

/// A frame of the server over `notifeed.v1`: one JSON object in a text frame; the first is always `feed`.
/// `reset`: the client's cursor can't be honoured, it forgets everything, the live feed follows.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(tag = "type", rename_all = "camelCase"))]
pub(crate) enum ServerFrame<'f> {
    Feed(FeedFrame<'f>),
    Reset,
    Notification(NotificationFrame<'f>),
    State(StateFrame<'f>),
    Removed(RemovedFrame),
    ReadAll(ReadAllFrame),
    SeenAll(SeenAllFrame),
    Ready(ReadyFrame),
    Result(ResultFrame<'f>),
}

/// The feed's owner, as a digest, and the service's clock.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct FeedFrame<'f> {
    /// Opaque, the same for all connections of one user of one host: a client that has stored another value ignores the
    /// frames, since they are of another user's feed.
    feed: &'f str,
    /// The server's clock: UTC, ISO 8601.
    now: Timestamp,
}

/// New or replaced content.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct NotificationFrame<'f> {
    #[cfg_attr(test, ts(flatten))]
    place: ChangePosition,
    /// Whether the frame belongs to a replay of changes that the client missed.
    replayed: bool,
    /// All of it.
    notification: FeedNotification<'f>,
}

/// Only the states changed.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct StateFrame<'f> {
    #[cfg_attr(test, ts(flatten))]
    place: ChangePosition,
    /// The notification's.
    id: Guid,
    /// Whether the user has read it.
    read_state: ReadState,
    /// The user's way of dealing with it.
    user_action_state: UserActionState,
    /// The answer, where there is one.
    #[cfg_attr(test, ts(optional))]
    answer: Option<&'f JsonText<Answer>>,
    /// The instant at which it is unread again, while it is snoozed until then: UTC, ISO 8601.
    #[cfg_attr(test, ts(optional))]
    snoozed_until_date_time: Option<Timestamp>,
}

/// A notification is gone.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct RemovedFrame {
    #[cfg_attr(test, ts(flatten))]
    place: ChangePosition,
    /// The notification's.
    id: Guid,
    /// Why it went.
    reason: RemovalReason,
}

/// Every unread item was read whose last change has a number up to `through`, in one step: each has a
/// number of its own since, of which `seq` is the last.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct ReadAllFrame {
    #[cfg_attr(test, ts(flatten))]
    place: ChangePosition,
    /// The number up to which items were read.
    through: Seq,
    /// Only the items that this platform receives; `null`: all.
    platform: Option<Platform>,
}

/// The user has looked at a list that contained everything up to `through`. No item has changed.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct SeenAllFrame {
    /// The number up to which everything is seen.
    through: Seq,
    /// On which platform; `null`: on all.
    platform: Option<Platform>,
}

/// The replay is over; from here on changes come as they happen.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub(crate) struct ReadyFrame {
    /// The position at which everything is known.
    cursor: Cursor,
    /// The subscription that the client named.
    endpoint: Option<Guid>,
    /// Whether the replay went on from the client's cursor.
    resumed: bool,
    /// The server's clock: UTC, ISO 8601.
    now: Timestamp,
    /// Only the newest items were asked for, and there are older ones, which come by pages of the list.
    #[cfg_attr(test, ts(optional, type = "true"))]
    more: Option<bool>,
    /// The items that are unread and not dismissed, of those that the connection's platform receives.
    unread: u32,
    /// The unread items whose last change has a number beyond `seenThrough`.
    unseen: u32,
    /// The number up to which everything is seen.
    seen_through: Seq,
}

/// The place of a change in the feed.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
struct ChangePosition {
    /// The change's number: grows within an epoch of the feed.
    seq: Seq,
    /// The position at which everything up to this change is known: opaque, for storing.
    cursor: Cursor,
    /// The server waits for an `ack` of this number before it sends much more.
    #[cfg_attr(test, ts(optional, type = "true"))]
    #[expect(dead_code, reason = "declared for its shape: `asking` writes it")]
    ack: Option<bool>,
}

/// The same frame, asking for an acknowledgement: as a last member it has `"ack":true`, which the
/// client answers at once with `{"type":"ack","seq":…}`. Only frames with a `seq` can ask.
pub fn asking(frame: &str) -> String {
    let members = frame.strip_suffix('}').unwrap_or(frame);
    [members, ",\"ack\":true}"].concat()
}

/// The first frame of every connection. `feed`: [`feed_digest`](crate::feed::feed_digest).
pub fn feed(feed: &Digest, now: Timestamp) -> String {
    let feed = feed.as_str();
    ServerFrame::Feed(FeedFrame { feed, now }).to_json()
}

/// The client's cursor can't be honoured: it forgets everything, the live feed follows.
pub fn reset() -> String {
    ServerFrame::Reset.to_json()
}

/// New or replaced content. `cursor` is the position at which everything up to this change is known.
pub fn notification(
    entry: &Entry,
    content: &JsonText<Content>,
    answer: Option<&JsonText<Answer>>,
    cursor: Cursor,
    replayed: bool,
    now: Timestamp,
) -> String {
    ServerFrame::Notification(NotificationFrame {
        place: ChangePosition::of(cursor),
        replayed,
        notification: FeedNotification::of(entry, content, answer, now),
    })
    .to_json()
}

/// Only the states changed, or the item was answered.
pub fn state(entry: &Entry, answer: Option<&JsonText<Answer>>, cursor: Cursor) -> String {
    ServerFrame::State(StateFrame {
        place: ChangePosition::of(cursor),
        id: entry.id,
        read_state: entry.read_state,
        user_action_state: entry.user_action_state,
        answer,
        snoozed_until_date_time: entry.snoozed_until,
    })
    .to_json()
}

/// The item is gone.
pub fn removed(entry: &Entry, reason: RemovalReason, cursor: Cursor) -> String {
    ServerFrame::Removed(RemovedFrame {
        place: ChangePosition::of(cursor),
        id: entry.id,
        reason,
    })
    .to_json()
}

/// All unread items up to `through` were read. `cursor` is the position at which that is known.
pub fn read_all(through: Seq, platform: Option<Platform>, cursor: Cursor) -> String {
    ServerFrame::ReadAll(ReadAllFrame {
        place: ChangePosition::of(cursor),
        through,
        platform,
    })
    .to_json()
}

/// Everything up to `through` is seen.
pub fn seen_all(through: Seq, platform: Option<Platform>) -> String {
    ServerFrame::SeenAll(SeenAllFrame { through, platform }).to_json()
}

/// How a connection stands when its replay is over.
#[derive(Debug, Clone, Copy)]
pub struct Ready {
    /// The position at which everything is known.
    pub cursor: Cursor,
    /// The subscription that the client named.
    pub endpoint: Option<Guid>,
    /// Whether the replay went on from the client's cursor.
    pub resumed: bool,
    /// Whether there are items that are older than those that were asked for.
    pub more: bool,
    /// How many of the platform's items are unread, and unseen.
    pub counts: Counts,
    /// The number up to which everything is seen.
    pub seen: Seq,
}

/// The replay is over; from here on changes come as they happen.
pub fn ready(ready: &Ready, now: Timestamp) -> String {
    ServerFrame::Ready(ReadyFrame {
        cursor: ready.cursor,
        endpoint: ready.endpoint,
        resumed: ready.resumed,
        now,
        more: ready.more.then_some(true),
        unread: ready.counts.unread,
        unseen: ready.counts.unseen,
        seen_through: ready.seen,
    })
    .to_json()
}

impl ServerFrame<'_> {
    fn to_json(&self) -> String {
        let mut writer = Writer::new();
        writer.begin_object();
        match self {
            Self::Feed(frame) => {
                writer.string_field("type", "feed");
                writer.string_field("feed", frame.feed);
                writer.string_field("now", &frame.now.to_string());
            }
            Self::Reset => writer.string_field("type", "reset"),
            Self::Notification(frame) => {
                writer.string_field("type", "notification");
                frame.place.write(&mut writer);
                writer.boolean_field("replayed", frame.replayed);
                writer.key("notification");
                frame.notification.write(None, &mut writer);
            }
            Self::State(frame) => {
                writer.string_field("type", "state");
                frame.place.write(&mut writer);
                writer.string_field("id", &frame.id.to_string());
                writer.string_field("readState", frame.read_state.as_str());
                writer.string_field("userActionState", frame.user_action_state.as_str());
                if let Some(answer) = frame.answer {
                    writer.raw_field("answer", answer.as_str());
                }
                if let Some(until) = frame.snoozed_until_date_time {
                    writer.string_field("snoozedUntilDateTime", &until.to_string());
                }
            }
            Self::Removed(frame) => {
                writer.string_field("type", "removed");
                frame.place.write(&mut writer);
                writer.string_field("id", &frame.id.to_string());
                writer.string_field("reason", frame.reason.as_str());
            }
            Self::ReadAll(frame) => {
                writer.string_field("type", "readAll");
                frame.place.write(&mut writer);
                write_marking(frame.through, frame.platform, &mut writer);
            }
            Self::SeenAll(frame) => {
                writer.string_field("type", "seenAll");
                write_marking(frame.through, frame.platform, &mut writer);
            }
            Self::Ready(frame) => {
                writer.string_field("type", "ready");
                writer.string_field("cursor", &frame.cursor.to_string());
                let endpoint = frame.endpoint.map(|id| id.to_string());
                writer.opt_string_field("endpoint", endpoint.as_deref());
                writer.boolean_field("resumed", frame.resumed);
                writer.string_field("now", &frame.now.to_string());
                if let Some(more) = frame.more {
                    writer.boolean_field("more", more);
                }
                writer.integer_field("unread", i64::from(frame.unread));
                writer.integer_field("unseen", i64::from(frame.unseen));
                writer.integer_field("seenThrough", frame.seen_through.get());
            }
            Self::Result(frame) => {
                writer.string_field("type", "result");
                frame.write(&mut writer);
            }
        }
        writer.end_object();
        writer.finish()
    }
}

fn write_marking(through: Seq, platform: Option<Platform>, writer: &mut Writer) {
    writer.integer_field("through", through.get());
    writer.opt_string_field("platform", platform.map(Platform::as_str));
}

impl ChangePosition {
    const fn of(cursor: Cursor) -> Self {
        Self {
            seq: cursor.seq(),
            cursor,
            ack: None,
        }
    }

    fn write(self, writer: &mut Writer) {
        writer.integer_field("seq", self.seq.get());
        writer.string_field("cursor", &self.cursor.to_string());
    }
}
