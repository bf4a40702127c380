//! The deployment's settings: vars and secrets of `wrangler.toml` and `.dev.vars`, each read where
//! it is used, checked here. docs/settings.md lists them.

use std::collections::BTreeMap;

use notifeed::credentials::jwks::Freshness;
use notifeed::credentials::{base64url_decode, subscription_id::Key};
use notifeed::http::origin::AllowedOrigins;
use notifeed::live::SILENCE;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::throttle::Rate;
use worker::Env;

use crate::fault::Fault;

/// The settings that shape an answer.
pub struct Settings<'a>(&'a Env);

impl<'a> Settings<'a> {
    /// Of this deployment.
    pub fn of(env: &'a Env) -> Self {
        Self(env)
    }

    /// A var or a secret; an empty one is as good as none.
    fn text(&self, name: &str) -> Option<String> {
        let value = js_sys::Reflect::get(self.0, &name.into()).ok()?;
        value.as_string().filter(|text| !text.is_empty())
    }

    /// A whole number.
    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        self.text(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| Fault::new("a setting isn't a whole number", &name))
            })
            .transpose()
    }

    /// `ORIGIN`: what links start with; else the origin of the request.
    pub fn origin(&self) -> Option<String> {
        self.text("ORIGIN")
    }

    /// `ALLOWED_ORIGINS`: the pages that may use the service; else all.
    pub fn allowed_origins(&self) -> Result<AllowedOrigins, Fault> {
        match self.text("ALLOWED_ORIGINS") {
            None => Ok(AllowedOrigins::Any),
            Some(text) => {
                AllowedOrigins::parse(&text).map_err(|error| Fault::new("ALLOWED_ORIGINS", &error))
            }
        }
    }

    /// `RETENTION_SECONDS` and `THROTTLE_STATUS`; else the contract's defaults.
    pub fn policy(&self) -> Result<Policy, Fault> {
        let default = Policy::DEFAULT;
        let retention = self
            .number("RETENTION_SECONDS")?
            .unwrap_or(default.retention_seconds());
        let throttle_status = match self.number::<u16>("THROTTLE_STATUS")? {
            None => default.throttle_status(),
            Some(status) => ThrottleStatus::from_u16(status)
                .ok_or_else(|| Fault::new("THROTTLE_STATUS must be 406 or 429, not", &status))?,
        };
        Policy::new(retention, throttle_status)
            .map_err(|error| Fault::new("RETENTION_SECONDS", &error))
    }

    /// `DEVELOPMENT_TOKEN_SECRET`: there only in development, and all of development with it.
    pub fn development_secret(&self) -> Option<Vec<u8>> {
        base64url_decode(&self.text("DEVELOPMENT_TOKEN_SECRET")?)
    }

    /// Whether this is development: unmarked means production.
    pub fn is_development(&self) -> bool {
        self.development_secret().is_some()
    }

    /// `ISSUERS`: whose tokens are accepted; docs/credentials.md.
    pub fn issuers(&self) -> Option<String> {
        self.text("ISSUERS")
    }

    /// `JWKS_LIFETIME_SECONDS` and `JWKS_PAUSE_SECONDS`: how often issuers' keys are fetched.
    pub fn jwks_freshness(&self) -> Result<Freshness, Fault> {
        let default = Freshness::DEFAULT;
        Ok(Freshness {
            lifetime: self.seconds("JWKS_LIFETIME_SECONDS", default.lifetime)?,
            pause: self.seconds("JWKS_PAUSE_SECONDS", default.pause)?,
        })
    }

    /// `REGISTRY_MEMORY_SECONDS`: how long an app's entry in the registry is believed, in
    /// milliseconds.
    pub fn registry_memory(&self) -> Result<i64, Fault> {
        self.seconds("REGISTRY_MEMORY_SECONDS", 60_000)
    }

    /// A number of seconds, as milliseconds.
    fn seconds(&self, name: &str, default: i64) -> Result<i64, Fault> {
        let seconds = self.number::<u32>(name)?;
        Ok(seconds.map_or(default, |seconds| i64::from(seconds) * 1000))
    }

    /// `POSTS_PER_SECOND` and `POST_BURST`: how much an app may post to one user.
    pub fn post_rate(&self) -> Result<Rate, Fault> {
        self.rate("POSTS_PER_SECOND", "POST_BURST", Rate::POSTS)
    }

    /// `CALLS_PER_SECOND` and `CALL_BURST`: how much else an app may do with one user's feed.
    pub fn call_rate(&self) -> Result<Rate, Fault> {
        self.rate("CALLS_PER_SECOND", "CALL_BURST", Rate::CALLS)
    }

    /// `FRAMES_PER_SECOND` and `FRAME_BURST`: how much a client may send over one socket.
    pub fn frame_rate(&self) -> Result<Rate, Fault> {
        self.rate("FRAMES_PER_SECOND", "FRAME_BURST", Rate::FRAMES)
    }

    fn rate(&self, per_second: &str, burst: &str, default: Rate) -> Result<Rate, Fault> {
        Ok(Rate {
            per_second: self.number(per_second)?.unwrap_or(default.per_second),
            burst: self.number(burst)?.unwrap_or(default.burst),
        })
    }

    /// `DEVELOPMENT_PANIC`: a test wants to see what a crash does. Never in production.
    pub fn may_panic(&self) -> bool {
        self.is_development() && self.text("DEVELOPMENT_PANIC").is_some()
    }

    /// `UNS_KEYS`: the keys that subscription ids are checked with, a JSON object of key id to
    /// base64url of at least 32 bytes.
    pub fn subscription_keys(&self) -> Result<Vec<Key>, Fault> {
        let missing = "the secret UNS_KEYS is missing or malformed: set it to a JSON object of key id to base64url of 32 random bytes";
        let fault = || Fault::new("settings", &missing);
        let text = self.text("UNS_KEYS").ok_or_else(fault)?;
        let keys: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|_| fault())?;
        keys.into_iter()
            .map(|(id, secret)| {
                let secret = base64url_decode(&secret).filter(|secret| secret.len() >= 32);
                secret.map(|secret| Key { id, secret }).ok_or_else(fault)
            })
            .collect()
    }

    /// The key that new subscription ids are signed with: the one that `UNS_KEY_ID` names, else the
    /// last by name.
    pub fn signing_key(&self) -> Result<Key, Fault> {
        let keys = self.subscription_keys()?;
        let named = self.text("UNS_KEY_ID");
        let key = match &named {
            Some(id) => keys.into_iter().find(|key| &key.id == id),
            None => keys.into_iter().next_back(),
        };
        key.ok_or_else(|| Fault::new("settings", &"UNS_KEYS has no key of the name in UNS_KEY_ID"))
    }

    /// `OUTBOX_DELAY_MS`: how long a body waits for others before they go to KV together.
    pub fn outbox_delay(&self) -> i64 {
        self.millis("OUTBOX_DELAY_MS", 100)
    }

    /// `BODY_GRACE_MS`: how long after KV confirmed a body the Hub reads it back and forgets it.
    pub fn body_grace(&self) -> i64 {
        self.millis("BODY_GRACE_MS", 120_000)
    }

    /// `SOCKET_SILENCE_MS`: how long a client that sends pings may send none.
    pub fn socket_silence(&self) -> i64 {
        self.millis("SOCKET_SILENCE_MS", SILENCE)
    }

    /// `MAX_FEED_ITEMS`: how many items a feed holds at most.
    pub fn max_feed_items(&self) -> Result<u32, Fault> {
        let items = self.number("MAX_FEED_ITEMS")?;
        Ok(items.unwrap_or(notifeed::feed::capacity::MAX_ITEMS))
    }

    /// `MAX_SOCKETS`: how many live connections a feed has at most; never more than the platform's.
    pub fn max_sockets(&self) -> Result<usize, Fault> {
        let sockets = self.number("MAX_SOCKETS")?;
        Ok(sockets
            .unwrap_or(notifeed::live::MAX_SOCKETS)
            .min(notifeed::live::MAX_SOCKETS_OF_PLATFORM))
    }

    fn millis(&self, name: &str, default: i64) -> i64 {
        match self.number(name) {
            Ok(millis) => millis.unwrap_or(default),
            Err(fault) => {
                worker::console_error!("{fault}");
                default
            }
        }
    }
}
