//! The user notification subscription id, `X-UNS-ID` (CONTRACT §3).
//!
//! `v1.{key id}.{base64url(Hub id ‖ subscription id ‖ expiry)}.{base64url(HMAC-SHA-256)}`. The id leads straight to the
//! user's Hub: 32 bytes of its Durable Object id, which tells nothing about the user; then the 16 bytes of the
//! subscription's GUID; then the expiry, Unix seconds, 8 bytes big endian. The part before the last dot is signed. At
//! most 256 characters.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::credentials::{base64url_decode, base64url_encode};
use crate::guid::Guid;
use crate::time::{Duration, Timestamp};

/// The longest id, in characters.
pub const MAX_LENGTH: usize = 256;

/// The longest name of a key, in characters.
pub const MAX_KEY_ID: usize = 32;

/// (D21) How long an id works: 30 days.
pub const LIFETIME: Duration = Duration::from_days(30);

/// (D27) How long an app still reads and takes back what it sent by an id that has expired: 30 days (CONTRACT §5.1).
const KEPT: Duration = Duration::from_days(30);

const FORMAT: &str = "v1";

/// A key that signs subscription ids.
#[derive(Clone)]
pub struct Key {
    /// Its name, which stands in the ids.
    pub id: String,
    /// At least [`MIN_SECRET`](Self::MIN_SECRET) bytes.
    pub secret: Vec<u8>,
}

impl Key {
    /// How many bytes a secret has at least.
    pub const MIN_SECRET: usize = 32;
}

/// The content of an id, once its signature has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionId {
    /// The Durable Object id of the Hub.
    pub hub: HubId,
    /// The subscription.
    pub subscription: Guid,
    /// When it stops working; whole seconds.
    pub expires: Timestamp,
}

/// The 32 bytes of a Durable Object's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HubId([u8; 32]);

/// Why an id isn't accepted. All of them are 403 `NotAuthorizedForUser`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionIdError {
    /// Not one of ours, or signed with a key that isn't live.
    Forged,
    /// The id was signed by this service, and has expired.
    Expired,
}

impl HubId {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return None;
        }
        let mut digits = text.bytes();
        for byte in &mut bytes {
            let high = char::from(digits.next()?).to_digit(16)?;
            let low = char::from(digits.next()?).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Self(bytes))
    }

    /// From the bytes.
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Display for HubId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl SubscriptionId {
    /// Writes and signs the id.
    pub fn sign(&self, key: &Key) -> String {
        let expires = self.expires.unix_millis().div_euclid(1000).to_be_bytes();
        let parts = [
            self.hub.as_bytes(),
            self.subscription.as_bytes(),
            expires.as_slice(),
        ];
        signed(FORMAT, key, &parts.concat())
    }

    /// Checks an id against the live keys, in constant time, and its expiry against the clock.
    pub fn verify(text: &str, keys: &[Key], now: Timestamp) -> Result<Self, SubscriptionIdError> {
        let id = Self::check(text, keys).ok_or(SubscriptionIdError::Forged)?;
        if now >= id.expires {
            return Err(SubscriptionIdError::Expired);
        }
        Ok(id)
    }

    /// Checks an id by which an app only reads and takes back what it sent: it serves for another 30 days after its
    /// expiry.
    pub fn verify_for_sender(
        text: &str,
        keys: &[Key],
        now: Timestamp,
    ) -> Result<Self, SubscriptionIdError> {
        Self::verify(text, keys, now.saturating_sub(KEPT))
    }

    fn check(text: &str, keys: &[Key]) -> Option<Self> {
        let bytes = opened(FORMAT, text, keys)?;
        let (hub, rest) = bytes.split_first_chunk::<32>()?;
        let (subscription, rest) = rest.split_first_chunk::<16>()?;
        let expires = i64::from_be_bytes(rest.try_into().ok()?);
        Some(Self {
            hub: HubId(*hub),
            subscription: Guid::from_bytes(*subscription),
            expires: Timestamp::from_unix_millis(expires.checked_mul(1000)?)?,
        })
    }
}

/// `{format}.{key id}.{base64url(bytes)}.{base64url(HMAC-SHA-256 of what is before)}`
pub(crate) fn signed(format: &str, key: &Key, bytes: &[u8]) -> String {
    let signed = [format, ".", &key.id, ".", &base64url_encode(bytes)].concat();
    let signature = mac(key, &signed).map(|mac| mac.finalize().into_bytes());
    let signature = signature.map(|signature| base64url_encode(&signature));
    [signed, signature.unwrap_or_default()].join(".")
}

/// The bytes of a text that one of the keys has signed, in constant time. `None`: it is forged.
pub(crate) fn opened(format: &str, text: &str, keys: &[Key]) -> Option<Vec<u8>> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let (signed, signature) = text.rsplit_once('.')?;
    let mut parts = signed.split('.');
    let (known, key_id, bytes) = (parts.next()?, parts.next()?, parts.next()?);
    if known != format || parts.next().is_some() {
        return None;
    }
    let key = keys.iter().find(|key| key.id == key_id)?;
    mac(key, signed)?
        .verify_slice(&base64url_decode(signature)?)
        .ok()?;
    base64url_decode(bytes)
}

fn mac(key: &Key, signed: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    fn key(id: &str) -> Key {
        Key {
            id: id.into(),
            secret: vec![7; 32],
        }
    }

    fn id() -> SubscriptionId {
        SubscriptionId {
            hub: HubId::parse(&"0123456789abcdef".repeat(4)).unwrap(),
            subscription: Guid::random_v4([9; 16]),
            expires: Timestamp::from_unix_millis(1_790_000_000_000).unwrap(),
        }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(millis).unwrap()
    }

    #[test]
    fn what_was_signed_is_what_is_read() {
        let text = id().sign(&key("2026-11"));
        assert!(text.len() <= 160, "{text}");
        let keys = [key("other"), key("2026-11")];
        assert_eq!(
            SubscriptionId::verify(&text, &keys, at(1_789_999_999_999)),
            Ok(id())
        );
        assert_eq!(
            SubscriptionId::verify(&text, &keys, at(1_790_000_000_000)),
            Err(SubscriptionIdError::Expired)
        );
        assert_eq!(id().hub.to_string(), "0123456789abcdef".repeat(4));
    }

    #[test]
    fn a_change_of_any_character_is_found() {
        let text = id().sign(&key("k"));
        let keys = [key("k")];
        for position in 0..text.len() {
            let mut changed: Vec<char> = text.chars().collect();
            let slot = changed.get_mut(position).unwrap();
            *slot = if *slot == 'A' { 'B' } else { 'A' };
            let changed: String = changed.into_iter().collect();
            let verdict = SubscriptionId::verify(&changed, &keys, at(0));
            assert_eq!(verdict, Err(SubscriptionIdError::Forged), "{changed}");
        }
    }

    #[test]
    fn another_key_of_the_same_name_does_not_verify() {
        let text = id().sign(&key("k"));
        let other = Key {
            id: "k".into(),
            secret: vec![8; 32],
        };
        assert_eq!(
            SubscriptionId::verify(&text, &[other], at(0)),
            Err(SubscriptionIdError::Forged)
        );
        assert_eq!(
            SubscriptionId::verify(&text, &[], at(0)),
            Err(SubscriptionIdError::Forged)
        );
        for garbage in ["", "...", "v1.k.", &"x".repeat(257), "v1.k.AAAA.AAAA"] {
            let verdict = SubscriptionId::verify(garbage, &[key("k")], at(0));
            assert_eq!(verdict, Err(SubscriptionIdError::Forged), "{garbage}");
        }
    }
}
