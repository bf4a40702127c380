//! The TypeScript face of the contract: declarations of what it reads and writes as JSON, made
//! from its own types for `browser/generated/types.ts`. Exists in tests only.
//!
//! ts-rs gives names, members and what may be absent of each type that has `derive(TS)`; the
//! spellings of an enumeration are asked of it. [`declaration`] puts them down as TypeScript.

pub(crate) mod declaration;
mod protocol;
mod request;

use std::fmt::Debug;

use ts_rs::TS;

use crate::error::{Detail, ErrorCode, ErrorObject, InnerError, RefusalCode};
use crate::feed::answer::{Answer, Answering};
use crate::feed::update::StateUpdate;
use crate::feed::view::{FeedNotification, SentNotification, SentPayload};
use crate::feed::{
    Cursor, End, NotificationStatus, ReadState, RemovalReason, Seq, UserActionState,
};
use crate::guid::Guid;
use crate::json::{JsonText, Position};
use crate::live::client::{ClientFrame, ClientRequest};
use crate::live::frame::{
    FeedFrame, NotificationFrame, ReadAllFrame, ReadyFrame, RemovedFrame, ResultFrame,
    SeenAllFrame, ServerFrame, StateFrame,
};
use crate::notification::{
    Action, ActionInput, ActionStyle, EndpointFallback, FallbackPolicy, HostName, HttpsUrl,
    Notification, Payload, Platform, PlatformSet, Priority, TargetPolicy, VisualContent,
};
use crate::policy::{Policy, ThrottleStatus};
use crate::time::Timestamp;
use crate::violation::{Violation, ViolationCode, Warning, WarningCode};
use declaration::{alias, enumeration, interface};

/// The TypeScript of what has a text or a number of its own.
macro_rules! written_as {
    ($($rust:ty => $typescript:literal),*) => { $(
        impl ts_rs::TS for $rust {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                String::from($typescript)
            }

            fn inline(config: &ts_rs::Config) -> String {
                Self::name(config)
            }
        }
    )* };
}
use written_as;

written_as!(Cursor => "string", Guid => "string", HostName => "string", HttpsUrl => "string", Timestamp => "string");
written_as!(Seq => "number", PlatformSet => "Platform[]", PartialPolicy => "Partial<Policy>");

/// A text of a known type is declared as that type.
impl<T: TS> TS for JsonText<T> {
    type WithoutGenerics = T::WithoutGenerics;
    type OptionInnerType = T::OptionInnerType;

    fn name(config: &ts_rs::Config) -> String {
        T::name(config)
    }

    fn inline(config: &ts_rs::Config) -> String {
        T::inline(config)
    }

    fn inline_flattened(config: &ts_rs::Config) -> String {
        T::inline_flattened(config)
    }
}

/// The verdict on a body that is a notification.
#[derive(TS)]
#[ts(rename = "Accepted")]
#[expect(dead_code, reason = "declared for its shape")]
struct AcceptedVerdict {
    /// Whether the body is a notification.
    #[ts(type = "true")]
    ok: bool,
    /// In canonical form.
    notification: Notification,
    /// Oddities of a body that is valid all the same.
    warnings: Vec<Warning>,
}

/// The verdict on a body that is no notification.
#[derive(TS)]
#[ts(rename = "Refused")]
#[expect(dead_code, reason = "declared for its shape")]
struct RefusedVerdict {
    /// Whether the body is a notification.
    #[ts(type = "false")]
    ok: bool,
    /// The `error.code` that the server would answer.
    code: ErrorCode,
    /// Everything that is wrong with it, at least one and at most 100.
    violations: Vec<Violation>,
    /// Oddities of the body besides.
    warnings: Vec<Warning>,
}

/// The things that a verdict depends on besides the body.
#[derive(TS)]
#[ts(optional_fields)]
#[expect(dead_code, reason = "declared for its shape")]
struct Options {
    /// The clock: milliseconds since 1970. Default: `Date.now()`.
    now: Option<f64>,
    /// The settings of the server that the body is for. Default: the contract's.
    policy: Option<PartialPolicy>,
}

/// A policy whose missing members are the contract's.
struct PartialPolicy;

/// An enumeration of `spellings`, whose values stand in the source `file` of its type.
fn spelled<T: TS + Copy + Debug, const N: usize>(
    all: [T; N],
    spelling: fn(T) -> &'static str,
    file: &str,
) -> String {
    let spellings = all.map(|value| format!("\"{}\"", spelling(value)));
    enumeration(&all, &spellings, file)
}

