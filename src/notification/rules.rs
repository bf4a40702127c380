//! The rules of the request body (CONTRACT §1, "Request body"), property by property.

use super::check::Check;
use super::{
    EndpointFallback, HostName, Notification, Platform, PlatformSet, Priority, VisualContent,
};
use crate::error::ErrorCode;
use crate::json::{Number, NumberError, Object, Value, push_integer, push_name};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::violation::{ViolationCode as Code, WarningCode};

/// (D) The most characters (Unicode scalar values) of `appNotificationId`; the least is 1.
pub const MAX_APP_NOTIFICATION_ID: usize = 128;
/// (D) The most characters (Unicode scalar values) of `groupName`; it may be empty.
pub const MAX_GROUP_NAME: usize = 128;
/// The longest `displayTimeToLive`, in seconds: 30 days. The shortest is 0.
pub const MAX_DISPLAY_TIME_TO_LIVE: u32 = 2_592_000;
/// The shortest `fallbackDelayInSeconds`.
pub const MIN_FALLBACK_DELAY: u32 = 60;
/// The longest `fallbackDelayInSeconds`.
pub const MAX_FALLBACK_DELAY: u32 = 600;
/// (D) How many elements of a `platformTypes` are looked at; an array with more is refused.
pub const MAX_PLATFORM_TYPES: usize = 64;

const NOTIFICATION: [&str; 9] = [
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
const PAYLOAD: [&str; 2] = ["rawContent", "visualContent"];
const VISUAL_CONTENT: [&str; 2] = ["title", "body"];
const TARGET_POLICY: [&str; 1] = ["platformTypes"];
const FALLBACK_POLICY: [&str; 1] = ["endpointFallback"];
const ENDPOINT_FALLBACK: [&str; 3] = ["platformTypes", "fallbackDelayInSeconds", "visualContent"];

/// What the clock says about an expiration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) now: Timestamp,
    pub(crate) policy: Policy,
}

