//! Access tokens: signature, then claims. A token that was verified a moment ago costs no second
//! signature check.

use std::cell::RefCell;
use std::rc::Rc;

use notifeed::credentials::issuer::KeySource;
use notifeed::credentials::jwt::{TokenError, Unverified};
use notifeed::credentials::{Caller, memory::Memory};
use notifeed::digest::Digest;
use notifeed::error::problems;
use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Stop;
use worker::Env;

use super::{Token, development, keys};
use crate::settings::{NO_ISSUER, Settings};

/// Half of how many verified tokens are remembered.
const GENERATION: usize = 1000;

/// How long a verified token is accepted without another check. The withdrawal of an issuer's key, once it is known,
/// takes effect within that time.
const MEMORY: Duration = Duration::from_minutes(5);

thread_local! {
    /// Verified tokens, by their digest: no token is kept.
    static VERIFIED: RefCell<Memory<Digest, Rc<Caller>>> = RefCell::new(Memory::new(GENERATION));
}

/// The bearer that a token proves, if it was verified a moment ago.
pub fn remembered(token: &Token, now: Timestamp) -> Option<Rc<Caller>> {
    VERIFIED.with_borrow_mut(|known| known.get(&token.digest(), now))
}

/// The bearer that a token proves.
pub async fn authenticate(
    env: &Env,
    settings: &Settings,
    token: &Token,
    now: Timestamp,
) -> Result<Rc<Caller>, Stop> {
    if let Some(caller) = remembered(token, now) {
        return Ok(caller);
    }
    let caller = match verify(env, settings, &token.text, now).await? {
        Ok(caller) => Rc::new(caller),
        Err(error) => return Err(problems::bad_token(error).into()),
    };
    let until = caller.expires.min(now.saturating_add(MEMORY));
    VERIFIED.with_borrow_mut(|known| {
        known.put(token.digest(), Rc::clone(&caller), until);
    });
    Ok(caller)
}

async fn verify(
    env: &Env,
    settings: &Settings,
    token: &str,
    now: Timestamp,
) -> Result<Result<Caller, TokenError>, Stop> {
    let issuers = settings.issuers.clone()?;
    if issuers.is_empty() {
        return Err(problems::no_issuer(NO_ISSUER).into());
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
        KeySource::DevelopmentSecret => match development::key(settings).await? {
            Some(key) => key.verify(&token.signature, signed).await?,
            None => false,
        },
        KeySource::Jwks(url) => {
            let id = token.key_id.as_deref();
            match keys::key(env, settings, url, token.algorithm, id).await? {
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
