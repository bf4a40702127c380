//! `docs/limits.md`: each limit has the value that stands there, and holds at it and one past it.

use std::io::Write;

use flate2::{Compression, GzBuilder};
use notifeed::credentials::jwt::{MAX_TOKEN_BYTES, TokenError, Unverified};
use notifeed::credentials::subscription_id::LIFETIME;
use notifeed::error::ErrorCode;
use notifeed::feed::page::MAX_PAGE_BYTES;
use notifeed::feed::query::{DEFAULT_TOP, MAX_CONDITIONS, MAX_FILTER, MAX_TOP, Query};
use notifeed::feed::room::{MAX_BYTES, MAX_ITEMS, MAX_ROWS};
use notifeed::feed::{room, sent};
use notifeed::http::batch::{MAX_BATCH_BYTES, MAX_REQUESTS};
use notifeed::http::headers::{MAX_CLIENT_REQUEST_ID, MAX_WAIT, client_request_id};
use notifeed::http::{BodyLimit, ContentEncoding, MAX_BODY_BYTES, MAX_TRANSFER_BYTES};
use notifeed::live::client::{ClientFrame, MAX_FRAME_BYTES, MAX_REFERENCE};
use notifeed::live::memory;
use notifeed::live::window::{ASK_FROM, FIRST_PATIENCE, WINDOW};
use notifeed::live::{MAX_SOCKET_LIFE, MAX_SOCKETS, MAX_WAITING_FRAMES, SILENCE};
use notifeed::policy::Policy;
use notifeed::push::PushHosts;
use notifeed::push::message::{CLOSED_AMONG, MAX_CLOSED};
use notifeed::push::opening::Opening;
use notifeed::push::record::MAX_TEXT;
use notifeed::push::schedule::{self, FAILURES, KEPT};
use notifeed::subscription::{
    self, MAX_DEVICE_ID, MAX_DISPLAY_NAME, MAX_PUSH_SUBSCRIPTION, MAX_SUBSCRIPTIONS,
};
use notifeed::throttle::Rate;
use notifeed::verdict::validate;

use super::{NOW, at};

const DOCUMENT: &str = include_str!("../../docs/limits.md");

/// The second cell of the row that begins with `what`.
fn documented(what: &str) -> &'static str {
    let begin = format!("| {what} | ");
    let mut rows = DOCUMENT.lines().filter_map(|row| row.strip_prefix(&begin));
    let row = rows.next().unwrap_or_else(|| panic!("no row {what}"));
    assert!(rows.next().is_none(), "two rows {what}");
    row.split(" |").next().unwrap()
}

