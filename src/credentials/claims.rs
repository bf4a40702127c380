//! What a token says of its caller, once its signature has been checked (RFC 7519 §4.1; CONTRACT §3).

use serde::{Deserialize, Serialize};

use crate::credentials::issuer::{CLOCK_LEEWAY, Issuer};
use crate::credentials::jwt::TokenError;
use crate::json::{self, Object, Value};
use crate::time::Timestamp;

/// The scope that a delegated token must carry.
pub const SCOPE: &str = "Notifications.ReadWrite.CreatedByApp";

/// A signed-in user, as their issuer names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `iss`
    pub issuer: String,
    /// `tid`; empty where the issuer has no tenants.
    pub tenant: String,
    /// `oid`, else `sub`: what the user is known by here.
    pub subject: String,
    /// `upn`, `preferred_username` or `email`, else the subject: for `@odata.context`.
    pub principal_name: String,
}

impl User {
    /// Whether `/users/{id}` can mean this user: by subject or by principal name.
    pub fn is_named(&self, id: &str) -> bool {
        id == self.subject || id.eq_ignore_ascii_case(&self.principal_name)
    }

    /// Whether both are the same user; the principal name may have changed.
    pub fn is(&self, other: &Self) -> bool {
        (&self.issuer, &self.tenant, &self.subject)
            == (&other.issuer, &other.tenant, &other.subject)
    }
}

/// In whose name the caller acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// The app itself: an app-only token.
    App,
    /// A signed-in user, by a delegated token that has [`SCOPE`] or not.
    User {
        /// Who.
        user: User,
        /// Whether the token carries [`SCOPE`].
        scope: bool,
    },
    /// Neither is proven: the caller may do nothing (403).
    Unproven,
}

/// What a verified token proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// `iss`
    pub issuer: String,
    /// `azp`, `appid` or `client_id`: the app that the token was issued to.
    pub app: String,
    /// In whose name.
    pub principal: Principal,
    /// `exp`: when it stops proving it.
    pub expires: Timestamp,
}

impl Caller {
    /// Reads the claims of a token whose signature by `issuer` has been checked.
    pub fn from_claims(claims: &[u8], issuer: &Issuer, now: Timestamp) -> Result<Self, TokenError> {
        let claims = json::read_object(claims).ok_or(TokenError::Malformed)?;
        let text = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| claims.get(name).and_then(Value::as_str))
                .filter(|text| !text.is_empty())
        };
        if text(&["iss"]) != Some(issuer.name) {
            return Err(TokenError::UnknownIssuer);
        }
        if !has_audience(&claims, issuer.audience) {
            return Err(TokenError::WrongAudience);
        }
        let expires = seconds(&claims, "exp").ok_or(TokenError::MissingClaim)?;
        if now.unix_millis() >= expires.saturating_add(CLOCK_LEEWAY) {
            return Err(TokenError::Expired);
        }
        if let Some(not_before) = seconds(&claims, "nbf")
            && now.unix_millis() < not_before.saturating_sub(CLOCK_LEEWAY)
        {
            return Err(TokenError::NotYetValid);
        }
        let app = text(&["azp", "appid", "client_id"]).ok_or(TokenError::MissingClaim)?;
        let subject = text(&["oid", "sub"]);
        let scopes = text(&["scp", "scope"]);
        let principal = match (text(&["idtyp"]), subject, scopes) {
            (Some("app"), _, _) => Principal::App,
            (None | Some("user"), Some(subject), Some(scopes)) => Principal::User {
                user: User {
                    issuer: issuer.name.to_owned(),
                    tenant: text(&["tid"]).unwrap_or_default().to_owned(),
                    subject: subject.to_owned(),
                    principal_name: text(&["upn", "preferred_username", "email"])
                        .unwrap_or(subject)
                        .to_owned(),
                },
                scope: scopes.split(' ').any(|scope| scope == SCOPE),
            },
            _ => Principal::Unproven,
        };
        Ok(Self {
            issuer: issuer.name.to_owned(),
            app: app.to_owned(),
            principal,
            expires: Timestamp::saturating_from_unix_millis(expires),
        })
    }
}

/// `aud` is one name or a list of them (RFC 7519 §4.1.3).
fn has_audience(claims: &Object<'_>, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(audience)),
        _ => false,
    }
}

/// A NumericDate (RFC 7519 §2), as Unix milliseconds; a fraction of a second doesn't count.
fn seconds(claims: &Object<'_>, name: &str) -> Option<i64> {
    let number = claims.get(name)?.as_number()?.as_str();
    let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
    Some(whole.parse::<i64>().ok()?.saturating_mul(1000))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn read(claims: &str) -> Result<Caller, TokenError> {
        let now = Timestamp::saturating_from_unix_millis(NOW * 1000);
        Caller::from_claims(claims.as_bytes(), &Issuer::DEVELOPMENT, now)
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
            Principal::User { user, scope } => Some((user, scope)),
            _ => None,
        }
        .unwrap();
        assert!(scope);
        assert!(
            user.is_named("megan") && user.is_named("Megan@contoso.com") && !user.is_named("mega")
        );
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
        let at =
            |key: &str, value: i64| claims(&format!(r#","sub":"x","scp":"y","{key}":{value}"#));
        assert!(read(&at("nbf", NOW + 60)).is_ok());
        assert_eq!(read(&at("nbf", NOW + 61)), Err(TokenError::NotYetValid));
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
}
