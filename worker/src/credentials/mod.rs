//! Proving who calls: signatures by WebCrypto, keys from their issuers, apps by the registry. The meaning of a
//! proof is the contract's.
//!
//! A recent proof is remembered: [`remembered`] answers at once, and only where it
//! can't, [`prove`] waits for whoever knows.

mod development;
mod keys;
mod registry;
mod tokens;

use std::rc::Rc;

use notifeed::credentials::{App, Caller};
use notifeed::digest::Digest;
use notifeed::error::{Problem, problems};
use notifeed::time::Timestamp;
use notifeed_hub::fault::Stop;
use worker::Env;

pub use development::{Holder, issue_development_token};

use crate::settings::Settings;

/// The caller, and the registry's entry of the app.
#[derive(Clone)]
pub struct Proof {
    /// The caller that the token proves.
    pub caller: Rc<Caller>,
    /// The registry's entry.
    pub app: Rc<App>,
}

/// A token, and the digest that it is remembered by.
pub struct Token {
    text: String,
    digest: Digest,
}

impl Token {
    /// Not looked at yet.
    pub fn new(text: String) -> Self {
        let digest = Digest::of(&[&text]);
        Self { text, digest }
    }

    /// Its digest.
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}

/// The memory of a token's holder, without asking anybody; `None`: nothing, or not enough. 403 for
/// an app that is on the blocked list.
pub fn remembered(
    settings: &Settings,
    token: &Token,
    now: Timestamp,
) -> Option<Result<Proof, Problem>> {
    let caller = tokens::remembered(token, now)?;
    let app = registry::remembered(settings, &caller, now)?;
    Some(not_blocked(app).map(|app| Proof { caller, app }))
}

/// Whether a token was verified a moment ago.
pub fn is_known(token: &Token, now: Timestamp) -> bool {
    tokens::remembered(token, now).is_some()
}

/// Proves who holds a token. 401 for one that proves nothing, 403 for an app that is on the blocked
/// list. An app that isn't registered has no host; that is found out where a host matters (CONTRACT §1,
/// precedence).
pub async fn prove(
    env: &Env,
    settings: &Settings,
    token: &Token,
    now: Timestamp,
) -> Result<Proof, Stop> {
    let caller = tokens::authenticate(env, settings, token, now).await?;
    let app = registry::registered(env, settings, &caller, now).await?;
    Ok(Proof {
        app: not_blocked(app)?,
        caller,
    })
}

fn not_blocked(app: Rc<App>) -> Result<Rc<App>, Problem> {
    if app.blocked {
        return Err(problems::blocked());
    }
    Ok(app)
}
