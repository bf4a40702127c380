//! The contract's values as TypeScript: `browser/generated/protocol.ts`, made from the constants and
//! tables of this crate. The comment on a number is the doc comment of its constant.
#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

use super::declaration::comment;
use super::spelled;
use crate::close_code;
use crate::credentials::{claims, subscription_id};
use crate::error::ErrorCode;
use crate::feed::{query, room};
use crate::http::endpoint::{Availability, ENDPOINTS};
use crate::http::{encoding, headers};
use crate::json;
use crate::live::close::{REASON_RETRY_AFTER, SUBSCRIPTION_ENDED};
use crate::live::reconnect::Reconnect;
use crate::live::{self, client, window};
use crate::notification::{ActionInput, Platform, rules};
use crate::policy::{Policy, ThrottleStatus};
use crate::time::Duration;
use crate::{subscription, violation};

/// `export const` for each constant, with its doc comment from the source file that it stands in.
macro_rules! constants {
    ($($source:literal => { $($($module:ident)::+),+ $(,)? })+) => {
        vec![$($(constant(
            include_str!($source),
            last(stringify!($($module)::+)),
            &format!("{:?}", $($module)::+),
        )),+),+]
    };
}

/// The whole file.
pub(super) fn values() -> String {
    let mut parts = vec![
        "// Generated from the Rust tables by: UPDATE_TYPES=1 cargo test typescript".to_owned(),
        "import type { ErrorCode, Platform, ThrottleStatus } from \"./types.ts\";".to_owned(),
    ];
    parts.extend(paths());
    parts.extend(live_values());
    parts.extend(close_codes());
    parts.push(platforms());
    parts.push(statuses());
    parts.extend(limits());
    parts.join("\n\n") + "\n"
}

fn exported(docs: &str, name: &str, value: &str) -> String {
    format!("{}export const {name} = {value};", comment(docs, ""))
}

fn paths() -> impl Iterator<Item = String> {
    let served = ENDPOINTS.into_iter();
    let served = served.filter(|endpoint| endpoint.availability != Availability::CrashTest);
    served.flat_map(|endpoint| {
        let paths = endpoint.paths.iter();
        paths.map(|path| {
            let template = format!("{:?}", path.template);
            exported(endpoint.summary.text(), path.constant, &template)
        })
    })
}

fn live_values() -> Vec<String> {
    let source = include_str!("../live/mod.rs");
    let (ping, pong) = live::PING;
    let codes = close_code::ALL.map(|code| {
        let reconnect = Reconnect::after(code).as_str();
        format!("  {code}: \"{reconnect}\",\n")
    });
    vec![
        constant(source, "SUBPROTOCOL", &format!("{:?}", live::SUBPROTOCOL)),
        constant(
            source,
            "BEARER_SUBPROTOCOL",
            &format!("{:?}", live::BEARER_SUBPROTOCOL),
        ),
        exported(
            "The text that a client sends to learn whether its connection is alive.",
            "PING",
            &format!("{ping:?}"),
        ),
        exported("The answer to a ping.", "PONG", &format!("{pong:?}")),
        spelled(
            Reconnect::ALL,
            Reconnect::as_str,
            include_str!("../live/reconnect.rs"),
        ),
        exported(
            "The way back after each close code that the service sends. After any other code: `backoff`.",
            "RECONNECT: Readonly<Record<number, Reconnect>>",
            &format!("{{\n{}}}", codes.concat()),
        ),
        constant(
            include_str!("../live/close.rs"),
            "REASON_RETRY_AFTER",
            &format!("{REASON_RETRY_AFTER:?}"),
        ),
        exported(
            "The reason of a 4403 after which a client comes back without `endpoint`: its subscription has ended.",
            "SUBSCRIPTION_ENDED",
            &format!("{SUBSCRIPTION_ENDED:?}"),
        ),
    ]
}

fn close_codes() -> Vec<String> {
    constants! {
        "../close_code.rs" => {
            close_code::CLOSE_MALFORMED, close_code::CLOSE_TOKEN_REFUSED, close_code::CLOSE_DENIED,
            close_code::CLOSE_TOO_SLOW, close_code::CLOSE_BUSY,
        }
    }
}

fn platforms() -> String {
    let names = Platform::ALL.map(Platform::as_str);
    let values = Platform::ALL.map(Platform::parameter);
    [
        exported(
            "The platforms, in canonical order.",
            "PLATFORMS: readonly Platform[]",
            &format!("{names:?}"),
        ),
        exported(
            "The platforms as they stand in `platform=` of a query, in canonical order.",
            "PLATFORM_PARAMETERS: readonly Lowercase<Platform>[]",
            &format!("{values:?}"),
        ),
    ]
    .join("\n\n")
}

