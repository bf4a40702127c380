//! The values in KV: whole rows, less the number of the last change, each as one versioned JSON text.

use notifeed::digest::Digest;
use notifeed::feed::Entry;
use notifeed::feed::entry::{DeletedBy, Sender};
use notifeed::json::Writer;
use notifeed::notification::Priority;

use crate::life::Owner;
use crate::store::{Item, Record};
use crate::subscriptions::Subscription;
use crate::wire::Append;

/// The version of the texts. A later one only adds members.
const VERSION: i64 = 1;

/// The part of an item that its entry doesn't have.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    sender: &'a Sender,
    app_notification_id: Option<&'a str>,
    group_name: Option<&'a str>,
    priority: Priority,
    request_digest: Digest,
    /// The answer, where there is one, and the key of the client that gave it.
    answer: Option<&'a str>,
    answer_key: Option<&'a str>,
    content: &'a str,
}

impl<'a> Parts<'a> {
    /// As it was posted just now.
    pub fn posted(sender: &'a Sender, append: &'a Append) -> Self {
        Self {
            sender,
            app_notification_id: append.app_notification_id.as_deref(),
            group_name: append.group_name.as_deref(),
            priority: append.priority,
            request_digest: append.request_digest,
            answer: None,
            answer_key: None,
            content: append.content.as_str(),
        }
    }

    /// As it stands in the tables.
    pub fn stored(item: &'a Item, record: &'a Record) -> Self {
        Self {
            sender: &record.sender,
            app_notification_id: record.app_notification_id.as_deref(),
            group_name: record.group_name.as_deref(),
            priority: record.priority,
            request_digest: record.request_digest,
            answer: item.answer.as_ref().map(|answer| answer.as_str()),
            answer_key: record.answer_key.as_deref(),
            content: item.body.as_ref().map_or("", |body| body.as_str()),
        }
    }
}

/// An item: all of its row but its number, and its content.
pub fn item(entry: &Entry, parts: &Parts<'_>) -> String {
    let body = parts.content;
    let mut w = Writer::with_capacity(body.len().saturating_add(1024));
    begin(&mut w, entry);
    w.integer_field("revision", i64::from(entry.revision));
    w.string_field("issuer", &parts.sender.issuer);
    w.string_field("app", &parts.sender.app);
    w.opt_string_field("appNotificationId", parts.app_notification_id);
    w.opt_string_field("groupName", parts.group_name);
    w.string_field("priority", parts.priority.as_str());
    w.integer_field("platforms", i64::from(entry.platforms.bits()));
    w.integer_field("reached", i64::from(entry.reached.bits()));
    w.integer_field("created", entry.created.unix_millis());
    w.integer_field("modified", entry.modified.unix_millis());
    w.integer_field("posted", entry.posted.unix_millis());
    w.integer_field("expiration", entry.expiration.unix_millis());
    w.integer_field("keepUntil", entry.keep_until.unix_millis());
    w.opt_integer_field(
        "displayTimeToLive",
        entry.display_time_to_live.map(i64::from),
    );
    w.string_field("readState", entry.read_state.as_str());
    w.string_field("userActionState", entry.user_action_state.as_str());
    if let Some(until) = entry.snoozed_until {
        w.integer_field("snoozedUntil", until.unix_millis());
    }
    w.string_field("requestDigest", parts.request_digest.as_str());
    if let Some(answer) = parts.answer {
        w.raw_field("answer", answer);
        w.opt_string_field("answerKey", parts.answer_key);
    }
    w.key("content");
    w.begin_object();
    w.raw(body);
    w.end_object();
    w.end_object();
    w.finish()
}

/// Splits an item's text into what [`item`] wrote before the content, as a text of its own, and the content's members.
pub(crate) fn split(text: &str) -> Option<(String, &str)> {
    // Within strings a quote has a backslash before it.
    let (before, content) = text.split_once(",\"content\":{")?;
    Some((format!("{before}}}"), content.strip_suffix("}}")?))
}

/// The mark that an item has ended: without content.
pub fn gone(entry: &Entry) -> String {
    let mut w = Writer::new();
    begin(&mut w, entry);
    w.boolean_field("gone", true);
    w.integer_field("modified", entry.modified.unix_millis());
    w.integer_field("keepUntil", entry.keep_until.unix_millis());
    w.end_object();
    w.finish()
}

fn begin(w: &mut Writer, entry: &Entry) {
    w.begin_object();
    w.integer_field("version", VERSION);
    w.string_field("id", &entry.id.to_string());
    w.integer_field("ordinal", entry.ordinal);
    w.integer_field("copy", i64::from(entry.copy));
}

/// The metadata of an item's copy: enough for a list in order that reads no values.
pub fn item_metadata(entry: &Entry) -> String {
    let mut w = Writer::new();
    w.begin_object();
    w.integer_field("version", VERSION);
    w.integer_field("ordinal", entry.ordinal);
    w.integer_field("expiration", entry.expiration.unix_millis());
    w.boolean_field("gone", entry.deleted.is_some());
    if entry.deleted == Some(DeletedBy::Sender) {
        w.boolean_field("retracted", true);
    }
    w.end_object();
    w.finish()
}

/// The owner.
pub fn owner(owner: &Owner) -> String {
    let user = &owner.user;
    let mut w = Writer::new();
    w.begin_object();
    w.integer_field("version", VERSION);
    w.string_field("issuer", &user.issuer);
    w.string_field("tenant", &user.tenant);
    w.string_field("subject", &user.subject);
    w.key("otherSubjects");
    w.begin_array();
    for subject in &user.other_subjects {
        w.string(subject);
    }
    w.end_array();
    w.string_field("principalName", &user.principal_name);
    w.string_field("host", owner.host.as_str());
    w.end_object();
    w.finish()
}

/// A subscription, or the mark that it has ended.
pub fn subscription(subscription: &Subscription, ended: bool) -> String {
    let mut w = Writer::new();
    w.begin_object();
    w.integer_field("version", VERSION);
    w.string_field("id", &subscription.id.to_string());
    if ended {
        w.boolean_field("gone", true);
        w.end_object();
        return w.finish();
    }
    w.string_field("issuer", &subscription.sender.issuer);
    w.string_field("app", &subscription.sender.app);
    w.opt_string_field("deviceId", subscription.device_id.as_deref());
    w.string_field("platform", subscription.platform.as_str());
    w.opt_string_field("displayName", subscription.display_name.as_deref());
    w.opt_string_field(
        "pushSubscription",
        subscription.push_subscription.as_deref(),
    );
    w.integer_field("created", subscription.created.unix_millis());
    w.integer_field("expiration", subscription.expiration.unix_millis());
    w.end_object();
    w.finish()
}

/// The metadata of what isn't an item.
pub fn other_metadata(gone: bool) -> String {
    let mut w = Writer::new();
    w.begin_object();
    w.integer_field("version", VERSION);
    w.boolean_field("gone", gone);
    w.end_object();
    w.finish()
}
