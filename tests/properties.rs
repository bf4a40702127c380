//! Rules that hold for every body, tried with random ones.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use notifeed::json::{self, Number, Value};
use notifeed::notification::Notification;
use notifeed::policy::Policy;
use notifeed::time::{Duration, Timestamp};
use notifeed::verdict::{Verdict, validate};
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::json;

/// 2019-10-21T22:05:36.25Z
const NOW: i64 = 1_571_695_536_250;

fn now() -> Timestamp {
    Timestamp::from_unix_millis(NOW).unwrap()
}

fn verdict(body: &[u8]) -> Verdict {
    validate(body, now(), &Policy::DEFAULT)
}

/// Random case.
fn any_case(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    (proptest::sample::select(names), any::<u16>()).prop_map(|(name, upper)| {
        let cased = |(place, c): (usize, char)| match upper >> (place % 16) & 1 {
            0 => c.to_ascii_lowercase(),
            _ => c.to_ascii_uppercase(),
        };
        name.chars().enumerate().map(cased).collect()
    })
}

fn host_name() -> impl Strategy<Value = String> {
    "[a-zA-Z]([a-zA-Z0-9-]{0,20}[a-zA-Z])?(\\.[a-zA-Z]([a-zA-Z0-9-]{0,20}[a-zA-Z])?){0,4}"
}

fn platform_types() -> impl Strategy<Value = serde_json::Value> {
    let names = any_case(&["Windows", "iOS", "Android", "WebPush"]);
    proptest::collection::vec(names, 1..6).prop_map(|names| json!(names))
}

fn visual_content() -> impl Strategy<Value = serde_json::Value> {
    ("\\PC{1,20}", proptest::option::of(any::<String>()))
        .prop_map(|(title, body)| json!({ "title": title, "body": body }))
}

fn payload() -> impl Strategy<Value = serde_json::Value> {
    let raw = proptest::option::of("(?s).{1,30}");
    (raw, proptest::option::of(visual_content()))
        .prop_filter("needs content", |(raw, visual)| {
            raw.is_some() || visual.is_some()
        })
        .prop_map(|(raw, visual)| json!({ "rawContent": raw, "visualContent": visual }))
}

fn display_time_to_live() -> impl Strategy<Value = serde_json::Value> {
    (0..=2_592_000_u32, any::<bool>()).prop_map(|(seconds, quoted)| match quoted {
        true => json!(format!("{seconds:09}")),
        false => json!(seconds),
    })
}

fn expiration() -> impl Strategy<Value = String> {
    (1..2_000_000_000_i64).prop_map(|after| {
        now()
            .saturating_add(Duration::from_millis(after))
            .to_string()
    })
}

fn fallback_policy() -> impl Strategy<Value = serde_json::Value> {
    (60..=600, visual_content()).prop_map(|(delay, visual)| {
        json!({ "endpointFallback": {
            "platformTypes": ["ios"], "fallbackDelayInSeconds": delay, "visualContent": visual,
        } })
    })
}

prop_compose! {
    /// A body that keeps every rule, as a JSON value.
    fn body()(
        host in host_name(),
        payload in payload(),
        id in proptest::option::of("(?s).{1,128}"),
        group in proptest::option::of("(?s).{0,128}"),
        priority in proptest::option::of(any_case(&["None", "High", "Low"])),
        platforms in proptest::option::of(platform_types()),
        fallback in proptest::option::of(fallback_policy()),
        expiration in proptest::option::of(expiration()),
        display in proptest::option::of(display_time_to_live()),
    ) -> serde_json::Value {
        // A fallback needs iOS among the targets; without any they are all of them.
        let fallback = fallback.filter(|_| platforms.is_none());
        json!({
            "targetHostName": host,
            "payload": payload,
            "appNotificationId": id,
            "groupName": group,
            "priority": priority,
            "targetPolicy": { "platformTypes": platforms },
            "fallbackPolicy": fallback,
            "expirationDateTime": expiration,
            "displayTimeToLive": display,
        })
    }
}

/// JSON text, or nearly.
fn token_soup() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        proptest::sample::select(
            &[
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "{\"a\":",
                "\"\"",
                "\"a\"",
                "\"\\u0041\"",
                "\"\\ud83d\\ude00\"",
                "0",
                "-",
                "1",
                "01",
                "1.5",
                "1e5",
                "-0.0E-1",
                ".",
                "true",
                "false",
                "null",
                "nul",
                " ",
                "\n",
                "\"",
                "\\",
                "\\n",
                "'",
                "/",
                "\u{feff}",
                "é",
                "\u{1}",
                "tru\u{65}",
                "+",
            ][..]
        )
        .prop_map(String::from),
        "[ -~]{0,3}",
    ];
    proptest::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
}

