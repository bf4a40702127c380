//! Development tokens (CONTRACT §3): there only while their secret is bound.

use std::cell::RefCell;

use notifeed::credentials::{Issuer, base64url_encode, claims::SCOPE};
use notifeed::json::Writer;
use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Fault;

use crate::platform::crypto::HmacKey;
use crate::settings::Settings;

/// How long a development token is valid.
const LIFE: Duration = Duration::from_hours(12);

thread_local! {
    static KEY: RefCell<Option<HmacKey>> = const { RefCell::new(None) };
}

/// The key of development tokens, imported once; `None` in production.
pub(super) async fn key(settings: &Settings) -> Result<Option<HmacKey>, Fault> {
    let Some(secret) = &settings.development_secret else {
        return Ok(None);
    };
    let imported = KEY.with_borrow(|key| key.clone());
    if imported.is_some() {
        return Ok(imported);
    }
    let key = HmacKey::import(secret).await?;
    KEY.set(Some(key.clone()));
    Ok(Some(key))
}

/// The user or app that a development token is for.
pub enum Holder {
    /// A user, by their principal name: a delegated token for `contoso-client`.
    User(String),
    /// An app, by its id: an app-only token.
    App(String),
}

/// A development token (CONTRACT §3), and when it expires; `None` in production.
pub async fn issue_development_token(
    settings: &Settings,
    holder: &Holder,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, Fault> {
    let Some(key) = key(settings).await? else {
        return Ok(None);
    };
    let expires = now.saturating_add(LIFE);
    let mut claims = Writer::new();
    claims.begin_object();
    claims.string_field("iss", Issuer::DEVELOPMENT_NAME);
    claims.string_field("aud", Issuer::DEVELOPMENT_AUDIENCE);
    match holder {
        Holder::User(user) => {
            claims.string_field("sub", user);
            claims.string_field("upn", user);
            claims.string_field("azp", "contoso-client");
            claims.string_field("scp", SCOPE);
        }
        Holder::App(app) => {
            claims.string_field("sub", app);
            claims.string_field("azp", app);
            claims.string_field("idtyp", "app");
        }
    }
    claims.integer_field("iat", now.unix_millis().div_euclid(1000));
    claims.integer_field("exp", expires.unix_millis().div_euclid(1000));
    claims.end_object();
    let header = base64url_encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", base64url_encode(claims.finish().as_bytes()));
    let signature = key.sign(signed.as_bytes()).await?;
    Ok(Some((
        format!("{signed}.{}", base64url_encode(&signature)),
        expires,
    )))
}
