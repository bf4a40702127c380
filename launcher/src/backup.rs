//! `notifeed backup FOLDER`, of a service that may run meanwhile, and `notifeed restore FOLDER`, of one that doesn't.
//!
//! A backup has the stores as they lie in the state folder, the secrets, and last of all `manifest.json`: the name of
//! the deployment, and the generation. Each file is copied whole, by SQLite's backup: what was answered 201 before the
//! backup began is in it.

use std::collections::HashSet;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::Failure;
use crate::person::{erase_copies, erased_since, note_marked};
use crate::settings::Settings;
use crate::state::{DEPLOYMENT, GENERATION, SECRETS, State, databases, generation_in, namespace};

/// The file that makes a folder a backup.
const MANIFEST: &str = "manifest.json";

/// The stores: Hubs first, so that a copy of each of their items is no older than the Hub.
const STORES: [&str; 2] = ["hubs", "kv"];

/// How many pages of 4 KiB are copied before a pause, in which the runtime can use the same file; and the length of
/// that pause.
const STEP: (i32, Duration) = (1000, Duration::from_millis(1));

/// Makes a backup in a folder that isn't there yet.
///
/// # Errors
/// There is no state, or the folder can't be written.
pub fn back_up(settings: &Settings, folder: &Path) -> Result<(), Failure> {
    let (state, shown) = (&settings.state, folder.display());
    let read = |name: &str| {
        fs::read_to_string(state.join(name)).map_err(|error| {
            Failure::of(
                format!("STATE: {} is no state of a service", state.display()),
                &error,
            )
        })
    };
    let deployment = read(DEPLOYMENT)?;
    let generation = generation_in(state);
    let failed =
        |error: io::Error| Failure::of(format!("the backup {shown} can't be made"), &error);
    let made = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    make_folder(folder).map_err(failed)?;
    for name in SECRETS {
        if state.join(name).exists() {
            fs::copy(state.join(name), folder.join(name)).map_err(failed)?;
        }
    }
    let mut files = 0;
    for store in STORES {
        files += copy_store(&state.join(store), &folder.join(store)).map_err(failed)?;
    }
    let manifest = json!({ "deployment": deployment.trim(), "generation": generation, "made": made, "files": files });
    fs::write(folder.join(MANIFEST), format!("{manifest}\n")).map_err(failed)?;
    println!(
        "{files} files of the deployment {} are in {shown}.",
        deployment.trim()
    );
    Ok(())
}

/// Puts a backup in the place of the state, which is kept beside it.
///
/// # Errors
/// The folder is no backup, or another deployment's; or a service runs on the state. Nothing was changed then.
pub fn restore(settings: &Settings, folder: &Path) -> Result<(), Failure> {
    let shown = folder.display();
    let broken =
        |error: &dyn std::fmt::Display| Failure::of(format!("{shown} is no whole backup"), error);
    let text = fs::read_to_string(folder.join(MANIFEST)).map_err(|error| broken(&error))?;
    let manifest: Value = serde_json::from_str(&text).map_err(|error| broken(&error))?;
    let deployment = manifest.get("deployment").and_then(Value::as_str);
    let deployment = deployment.ok_or_else(|| broken(&"its manifest names no deployment"))?;
    let state = State::open(&settings.state)?;
    let own = fs::read_to_string(state.path(DEPLOYMENT)).ok();
    if own.as_ref().is_some_and(|own| own.trim() != deployment) {
        return Err(Failure::new(format!(
            "{shown} is a backup of the deployment {deployment}, the state is another's; nothing was changed"
        )));
    }
    namespace(&folder.join("hubs"), deployment).map_err(|error| broken(&error))?;
    let failed =
        |error: io::Error| Failure::of(format!("the backup {shown} can't be restored"), &error);
    let generation = manifest
        .get("generation")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let generation = generation
        .max(generation_in(&settings.state))
        .saturating_add(1);
    let arriving = state.path("arriving");
    if arriving.exists() {
        fs::remove_dir_all(&arriving).map_err(failed)?;
    }
    make_folder(&arriving).map_err(failed)?;
    for store in STORES {
        copy_store(&folder.join(store), &arriving.join(store)).map_err(failed)?;
    }
    // A person who was erased since then stays erased.
    let made = manifest.get("made").and_then(Value::as_u64).unwrap_or(0);
    note_marked(&settings.state).map_err(failed)?;
    let erased = erased_since(&settings.state, made);
    for file in databases(&arriving.join("hubs")).map_err(failed)? {
        if file
            .file_stem()
            .is_some_and(|stem| erased.iter().any(|id| stem == id.as_str()))
        {
            fs::remove_file(file).map_err(failed)?;
        }
    }
    erase_copies(&arriving.join("kv"), &erased).map_err(failed)?;
    for name in SECRETS
        .into_iter()
        .filter(|name| folder.join(name).exists())
    {
        fs::copy(folder.join(name), arriving.join(name)).map_err(failed)?;
    }
    fs::write(arriving.join(GENERATION), format!("{generation}\n")).map_err(failed)?;
    // Up to here the state is as it was.
    let replaced = state.path(&format!("replaced-by-generation-{generation}"));
    make_folder(&replaced).map_err(failed)?;
    for name in STORES.into_iter().chain(SECRETS).chain([GENERATION]) {
        if state.path(name).exists() {
            fs::rename(state.path(name), replaced.join(name)).map_err(failed)?;
        }
        if arriving.join(name).exists() {
            fs::rename(arriving.join(name), state.path(name)).map_err(failed)?;
        }
    }
    fs::remove_dir_all(&arriving).map_err(failed)?;
    println!(
        "The state is that of the backup, in generation {generation}; the state before is in {}.",
        replaced.display()
    );
    Ok(())
}

/// A folder that wasn't there, for its owner only.
fn make_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    DirBuilder::new().mode(0o700).create(path)
}

/// Copies a store: the files of all namespaces in it. Returns how many they are. A file that is made meanwhile is
/// copied too.
fn copy_store(from: &Path, to: &Path) -> io::Result<u64> {
    make_folder(to)?;
    let mut copied = HashSet::new();
    loop {
        let new: Vec<PathBuf> = databases(from)?
            .into_iter()
            .filter(|path| !copied.contains(path))
            .collect();
        if new.is_empty() {
            return Ok(copied.len() as u64);
        }
        for path in new {
            let relative = path.strip_prefix(from).map_err(io::Error::other)?;
            let target = to.join(relative);
            if let Some(parent) = target.parent() {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(parent)?;
            }
            copy(&path, &target).map_err(io::Error::other)?;
            copied.insert(path);
        }
    }
}

/// Copies a database that may be written meanwhile.
fn copy(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    source.busy_timeout(Duration::from_secs(10))?;
    let mut target = Connection::open(to)?;
    Backup::new(&source, &mut target)?.run_to_completion(STEP.0, STEP.1, None)?;
    target.close().map_err(|(_, error)| error)
}