/// A body that keeps the rules, before the expiration that was asked for is defaulted or capped.
#[derive(Debug)]
pub(crate) struct Request {
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
) -> Option<Request> {
    let object = match body {
        Value::Object(object) => object,
        Value::Array(_) => {
            let what =
                "One notification is sent at a time: post each element of this array by itself.";
            return about_body(check, Code::MultipleNotifications, &[what]);
        }
        other => {
            let what = ["The body must be an object, not ", other.kind(), "."];
            return about_body(check, Code::NotAnObject, &what);
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
        Some(payload) => self::payload(check, payload),
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
    let platforms = match target {
        Some(target) => target_policy(check, target),
        None => Some(PlatformSet::ALL),
    };
    let fallback = match fallback {
        Some(fallback) => fallback_policy(check, fallback, platforms),
        None => Some(None),
    };
    let expiration = expiration.map(|expiration| self::expiration(check, expiration, clock));
    let display = display.map(|display| display_time_to_live(check, display));

    // Each part that is `None` here has left a violation behind.
    let payload = payload?;
    let default = if payload.visual.is_some() {
        Priority::High
    } else {
        Priority::None
    };
    let asked = transpose(expiration)?;
    let latest = clock.map_or(Timestamp::MAX, |Clock { now, policy }| {
        now.saturating_add_millis(policy.retention_millis())
    });
    Some(Request {
        notification: Notification {
            target_host_name: host?,
            app_notification_id: transpose(id)?,
            group_name: transpose(group)?,
            priority: transpose(priority)?.unwrap_or(default),
            raw_content: payload.raw,
            visual_content: payload.visual,
            platforms: platforms?,
            fallback: fallback?,
            expiration: asked.map_or(latest, |asked| asked.min(latest)),
            display_time_to_live: transpose(display)?,
        },
        expiration: asked,
    })
}

/// Absent is fine, present and wrong isn't.
pub(crate) fn transpose<T>(property: Option<Option<T>>) -> Option<Option<T>> {
    match property {
        Some(None) => None,
        Some(value) => Some(value),
        None => Some(None),
    }
}

fn about_body(check: &mut Check, code: Code, what: &[&str]) -> Option<Request> {
    let violation = crate::violation::Violation::new(code, String::new(), what.concat());
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

pub(crate) fn limited_string(
    check: &mut Check,
    value: &Value<'_>,
    path: &str,
    most: usize,
) -> Option<String> {
    let text = check.string(value, path)?;
    // No character takes less than a byte.
    if text.len() > most && text.chars().count() > most {
        check.violation(
            Code::TooLong,
            path,
            &["must have at most ", &decimal(most), " characters"],
        );
        return None;
    }
    Some(text.to_owned())
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

pub(crate) fn unknown_value(check: &mut Check, path: &str, what: &str, name: &str) {
    let mut shown = String::new();
    push_name(&mut shown, name);
    check.violation(Code::UnknownValue, path, &[what, ", not `", &shown, "`"]);
}

struct Payload {
    raw: Option<String>,
    visual: Option<VisualContent>,
}

fn payload(check: &mut Check, value: &Value<'_>) -> Option<Payload> {
    let object = check.object(value, "payload")?;
    let [raw, visual] = check.members(object, "payload", &PAYLOAD);
    if raw.is_none() && visual.is_none() {
        no_content(check, object);
        return None;
    }
    let raw = raw.map(|raw| raw_content(check, raw));
    let visual = visual.map(|visual| visual_content(check, visual, "payload.visualContent"));
    Some(Payload {
        raw: transpose(raw)?,
        visual: transpose(visual)?,
    })
}

fn no_content(check: &mut Check, object: &Object<'_>) {
    let what = "must have content: `rawContent`, `visualContent` or both";
    let meant = object
        .iter()
        .find_map(|member| super::names::nearest(&member.name, &PAYLOAD));
    match meant {
        // The warning about that member says the rest.
        Some(meant) => check.violation(
            Code::NoContent,
            "payload",
            &[
                what,
                "; did you mean `",
                meant,
                "`? Names count with their case",
            ],
        ),
        None => check.violation(Code::NoContent, "payload", &[what]),
    }
}

fn raw_content(check: &mut Check, value: &Value<'_>) -> Option<String> {
    let path = "payload.rawContent";
    let raw = check.string(value, path)?;
    if raw.is_empty() {
        check.violation(
            Code::EmptyRawContent,
            path,
            &["must not be empty: give it content or leave it out"],
        );
        return None;
    }
    Some(raw.to_owned())
}

fn visual_content(check: &mut Check, value: &Value<'_>, path: &str) -> Option<VisualContent> {
    let object = check.object(value, path)?;
    let [title, body] = check.members(object, path, &VISUAL_CONTENT);
    let title_path = [path, ".title"].concat();
    let title = match title {
        Some(title) => check.string(title, &title_path),
        None => {
            let what = "is required: what a person reads first";
            check.missing(
                Code::MissingTitle,
                object,
                &title_path,
                &VISUAL_CONTENT,
                what,
            );
            None
        }
    };
    if title == Some("") {
        check.violation(Code::EmptyTitle, &title_path, &["must not be empty"]);
    }
    let body = body.map(|body| check.string(body, &[path, ".body"].concat()));
    let body = transpose(body)?.map(str::to_owned);
    let title = title.filter(|title| !title.is_empty())?;
    Some(VisualContent {
        title: title.to_owned(),
        body,
    })
}

fn target_policy(check: &mut Check, value: &Value<'_>) -> Option<PlatformSet> {
    let object = check.object(value, "targetPolicy")?;
    let [platforms] = check.members(object, "targetPolicy", &TARGET_POLICY);
    match platforms {
        Some(platforms) => platform_types(check, platforms, "targetPolicy.platformTypes"),
        None => Some(PlatformSet::ALL),
    }
}

/// A `platformTypes`: at least one platform, duplicates folded.
fn platform_types(check: &mut Check, value: &Value<'_>, path: &str) -> Option<PlatformSet> {
    let elements = check.array(value, path)?;
    if elements.len() > MAX_PLATFORM_TYPES {
        let what = [
            "must have at most ",
            &decimal(MAX_PLATFORM_TYPES),
            " elements",
        ];
        check.violation(Code::TooManyItems, path, &what);
        return None;
    }
    let mut platforms = PlatformSet::EMPTY;
    let mut valid = true;
    for (index, element) in elements
        .iter()
        .enumerate()
        .filter(|(_, element)| !element.is_null())
    {
        let path = [path, "[", &decimal(index), "]"].concat();
        match check
            .string(element, &path)
            .map(|name| (name, Platform::parse(name)))
        {
            Some((_, Some(platform))) => platforms.insert(platform),
            Some((name, None)) => {
                valid = false;
                unknown_value(
                    check,
                    &path,
                    "must be `Windows`, `iOS`, `Android` or `WebPush`",
                    name,
                );
            }
            None => valid = false,
        }
    }
    if valid && platforms.is_empty() {
        valid = false;
        check.violation(Code::EmptyList, path, &["must name at least one platform"]);
    }
    valid.then_some(platforms)
}

/// `Some(None)` when there is no fallback. `targets` is `None` when the target policy is broken.
fn fallback_policy(
    check: &mut Check,
    value: &Value<'_>,
    targets: Option<PlatformSet>,
) -> Option<Option<EndpointFallback>> {
    let object = check.object(value, "fallbackPolicy")?;
    let [fallback] = check.members(object, "fallbackPolicy", &FALLBACK_POLICY);
    match fallback {
        Some(fallback) => check
            .in_row(ErrorCode::BadRequest, |check| {
                endpoint_fallback(check, fallback, targets)
            })
            .map(Some),
        None => Some(None),
    }
}

/// The page requires `platformTypes`; (D) the other two are required as well, since without them
/// there is nothing to show, and no time to show it.
fn endpoint_fallback(
    check: &mut Check,
    value: &Value<'_>,
    targets: Option<PlatformSet>,
) -> Option<EndpointFallback> {
    let path = "fallbackPolicy.endpointFallback";
    let object = check.object(value, path)?;
    let [platforms, delay, visual] = check.members(object, path, &ENDPOINT_FALLBACK);
    let required = |check: &mut Check, name: &str, what: &str| {
        let path = [path, ".", name].concat();
        check.missing(
            Code::RequiredPropertyMissing,
            object,
            &path,
            &ENDPOINT_FALLBACK,
            what,
        );
    };
    let platforms = match platforms {
        Some(platforms) => fallback_platforms(check, platforms, targets),
        None => {
            required(check, "platformTypes", "is required: `[\"iOS\"]`");
            None
        }
    };
    let delay = match delay {
        Some(delay) => fallback_delay(check, delay),
        None => {
            required(
                check,
                "fallbackDelayInSeconds",
                "is required: from 60 to 600 seconds",
            );
            None
        }
    };
    let visual = match visual {
        Some(visual) => visual_content(
            check,
            visual,
            "fallbackPolicy.endpointFallback.visualContent",
        ),
        None => {
            required(
                check,
                "visualContent",
                "is required: what is shown when the raw content isn't fetched",
            );
            None
        }
    };
    platforms?;
    Some(EndpointFallback {
        delay_seconds: delay?,
        visual_content: visual?,
    })
}

fn fallback_platforms(
    check: &mut Check,
    value: &Value<'_>,
    targets: Option<PlatformSet>,
) -> Option<()> {
    let path = "fallbackPolicy.endpointFallback.platformTypes";
    let platforms = platform_types(check, value, path)?;
    if platforms != PlatformSet::of(Platform::Ios) {
        check.violation(
            Code::UnsupportedFallbackPlatform,
            path,
            &["must be only `iOS`"],
        );
        return None;
    }
    if targets.is_some_and(|targets| !targets.contains(Platform::Ios)) {
        let what = "needs `iOS` in `targetPolicy.platformTypes`, too";
        check.violation(Code::FallbackNotTargeted, path, &[what]);
        return None;
    }
    Some(())
}

fn fallback_delay(check: &mut Check, value: &Value<'_>) -> Option<u32> {
    let path = "fallbackPolicy.endpointFallback.fallbackDelayInSeconds";
    let Value::Number(number) = value else {
        check.wrong_type(value, path, "a number");
        return None;
    };
    seconds(check, number, path, MIN_FALLBACK_DELAY, MAX_FALLBACK_DELAY)
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

fn seconds(
    check: &mut Check,
    number: &Number<'_>,
    path: &str,
    least: u32,
    most: u32,
) -> Option<u32> {
    match number.to_integer() {
        Ok(value) => in_range(check, Some(value), path, least, most),
        Err(NumberError::TooLarge) => in_range(check, None, path, least, most),
        Err(NumberError::NotWhole) => {
            check.violation(Code::InvalidSeconds, path, &["must be whole seconds"]);
            None
        }
    }
}

fn in_range(
    check: &mut Check,
    value: Option<i64>,
    path: &str,
    least: u32,
    most: u32,
) -> Option<u32> {
    let value = value.and_then(|value| u32::try_from(value).ok());
    let value = value.filter(|value| (least..=most).contains(value));
    if value.is_none() {
        let least = decimal(least.try_into().unwrap_or_default());
        let most = decimal(most.try_into().unwrap_or_default());
        check.violation(
            Code::OutOfRange,
            path,
            &["must be from ", &least, " to ", &most, " seconds"],
        );
    }
    value
}

/// (D) An expiration at the clock's own instant is past: what expires now is absent now.
fn expiration(check: &mut Check, value: &Value<'_>, clock: Option<Clock>) -> Option<Timestamp> {
    let path = "expirationDateTime";
    let asked = match Timestamp::parse(check.string(value, path)?) {
        Ok(asked) => asked,
        Err(error) => {
            check.violation(Code::InvalidDateTime, path, &[error.as_str()]);
            return None;
        }
    };
    let Some(Clock { now, policy }) = clock else {
        return Some(asked);
    };
    if asked <= now {
        let what = "must lie in the future: this notification would have expired already";
        check.violation(Code::ExpirationInPast, path, &[what]);
        return None;
    }
    let latest = now.saturating_add_millis(policy.retention_millis());
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

fn decimal(value: usize) -> String {
    let mut text = String::new();
    push_integer(&mut text, i64::try_from(value).unwrap_or(i64::MAX));
    text
}
