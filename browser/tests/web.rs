//! The browser face, as wasm in a real browser.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::expect_used, reason = "a test may fail")]

use js_sys::{JSON, Object, Reflect, Uint8Array};
use notifeed_browser::{Body, is_valid, normalize, validate};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The page's example (CONTRACT §1).
const EXAMPLE: &str = r#"{
    "targetHostName": "graphnotifications.sample.windows.com",
    "appNotificationId": "testDirectToastNotification",
    "expirationDateTime": "2019-10-30T23:59:00.000Z",
    "payload": {
        "visualContent": {
            "title": "Hello World!",
            "body": "Notifications are Great!"
        }
    },
    "targetPolicy": {
        "platformTypes": ["windows", "ios", "android"]
    },
    "priority": "High",
    "groupName": "TestGroup",
    "displayTimeToLive": "60"
}"#;

/// When the page's example was answered: `2019-10-21T22:05:36.25Z`.
const NOW: &str = r#"{"now":1571695536250}"#;

const CANONICAL: &str = r#"{"appNotificationId":"testDirectToastNotification","targetHostName":"graphnotifications.sample.windows.com","groupName":"TestGroup","priority":"High","payload":{"visualContent":{"title":"Hello World!","body":"Notifications are Great!"}},"targetPolicy":{"platformTypes":["Windows","iOS","Android"]},"fallbackPolicy":null,"expirationDateTime":"2019-10-28T22:05:36.25Z","displayTimeToLive":60}"#;

fn value<T: JsCast>(json: &str) -> T {
    JSON::parse(json).expect("JSON").unchecked_into()
}

fn text(body: &str) -> Body {
    JsValue::from_str(body).unchecked_into()
}

fn stringify(value: &JsValue) -> String {
    JSON::stringify(value).expect("a JSON value").into()
}

fn member(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).expect("an object")
}

/// The verdict on a body at the time of the example, as text.
fn verdict(body: &Body) -> JsValue {
    validate(body, Some(value(NOW)))
        .expect("a body and options as declared")
        .into()
}

/// The code of the verdict, and of each violation with its path.
fn violations(body: &str) -> (String, Vec<(String, String)>) {
    let verdict = verdict(&text(body));
    assert_eq!(member(&verdict, "ok"), JsValue::FALSE, "{body}");
    let listed = js_sys::Array::from(&member(&verdict, "violations"))
        .iter()
        .map(|violation| {
            let string = |name| member(&violation, name).as_string().expect("a string");
            assert!(!string("message").is_empty());
            (string("code"), string("path"))
        })
        .collect();
    (
        member(&verdict, "code").as_string().expect("a string"),
        listed,
    )
}

/// The name and message of what was thrown.
fn thrown(result: Result<impl Into<JsValue>, JsValue>) -> (String, String) {
    let error: js_sys::Error = match result {
        Ok(_) => wasm_bindgen::throw_str("nothing was thrown"),
        Err(error) => error.unchecked_into(),
    };
    (error.name().into(), error.message().into())
}

#[wasm_bindgen_test]
fn the_pages_example_is_valid_and_gives_its_canonical_text() {
    let verdict = verdict(&text(EXAMPLE));
    assert_eq!(member(&verdict, "ok"), JsValue::TRUE);
    assert_eq!(stringify(&member(&verdict, "notification")), CANONICAL);
    assert_eq!(
        normalize(&text(EXAMPLE), Some(value(NOW))).ok().as_deref(),
        Some(CANONICAL)
    );
}

#[wasm_bindgen_test]
fn canonical_text_is_its_own_canonical_text() {
    assert_eq!(
        normalize(&text(CANONICAL), Some(value(NOW)))
            .ok()
            .as_deref(),
        Some(CANONICAL)
    );
}

#[wasm_bindgen_test]
fn bytes_are_judged_as_text_is() {
    for body in [EXAMPLE, "{", "[]", r#"{"payload":{"rawContent":"ü😀"}}"#] {
        let bytes: Body = Uint8Array::from(body.as_bytes()).unchecked_into();
        assert_eq!(
            stringify(&verdict(&bytes)),
            stringify(&verdict(&text(body)))
        );
    }
    let not_utf8: Body = Uint8Array::from([b'"', 0xff, b'"'].as_slice()).unchecked_into();
    assert_eq!(member(&verdict(&not_utf8), "code"), "BadRequest");
}

#[wasm_bindgen_test]
fn yes_or_no_is_what_the_verdict_says() {
    for body in [EXAMPLE, CANONICAL, "{", "[]", r#"{"targetHostName":"a.b"}"#] {
        let yes = is_valid(&text(body), Some(value(NOW))).ok();
        assert_eq!(yes, member(&verdict(&text(body)), "ok").as_bool(), "{body}");
    }
    assert_eq!(
        thrown(is_valid(JsValue::NULL.unchecked_ref(), None)).0,
        "TypeError"
    );
}

#[wasm_bindgen_test]
fn a_body_may_have_64_kib_and_no_more() {
    for character in ["x", "ü", "通", "😀"] {
        let shell = r#"{"targetHostName":"a.b","payload":{"rawContent":""}}"#;
        let content = character.repeat((65536 - shell.len()) / character.len());
        let fits = shell.replace("\"\"", &format!("\"{content}\""));
        let fits = format!("{fits}{}", " ".repeat(65536 - fits.len()));
        let over = format!("{fits} ");
        let far_over = shell.replace("\"\"", &format!("\"{content}{content}\""));
        for (body, code) in [
            (fits, None),
            (over, Some("BodyTooLarge")),
            (far_over, Some("BodyTooLarge")),
        ] {
            let bytes: Body = Uint8Array::from(body.as_bytes()).unchecked_into();
            for body in [text(&body), bytes] {
                assert_eq!(first_code(&verdict(&body)).as_deref(), code, "{character}");
            }
        }
    }
    // The rest of an earlier body in the buffer is no part of the next one.
    assert_eq!(member(&verdict(&text(EXAMPLE)), "ok"), JsValue::TRUE);
    assert_eq!(
        first_code(&verdict(&text(""))).as_deref(),
        Some("InvalidJson")
    );
}

