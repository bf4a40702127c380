//! The sender's identity: VAPID (RFC 8292). A browser ties a subscription to the key that it was made with.

use std::collections::BTreeMap;
use std::fmt;

use super::point::{POINT, is_on_curve};
use crate::credentials::{base64url_decode, base64url_encode};
use crate::json::{Writer, joined};
use crate::notification::HostName;
use crate::time::{Duration, Timestamp};

/// How long a token counts: 12 hours. Push services refuse more than 24.
const LIFETIME: Duration = Duration::from_hours(12);

/// How long before its end a token is made anew.
const RENEWED_BEFORE: Duration = Duration::from_hours(1);

/// The most characters of a key's id.
const MAX_KEY_ID: usize = 32;

/// A key pair that tokens are signed with (ES256).
#[derive(Clone, PartialEq, Eq)]
pub struct VapidKey {
    /// Its name.
    pub id: String,
    /// An uncompressed point of P-256.
    pub public: [u8; POINT],
    /// The number behind it.
    private: [u8; 32],
}

impl VapidKey {
    /// The public key as browsers take it: `applicationServerKey`.
    pub fn application_server_key(&self) -> String {
        base64url_encode(&self.public)
    }

    /// The answer of `…/subscriptions/applicationServerKey` (CONTRACT §5.7).
    pub fn to_json(&self) -> String {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("keyId", &self.id);
        writer.string_field("applicationServerKey", &self.application_server_key());
        writer.end_object();
        writer.finish()
    }

    /// The key pair as a JWK (RFC 7518 §6.2), for the runtime's cryptography.
    pub fn to_jwk(&self) -> String {
        let (x, y) = self.public.get(1..).unwrap_or_default().split_at(32);
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("kty", "EC");
        writer.string_field("crv", "P-256");
        writer.string_field("x", &base64url_encode(x));
        writer.string_field("y", &base64url_encode(y));
        writer.string_field("d", &base64url_encode(&self.private));
        writer.end_object();
        writer.finish()
    }

    /// The value of `Authorization` for a token: what was signed, and the signature.
    pub fn authorization(&self, signed: &str, signature: &[u8]) -> String {
        let signature = base64url_encode(signature);
        joined(&[
            "vapid t=",
            signed,
            ".",
            &signature,
            ", k=",
            &self.application_server_key(),
        ])
    }
}

/// Without the private key.
impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VapidKey").field(&self.id).finish()
    }
}

/// The keys of a deployment, and whom a push service may write to about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vapid {
    keys: Vec<VapidKey>,
    current: VapidKey,
    contact: String,
}

impl Vapid {
    /// Reads the settings: `VAPID_KEYS`, as key id to `{"publicKey","privateKey"}` in base64url;
    /// `VAPID_KEY_ID`, else the last by name; `PUSH_CONTACT`, a `mailto:` or `https:` URL of somebody who
    /// isn't on this very machine: Apple refuses that.
    ///
    /// # Errors
    /// The setting that is wrong, and the reason.
    pub fn read(
        keys: &BTreeMap<String, (String, String)>,
        current: Option<&str>,
        contact: &str,
    ) -> Result<Self, VapidError> {
        let mut read = Vec::with_capacity(keys.len());
        for (id, (public, private)) in keys {
            read.push(key(id, public, private).ok_or(VapidError::Key)?);
        }
        let current = match current {
            Some(id) => read.iter().find(|key| key.id == id),
            None => read.last(),
        };
        let current = current.cloned().ok_or(VapidError::Current)?;
        if !is_contact(contact) {
            return Err(VapidError::Contact);
        }
        Ok(Self {
            keys: read,
            current,
            contact: contact.to_owned(),
        })
    }

    /// The key that new subscriptions are made with.
    pub const fn current(&self) -> &VapidKey {
        &self.current
    }

    /// The key that a subscription was made with, unless it was taken away since.
    pub fn key(&self, id: &str) -> Option<&VapidKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The signed part of a token for a push service: header and claims (RFC 8292 §2), and until when it
    /// serves.
    pub fn signed(&self, origin: &str, now: Timestamp) -> (String, Timestamp) {
        let expires = now.saturating_add(LIFETIME);
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("aud", origin);
        writer.integer_field("exp", expires.unix_millis().div_euclid(1000));
        writer.string_field("sub", &self.contact);
        writer.end_object();
        let header = base64url_encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = base64url_encode(writer.finish().as_bytes());
        let renew_at = expires.saturating_sub(RENEWED_BEFORE);
        (joined(&[&header, ".", &claims]), renew_at)
    }
}

