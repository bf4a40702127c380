//! Names that the contract doesn't declare, and what could be meant by them.

use super::{HOST, PAYLOAD, verdict};

#[test]
fn undeclared_properties_are_warnings() {
    let body = r#"{"targetHostName":"a","prioritty":"High","@odata.type":"x","payload@odata.type":"y","zzz":{"deep":1},
        "payload":{"rawContent":"x","rawcontent":"y","visualContent":{"title":"t","Body":"b","@odata.type":1}},
        "targetPolicy":{"platforms":[],"platformType":1},"fallbackPolicy":{"x":null,"endpointFallBack":1}}"#;
    let warnings: Vec<_> = verdict(body)
        .warnings
        .into_iter()
        .map(|warning| (warning.path, warning.message))
        .collect();
    let meant = |name: &str, meant: &str| {
        format!("`{name}` is not a declared property and is ignored: did you mean `{meant}`?")
    };
    let plain = |name: &str| format!("`{name}` is not a declared property and is ignored.");
    assert_eq!(
        warnings,
        [
            ("prioritty".to_owned(), meant("prioritty", "priority")),
            ("zzz".to_owned(), plain("zzz")),
            (
                "payload.rawcontent".to_owned(),
                meant("rawcontent", "rawContent")
            ),
            (
                "payload.visualContent.Body".to_owned(),
                meant("Body", "body")
            ),
            ("targetPolicy.platforms".to_owned(), plain("platforms")),
            (
                "targetPolicy.platformType".to_owned(),
                meant("platformType", "platformTypes")
            ),
            (
                "fallbackPolicy.endpointFallBack".to_owned(),
                meant("endpointFallBack", "endpointFallback")
            ),
        ]
    );
}

#[test]
fn a_missing_property_says_what_could_be_meant() {
    let found = verdict(r#"{"TargetHostName":"a","payload":{"visualContent":{"Title":"t"}}}"#);
    let messages: Vec<_> = found
        .outcome
        .unwrap_err()
        .iter()
        .map(|found| found.message.clone())
        .collect();
    assert_eq!(
        messages,
        [
            "`targetHostName` is required: the cross-device domain of the app, like `app.example.com`; there is `TargetHostName`: did you mean `targetHostName`? Names count with their case.",
            "`payload.visualContent.title` is required: what a person reads first; there is `Title`: did you mean `title`? Names count with their case.",
        ]
    );
    let found = verdict(r#"{"targetHostName":"a","payload":{"RawContent":"t"}}"#);
    assert!(
        found
            .outcome
            .unwrap_err()
            .message()
            .contains("did you mean `rawContent`")
    );
    let found = verdict(r#"{"targetHostName":"a","payload":{"rawContent":null}}"#);
    let message = found.outcome.unwrap_err().message();
    assert!(!message.contains("did you mean"), "{message}");
}

#[test]
fn long_names_are_cut() {
    let name = "é".repeat(5_000);
    let verdict = verdict(&format!(
        r#"{{{HOST},{PAYLOAD},"{name}":1,"priority":"{name}"}}"#
    ));
    let shown = format!("{}…", "é".repeat(64));
    assert!(verdict.warnings.iter().all(|warning| warning.path == shown));
    let found = verdict.outcome.unwrap_err();
    assert!(found.message().contains(&shown) && !found.message().contains(&"é".repeat(65)));
}
