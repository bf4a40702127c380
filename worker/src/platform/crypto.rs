//! Signatures, checked by the runtime's WebCrypto.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::fault::Fault;

#[wasm_bindgen]
extern "C" {
    type Subtle;

    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    static SUBTLE: Subtle;

    #[wasm_bindgen(method, catch, js_name = importKey)]
    fn import_key(
        this: &Subtle,
        format: &str,
        key: &Uint8Array,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn sign(
        this: &Subtle,
        algorithm: &str,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn verify(
        this: &Subtle,
        algorithm: &str,
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
        let algorithm = Object::new();
        Reflect::set(&algorithm, &"name".into(), &"HMAC".into())?;
        Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into())?;
        let usages = Array::of2(&"sign".into(), &"verify".into());
        let secret = Uint8Array::from(secret);
        let key =
            SUBTLE.with(|subtle| subtle.import_key("raw", &secret, &algorithm, false, &usages))?;
        Ok(Self(JsFuture::from(key).await?))
    }

    /// Checks a signature, in constant time.
    pub async fn verify(&self, signature: &[u8], data: &[u8]) -> Result<bool, Fault> {
        let (signature, data) = (Uint8Array::from(signature), Uint8Array::from(data));
        let verdict = SUBTLE.with(|subtle| subtle.verify("HMAC", &self.0, &signature, &data))?;
        Ok(JsFuture::from(verdict).await?.is_truthy())
    }

    /// Signs.
    pub async fn sign(&self, data: &[u8]) -> Result<Vec<u8>, Fault> {
        let data = Uint8Array::from(data);
        let signature = SUBTLE.with(|subtle| subtle.sign("HMAC", &self.0, &data))?;
        Ok(Uint8Array::new(&JsFuture::from(signature).await?).to_vec())
    }
}
