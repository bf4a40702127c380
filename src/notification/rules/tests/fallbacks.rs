//! `fallbackPolicy`: every fault in it is `BadRequest`.

use super::{BadRequest, DataType, accept_with, refused_with};

#[test]
fn every_rule_of_the_fallback() {
    let fallback =
        |fallback: &str| format!(r#""fallbackPolicy":{{"endpointFallback":{fallback}}}"#);
    let inside = |code: &str, path: &str| format!("{code} fallbackPolicy.endpointFallback{path}");
    let visual = r#""visualContent":{"title":"t"}"#;
    let whole = fallback(&format!(
        r#"{{"platformTypes":["IOS","ios"],"fallbackDelayInSeconds":6e1,{visual}}}"#
    ));
    let notification = accept_with(&whole);
    assert_eq!(
        notification.fallback().unwrap().delay(),
        crate::time::Duration::from_minutes(1)
    );
    assert_eq!(
        notification.fallback().unwrap().visual_content().title(),
        "t"
    );
    assert!(notification.canonical().as_str().contains(
        r#""fallbackPolicy":{"endpointFallback":{"platformTypes":["iOS"],"fallbackDelayInSeconds":60,"visualContent":{"title":"t"}}}"#
    ));
    assert_eq!(accept_with(r#""fallbackPolicy":{}"#).fallback(), None);

    for (delay, code) in [
        ("59", "OutOfRange"),
        ("601", "OutOfRange"),
        ("60.5", "InvalidSeconds"),
        ("\"60\"", "WrongType"),
    ] {
        let members = fallback(&format!(
            r#"{{"platformTypes":["ios"],"fallbackDelayInSeconds":{delay},{visual}}}"#
        ));
        refused_with(
            &members,
            BadRequest,
            &inside(code, ".fallbackDelayInSeconds"),
        );
    }
    for (platforms, code, at) in [
        ("[\"android\"]", "UnsupportedFallbackPlatform", ""),
        ("[\"ios\",\"windows\"]", "UnsupportedFallbackPlatform", ""),
        ("[]", "EmptyList", ""),
        ("[\"tv\"]", "UnknownValue", "[0]"),
        ("[1]", "WrongType", "[0]"),
        ("\"ios\"", "WrongType", ""),
        ("null", "RequiredPropertyMissing", ""),
    ] {
        let members = fallback(&format!(
            r#"{{"platformTypes":{platforms},"fallbackDelayInSeconds":600,{visual}}}"#
        ));
        refused_with(
            &members,
            BadRequest,
            &inside(code, &[".platformTypes", at].concat()),
        );
    }
    for (visual, code, at) in [
        ("{}", "MissingTitle", ".title"),
        (r#"{"title":""}"#, "EmptyTitle", ".title"),
        (r#"{"title":1}"#, "WrongType", ".title"),
        (r#"{"title":"t","body":1}"#, "WrongType", ".body"),
        ("[]", "WrongType", ""),
        ("null", "RequiredPropertyMissing", ""),
    ] {
        let members = fallback(&format!(
            r#"{{"platformTypes":["ios"],"fallbackDelayInSeconds":600,"visualContent":{visual}}}"#
        ));
        refused_with(
            &members,
            BadRequest,
            &inside(code, &[".visualContent", at].concat()),
        );
    }
    refused_with(&fallback("5"), BadRequest, &inside("WrongType", ""));
    refused_with(&fallback("[]"), BadRequest, &inside("WrongType", ""));
    let elsewhere = [
        whole.as_str(),
        r#""targetPolicy":{"platformTypes":["windows"]}"#,
    ]
    .join(",");
    refused_with(
        &elsewhere,
        BadRequest,
        &inside("FallbackNotTargeted", ".platformTypes"),
    );
    // A broken target policy has no meaning that could be compared.
    let broken = [whole.as_str(), r#""targetPolicy":{"platformTypes":[1]}"#].join(",");
    refused_with(&broken, DataType, "WrongType targetPolicy.platformTypes[0]");
}
