//! The JSON of a notification, as its sender or a receiver gets it (CONTRACT §1 and §2).

use crate::feed::answer::Answer;
use crate::feed::delivery::Delivery;
use crate::feed::entry::{End, Entry, NotificationStatus, ReadState, UserActionState};
use crate::guid::Guid;
use crate::json::{self, JsonText, Writer};
use crate::notification::{Content, Notification, Platform, Priority, VisualContent};
use crate::request::{Context, links};
use crate::time::Timestamp;

/// A notification as its sender has it: what 201 and 200 answer with.
#[derive(Debug, Clone)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct SentNotification<'n> {
    /// The type and origin of this object, for OData clients.
    #[cfg_attr(test, ts(rename = "@odata.context"))]
    odata_context: String,
    /// The whole seconds left to show it.
    display_time_to_live: Option<i64>,
    /// When it leaves every feed: UTC, ISO 8601.
    expiration_date_time: Timestamp,
    /// The group that it is shown in.
    group_name: Option<&'n str>,
    /// For its whole life, also when it is replaced.
    id: Guid,
    /// How urgent it is.
    priority: Priority,
    /// Only what is visual.
    payload: SentPayload<'n>,
}

/// The part of a payload that an answer repeats: raw content never is.
#[derive(Debug, Clone)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub(crate) struct SentPayload<'n> {
    /// The content that a person reads.
    visual_content: Option<&'n JsonText<VisualContent>>,
}

/// The members of a notification that the sender's view repeats.
#[derive(Debug, Clone)]
pub struct Sent<'n> {
    /// The group that it is shown in.
    pub group_name: Option<&'n str>,
    /// How urgent it is.
    pub priority: Priority,
    /// The content that a person reads.
    pub visual_content: Option<JsonText<VisualContent>>,
}

impl<'n> Sent<'n> {
    /// The members of a notification as it was posted.
    pub fn of(notification: &'n Notification) -> Self {
        Self {
            group_name: notification.group_name(),
            priority: notification.priority(),
            visual_content: notification.visual_text(),
        }
    }
}

/// The sender's view, which 201 and 200 answer with: the page's properties in the page's order.
pub fn sender(entry: &Entry, sent: &Sent<'_>, principal_name: &str, context: &Context) -> String {
    let mut writer = Writer::new();
    writer.begin_object();
    SentNotification::of(entry, sent, principal_name, context).write(&mut writer);
    writer.end_object();
    writer.finish()
}

/// The sender's view of an item that it reads again (CONTRACT §5.1): the page's properties, then what its
/// user did with it, and where it is asked for what became of it at each endpoint: the platform and the
/// delivery, and nothing else of the user's devices (CONTRACT §5.7). An item that has ended is told without its
/// payload, and with how it ended.
pub fn sender_again(
    entry: &Entry,
    sent: &Sent<'_>,
    answer: Option<&JsonText<Answer>>,
    deliveries: Option<&[(Platform, Delivery)]>,
    principal_name: &str,
    context: &Context,
) -> String {
    let end = entry.end(context.now);
    let mut writer = Writer::new();
    writer.begin_object();
    let view = SentNotification::of(entry, sent, principal_name, context);
    writer.string_field("@odata.context", &view.odata_context);
    view.write_properties(&mut writer);
    if end.is_none() {
        view.payload.write(&mut writer);
    }
    write_outcome(entry, answer, &mut writer);
    writer.string_field("lastModifiedDateTime", &entry.modified.to_string());
    if let Some(end) = end {
        writer.string_field("ended", end.as_str());
    }
    if let Some(deliveries) = deliveries {
        writer.key("deliveries");
        writer.begin_array();
        for (platform, delivery) in deliveries {
            writer.begin_object();
            writer.string_field("platform", platform.as_str());
            writer.string_field("state", delivery.as_str());
            writer.end_object();
        }
        writer.end_array();
    }
    writer.end_object();
    writer.finish()
}

