//! The folder in which everything that lasts is kept.
//!
//! `hubs/` and `kv/` are the stores, [`SECRETS`] were made here, `generation` counts restores, `runtime/` what the program
//! unpacked, `control.sock` is the private socket, `lock` keeps a second server off.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::Failure;

/// The file of a store with its alarms: after the others, so that no due time is missed.
const ALARMS: &str = "metadata.sqlite";

/// The name of the deployment: a random one, made with the state.
pub const DEPLOYMENT: &str = "deployment";

/// The key from which the ids of Hubs are derived, where the state was begun before each deployment had its own.
const FIRST_NAMESPACE: &str = "notifeed-Hub";

/// The file with the generation that the state is in, once it was restored from a backup.
pub const GENERATION: &str = "generation";

/// The files of what was made here at random.
pub const SECRETS: [&str; 3] = [DEPLOYMENT, "subscription-key", "development-secret"];

/// The state folder, locked by this process.
pub struct State {
    folder: PathBuf,
    _lock: File,
}

impl State {
    /// Makes the folder if it isn't there, and holds it.
    ///
    /// # Errors
    /// It can't be written, or another server holds it.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let shown = folder.display();
        let failed = |error: std::io::Error| {
            Failure::of(format!("STATE: the folder {shown} can't be used"), &error)
        };
        for path in [folder.to_owned(), folder.join("hubs"), folder.join("kv")] {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(failed)?;
        }
        let folder = folder.canonicalize().map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder,
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(Failure::new(format!(
                "STATE: another notifeed uses the folder {shown}; stop it, or name another folder"
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The path of a file or folder in the state folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The key of the Hubs' namespace.
    ///
    /// # Errors
    /// The name of the deployment, or the folder of the Hubs, can't be used.
    pub fn namespace(&self) -> Result<String, Failure> {
        namespace(&self.path("hubs"), &self.secret(DEPLOYMENT)?)
            .map_err(|error| Failure::of("STATE: its feeds can't be used", &error))
    }

    /// A secret of 32 random bytes as base64url, made when it is first asked for.
    ///
    /// # Errors
    /// It can't be read or written.
    pub fn secret(&self, name: &str) -> Result<String, Failure> {
        secret(&self.path(name)).map_err(|error| {
            Failure::of(format!("the secret {name} of STATE can't be used"), &error)
        })
    }
}

/// The key from which the ids of a deployment's Hubs are derived, and the name of the folder in `hubs` that has them: as
/// long as [`FIRST_NAMESPACE`], and of the deployment's name, so that no two deployments have a Hub's id in common.
///
/// # Errors
/// The folder `hubs` can't be read, it has Hubs under another key, or the name of the deployment has no key.
pub fn namespace(hubs: &Path, deployment: &str) -> io::Result<String> {
    let own: String = deployment
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(FIRST_NAMESPACE.len())
        .collect();
    if own.len() != FIRST_NAMESPACE.len() {
        return Err(io::Error::other(format!(
            "“{deployment}” is no name of a deployment"
        )));
    }
    let is_key = |name: &str| {
        name.len() == own.len() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let mut begun_before = false;
    for entry in fs::read_dir(hubs)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        begun_before |= name == FIRST_NAMESPACE;
        if is_key(&name) && name != own {
            return Err(io::Error::other(format!(
                "the folder {name} in {} is another deployment's",
                hubs.display()
            )));
        }
    }
    Ok(if begun_before {
        FIRST_NAMESPACE.to_owned()
    } else {
        own
    })
}

fn secret(path: &Path) -> io::Result<String> {
    use std::io::Read;
    match fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut random = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let text = Base64UrlUnpadded::encode_string(&random);
    let part = path.with_extension("part");
    let mut options = File::options();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    writeln!(file, "{text}")?;
    // The secret must be on the disk before it signs ids, so that no id outlives its key.
    file.sync_all()?;
    fs::rename(&part, path)?;
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()?;
    Ok(text)
}

/// The generation that a state folder is in.
pub fn generation_in(state: &Path) -> i64 {
    fs::read_to_string(state.join(GENERATION))
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

/// The databases below a folder, those with alarms last.
pub fn databases(store: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for namespace in fs::read_dir(store)? {
        let namespace = namespace?.path();
        if !namespace.is_dir() {
            continue;
        }
        for file in fs::read_dir(namespace)? {
            let path = file?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "sqlite")
            {
                found.push(path);
            }
        }
    }
    found.sort_by_key(|path| path.ends_with(ALARMS));
    Ok(found)
}
