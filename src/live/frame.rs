//! The server's frames: a JSON object in each text frame.

use crate::error::{ErrorObject, Problem};
use crate::feed::answer::Answer;
use crate::feed::mark_all::Counts;
use crate::feed::view::FeedNotification;
use crate::feed::{Cursor, Entry, ReadState, RemovalReason, Seq, UserActionState};
use crate::guid::Guid;
use crate::json::{JsonText, Writer};
use crate::notification::{Content, Platform};
use crate::request::Context;
use crate::time::Timestamp;

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
    /// Opaque, the same for all connections of one user of one host: a client that has stored another
    /// one takes nothing of this feed.
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
    /// Whether the frame belongs to what the client missed, and doesn't tell of something that happens now.
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

/// A list was looked at which had everything up to `through`. No item has changed.
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

/// The answer to a client's frame.
#[derive(Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub(crate) struct ResultFrame<'f> {
    /// The client's own name for its frame.
    r#ref: &'f str,
    /// The HTTP status that the same request would have got.
    status: u16,
    /// The change's number, if it made one.
    seq: Option<Seq>,
    /// The position at which the change is known, if it made one: the sender isn't told of it
    /// otherwise.
    cursor: Option<Cursor>,
    /// In a change: the server waits for an `ack` of its number before it sends much more.
    #[cfg_attr(test, ts(optional, type = "true"))]
    #[expect(dead_code, reason = "declared for its shape: `asking` writes it")]
    ack: Option<bool>,
    /// In the answer to `markAllRead` and `markAllSeen`: the number up to which items were marked.
    through: Option<Seq>,
    /// In the answer to `markAllRead` and `markAllSeen`: as `ready` has it.
    unread: Option<u32>,
    /// In the answer to `markAllRead` and `markAllSeen`: as `ready` has it.
    unseen: Option<u32>,
    /// The item's read state, for an item that has changed since what the client knew.
    read_state: Option<ReadState>,
    /// The user's way of dealing with the item, for an item that has changed since what the client knew.
    user_action_state: Option<UserActionState>,
    /// In the answer to `answer`: the answer that won.
    answer: Option<&'f JsonText<Answer>>,
    /// The error, where the request failed.
    error: Option<ErrorObject<'f>>,
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
pub fn feed(feed: &str, now: Timestamp) -> String {
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

/// The answer to a client's frame that marked all items up to `through`. `cursor`: the position at which
/// its changes are known, if it made any.
pub fn marked(reference: &str, cursor: Option<Cursor>, through: Seq, counts: Counts) -> String {
    ServerFrame::Result(ResultFrame {
        seq: cursor.map(|cursor| cursor.seq()),
        cursor,
        through: Some(through),
        unread: Some(counts.unread),
        unseen: Some(counts.unseen),
        ..ResultFrame::of(reference, 200)
    })
    .to_json()
}

/// The answer to a client's frame that was carried out. `cursor`: the position at which its change
/// is known, if it made one; the sender isn't told of it otherwise.
pub fn done(reference: &str, status: u16, cursor: Option<Cursor>) -> String {
    ServerFrame::Result(ResultFrame {
        seq: cursor.map(|cursor| cursor.seq()),
        cursor,
        ..ResultFrame::of(reference, status)
    })
    .to_json()
}

/// The answer to a client's `answer`, which has won. `cursor`: the position at which that is known, if it has
/// won just now.
pub fn answered(reference: &str, cursor: Option<Cursor>, answer: &JsonText<Answer>) -> String {
    ServerFrame::Result(ResultFrame {
        seq: cursor.map(|cursor| cursor.seq()),
        cursor,
        answer: Some(answer),
        ..ResultFrame::of(reference, 200)
    })
    .to_json()
}

/// The answer to a client's frame that could not be carried out. `changed`: the item as it is, where it
/// has changed since what the client knew.
pub fn refused(
    reference: &str,
    status: u16,
    changed: Option<&Entry>,
    problem: &Problem,
    context: &Context,
) -> String {
    ServerFrame::Result(ResultFrame {
        read_state: changed.map(|entry| entry.read_state),
        user_action_state: changed.map(|entry| entry.user_action_state),
        error: Some(problem.object(context)),
        ..ResultFrame::of(reference, status)
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

impl<'f> ResultFrame<'f> {
    const fn of(reference: &'f str, status: u16) -> Self {
        Self {
            r#ref: reference,
            status,
            seq: None,
            cursor: None,
            ack: None,
            through: None,
            unread: None,
            unseen: None,
            read_state: None,
            user_action_state: None,
            answer: None,
            error: None,
        }
    }

    /// Writes the members, without those that are absent.
    fn write(&self, writer: &mut Writer) {
        writer.string_field("ref", self.r#ref);
        writer.integer_field("status", i64::from(self.status));
        if let Some(seq) = self.seq {
            writer.integer_field("seq", seq.get());
        }
        if let Some(cursor) = self.cursor {
            writer.string_field("cursor", &cursor.to_string());
        }
        if let Some(through) = self.through {
            writer.integer_field("through", through.get());
        }
        if let Some(unread) = self.unread {
            writer.integer_field("unread", i64::from(unread));
        }
        if let Some(unseen) = self.unseen {
            writer.integer_field("unseen", i64::from(unseen));
        }
        if let Some(state) = self.read_state {
            writer.string_field("readState", state.as_str());
        }
        if let Some(state) = self.user_action_state {
            writer.string_field("userActionState", state.as_str());
        }
        if let Some(answer) = self.answer {
            writer.raw_field("answer", answer.as_str());
        }
        if let Some(error) = &self.error {
            writer.key("error");
            error.write(writer);
        }
    }
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
