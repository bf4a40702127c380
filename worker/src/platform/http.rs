//! Requests in, answers out.

use js_sys::{Promise, Reflect, Uint8Array};
use notifeed::http::{Context, MAX_TRANSFER_BYTES, Reply, encoding};
use notifeed::live::SUBPROTOCOL;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Request, RequestInit};
use worker::{Headers, Response, ResponseBuilder, WebSocketPair};

use crate::fault::{Fault, Stop};
use crate::platform::sockets;

/// The value of a request header. The runtime has joined repeated ones with `, `.
pub fn header(request: &Request, name: &str) -> Option<String> {
    request.headers().get(name).ok().flatten()
}

/// The whole body, unless it is over [`MAX_TRANSFER_BYTES`]: then 413, and no more of it is read.
pub async fn body(request: &Request) -> Result<Vec<u8>, Stop> {
    let declared = header(request, "Content-Length").and_then(|text| text.parse::<usize>().ok());
    match declared {
        Some(length) if length > MAX_TRANSFER_BYTES => Err(encoding::too_large().into()),
        Some(_) => {
            let buffer = JsFuture::from(request.array_buffer()?).await?;
            Ok(Uint8Array::new(&buffer).to_vec())
        }
        None => read_chunks(request.body(), MAX_TRANSFER_BYTES)
            .await?
            .ok_or_else(|| encoding::too_large().into()),
    }
}

/// What a stream has, unless that is over `limit` bytes: then `None`, and no more of it is read.
async fn read_chunks(
    stream: Option<ReadableStream>,
    limit: usize,
) -> Result<Option<Vec<u8>>, Fault> {
    let Some(stream) = stream else {
        return Ok(Some(Vec::new()));
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(Some(body));
        }
        let bytes: Uint8Array = Reflect::get(&chunk, &"value".into())?.unchecked_into();
        if body.len().saturating_add(bytes.length() as usize) > limit {
            let _ = reader.cancel();
            return Ok(None);
        }
        body.extend(bytes.to_vec());
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch_global(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = timeout)]
    fn abort_after(millis: u32) -> Result<JsValue, JsValue>;
}

/// Gets a document from elsewhere: at most `limit` bytes, within `timeout` milliseconds to its last
/// byte, from that very URL (no redirect is followed), with status 200; else an error.
pub async fn get(url: &str, limit: usize, timeout: u32) -> Result<Vec<u8>, Fault> {
    let init = RequestInit::new();
    // Redirected elsewhere, the one who answers isn't the one who was configured.
    Reflect::set(&init, &"redirect".into(), &"manual".into())?;
    Reflect::set(&init, &"signal".into(), &abort_after(timeout)?)?;
    let response = JsFuture::from(fetch_global(url, &init)?).await?;
    let response: web_sys::Response = response.unchecked_into();
    if response.status() != 200 {
        return Err(Fault::new(
            "a fetch answered with status",
            &response.status(),
        ));
    }
    read_chunks(response.body(), limit)
        .await?
        .ok_or_else(|| Fault::new("a fetch answered with more bytes than", &limit))
}

/// Moves an answer onto the wire.
pub fn respond(reply: &Reply) -> Result<Response, Fault> {
    let headers = Headers::new();
    for (name, value) in &reply.headers {
        headers.set(name, value)?;
    }
    let builder = ResponseBuilder::new()
        .with_status(reply.status)
        .with_headers(headers);
    Ok(if reply.body.is_empty() {
        builder.empty()
    } else {
        builder.fixed(reply.body.clone().into_bytes())
    })
}

/// Answers an upgrade whose other end has been accepted. `subprotocol`: whether the client offered
/// ours; no other is ever answered.
pub fn switch_protocols(
    client: worker::WebSocket,
    subprotocol: bool,
    context: &Context,
) -> Result<Response, Fault> {
    let mut builder = ResponseBuilder::new()
        .with_status(101)
        .with_header("request-id", &context.request_id.to_string())?
        .with_websocket(client);
    if subprotocol {
        builder = builder.with_header("Sec-WebSocket-Protocol", SUBPROTOCOL)?;
    }
    Ok(builder.empty())
}

/// Accepts an upgrade only to close it: for browsers, which could see neither the status nor the
/// envelope of a refusal.
pub fn refuse_socket(
    code: u16,
    reason: &str,
    subprotocol: bool,
    context: &Context,
) -> Result<Response, Fault> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    sockets::close(&pair.server, code, reason);
    switch_protocols(pair.client, subprotocol, context)
}