fn key(id: &str, public: &str, private: &str) -> Option<VapidKey> {
    let named = (1..=MAX_KEY_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let public = base64url_decode(public)?
        .try_into()
        .ok()
        .filter(is_on_curve)?;
    let private = base64url_decode(private)?.try_into().ok()?;
    named.then(|| VapidKey {
        id: id.to_owned(),
        public,
        private,
    })
}

fn is_contact(contact: &str) -> bool {
    let host = match (
        contact.strip_prefix("mailto:"),
        contact.strip_prefix("https://"),
    ) {
        (Some(address), _) => address.rsplit_once('@').map(|(_, host)| host),
        (_, Some(url)) => url.split(['/', '?', '#']).next(),
        _ => None,
    };
    host.is_some_and(|host| HostName::parse(host).is_ok() && host.contains('.'))
        && contact
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

/// A fault of the settings of VAPID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VapidError {
    /// A key pair isn't valid.
    Key,
    /// No key has the name in `VAPID_KEY_ID`.
    Current,
    /// The contact isn't a `mailto:` or `https:` URL at a public host.
    Contact,
}

impl fmt::Display for VapidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "VAPID_KEYS must be a JSON object: key id to {\"publicKey\",\"privateKey\"}, a key pair of P-256 in base64url",
            Self::Current => "VAPID_KEYS has no key of the name in VAPID_KEY_ID",
            Self::Contact => "PUSH_CONTACT must be a mailto: or https: URL at a public host",
        })
    }
}

impl std::error::Error for VapidError {}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test ends at the first surprise")]
mod tests {
    use super::*;

    /// The key pair of RFC 8291 §5.
    const PUBLIC: &str =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    const PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const CONTACT: &str = "mailto:ops@example.com";

    fn keys(names: &[&str]) -> BTreeMap<String, (String, String)> {
        let pair = || (PUBLIC.to_owned(), PRIVATE.to_owned());
        names
            .iter()
            .map(|name| ((*name).to_owned(), pair()))
            .collect()
    }

    #[test]
    fn a_token_says_for_whom_until_when_and_whom_to_ask() {
        let now = Timestamp::saturating_from_unix_millis(1_790_000_000_250);
        let vapid = Vapid::read(&keys(&["1", "2"]), None, CONTACT).expect("they are right");
        let (signed, renew_at) = vapid.signed("https://fcm.googleapis.com", now);
        let parts: Vec<_> = signed.split('.').filter_map(base64url_decode).collect();
        let parts: Vec<_> = parts
            .iter()
            .map(|part| String::from_utf8_lossy(part))
            .collect();
        let claims = r#"{"aud":"https://fcm.googleapis.com","exp":1790043200,"sub":"mailto:ops@example.com"}"#;
        assert_eq!(parts, [r#"{"typ":"JWT","alg":"ES256"}"#, claims]);
        assert_eq!(renew_at.unix_millis(), 1_790_000_000_250 + 11 * 3_600_000);
        let key = vapid.current();
        assert_eq!(
            (key.id.as_str(), key.application_server_key().as_str()),
            ("2", PUBLIC)
        );
        assert_eq!(
            key.authorization("a.b", &[0xff]),
            format!("vapid t=a.b._w, k={PUBLIC}")
        );
        assert!(key.to_jwk().ends_with(&format!(r#","d":"{PRIVATE}"}}"#)));
        assert_eq!(format!("{key:?}"), r#"VapidKey("2")"#);
        assert!(vapid.key("1").is_some() && vapid.key("3").is_none());
    }

    #[test]
    fn settings_that_would_not_work_are_refused() {
        let read = |keys: &BTreeMap<_, _>, current, contact| {
            Vapid::read(keys, current, contact).map(|_| ())
        };
        assert_eq!(
            read(&keys(&["1"]), Some("1"), "https://example.com/push"),
            Ok(())
        );
        assert_eq!(
            read(&keys(&["1"]), Some("2"), CONTACT),
            Err(VapidError::Current)
        );
        assert_eq!(read(&keys(&[]), None, CONTACT), Err(VapidError::Current));
        for name in ["", "a.b", &"k".repeat(33)] {
            assert_eq!(
                read(&keys(&[name]), None, CONTACT),
                Err(VapidError::Key),
                "{name}"
            );
        }
        for (public, private) in [(PRIVATE, PRIVATE), (PUBLIC, PUBLIC), (PUBLIC, ""), ("", "")] {
            let pair = (public.to_owned(), private.to_owned());
            let keys = BTreeMap::from([("1".to_owned(), pair)]);
            assert_eq!(
                read(&keys, None, CONTACT),
                Err(VapidError::Key),
                "{public} {private}"
            );
        }
        for contact in [
            "",
            "ops@example.com",
            "mailto:ops@localhost",
            "https://localhost/",
            "http://example.com",
            "mailto:example.com",
            "mailto:o\"@example.com",
            "https://127.0.0.1/",
        ] {
            assert_eq!(
                read(&keys(&["1"]), None, contact),
                Err(VapidError::Contact),
                "{contact}"
            );
        }
    }
}
