//! The key exchange and the encryption of Web Push, and the signature of VAPID, by the runtime's
//! WebCrypto. The input, and how the parts are put together, are [`record`] and
//! [`vapid`](notifeed::push::vapid).

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use notifeed::push::channel::WebPush;
use notifeed::push::record;
use notifeed_hub::fault::Fault;

use super::crypto::{SUBTLE, object, settled};
use super::{random_bytes, thrown};

const P256: (&str, &str) = ("namedCurve", "P-256");

/// A key pair for one message.
pub struct KeyPair {
    public: [u8; 65],
    private: JsValue,
}

impl KeyPair {
    /// A new one.
    pub async fn generate() -> Result<Self, Fault> {
        let algorithm = object(&[("name", "ECDH"), P256]).map_err(thrown)?;
        let usages = Array::of1(&"deriveBits".into());
        let pair = SUBTLE.with(|subtle| subtle.generate_key(&algorithm, false, &usages));
        let pair = settled(pair).await?;
        let half = |name: &str| Reflect::get(&pair, &name.into()).map_err(thrown);
        let public = half("publicKey")?;
        let raw = SUBTLE.with(|subtle| subtle.export_key("raw", &public));
        let raw = Uint8Array::new(&settled(raw).await?).to_vec();
        Ok(Self {
            public: raw
                .try_into()
                .map_err(|_| Fault::new("a new key", &"not 65 bytes"))?,
            private: half("privateKey")?,
        })
    }
}

/// The body of a push: the text, encrypted for the browser with a key pair and a salt of this message's
/// own.
pub async fn encrypt(
    text: &str,
    to: &WebPush,
    pair: &KeyPair,
    salt: [u8; record::SALT],
) -> Result<Vec<u8>, Fault> {
    let padded = record::padded(text).ok_or_else(|| Fault::new("a push", &"too long"))?;
    let algorithm = object(&[("name", "ECDH"), P256]).map_err(thrown)?;
    let p256dh = Uint8Array::from(to.p256dh.as_slice());
    let none = Array::new();
    let key = SUBTLE.with(|subtle| subtle.import_key("raw", &p256dh, &algorithm, false, &none));
    let exchange = object(&[("name", "ECDH")]).map_err(thrown)?;
    Reflect::set(&exchange, &"public".into(), &settled(key).await?).map_err(thrown)?;
    let shared = SUBTLE.with(|subtle| subtle.derive_bits(&exchange, &pair.private, 256));
    let shared = Uint8Array::new(&settled(shared).await?);
    let info = record::key_info(&to.p256dh, &pair.public);
    let material = hkdf(&shared, &to.auth, &info, 32).await?;
    let content_key = hkdf(&material, &salt, record::CONTENT_KEY_INFO, 16).await?;
    let nonce = hkdf(&material, &salt, record::NONCE_INFO, 12).await?;
    let algorithm = object(&[("name", "AES-GCM")]).map_err(thrown)?;
    let usages = Array::of1(&"encrypt".into());
    let key =
        SUBTLE.with(|subtle| subtle.import_key("raw", &content_key, &algorithm, false, &usages));
    let key = settled(key).await?;
    Reflect::set(&algorithm, &"iv".into(), &nonce).map_err(thrown)?;
    let padded = Uint8Array::from(padded.as_slice());
    let sealed = SUBTLE.with(|subtle| subtle.encrypt(&algorithm, &key, &padded));
    let sealed = Uint8Array::new(&settled(sealed).await?).to_vec();
    Ok(record::body(&salt, &pair.public, &sealed))
}

/// HKDF with SHA-256 (RFC 5869).
async fn hkdf(
    secret: &Uint8Array,
    salt: &[u8],
    info: &[u8],
    bytes: u32,
) -> Result<Uint8Array, Fault> {
    let algorithm = object(&[("name", "HKDF"), ("hash", "SHA-256")]).map_err(thrown)?;
    let usages = Array::of1(&"deriveBits".into());
    let key = SUBTLE.with(|subtle| subtle.import_key("raw", secret, &algorithm, false, &usages));
    let key = settled(key).await?;
    for (name, value) in [("salt", salt), ("info", info)] {
        Reflect::set(&algorithm, &name.into(), &Uint8Array::from(value)).map_err(thrown)?;
    }
    let bits = bytes.saturating_mul(8);
    let derived = SUBTLE.with(|subtle| subtle.derive_bits(&algorithm, &key, bits));
    Ok(Uint8Array::new(&settled(derived).await?))
}

/// A signature by ES256 with the key of a JWK.
pub async fn sign(jwk: &str, data: &str) -> Result<Vec<u8>, Fault> {
    let jwk: Object = js_sys::JSON::parse(jwk).map_err(thrown)?.unchecked_into();
    let algorithm = object(&[("name", "ECDSA"), P256, ("hash", "SHA-256")]).map_err(thrown)?;
    let usages = Array::of1(&"sign".into());
    let key = SUBTLE.with(|subtle| subtle.import_key("jwk", &jwk, &algorithm, false, &usages));
    let key = settled(key).await?;
    let data = Uint8Array::from(data.as_bytes());
    let signature = SUBTLE.with(|subtle| subtle.sign(&algorithm, &key, &data));
    Ok(Uint8Array::new(&settled(signature).await?).to_vec())
}

/// Random bytes for a message.
pub fn salt() -> Result<[u8; record::SALT], Fault> {
    random_bytes()
}
