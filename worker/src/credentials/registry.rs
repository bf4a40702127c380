//! Which app may notify for which host, from KV (`REGISTRY`), remembered for a minute.

use std::cell::RefCell;

use notifeed::credentials::{App, memory::Memory};
use notifeed::error::{ErrorCode, Problem};
use notifeed::time::Timestamp;
use worker::Env;

use crate::fault::{Fault, Stop};
use crate::settings::Settings;

/// Half of how many entries are remembered.
const GENERATION: usize = 500;

/// How long an entry is good for while KV fails, in milliseconds: a day.
const STALE: i64 = 24 * 60 * 60 * 1000;

thread_local! {
    /// When an entry was read, and what it said.
    static REMEMBERED: RefCell<Memory<String, (Timestamp, Option<App>)>> =
        RefCell::new(Memory::new(GENERATION));
}

/// What the registry knows of an app: 403 for one that is on the blocked list. One that isn't
/// registered has no host; that is found out where a host matters (CONTRACT §1, precedence). While
/// KV fails, what was known last counts.
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
        None => match App::registry_key(issuer, app) {
            Some(key) => look_up(env, &key, now).await?,
            None => None,
        },
    };
    let app = known.unwrap_or_else(App::unregistered);
    if app.blocked {
        return Err(Problem::new(
            ErrorCode::CallerBlocked,
            "This app is on the blocked list. Ask the service's operator why.",
        )
        .into());
    }
    Ok(app)
}

async fn look_up(env: &Env, key: &str, now: Timestamp) -> Result<Option<App>, Fault> {
    let remembered = REMEMBERED.with_borrow_mut(|entries| entries.get(key, now));
    if let Some((since, app)) = &remembered
        && now.saturating_millis_since(*since) < Settings::of(env).registry_memory()?
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
        let until = now.saturating_add_millis(STALE);
        entries.put(key.to_owned(), (now, app.clone()), until);
    });
    Ok(app)
}
