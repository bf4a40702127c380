//! An issuer's public keys, a JWK Set (RFC 7517 §5), and when it is fetched again.

use crate::credentials::{base64url_decode, issuer::Algorithm};
use crate::digest::hex_digits;
use crate::json::{self, Object, Value, Writer};
use crate::time::{Duration, Timestamp};

/// The largest key set that is read, in bytes. Real ones are 1 to 30 KiB.
pub const MAX_JWKS_BYTES: usize = 256 * 1024;

/// The most usable keys of a set. Real ones have 2 to 10.
pub const MAX_KEYS: usize = 100;

/// The bits of an RSA modulus (RFC 7518 §3.3).
const RSA_MODULUS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The points of Ed25519 whose order is small (1, 2, 4 or 8), as keys are written (RFC 8032 §5.1.2) but
/// for the sign: signatures that such a key accepts are no proof, since anybody can make them. The last
/// three are p − 1, and two spellings of the first two that aren't below p.
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// A public key that checks signatures of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: Option<String>,
    /// The only algorithm that it is for, where it says so.
    algorithm: Option<Algorithm>,
    material: Material,
}

/// The numbers of a key, base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { n: String, e: String },
    P256 { x: String, y: String },
    Ed25519 { x: String },
}

/// An issuer's keys, without those that this service can't use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<PublicKey>);

/// Why a text gives no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySetError {
    /// More than [`MAX_JWKS_BYTES`].
    TooLarge,
    /// No JSON object with a list of `keys`.
    Malformed,
    /// The set has no key that this service can use.
    NoUsableKey,
    /// The set has more than [`MAX_KEYS`] usable keys: if some were dropped, nobody could predict which.
    TooManyKeys,
}

impl std::fmt::Display for KeySetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "it has more than 256 KiB",
            Self::Malformed => "it is no JSON Web Key Set",
            Self::NoUsableKey => "it has no usable key",
            Self::TooManyKeys => "it has more than 100 usable keys",
        })
    }
}

impl std::error::Error for KeySetError {}

impl KeySet {
    /// Reads a set. Keys that aren't for signatures, or of another type, are passed over (RFC 7517
    /// §5).
    ///
    /// # Errors
    /// [`KeySetError`] for what isn't a set, or has no usable key, or too many.
    pub fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        if text.len() > MAX_JWKS_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let set = json::read_object(text).ok_or(KeySetError::Malformed)?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys: Vec<_> = keys
            .ok_or(KeySetError::Malformed)?
            .iter()
            .filter_map(|key| PublicKey::read(key.as_object()?))
            .take(MAX_KEYS + 1)
            .collect();
        match keys.len() {
            0 => Err(KeySetError::NoUsableKey),
            1..=MAX_KEYS => Ok(Self(keys)),
            _ => Err(KeySetError::TooManyKeys),
        }
    }

    /// The key that checks a token of this algorithm and `kid`, and its place in the set. Without a
    /// `kid` only the one key that fits will do.
    pub fn select(&self, algorithm: Algorithm, id: Option<&str>) -> Option<(usize, &PublicKey)> {
        let mut fitting =
            self.0.iter().enumerate().filter(|(_, key)| {
                key.fits(algorithm) && (id.is_none() || key.id.as_deref() == id)
            });
        let first = fitting.next();
        first.filter(|_| id.is_some() || fitting.next().is_none())
    }
}

impl PublicKey {
    fn read(key: &Object<'_>) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let is_for_signatures = key.get("use").is_none_or(|u| u.as_str() == Some("sig"));
        let verifies = key.get("key_ops").is_none_or(|operations| {
            let operations = operations.as_array().unwrap_or_default();
            operations.iter().any(|one| one.as_str() == Some("verify"))
        });
        if !is_for_signatures || !verifies {
            return None;
        }
        let algorithm = match text("alg") {
            None => None,
            Some(name) => Some(Algorithm::parse(name)?),
        };
        let number = |name: &str, fits: fn(&[u8]) -> bool| {
            text(name)
                .filter(|text| base64url_decode(text).is_some_and(|number| fits(&number)))
                .map(str::to_owned)
        };
        let material = match (text("kty")?, text("crv")) {
            ("RSA", None) => Material::Rsa {
                n: number("n", |n| RSA_MODULUS.contains(&bits(n)))?,
                e: number("e", |e| (2..=32).contains(&bits(e)))?,
            },
            ("EC", Some("P-256")) => Material::P256 {
                x: number("x", is_coordinate)?,
                y: number("y", is_coordinate)?,
            },
            ("OKP", Some("Ed25519")) => Material::Ed25519 {
                x: number("x", |x| is_coordinate(x) && !is_of_small_order(x))?,
            },
            _ => return None,
        };
        Some(Self {
            id: text("kid").map(str::to_owned),
            algorithm,
            material,
        })
    }

