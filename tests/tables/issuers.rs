//! `docs/credentials.md`, "Issuers": what a token's claims prove, and what the setting may say.

use notifeed::credentials::claims::SCOPE;
use notifeed::credentials::configuration::issuers;
use notifeed::credentials::issuer::{Algorithm, CLOCK_LEEWAY, Issuer, KeySource};
use notifeed::credentials::jwt::TokenError;
use notifeed::credentials::{Caller, Principal, User};
use serde_json::{Value, json};

use super::at;

/// Unix seconds.
const NOW: i64 = 1_790_000_000;

/// An issuer of which nothing is set that may be left out.
fn usual() -> Issuer {
    let setting = r#"[{"issuer":"https://id/","audience":["notifeed","n2"],"jwksUrl":"https://id.example.com/keys"}]"#;
    issuers(setting, false).unwrap().remove(0)
}

/// The claims of a user's token, with some of them changed; `null` takes one away.
fn read(changes: Value) -> Result<Caller, TokenError> {
    let mut claims = json!({
        "iss": "https://id/",
        "aud": "notifeed",
        "exp": NOW + 600,
        "azp": "app",
        "sub": "megan",
        "scp": SCOPE,
    });
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members.remove(name);
        if !value.is_null() {
            members.insert(name.clone(), value.clone());
        }
    }
    Caller::from_claims(claims.to_string().as_bytes(), &usual(), at(NOW * 1000))
}

fn user(changes: Value) -> Option<(User, bool)> {
    match read(changes).unwrap().principal {
        Principal::User { user, scope, .. } => Some((user, scope)),
        Principal::App | Principal::Unproven => None,
    }
}

#[test]
fn what_is_left_out_is_as_the_document_has_it() {
    let issuer = usual();
    assert_eq!(SCOPE, "Notifications.ReadWrite.CreatedByApp");
    assert_eq!(issuer.audiences, ["notifeed", "n2"]);
    assert_eq!(issuer.algorithms, [Algorithm::Rs256]);
    let url = String::from("https://id.example.com/keys");
    assert_eq!(issuer.keys, KeySource::Jwks(url));
    for (names, expected) in [
        (&issuer.claims.app, &["azp", "appid", "client_id"][..]),
        (&issuer.claims.user, &["oid", "sub"]),
        (&issuer.claims.tenant, &["tid"]),
        (
            &issuer.claims.principal_name,
            &["upn", "preferred_username", "email"],
        ),
        (&issuer.claims.scopes, &["scp", "scope"]),
    ] {
        assert_eq!(names, expected);
    }
    let evidence = issuer.app_only.iter();
    let evidence: Vec<_> = evidence
        .map(|one| (one.claim.as_str(), one.equals.as_str()))
        .collect();
    let expected = [("idtyp", "app"), ("gty", "client-credentials")];
    assert_eq!(evidence, expected);
    let development = Issuer::development();
    assert_eq!(development.name, "notifeed-dev");
    assert_eq!(development.audiences, ["notifeed"]);
    assert_eq!(development.algorithms, [Algorithm::Hs256]);
    assert_eq!(development.keys, KeySource::DevelopmentSecret);
}

