//! A person's feeds, of a service that runs: `notifeed hub`, and their rights, `notifeed export` and `notifeed erase`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use notifeed::credentials::{App, User};
use notifeed::feed::copy::ERASED as MARK;
use notifeed::feed::hub_name;
use notifeed::notification::HostName;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::apps::host_names;
use crate::settings::Settings;
use crate::state::databases;
use crate::{Failure, control};

/// How long the Worker may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The file that names the Hubs that were erased, a line each: the id, and when, in Unix seconds. No restore of an older
/// backup brings them back.
pub const ERASED: &str = "erased";

/// Prints everything that is stored of a person, as JSON.
///
/// # Errors
/// The arguments name no person, nothing is stored, or the service doesn't run.
pub fn export(settings: &Settings, words: &[String]) -> Result<(), Failure> {
    let found = contents(settings, words)?;
    let text =
        serde_json::to_string_pretty(&found).map_err(|error| Failure::of("the export", &error))?;
    println!("{text}");
    Ok(())
}

/// Erases a person: their Hubs of every host, and the copies.
///
/// # Errors
/// The arguments name no person, nothing is stored, or the service doesn't run.
pub fn erase(settings: &Settings, words: &[String]) -> Result<(), Failure> {
    let found = contents(settings, words)?;
    let ids: Vec<&str> = found
        .iter()
        .filter_map(|hub| hub.get("id").and_then(Value::as_str))
        .collect();
    let failed = |error: io::Error| Failure::of("the person can't be erased; try again", &error);
    // From here on no restore brings them back, even if the erasure fails.
    mark(&settings.state, &ids).map_err(failed)?;
    ask(settings, "/erase", &json!(ids))?;
    let kv = settings.state.join("kv");
    erase_copies(&kv, &ids).map_err(failed)?;
    println!(
        "Feeds erased, with their copies: {}. Backups that were made before still have them.",
        ids.len()
    );
    Ok(())
}

/// Prints the counters of a person's feeds, without their contents, as JSON.
///
/// # Errors
/// The arguments name no person, nothing is stored, or the service doesn't run.
pub fn counters(settings: &Settings, words: &[String]) -> Result<(), Failure> {
    let found = looked_at(settings, "/counters", words)?;
    let text = serde_json::to_string_pretty(&found)
        .map_err(|error| Failure::of("the counters", &error))?;
    println!("{text}");
    Ok(())
}

/// All that is stored of the person whom the arguments name.
fn contents(settings: &Settings, words: &[String]) -> Result<Vec<Value>, Failure> {
    looked_at(settings, "/contents", words)
}

/// The Worker's answer for each Hub that has something of the person whom the arguments name.
fn looked_at(settings: &Settings, path: &str, words: &[String]) -> Result<Vec<Value>, Failure> {
    let named = |name: &str| {
        words
            .iter()
            .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let missing = || {
        Failure::new(
            "say who: issuer=ISSUER subject=SUBJECT, and tenant=TENANT where the issuer has tenants",
        )
    };
    let subject = named("subject").ok_or_else(missing)?;
    let user = User {
        issuer: named("issuer").ok_or_else(missing)?.to_owned(),
        tenant: named("tenant").unwrap_or_default().to_owned(),
        subject: subject.to_owned(),
        other_subjects: Vec::new(),
        principal_name: String::new(),
    };
    let mut hosts = hosts(settings, &user.issuer)?;
    // Hosts that the registry had once.
    if let Some(names) = named("hosts") {
        hosts.extend(host_names(names)?);
    }
    hosts.sort();
    hosts.dedup();
    let hubs = hosts.iter().map(|host| hub_name(&user, host).to_string());
    let hubs: Vec<String> = hubs.collect();
    let found = ask(settings, path, &json!(hubs))?;
    let names: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
    match found {
        Value::Array(hubs) if !hubs.is_empty() => Ok(hubs),
        _ => Err(Failure::new(format!(
            "nothing is stored of {subject} of {} for {}; nothing was changed",
            user.issuer,
            names.join(", ")
        ))),
    }
}

/// The hosts of all apps.
fn hosts(settings: &Settings, issuer: &str) -> Result<Vec<HostName>, Failure> {
    let entries = ask(settings, "/registry", &json!({ "prefix": "app:" }))?;
    let apps = entries.as_object().into_iter().flatten();
    let registered =
        apps.filter_map(|(_, value)| serde_json::from_str::<App>(value.as_str()?).ok());
    let development = App::development(issuer, "contoso-client");
    Ok(registered
        .chain(development)
        .flat_map(|app| app.hosts)
        .collect())
}

fn ask(settings: &Settings, path: &str, question: &Value) -> Result<Value, Failure> {
    let socket = settings.state.join("control.sock");
    control::ask_json(&socket, path, question, PATIENCE).map_err(|error| {
        Failure::of(
            format!(
                "the service on the folder {} isn't running or doesn't support this command",
                settings.state.display()
            ),
            &error,
        )
    })
}

fn mark(state: &Path, ids: &[&str]) -> io::Result<()> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    note(state, ids.iter().map(|id| (*id, now)))
}

