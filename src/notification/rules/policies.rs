//! `targetPolicy` and `fallbackPolicy`.

use super::content::fallback_visual_content;
use super::values::{decimal, seconds, unknown_value};
use super::{MAX_FALLBACK_DELAY, MAX_PLATFORM_TYPES, MIN_FALLBACK_DELAY};
use crate::error_code::ErrorCode;
use crate::json::{Value, joined};
use crate::notification::check::Check;
use crate::notification::{EndpointFallback, FallbackPolicy, Platform, PlatformSet, TargetPolicy};
use crate::violation::ViolationCode as Code;

pub(crate) const TARGET_POLICY: [&str; 1] = ["platformTypes"];
pub(crate) const FALLBACK_POLICY: [&str; 1] = ["endpointFallback"];
pub(crate) const ENDPOINT_FALLBACK: [&str; 3] =
    ["platformTypes", "fallbackDelayInSeconds", "visualContent"];

pub(super) fn target_policy(check: &mut Check, value: &Value<'_>) -> Option<TargetPolicy> {
    let object = check.object(value, "targetPolicy")?;
    let [platforms] = check.members(object, "targetPolicy", &TARGET_POLICY);
    let platforms = match platforms {
        Some(platforms) => platform_types(check, platforms, "targetPolicy.platformTypes")?,
        None => PlatformSet::ALL,
    };
    Some(TargetPolicy {
        platform_types: platforms,
    })
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
        if let Some(platform) = element.as_str().and_then(Platform::parse) {
            platforms.insert(platform);
            continue;
        }
        valid = false;
        // A path is only written down for a violation.
        let path = joined(&[path, "[", &decimal(index), "]"]);
        if let Some(name) = check.string(element, &path) {
            let what = "must be `Windows`, `iOS`, `Android` or `WebPush`";
            unknown_value(check, &path, what, name);
        }
    }
    if valid && platforms.is_empty() {
        valid = false;
        check.violation(Code::EmptyList, path, &["must name at least one platform"]);
    }
    valid.then_some(platforms)
}

/// `Some(None)` when there is no fallback. `targets` is `None` when the target policy is broken.
pub(super) fn fallback_policy(
    check: &mut Check,
    value: &Value<'_>,
    targets: Option<PlatformSet>,
) -> Option<Option<FallbackPolicy>> {
    let object = check.object(value, "fallbackPolicy")?;
    let [fallback] = check.members(object, "fallbackPolicy", &FALLBACK_POLICY);
    match fallback {
        Some(fallback) => check
            .in_row(ErrorCode::BadRequest, |check| {
                endpoint_fallback(check, fallback, targets)
            })
            .map(|endpoint_fallback| Some(FallbackPolicy { endpoint_fallback })),
        None => Some(None),
    }
}

/// The page requires `platformTypes`; (D13) the other two are required as well, since without them
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
        let path = joined(&[path, ".", name]);
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
        Some(visual) => fallback_visual_content(
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
    Some(EndpointFallback {
        platform_types: platforms?,
        fallback_delay_in_seconds: delay?,
        visual_content: visual?,
    })
}

fn fallback_platforms(
    check: &mut Check,
    value: &Value<'_>,
    targets: Option<PlatformSet>,
) -> Option<PlatformSet> {
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
    Some(platforms)
}

fn fallback_delay(check: &mut Check, value: &Value<'_>) -> Option<u32> {
    let path = "fallbackPolicy.endpointFallback.fallbackDelayInSeconds";
    let Value::Number(number) = value else {
        check.wrong_type(value, path, "a number");
        return None;
    };
    seconds(check, number, path, MIN_FALLBACK_DELAY, MAX_FALLBACK_DELAY)
}