/// A JSON value no deeper than ours may be.
fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        any::<String>().prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|value| json!(value)),
            proptest::collection::btree_map("\\PC{0,4}", inner, 0..25)
                .prop_map(|value| json!(value)),
        ]
    })
}

/// Whether both readers mean the same.
fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (Value::Number(ours), serde_json::Value::Number(theirs)) => {
            let float = ours.as_str().parse::<f64>().ok();
            float.is_some() && float == theirs.as_f64()
        }
        (Value::String(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (Value::Array(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Object(ours), serde_json::Value::Object(theirs)) => {
            let found = |(name, theirs): (&String, _)| {
                ours.get(name).is_some_and(|ours| same(ours, theirs))
            };
            ours.len() == theirs.len() && theirs.iter().all(found)
        }
        _ => false,
    }
}

/// Both readers take the text, or neither does. By its grammar alone, so without a value: serde_json
/// has none for a number beyond a float, which is JSON all the same (RFC 8259 §6).
fn assert_refused_alike(text: &str) {
    let ours = json::read(text.as_bytes());
    let theirs: Result<IgnoredAny, _> = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    // Ours reads an escaped lone surrogate, and notes it as a fault; a mark only once.
    let careful = ours
        .as_ref()
        .is_ok_and(|document| document.ambiguities.is_empty());
    let fault = ours
        .as_ref()
        .is_ok_and(|document| !document.ambiguities.is_empty());
    if !fault && !text.starts_with("\u{feff}\u{feff}") {
        assert_eq!(careful, theirs.is_ok(), "{text}: {ours:?} {theirs:?}");
    }
}

/// The text face says what the native face says.
fn assert_faces_agree(verdict: &Verdict) {
    let text: serde_json::Value = serde_json::from_str(&verdict.to_json()).expect("JSON");
    assert_eq!(text["ok"], verdict.outcome.is_ok());
    assert_eq!(
        text["warnings"].as_array().unwrap().len(),
        verdict.warnings.len()
    );
    match &verdict.outcome {
        Ok(accepted) => {
            let canonical: serde_json::Value =
                serde_json::from_str(accepted.notification().canonical().as_str()).unwrap();
            assert_eq!(text["notification"], canonical);
        }
        Err(violations) => {
            assert_eq!(text["code"], violations.error_code().as_str());
            let listed = text["violations"].as_array().unwrap();
            assert!(!listed.is_empty() && listed.len() == violations.iter().count());
            for (text, violation) in listed.iter().zip(violations) {
                assert_eq!(text["code"], violation.code.as_str());
                assert_eq!(text["path"], violation.path);
                assert_eq!(text["message"], violation.message);
                assert_eq!(
                    text["line"].as_u64(),
                    violation.position.map(|place| place.line.into())
                );
            }
        }
    }
}

/// `displayTimeToLive` is a number in any notation, of 0 to 2 592 000 seconds (CONTRACT §1).
#[test]
fn a_number_is_json_whatever_its_size() {
    for text in ["1e501", "-1e501", "1e-501", "0e501", "[1E+400]"] {
        assert_refused_alike(text);
        assert!(json::read(text.as_bytes()).is_ok(), "{text}");
    }
    for (value, fits) in [
        ("2592000", true),
        ("2.592e6", true),
        ("2592001", false),
        ("1e501", false),
        ("-1e501", false),
        ("1e-501", false),
        ("0e501", true),
    ] {
        let text = format!(
            r#"{{"targetHostName":"a.example","payload":{{"rawContent":"r"}},"displayTimeToLive":{value}}}"#
        );
        let found = verdict(text.as_bytes()).outcome.err();
        let found = found.map(|found| found.error_code().as_str());
        assert_eq!(found, (!fits).then_some("BadRequest"), "{value}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_text_is_its_own_canonical_text(body in body()) {
        let first = verdict(body.to_string().as_bytes());
        assert_faces_agree(&first);
        let accepted = first.outcome.expect("a valid body");
        let canonical = accepted.notification().canonical();
        let again = verdict(canonical.as_str().as_bytes());
        prop_assert_eq!(&again.warnings, &[]);
        let again = again.outcome.expect("canonical text is valid").into_notification();
        prop_assert_eq!(&again, accepted.notification());
        prop_assert_eq!(again.canonical(), canonical);
    }

    #[test]
    fn what_is_stored_is_read_back(body in body()) {
        let accepted = verdict(body.to_string().as_bytes()).outcome.expect("a valid body");
        let notification = accepted.notification();
        let read = Notification::from_canonical(&notification.canonical());
        prop_assert_eq!(read.as_ref(), Ok(notification));
    }

    #[test]
    fn the_request_text_doesnt_depend_on_the_clock(body in body(), later in 0..1_000_000_i64) {
        let later = now().saturating_sub(Duration::from_millis(later));
        let text = body.to_string();
        let at = |now| validate(text.as_bytes(), now, &Policy::DEFAULT).outcome.unwrap().request_text();
        prop_assert_eq!(at(now()), at(later));
    }

    #[test]
    fn a_missing_required_property_is_found(mut body in body(), which in 0..2_usize) {
        let name = ["targetHostName", "payload"][which];
        body.as_object_mut().unwrap().remove(name);
        let found = verdict(body.to_string().as_bytes()).outcome.expect_err("something is missing");
        let found: Vec<_> = found.iter().map(|found| (found.code.as_str(), found.path.clone())).collect();
        prop_assert_eq!(found, [("RequiredPropertyMissing", name.to_owned())]);
    }

    #[test]
    fn a_missing_title_is_found(mut body in body()) {
        body["payload"]["visualContent"] = json!({ "body": "b" });
        let found = verdict(body.to_string().as_bytes()).outcome.expect_err("no title");
        prop_assert_eq!(found.error_code().as_str(), "InvalidPayload");
        prop_assert!(found.iter().any(|found| found.path == "payload.visualContent.title"));
    }

    #[test]
    fn no_bytes_crash(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        assert_faces_agree(&verdict(&bytes));
    }

    #[test]
    fn no_token_soup_crashes(text in token_soup()) {
        assert_faces_agree(&verdict(text.as_bytes()));
    }

    #[test]
    fn no_damaged_body_crashes(body in body(), place in any::<usize>(), bytes in proptest::collection::vec(any::<u8>(), 0..4), removed in 0..6_usize) {
        let mut text = body.to_string().into_bytes();
        let start = place % text.len();
        let end = (start + removed).min(text.len());
        text.splice(start..end, bytes);
        assert_faces_agree(&verdict(&text));
    }

    #[test]
    fn any_json_at_any_property(mut body in body(), name in proptest::sample::select(vec![
        "targetHostName", "payload", "appNotificationId", "groupName", "priority", "targetPolicy",
        "fallbackPolicy", "expirationDateTime", "displayTimeToLive", "other",
    ]), value in json_value()) {
        body[name] = value;
        assert_faces_agree(&verdict(body.to_string().as_bytes()));
    }

    #[test]
    fn a_body_cut_off_is_refused(body in body(), place in any::<usize>()) {
        let text = body.to_string();
        let text = &text.as_bytes()[..place % text.len()];
        let found = verdict(text).outcome.expect_err("cut off");
        prop_assert_eq!(found.iter().count(), 1);
        prop_assert!(found.iter().all(|found| found.position.is_some()));
    }

    #[test]
    fn the_reader_agrees_with_serde_json(value in json_value()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let document = json::read(text.as_bytes()).expect("JSON");
            prop_assert_eq!(&document.ambiguities, &[]);
            prop_assert!(same(&document.value, &value), "{}", text);
        }
    }

    #[test]
    fn the_reader_refuses_what_serde_json_refuses(text in token_soup()) {
        assert_refused_alike(&text);
    }

    #[test]
    fn instants_are_written_and_read_the_same(millis in Timestamp::MIN.unix_millis()..=Timestamp::MAX.unix_millis()) {
        let instant = Timestamp::from_unix_millis(millis).unwrap();
        prop_assert_eq!(Timestamp::parse(&instant.to_string()), Ok(instant));
    }

    #[test]
    fn no_text_crashes_the_clock(text in "[0-9TtZz:.+ -]{0,40}") {
        if let Ok(instant) = Timestamp::parse(&text) {
            prop_assert!(Timestamp::MIN <= instant && instant <= Timestamp::MAX);
        }
    }

    #[test]
    fn integers_are_exact_however_they_are_written(value in any::<i32>(), zeros in 0..12_usize) {
        let value = i64::from(value);
        let zeros_text = "0".repeat(zeros);
        for text in [
            format!("{value}"),
            format!("{value}.{zeros_text}0"),
            format!("{value}{zeros_text}e-{zeros}"),
            format!("{value}{zeros_text}.0E-0{zeros}"),
        ] {
            let document = json::read(text.as_bytes()).expect("a number");
            prop_assert_eq!(document.value.as_number().map(Number::to_integer), Some(Ok(value)), "{}", text);
        }
    }
}
