//! Sending to push services (RFC 8030): encrypted by [`web_push`], signed, and posted.

use std::cell::RefCell;
use std::collections::HashMap;

use notifeed::push::vapid::{Vapid, VapidKey};
use notifeed::push::{Channel, Outcome};
use notifeed::time::Timestamp;
use notifeed_hub::fault::Fault;
use notifeed_hub::host::Push;
use worker::console_error;

use crate::platform::{now, upload, web_push};
use crate::settings::settings;

/// The most tokens that are kept: there are few push services.
const MAX_TOKENS: usize = 64;

thread_local! {
    /// Tokens by key and push service, and until when they serve: one signature for many pushes.
    static TOKENS: RefCell<HashMap<(String, String), (String, Timestamp)>> = RefCell::default();
}

/// Sends, and says what became of it.
pub async fn send(push: &Push) -> Outcome {
    match attempt(push).await {
        Ok(outcome) => outcome,
        Err(fault) => {
            console_error!("a push: {fault}");
            Outcome::UNREACHED
        }
    }
}

async fn attempt(push: &Push) -> Result<Outcome, Fault> {
    let settings = settings()?;
    let Some(vapid) = &settings.vapid else {
        return Ok(Outcome::UNREACHED);
    };
    let Some(key) = vapid.key(&push.key_id) else {
        // The key that the subscription belongs to was taken away.
        return Ok(Outcome::Refused(
            notifeed::push::outcome::Reason::KeyMismatch,
        ));
    };
    let Channel::WebPush(to) = &push.channel;
    let pair = web_push::KeyPair::generate().await?;
    let body = web_push::encrypt(&push.message.text, to, &pair, web_push::salt()?).await?;
    let authorization = authorization(vapid, key, &to.endpoint.origin()).await?;
    let ttl = push.message.ttl.whole_seconds().to_string();
    let headers = [
        ("Authorization", &*authorization),
        ("Content-Encoding", "aes128gcm"),
        ("Content-Type", "application/octet-stream"),
        ("TTL", &ttl),
        ("Urgency", push.message.urgency),
        ("Topic", &push.message.topic),
    ];
    let answer = upload::post(to.endpoint.as_str(), &headers, &body, settings.push_timeout).await;
    Ok(answer.map_or(Outcome::UNREACHED, |answer| {
        Outcome::of(answer.status, answer.retry_after.as_deref(), now())
    }))
}

async fn authorization(vapid: &Vapid, key: &VapidKey, origin: &str) -> Result<String, Fault> {
    let now = now();
    let name = (key.id.clone(), origin.to_owned());
    let known = TOKENS.with_borrow(|tokens| tokens.get(&name).cloned());
    if let Some((token, _)) = known.filter(|(_, until)| now < *until) {
        return Ok(token);
    }
    let (signed, until) = vapid.signed(origin, now);
    let signature = web_push::sign(&key.to_jwk(), &signed).await?;
    let token = key.authorization(&signed, &signature);
    TOKENS.with_borrow_mut(|tokens| {
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        tokens.insert(name, (token.clone(), until));
    });
    Ok(token)
}
