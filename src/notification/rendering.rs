//! How a notification is written: the canonical form that stores and hashes work on, and the
//! parts of the sender's and the receiver's view.

use super::{
    Action, CanonicalError, Content, EndpointFallback, Notification, PlatformSet, VisualContent,
};
use crate::json::{JsonText, Writer};
use crate::time::Timestamp;

impl Notification {
    /// The canonical JSON text: compact, all defaults written out, members in the order
    /// `appNotificationId`, `targetHostName`, `groupName`, `priority`, `payload`, `targetPolicy`,
    /// `fallbackPolicy`, `expirationDateTime`, `displayTimeToLive`. (D16) These are always there,
    /// `null` when absent; inside them, absent members are left out, as in the page's response.
    /// Host names are in lower case, names of priorities, platforms and styles in their canonical
    /// spelling and order, instants as [`Timestamp`] writes them, seconds are numbers; all else
    /// is as it was sent, with [`Writer`]'s escapes.
    ///
    /// Canonical text is itself a valid request body, and with the same clock its verdict is the same text
    /// again.
    pub fn canonical(&self) -> JsonText<Self> {
        JsonText::stored(self.render(Some(self.expiration_date_time)))
    }

    /// The canonical text with another expiration, or with none.
    pub(crate) fn render(&self, expiration: Option<Timestamp>) -> String {
        let raw = self.raw_content().map_or(0, str::len);
        let mut w = Writer::with_capacity(raw + 512);
        w.begin_object();
        self.content.write(&mut w);
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

    /// Content and audience as the members of an object: `"appNotificationId":…` to
    /// `"fallbackPolicy":…` in canonical order, without braces. A store keeps this text, and the
    /// receiver's view repeats it: nobody parses it on the way.
    pub fn content_text(&self) -> JsonText<Content> {
        let raw = self.raw_content().map_or(0, str::len);
        let mut w = Writer::with_capacity(raw + 512);
        self.content.write(&mut w);
        JsonText::stored(w.finish())
    }

    /// The content that a person reads, as the sender's view repeats it.
    pub fn visual_text(&self) -> Option<JsonText<VisualContent>> {
        self.visual_content().map(|visual| {
            let mut w = Writer::new();
            visual.write(&mut w);
            JsonText::stored(w.finish())
        })
    }

    /// Reads what [`Notification::content_text`] wrote, with the rest of the notification.
    ///
    /// # Errors
    /// [`CanonicalError`] for any other text.
    pub fn from_content(
        content: &JsonText<Content>,
        expiration: Timestamp,
        display_time_to_live: Option<u32>,
    ) -> Result<Self, CanonicalError> {
        let content = content.as_str();
        let mut w = Writer::with_capacity(content.len() + 128);
        w.begin_object();
        w.raw(content);
        w.string_field("expirationDateTime", &expiration.to_string());
        w.opt_integer_field("displayTimeToLive", display_time_to_live.map(i64::from));
        w.end_object();
        Self::from_canonical(&JsonText::stored(w.finish()))
    }
}

impl Content {
    /// Writes the members, `appNotificationId` to `fallbackPolicy` in canonical order, into an
    /// object that the caller has begun.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.opt_string_field("appNotificationId", self.app_notification_id.as_deref());
        w.string_field("targetHostName", self.target_host_name.as_str());
        w.opt_string_field("groupName", self.group_name.as_deref());
        w.string_field("priority", self.priority.as_str());
        w.key("payload");
        w.begin_object();
        if let Some(raw) = &self.payload.raw_content {
            w.string_field("rawContent", raw);
        }
        if let Some(visual) = &self.payload.visual_content {
            w.key("visualContent");
            visual.write(w);
        }
        w.end_object();
        w.key("targetPolicy");
        w.begin_object();
        self.target_policy.platform_types.write(w);
        w.end_object();
        w.key("fallbackPolicy");
        match &self.fallback_policy {
            Some(policy) => {
                w.begin_object();
                w.key("endpointFallback");
                policy.endpoint_fallback.write(w);
                w.end_object();
            }
            None => w.null(),
        }
    }
}

impl PlatformSet {
    /// Writes the member `platformTypes`.
    fn write(self, w: &mut Writer) {
        w.key("platformTypes");
        w.begin_array();
        for platform in self.iter() {
            w.string(platform.as_str());
        }
        w.end_array();
    }
}

impl VisualContent {
    /// Writes it as a value.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.string_field("title", &self.title);
        if let Some(body) = &self.body {
            w.string_field("body", body);
        }
        if let Some(link) = &self.link {
            w.string_field("link", link.as_str());
        }
        if let Some(icon) = &self.icon {
            w.string_field("icon", icon.as_str());
        }
        if let Some(category) = &self.category {
            w.string_field("category", category);
        }
        if let Some(actions) = &self.actions {
            w.key("actions");
            w.begin_array();
            for action in actions {
                action.write(w);
            }
            w.end_array();
        }
        w.end_object();
    }
}

impl Action {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.string_field("id", &self.id);
        w.string_field("title", &self.title);
        if let Some(style) = self.style {
            w.string_field("style", style.as_str());
        }
        if let Some(input) = &self.input {
            w.key("input");
            w.begin_object();
            if let Some(placeholder) = &input.placeholder {
                w.string_field("placeholder", placeholder);
            }
            if let Some(length) = input.max_length {
                w.integer_field("maxLength", i64::from(length));
            }
            w.end_object();
        }
        w.end_object();
    }
}

impl EndpointFallback {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        self.platform_types.write(w);
        w.integer_field(
            "fallbackDelayInSeconds",
            i64::from(self.fallback_delay_in_seconds),
        );
        w.key("visualContent");
        self.visual_content.write(w);
        w.end_object();
    }
}
