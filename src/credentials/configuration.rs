//! The setting `ISSUERS`: whose tokens a deployment accepts (docs/credentials.md). Read strictly: a
//! mistake in here would let the wrong ones in, so nothing is guessed and nothing is overlooked.

use std::fmt;

use crate::credentials::issuer::{Algorithm, ClaimNames, Evidence, Issuer, KeySource};
use crate::json::{self, Object, Value};
use crate::notification::HostName;

/// The most issuers, and the most entries of each list in one.
const MAX_ENTRIES: usize = 32;

/// The longest name, value or URL, in bytes.
const MAX_TEXT: usize = 1024;

/// A fault of `ISSUERS`, and the way out: a sentence for the operator's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationError(String);

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigurationError {}

type Read<T> = Result<T, ConfigurationError>;

fn error<T>(path: &str, what: impl fmt::Display) -> Read<T> {
    Err(ConfigurationError(format!("{path} {what}")))
}

/// Reads the setting: a JSON array of issuers. `development`: whether a key set may come from this
/// very machine over plain HTTP, for tests.
///
/// # Errors
/// The first mistake.
pub fn issuers(text: &str, development: bool) -> Read<Vec<Issuer>> {
    let Ok(document) = json::read(text.as_bytes()) else {
        return error("ISSUERS", "isn't JSON: set it to an array of issuers");
    };
    let Value::Array(elements) = &document.value else {
        return error("ISSUERS", "must be a JSON array of issuers");
    };
    if !document.ambiguities.is_empty() {
        return error("ISSUERS", "has a name twice, or text that isn't Unicode");
    }
    if elements.len() > MAX_ENTRIES {
        return error("ISSUERS", "has more than 32 entries");
    }
    let mut issuers: Vec<Issuer> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let path = format!("ISSUERS[{index}]");
        let issuer = issuer(&path, element, development)?;
        if issuers.iter().any(|known| known.name == issuer.name) {
            return error(&path, "has the same issuer as an entry before it");
        }
        issuers.push(issuer);
    }
    Ok(issuers)
}

fn issuer(path: &str, value: &Value<'_>, development: bool) -> Read<Issuer> {
    let members = [
        "issuer",
        "audience",
        "algorithms",
        "jwksUrl",
        "claims",
        "appOnly",
    ];
    let object = object(path, value, &members)?;
    let at = |name: &str| format!("{path}.{name}");
    let required = |name: &str| match object.get(name) {
        Some(value) => Ok(value),
        None => error(&at(name), "is missing"),
    };
    let name = text(&at("issuer"), required("issuer")?)?;
    if name == Issuer::DEVELOPMENT_NAME {
        return error(&at("issuer"), "is the name of the development issuer");
    }
    let url = text(&at("jwksUrl"), required("jwksUrl")?)?;
    check_url(&at("jwksUrl"), &url, development)?;
    let algorithms = match object.get("algorithms") {
        None => vec![Algorithm::Rs256],
        Some(value) => texts(&at("algorithms"), value)?
            .iter()
            .map(|name| algorithm(&at("algorithms"), name))
            .collect::<Read<_>>()?,
    };
    let claims = match object.get("claims") {
        None => ClaimNames::default(),
        Some(value) => claim_names(&at("claims"), value)?,
    };
    let app_only = match object.get("appOnly") {
        None => Evidence::usual(),
        Some(value) => evidence(&at("appOnly"), value)?,
    };
    Ok(Issuer {
        name,
        audiences: texts(&at("audience"), required("audience")?)?,
        algorithms,
        keys: KeySource::Jwks(url),
        claims,
        app_only,
    })
}

fn algorithm(path: &str, name: &str) -> Read<Algorithm> {
    match Algorithm::parse(name).filter(|known| Algorithm::PUBLIC.contains(known)) {
        Some(algorithm) => Ok(algorithm),
        None => error(path, "may have RS256, PS256, ES256 and EdDSA in it"),
    }
}

fn claim_names(path: &str, value: &Value<'_>) -> Read<ClaimNames> {
    let members = ["app", "user", "tenant", "principalName", "scopes"];
    let object = object(path, value, &members)?;
    let names = |name: &str, usual: Vec<String>| match object.get(name) {
        None => Ok(usual),
        Some(value) => texts(&format!("{path}.{name}"), value),
    };
    let usual = ClaimNames::default();
    Ok(ClaimNames {
        app: names("app", usual.app)?,
        user: names("user", usual.user)?,
        tenant: names("tenant", usual.tenant)?,
        principal_name: names("principalName", usual.principal_name)?,
        scopes: names("scopes", usual.scopes)?,
    })
}

/// An empty list is a choice: that issuer has no app-only tokens.
fn evidence(path: &str, value: &Value<'_>) -> Read<Vec<Evidence>> {
    let Value::Array(elements) = value else {
        return error(path, "must be a list of {\"claim\",\"equals\"}");
    };
    if elements.len() > MAX_ENTRIES {
        return error(path, "has more than 32 entries");
    }
    let members = ["claim", "equals"];
    elements
        .iter()
        .map(|element| {
            let object = object(path, element, &members)?;
            match (object.get("claim"), object.get("equals")) {
                (Some(claim), Some(equals)) => Ok(Evidence {
                    claim: text(path, claim)?,
                    equals: text(path, equals)?,
                }),
                _ => error(path, "must be a list of {\"claim\",\"equals\"}"),
            }
        })
        .collect()
}

fn object<'v, 'a>(path: &str, value: &'v Value<'a>, members: &[&str]) -> Read<&'v Object<'a>> {
    let Value::Object(object) = value else {
        return error(path, "must be an object");
    };
    let unknown = object
        .iter()
        .find(|member| !members.contains(&member.name.as_ref()));
    match unknown {
        None => Ok(object),
        Some(_) => error(
            path,
            format!("has a member that is none of {}", members.join(", ")),
        ),
    }
}

fn text(path: &str, value: &Value<'_>) -> Read<String> {
    match value.as_str() {
        Some(text) if !text.is_empty() && text.len() <= MAX_TEXT => Ok(text.to_owned()),
        _ => error(path, "must be a text of 1 to 1024 bytes"),
    }
}

/// A text, or a list of at least one text, as a list.
fn texts(path: &str, value: &Value<'_>) -> Read<Vec<String>> {
    match value {
        Value::Array(elements) if (1..=MAX_ENTRIES).contains(&elements.len()) => {
            elements.iter().map(|element| text(path, element)).collect()
        }
        Value::Array(_) => error(path, "must have 1 to 32 entries"),
        one => Ok(vec![text(path, one)?]),
    }
}

/// `https` with a host name; in development also `http` on this very machine.
fn check_url(path: &str, url: &str, development: bool) -> Read<()> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let plain = url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'@' | b'#' | b'\\'));
    let loopback = development && scheme == "http" && matches!(host, "127.0.0.1" | "localhost");
    let secure = scheme == "https" && HostName::parse(host).is_ok();
    if plain && is_number && (secure || loopback) {
        return Ok(());
    }
    error(
        path,
        "must be an https URL with a host name, without user or fragment",
    )
}

#[cfg(test)]
mod tests;
