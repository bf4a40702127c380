//! Access tokens: signature, then claims. A token that was verified a moment ago costs no second
//! signature check.

use std::cell::RefCell;
use std::collections::HashMap;

use notifeed::credentials::jwt::{TokenError, Unverified};
use notifeed::credentials::{Caller, Issuer, base64url_encode, claims::SCOPE};
use notifeed::digest::sha256_hex;
use notifeed::error::{ErrorCode, Problem};
use notifeed::json::Writer;
use notifeed::time::Timestamp;
use worker::Env;

use crate::fault::{Fault, Stop};
use crate::platform::crypto::HmacKey;
use crate::settings::Settings;

/// How many verified tokens are remembered.
const CAPACITY: usize = 1000;

/// How long a development token is valid, in milliseconds.
const DEVELOPMENT_LIFE: i64 = 12 * 60 * 60 * 1000;

thread_local! {
    static VERIFIED: RefCell<HashMap<String, Caller>> = RefCell::new(HashMap::new());
    static DEVELOPMENT_KEY: RefCell<Option<(Vec<u8>, HmacKey)>> = const { RefCell::new(None) };
}

/// Who a token proves its bearer to be.
pub async fn authenticate(env: &Env, token: Option<&str>, now: Timestamp) -> Result<Caller, Stop> {
    let Some(token) = token else {
        return Err(Problem::new(
            ErrorCode::InvalidAuthenticationToken,
            "The request has no access token. Send 'Authorization: Bearer {token}'.",
        )
        .into());
    };
    let digest = sha256_hex(&[token]);
    if let Some(caller) = VERIFIED.with_borrow(|known| known.get(&digest).cloned())
        && now < caller.expires
    {
        return Ok(caller);
    }
    let caller = match verify(env, token, now).await? {
        Ok(caller) => caller,
        Err(error) => {
            return Err(
                Problem::new(ErrorCode::InvalidAuthenticationToken, error.message()).into(),
            );
        }
    };
    VERIFIED.with_borrow_mut(|known| {
        if known.len() >= CAPACITY {
            known.retain(|_, caller| now < caller.expires);
        }
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(digest, caller.clone());
    });
    Ok(caller)
}

async fn verify(
    env: &Env,
    token: &str,
    now: Timestamp,
) -> Result<Result<Caller, TokenError>, Fault> {
    let token = match Unverified::parse(token) {
        Ok(token) => token,
        Err(error) => return Ok(Err(error)),
    };
    let issuer = Issuer::DEVELOPMENT;
    let Some(key) = development_key(env).await? else {
        return Ok(Err(TokenError::UnknownIssuer));
    };
    if token.issuer != issuer.name {
        return Ok(Err(TokenError::UnknownIssuer));
    }
    if token.algorithm != issuer.algorithm {
        return Ok(Err(TokenError::AlgorithmNotAllowed));
    }
    if !key
        .verify(&token.signature, token.signed.as_bytes())
        .await?
    {
        return Ok(Err(TokenError::BadSignature));
    }
    Ok(Caller::from_claims(&token.claims, &issuer, now))
}

/// The key of development tokens, imported once per isolate; `None` in production.
async fn development_key(env: &Env) -> Result<Option<HmacKey>, Fault> {
    let Some(secret) = Settings::of(env).development_secret() else {
        return Ok(None);
    };
    let imported = DEVELOPMENT_KEY.with_borrow(|key| key.clone());
    if let Some((known, key)) = imported
        && known == secret
    {
        return Ok(Some(key));
    }
    let key = HmacKey::import(&secret).await?;
    DEVELOPMENT_KEY.set(Some((secret, key.clone())));
    Ok(Some(key))
}

/// A delegated development token (CONTRACT §3) of that user for `contoso-client`, and when it
/// expires; `None` in production.
pub async fn issue_development_token(
    env: &Env,
    user: &str,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, Fault> {
    let Some(key) = development_key(env).await? else {
        return Ok(None);
    };
    let expires = now.saturating_add_millis(DEVELOPMENT_LIFE);
    let mut claims = Writer::new();
    claims.begin_object();
    claims.string_field("iss", Issuer::DEVELOPMENT.name);
    claims.string_field("aud", Issuer::DEVELOPMENT.audience);
    claims.string_field("sub", user);
    claims.string_field("upn", user);
    claims.string_field("azp", "contoso-client");
    claims.string_field("scp", SCOPE);
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
