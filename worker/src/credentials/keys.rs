//! Issuers' public keys: fetched when they are needed, remembered in the isolate, and kept in KV
//! (`REGISTRY`) for other isolates and for the time when the issuer is down.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use notifeed::credentials::issuer::Algorithm;
use notifeed::credentials::jwks::{Freshness, KeySet, KeySetError, MAX_JWKS_BYTES};
use notifeed::digest::Digest;
use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Fault;
use serde::{Deserialize, Serialize};
use worker::{Delay, Env, console_warn};

use crate::platform::crypto::VerifyingKey;
use crate::platform::download::download;
use crate::platform::now;
use crate::settings::Settings;

/// How long an issuer may take to answer.
const TIMEOUT: Duration = Duration::from_seconds(4);

/// How long a request waits before it looks again whether another one's fetch has ended.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(25);

/// How long KV keeps a set that no isolate has fetched again.
const KEPT: Duration = Duration::from_days(30);

/// A key set, and the keys of it that were needed.
struct FetchedKeySet {
    set: KeySet,
    fetched: Timestamp,
    imported: RefCell<HashMap<(usize, Algorithm), VerifyingKey>>,
}

/// The keys of an issuer that this isolate knows.
#[derive(Default)]
struct State {
    known: Option<Rc<FetchedKeySet>>,
    /// KV was asked.
    loaded: bool,
    /// When the last fetch ended, whatever came of it, or began, if it is under way.
    tried: Option<Timestamp>,
    /// A request is fetching.
    fetching: bool,
}

/// A key set as KV keeps it.
#[derive(Serialize, Deserialize)]
struct StoredKeySet {
    fetched: Timestamp,
    jwks: String,
}

thread_local! {
    /// By URL. There are as many as are configured.
    static STATES: RefCell<HashMap<String, State>> = RefCell::new(HashMap::new());
}

/// The key that checks a token of this algorithm and `kid`; `None` if the issuer has none. A fault if the issuer's keys
/// can't be fetched.
pub(super) async fn key(
    env: &Env,
    settings: &Settings,
    url: &str,
    algorithm: Algorithm,
    id: Option<&str>,
) -> Result<Option<VerifyingKey>, Fault> {
    let freshness = settings.jwks_freshness;
    load(env, url).await;
    let known = loop {
        let now = now();
        let (known, tried, fetching) = look(url);
        let set = known.as_ref().map(|known| &known.set);
        let found = set.is_some_and(|set| set.select(algorithm, id).is_some());
        let fetched = known.as_ref().map(|known| known.fetched);
        // If the request that fetches is cancelled, its fetch is never marked as ended.
        let abandoned = tried.is_none_or(|tried| {
            now.saturating_since(tried) > TIMEOUT.saturating_add(Duration::from_seconds(1))
        });
        if fetching && !abandoned && !found {
            Delay::from(LOOK_AGAIN).await;
        } else if (!fetching || abandoned) && freshness.is_due(fetched, tried, found, now) {
            refresh(env, url, freshness).await;
        } else {
            break known;
        }
    };
    let Some(known) = known else {
        return Err(Fault::new("an issuer's keys can't be had from", &url));
    };
    known.key(algorithm, id).await
}

impl FetchedKeySet {
    async fn key(
        &self,
        algorithm: Algorithm,
        id: Option<&str>,
    ) -> Result<Option<VerifyingKey>, Fault> {
        let Some((place, key)) = self.set.select(algorithm, id) else {
            return Ok(None);
        };
        let imported = self.imported.borrow().get(&(place, algorithm)).cloned();
        if imported.is_some() {
            return Ok(imported);
        }
        match VerifyingKey::import(&key.to_jwk(), algorithm).await {
            Ok(key) => {
                let mut imported = self.imported.borrow_mut();
                imported.insert((place, algorithm), key.clone());
                Ok(Some(key))
            }
            Err(fault) => {
                console_warn!("an issuer's key is unusable: {fault}");
                Ok(None)
            }
        }
    }
}