/// An item in its sender's delta (CONTRACT §5.1): the sender's view as a value, with the app's own id; of an item that
/// has ended the ids, how it ended, and what its user did with it.
pub fn sender_change(
    entry: &Entry,
    sent: &Sent<'_>,
    app_notification_id: Option<&str>,
    answer: Option<&JsonText<Answer>>,
    context: &Context,
) -> String {
    let mut writer = Writer::new();
    writer.begin_object();
    match entry.end(context.now) {
        None => {
            writer.string_field("@odata.etag", &sender_etag(entry, context.now));
            let view = SentNotification::of(entry, sent, "", context);
            view.write_properties(&mut writer);
            writer.opt_string_field("appNotificationId", app_notification_id);
            view.payload.write(&mut writer);
            write_outcome(entry, answer, &mut writer);
            writer.string_field("lastModifiedDateTime", &entry.modified.to_string());
        }
        Some(end) => {
            writer.string_field("id", &entry.id.to_string());
            writer.opt_string_field("appNotificationId", app_notification_id);
            writer.raw_field("@removed", "{\"reason\":\"deleted\"}");
            writer.string_field("ended", end.as_str());
            write_outcome(entry, answer, &mut writer);
        }
    }
    writer.end_object();
    writer.finish()
}

/// The states and the answer, as an item's sender has them.
fn write_outcome(entry: &Entry, answer: Option<&JsonText<Answer>>, writer: &mut Writer) {
    writer.string_field("readState", entry.read_state.as_str());
    writer.string_field("userActionState", entry.user_action_state.as_str());
    match answer.and_then(|answer| Answer::parse(answer.as_str())) {
        Some(answer) => writer.raw_field("answer", &answer.to_json(true)),
        None => writer.null_field("answer"),
    }
}

impl SentPayload<'_> {
    fn write(&self, writer: &mut Writer) {
        writer.key("payload");
        writer.begin_object();
        if let Some(visual_content) = self.visual_content {
            writer.key("visualContent");
            writer.raw(visual_content.as_str());
        }
        writer.end_object();
    }
}

impl<'n> SentNotification<'n> {
    fn of(entry: &Entry, sent: &'n Sent<'n>, principal_name: &str, context: &Context) -> Self {
        Self {
            odata_context: links::notification_context(context, principal_name),
            display_time_to_live: entry.display_seconds_left(context.now),
            expiration_date_time: entry.expiration,
            group_name: sent.group_name,
            id: entry.id,
            priority: sent.priority,
            payload: SentPayload {
                visual_content: sent.visual_content.as_ref(),
            },
        }
    }

    /// Writes the members.
    fn write(&self, writer: &mut Writer) {
        writer.string_field("@odata.context", &self.odata_context);
        self.write_properties(writer);
        self.payload.write(writer);
    }

    /// Writes the properties but the payload.
    fn write_properties(&self, writer: &mut Writer) {
        writer.opt_integer_field("displayTimeToLive", self.display_time_to_live);
        writer.string_field("expirationDateTime", &self.expiration_date_time.to_string());
        writer.opt_string_field("groupName", self.group_name);
        writer.string_field("id", &self.id.to_string());
        writer.string_field("priority", self.priority.as_str());
    }
}

/// The properties of a notification as its receivers have it, in their order.
pub(crate) const PROPERTIES: [&str; 18] = [
    "id",
    "appNotificationId",
    "targetHostName",
    "groupName",
    "priority",
    "payload",
    "targetPolicy",
    "fallbackPolicy",
    "createdDateTime",
    "lastModifiedDateTime",
    "expirationDateTime",
    "displayTimeToLive",
    "readState",
    "userActionState",
    "status",
    "revision",
    "answer",
    "snoozedUntilDateTime",
];

/// A notification as its receivers have it.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct FeedNotification<'n> {
    /// For its whole life, also when it is replaced.
    id: Guid,
    #[cfg_attr(test, ts(flatten))]
    content: &'n JsonText<Content>,
    /// When it was first posted: UTC, ISO 8601.
    created_date_time: Timestamp,
    /// When anything of it last changed: UTC, ISO 8601.
    last_modified_date_time: Timestamp,
    /// When it leaves every feed: UTC, ISO 8601.
    expiration_date_time: Timestamp,
    /// The whole seconds that were left to show it when this was written, never negative.
    display_time_to_live: Option<i64>,
    /// Whether the user has read it.
    read_state: ReadState,
    /// The user's way of dealing with it.
    user_action_state: UserActionState,
    /// Whether it has been replaced.
    status: NotificationStatus,
    /// The revision, for a notification with actions: 1, and one more with each replacement.
    #[cfg_attr(test, ts(optional))]
    revision: Option<u32>,
    /// The answer, where there is one.
    #[cfg_attr(test, ts(optional))]
    answer: Option<&'n JsonText<Answer>>,
    /// The instant at which it is unread again, while it is snoozed until then: UTC, ISO 8601.
    #[cfg_attr(test, ts(optional))]
    snoozed_until_date_time: Option<Timestamp>,
}

