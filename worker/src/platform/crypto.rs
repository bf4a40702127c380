//! Signatures, checked by the runtime's WebCrypto.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use notifeed::credentials::issuer::Algorithm;
use notifeed_hub::fault::Fault;

use super::thrown;

#[wasm_bindgen]
extern "C" {
    pub(super) type Subtle;

    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    pub(super) static SUBTLE: Subtle;

    #[wasm_bindgen(method, catch, js_name = importKey)]
    pub(super) fn import_key(
        this: &Subtle,
        format: &str,
        key: &Object,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = generateKey)]
    pub(super) fn generate_key(
        this: &Subtle,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = exportKey)]
    pub(super) fn export_key(
        this: &Subtle,
        format: &str,
        key: &JsValue,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deriveBits)]
    pub(super) fn derive_bits(
        this: &Subtle,
        algorithm: &Object,
        key: &JsValue,
        bits: u32,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn encrypt(
        this: &Subtle,
        algorithm: &Object,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn sign(
        this: &Subtle,
        algorithm: &JsValue,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn verify(
        this: &Subtle,
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
}

/// A key for HMAC with SHA-256.
#[derive(Clone)]
pub struct HmacKey(JsValue);

impl HmacKey {
    /// The key of those bytes.
    pub async fn import(secret: &[u8]) -> Result<Self, Fault> {
        let algorithm = object(&[("name", "HMAC"), ("hash", "SHA-256")]).map_err(thrown)?;
        let usages = Array::of2(&"sign".into(), &"verify".into());
        let secret = Uint8Array::from(secret);
        let key =
            SUBTLE.with(|subtle| subtle.import_key("raw", &secret, &algorithm, false, &usages));
        Ok(Self(settled(key).await?))
    }

    /// Checks a signature, in constant time.
    pub async fn verify(&self, signature: &[u8], data: &[u8]) -> Result<bool, Fault> {
        let (signature, data) = (Uint8Array::from(signature), Uint8Array::from(data));
        let hmac = JsValue::from_str("HMAC");
        let verdict = SUBTLE.with(|subtle| subtle.verify(&hmac, &self.0, &signature, &data));
        Ok(settled(verdict).await?.is_truthy())
    }

    /// Signs.
    pub async fn sign(&self, data: &[u8]) -> Result<Vec<u8>, Fault> {
        let data = Uint8Array::from(data);
        let hmac = JsValue::from_str("HMAC");
        let signature = SUBTLE.with(|subtle| subtle.sign(&hmac, &self.0, &data));
        Ok(Uint8Array::new(&settled(signature).await?).to_vec())
    }
}

/// A public key, for signatures of one algorithm.
#[derive(Clone)]
pub struct VerifyingKey {
    key: JsValue,
    parameters: JsValue,
}

impl VerifyingKey {
    /// The key of a JWK (RFC 7517), JSON text with nothing in it but the key's numbers. An error
    /// for numbers that make no key of that algorithm.
    pub async fn import(jwk: &str, algorithm: Algorithm) -> Result<Self, Fault> {
        let (import, verify): (&[_], &[_]) = match algorithm {
            Algorithm::Rs256 => (
                &[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")],
                &[("name", "RSASSA-PKCS1-v1_5")],
            ),
            Algorithm::Ps256 => (
                &[("name", "RSA-PSS"), ("hash", "SHA-256")],
                &[("name", "RSA-PSS")],
            ),
            Algorithm::Es256 => (
                &[("name", "ECDSA"), ("namedCurve", "P-256")],
                &[("name", "ECDSA"), ("hash", "SHA-256")],
            ),
            Algorithm::EdDsa => (&[("name", "Ed25519")], &[("name", "Ed25519")]),
            Algorithm::Hs256 => return Err(Fault::new("a public key", &"for a shared secret")),
        };
        let jwk: Object = js_sys::JSON::parse(jwk).map_err(thrown)?.unchecked_into();
        let usages = Array::of1(&"verify".into());
        let import = object(import).map_err(thrown)?;
        let key = SUBTLE.with(|subtle| subtle.import_key("jwk", &jwk, &import, false, &usages));
        let parameters = object(verify).map_err(thrown)?;
        if algorithm == Algorithm::Ps256 {
            // As long as the hash (RFC 7518 §3.5).
            Reflect::set(&parameters, &"saltLength".into(), &32.into()).map_err(thrown)?;
        }
        Ok(Self {
            key: settled(key).await?,
            parameters: parameters.into(),
        })
    }

    /// Checks a signature.
    pub async fn verify(&self, signature: &[u8], data: &[u8]) -> Result<bool, Fault> {
        let (signature, data) = (Uint8Array::from(signature), Uint8Array::from(data));
        let verdict =
            SUBTLE.with(|subtle| subtle.verify(&self.parameters, &self.key, &signature, &data));
        Ok(settled(verdict).await?.is_truthy())
    }
}

/// The outcome of a promise that was to be had.
pub(super) async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, Fault> {
    let promise = promise.map_err(thrown)?;
    JsFuture::from(promise).await.map_err(thrown)
}

pub(super) fn object(members: &[(&str, &str)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), &(*value).into())?;
    }
    Ok(object)
}
