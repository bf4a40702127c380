//! The deployment's settings: vars and secrets of `wrangler.toml` and `.dev.vars`, read and checked
//! once for each wasm instance. docs/settings.md lists them.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use notifeed::credentials::configuration;
use notifeed::credentials::issuer::Issuer;
use notifeed::credentials::jwks::Freshness;
use notifeed::credentials::{base64url_decode, subscription_id::Key};
use notifeed::http::endpoint::{Availability, Endpoint};
use notifeed::http::origin::AllowedOrigins;
use notifeed::live::MAX_SOCKETS_OF_PLATFORM;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::push::PushHosts;
use notifeed::throttle::Rate;
use notifeed_hub::fault::Fault;
use notifeed_hub::settings::Settings as HubSettings;
use worker::console_error;

thread_local! {
    static SETTINGS: OnceCell<Result<Rc<Settings>, Fault>> = const { OnceCell::new() };
}

/// (D24) 401: a token whose issuer isn't configured proves nothing, also where none is.
pub const NO_ISSUER: &str = "This deployment accepts nobody's tokens yet. Its operator must set ISSUERS, see docs/credentials.md.";

const NO_KEYS: &str = "the secret UNS_KEYS is missing or malformed: set it to a JSON object of key id to base64url of 32 random bytes";

/// The settings of this deployment.
pub struct Settings {
    /// `ORIGIN`: scheme and authority that links start with; else those of the request.
    pub origin: Option<String>,
    /// `ALLOWED_ORIGINS`: the pages that may use the service; else all.
    pub allowed_origins: AllowedOrigins,
    /// `DEVELOPMENT_TOKEN_SECRET`: there only in development, and all of development with it.
    pub development_secret: Option<Vec<u8>>,
    /// `ISSUERS`: whose tokens are accepted (docs/credentials.md), and in development its own.
    pub issuers: Result<Rc<[Issuer]>, Fault>,
    /// `JWKS_LIFETIME_SECONDS` and `JWKS_PAUSE_SECONDS`: how often issuers' keys are fetched.
    pub jwks_freshness: Freshness,
    /// `REGISTRY_MEMORY_SECONDS`: how long an app's entry in the registry is believed, in
    /// milliseconds.
    pub registry_memory: i64,
    /// `UNS_KEYS`: the keys that subscription ids are checked with, a JSON object of key id to
    /// base64url of at least 32 bytes.
    pub subscription_keys: Result<Vec<Key>, Fault>,
    /// `PUSH_HOSTS`: push services besides the known ones.
    pub push_hosts: PushHosts,
    /// What feeds go by.
    pub feed: Rc<HubSettings>,
    /// Whether the runtime counts the calls of an app.
    pub counts_calls: bool,
}

/// Reads the settings: `variables` is a JSON object of the names and values that are bound.
/// `counts_calls`: whether the rate limit `APP_LIMIT` is bound.
pub fn configure(variables: &str, counts_calls: bool) {
    SETTINGS.with(|settings| {
        settings.get_or_init(|| {
            let variables = serde_json::from_str(variables)
                .map_err(|error| Fault::new("the variables can't be read", &error))?;
            Settings::read(&Variables(variables), counts_calls).map(Rc::new)
        });
    });
}

/// The settings.
///
/// # Errors
/// One of them is wrong.
pub fn settings() -> Result<Rc<Settings>, Fault> {
    SETTINGS.with(|settings| match settings.get() {
        Some(settings) => settings.clone(),
        None => Err(Fault::new("settings", &"they weren't read yet")),
    })
}

impl Settings {
    fn read(variables: &Variables, counts_calls: bool) -> Result<Self, Fault> {
        let development_secret = variables
            .text("DEVELOPMENT_TOKEN_SECRET")
            .and_then(base64url_decode);
        let development = development_secret.is_some();
        let allowed_origins = match variables.text("ALLOWED_ORIGINS") {
            None => AllowedOrigins::Any,
            Some(text) => AllowedOrigins::parse(text)
                .map_err(|error| Fault::new("ALLOWED_ORIGINS", &error))?,
        };
        let push_hosts = PushHosts::parse(variables.text("PUSH_HOSTS").unwrap_or_default())
            .map_err(|error| Fault::new("PUSH_HOSTS", &error))?;
        let freshness = Freshness::DEFAULT;
        let jwks_freshness = Freshness {
            lifetime: variables.seconds("JWKS_LIFETIME_SECONDS", freshness.lifetime)?,
            pause: variables.seconds("JWKS_PAUSE_SECONDS", freshness.pause)?,
        };
        let subscription_keys = variables.subscription_keys();
        let signing_key = match &subscription_keys {
            Ok(keys) => variables.signing_key(keys),
            Err(fault) => Err(fault.clone()),
        };
        if let Err(fault) = &signing_key {
            console_error!("{fault}");
        }
        Ok(Self {
            origin: variables.text("ORIGIN").map(str::to_owned),
            allowed_origins,
            development_secret,
            issuers: variables.issuers(development),
            jwks_freshness,
            registry_memory: variables.seconds("REGISTRY_MEMORY_SECONDS", 60_000)?,
            subscription_keys,
            push_hosts,
            feed: Rc::new(variables.feed(signing_key.ok(), development)?),
            counts_calls,
        })
    }