fn declarations() -> String {
    let mut parts = vec![
        "// Generated from the Rust types by: UPDATE_TYPES=1 cargo test typescript".to_owned(),
        interface::<Notification>(""),
        interface::<Payload>(""),
        interface::<VisualContent>(""),
        interface::<Action>(""),
        interface::<ActionInput>(""),
        spelled(
            ActionStyle::ALL,
            ActionStyle::as_str,
            include_str!("../notification/action.rs"),
        ),
        interface::<TargetPolicy>(""),
        interface::<FallbackPolicy>(""),
        interface::<EndpointFallback>(""),
        alias(
            "FallbackVisualContent",
            "What a fallback shows: it can't be answered.",
            "Omit<VisualContent, \"actions\">",
        ),
        spelled(
            Platform::ALL,
            Platform::as_str,
            include_str!("../notification/platform.rs"),
        ),
        spelled(
            Priority::ALL,
            Priority::as_str,
            include_str!("../notification/priority.rs"),
        ),
        interface::<Options>(""),
        interface::<Policy>(""),
        enumeration(
            &ThrottleStatus::ALL,
            &ThrottleStatus::ALL.map(|status| status.as_u16().to_string()),
            include_str!("../policy.rs"),
        ),
        alias(
            "Verdict",
            "What the contract says about a body.",
            "Accepted | Refused",
        ),
        interface::<AcceptedVerdict>(""),
        interface::<RefusedVerdict>(""),
        interface::<Violation>("Partial<Position>"),
        interface::<Position>(""),
        interface::<Warning>(""),
        alias(
            "Finding",
            "A violation or a warning, for what shows both alike.",
            "Omit<Violation, \"code\"> & { code: ViolationCode | WarningCode }",
        ),
    ];
    parts.extend(request::declarations());
    let codes = include_str!("../violation/code.rs");
    let entry = include_str!("../feed/entry.rs");
    parts.extend([
        spelled(ViolationCode::ALL, ViolationCode::as_str, codes),
        spelled(WarningCode::ALL, WarningCode::as_str, codes),
        spelled(
            ErrorCode::ALL,
            ErrorCode::as_str,
            include_str!("../error_code.rs"),
        ),
        interface::<ErrorObject<'_>>(""),
        interface::<InnerError>(""),
        interface::<Detail>(""),
        spelled(
            RefusalCode::ALL,
            RefusalCode::as_str,
            include_str!("../error/detail.rs"),
        ),
        interface::<SentNotification<'_>>(""),
        interface::<SentPayload<'_>>(""),
        interface::<FeedNotification<'_>>(""),
        spelled(ReadState::ALL, ReadState::as_str, entry),
        spelled(End::ALL, End::as_str, entry),
        spelled(UserActionState::ALL, UserActionState::as_str, entry),
        spelled(NotificationStatus::ALL, NotificationStatus::as_str, entry),
        interface::<StateUpdate>(""),
        interface::<Answer>(""),
        interface::<Answering>(""),
        declaration::union::<ServerFrame<'_>>(),
        interface::<FeedFrame<'_>>(""),
        interface::<NotificationFrame<'_>>(""),
        interface::<StateFrame<'_>>(""),
        interface::<RemovedFrame>(""),
        spelled(
            RemovalReason::ALL,
            RemovalReason::as_str,
            include_str!("../feed/change.rs"),
        ),
        interface::<ReadAllFrame>(""),
        interface::<SeenAllFrame>(""),
        interface::<ReadyFrame>(""),
        interface::<ResultFrame<'_>>(""),
        declaration::union::<ClientFrame>(),
        declaration::union::<ClientRequest>(),
    ]);
    parts.join("\n\n") + "\n"
}

/// The text of a generated file is the one that `made` is; `UPDATE_TYPES=1` writes it anew.
fn keep_in_step(name: &str, made: &str) {
    let file = format!("{}/browser/generated/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_TYPES").is_some() {
        assert!(std::fs::write(&file, made).is_ok(), "{file}");
        return;
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == made,
        "browser/generated/{name} is stale: UPDATE_TYPES=1 cargo test typescript"
    );
}

#[test]
fn typescript_declarations_are_those_of_the_types() {
    keep_in_step("types.ts", &declarations());
}

#[test]
fn typescript_values_are_those_of_the_tables() {
    keep_in_step("protocol.ts", &protocol::values());
}