impl<'n> FeedNotification<'n> {
    /// The view at `now`. `displayTimeToLive` is the whole seconds left then, as in the sender's
    /// view (D16).
    pub fn of(
        entry: &Entry,
        content: &'n JsonText<Content>,
        answer: Option<&'n JsonText<Answer>>,
        now: Timestamp,
    ) -> Self {
        Self {
            revision: entry.asks.then_some(entry.revision),
            answer,
            id: entry.id,
            content,
            created_date_time: entry.created,
            last_modified_date_time: entry.modified,
            expiration_date_time: entry.expiration,
            display_time_to_live: entry.display_seconds_left(now),
            read_state: entry.read_state,
            user_action_state: entry.user_action_state,
            status: entry.status(),
            snoozed_until_date_time: entry.snoozed_until,
        }
    }

    /// Writes it as a value; as an OData entity when there is an `@odata.context`.
    pub(crate) fn write(&self, odata_context: Option<&str>, writer: &mut Writer) {
        writer.begin_object();
        if let Some(odata_context) = odata_context {
            writer.string_field("@odata.context", odata_context);
        }
        writer.string_field("id", &self.id.to_string());
        // The members of the content, which were written when it was posted.
        writer.raw(self.content.as_str());
        writer.string_field("createdDateTime", &self.created_date_time.to_string());
        writer.string_field(
            "lastModifiedDateTime",
            &self.last_modified_date_time.to_string(),
        );
        writer.string_field("expirationDateTime", &self.expiration_date_time.to_string());
        writer.opt_integer_field("displayTimeToLive", self.display_time_to_live);
        writer.string_field("readState", self.read_state.as_str());
        writer.string_field("userActionState", self.user_action_state.as_str());
        writer.string_field("status", self.status.as_str());
        if let Some(revision) = self.revision {
            writer.integer_field("revision", i64::from(revision));
        }
        if let Some(answer) = self.answer {
            writer.raw_field("answer", answer.as_str());
        }
        if let Some(until) = self.snoozed_until_date_time {
            writer.string_field("snoozedUntilDateTime", &until.to_string());
        }
        writer.end_object();
    }
}

/// The receiver's view: all of it.
pub fn receiver(
    entry: &Entry,
    content: &JsonText<Content>,
    answer: Option<&JsonText<Answer>>,
    now: Timestamp,
) -> String {
    let mut writer = Writer::with_capacity(content.as_str().len().saturating_add(512));
    FeedNotification::of(entry, content, answer, now).write(None, &mut writer);
    writer.finish()
}

/// The id and the selected members of a receiver's view, in the view's order; the whole view where none
/// is.
pub fn selected(view: String, select: &[String]) -> String {
    let is_selected = |name: &str| name == "id" || select.iter().any(|one| one == name);
    let item = match json::read_object(view.as_bytes()) {
        Some(item) if !select.is_empty() => item,
        _ => return view,
    };
    let mut writer = Writer::new();
    writer.begin_object();
    for member in item.iter().filter(|member| is_selected(&member.name)) {
        writer.key(&member.name);
        member.value.write(&mut writer);
    }
    writer.end_object();
    writer.finish()
}

/// The receiver's view as an OData entity, with its `@odata.context`.
pub fn receiver_entity(
    entry: &Entry,
    content: &JsonText<Content>,
    answer: Option<&JsonText<Answer>>,
    principal_name: &str,
    context: &Context,
) -> String {
    let mut writer = Writer::with_capacity(content.as_str().len().saturating_add(512));
    let odata_context = links::notification_context(context, principal_name);
    FeedNotification::of(entry, content, answer, context.now)
        .write(Some(&odata_context), &mut writer);
    writer.finish()
}

/// `ETag` of an item for its sender, who still reads it once it has expired: that changes the tag too, though nothing is
/// written then.
pub fn sender_etag(entry: &Entry, now: Timestamp) -> String {
    match entry.end(now) {
        Some(End::Expired) => format!("\"{}.{}.expired\"", entry.revision, entry.seq.get()),
        _ => etag(entry),
    }
}

/// `ETag` of an item: changes with anything of it (RFC 9110 §8.8.3).
pub fn etag(entry: &Entry) -> String {
    format!("\"{}.{}\"", entry.revision, entry.seq.get())
}