    /// An algorithm belongs to one type of key: no public key ever checks HS256.
    fn fits(&self, algorithm: Algorithm) -> bool {
        let of_its_type = match self.material {
            Material::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Material::P256 { .. } => algorithm == Algorithm::Es256,
            Material::Ed25519 { .. } => algorithm == Algorithm::EdDsa,
        };
        of_its_type && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// The key's numbers alone, as a JWK to import.
    pub fn to_jwk(&self) -> String {
        let mut jwk = Writer::new();
        jwk.begin_object();
        match &self.material {
            Material::Rsa { n, e } => {
                jwk.string_field("kty", "RSA");
                jwk.string_field("n", n);
                jwk.string_field("e", e);
            }
            Material::P256 { x, y } => {
                jwk.string_field("kty", "EC");
                jwk.string_field("crv", "P-256");
                jwk.string_field("x", x);
                jwk.string_field("y", y);
            }
            Material::Ed25519 { x } => {
                jwk.string_field("kty", "OKP");
                jwk.string_field("crv", "Ed25519");
                jwk.string_field("x", x);
            }
        }
        jwk.end_object();
        jwk.finish()
    }
}

/// The bits of a number in the fewest bytes, big endian (RFC 7518 §6.3.1.1); 0 for one that is padded
/// with zeros, behind which a short number would look long.
fn bits(number: &[u8]) -> usize {
    match number {
        [] | [0, ..] => 0,
        [first, ..] => (number.len() * 8).saturating_sub(first.leading_zeros() as usize),
    }
}

const fn is_coordinate(number: &[u8]) -> bool {
    number.len() == 32
}

fn is_of_small_order(x: &[u8]) -> bool {
    let last = x.len().saturating_sub(1);
    let unsigned = x.iter().enumerate().map(|(place, byte)| match place {
        // The highest bit is the sign.
        _ if place == last => byte & 0x7f,
        _ => *byte,
    });
    let digits: Vec<u8> = unsigned.flat_map(hex_digits).collect();
    SMALL_ORDER.iter().any(|point| point.as_bytes() == digits)
}

/// How often a key set is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// How long a set is used before it is fetched again.
    pub lifetime: Duration,
    /// The least time between two fetches: however many tokens name a key that isn't there, and
    /// while the issuer is down.
    pub pause: Duration,
}

impl Freshness {
    /// (D22) An hour, and a minute.
    pub const DEFAULT: Self = Self {
        lifetime: Duration::from_hours(1),
        pause: Duration::from_minutes(1),
    };

    /// The least time between two fetches while there are no keys at all: nothing of that issuer
    /// can be checked until then.
    fn first_pause(self) -> Duration {
        self.pause.min(Duration::from_seconds(5))
    }

    /// Whether the set is to be fetched now. `fetched`: when the keys that are known were; `tried`:
    /// the last fetch, whatever came of it; `found`: whether the wanted key is among them.
    pub fn is_due(
        self,
        fetched: Option<Timestamp>,
        tried: Option<Timestamp>,
        found: bool,
        now: Timestamp,
    ) -> bool {
        let since = |then: Timestamp| now.saturating_since(then);
        let wanted = !found || fetched.is_none_or(|fetched| since(fetched) >= self.lifetime);
        let pause = match fetched {
            Some(_) => self.pause,
            None => self.first_pause(),
        };
        wanted && tried.is_none_or(|tried| since(tried) >= pause)
    }
}

#[cfg(test)]
mod tests;
