//! Access tokens: signature, then claims. A token that was verified a moment ago costs no second
//! signature check.

use std::cell::RefCell;
use std::rc::Rc;

use notifeed::credentials::configuration;
use notifeed::credentials::issuer::{Issuer, KeySource};
use notifeed::credentials::jwt::{TokenError, Unverified};
use notifeed::credentials::{Caller, memory::Memory};
use notifeed::digest::sha256_hex;
use notifeed::error::{ErrorCode, Problem};
use notifeed::time::Timestamp;
use worker::{Env, console_error};

use super::{development, keys};
use crate::fault::{Fault, Stop};
use crate::settings::Settings;

/// Half of how many verified tokens are remembered.
const GENERATION: usize = 1000;

/// How long a verified token is believed without another look, in milliseconds: an issuer that
/// withdraws a key is heeded soon after.
const MEMORY: i64 = 5 * 60 * 1000;

/// (D) 401: a token whose issuer isn't configured proves nothing, also where none is.
const NO_ISSUER: &str = "This deployment accepts nobody's tokens yet. Its operator must set ISSUERS, see docs/credentials.md.";

thread_local! {
    /// Verified tokens, by their digest: no token is kept.
    static VERIFIED: RefCell<Memory<String, Caller>> = RefCell::new(Memory::new(GENERATION));
    /// The setting as it was read, and what it says.
    static ISSUERS: RefCell<Option<(String, Rc<[Issuer]>)>> = const { RefCell::new(None) };
}

/// Who a token proves its bearer to be.
pub async fn authenticate(env: &Env, token: Option<&str>, now: Timestamp) -> Result<Caller, Stop> {
    let Some(token) = token else {
        return Err(refused(
            "The request has no access token. Send 'Authorization: Bearer {token}'.",
        ));
    };
    let digest = sha256_hex(&[token]);
    if let Some(caller) = VERIFIED.with_borrow_mut(|known| known.get(&digest, now)) {
        return Ok(caller);
    }
    let caller = match verify(env, token, now).await? {
        Ok(caller) => caller,
        Err(error) => return Err(refused(error.message())),
    };
    let until = caller.expires.min(now.saturating_add_millis(MEMORY));
    VERIFIED.with_borrow_mut(|known| known.put(digest, caller.clone(), until));
    Ok(caller)
}

/// Whether a token was verified a moment ago.
pub(super) fn is_known(token: &str, now: Timestamp) -> bool {
    let digest = sha256_hex(&[token]);
    VERIFIED.with_borrow_mut(|known| known.get(&digest, now).is_some())
}

fn refused(message: &'static str) -> Stop {
    Problem::new(ErrorCode::InvalidAuthenticationToken, message).into()
}

async fn verify(
    env: &Env,
    token: &str,
    now: Timestamp,
) -> Result<Result<Caller, TokenError>, Stop> {
    let issuers = issuers(env)?;
    if issuers.is_empty() {
        return Err(refused(NO_ISSUER));
    }
    let token = match Unverified::parse(token) {
        Ok(token) => token,
        Err(error) => return Ok(Err(error)),
    };
    let Some(issuer) = issuers.iter().find(|issuer| issuer.name == token.issuer) else {
        return Ok(Err(TokenError::UnknownIssuer));
    };
    if !issuer.algorithms.contains(&token.algorithm) {
        return Ok(Err(TokenError::AlgorithmNotAllowed));
    }
    let length = token.algorithm.signature_length();
    if length.is_some_and(|length| length != token.signature.len()) {
        return Ok(Err(TokenError::BadSignature));
    }
    let signed = token.signed.as_bytes();
    let genuine = match &issuer.keys {
        KeySource::DevelopmentSecret => match development::key(env).await? {
            Some(key) => key.verify(&token.signature, signed).await?,
            None => false,
        },
        KeySource::Jwks(url) => {
            match keys::key(env, url, token.algorithm, token.key_id.as_deref()).await? {
                Some(key) => key.verify(&token.signature, signed).await?,
                None => false,
            }
        }
    };
    if !genuine {
        return Ok(Err(TokenError::BadSignature));
    }
    Ok(Caller::from_claims(&token.claims, issuer, now))
}

/// The configured issuers, and in development its own. A fault if the setting is wrong.
fn issuers(env: &Env) -> Result<Rc<[Issuer]>, Fault> {
    let settings = Settings::of(env);
    let development = settings.is_development();
    let setting = settings.issuers().unwrap_or_default();
    let known = ISSUERS.with_borrow(|known| {
        let (text, issuers) = known.as_ref()?;
        (*text == setting).then(|| Rc::clone(issuers))
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let mut issuers = match setting.as_str() {
        "" => Vec::new(),
        text => configuration::issuers(text, development)
            .map_err(|error| Fault::new("a setting", &error))?,
    };
    if development {
        issuers.push(Issuer::development());
    }
    if issuers.is_empty() {
        console_error!("{NO_ISSUER}");
    }
    let issuers: Rc<[Issuer]> = issuers.into();
    ISSUERS.set(Some((setting, Rc::clone(&issuers))));
    Ok(issuers)
}
