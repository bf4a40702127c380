//! Documents from elsewhere.

use js_sys::{Promise, Reflect, Uint8Array};
use notifeed::time::Duration;
use notifeed_hub::fault::Fault;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, RequestInit, Response};

use super::thrown;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch_global(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = timeout)]
    fn abort_after(millis: f64) -> Result<JsValue, JsValue>;
}

/// Gets a document: at most `limit` bytes, within `timeout` to its last byte, from
/// that very URL (no redirect is followed), with status 200; else an error.
pub async fn download(url: &str, limit: usize, timeout: Duration) -> Result<Vec<u8>, Fault> {
    let response = request(url, timeout).await.map_err(thrown)?;
    if response.status() != 200 {
        return Err(Fault::new(
            "a fetch answered with status",
            &response.status(),
        ));
    }
    let document = match response.body() {
        Some(stream) => read(&stream, limit).await.map_err(thrown)?,
        None => Some(Vec::new()),
    };
    document.ok_or_else(|| Fault::new("a fetch answered with more bytes than", &limit))
}

async fn request(url: &str, timeout: Duration) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    // After a redirect the answer wouldn't come from the configured server.
    Reflect::set(&init, &"redirect".into(), &"manual".into())?;
    Reflect::set(
        &init,
        &"signal".into(),
        &abort_after(timeout.millis() as f64)?,
    )?;
    let response = JsFuture::from(fetch_global(url, &init)?).await?;
    Ok(response.unchecked_into())
}

/// The bytes of a stream, unless they are over `limit`: then `None`, and no more of it is read.
async fn read(stream: &ReadableStream, limit: usize) -> Result<Option<Vec<u8>>, JsValue> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut document = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(Some(document));
        }
        let bytes: Uint8Array = Reflect::get(&chunk, &"value".into())?.unchecked_into();
        if document.len().saturating_add(bytes.length() as usize) > limit {
            let _ = reader.cancel();
            return Ok(None);
        }
        document.extend(bytes.to_vec());
    }
}
