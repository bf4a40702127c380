//! The vectors of `tests/vectors/body` as wasm in a real browser: what `validate` and `normalize`
//! give is the same to the byte as natively.

#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

#[expect(dead_code, reason = "the answers of a service are for other tests")]
#[path = "../../tests/vectors/cases.rs"]
mod cases;

use cases::{Case, Expected};
use js_sys::{JSON, Uint8Array};
use notifeed_browser::{Body, normalize, validate};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The body as bytes, and as text if it is that.
fn bodies(case: &Case) -> Vec<Body> {
    let bytes = Uint8Array::from(case.body.as_slice()).unchecked_into();
    let text = std::str::from_utf8(&case.body).ok();
    let text = text.map(|text| JsValue::from_str(text).unchecked_into());
    text.into_iter().chain([bytes]).collect()
}

/// The vector's clock and policy.
fn options<T: JsCast>(case: &Case) -> Option<T> {
    let options = format!(
        r#"{{"now":{},"policy":{{"retentionSeconds":{},"throttleStatus":{}}}}}"#,
        case.now.unix_millis(),
        case.policy.retention_seconds(),
        case.policy.throttle_status().as_u16()
    );
    Some(JSON::parse(&options).expect("JSON").unchecked_into())
}

#[wasm_bindgen_test]
fn every_verdict_to_the_byte() {
    let cases = cases::all();
    assert!(cases.len() >= 150);
    for case in cases {
        for body in bodies(&case) {
            let verdict = validate(&body, options(&case)).expect("a body and options as declared");
            let verdict: String = JSON::stringify(&verdict).expect("a JSON value").into();
            assert_eq!(verdict, case.verdict(), "{}", case.name);
        }
    }
}

#[wasm_bindgen_test]
fn every_canonical_text_to_the_byte() {
    for case in cases::all() {
        for body in bodies(&case) {
            let text = normalize(&body, options(&case)).ok();
            let expected = match &case.expected {
                Expected::Accepted { canonical, .. } => Some(canonical),
                Expected::Refused { .. } => None,
            };
            assert_eq!(text.as_ref(), expected, "{}", case.name);
        }
    }
}
