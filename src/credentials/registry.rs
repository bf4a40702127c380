//! Which app may notify for which host (CONTRACT §3; ARCHITECTURE "Credentials").

use serde::{Deserialize, Deserializer, Serialize};

use crate::credentials::issuer::Issuer;
use crate::notification::HostName;
use crate::uri::percent_encode;

/// The longest key of KV, in bytes.
const MAX_KEY: usize = 512;

/// An app, as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// The cross-device domains that it may notify for.
    #[serde(deserialize_with = "host_names")]
    pub hosts: Vec<HostName>,
    /// On the blocked list: every call is 403 `CallerBlocked`.
    #[serde(default)]
    pub blocked: bool,
}

impl App {
    /// The key of an app's entry in `REGISTRY`: `app:{issuer}:{app id}`, both percent-encoded, so that
    /// no two pairs have the same. `None` for one that is too long for a key: no such app can be
    /// registered.
    pub fn registry_key(issuer: &str, app: &str) -> Option<String> {
        let key = format!("app:{}:{}", percent_encode(issuer), percent_encode(app));
        (key.len() <= MAX_KEY).then_some(key)
    }

    /// The registry of development (CONTRACT §3), built in: there only while the development secret
    /// is.
    pub fn development(issuer: &str, app: &str) -> Option<Self> {
        let known = issuer == Issuer::DEVELOPMENT_NAME
            && matches!(app, "contoso-server" | "contoso-client");
        known.then(|| Self {
            hosts: host("graphnotifications.sample.windows.com").collect(),
            blocked: false,
        })
    }

    /// An app that the registry doesn't know.
    pub const fn unregistered() -> Self {
        Self {
            hosts: Vec::new(),
            blocked: false,
        }
    }

    /// Whether the app may notify for that host.
    pub fn has_host(&self, host: &HostName) -> bool {
        self.hosts.contains(host)
    }
}

/// The host name in a text; nothing for a text that isn't a valid host name.
fn host(name: &str) -> impl Iterator<Item = HostName> {
    HostName::parse(name).into_iter()
}

fn host_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<HostName>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    Ok(names.iter().flat_map(|name| host(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_apps_have_the_same_key() {
        let key = |issuer, app| App::registry_key(issuer, app);
        assert_eq!(key("i", "a").as_deref(), Some("app:i:a"));
        assert_eq!(
            key("https://id/", "a b").as_deref(),
            Some("app:https%3A%2F%2Fid%2F:a%20b")
        );
        assert_ne!(key("a:b", "c"), key("a", "b:c"));
        assert_eq!(key("i", &"a".repeat(507)), None);
    }

    #[test]
    fn development_has_two_apps_and_one_host() {
        let hosts: Vec<_> = host("graphnotifications.sample.windows.com").collect();
        for app in ["contoso-server", "contoso-client"] {
            let known = App::development(Issuer::DEVELOPMENT_NAME, app);
            assert!(known.is_some_and(|app| app.hosts == hosts));
            assert_eq!(App::development("https://id/", app), None);
        }
        assert_eq!(App::development(Issuer::DEVELOPMENT_NAME, "other"), None);
    }
}