#[test]
fn the_document_says_what_is_held() {
    const KIB: usize = 1024;
    for (what, at_most, held) in [
        (
            "items: neither expired nor deleted",
            "10 000 (`MAX_FEED_ITEMS`)",
            MAX_ITEMS == 10_000,
        ),
        (
            "rows: items, and those that have ended and wait to be purged",
            "20 000 (`MAX_FEED_ROWS`)",
            MAX_ROWS == 20_000,
        ),
        (
            "bytes of what was posted, in these rows",
            "2 GB (`MAX_FEED_BYTES`)",
            MAX_BYTES == 2_000_000_000,
        ),
        (
            "an item that has ended, for the app that sent it",
            "7 days (`SENDER_RETENTION_SECONDS`)",
            sent::RETENTION.millis() == 7 * 86_400_000,
        ),
        (
            "calls of an app that wait for news of a feed (`Prefer: wait`)",
            "32, each 30 seconds",
            (sent::MAX_WAITING, MAX_WAIT) == (32, 30),
        ),
        (
            "an item's life",
            "7 days (`RETENTION_SECONDS`, up to 30 days)",
            Policy::DEFAULT.retention_seconds() == 7 * 86_400
                && Policy::DEFAULT.retention().millis() == 7 * 86_400_000
                && Policy::MAX_RETENTION_SECONDS == 30 * 86_400,
        ),
        (
            "a feed without items, subscriptions and connections",
            "30 days, or an hour after the last connection that found it without items",
            room::STAYS_EMPTY.millis() == 30 * 86_400_000,
        ),
        (
            "live connections",
            "1000 (`MAX_SOCKETS`)",
            MAX_SOCKETS == 1000,
        ),
        (
            "`$top`",
            "1 to 100; 20 where it isn't given",
            (MAX_TOP, DEFAULT_TOP) == (100, 20),
        ),
        (
            "`$filter`",
            "1024 characters, 8 conditions",
            (MAX_FILTER, MAX_CONDITIONS) == (1024, 8),
        ),
        (
            "bytes of a page of the list, or of a delta",
            "1 MiB, passed by the last item at most",
            MAX_PAGE_BYTES == 1024 * KIB,
        ),
        (
            "rows that a page of a sender's delta looks at",
            "1000",
            sent::MAX_ROWS_OF_PAGE == 1000,
        ),
        (
            "its life",
            "its token's, and 1 hour",
            MAX_SOCKET_LIFE.millis() == 3_600_000,
        ),
        (
            "frames a second from a client",
            "100, 500 at once (`FRAMES_PER_SECOND`, `FRAME_BURST`)",
            (Rate::FRAMES.per_second, Rate::FRAMES.burst) == (100, 500),
        ),
        (
            "silence of a client that sends pings",
            "3 minutes (`SOCKET_SILENCE_MS`)",
            SILENCE.millis() == 180_000,
        ),
        (
            "under way to a client, unacknowledged",
            "512 KiB, passed by the last frame at most",
            WINDOW == 512 * KIB,
        ),
        (
            "from where on it is asked to acknowledge",
            "256 KiB",
            ASK_FROM == 256 * KIB,
        ),
        (
            "a full window of a client that has never acknowledged",
            "2 s",
            FIRST_PATIENCE.millis() == 2000,
        ),
        (
            "a client's frames that wait while its new token is checked",
            "16",
            MAX_WAITING_FRAMES == 16,
        ),
        (
            "under way to all clients of a feed",
            "16 MiB",
            memory::MAX_OF_FEED == 16 * 1024 * KIB,
        ),
        (
            "under way to all clients of all feeds of an instance",
            "48 MiB",
            (memory::MAX_OF_INSTANCE, memory::MIN_OF_FEED) == (48 * 1024 * KIB, 512 * KIB),
        ),
        (
            "feeds in the memory of an instance",
            "1024",
            memory::MAX_FEEDS == 1024,
        ),
        (
            "of a feed's 16 MiB, unacknowledged for 10 s",
            "half",
            memory::STALLED.millis() == 10_000,
        ),
        (
            "of a feed's 16 MiB, held for 30 s by connections that are closing",
            "half",
            (memory::CLOSING.millis(), memory::BAN.millis()) == (30_000, 60_000),
        ),
        ("a client's frame", "20 KiB", MAX_FRAME_BYTES == 20 * KIB),
        ("`ref` in it", "64 characters", MAX_REFERENCE == 64),
        (
            "posts, and other calls, of an app for a user",
            "500 a second each, 1000 at once (`POSTS_PER_SECOND`, `CALLS_PER_SECOND`; [settings](settings.md))",
            [Rate::POSTS, Rate::CALLS].map(|rate| (rate.per_second, rate.burst))
                == [(500, 1000); 2],
        ),
        ("requests of a batch", "20", MAX_REQUESTS == 20),
        (
            "batch",
            "1.5 MiB once decompressed, 256 KiB of it around the bodies",
            MAX_BATCH_BYTES == 1536 * KIB,
        ),
        (
            "body",
            "64 KiB once decompressed (64 KiB + 1 KiB on the way)",
            (MAX_BODY_BYTES, MAX_TRANSFER_BYTES) == (64 * KIB, 65 * KIB),
        ),
        ("token", "16 KiB", MAX_TOKEN_BYTES == 16 * KIB),
        (
            "`client-request-id`",
            "128 characters",
            MAX_CLIENT_REQUEST_ID == 128,
        ),
        (
            "`deviceId`",
            "64 characters, not empty",
            MAX_DEVICE_ID == 64,
        ),
        ("`displayName`", "128 characters", MAX_DISPLAY_NAME == 128),
        (
            "`pushSubscription`",
            "4096 bytes as compact JSON",
            MAX_PUSH_SUBSCRIPTION == 4096,
        ),
        (
            "`navigate` and `title` of `webPush`",
            "512 and 64 characters",
            (Opening::MAX_NAVIGATE, Opening::MAX_TITLE) == (512, 64),
        ),
        (
            "a message that is pushed",
            "2641 bytes of text",
            MAX_TEXT == 2641,
        ),
        (
            "pushes that are due to an endpoint after 10 failures in a row",
            "the newest 20",
            (FAILURES, KEPT) == (10, 20),
        ),
        (
            "a user's endpoints of one host that are pushed to",
            "20 (`MAX_PUSH_ENDPOINTS`; [settings](settings.md))",
            schedule::MAX_ENDPOINTS == 20,
        ),
        (
            "ids in a push of notifications that were dealt with on another device",
            "20, of the last 200 changes",
            (MAX_CLOSED, CLOSED_AMONG) == (20, 200),
        ),
        (
            "a subscription with a push channel, and its id",
            "180 days (`PUSH_SUBSCRIPTION_DAYS`); each receipt makes the subscription that long again, its id not",
            schedule::SUBSCRIPTION_LIFE.millis() == 180 * 86_400_000,
        ),
        (
            "a user's subscriptions of one host",
            "1000",
            MAX_SUBSCRIPTIONS == 1000,
        ),
        (
            "a subscription and its id",
            "30 days",
            LIFETIME.millis() == 30 * 86_400_000,
        ),
    ] {
        assert_eq!(documented(what), at_most);
        assert!(held, "{what} isn't {at_most}");
    }
}

