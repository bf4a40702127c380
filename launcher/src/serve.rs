//! `notifeed serve`: the checks, the start of the runtime, its restart when it ends by itself or is killed, and the orderly end after SIGTERM.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::arguments::Options;
use crate::log::{Level, line};
use crate::payload::{self, Unpacked};
use crate::runtime::{self, Sockets};
use crate::settings::Settings;
use crate::state::State;
use crate::{Failure, control, metrics};

/// How often the runtime is looked after.
const LOOK: Duration = Duration::from_millis(10);

/// How long the drain may take.
const DRAIN: Duration = Duration::from_secs(3);

/// The time after the shutdown signal at which a runtime that is still running is killed.
const END: Duration = Duration::from_millis(4500);

/// How long the launcher waits before it replaces a runtime that died: at first, and at most. Each death doubles it.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// How long a runtime must have run for its crash to count as the first of a series.
const LIFE: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;

/// Serves until a signal says to end.
///
/// # Errors
/// A check before the start failed, or the service can't be started.
pub fn run(options: &Options) -> Result<(), Failure> {
    let settings = Settings::read(options)?;
    let (listen, metrics) = (settings.listen, settings.metrics);
    let state = State::open(&settings.state)?;
    let http = TcpListener::bind(listen)
        .and_then(|listener| {
            rustix::net::listen(&listener, BACKLOG)?;
            Ok(listener)
        })
        .map_err(|error| Failure::of(format!("LISTEN: {listen} can't be listened at"), &error))?;
    let address = http.local_addr().unwrap_or(listen);
    let namespace = state.namespace()?;
    let settings = settings.for_worker(&state)?;
    let files = payload::unpack(&state.path("runtime"), &namespace)?;
    let (control, path) = control_socket(&state)?;
    let sockets = Sockets { http, control };
    sockets
        .share()
        .map_err(|error| Failure::of("the sockets can't be handed over", &error))?;
    let signals = Signals::new([SIGTERM, SIGINT])
        .map_err(|error| Failure::of("signals can't be heard", &error))?;
    raise_limits();
    if let Some(address) = metrics {
        metrics::serve(address, path.clone())?;
    }
    let service = Service {
        files,
        sockets,
        state,
        settings,
        control: path,
    };
    service.run(&heard(signals), &address.to_string())
}

/// The private socket. The folder that it is in is the operator's alone.
fn control_socket(state: &State) -> Result<(UnixListener, PathBuf), Failure> {
    let path = state.path("control.sock");
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).map_err(|error| {
        Failure::of(
            format!("STATE: the socket {} can't be made", path.display()),
            &error,
        )
    })?;
    Ok((listener, path))
}

/// A Hub in memory has three files open: as many as the system allows.
fn raise_limits() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        line(
            Level::Error,
            &format!("the limit of open files stays as it is: {error}"),
        );
    }
}

/// The signals, as they come.
fn heard(mut signals: Signals) -> Receiver<i32> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for signal in signals.forever() {
            if sender.send(signal).is_err() {
                break;
            }
        }
    });
    receiver
}

struct Service {
    files: Unpacked,
    sockets: Sockets,
    state: State,
    settings: String,
    control: PathBuf,
}

impl Service {
    fn run(self, signals: &Receiver<i32>, address: &str) -> Result<(), Failure> {
        let mut pause = PAUSE.0;
        let mut was_ready = false;
        loop {
            let started = Instant::now();
            let mut child = self.start()?;
            let ready = Arc::new(Ready::default());
            watch_for_ready(&self.control, address, Arc::clone(&ready));
            let status = match watch(&mut child, signals) {
                Event::Signal => return self.end(child),
                Event::Ended(status) => status,
            };
            ready.expected.store(false, Ordering::Relaxed);
            was_ready |= ready.reached.load(Ordering::Relaxed);
            if !was_ready {
                return Err(Failure::new(format!(
                    "the runtime exited before it could serve ({status}); see its last log lines for the reason"
                )));
            }
            if started.elapsed() > LIFE {
                pause = PAUSE.0;
            }
            line(
                Level::Error,
                &format!("the runtime ended by itself ({status}) and is started again"),
            );
            if signals.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                return Ok(());
            }
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    fn start(&self) -> Result<Child, Failure> {
        runtime::start(&self.files, &self.sockets, &self.state, &self.settings)
            .map_err(|error| Failure::of("the runtime can't be started", &error))
    }

    /// Ends the service: what is under way is answered, clients are told to come back.
    fn end(self, mut child: Child) -> Result<(), Failure> {
        let told = Instant::now();
        line(Level::Info, "ending");
        // New connections are refused rather than left waiting.
        let Self {
            sockets, control, ..
        } = self;
        drop(sockets);
        if let Err(error) = control::ask(&control, "POST", "/drain", "", DRAIN) {
            line(
                Level::Error,
                &format!("connections couldn't be ended in order: {error}"),
            );
        }
        runtime::signal(&child, Signal::TERM);
        let mut killed = false;
        loop {
            match child.try_wait() {
                Ok(None) => thread::sleep(LOOK),
                Ok(Some(_)) => break,
                Err(error) => return Err(Failure::of("the runtime's end can't be seen", &error)),
            }
            if !killed && told.elapsed() > END {
                killed = true;
                line(Level::Error, "the runtime didn't end by itself");
                runtime::signal(&child, Signal::KILL);
            }
        }
        let _ = std::fs::remove_file(control);
        line(
            Level::Info,
            &format!("ended after {} ms", told.elapsed().as_millis()),
        );
        Ok(())
    }
}

/// Whether one runtime has begun to serve.
struct Ready {
    /// Whether the runtime is meant to run.
    expected: AtomicBool,
    /// Whether the runtime has answered.
    reached: AtomicBool,
}

impl Default for Ready {
    fn default() -> Self {
        Self {
            expected: AtomicBool::new(true),
            reached: AtomicBool::new(false),
        }
    }
}

/// Logs when the Worker answers. A request that one runtime didn't answer stays in the socket and reaches the next
/// runtime.
fn watch_for_ready(control: &Path, address: &str, ready: Arc<Ready>) {
    let (control, address, started) = (control.to_owned(), address.to_owned(), Instant::now());
    thread::spawn(move || {
        let answer = control::ask(&control, "GET", "/ready", "", Duration::from_secs(30));
        if answer.is_ok_and(|(status, _)| status == 200) && ready.expected.load(Ordering::Relaxed) {
            ready.reached.store(true, Ordering::Relaxed);
            let took = started.elapsed().as_millis();
            line(
                Level::Info,
                &format!("ready at http://{address} after {took} ms"),
            );
        }
    });
}

enum Event {
    Signal,
    Ended(ExitStatus),
}

/// Waits for the next thing to happen.
fn watch(child: &mut Child, signals: &Receiver<i32>) -> Event {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Event::Ended(status);
        }
        match signals.recv_timeout(Duration::from_millis(200)) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => return Event::Signal,
        }
    }
}
