//! Which app may notify for which host, from KV (`REGISTRY`), remembered for a minute.

use std::cell::RefCell;
use std::rc::Rc;

use notifeed::credentials::{App, Caller, memory::Memory};
use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Fault;
use worker::Env;

use crate::settings::Settings;

/// Half of how many entries are remembered.
const GENERATION: usize = 500;

/// How long an entry is good for while KV fails.
const STALE: Duration = Duration::DAY;

/// An entry of the registry, and when it was read.
#[derive(Clone)]
struct Entry {
    read: Timestamp,
    app: Rc<App>,
}

thread_local! {
    static REMEMBERED: RefCell<Memory<String, Entry>> = RefCell::new(Memory::new(GENERATION));
}

/// The registry's entry of a caller's app, if that needs no look into KV.
pub fn remembered(settings: &Settings, caller: &Caller, now: Timestamp) -> Option<Rc<App>> {
    let key = match in_no_store(settings, caller) {
        Ok(app) => return Some(app),
        Err(key) => key,
    };
    fresh(settings, entry(&key, now).as_ref(), now)
}

/// The registry's entry of a caller's app. While KV fails, the last known entry counts.
pub async fn registered(
    env: &Env,
    settings: &Settings,
    caller: &Caller,
    now: Timestamp,
) -> Result<Rc<App>, Fault> {
    let key = match in_no_store(settings, caller) {
        Ok(app) => return Ok(app),
        Err(key) => key,
    };
    let remembered = entry(&key, now);
    if let Some(app) = fresh(settings, remembered.as_ref(), now) {
        return Ok(app);
    }
    let app = match (read(env, &key).await, remembered) {
        (Ok(app), _) => Rc::new(app),
        (Err(fault), Some(stale)) => {
            worker::console_warn!("registry: {fault}; a stale entry is used");
            return Ok(stale.app);
        }
        (Err(fault), None) => return Err(fault),
    };
    REMEMBERED.with_borrow_mut(|entries| {
        let app = Rc::clone(&app);
        let until = now.saturating_add(STALE);
        entries.put(key, Entry { read: now, app }, until);
    });
    Ok(app)
}

/// An app of development, or one whose name is too long for any entry; else the key of the entry.
fn in_no_store(settings: &Settings, caller: &Caller) -> Result<Rc<App>, String> {
    if settings.is_development()
        && let Some(app) = App::development(&caller.issuer, &caller.app)
    {
        return Ok(Rc::new(app));
    }
    match App::registry_key(&caller.issuer, &caller.app) {
        Some(key) => Err(key),
        None => Ok(Rc::new(App::unregistered())),
    }
}

fn entry(key: &str, now: Timestamp) -> Option<Entry> {
    REMEMBERED.with_borrow_mut(|entries| entries.get(key, now))
}

fn fresh(settings: &Settings, entry: Option<&Entry>, now: Timestamp) -> Option<Rc<App>> {
    let entry = entry?;
    let age = now.saturating_since(entry.read);
    (age < settings.registry_memory).then(|| Rc::clone(&entry.app))
}

async fn read(env: &Env, key: &str) -> Result<App, Fault> {
    let fault = |error: &dyn std::fmt::Display| Fault::new("the registry", error);
    let kv = env.kv("REGISTRY").map_err(|error| fault(&error))?;
    let text = kv.get(key).text().await.map_err(|error| fault(&error))?;
    match text {
        Some(text) => serde_json::from_str(&text).map_err(|error| fault(&error)),
        None => Ok(App::unregistered()),
    }
}
