//! Which app may notify for which host, from KV (`REGISTRY`), remembered for a minute.

use std::cell::RefCell;
use std::collections::HashMap;

use notifeed::credentials::App;
use notifeed::error::{ErrorCode, Problem};
use notifeed::time::Timestamp;
use worker::Env;

use crate::fault::{Fault, Stop};
use crate::settings::Settings;

/// How long an entry is believed, in milliseconds.
const MEMORY: i64 = 60_000;

/// How many entries are remembered.
const CAPACITY: usize = 1000;

thread_local! {
    static REMEMBERED: RefCell<HashMap<String, (Timestamp, Option<App>)>> =
        RefCell::new(HashMap::new());
}

/// The registered app: 403 for one that isn't, or that is on the blocked list. While KV fails, what
/// was known last counts.
pub async fn registered_app(
    env: &Env,
    issuer: &str,
    app: &str,
    now: Timestamp,
) -> Result<App, Stop> {
    let known = if Settings::of(env).is_development() {
        App::development(issuer, app)
    } else {
        None
    };
    let known = match known {
        Some(known) => Some(known),
        None => look_up(env, &App::registry_key(issuer, app), now).await?,
    };
    match known {
        None => Err(Problem::new(
            ErrorCode::NotAuthorizedForUser,
            "This app isn't registered here. Ask the service's operator to register it with its hosts.",
        )
        .into()),
        Some(known) if known.blocked => Err(Problem::new(
            ErrorCode::CallerBlocked,
            "This app is on the blocked list. Ask the service's operator why.",
        )
        .into()),
        Some(known) => Ok(known),
    }
}

async fn look_up(env: &Env, key: &str, now: Timestamp) -> Result<Option<App>, Fault> {
    let remembered = REMEMBERED.with_borrow(|entries| entries.get(key).cloned());
    if let Some((since, app)) = &remembered
        && now.saturating_millis_since(*since) < MEMORY
    {
        return Ok(app.clone());
    }
    let read = async { Ok::<_, Fault>(env.kv("REGISTRY")?.get(key).text().await?) };
    let app: Option<App> = match (read.await, remembered) {
        (Ok(text), _) => text.map(|text| serde_json::from_str(&text)).transpose()?,
        (Err(fault), Some((_, stale))) => {
            worker::console_warn!("registry: {fault}; a stale entry is used");
            return Ok(stale);
        }
        (Err(fault), None) => return Err(fault),
    };
    REMEMBERED.with_borrow_mut(|entries| {
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(key.to_owned(), (now, app.clone()));
    });
    Ok(app)
}
