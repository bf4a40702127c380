//! Which app may notify for which host (CONTRACT §3; DESIGN "Credentials").

use serde::{Deserialize, Serialize};

use crate::credentials::issuer::Issuer;

/// What the registry knows of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// The cross-device domains that it may notify for, in lower case.
    pub hosts: Vec<String>,
    /// On the blocked list: every call is 403 `CallerBlocked`.
    #[serde(default)]
    pub blocked: bool,
}

impl App {
    /// The key of an app's entry in `REGISTRY`.
    pub fn registry_key(issuer: &str, app: &str) -> String {
        format!("app:{issuer}:{app}")
    }

    /// The registry of development (CONTRACT §3), built in: there only while the development secret
    /// is.
    pub fn development(issuer: &str, app: &str) -> Option<Self> {
        let known = issuer == Issuer::DEVELOPMENT.name
            && matches!(app, "contoso-server" | "contoso-client");
        known.then(|| Self {
            hosts: vec!["graphnotifications.sample.windows.com".to_owned()],
            blocked: false,
        })
    }

    /// Whether the app may notify for that host (in lower case).
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known == host)
    }
}
