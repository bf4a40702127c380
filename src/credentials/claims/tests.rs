#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::*;

const NOW: i64 = 1_790_000_000;

fn read(claims: &str) -> Result<Caller, TokenError> {
    let now = Timestamp::saturating_from_unix_millis(NOW * 1000);
    Caller::from_claims(claims.as_bytes(), &Issuer::development(), now)
}

fn claims(rest: &str) -> String {
    format!(
        r#"{{"iss":"notifeed-dev","aud":"notifeed","exp":{},"azp":"contoso-client"{rest}}}"#,
        NOW + 60
    )
}

#[test]
fn a_delegated_token_names_its_user() {
    let caller = read(&claims(r#","sub":"megan","upn":"megan@contoso.com","scp":"Other Notifications.ReadWrite.CreatedByApp""#)).unwrap();
    let (user, scope) = match caller.principal {
        Principal::User {
            user,
            scope,
            everywhere: false,
        } => Some((user, scope)),
        _ => None,
    }
    .unwrap();
    assert!(scope);
    assert!(user.is_named("megan") && user.is_named("Megan@contoso.com") && !user.is_named("mega"));
    assert_eq!(
        (caller.app.as_str(), user.tenant.as_str()),
        ("contoso-client", "")
    );
}

#[test]
fn app_only_needs_positive_evidence() {
    assert_eq!(
        read(&claims(r#","idtyp":"app""#)).unwrap().principal,
        Principal::App
    );
    for unproven in [
        "",
        r#","sub":"x""#,
        r#","scp":"y""#,
        r#","idtyp":"device","sub":"x","scp":"y""#,
        r#","idtyp":"user","gty":"client-credentials","sub":"x","scp":"y""#,
        r#","sub":"contoso-client","scp":"y""#,
        r#","sub":"abc@clients","scope":"y""#,
        r#","sub":"x","preferred_username":"service-account-x","scope":"y""#,
        r#","sub":5,"scp":"y""#,
        r#","sub":"x","scp":[]"#,
    ] {
        assert_eq!(
            read(&claims(unproven)).unwrap().principal,
            Principal::Unproven,
            "{unproven}"
        );
    }
}

#[test]
fn what_a_token_must_say() {
    let at = |key: &str, value: i64| claims(&format!(r#","sub":"x","scp":"y","{key}":{value}"#));
    assert!(read(&at("nbf", NOW + 60)).is_ok());
    assert_eq!(read(&at("nbf", NOW + 61)), Err(TokenError::NotYetValid));
    for unreadable in [
        "true",
        "null",
        "[]",
        r#""1790000000""#,
        "1e999",
        r#""soon""#,
    ] {
        let claims = claims(&format!(r#","sub":"x","scp":"y","nbf":{unreadable}"#));
        let error = Err(TokenError::UnreadableNotBefore);
        assert_eq!(read(&claims), error, "{unreadable}");
    }
    for (claims, error) in [
        (
            claims("").replace("notifeed-dev", "other"),
            TokenError::UnknownIssuer,
        ),
        (
            claims("").replace("\"notifeed\"", "\"other\""),
            TokenError::WrongAudience,
        ),
        (
            claims("").replace("\"notifeed\"", "[\"other\"]"),
            TokenError::WrongAudience,
        ),
        (claims("").replace("azp", "a"), TokenError::MissingClaim),
        (claims("").replace("exp", "e"), TokenError::MissingClaim),
        (
            claims("").replace(&(NOW + 60).to_string(), &(NOW - 60).to_string()),
            TokenError::Expired,
        ),
        ("[]".to_owned(), TokenError::Malformed),
    ] {
        assert_eq!(read(&claims), Err(error), "{claims}");
    }
    assert!(read(&claims("").replace("\"notifeed\"", "[\"x\",\"notifeed\"]")).is_ok());
}

#[test]
fn a_wider_scope_is_none_by_itself() {
    let scopes = |text: &str| match read(&claims(text)).unwrap().principal {
        Principal::User {
            scope, everywhere, ..
        } => Some((scope, everywhere)),
        _ => None,
    };
    let [narrow, wide] = [SCOPE, SCOPE_EVERYWHERE];
    for (text, expected) in [
        (format!(r#","sub":"x","scp":"{narrow}""#), (true, false)),
        (
            format!(r#","sub":"x","scp":"{wide} {narrow}""#),
            (true, true),
        ),
        (
            format!(r#","sub":"x","scp":["{narrow}","{wide}"]"#),
            (true, true),
        ),
        (format!(r#","sub":"x","scp":"{wide}""#), (false, true)),
    ] {
        assert_eq!(scopes(&text), Some(expected), "{text}");
    }
}
