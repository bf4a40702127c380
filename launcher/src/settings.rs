//! The settings: the environment's, then those of the file. All are checked before anything starts
//! (docs/self-hosting.md).

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use notifeed_settings::{NAMES, Settings as Deployment};
use serde_json::{Value, json};

use crate::Failure;
use crate::arguments::Options;
use crate::state::State;

/// The names of the launcher's own settings.
const OWN: [&str; 8] = [
    "ADDRESS_HEADER",
    "APP_LIMIT",
    "DEGRADED_LIMIT",
    "FAILED_TOKEN_LIMIT",
    "HOSTS",
    "LISTEN",
    "METRICS_LISTEN",
    "STATE",
];

/// The hosts that always lead to this machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// A placeholder of 32 bytes for a secret that is generated later, once the state folder exists.
const TO_BE_MADE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The checked settings.
pub struct Settings {
    /// `LISTEN`: the address of the public socket.
    pub listen: SocketAddr,
    /// `METRICS_LISTEN`: the address of the page of metrics; `None`: there is none.
    pub metrics: Option<SocketAddr>,
    /// `STATE`: the folder of what lasts.
    pub state: PathBuf,
    /// Whether `--development` asks for a secret of development tokens.
    development: bool,
    site: Value,
    variables: HashMap<String, String>,
}

impl Settings {
    /// Reads and checks the settings.
    ///
    /// # Errors
    /// The first that is wrong, by its name.
    pub fn read(options: &Options) -> Result<Self, Failure> {
        let mut values = HashMap::new();
        if let Some(file) = &options.settings {
            values = read_file(file)?;
        }
        for name in NAMES.iter().chain(&OWN) {
            match std::env::var(name) {
                Ok(value) if !value.is_empty() => {
                    values.insert((*name).to_owned(), value);
                }
                Ok(_) | Err(std::env::VarError::NotPresent) => {}
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(Failure::new(format!("{name} isn't Unicode")));
                }
            }
        }
        Self::check(values, options.development)
    }

    fn check(mut values: HashMap<String, String>, development: bool) -> Result<Self, Failure> {
        let mut own: HashMap<&str, String> = HashMap::new();
        for name in OWN {
            if let Some(value) = values.remove(name) {
                own.insert(name, value);
            }
        }
        let own = |name| own.get(name).map(String::as_str);
        let listen = address("LISTEN", own("LISTEN").unwrap_or("127.0.0.1:8787"))?;
        let metrics = own("METRICS_LISTEN")
            .map(|text| address("METRICS_LISTEN", text))
            .transpose()?;
        let hosts = hosts(
            own("HOSTS"),
            values.get("ORIGIN").map(String::as_str),
            listen,
        )?;
        let address_header = own("ADDRESS_HEADER").map(header_name).transpose()?;
        let limits = json!({
            "APP_LIMIT": limit("APP_LIMIT", own("APP_LIMIT").unwrap_or("100000/10"))?,
            "DEGRADED_LIMIT": limit("DEGRADED_LIMIT", own("DEGRADED_LIMIT").unwrap_or("10/60"))?,
            "FAILED_TOKEN_LIMIT": limit("FAILED_TOKEN_LIMIT", own("FAILED_TOKEN_LIMIT").unwrap_or("3000/60"))?,
        });
        values
            .entry("LOG_REQUESTS".to_owned())
            .or_insert_with(|| "all".to_owned());
        check_deployment(&values, development)?;
        if (development || values.contains_key("DEVELOPMENT_TOKEN_SECRET"))
            && !listen.ip().is_loopback()
        {
            return Err(Failure::new(format!(
                "LISTEN is {listen}, but development serves this machine only: leave it out, or end development"
            )));
        }
        Ok(Self {
            listen,
            metrics,
            state: own("STATE").unwrap_or("notifeed-state").into(),
            development,
            site: json!({ "hosts": hosts, "addressHeader": address_header, "limits": limits }),
            variables: values,
        })
    }

    /// The Worker's settings as JSON (worker/selfhost/site.mjs). Secrets that no setting has are the state
    /// folder's own.
    ///
    /// # Errors
    /// The state folder can't be used.
    pub fn for_worker(mut self, state: &State) -> Result<String, Failure> {
        if !self.variables.contains_key("UNS_KEYS") {
            let keys = json!({ "1": state.secret("subscription-key")? });
            self.variables
                .insert("UNS_KEYS".to_owned(), keys.to_string());
        }
        if self.development && !self.variables.contains_key("DEVELOPMENT_TOKEN_SECRET") {
            let secret = state.secret("development-secret")?;
            self.variables
                .insert("DEVELOPMENT_TOKEN_SECRET".to_owned(), secret);
        }
        // Devices notice a restore by the generation.
        let restored = crate::state::generation_in(&self.state);
        let set = self
            .variables
            .get("GENERATION")
            .and_then(|text| text.parse().ok());
        let generation = set.map_or(restored, |set: i64| set.max(restored));
        self.variables
            .insert("GENERATION".to_owned(), generation.to_string());
        // The store that stands for KV lists what was put at once.
        self.variables
            .entry("KV_LAG_SECONDS".to_owned())
            .or_insert_with(|| "0".to_owned());
        if let Value::Object(site) = &mut self.site {
            site.insert("variables".to_owned(), json!(self.variables));
        }
        Ok(self.site.to_string())
    }
}

