//! An issuer's public keys, a JWK Set (RFC 7517 §5), and when it is fetched again.

use crate::credentials::{base64url_decode, issuer::Algorithm};
use crate::json::{self, Object, Value, Writer};
use crate::time::Timestamp;

/// The largest key set that is read, in bytes. Real ones are 1 to 30 KiB.
pub const MAX_JWKS_BYTES: usize = 256 * 1024;

/// The most keys that are kept of a set. Real ones have 2 to 10.
const MAX_KEYS: usize = 100;

/// The bytes of an RSA modulus: 2048 (RFC 7518 §3.3) to 8192 bits.
const RSA_MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

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

impl KeySet {
    /// Reads a set. Keys that aren't for signatures, or of another type, are passed over (RFC 7517
    /// §5). `None`: it isn't a set, or there is no usable key in it.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() > MAX_JWKS_BYTES {
            return None;
        }
        let set = json::read_object(text)?;
        let keys: Vec<_> = set
            .get("keys")?
            .as_array()?
            .iter()
            .filter_map(|key| PublicKey::read(key.as_object()?))
            .take(MAX_KEYS)
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
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
        let number = |name: &str, lengths: std::ops::RangeInclusive<usize>| {
            text(name)
                .filter(|text| base64url_decode(text).is_some_and(|n| lengths.contains(&n.len())))
                .map(str::to_owned)
        };
        let material = match (text("kty")?, text("crv")) {
            ("RSA", None) => Material::Rsa {
                n: number("n", RSA_MODULUS)?,
                e: number("e", 1..=4)?,
            },
            ("EC", Some("P-256")) => Material::P256 {
                x: number("x", 32..=32)?,
                y: number("y", 32..=32)?,
            },
            ("OKP", Some("Ed25519")) => Material::Ed25519 {
                x: number("x", 32..=32)?,
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

/// How often a key set is fetched, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// How long a set is used before it is fetched again.
    pub lifetime: i64,
    /// The least time between two fetches: however many tokens name a key that isn't there, and
    /// while the issuer is down.
    pub pause: i64,
}

impl Freshness {
    /// (D22) An hour, and a minute.
    pub const DEFAULT: Self = Self {
        lifetime: 60 * 60 * 1000,
        pause: 60 * 1000,
    };

    /// The least time between two fetches while there are no keys at all: nothing of that issuer
    /// can be checked until then.
    fn first_pause(self) -> i64 {
        self.pause.min(5000)
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
        let since = |then: Timestamp| now.saturating_millis_since(then);
        let wanted = !found || fetched.is_none_or(|fetched| since(fetched) >= self.lifetime);
        let pause = match fetched {
            Some(_) => self.pause,
            None => self.first_pause(),
        };
        wanted && tried.is_none_or(|tried| since(tried) >= pause)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;
    use crate::credentials::base64url_encode;

    fn bytes(count: usize) -> String {
        base64url_encode(&vec![7; count])
    }

    fn rsa(rest: &str) -> String {
        format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"{rest}}}"#, bytes(256))
    }

    fn set(keys: &[String]) -> Option<KeySet> {
        KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes())
    }

    #[test]
    fn a_key_is_chosen_by_name_and_type() {
        let ec = format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}","kid":"e"}}"#,
            bytes(32)
        );
        let ed = format!(
            r#"{{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"d"}}"#,
            bytes(32)
        );
        let pss = rsa(r#","kid":"p","alg":"PS256","use":"sig","key_ops":["verify"],"x5c":["…"]"#);
        let keys = set(&[rsa(r#","kid":"r""#), ec, ed, pss]).unwrap();
        let place = |algorithm, id| keys.select(algorithm, id).map(|(place, _)| place);
        assert_eq!(place(Algorithm::Rs256, Some("r")), Some(0));
        assert_eq!(place(Algorithm::Ps256, Some("r")), Some(0));
        assert_eq!(place(Algorithm::Es256, Some("e")), Some(1));
        assert_eq!(place(Algorithm::EdDsa, None), Some(2));
        assert_eq!(place(Algorithm::Ps256, Some("p")), Some(3));
        assert_eq!(place(Algorithm::Rs256, Some("p")), None);
        assert_eq!(place(Algorithm::Rs256, None), Some(0));
        assert_eq!(place(Algorithm::Ps256, None), None);
        assert_eq!(place(Algorithm::Es256, Some("r")), None);
        for id in [None, Some("r"), Some("e")] {
            assert_eq!(place(Algorithm::Hs256, id), None);
        }
        let (_, key) = keys.select(Algorithm::EdDsa, None).unwrap();
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, bytes(32));
        assert_eq!(key.to_jwk(), jwk);
    }

    #[test]
    fn what_is_passed_over() {
        let short = rsa("").replace(&bytes(256), &bytes(128));
        let secret = format!(r#"{{"kty":"oct","k":"{}"}}"#, bytes(32));
        let p384 = format!(
            r#"{{"kty":"EC","crv":"P-384","x":"{0}","y":"{0}"}}"#,
            bytes(48)
        );
        for unusable in [
            rsa(r#","use":"enc""#),
            rsa(r#","key_ops":["encrypt"]"#),
            rsa(r#","alg":"RS512""#),
            short,
            secret,
            p384,
            rsa("").replace("AQAB", "A=="),
            "5".to_owned(),
        ] {
            assert_eq!(set(std::slice::from_ref(&unusable)), None, "{unusable}");
            assert!(set(&[unusable, rsa("")]).is_some());
        }
    }

    #[test]
    fn what_is_no_key_set() {
        let large = format!(
            r#"{{"keys":[{}],"x":"{}"}}"#,
            rsa(""),
            "x".repeat(MAX_JWKS_BYTES)
        );
        for text in [
            "",
            "[]",
            "{}",
            r#"{"keys":{}}"#,
            r#"{"keys":[]}"#,
            "<html>",
            &large,
        ] {
            assert_eq!(KeySet::parse(text.as_bytes()), None, "{text:.40}");
        }
    }

    #[test]
    fn when_it_is_fetched() {
        let at = |seconds: i64| Some(Timestamp::saturating_from_unix_millis(seconds * 1000));
        let due = |fetched, tried, found| {
            Freshness::DEFAULT.is_due(fetched, tried, found, at(10_000).unwrap())
        };
        assert!(due(None, None, false));
        assert!(!due(None, at(9_996), false));
        assert!(due(None, at(9_995), false));
        assert!(!due(at(6_401), at(6_401), true));
        assert!(due(at(6_400), at(6_400), true));
        assert!(!due(at(6_400), at(9_941), true));
        assert!(!due(at(9_941), at(9_941), false));
        assert!(due(at(9_940), at(9_940), false));
    }
}