/// The code of the first violation that a body has with `property` set to that JSON text.
fn refused(property: &str, value: &str) -> Option<&'static str> {
    let text = match property {
        "targetHostName" => {
            format!(r#"{{"targetHostName":{value},"payload":{{"rawContent":"r"}}}}"#)
        }
        _ => format!(
            r#"{{"targetHostName":"a","payload":{{"rawContent":"r"}},"{property}":{value}}}"#
        ),
    };
    let verdict = validate(text.as_bytes(), at(NOW), &Policy::DEFAULT);
    let violations = verdict.outcome.err()?;
    assert_eq!(
        violations.error_code(),
        ErrorCode::BadRequest,
        "{value:.40}"
    );
    violations.iter().next().map(|first| first.code.as_str())
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn a_notification_at_its_limits_and_one_past_them() {
    let text = |length: usize| format!("\"{}\"", "é".repeat(length));
    let label = "a".repeat(62);
    let host = |rest: usize| format!("\"{label}.{label}.{label}.{}\"", "a".repeat(rest));
    let platforms = |count: usize| {
        format!(
            r#"{{"platformTypes":[{}]}}"#,
            vec!["\"ios\""; count].join(",")
        )
    };
    for (what, at_most, property, largest, past, code) in [
        (
            "`appNotificationId`, `groupName`",
            "128 characters",
            "appNotificationId",
            text(128),
            text(129),
            "TooLong",
        ),
        (
            "`appNotificationId`, `groupName`",
            "128 characters",
            "groupName",
            text(128),
            text(129),
            "TooLong",
        ),
        (
            "`targetHostName`",
            "253 characters",
            "targetHostName",
            host(63),
            host(64),
            "InvalidHostName",
        ),
        (
            "`targetHostName`",
            "253 characters",
            "targetHostName",
            format!("\"{label}.{label}.{label}.aa.{}\"", "a".repeat(61)),
            format!("\"{label}.{label}.{label}.aa.{}\"", "a".repeat(62)),
            "InvalidHostName",
        ),
        (
            "`displayTimeToLive`",
            "2 592 000 s",
            "displayTimeToLive",
            String::from("2592000"),
            String::from("2592001"),
            "OutOfRange",
        ),
        (
            "`displayTimeToLive`",
            "2 592 000 s",
            "displayTimeToLive",
            String::from("0"),
            String::from("-1"),
            "OutOfRange",
        ),
        (
            "`platformTypes`",
            "64 entries",
            "targetPolicy",
            platforms(64),
            platforms(65),
            "TooManyItems",
        ),
        // The body itself is one of the levels.
        (
            "nesting of its JSON",
            "16",
            "other",
            nested(15),
            nested(16),
            "NestedTooDeep",
        ),
    ] {
        assert_eq!(documented(what), at_most);
        assert_eq!(refused(property, &largest), None, "{largest:.40}");
        assert_eq!(refused(property, &past), Some(code), "{past:.40}");
    }
}

#[test]
fn a_hundred_violations_are_listed_and_one_says_that_there_are_more() {
    let verdict = |count: usize| {
        let names: Vec<_> = (0..count).map(|_| "\"x\"").collect();
        let names = names.join(",");
        let body = format!(
            r#"{{"targetHostName":"a","payload":{{"rawContent":"r"}},"groupName":5,"targetPolicy":{{"platformTypes":[{names}]}}}}"#
        );
        validate(body.as_bytes(), at(NOW), &Policy::DEFAULT)
    };
    assert_eq!(documented("violations and warnings listed"), "100 of each");
    let listed = |count| verdict(count).outcome.unwrap_err().iter().count();
    assert_eq!([1, 10, 63].map(listed), [2, 11, 64]);
    let undeclared = |count: usize| {
        let names: Vec<_> = (0..count).map(|n| format!("\"p{n}\":1")).collect();
        let names = names.join(",");
        let body = format!(r#"{{"targetHostName":"a","payload":{{"rawContent":"r"}},{names}}}"#);
        validate(body.as_bytes(), at(NOW), &Policy::DEFAULT).warnings
    };
    assert_eq!(
        [1, 99, 100].map(|count| undeclared(count).len()),
        [1, 99, 100]
    );
    let many = undeclared(150);
    assert_eq!(many.len(), 100);
    let duplicates = |count: usize| {
        let names = vec!["\"groupName\":\"g\""; count + 1].join(",");
        let body = format!(r#"{{"targetHostName":"a","payload":{{"rawContent":"r"}},{names}}}"#);
        let verdict = validate(body.as_bytes(), at(NOW), &Policy::DEFAULT);
        verdict
            .outcome
            .err()
            .map_or(0, |found| found.iter().count())
    };
    assert_eq!([0, 1, 100, 150].map(duplicates), [0, 1, 100, 100]);
}

#[test]
fn a_body_of_64_kib_and_one_byte_more() {
    let body = |size: usize| {
        let text = r#"{"targetHostName":"a","payload":{"rawContent":"r"}}"#;
        format!("{text}{}", " ".repeat(size - text.len()))
    };
    let verdict = |size| validate(body(size).as_bytes(), at(NOW), &Policy::DEFAULT).outcome;
    assert!(verdict(65_536).is_ok());
    let found = verdict(65_537).unwrap_err();
    assert_eq!(found.error_code(), ErrorCode::RequestBodyTooLarge);
    let decoded = |size| {
        let body = vec![b' '; size];
        let decoded = ContentEncoding::Identity.decode(&body, BodyLimit::ONE);
        decoded
            .map(|body| body.len())
            .map_err(|problem| problem.code)
    };
    assert_eq!(decoded(65_536), Ok(65_536));
    assert_eq!(decoded(65_537), Err(ErrorCode::RequestBodyTooLarge));
}

/// On the way a body may have 1 KiB more, for what its encoding adds.
#[test]
fn an_encoded_body_of_65_kib_and_one_byte_more() {
    let member = |content: &[u8], comment: usize| {
        let builder = GzBuilder::new().comment("c".repeat(comment));
        let mut encoder = builder.write(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    // A header has at most 64 KiB: two members (RFC 1952 §2.2).
    let gzip = |comment: usize| [member(b"{}", 30_000), member(b"", comment)].concat();
    let bare = gzip(0).len();
    for (size, expected) in [
        (66_560, Ok(2)),
        (66_561, Err(ErrorCode::RequestBodyTooLarge)),
    ] {
        let body = gzip(size - bare);
        assert_eq!(body.len(), size);
        let decoded = ContentEncoding::Gzip.decode(&body, BodyLimit::ONE);
        let decoded = decoded.map(|body| body.len());
        assert_eq!(decoded.map_err(|problem| problem.code), expected);
    }
}

#[test]
fn a_query_at_its_limits() {
    let code = |query: &str| {
        let parsed = Query::parse(query, &["$top", "$filter"]);
        parsed.map(|query| query.page_size()).map_err(|problem| {
            let targets: Vec<_> = problem.details.iter().map(|d| d.target.clone()).collect();
            (problem.code, targets.concat())
        })
    };
    let refused = |name: &str| Err((ErrorCode::BadRequest, String::from(name)));
    for (top, size) in [
        ("1", Ok(1)),
        ("100", Ok(100)),
        ("0", refused("$top")),
        ("101", refused("$top")),
    ] {
        assert_eq!(code(&format!("$top={top}")), size);
    }
    let long = |length: usize| {
        let rest = length - "groupName eq ''".chars().count();
        format!("$filter=groupName%20eq%20'{}'", "é".repeat(rest))
    };
    assert_eq!(code(&long(1024)), Ok(20));
    assert_eq!(code(&long(1025)), refused("$filter"));
    let many = |count: usize| {
        let conditions = vec!["readState%20eq%20'read'"; count];
        format!("$filter={}", conditions.join("%20and%20"))
    };
    assert_eq!(code(&many(8)), Ok(20));
    assert_eq!(code(&many(9)), refused("$filter"));
}

#[test]
fn a_frame_at_its_limits() {
    let ping = |reference: usize| {
        let reference = "é".repeat(reference);
        ClientFrame::parse(&format!(
            r#"{{"type":"delete","id":"x","ref":"{reference}"}}"#
        ))
    };
    assert!(ping(0).is_some() && ping(64).is_some());
    assert_eq!(ping(65), None);
    let frame = |size: usize| {
        let empty = r#"{"type":"token","ref":"1","token":""}"#;
        let token = "t".repeat(size - empty.len());
        let text = format!(r#"{{"type":"token","ref":"1","token":"{token}"}}"#);
        assert_eq!(text.len(), size);
        ClientFrame::parse(&text)
    };
    assert!(frame(20 * 1024).is_some());
    assert_eq!(frame(20 * 1024 + 1), None);
}

#[test]
fn a_token_and_a_client_request_id_at_their_limits() {
    let token = |size| Unverified::parse(&"t".repeat(size)).unwrap_err();
    assert_eq!(token(16 * 1024), TokenError::Malformed);
    assert_eq!(token(16 * 1024 + 1), TokenError::TooLarge);
    let id = |length| client_request_id(Some(&"x".repeat(length))).is_some();
    assert_eq!([1, 128, 129].map(id), [true, true, false]);
}

#[test]
fn a_subscription_at_its_limits() {
    let code = |property: &str, length: usize| {
        let text = "é".repeat(length);
        let body = format!(r#"{{"targetHostName":"a","platform":"iOS","{property}":"{text}"}}"#);
        let found = subscription::parse(body.as_bytes(), &PushHosts::default()).err()?;
        found.iter().next().map(|first| first.code.as_str())
    };
    for (property, length, expected) in [
        ("deviceId", 0, Some("Empty")),
        ("deviceId", 1, None),
        ("deviceId", 64, None),
        ("deviceId", 65, Some("TooLong")),
        ("displayName", 0, None),
        ("displayName", 128, None),
        ("displayName", 129, Some("TooLong")),
    ] {
        assert_eq!(code(property, length), expected, "{property} {length}");
    }
}
