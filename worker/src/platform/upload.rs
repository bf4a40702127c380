//! Sending to elsewhere.

use js_sys::{Object, Promise, Reflect, Uint8Array};
use notifeed::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

#[wasm_bindgen(raw_module = "../runtime/upload.mjs")]
extern "C" {
    /// Ends, without its body, within so many milliseconds.
    #[wasm_bindgen(catch)]
    fn upload(url: &str, init: &RequestInit, millis: f64) -> Result<Promise, JsValue>;
}

/// The answer of whoever was sent something.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
}

/// Posts bytes to that very URL: no redirect is followed, and nothing but status and `Retry-After` is
/// read of the answer. `None`: there was no answer within `timeout`.
pub async fn post(
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    timeout: Duration,
) -> Option<Answer> {
    let answer = request(url, headers, body, timeout).await.ok()?;
    let retry_after = answer.headers().get("Retry-After").ok().flatten();
    Some(Answer {
        status: answer.status(),
        retry_after,
    })
}

async fn request(
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    timeout: Duration,
) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    let of_request = Object::new();
    for (name, value) in headers {
        Reflect::set(&of_request, &(*name).into(), &(*value).into())?;
    }
    init.set_headers(&of_request);
    Reflect::set(&init, &"body".into(), &Uint8Array::from(body))?;
    // A redirect isn't followed, since its host hasn't been checked.
    Reflect::set(&init, &"redirect".into(), &"manual".into())?;
    let answer = JsFuture::from(upload(url, &init, timeout.millis() as f64)?).await?;
    Ok(answer.unchecked_into())
}
