//! The message that is pushed for a notification: a text that a service worker shows by itself, since it has no token
//! to fetch more with. Safari shows the part `notification` without one (Declarative Web Push).

use super::opening::Opening;
use super::record::MAX_TEXT;
use crate::digest::Digest;
use crate::feed::Entry;
use crate::json::{JsonText, Writer};
use crate::notification::{
    Content, EndpointFallback, Notification, Platform, Priority, VisualContent,
};
use crate::time::{Duration, Timestamp};

/// The longest that a push service keeps a message: 28 days. Google's takes no more.
const MAX_TTL: Duration = Duration::from_days(28);

/// How many notifications a message says to close, at most: the newest that were dealt with on another device.
pub const MAX_CLOSED: i64 = 20;

/// The number of newest changes among which notifications to close are searched.
pub const CLOSED_AMONG: i64 = 200;

/// How many characters of a title are kept in a message that is too long without its text; fewer only where nothing
/// else makes it fit.
const TITLE_KEPT: usize = 120;

/// The mark of a declarative message (the number of RFC 8030).
const DECLARATIVE: i64 = 8030;

/// A message for a push service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// JSON text, at most [`MAX_TEXT`] bytes: to be encrypted.
    pub text: String,
    /// `TTL`: how long it may wait for the browser; a second that has begun doesn't count.
    pub ttl: Duration,
    /// `Urgency` (RFC 8030 §5.3).
    pub urgency: &'static str,
    /// `Topic` (RFC 8030 §5.4): a later message of the same notification takes the place of one that
    /// waits.
    pub topic: String,
}

/// The content that goes to browsers by Web Push: `WEB_PUSH_CONTENT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Carried {
    /// `all`: what a live connection gets.
    #[default]
    All,
    /// `raw`: raw content only, as the original had it (CONTRACT §1). Home Screen apps on iOS are shown
    /// visual content all the same.
    Raw,
}

impl Carried {
    /// Whether a platform is pushed raw content only.
    pub const fn is_raw_to(self, platform: Platform) -> bool {
        matches!((self, platform), (Self::Raw, Platform::WebPush))
    }
}

/// An endpoint, as far as a message depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Addressee<'a> {
    /// The platform that it receives for.
    pub platform: Platform,
    /// The content that browsers are pushed.
    pub carried: Carried,
    /// The place that a click leads to.
    pub opening: Option<&'a Opening>,
    /// The feed's digest, by which a browser knows whether a message is its user's.
    pub owner: Digest,
    /// The right to say what became of the message.
    pub receipt: &'a str,
    /// How many items of its platform are unread: the number at the app's icon.
    pub unread: u32,
    /// The ids of notifications that were dealt with elsewhere: what is shown of them goes.
    pub close: &'a [String],
}

/// The time at which an endpoint is pushed a notification, from its post. `None`: never.
/// Raw content can't go to iOS silently, since Safari ends the subscription of whoever shows nothing: there
/// the fallback is shown to a device that hasn't fetched it by then (CONTRACT §1).
pub fn delay(
    notification: &Notification,
    platform: Platform,
    carried: Carried,
) -> Option<Duration> {
    if carried.is_raw_to(platform) {
        return notification.raw_content().map(|_| Duration::ZERO);
    }
    if platform != Platform::Ios || notification.visual_content().is_some() {
        return Some(Duration::ZERO);
    }
    notification.fallback().map(EndpointFallback::delay)
}

/// The visual content that a platform is pushed.
fn shown<'n>(notification: &'n Notification, to: &Addressee<'_>) -> Option<&'n VisualContent> {
    let is_raw = to.carried.is_raw_to(to.platform);
    let fallback = notification
        .fallback()
        .filter(|_| to.platform == Platform::Ios);
    let visual = notification.visual_content().filter(|_| !is_raw);
    visual.or(fallback.map(EndpointFallback::visual_content))
}

/// How a message is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// With all that fits.
    Full,
    /// With the least, since a service refused more.
    Least,
}

/// Until when a notification may be pushed: until it expires, or its display time is over.
pub fn until(entry: &Entry) -> Timestamp {
    let shown = entry.display_time_to_live;
    let end = shown.map(|seconds| {
        entry
            .posted
            .saturating_add(Duration::from_seconds(i64::from(seconds)))
    });
    end.map_or(entry.expiration, |end| end.min(entry.expiration))
}

impl Message {
    /// The message of a notification. `None`: there is nothing to push any more, or the content can't be read.
    pub fn of(
        entry: &Entry,
        content: &JsonText<Content>,
        to: &Addressee<'_>,
        size: Size,
        now: Timestamp,
    ) -> Option<Self> {
        let ttl = until(entry).saturating_since(now);
        let notification =
            Notification::from_content(content, entry.expiration, entry.display_time_to_live)
                .ok()?;
        let id = entry.id.to_string();
        let draft = Draft {
            navigate: to.opening.map(|opening| opening.navigate(&id)),
            default_title: to.opening.and_then(Opening::title),
            visual: shown(&notification, to),
            notification: &notification,
            entry,
            to,
            id: &id,
        };
        Some(Self {
            text: draft.fitting(size),
            ttl: ttl.min(MAX_TTL),
            urgency: match notification.priority() {
                Priority::High => "high",
                Priority::None => "normal",
                Priority::Low => "low",
            },
            topic: id.replace('-', ""),
        })
        .filter(|_| ttl >= Duration::ZERO && entry.deleted.is_none())
    }
}

