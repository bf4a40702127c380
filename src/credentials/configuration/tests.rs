#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;

const SHORT: &str = r#"{"issuer":"https://id.example.com/","audience":"notifeed","jwksUrl":"https://id.example.com/keys"}"#;

fn wrong(text: &str) -> String {
    issuers(text, false).unwrap_err().to_string()
}

fn url(url: &str, development: bool) -> bool {
    let text = format!("[{SHORT}]").replace("https://id.example.com/keys", url);
    issuers(&text, development).is_ok()
}

#[test]
fn what_is_left_out_has_the_usual_value() {
    let read = issuers(&format!("[{SHORT}]"), false).unwrap();
    let issuer = Issuer {
        name: "https://id.example.com/".into(),
        audiences: vec!["notifeed".into()],
        algorithms: vec![Algorithm::Rs256],
        keys: KeySource::Jwks("https://id.example.com/keys".into()),
        claims: ClaimNames::default(),
        app_only: Evidence::usual(),
    };
    assert_eq!(read, [issuer]);
    assert_eq!(issuers("[]", false).unwrap(), []);
}

#[test]
fn everything_can_be_set() {
    let text = r#"[{"issuer":"i","audience":["a","b"],"algorithms":["PS256","ES256","EdDSA"],
        "jwksUrl":"https://id.example.com:8443/keys?v=2","claims":{"principalName":"https://app/email","tenant":["org"]},
        "appOnly":[{"claim":"kind","equals":"service"}]}]"#;
    let read = issuers(text, false).unwrap();
    let issuer = read.first().unwrap();
    assert_eq!(issuer.audiences, ["a", "b"]);
    assert_eq!(
        issuer.algorithms,
        [Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa]
    );
    assert_eq!(issuer.claims.principal_name, ["https://app/email"]);
    assert_eq!(issuer.claims.tenant, ["org"]);
    assert_eq!(issuer.claims.user, ["oid", "sub"]);
    assert_eq!(issuer.app_only.first().unwrap().equals, "service");
    assert!(
        issuers(
            &text.replace(r#"[{"claim":"kind","equals":"service"}]"#, "[]"),
            false
        )
        .is_ok()
    );
}

#[test]
fn every_mistake_is_named_with_its_place() {
    assert!(wrong("").starts_with("ISSUERS isn't JSON"));
    assert!(wrong("{}").starts_with("ISSUERS must be a JSON array"));
    assert!(wrong("[1]").starts_with("ISSUERS[0] must be an object"));
    assert!(wrong(r#"[{"issuer":"a","issuer":"b"}]"#).starts_with("ISSUERS has a name twice"));
    assert!(wrong(&format!("[{SHORT},{SHORT}]")).starts_with("ISSUERS[1] has the same issuer"));
    for (from, to, mistake) in [
        (
            "\"audience\":\"notifeed\",",
            "",
            "ISSUERS[0].audience is missing",
        ),
        (
            "\"notifeed\"",
            "[]",
            "ISSUERS[0].audience must have 1 to 32",
        ),
        ("\"notifeed\"", "\"\"", "ISSUERS[0].audience must be a text"),
        (
            "https://id.example.com/\"",
            "notifeed-dev\"",
            "ISSUERS[0].issuer is the name",
        ),
        (
            "\"audience\"",
            "\"secret\":\"x\",\"audience\"",
            "ISSUERS[0] has a member that is none of",
        ),
        (
            "\"audience\"",
            "\"algorithms\":[\"HS256\"],\"audience\"",
            "ISSUERS[0].algorithms may have",
        ),
        (
            "\"audience\"",
            "\"algorithms\":\"none\",\"audience\"",
            "ISSUERS[0].algorithms may have",
        ),
        (
            "\"audience\"",
            "\"claims\":{\"apps\":\"x\"},\"audience\"",
            "ISSUERS[0].claims has a member",
        ),
        (
            "\"audience\"",
            "\"appOnly\":[{\"claim\":\"x\"}],\"audience\"",
            "ISSUERS[0].appOnly must be",
        ),
    ] {
        let text = format!("[{SHORT}]").replacen(from, to, 1);
        let said = wrong(&text);
        assert!(said.starts_with(mistake), "{text}: {said}");
    }
}

#[test]
fn keys_come_over_https_only() {
    assert!(url("https://id.example.com", false));
    assert!(url("http://127.0.0.1:9000/keys", true));
    for (bad, development) in [
        ("http://127.0.0.1:9000/keys", false),
        ("http://id.example.com/keys", true),
        ("http://127.0.0.1.example.com/keys", true),
        ("https://127.0.0.1/keys", true),
        ("https://[::1]/keys", true),
        ("https://user@id.example.com/keys", true),
        ("https://id.example.com/keys#x", true),
        ("https://id.example.com:x/keys", true),
        ("https://id.example.com\\@evil/keys", true),
        ("https://é.example.com/keys", true),
        ("https:///keys", true),
        ("ftp://id.example.com/keys", true),
        ("id.example.com/keys", true),
    ] {
        assert!(!url(bad, development), "{bad}");
    }
}
