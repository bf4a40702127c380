//! How a notification is written: the canonical form that stores and hashes work on, and the
//! parts of the sender's and the receiver's view.

use super::{EndpointFallback, Notification, Platform, VisualContent};
use crate::json::Writer;
use crate::time::Timestamp;

impl Notification {
    /// Its canonical JSON text: compact, all defaults written out, members in the order
    /// `appNotificationId`, `targetHostName`, `groupName`, `priority`, `payload`, `targetPolicy`,
    /// `fallbackPolicy`, `expirationDateTime`, `displayTimeToLive`. (D) These are always there,
    /// `null` when absent; inside them, absent members are left out, as in the page's response.
    /// Host names are in lower case, names of priorities and platforms in their canonical
    /// spelling and order, instants as [`Timestamp`] writes them, seconds are numbers; all else
    /// is as it was sent, with [`Writer`]'s escapes.
    ///
    /// It is itself a valid request body, and with the same clock its verdict is the same text
    /// again.
    pub fn canonical(&self) -> String {
        self.render(Some(self.expiration))
    }

    /// Writes the members that say what is sent to whom, `appNotificationId` to `fallbackPolicy`
    /// in canonical order, into an object that the caller has begun: the receiver's view.
    pub fn write_content(&self, w: &mut Writer) {
        w.opt_string_field("appNotificationId", self.app_notification_id());
        w.string_field("targetHostName", self.target_host_name());
        w.opt_string_field("groupName", self.group_name());
        w.string_field("priority", self.priority.as_str());
        w.key("payload");
        w.begin_object();
        if let Some(raw) = self.raw_content() {
            w.string_field("rawContent", raw);
        }
        self.write_visual_content(w);
        w.end_object();
        w.key("targetPolicy");
        w.begin_object();
        w.key("platformTypes");
        w.begin_array();
        for platform in self.platforms.iter() {
            w.string(platform.as_str());
        }
        w.end_array();
        w.end_object();
        w.key("fallbackPolicy");
        match &self.fallback {
            Some(fallback) => fallback.write(w),
            None => w.null(),
        }
    }

    /// Writes the value of `payload` in the sender's view: visual content only, `{}` for a raw
    /// notification.
    pub fn write_sender_payload(&self, w: &mut Writer) {
        w.begin_object();
        self.write_visual_content(w);
        w.end_object();
    }

    /// The canonical text with another expiration, or with none.
    pub(crate) fn render(&self, expiration: Option<Timestamp>) -> String {
        let raw = self.raw_content().map_or(0, str::len);
        let mut w = Writer::with_capacity(raw + 512);
        w.begin_object();
        self.write_content(&mut w);
        let expiration = expiration.map(|expiration| {
            let mut text = String::with_capacity(24);
            expiration.push_to(&mut text);
            text
        });
        w.opt_string_field("expirationDateTime", expiration.as_deref());
        w.opt_integer_field(
            "displayTimeToLive",
            self.display_time_to_live.map(i64::from),
        );
        w.end_object();
        w.finish()
    }

    fn write_visual_content(&self, w: &mut Writer) {
        if let Some(visual) = &self.visual_content {
            w.key("visualContent");
            visual.write(w);
        }
    }
}

impl VisualContent {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.string_field("title", &self.title);
        if let Some(body) = &self.body {
            w.string_field("body", body);
        }
        w.end_object();
    }
}

impl EndpointFallback {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.key("endpointFallback");
        w.begin_object();
        w.key("platformTypes");
        w.begin_array();
        w.string(Platform::Ios.as_str());
        w.end_array();
        w.integer_field("fallbackDelayInSeconds", i64::from(self.delay_seconds));
        w.key("visualContent");
        self.visual_content.write(w);
        w.end_object();
        w.end_object();
    }
}