/// Checks what the Worker goes by, with the Worker's own rules.
fn check_deployment(values: &HashMap<String, String>, development: bool) -> Result<(), Failure> {
    let mut values = values.clone();
    if let Some(secret) = values.get("DEVELOPMENT_TOKEN_SECRET")
        && notifeed::credentials::base64url_decode(secret).is_none()
    {
        return Err(Failure::new(
            "DEVELOPMENT_TOKEN_SECRET must be base64url of random bytes",
        ));
    }
    let mut default = |name: &str, value: String| {
        values.entry(name.to_owned()).or_insert(value);
    };
    default("UNS_KEYS", json!({ "1": TO_BE_MADE }).to_string());
    if development {
        default("DEVELOPMENT_TOKEN_SECRET", TO_BE_MADE.to_owned());
    }
    let complaint = std::cell::RefCell::new(None);
    let log = |line: &str| {
        complaint.borrow_mut().get_or_insert(line.to_owned());
    };
    let read =
        Deployment::read(values, true, log).map_err(|fault| Failure::new(fault.to_string()))?;
    if let Err(fault) = &read.issuers {
        return Err(Failure::new(fault.to_string()));
    }
    complaint
        .into_inner()
        .map_or(Ok(()), |line| Err(Failure::new(line)))
}

/// The file of settings.
fn read_file(path: &Path) -> Result<HashMap<String, String>, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::of(
            format!("the file of settings {shown} can't be read"),
            &error,
        )
    })?;
    let mut values = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = format!("line {} of {shown}", index + 1);
        let Some((name, value)) = line.split_once('=') else {
            return Err(Failure::new(format!("{at} isn't NAME=value")));
        };
        let name = name.trim();
        if !NAMES.iter().chain(&OWN).any(|known| *known == name) {
            return Err(Failure::new(format!(
                "{at}: notifeed has no setting {name}"
            )));
        }
        let value = unquoted(value.trim());
        if !value.is_empty() && values.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::new(format!("{at}: {name} is set a second time")));
        }
    }
    Ok(values)
}

/// A value without the quotes around it.
fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('\'').or_else(|| inner('"')).unwrap_or(value)
}

/// The hosts that the service answers for: those of `HOSTS`, that of `ORIGIN`, and this machine.
fn hosts(
    setting: Option<&str>,
    origin: Option<&str>,
    listen: SocketAddr,
) -> Result<Value, Failure> {
    if setting == Some("*") {
        return Ok("*".into());
    }
    if setting.is_none() && origin.is_none() && !listen.ip().is_loopback() {
        return Err(Failure::new(format!(
            "HOSTS is missing: LISTEN is {listen}, so name the hosts that lead there, with commas between, or * for all"
        )));
    }
    let named = setting.into_iter().flat_map(|text| text.split(','));
    let of_origin = origin.map(|origin| {
        let authority = origin
            .split_once("://")
            .map_or(origin, |(_, authority)| authority);
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    });
    let mut hosts: Vec<String> = Vec::new();
    for host in named.chain(of_origin).chain(LOOPBACK) {
        let host = host.trim().to_ascii_lowercase();
        let inner = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let right = match inner {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => {
                let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
                !host.is_empty() && host.bytes().all(known)
            }
        };
        if !right {
            return Err(Failure::new(format!(
                "HOSTS must be names of hosts with commas between, without scheme and port; “{host}” is none"
            )));
        }
        hosts.push(host);
    }
    Ok(hosts.into())
}

fn address(name: &str, text: &str) -> Result<SocketAddr, Failure> {
    text.parse().map_err(|_| {
        Failure::new(format!(
            "{name} must be an address with a port, as 127.0.0.1:8787 is one"
        ))
    })
}

fn header_name(text: &str) -> Result<&str, Failure> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if text.bytes().all(known) {
        return Ok(text);
    }
    Err(Failure::new(
        "ADDRESS_HEADER must be the name of a header, as X-Forwarded-For is one",
    ))
}

/// `COUNT/SECONDS`.
fn limit(name: &str, text: &str) -> Result<Value, Failure> {
    let numbers = text.split_once('/').and_then(|(limit, period)| {
        let (limit, period): (u32, u32) = (limit.parse().ok()?, period.parse().ok()?);
        (limit > 0 && period > 0).then_some((limit, period))
    });
    let (limit, period) = numbers.ok_or_else(|| {
        Failure::new(format!(
            "{name} must be how many in how many seconds, as 3000/60 is one"
        ))
    })?;
    Ok(json!({ "limit": limit, "period": period }))
}
