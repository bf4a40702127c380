//! The claims of a token, once its signature has been checked (RFC 7519 §4.1; CONTRACT §3).

use serde::{Deserialize, Serialize};

use crate::credentials::issuer::{CLOCK_LEEWAY, ClaimNames, Issuer};
use crate::credentials::jwt::TokenError;
use crate::json::{self, Object, Value};
use crate::time::Timestamp;

/// The scope that a delegated token must carry.
pub const SCOPE: &str = "Notifications.ReadWrite.CreatedByApp";

/// The scope by which a delegated token, beside [`SCOPE`], reaches what is stored of its user for all apps (D29).
pub const SCOPE_EVERYWHERE: &str = "Notifications.ReadWrite.All";

/// A signed-in user, as their issuer names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `iss`
    pub issuer: String,
    /// Empty where the issuer has no tenants.
    pub tenant: String,
    /// The name by which the service knows the user.
    pub subject: String,
    /// Further names that the issuer has for the same user: the `sub` of a user who is known by their `oid`.
    pub other_subjects: Vec<String>,
    /// For `@odata.context`; the subject where the issuer says none.
    pub principal_name: String,
}

impl User {
    /// Whether `/users/{id}` can mean this user: by object id, subject or principal name.
    pub fn is_named(&self, id: &str) -> bool {
        id == self.subject
            || self.other_subjects.iter().any(|subject| subject == id)
            || id.eq_ignore_ascii_case(&self.principal_name)
    }

    /// Whether both are the same user; what else they are called may have changed.
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
        /// The user that the token is for.
        user: User,
        /// Whether the token carries [`SCOPE`].
        scope: bool,
        /// Whether the token carries [`SCOPE_EVERYWHERE`].
        everywhere: bool,
    },
    /// Neither is proven: the caller may do nothing (403).
    Unproven,
}

/// The caller that a verified token proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// `iss`
    pub issuer: String,
    /// The app that the token was issued to.
    pub app: String,
    /// In whose name.
    pub principal: Principal,
    /// `exp`: when the token expires.
    pub expires: Timestamp,
}

impl Caller {
    /// Reads the claims of a token whose signature by `issuer` has been checked.
    pub fn from_claims(claims: &[u8], issuer: &Issuer, now: Timestamp) -> Result<Self, TokenError> {
        let claims = json::read_object(claims).ok_or(TokenError::Malformed)?;
        if claims.get("iss").and_then(Value::as_str) != Some(&issuer.name) {
            return Err(TokenError::UnknownIssuer);
        }
        if !has_audience(&claims, &issuer.audiences) {
            return Err(TokenError::WrongAudience);
        }
        let expires = date(&claims, "exp").ok_or(TokenError::MissingClaim)?;
        if now >= expires.saturating_add(CLOCK_LEEWAY) {
            return Err(TokenError::Expired);
        }
        if claims.get("nbf").is_some() {
            let not_before = date(&claims, "nbf").ok_or(TokenError::UnreadableNotBefore)?;
            if now < not_before.saturating_sub(CLOCK_LEEWAY) {
                return Err(TokenError::NotYetValid);
            }
        }
        let app = first_text(&claims, &issuer.claims.app).ok_or(TokenError::MissingClaim)?;
        Ok(Self {
            issuer: issuer.name.clone(),
            app: app.to_owned(),
            principal: principal(&claims, issuer, app),
            expires,
        })
    }
}

/// App-only and delegated both need their evidence. A token with neither, or with both, proves nothing.
fn principal(claims: &Object<'_>, issuer: &Issuer, app: &str) -> Principal {
    let app_only = issuer.app_only.iter().any(|evidence| {
        claims.get(&evidence.claim).and_then(Value::as_str) == Some(&evidence.equals)
    });
    let kind = claims.get("idtyp").and_then(Value::as_str);
    if app_only {
        return match kind {
            Some("user") => Principal::Unproven,
            _ => Principal::App,
        };
    }
    let names = &issuer.claims;
    let subject = first_text(claims, &names.user);
    let (Some(subject), Some(scope), None | Some("user")) =
        (subject, scope(claims, names, SCOPE), kind)
    else {
        return Principal::Unproven;
    };
    let principal_name = first_text(claims, &names.principal_name).unwrap_or(subject);
    if subject == app || is_service(subject, principal_name) {
        return Principal::Unproven;
    }
    Principal::User {
        user: User {
            issuer: issuer.name.clone(),
            tenant: first_text(claims, &names.tenant)
                .unwrap_or_default()
                .to_owned(),
            subject: subject.to_owned(),
            other_subjects: texts(claims, &names.user)
                .filter(|other| *other != subject)
                .map(str::to_owned)
                .collect(),
            principal_name: principal_name.to_owned(),
        },
        scope,
        everywhere: self::scope(claims, names, SCOPE_EVERYWHERE) == Some(true),
    }
}

/// (D24) What Auth0 and Keycloak call an app's own account. An issuer that isn't configured to tell
/// an app from a user must not make a user of it.
fn is_service(subject: &str, principal_name: &str) -> bool {
    subject.ends_with("@clients") || principal_name.starts_with("service-account-")
}

/// Whether one is among the scopes: a text with spaces between, or a list. `None`: the token
/// has no scopes at all, so no user delegated anything.
fn scope(claims: &Object<'_>, names: &ClaimNames, wanted: &str) -> Option<bool> {
    names
        .scopes
        .iter()
        .find_map(|name| match claims.get(name)? {
            Value::String(text) if !text.is_empty() => {
                Some(text.split(' ').any(|one| one == wanted))
            }
            Value::Array(several) if !several.is_empty() => {
                Some(several.iter().any(|one| one.as_str() == Some(wanted)))
            }
            _ => None,
        })
}

/// The first of these claims that is a text.
fn first_text<'c>(claims: &'c Object<'_>, names: &[String]) -> Option<&'c str> {
    texts(claims, names).next()
}

/// The texts among these claims that aren't empty.
fn texts<'c>(claims: &'c Object<'_>, names: &[String]) -> impl Iterator<Item = &'c str> {
    names
        .iter()
        .filter_map(|name| claims.get(name)?.as_str())
        .filter(|text| !text.is_empty())
}

/// `aud` is one name or a list of them (RFC 7519 §4.1.3).
fn has_audience(claims: &Object<'_>, audiences: &[String]) -> bool {
    let is_ours = |one: &str| audiences.iter().any(|audience| audience == one);
    match claims.get("aud") {
        Some(Value::String(one)) => is_ours(one),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).any(is_ours),
        _ => false,
    }
}

/// A NumericDate (RFC 7519 §2); a fraction of a second doesn't count.
fn date(claims: &Object<'_>, name: &str) -> Option<Timestamp> {
    let number = claims.get(name)?.as_number()?.as_str();
    let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
    let millis = whole.parse::<i64>().ok()?.saturating_mul(1000);
    Some(Timestamp::saturating_from_unix_millis(millis))
}

#[cfg(test)]
mod tests;