struct Draft<'d> {
    notification: &'d Notification,
    entry: &'d Entry,
    id: &'d str,
    to: &'d Addressee<'d>,
    visual: Option<&'d VisualContent>,
    navigate: Option<String>,
    default_title: Option<&'d str>,
}

/// The parts of a notification that are kept where not all fits.
#[derive(Debug, Clone, Copy)]
struct Kept {
    raw: bool,
    close: bool,
    body: usize,
    title: usize,
    link: bool,
}

impl Draft<'_> {
    /// Drops what fits least: raw content, the ids of what is to be closed, the end of the body, the end of the title beyond 120
    /// characters, the link.
    fn fitting(&self, size: Size) -> String {
        let all = usize::MAX;
        let mut kept = Kept {
            raw: true,
            close: true,
            body: all,
            title: all,
            link: true,
        };
        if size == Size::Full {
            let text = self.text(kept, false);
            if text.len() <= MAX_TEXT {
                return text;
            }
        }
        kept.raw = false;
        if size == Size::Least {
            (kept.close, kept.body) = (false, 0);
            (kept.title, kept.link) = (TITLE_KEPT, false);
            return self.text(kept, true);
        }
        let fits = |kept: Kept| self.text(kept, true).len() <= MAX_TEXT;
        kept.close = fits(kept);
        if !fits(kept) {
            kept.body = most(0, |body| fits(Kept { body, ..kept }));
        }
        if !fits(kept) {
            kept.title = most(TITLE_KEPT, |title| fits(Kept { title, ..kept }));
        }
        kept.link = fits(kept);
        self.text(kept, true)
    }

    fn text(&self, kept: Kept, partial: bool) -> String {
        let visual = self.visual;
        let title = visual.map(|visual| visual.title()).or(self.default_title);
        let mut w = Writer::new();
        w.begin_object();
        // Without these two it would be no declarative message.
        if title.is_some() && self.navigate.is_some() {
            w.integer_field("web_push", DECLARATIVE);
            w.boolean_field("mutable", true);
        }
        w.key("notification");
        w.begin_object();
        if let Some(title) = title {
            w.string_field("title", first(title, kept.title));
        }
        let body = visual.and_then(|visual| visual.body());
        if let Some(body) = body
            .map(|body| first(body, kept.body))
            .filter(|body| !body.is_empty())
        {
            w.string_field("body", body);
        }
        if let Some(navigate) = &self.navigate {
            w.string_field("navigate", navigate);
        }
        w.string_field("tag", self.id);
        w.integer_field("timestamp", self.entry.posted.unix_millis());
        // The number at the app's icon, where Safari shows the notification by itself.
        w.string_field("app_badge", &self.to.unread.to_string());
        w.end_object();
        w.key("notifeed");
        w.begin_object();
        w.integer_field("v", 1);
        w.string_field("id", self.id);
        w.integer_field("revision", i64::from(self.entry.revision));
        w.string_field("owner", self.to.owner.as_str());
        w.string_field("receipt", self.to.receipt);
        w.string_field("priority", self.notification.priority().as_str());
        w.integer_field("unread", self.to.unread.into());
        if let Some(group) = self.notification.group_name() {
            w.string_field("group", group);
        }
        if let Some(link) = visual
            .and_then(|visual| visual.link())
            .filter(|_| kept.link)
        {
            w.string_field("link", link.as_str());
        }
        if self.notification.asks() {
            w.boolean_field("actions", true);
        }
        if let Some(raw) = self.notification.raw_content().filter(|_| kept.raw) {
            w.string_field("raw", raw);
        }
        if kept.close && !self.to.close.is_empty() {
            w.key("close");
            w.begin_array();
            for id in self.to.close {
                w.string(id);
            }
            w.end_array();
        }
        if partial {
            w.boolean_field("partial", true);
        }
        w.end_object();
        w.end_object();
        w.finish()
    }
}

/// The first characters of a text.
fn first(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

/// The largest number from `least` on that fits, below the length at which nothing does. `least` counts as fitting.
fn most(least: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut fitting, mut too_large) = (least, MAX_TEXT.max(least).saturating_add(1));
    while too_large.saturating_sub(fitting) > 1 {
        let middle = fitting.midpoint(too_large);
        if fits(middle) {
            fitting = middle;
        } else {
            too_large = middle;
        }
    }
    fitting
}

#[cfg(test)]
mod tests;
