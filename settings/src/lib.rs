//! The deployment's settings, read and checked: by the Worker once for each wasm instance, and by the launcher
//! before it starts anything. docs/settings.md lists them.

mod push;

use std::collections::HashMap;
use std::rc::Rc;

use notifeed::credentials::configuration;
use notifeed::credentials::issuer::Issuer;
use notifeed::credentials::jwks::Freshness;
use notifeed::credentials::{base64url_decode, subscription_id::Key};
use notifeed::http::endpoint::{Availability, Endpoint};
use notifeed::live::MAX_SOCKETS_OF_PLATFORM;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::push::PushHosts;
use notifeed::push::vapid::Vapid;
use notifeed::request::origin::AllowedOrigins;
use notifeed::throttle::Rate;
use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Fault;
use notifeed_hub::settings::Settings as HubSettings;

/// The names of all settings.
pub const NAMES: [&str; 38] = [
    "DEVELOPMENT_TOKEN_SECRET",
    "LOG_REQUESTS",
    "ALLOWED_ORIGINS",
    "JWKS_LIFETIME_SECONDS",
    "JWKS_PAUSE_SECONDS",
    "ORIGIN",
    "REGISTRY_MEMORY_SECONDS",
    "THROTTLE_STATUS",
    "RETENTION_SECONDS",
    "MAX_SOCKETS",
    "PUSH_HOSTS",
    "POSTS_PER_SECOND",
    "POST_BURST",
    "CALLS_PER_SECOND",
    "CALL_BURST",
    "FRAMES_PER_SECOND",
    "FRAME_BURST",
    "MAX_FEED_ITEMS",
    "MAX_FEED_ROWS",
    "MAX_FEED_BYTES",
    "SOCKET_SILENCE_MS",
    "SENDER_RETENTION_SECONDS",
    "COPY_DELAY_MS",
    "GENERATION",
    "HEAL_EMPTY_UNTIL",
    "KV_LAG_SECONDS",
    "DEVELOPMENT_PANIC",
    "ISSUERS",
    "UNS_KEYS",
    "UNS_KEY_ID",
    "VAPID_KEYS",
    "VAPID_KEY_ID",
    "PUSH_CONTACT",
    "WEB_PUSH_CONTENT",
    "PUSH_HOLD_MS",
    "PUSH_TIMEOUT_MS",
    "PUSH_SUBSCRIPTION_DAYS",
    "MAX_PUSH_ENDPOINTS",
];

/// (D24) 401: a token whose issuer isn't configured is invalid, also if no issuer is configured at all.
pub const NO_ISSUER: &str = "This deployment accepts nobody's tokens yet. Its operator must set ISSUERS, see docs/credentials.md.";

const NO_KEYS: &str = "the secret UNS_KEYS is missing or malformed: set it to a JSON object of key id to base64url of 32 random bytes";

/// The settings of this deployment.
pub struct Settings {
    /// `ORIGIN`: scheme and authority that links start with; else those of the request.
    pub origin: Option<String>,
    /// `ALLOWED_ORIGINS`: the pages that may use the service; else all.
    pub allowed_origins: AllowedOrigins,
    /// `DEVELOPMENT_TOKEN_SECRET`: set only in development; without it nothing of development exists.
    pub development_secret: Option<Vec<u8>>,
    /// `ISSUERS`: whose tokens are accepted (docs/credentials.md), and in development its own.
    pub issuers: Result<Rc<[Issuer]>, Fault>,
    /// `JWKS_LIFETIME_SECONDS` and `JWKS_PAUSE_SECONDS`: how often issuers' keys are fetched.
    pub jwks_freshness: Freshness,
    /// `REGISTRY_MEMORY_SECONDS`: how long an app's entry in the registry is believed.
    pub registry_memory: Duration,
    /// `UNS_KEYS`: the keys that subscription ids are checked with, a JSON object of key id to
    /// base64url of at least 32 bytes.
    pub subscription_keys: Result<Vec<Key>, Fault>,
    /// `PUSH_HOSTS`: push services besides the known ones.
    pub push_hosts: PushHosts,
    /// `VAPID_KEYS`, `VAPID_KEY_ID` and `PUSH_CONTACT`: the sender's identity for push services; `None`: push is off.
    pub vapid: Option<Vapid>,
    /// `PUSH_TIMEOUT_MS`: how long a push service may take.
    pub push_timeout: Duration,
    /// The settings of feeds.
    pub feed: Rc<HubSettings>,
    /// Whether the runtime counts the calls of an app.
    pub counts_calls: bool,
}

