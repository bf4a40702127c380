//! Which apps may use the service: `notifeed app`, of a service that runs (docs/credentials.md).

use std::time::Duration;

use notifeed::credentials::App;
use notifeed::notification::HostName;
use serde_json::{Value, json};

use crate::settings::Settings;
use crate::{Failure, control};

/// How long the Worker may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Carries out the arguments after `app`: none (list all apps), or `add`, `show`, `block` or `unblock`, an id,
/// `issuer=…` and, to add, `hosts=…`.
///
/// # Errors
/// The arguments aren't valid, or the service doesn't run.
pub fn run(settings: &Settings, words: &[String]) -> Result<(), Failure> {
    let Some((action, rest)) = words.split_first() else {
        return list(settings);
    };
    let named = |name: &str| {
        rest.iter()
            .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let id = rest
        .first()
        .filter(|word| !word.contains('='))
        .ok_or_else(|| {
            Failure::new("say which app: notifeed app add ID issuer=ISSUER hosts=app.example.com")
        })?;
    let issuer = named("issuer").ok_or_else(|| {
        Failure::new("say whose app: issuer=, exactly as `iss` has it in its tokens")
    })?;
    let key = App::registry_key(issuer, id)
        .ok_or_else(|| Failure::new("issuer and id are too long for an entry"))?;
    let known = ask(settings, &json!({ "key": key }))?;
    let known = known
        .as_str()
        .and_then(|text| serde_json::from_str::<App>(text).ok());
    let unknown = || {
        Failure::new(format!(
            "{id} of {issuer} isn't registered: notifeed app add …"
        ))
    };
    let app = match action.as_str() {
        "add" => App {
            hosts: hosts(named("hosts"))?,
            blocked: known.is_some_and(|app| app.blocked),
        },
        "show" => known.ok_or_else(unknown)?,
        "block" => App {
            blocked: true,
            ..known.ok_or_else(unknown)?
        },
        "unblock" => App {
            blocked: false,
            ..known.ok_or_else(unknown)?
        },
        other => {
            return Err(Failure::new(format!(
                "{other} is none of add, show, block and unblock"
            )));
        }
    };
    let shown = serde_json::to_string(&app).map_err(|error| Failure::of("the entry", &error))?;
    if action != "show" {
        ask(settings, &json!({ "key": key, "value": shown }))?;
        println!(
            "The change takes effect within two minutes; open connections of a blocked app end within an hour."
        );
    }
    println!("{id} of {issuer}: {shown}");
    Ok(())
}

fn list(settings: &Settings) -> Result<(), Failure> {
    let entries = ask(settings, &json!({ "prefix": "app:" }))?;
    for (key, value) in entries.as_object().into_iter().flatten() {
        println!("{key}: {}", value.as_str().unwrap_or_default());
    }
    Ok(())
}

fn hosts(text: Option<&str>) -> Result<Vec<HostName>, Failure> {
    let text = text.ok_or_else(|| {
        Failure::new("say for which hosts: hosts=app.example.com, several with commas between")
    })?;
    host_names(text)
}

/// The host names of a list with commas between.
pub fn host_names(text: &str) -> Result<Vec<HostName>, Failure> {
    text.split(',')
        .map(|name| {
            HostName::parse(name)
                .map_err(|error| Failure::new(format!("the host “{name}” {error}")))
        })
        .collect()
}

fn ask(settings: &Settings, question: &Value) -> Result<Value, Failure> {
    let socket = settings.state.join("control.sock");
    control::ask_json(&socket, "/registry", question, PATIENCE).map_err(|error| {
        Failure::of(
            format!("no service runs on the folder {}", settings.state.display()),
            &error,
        )
    })
}
