//! The runtime as a child process that never outlives the launcher: its arguments and sockets ([`serve`](crate::serve) restarts it).

use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};

use crate::Failure;
use crate::arguments::RUNTIME;
use crate::payload::Unpacked;
use crate::state::State;

/// The sockets that the runtime serves. The launcher holds them too: while a runtime that died is replaced, callers wait.
pub struct Sockets {
    /// For everybody.
    pub http: TcpListener,
    /// For the launcher.
    pub control: UnixListener,
}

impl Sockets {
    /// Lets children have them.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn share(&self) -> io::Result<()> {
        for socket in [self.http.as_fd(), self.control.as_fd()] {
            fcntl_setfd(socket, fcntl_getfd(socket)? - FdFlags::CLOEXEC)?;
        }
        Ok(())
    }
}

/// Starts the runtime. `settings`: what the Worker is told.
///
/// # Errors
/// It can't be started.
pub fn start(
    files: &Unpacked,
    sockets: &Sockets,
    state: &State,
    settings: &str,
) -> io::Result<Child> {
    let assignment = |name: &str, path: &std::path::Path| {
        let mut text = OsString::from(format!("{name}="));
        text.push(path);
        text
    };
    Command::new("/proc/self/exe")
        .arg(RUNTIME)
        .arg(std::process::id().to_string())
        .arg(&files.workerd)
        .args(["serve", "--binary"])
        .arg(&files.config)
        .args([
            "--directory-path".into(),
            assignment("hubs", &state.path("hubs")),
        ])
        .args([
            "--directory-path".into(),
            assignment("kv", &state.path("kv")),
        ])
        .arg(format!("--socket-fd=http={}", sockets.http.as_raw_fd()))
        .arg(format!(
            "--socket-fd=control={}",
            sockets.control.as_raw_fd()
        ))
        .env_clear()
        // A terminal's Ctrl-C is for the launcher.
        .process_group(0)
        .env("SETTINGS", settings)
        .stdin(Stdio::null())
        .spawn()
}

/// In the child: makes sure that it ends with its parent, and becomes the runtime. Returns only if that fails.
/// `arguments`: the parent's process id, the program, its arguments.
pub fn become_runtime(arguments: &[OsString]) -> Failure {
    let [parent, program, rest @ ..] = arguments else {
        return Failure::new(format!("{RUNTIME} is for notifeed itself"));
    };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return Failure::of("the runtime can't be bound to its parent", &error);
    }
    let lives =
        getppid().map(|pid| pid.as_raw_nonzero().to_string().into()) == Some(parent.clone());
    if !lives {
        return Failure::new("the runtime's parent has gone");
    }
    Failure::of(
        "the runtime can't be run",
        &Command::new(program).args(rest).exec(),
    )
}

/// Sends a signal to a child that wasn't waited for yet.
pub fn signal(child: &Child, signal: Signal) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // The process may just have ended by itself.
        let _ = kill_process(pid, signal);
    }
}