fn look(url: &str) -> (Option<Rc<FetchedKeySet>>, Option<Timestamp>, bool) {
    STATES.with_borrow(|states| match states.get(url) {
        Some(state) => (state.known.clone(), state.tried, state.fetching),
        None => (None, None, false),
    })
}

fn change(url: &str, change: impl FnOnce(&mut State)) {
    STATES.with_borrow_mut(|states| change(states.entry(url.to_owned()).or_default()));
}

/// Asks once for the keys that another isolate has fetched. KV failing is as good as its having none.
async fn load(env: &Env, url: &str) {
    if STATES.with_borrow(|states| states.get(url).is_some_and(|state| state.loaded)) {
        return;
    }
    let kept = match kept(env, url).await {
        Ok(kept) => kept,
        Err(fault) => {
            console_warn!("{fault}");
            None
        }
    };
    let known = kept.and_then(|kept| known(kept.jwks.as_bytes(), kept.fetched).ok());
    change(url, |state| {
        state.loaded = true;
        if state.known.is_none() {
            state.tried = state.tried.or(known.as_ref().map(|known| known.fetched));
            state.known = known;
        }
    });
}

async fn kept(env: &Env, url: &str) -> Result<Option<StoredKeySet>, Fault> {
    let kv = env.kv("REGISTRY").map_err(|error| in_kv(&error))?;
    let text = kv.get(&kv_key(url)).text().await;
    let text = text.map_err(|error| in_kv(&error))?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| in_kv(&error)))
        .transpose()
}

fn kv_key(url: &str) -> String {
    format!("jwks:{}", Digest::of(&[url]))
}

fn known(jwks: &[u8], fetched: Timestamp) -> Result<Rc<FetchedKeySet>, KeySetError> {
    Ok(Rc::new(FetchedKeySet {
        set: KeySet::parse(jwks)?,
        fetched,
        imported: RefCell::default(),
    }))
}

/// Fetches the set. If that fails, what was known stays.
async fn refresh(env: &Env, url: &str, freshness: Freshness) {
    change(url, |state| {
        state.tried = Some(now());
        state.fetching = true;
    });
    let outcome = download(url, MAX_JWKS_BYTES, TIMEOUT).await;
    let outcome = outcome.and_then(|jwks| {
        let set = known(&jwks, now()).map_err(|error| Fault::new("a key set", &error))?;
        Ok((jwks, set))
    });
    let mut before = None;
    change(url, |state| {
        state.fetching = false;
        state.tried = Some(now());
        if let Ok((_, set)) = &outcome {
            before = state.known.replace(Rc::clone(set));
        }
    });
    match outcome {
        Err(fault) => console_warn!("fetching {url}: {fault}; what was known of it stays"),
        Ok((jwks, set)) => {
            let worth_keeping = before.is_none_or(|before| {
                let age = set.fetched.saturating_since(before.fetched);
                before.set != set.set || age >= freshness.lifetime
            });
            if worth_keeping && let Err(fault) = keep(env, url, jwks, set.fetched).await {
                console_warn!("{fault}");
            }
        }
    }
}

async fn keep(env: &Env, url: &str, jwks: Vec<u8>, fetched: Timestamp) -> Result<(), Fault> {
    let jwks = String::from_utf8(jwks).map_err(|error| Fault::new("a key set", &error))?;
    let kept =
        serde_json::to_string(&StoredKeySet { fetched, jwks }).map_err(|error| in_kv(&error))?;
    let kv = env.kv("REGISTRY").map_err(|error| in_kv(&error))?;
    let put = kv.put(&kv_key(url), kept).map_err(|error| in_kv(&error))?;
    let done = put
        .expiration_ttl(KEPT.seconds_to_wait().into())
        .execute()
        .await;
    done.map_err(|error| in_kv(&error))
}

fn in_kv(error: &dyn std::fmt::Display) -> Fault {
    Fault::new("an issuer's keys in KV", error)
}