/// RFC 7518 §3.1, RFC 8037 §3.1; a shared secret is never an issuer's.
#[test]
fn algorithms() {
    for (name, algorithm, signature, public) in [
        ("HS256", Algorithm::Hs256, Some(32), false),
        ("RS256", Algorithm::Rs256, None, true),
        ("PS256", Algorithm::Ps256, None, true),
        ("ES256", Algorithm::Es256, Some(64), true),
        ("EdDSA", Algorithm::EdDsa, Some(64), true),
    ] {
        assert_eq!(Algorithm::parse(name), Some(algorithm));
        assert_eq!(algorithm.as_str(), name);
        assert_eq!(algorithm.signature_length(), signature);
        assert_eq!(Algorithm::PUBLIC.contains(&algorithm), public);
        let setting = format!(
            r#"[{{"issuer":"i","audience":"a","jwksUrl":"https://id.example.com","algorithms":"{name}"}}]"#
        );
        assert_eq!(issuers(&setting, true).is_ok(), public, "{name}");
    }
    for name in ["none", "rs256", "RS384", ""] {
        assert_eq!(Algorithm::parse(name), None, "{name}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    assert_eq!(CLOCK_LEEWAY.millis(), 60_000);
    for (seconds, expired) in [(-59, false), (-60, true), (-61, true), (0, false)] {
        let verdict = read(json!({ "exp": NOW + seconds }));
        assert_eq!(
            verdict.err() == Some(TokenError::Expired),
            expired,
            "{seconds}"
        );
    }
    for (seconds, early) in [(59, false), (60, false), (61, true), (-1, false)] {
        let verdict = read(json!({ "nbf": NOW + seconds }));
        assert_eq!(
            verdict.err() == Some(TokenError::NotYetValid),
            early,
            "{seconds}"
        );
    }
    // To the second: a fraction doesn't count, and the leeway isn't life.
    for exp in [json!(NOW + 600), json!(1_790_000_600.9)] {
        let caller = read(json!({ "exp": exp })).unwrap();
        assert_eq!(caller.expires, at((NOW + 600) * 1000));
    }
}

#[test]
fn who_a_token_names() {
    for (changes, subject, others, tenant, principal_name) in [
        (json!({}), "megan", &[][..], "", "megan"),
        (json!({ "oid": "o", "tid": "t" }), "o", &["megan"], "t", "o"),
        (json!({ "oid": "" }), "megan", &[], "", "megan"),
        (json!({ "oid": 5 }), "megan", &[], "", "megan"),
        (json!({ "oid": "megan" }), "megan", &[], "", "megan"),
        (
            json!({ "upn": "u", "preferred_username": "p", "email": "e" }),
            "megan",
            &[],
            "",
            "u",
        ),
        (
            json!({ "preferred_username": "p", "email": "e" }),
            "megan",
            &[],
            "",
            "p",
        ),
        (json!({ "email": "e" }), "megan", &[], "", "e"),
    ] {
        let text = changes.to_string();
        let (user, scope) = user(changes).unwrap();
        assert!(scope);
        assert_eq!(user.issuer, "https://id/");
        assert_eq!(user.subject, subject, "{text}");
        assert_eq!(user.other_subjects, others, "{text}");
        assert_eq!(user.tenant, tenant, "{text}");
        assert_eq!(user.principal_name, principal_name, "{text}");
    }
    for (changes, app) in [
        (json!({ "appid": "b", "client_id": "c" }), "app"),
        (json!({ "azp": null, "appid": "b", "client_id": "c" }), "b"),
        (json!({ "azp": null, "client_id": "c" }), "c"),
        (json!({ "azp": "", "client_id": "c" }), "c"),
    ] {
        assert_eq!(read(changes).unwrap().app, app);
    }
    let nobody = read(json!({ "azp": null }));
    assert_eq!(nobody, Err(TokenError::MissingClaim));
}

#[test]
fn whom_a_path_can_mean() {
    let (user, _) = user(json!({ "oid": "o", "upn": "Megan@contoso.com" })).unwrap();
    for (id, named) in [
        ("o", true),
        ("O", false),
        ("megan", true),
        ("Megan", false),
        ("megan@CONTOSO.com", true),
        ("contoso", false),
        ("", false),
    ] {
        assert_eq!(user.is_named(id), named, "{id}");
    }
}

#[test]
fn the_same_user_under_other_names_and_another_under_the_same() {
    let (user, _) = user(json!({ "tid": "t" })).unwrap();
    let renamed = User {
        other_subjects: vec![String::from("x")],
        principal_name: String::from("y"),
        ..user.clone()
    };
    assert!(user.is(&renamed));
    for other in [
        User {
            issuer: String::from("https://other/"),
            ..user.clone()
        },
        User {
            tenant: String::from("u"),
            ..user.clone()
        },
        User {
            subject: String::from("adele"),
            ..user.clone()
        },
    ] {
        assert!(!user.is(&other), "{other:?}");
    }
}

/// `None`: nobody delegated anything.
#[test]
fn the_scope_is_one_of_several_and_never_a_part_of_one() {
    let longer = format!("{SCOPE}.All");
    for (changes, scope) in [
        (json!({ "scp": format!("a {SCOPE} b") }), Some(true)),
        (json!({ "scp": ["a", SCOPE] }), Some(true)),
        (json!({ "scp": null, "scope": SCOPE }), Some(true)),
        (json!({ "scp": "", "scope": SCOPE }), Some(true)),
        (json!({ "scp": [], "scope": SCOPE }), Some(true)),
        (json!({ "scp": 5, "scope": SCOPE }), Some(true)),
        (json!({ "scp": longer }), Some(false)),
        (json!({ "scp": [longer] }), Some(false)),
        (json!({ "scp": [format!("a {SCOPE}")] }), Some(false)),
        (json!({ "scp": "a", "scope": SCOPE }), Some(false)),
        (json!({ "scp": SCOPE.to_lowercase() }), Some(false)),
        (json!({ "scp": null }), None),
        (json!({ "scp": [] }), None),
        (json!({ "scp": "" }), None),
    ] {
        let text = changes.to_string();
        assert_eq!(user(changes).map(|(_, scope)| scope), scope, "{text}");
    }
}

#[test]
fn an_app_or_a_user_or_nothing_is_proven() {
    use Principal::{App, Unproven};
    let principal = |changes| read(changes).unwrap().principal;
    for (changes, expected) in [
        (json!({ "idtyp": "app" }), Some(App)),
        (json!({ "gty": "client-credentials" }), Some(App)),
        (
            json!({ "gty": "client-credentials", "idtyp": "user" }),
            Some(Unproven),
        ),
        (json!({ "gty": "password" }), None),
        (json!({ "idtyp": "user" }), None),
        (json!({ "idtyp": "device" }), Some(Unproven)),
        (json!({ "sub": null }), Some(Unproven)),
        (json!({ "sub": "app" }), Some(Unproven)),
        (json!({ "sub": "x@clients" }), Some(Unproven)),
        (
            json!({ "preferred_username": "service-account-x" }),
            Some(Unproven),
        ),
        (json!({ "sub": "@clients.x" }), None),
        (json!({ "preferred_username": "x-service-account-" }), None),
    ] {
        let text = changes.to_string();
        let principal = principal(changes);
        match expected {
            Some(expected) => assert_eq!(principal, expected, "{text}"),
            None => assert!(matches!(principal, Principal::User { .. }), "{text}"),
        }
    }
}

#[test]
fn for_whom_a_token_is_meant() {
    for (audience, ours) in [
        (json!("notifeed"), true),
        (json!("n2"), true),
        (json!(["x", "n2"]), true),
        (json!(["x", 5, "n2"]), true),
        (json!("notifeed2"), false),
        (json!("Notifeed"), false),
        (json!(["x"]), false),
        (json!([]), false),
        (json!({ "notifeed": 1 }), false),
        (json!(null), false),
    ] {
        let verdict = read(json!({ "aud": audience }));
        let wrong = verdict.err() == Some(TokenError::WrongAudience);
        assert_eq!(!wrong, ours, "{audience}");
    }
    let other = read(json!({ "iss": "https://id" }));
    assert_eq!(other, Err(TokenError::UnknownIssuer));
}

#[test]
fn every_refusal_of_a_token_says_something_of_its_own() {
    use TokenError::{
        AlgorithmNotAllowed, BadSignature, CriticalExtension, Expired, Malformed, MissingClaim,
        NotYetValid, TooLarge, UnknownIssuer, WrongAudience, WrongType,
    };
    let said = [
        TooLarge,
        Malformed,
        AlgorithmNotAllowed,
        CriticalExtension,
        WrongType,
        UnknownIssuer,
        BadSignature,
        WrongAudience,
        Expired,
        NotYetValid,
        MissingClaim,
    ]
    .map(TokenError::message);
    for (place, sentence) in said.iter().enumerate() {
        assert!(sentence.len() > 20 && sentence.ends_with('.'), "{sentence}");
        assert!(!said.iter().skip(place + 1).any(|other| other == sentence));
    }
    assert!(TooLarge.message().contains("16 KiB"));
}

/// 32 issuers, 32 entries of a list, texts of 1 to 1024 bytes.
#[test]
fn the_setting_at_its_limits() {
    let one = |issuer: &str, audience: Value, app_only: Value| {
        json!({
            "issuer": issuer,
            "audience": audience,
            "jwksUrl": "https://id.example.com",
            "appOnly": app_only,
        })
    };
    let fits = |several: Vec<Value>| issuers(&Value::from(several).to_string(), false).is_ok();
    let issuer = |name: usize| one(&name.to_string(), json!("a"), json!([]));
    assert!(fits((0..32).map(issuer).collect()));
    assert!(!fits((0..33).map(issuer).collect()));
    let audiences = |count: usize| fits(vec![one("i", json!(vec!["a"; count]), json!([]))]);
    assert_eq!([0, 1, 32, 33].map(audiences), [false, true, true, false]);
    let evidence = |count: usize| {
        let evidence = vec![json!({ "claim": "c", "equals": "e" }); count];
        fits(vec![one("i", json!("a"), json!(evidence))])
    };
    assert_eq!([0, 1, 32, 33].map(evidence), [true, true, true, false]);
    let text = |length: usize| fits(vec![one(&"i".repeat(length), json!("a"), json!([]))]);
    assert_eq!([0, 1, 1024, 1025].map(text), [false, true, true, false]);
}