fn statuses() -> String {
    let lines = ErrorCode::ALL.map(|code| {
        let status = code.status(&Policy::DEFAULT);
        format!("  {}: {status},\n", code.as_str())
    });
    let throttled = ThrottleStatus::ALL.map(ThrottleStatus::as_u16);
    [
        exported(
            "The HTTP status of each `error.code`. A setting of the service turns 406 into 429.",
            "ERROR_STATUS: Readonly<Record<ErrorCode, number>>",
            &format!("{{\n{}}}", lines.concat()),
        ),
        exported(
            "The statuses that answer a throttled caller, by a setting of the service.",
            "THROTTLE_STATUSES: readonly ThrottleStatus[]",
            &format!("{throttled:?}"),
        ),
    ]
    .join("\n\n")
}

fn limits() -> Vec<String> {
    let mut limits = constants! {
        "../http/encoding.rs" => { encoding::MAX_BODY_BYTES }
        "../json/reader.rs" => { json::MAX_DEPTH }
        "../violation.rs" => { violation::MAX_LISTED }
        "../notification/rules/mod.rs" => {
            rules::MAX_APP_NOTIFICATION_ID,
            rules::MAX_GROUP_NAME,
            rules::MAX_DISPLAY_TIME_TO_LIVE,
            rules::MIN_FALLBACK_DELAY,
            rules::MAX_FALLBACK_DELAY,
            rules::MAX_PLATFORM_TYPES,
        }
        "../http/headers.rs" => { headers::MAX_CLIENT_REQUEST_ID,
            headers::MAX_WAIT }
        "../subscription.rs" => {
            subscription::MAX_DEVICE_ID,
            subscription::MAX_DISPLAY_NAME,
            subscription::MAX_PUSH_SUBSCRIPTION,
            subscription::MAX_SUBSCRIPTIONS,
        }
        "../feed/query/mod.rs" => { query::DEFAULT_TOP, query::MAX_TOP }
        "../feed/query/filter.rs" => { query::MAX_FILTER, query::MAX_CONDITIONS }
        "../feed/room.rs" => { room::MAX_ITEMS }
        "../live/mod.rs" => { live::MAX_SOCKETS }
        "../live/client.rs" => { client::MAX_REFERENCE, client::MAX_FRAME_BYTES }
        "../live/window.rs" => { window::WINDOW }
        "../policy.rs" => {
            Policy::DEFAULT_RETENTION_SECONDS,
            Policy::MIN_RETENTION_SECONDS,
            Policy::MAX_RETENTION_SECONDS,
        }
        "../credentials/claims.rs" => { claims::SCOPE }
    };
    let (live, window) = (
        include_str!("../live/mod.rs"),
        include_str!("../live/window.rs"),
    );
    limits.extend([
        duration(live, "MAX_SOCKET_LIFE", live::MAX_SOCKET_LIFE),
        duration(live, "SILENCE", live::SILENCE),
        duration(window, "FIRST_PATIENCE", window::FIRST_PATIENCE),
    ]);
    // The names of these three say too little outside of their modules.
    limits.push(exported(
        "The most items that `top` of a stream's query asks a replay for; the least is 1.",
        "MAX_REPLAY_TOP",
        &live::MAX_TOP.to_string(),
    ));
    limits.push(exported(
        "The longest subscription id, in characters.",
        "MAX_SUBSCRIPTION_ID",
        &subscription_id::MAX_LENGTH.to_string(),
    ));
    limits.push(exported(
        "The most characters of an answer's text where its action doesn't say.",
        "DEFAULT_ANSWER_TEXT",
        &ActionInput::DEFAULT_LENGTH.to_string(),
    ));
    limits
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path).trim()
}

/// `export const NAME = value;` with the doc comment that the constant has in `source`.
fn constant(source: &str, name: &str, value: &str) -> String {
    exported(&docs_of(source, name), name, value)
}

/// A duration, in milliseconds as everywhere in JavaScript.
fn duration(source: &str, name: &str, value: Duration) -> String {
    let docs = docs_of(source, name) + "\nIn milliseconds.";
    exported(&docs, name, &value.millis().to_string())
}

/// The doc comment that a constant has in `source`.
fn docs_of(source: &str, name: &str) -> String {
    let (before, _) = source
        .split_once(&format!("pub const {name}:"))
        .expect("the constant");
    let lines = before.trim_end_matches(' ').lines().rev().map(str::trim);
    let mut docs: Vec<_> = lines
        .map_while(|line| line.strip_prefix("///"))
        .map(str::trim)
        .collect();
    docs.reverse();
    docs.join("\n")
}
