//! The rules of the request body (CONTRACT §1, "Request body"), property by property.

mod actions;
mod content;
mod policies;
mod values;

use super::check::Check;
use super::{Content, HostName, Notification, PlatformSet, Priority, TargetPolicy};
use crate::json::{Value, joined};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::violation::{Violation, ViolationCode as Code, WarningCode};

#[cfg(test)]
pub(crate) use actions::{ACTION, ACTION_INPUT};
pub use content::MAX_CATEGORY;
#[cfg(test)]
pub(crate) use content::{FALLBACK_VISUAL_CONTENT, PAYLOAD, VISUAL_CONTENT};
#[cfg(test)]
pub(crate) use policies::{ENDPOINT_FALLBACK, FALLBACK_POLICY, TARGET_POLICY};
use values::{in_range, seconds};
pub(crate) use values::{limited_string, transpose, unknown_value};

/// (D7) The most characters (Unicode scalar values) of `appNotificationId`; the least is 1.
pub const MAX_APP_NOTIFICATION_ID: usize = 128;
/// (D7) The most characters (Unicode scalar values) of `groupName`; it may be empty.
pub const MAX_GROUP_NAME: usize = 128;
/// The longest `displayTimeToLive`, in seconds: 30 days. The shortest is 0.
pub const MAX_DISPLAY_TIME_TO_LIVE: u32 = 2_592_000;
/// The shortest `fallbackDelayInSeconds`.
pub const MIN_FALLBACK_DELAY: u32 = 60;
/// The longest `fallbackDelayInSeconds`.
pub const MAX_FALLBACK_DELAY: u32 = 600;
/// (D12) How many elements of a `platformTypes` are looked at; an array with more is refused.
pub const MAX_PLATFORM_TYPES: usize = 64;

pub(crate) const NOTIFICATION: [&str; 9] = [
    "appNotificationId",
    "targetHostName",
    "groupName",
    "priority",
    "payload",
    "targetPolicy",
    "fallbackPolicy",
    "expirationDateTime",
    "displayTimeToLive",
];

/// The clock's part in an expiration's verdict.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) now: Timestamp,
    pub(crate) policy: Policy,
}

/// A body that keeps the rules, before the expiration that was asked for is defaulted or capped.
#[derive(Debug)]
pub(crate) struct CheckedBody {
    pub(crate) notification: Notification,
    /// The expiration as asked. The notification's own one is this, or the latest instant that
    /// the clock allows.
    pub(crate) expiration: Option<Timestamp>,
}

/// Checks a body against every rule. `None` when it breaks one (or more: `check` has them all).
/// Without a clock an expiration may be at any time, and what it defaults to doesn't matter.
pub(crate) fn request(
    check: &mut Check,
    body: &Value<'_>,
    clock: Option<Clock>,
) -> Option<CheckedBody> {
    let object = match body {
        Value::Object(object) => object,
        Value::Array(_) => {
            let what =
                "One notification is sent at a time: post each element of this array by itself.";
            return about_body(check, Code::MultipleNotifications, &[what]);
        }
        other => {
            check.not_an_object(other);
            return None;
        }
    };
    let [
        id,
        host,
        group,
        priority,
        payload,
        target,
        fallback,
        expiration,
        display,
    ] = check.members(object, "", &NOTIFICATION);

    let id = id.map(|id| app_notification_id(check, id));
    let host = match host {
        Some(host) => host_name(check, host),
        None => {
            let what = "is required: the cross-device domain of the app, like `app.example.com`";
            check.missing(
                Code::RequiredPropertyMissing,
                object,
                "targetHostName",
                &NOTIFICATION,
                what,
            );
            None
        }
    };
    let group = group.map(|group| limited_string(check, group, "groupName", MAX_GROUP_NAME));
    let priority = priority.map(|priority| self::priority(check, priority));
    let payload = match payload {
        Some(payload) => content::payload(check, payload),
        None => {
            let what = "is required: an object with `rawContent`, `visualContent` or both";
            check.missing(
                Code::RequiredPropertyMissing,
                object,
                "payload",
                &NOTIFICATION,
                what,
            );
            None
        }
    };
    let target = match target {
        Some(target) => policies::target_policy(check, target),
        None => Some(TargetPolicy {
            platform_types: PlatformSet::ALL,
        }),
    };
    let platforms = target.as_ref().map(|target| target.platform_types);
    let fallback = match fallback {
        Some(fallback) => policies::fallback_policy(check, fallback, platforms),
        None => Some(None),
    };
    let expiration = expiration.map(|expiration| self::expiration(check, expiration, clock));
    let display = display.map(|display| display_time_to_live(check, display));

    // Each part that is `None` here has left a violation behind.
    let (
        Some(payload),
        Some(asked),
        Some(target_host_name),
        Some(app_notification_id),
        Some(group_name),
        Some(priority),
        Some(target_policy),
        Some(fallback_policy),
        Some(display_time_to_live),
    ) = (
        payload,
        transpose(expiration),
        host,
        transpose(id),
        transpose(group),
        transpose(priority),
        target,
        fallback,
        transpose(display),
    )
    else {
        return None;
    };
    let default = if payload.visual_content.is_some() {
        Priority::High
    } else {
        Priority::None
    };
    let latest = clock.map_or(Timestamp::MAX, |Clock { now, policy }| {
        now.saturating_add(policy.retention())
    });
    Some(CheckedBody {
        notification: Notification {
            content: Content {
                app_notification_id,
                target_host_name,
                group_name,
                priority: priority.unwrap_or(default),
                payload,
                target_policy,
                fallback_policy,
            },
            expiration_date_time: asked.map_or(latest, |asked| asked.min(latest)),
            display_time_to_live,
        },
        expiration: asked,
    })
}