/// The code of the first violation.
fn first_code(verdict: &JsValue) -> Option<String> {
    let violations = member(verdict, "violations");
    let first = violations.dyn_ref::<js_sys::Array>()?.get(0);
    member(&first, "code").as_string()
}

#[wasm_bindgen_test]
fn each_row_of_the_error_table_that_a_body_can_earn() {
    let bodies = [
        ("[]", "MultipleNotificationsNotSupported", ""),
        ("{", "BadRequest", ""),
        (
            r#"{"payload":{"rawContent":"x"}}"#,
            "BadRequest",
            "targetHostName",
        ),
        (
            r#"{"targetHostName":"a.b","payload":{"visualContent":{"title":""}}}"#,
            "InvalidPayload",
            "payload.visualContent.title",
        ),
        (
            r#"{"targetHostName":"a.b","payload":{"visualContent":{"title":5}}}"#,
            "InvalidActivityDataType",
            "payload.visualContent.title",
        ),
    ];
    for (body, row, path) in bodies {
        let (code, listed) = violations(body);
        assert_eq!(code, row, "{body}");
        assert!(
            listed.iter().any(|(_, at)| at == path),
            "{body}: {listed:?}"
        );
    }
}

#[wasm_bindgen_test]
fn all_violations_are_reported_with_their_paths() {
    let body = r#"{"targetHostName":"https://a.b","payload":{"visualContent":{"title":""}},
        "targetPolicy":{"platformTypes":["windows","beos"]},"priority":"Urgent","displayTimeToLive":-1,
        "expirationDateTime":"2019-10-21T22:05:36.25Z"}"#;
    let (code, listed) = violations(body);
    assert_eq!(code, "BadRequest");
    let mut paths: Vec<_> = listed.iter().map(|(_, path)| path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "displayTimeToLive",
            "expirationDateTime",
            "payload.visualContent.title",
            "priority",
            "targetHostName",
            "targetPolicy.platformTypes[1]",
        ]
    );
}

#[wasm_bindgen_test]
fn syntax_errors_have_their_place() {
    let verdict = verdict(&text("{\n  \"payload\": }"));
    let violation = Reflect::get_u32(&member(&verdict, "violations"), 0).expect("an array");
    assert_eq!(member(&violation, "line"), 2);
    assert_eq!(member(&violation, "column"), 14);
}

#[wasm_bindgen_test]
fn what_is_odd_is_warned_of() {
    let verdict = verdict(&text(
        r#"{"targetHostName":"a.b","payload":{"rawContent":"x"},"prioritty":"Low"}"#,
    ));
    assert_eq!(member(&verdict, "ok"), JsValue::TRUE);
    let warning = Reflect::get_u32(&member(&verdict, "warnings"), 0).expect("an array");
    assert_eq!(member(&warning, "path"), "prioritty");
    let message = member(&warning, "message").as_string().unwrap_or_default();
    assert!(message.contains("priority"), "{message}");
}

#[wasm_bindgen_test]
fn normalize_throws_what_is_wrong() {
    let thrown = normalize(&text("[]"), None).err().unwrap_or_default();
    let error: &js_sys::Error = thrown.unchecked_ref();
    assert_eq!(error.name(), "InvalidNotificationError");
    assert_eq!(member(error, "code"), "MultipleNotificationsNotSupported");
    assert_eq!(
        js_sys::Array::from(&member(error, "violations")).length(),
        1
    );
}

#[wasm_bindgen_test]
fn the_clock_is_the_browsers_unless_it_is_given() {
    assert_eq!(violations_now(EXAMPLE), ["expirationDateTime"]);
}

fn violations_now(body: &str) -> Vec<String> {
    let verdict = validate(&text(body), None).expect("a body as declared");
    js_sys::Array::from(&member(&verdict, "violations"))
        .iter()
        .filter_map(|violation| member(&violation, "path").as_string())
        .collect()
}

#[wasm_bindgen_test]
fn the_policy_is_the_servers() {
    let options = r#"{"now":1571695536250,"policy":{"retentionSeconds":60,"throttleStatus":429}}"#;
    let canonical = normalize(&text(EXAMPLE), Some(value(options))).unwrap_or_default();
    let notification: Object = value(&canonical);
    assert_eq!(
        member(&notification, "expirationDateTime"),
        "2019-10-21T22:06:36.25Z"
    );
}

#[wasm_bindgen_test]
fn misuse_throws() {
    for body in [JsValue::NULL, 5.into(), Object::new().into()] {
        let (name, _) = thrown(validate(body.unchecked_ref(), None));
        assert_eq!(name, "TypeError");
    }
    for options in [
        r#"{"now":1e300}"#,
        r#"{"policy":{"retentionSeconds":0}}"#,
        r#"{"policy":{"retentionSeconds":1.5}}"#,
        r#"{"policy":{"retentionSeconds":2592001}}"#,
        r#"{"policy":{"throttleStatus":503}}"#,
    ] {
        let (name, message) = thrown(validate(&text("{}"), Some(value(options))));
        assert_eq!(name, "RangeError", "{options}");
        assert!(!message.is_empty());
    }
}