    /// Whether this is development: unmarked means production.
    pub fn is_development(&self) -> bool {
        self.development_secret.is_some()
    }

    /// Whether this deployment has an endpoint.
    pub fn has(&self, endpoint: &Endpoint) -> bool {
        match endpoint.availability {
            Availability::Always => true,
            Availability::Development => self.is_development(),
            Availability::CrashTest => self.feed.may_panic,
        }
    }
}

/// The variables as they are bound.
struct Variables(HashMap<String, String>);

impl Variables {
    /// A var or a secret; an empty one is as good as none.
    fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|text| !text.is_empty())
    }

    /// A whole number.
    fn number<T: std::str::FromStr>(&self, name: &str, default: T) -> Result<T, Fault> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| Fault::new("a setting isn't a whole number", &name)),
        }
    }

    /// A number of seconds, as milliseconds; so is the default.
    fn seconds(&self, name: &str, default: i64) -> Result<i64, Fault> {
        match self.text(name) {
            None => Ok(default),
            Some(_) => Ok(i64::from(self.number(name, 0_u32)?) * 1000),
        }
    }

    fn rate(&self, per_second: &str, burst: &str, default: Rate) -> Result<Rate, Fault> {
        Ok(Rate {
            per_second: self.number(per_second, default.per_second)?,
            burst: self.number(burst, default.burst)?,
        })
    }

    fn policy(&self) -> Result<Policy, Fault> {
        let default = Policy::DEFAULT;
        let status = self.number("THROTTLE_STATUS", default.throttle_status().as_u16())?;
        let throttle_status = ThrottleStatus::from_u16(status)
            .ok_or_else(|| Fault::new("THROTTLE_STATUS must be 406 or 429, not", &status))?;
        let retention = self.number("RETENTION_SECONDS", default.retention_seconds())?;
        Policy::new(retention, throttle_status)
            .map_err(|error| Fault::new("RETENTION_SECONDS", &error))
    }

    /// `DEVELOPMENT_PANIC` counts in development only.
    fn feed(&self, signing_key: Option<Key>, development: bool) -> Result<HubSettings, Fault> {
        let default = HubSettings::default();
        let max_sockets = self.number("MAX_SOCKETS", default.max_sockets)?;
        Ok(HubSettings {
            policy: self.policy()?,
            post_rate: self.rate("POSTS_PER_SECOND", "POST_BURST", default.post_rate)?,
            call_rate: self.rate("CALLS_PER_SECOND", "CALL_BURST", default.call_rate)?,
            frame_rate: self.rate("FRAMES_PER_SECOND", "FRAME_BURST", default.frame_rate)?,
            max_items: self.number("MAX_FEED_ITEMS", default.max_items)?,
            max_rows: self.number("MAX_FEED_ROWS", default.max_rows)?,
            max_bytes: self.number("MAX_FEED_BYTES", default.max_bytes)?,
            max_sockets: max_sockets.min(MAX_SOCKETS_OF_PLATFORM),
            socket_silence: self.number("SOCKET_SILENCE_MS", default.socket_silence)?,
            copy_delay: self.number("COPY_DELAY_MS", default.copy_delay)?,
            generation: self.number("GENERATION", default.generation)?,
            signing_key,
            may_panic: development && self.text("DEVELOPMENT_PANIC").is_some(),
        })
    }

    fn issuers(&self, development: bool) -> Result<Rc<[Issuer]>, Fault> {
        let mut issuers = match self.text("ISSUERS") {
            None => Vec::new(),
            Some(text) => configuration::issuers(text, development)
                .map_err(|error| Fault::new("a setting", &error))?,
        };
        if development {
            issuers.push(Issuer::development());
        }
        if issuers.is_empty() {
            console_error!("{NO_ISSUER}");
        }
        Ok(issuers.into())
    }

    /// In the order of their names.
    fn subscription_keys(&self) -> Result<Vec<Key>, Fault> {
        let fault = || Fault::new("settings", &NO_KEYS);
        let text = self.text("UNS_KEYS").ok_or_else(fault)?;
        let keys: std::collections::BTreeMap<String, String> =
            serde_json::from_str(text).map_err(|_| fault())?;
        keys.into_iter()
            .map(|(id, secret)| {
                let secret = base64url_decode(&secret).filter(|secret| secret.len() >= 32);
                secret.map(|secret| Key { id, secret }).ok_or_else(fault)
            })
            .collect()
    }

    /// The key that new subscription ids are signed with: the one that `UNS_KEY_ID` names, else the
    /// last by name.
    fn signing_key(&self, keys: &[Key]) -> Result<Key, Fault> {
        let key = match self.text("UNS_KEY_ID") {
            Some(id) => keys.iter().find(|key| key.id == id),
            None => keys.last(),
        };
        let missing = || Fault::new("settings", &"UNS_KEYS has no key of the name in UNS_KEY_ID");
        key.cloned().ok_or_else(missing)
    }
}
