//! notifeed on a machine of one's own: one program that carries the runtime (workerd), the Worker and the console.
//!
//! The program checks the settings before anything starts ([`settings`]), unpacks what it carries ([`payload`]), opens the
//! sockets, and has the runtime serve them ([`runtime`]) until it is told to end ([`serve`]). Facts that only the Worker
//! knows, it asks over a private socket ([`control`]).

mod apps;
mod arguments;
mod backup;
mod control;
mod log;
mod metrics;
mod payload;
mod person;
mod runtime;
mod serve;
mod settings;
mod state;

use std::process::ExitCode;

use arguments::Command;

/// Why nothing could be done: one sentence for the operator.
pub struct Failure(String);

impl Failure {
    /// A failure in the operator's words.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// `what` couldn't be done, because of `cause`.
    pub fn of(what: impl std::fmt::Display, cause: &dyn std::fmt::Display) -> Self {
        Self(format!("{what}: {cause}"))
    }
}

fn main() -> ExitCode {
    let outcome = arguments::read(std::env::args_os().skip(1)).and_then(|command| match command {
        Command::Serve(options) => serve::run(&options),
        Command::Check(options) => settings::Settings::read(&options).map(|_| ()),
        Command::App(options, words) => apps::run(&settings::Settings::read(&options)?, &words),
        Command::Export(options, words) => {
            person::export(&settings::Settings::read(&options)?, &words)
        }
        Command::Erase(options, words) => {
            person::erase(&settings::Settings::read(&options)?, &words)
        }
        Command::Hub(options, words) => {
            person::counters(&settings::Settings::read(&options)?, &words)
        }
        Command::BackUp(options, folder) => {
            backup::back_up(&settings::Settings::read(&options)?, &folder)
        }
        Command::Restore(options, folder) => {
            backup::restore(&settings::Settings::read(&options)?, &folder)
        }
        Command::Help => {
            print!("{}", arguments::HELP);
            Ok(())
        }
        Command::Version => {
            println!("notifeed {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Command::Runtime(arguments) => Err(runtime::become_runtime(&arguments)),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            eprintln!("notifeed: {sentence}");
            ExitCode::FAILURE
        }
    }
}