impl Settings {
    /// Reads the settings out of the variables that are bound. `log` receives a message for each setting with which the
    /// service can start but must refuse some calls; `counts_calls`: whether the rate limit `APP_LIMIT` is bound.
    ///
    /// # Errors
    /// A setting is wrong; the fault names it.
    pub fn read(
        variables: HashMap<String, String>,
        counts_calls: bool,
        log: impl Fn(&str),
    ) -> Result<Self, Fault> {
        let variables = Variables(variables);
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
        // JavaScript goes by it (worker/runtime/entry.mjs).
        if !matches!(
            variables.text("LOG_REQUESTS"),
            None | Some("all" | "failures" | "none")
        ) {
            return Err(Fault::new("LOG_REQUESTS", &"must be all, failures or none"));
        }
        let vapid = variables.vapid().unwrap_or_else(|fault| {
            log(&format!("nothing is pushed: {fault}"));
            None
        });
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
            log(&fault.to_string());
        }
        Ok(Self {
            origin: variables.text("ORIGIN").map(str::to_owned),
            allowed_origins,
            development_secret,
            issuers: variables.issuers(development, &log),
            jwks_freshness,
            registry_memory: variables
                .seconds("REGISTRY_MEMORY_SECONDS", Duration::from_minutes(1))?,
            subscription_keys,
            push_timeout: variables.millis("PUSH_TIMEOUT_MS", Duration::from_seconds(10))?,
            feed: Rc::new(HubSettings {
                push: variables.push(vapid.as_ref(), &push_hosts)?,
                ..variables.feed(signing_key.ok(), development)?
            }),
            push_hosts,
            vapid,
            counts_calls,
        })
    }

    /// Whether this is development: unmarked means production.
    pub fn is_development(&self) -> bool {
        self.development_secret.is_some()
    }

    /// Whether this deployment has an endpoint. `on_loopback`: the request came under a name of this very machine. A
    /// page that had its own name lead here must not get at the users of development.
    pub fn has(&self, endpoint: &Endpoint, on_loopback: bool) -> bool {
        match endpoint.availability {
            Availability::Always => true,
            Availability::Development => on_loopback && self.is_development(),
            Availability::CrashTest => self.feed.may_panic,
        }
    }
}

/// The variables as they are bound.
struct Variables(HashMap<String, String>);

impl Variables {
    /// The value of a var or a secret; an empty value counts as not set.
    fn text(&self, name: &str) -> Option<&str> {
        debug_assert!(NAMES.contains(&name), "NAMES lacks {name}");
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

    /// A number of seconds.
    fn seconds(&self, name: &str, default: Duration) -> Result<Duration, Fault> {
        self.duration(name, Duration::from_seconds, default)
    }

    /// A number of days.
    fn days(&self, name: &str, default: Duration) -> Result<Duration, Fault> {
        self.duration(name, Duration::from_days, default)
    }

    /// A number of milliseconds.
    fn millis(&self, name: &str, default: Duration) -> Result<Duration, Fault> {
        self.duration(name, Duration::from_millis, default)
    }

    fn duration(
        &self,
        name: &str,
        of: impl Fn(i64) -> Duration,
        default: Duration,
    ) -> Result<Duration, Fault> {
        match self.text(name) {
            None => Ok(default),
            Some(_) => Ok(of(self.number::<u32>(name, 0)?.into())),
        }
    }

    /// An instant, if it is set.
    fn instant(&self, name: &str) -> Result<Option<Timestamp>, Fault> {
        let text = self.text(name);
        let instant =
            text.map(|text| Timestamp::parse(text).map_err(|error| Fault::new(name, &error)));
        instant.transpose()
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
            socket_silence: self.millis("SOCKET_SILENCE_MS", default.socket_silence)?,
            sender_retention: self.seconds("SENDER_RETENTION_SECONDS", default.sender_retention)?,
            copy_delay: self.millis("COPY_DELAY_MS", default.copy_delay)?,
            generation: self.number("GENERATION", default.generation)?,
            heal_empty_until: self.instant("HEAL_EMPTY_UNTIL")?,
            kv_lag: self.seconds("KV_LAG_SECONDS", default.kv_lag)?,
            signing_key,
            push: None,
            may_panic: development && self.text("DEVELOPMENT_PANIC").is_some(),
        })
    }

    fn issuers(&self, development: bool, log: impl Fn(&str)) -> Result<Rc<[Issuer]>, Fault> {
        let mut issuers = match self.text("ISSUERS") {
            None => Vec::new(),
            Some(text) => configuration::issuers(text, development)
                .map_err(|error| Fault::new("a setting", &error))?,
        };
        if development {
            issuers.push(Issuer::development());
        }
        if issuers.is_empty() {
            log(NO_ISSUER);
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
                let secret =
                    base64url_decode(&secret).filter(|secret| secret.len() >= Key::MIN_SECRET);
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
