//! The push services that a subscription may name. Whoever subscribes names the URL that the service
//! will call: an open list would let anybody have it call anything.

use std::fmt;

use crate::notification::HostName;

/// The services of the browsers, as of 2026: Chromium, Chromium without Google's keys, Firefox, Edge and
/// Safari. Apple asks for any subdomain.
const KNOWN: [&str; 5] = [
    "fcm.googleapis.com",
    "jmt17.google.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
];

/// The most entries of the setting `PUSH_HOSTS`.
const MAX_ENTRIES: usize = 32;

/// The hosts that are pushed to: those of the known services, and those that the setting `PUSH_HOSTS`
/// adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushHosts {
    added: Vec<String>,
}

impl PushHosts {
    /// Reads the setting: host names, separated by commas or blanks; `*.` in front of a name stands for
    /// any subdomain of it.
    ///
    /// # Errors
    /// The first entry that is no such name, or more than 32 of them.
    pub fn parse(text: &str) -> Result<Self, PushHostsError> {
        let entries = text
            .split([',', ' ', '\t', '\n'])
            .filter(|entry| !entry.is_empty());
        let mut added = Vec::new();
        for entry in entries {
            let name = entry.strip_prefix("*.").unwrap_or(entry);
            // A lone label under `*.` would be a whole top-level domain.
            if HostName::parse(name).is_err() || (name != entry && !name.contains('.')) {
                return Err(PushHostsError::NotAHost(entry.to_owned()));
            }
            added.push(entry.to_ascii_lowercase());
        }
        if added.len() > MAX_ENTRIES {
            return Err(PushHostsError::TooMany);
        }
        Ok(Self { added })
    }

    /// Whether the host, in lower case, may be pushed to.
    pub fn allow(&self, host: &HostName) -> bool {
        let added = self.added.iter().map(String::as_str);
        let mut patterns = KNOWN.into_iter().chain(added);
        patterns.any(|pattern| matches(host.as_str(), pattern))
    }
}

/// A subdomain ends with a dot and the name, not with the name alone.
fn matches(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
        None => host == pattern,
    }
}

/// A fault of the setting `PUSH_HOSTS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushHostsError {
    /// An entry that is no host name, with or without `*.` in front.
    NotAHost(String),
    /// More than 32 entries.
    TooMany,
}

impl fmt::Display for PushHostsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAHost(entry) => {
                write!(f, "`{entry}` is no host name like `*.push.example.com`")
            }
            Self::TooMany => f.write_str("there are more than 32 entries"),
        }
    }
}

impl std::error::Error for PushHostsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(hosts: &PushHosts, host: &str) -> bool {
        HostName::parse(host).is_ok_and(|host| hosts.allow(&host))
    }

    #[test]
    fn the_known_services_and_nothing_that_looks_like_one() {
        let hosts = PushHosts::default();
        for host in [
            "fcm.googleapis.com",
            "FCM.googleapis.com",
            "jmt17.google.com",
            "updates.push.services.mozilla.com",
            "wns2-par02p.notify.windows.com",
            "web.push.apple.com",
            "api.sandbox.push.apple.com",
        ] {
            assert!(allowed(&hosts, host), "{host}");
        }
        for host in [
            "googleapis.com",
            "x.fcm.googleapis.com",
            "fcm.googleapis.com.evil.example",
            "evilfcm.googleapis.com",
            "push.services.mozilla.com",
            "evilpush.services.mozilla.com",
            "evilnotify.windows.com",
            "notify.windows.com",
            "push.apple.com",
            "localhost",
            "169.254.169.254",
            "push.example.com",
        ] {
            assert!(!allowed(&hosts, host), "{host}");
        }
    }

    #[test]
    fn a_setting_adds_hosts() {
        let hosts =
            PushHosts::parse("Push.example.com, *.up.example.net\tlocalhost").unwrap_or_default();
        for (host, expected) in [
            ("push.example.com", true),
            ("a.push.example.com", false),
            ("a.up.example.net", true),
            ("up.example.net", false),
            ("localhost", true),
            ("fcm.googleapis.com", true),
            ("example.com", false),
        ] {
            assert_eq!(allowed(&hosts, host), expected, "{host}");
        }
        assert_eq!(PushHosts::parse(" ,"), Ok(PushHosts::default()));
        for wrong in [
            "https://push.example.com",
            "*",
            "*.",
            "*.com",
            "127.0.0.1",
            "a*.b.c",
            "*.*.b.c",
        ] {
            let error = PushHostsError::NotAHost(wrong.to_owned());
            assert_eq!(PushHosts::parse(wrong), Err(error), "{wrong}");
        }
        let many = |count: usize| "push.example.com,".repeat(count);
        assert!(PushHosts::parse(&many(MAX_ENTRIES)).is_ok());
        assert_eq!(
            PushHosts::parse(&many(MAX_ENTRIES + 1)),
            Err(PushHostsError::TooMany)
        );
    }
}
