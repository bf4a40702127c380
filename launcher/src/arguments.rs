//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::Failure;

/// The text of `--help`.
pub const HELP: &str = "\
notifeed: a feed of notifications for each user, served on a machine of one's own.

  notifeed [serve]          serve until SIGTERM or SIGINT
  notifeed app [add|show|block|unblock ID issuer=ISSUER hosts=a.example.com,b.example.com]
                            manage the apps that may use the running service; without arguments list all apps
  notifeed export issuer=ISSUER subject=SUBJECT [tenant=TENANT] [hosts=a.example.com]
                            everything that is stored of a person, as JSON
  notifeed erase …          with the same arguments: erase everything that is stored of the person
  notifeed hub …            with the same arguments: counters of the person's feeds, without the contents
  notifeed backup FOLDER    copy what is in STATE into a new folder, also while the service runs
  notifeed restore FOLDER   replace the content of STATE by that backup; the service must not be running
  notifeed check            read and check the settings, and do nothing else
  notifeed --version
  notifeed --help

  --settings FILE           a file with lines NAME=value; environment variables take precedence
  --development             development mode: test tokens and the console's users, on this machine only

Settings: docs/self-hosting.md.
";

/// A command of the program.
pub enum Command {
    /// Serve.
    Serve(Options),
    /// Check the settings.
    Check(Options),
    /// Read or change the registry of apps, as the arguments say.
    App(Options, Vec<String>),
    /// Print what is stored of the person whom the arguments name.
    Export(Options, Vec<String>),
    /// Erase everything that is stored of the person whom the arguments name.
    Erase(Options, Vec<String>),
    /// Print the counters of the feeds of the person whom the arguments name.
    Hub(Options, Vec<String>),
    /// Make a backup in that folder.
    BackUp(Options, PathBuf),
    /// Restore the backup in that folder.
    Restore(Options, PathBuf),
    /// Show [`HELP`].
    Help,
    /// Show the version.
    Version,
    /// Become the runtime with these arguments: the launcher starts its own program again with this command.
    Runtime(Vec<OsString>),
}

/// The options that every command takes.
#[derive(Default)]
pub struct Options {
    /// `--settings`: the file of settings.
    pub settings: Option<PathBuf>,
    /// `--development`.
    pub development: bool,
}

/// The word that stands before the arguments of [`Command::Runtime`].
pub const RUNTIME: &str = "run-runtime";

/// Reads the command line, without the program's name.
///
/// # Errors
/// An argument isn't known.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Result<Command, Failure> {
    let mut arguments = arguments.peekable();
    if arguments.next_if(|first| first == RUNTIME).is_some() {
        return Ok(Command::Runtime(arguments.collect()));
    }
    let mut options = Options::default();
    let mut command: Option<fn(Options) -> Command> = None;
    let (mut words, mut copy) = (Vec::new(), None);
    let mut talk: Option<fn(Options, Vec<String>) -> Command> = None;
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--help" | "-h" | "help") => return Ok(Command::Help),
            Some("--version" | "-V") => return Ok(Command::Version),
            Some("--development") => options.development = true,
            Some("--settings") => {
                let file = arguments
                    .next()
                    .ok_or_else(|| Failure::new("--settings needs the name of a file"))?;
                options.settings = Some(file.into());
            }
            Some("serve") if command.is_none() => command = Some(Command::Serve),
            Some("check") if command.is_none() => command = Some(Command::Check),
            Some(word @ ("backup" | "restore")) if command.is_none() && talk.is_none() => {
                let folder = arguments
                    .next()
                    .ok_or_else(|| Failure::new(format!("{word} needs the name of a folder")))?;
                copy = Some((word == "backup", PathBuf::from(folder)));
            }
            Some("app") if command.is_none() && talk.is_none() => talk = Some(Command::App),
            Some("export") if command.is_none() && talk.is_none() => talk = Some(Command::Export),
            Some("erase") if command.is_none() && talk.is_none() => talk = Some(Command::Erase),
            Some("hub") if command.is_none() && talk.is_none() => talk = Some(Command::Hub),
            Some(word) if talk.is_some() => words.push(word.to_owned()),
            _ => {
                return Err(Failure::new(format!(
                    "unknown argument {}; see notifeed --help",
                    argument.display()
                )));
            }
        }
    }
    if let Some((out, folder)) = copy {
        let command = if out {
            Command::BackUp
        } else {
            Command::Restore
        };
        return Ok(command(options, folder));
    }
    if let Some(talk) = talk {
        return Ok(talk(options, words));
    }
    Ok(command.unwrap_or(Command::Serve)(options))
}