fn note<'i>(state: &Path, erased: impl Iterator<Item = (&'i str, u64)>) -> io::Result<()> {
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(state.join(ERASED))?;
    for (id, at) in erased {
        writeln!(file, "{id} {at}")?;
    }
    file.sync_all()
}

/// Notes in the file the Hubs whose users erased themselves, which the registry marks: a restore replaces the registry.
///
/// # Errors
/// A file can't be read or written.
pub fn note_marked(state: &Path) -> io::Result<()> {
    let kv = state.join("kv");
    if !kv.exists() {
        return Ok(());
    }
    let mut marked = Vec::new();
    for path in databases(&kv)? {
        marked.extend(marks(&path).map_err(io::Error::other)?);
    }
    note(state, marked.iter().map(|(id, at)| (id.as_str(), *at)))
}

/// The marks in a namespace of KV: the ids, and when, in Unix seconds.
fn marks(path: &Path) -> rusqlite::Result<Vec<(String, u64)>> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if !database.table_exists(None, "entry")? {
        return Ok(Vec::new());
    }
    let mut statement = database.prepare(
        "SELECT key, CAST(CAST(value AS TEXT) AS INTEGER) / 1000 FROM entry WHERE key >= ?1 AND key < ?1 || char(1114111)",
    )?;
    let rows = statement.query_map([MARK], |row| {
        let (key, at): (String, i64) = (row.get(0)?, row.get(1)?);
        let id = key.strip_prefix(MARK).unwrap_or_default();
        Ok((id.to_owned(), u64::try_from(at).unwrap_or(0)))
    })?;
    rows.collect()
}

/// The ids of the Hubs that were erased at that time or later.
pub fn erased_since(state: &Path, time: u64) -> Vec<String> {
    let text = fs::read_to_string(state.join(ERASED)).unwrap_or_default();
    let marks = text.lines().filter_map(|line| line.split_once(' '));
    marks
        .filter(|(_, at)| at.parse::<u64>().is_ok_and(|at| at >= time))
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// Removes the copies of Hubs from the files below the folder, so that none of their text is left in them.
pub fn erase_copies(kv: &Path, ids: &[impl AsRef<str>]) -> io::Result<()> {
    for path in databases(kv)? {
        overwrite(&path, ids).map_err(io::Error::other)?;
    }
    Ok(())
}

fn overwrite(path: &Path, ids: &[impl AsRef<str>]) -> rusqlite::Result<()> {
    let mut database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.busy_timeout(Duration::from_secs(10))?;
    if !database.table_exists(None, "entry")? {
        return Ok(());
    }
    // Deleted rows are overwritten.
    database.pragma_update(None, "secure_delete", true)?;
    let transaction = database.transaction()?;
    for id in ids {
        let first = format!("{}:", id.as_ref());
        let after = format!("{};", id.as_ref());
        transaction.execute(
            "DELETE FROM entry WHERE key >= ?1 AND key < ?2",
            [first, after],
        )?;
    }
    transaction.commit()?;
    // The log of changes has the text too, until it is begun anew.
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