fn about_body(check: &mut Check, code: Code, what: &[&str]) -> Option<CheckedBody> {
    let violation = Violation::new(code, String::new(), joined(what));
    check.findings.violation(violation);
    None
}

pub(crate) fn host_name(check: &mut Check, value: &Value<'_>) -> Option<HostName> {
    let path = "targetHostName";
    match HostName::parse(check.string(value, path)?) {
        Ok(host) => Some(host),
        Err(error) => {
            check.violation(Code::InvalidHostName, path, &[error.as_str()]);
            None
        }
    }
}

fn app_notification_id(check: &mut Check, value: &Value<'_>) -> Option<String> {
    let path = "appNotificationId";
    let id = limited_string(check, value, path, MAX_APP_NOTIFICATION_ID)?;
    if id.is_empty() {
        check.violation(
            Code::Empty,
            path,
            &["must not be empty: give it a character or leave it out"],
        );
        return None;
    }
    Some(id)
}

fn priority(check: &mut Check, value: &Value<'_>) -> Option<Priority> {
    let path = "priority";
    let name = check.string(value, path)?;
    let priority = Priority::parse(name);
    if priority.is_none() {
        unknown_value(check, path, "must be `None`, `High` or `Low`", name);
    }
    priority
}

fn display_time_to_live(check: &mut Check, value: &Value<'_>) -> Option<u32> {
    let path = "displayTimeToLive";
    match value {
        Value::Number(number) => seconds(check, number, path, 0, MAX_DISPLAY_TIME_TO_LIVE),
        Value::String(text) => {
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                let what = "must be whole seconds: a number, or a string of decimal digits alone";
                check.violation(Code::InvalidSeconds, path, &[what]);
                return None;
            }
            let value = text.bytes().fold(0_i64, |value, digit| {
                value
                    .saturating_mul(10)
                    .saturating_add(i64::from(digit - b'0'))
            });
            in_range(check, Some(value), path, 0, MAX_DISPLAY_TIME_TO_LIVE)
        }
        _ => {
            check.wrong_type(value, path, "a number, or a string of decimal digits");
            None
        }
    }
}

/// A time: text that [`Timestamp::parse`] reads.
pub(crate) fn time(check: &mut Check, value: &Value<'_>, path: &str) -> Option<Timestamp> {
    match Timestamp::parse(check.string(value, path)?) {
        Ok(time) => Some(time),
        Err(error) => {
            check.violation(Code::InvalidDateTime, path, &[error.as_str()]);
            None
        }
    }
}

/// (D9) An expiration at the clock's own instant is past: what expires now is absent now.
fn expiration(check: &mut Check, value: &Value<'_>, clock: Option<Clock>) -> Option<Timestamp> {
    let path = "expirationDateTime";
    let asked = time(check, value, path)?;
    let Some(Clock { now, policy }) = clock else {
        return Some(asked);
    };
    if asked <= now {
        let what = "must lie in the future: this notification would have expired already";
        check.violation(Code::ExpirationInPast, path, &[what]);
        return None;
    }
    let latest = now.saturating_add(policy.retention());
    if asked > latest {
        let mut message = String::from(
            "`expirationDateTime` is later than notifications are kept; this one expires at ",
        );
        latest.push_to(&mut message);
        message.push('.');
        check
            .findings
            .warning(WarningCode::ExpirationCapped, path.to_owned(), message);
    }
    Some(asked)
}

#[cfg(test)]
mod tests;
