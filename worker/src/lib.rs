//! The edge: routing, credentials, and the host of feeds. The only crate with I/O.
//!
//! [`edge`] answers a request as far as it can without a user's feed; [`feed`] runs feeds in Durable
//! Objects; [`credentials`] proves who calls; [`platform`] has the runtime's interfaces, and
//! [`settings`] the deployment's choices. All decisions are made by the contract (`notifeed`) and the
//! feed (`notifeed-hub`).
//!
//! JavaScript drives it (worker/runtime/entry.mjs, worker/runtime/hub.mjs): what is hot is a plain call that answers
//! at once, without a promise; what has to ask somebody else is an async function. Below is all that
//! it can call.

#![expect(
    missing_docs,
    reason = "the macro of wasm-bindgen makes items without documentation"
)]

mod credentials;
mod edge;
mod feed;
mod platform;
mod settings;

use notifeed::feed::{copy, degraded};
use notifeed::http::headers::RequestHeader;
use notifeed::live::close::Close;
use notifeed_hub::wire::{PROTOCOL, RETRY};
use wasm_bindgen::prelude::*;
use worker::{Env, console_error};

#[wasm_bindgen(raw_module = "../runtime/crash.mjs")]
extern "C" {
    /// Rejects what is waiting, and has a fresh instance made before the next call.
    fn crashed();
}

/// Reads the settings; comes before all else. See [`settings::configure`].
#[wasm_bindgen]
pub fn configure(variables: &str, counts_calls: bool) {
    std::panic::set_hook(Box::new(|info| {
        console_error!("Critical: Rust panic: {info}");
        crashed();
    }));
    settings::configure(variables, counts_calls);
}

/// The constants that JavaScript needs, a line each: the protocol of commands, the answer [`RETRY`], a
/// ping, its pong, the beginning of the marks of an erased and of a restored Hub, the seconds that the former is kept, the
/// milliseconds that a feed may take to answer a read, the close codes with their reasons for a connection that may
/// lack a frame and for one whose user is erased, and then the headers by which requests are judged.
#[wasm_bindgen]
pub fn constants() -> String {
    let (ping, pong) = notifeed::live::PING;
    let protocol = PROTOCOL.to_string();
    let (restarted, erased) = (Close::RESTARTED, Close::USER_ERASED);
    let codes = [restarted, erased].map(|close| close.code.to_string());
    let [restarted_code, erased_code] = &codes;
    let kept = [copy::ERASED_FOR, copy::RESTORING_FOR];
    let [erased_for, restoring_for] = kept.map(|kept| kept.whole_seconds().to_string());
    let patience = degraded::PATIENCE.millis().to_string();
    let mut lines = vec![&*protocol, RETRY, ping, pong];
    lines.extend([
        copy::ERASED,
        &erased_for,
        copy::RESTORING,
        &restoring_for,
        &patience,
    ]);
    lines.extend([restarted_code, restarted.reason, erased_code, erased.reason]);
    lines.extend(RequestHeader::ALL.map(RequestHeader::name));
    lines.join("\n")
}

/// The code that answers a peer's close code.
#[wasm_bindgen(js_name = echoOf)]
pub fn echo_of(code: u16) -> u16 {
    notifeed::live::close::echo(code)
}

// --- The Worker: see `edge`, and `edge::step` for what the texts say.

/// The operation that a request asks for, by its name in the contract; empty: none.
#[wasm_bindgen(js_name = operationOf)]
pub fn operation_of(method: &str, url: &str) -> String {
    edge::operation_of(method, url)
}

#[wasm_bindgen]
pub fn begin(request: String, now: f64) -> String {
    edge::begin(request, now)
}

#[wasm_bindgen]
pub async fn prove(call: u32, env: Env) {
    edge::prove(call, env).await;
}

#[wasm_bindgen]
pub fn proven(call: u32) -> String {
    edge::proven(call)
}

#[wasm_bindgen(js_name = withBody)]
pub fn with_body(call: u32, body: Option<Vec<u8>>) -> String {
    edge::with_body(call, body)
}

#[wasm_bindgen(js_name = withoutBody)]
pub fn without_body(call: u32) -> String {
    edge::without_body(call)
}

#[wasm_bindgen(js_name = overLimit)]
pub fn over_limit(call: u32) -> String {
    edge::over_limit(call)
}

#[wasm_bindgen]
pub fn release(call: u32) {
    edge::release(call);
}

#[wasm_bindgen(js_name = issueToken)]
pub async fn issue_token(call: u32) -> Option<String> {
    edge::issue_token(call).await
}

#[wasm_bindgen]
pub fn foreign(fields: &str) -> String {
    feed::foreign(fields)
}

#[wasm_bindgen(js_name = failedRequest)]
pub fn failed_request(request: String, now: f64, fault: &str) -> String {
    edge::failed(request, now, fault)
}

#[wasm_bindgen(js_name = failedDependency)]
pub fn failed_dependency(request: String, now: f64) -> String {
    edge::failed_dependency(request, now)
}

#[wasm_bindgen]
pub fn refusal(answer: &str) -> String {
    edge::refusal(answer)
}

// --- Reads while a feed can't answer: see `edge::degraded`.

#[wasm_bindgen(js_name = afterFailure)]
pub fn after_failure(overloaded: bool, reset: bool, silent: bool, again: bool) -> u32 {
    edge::degraded::after_failure(overloaded, reset, silent, again)
}

#[wasm_bindgen(js_name = fromCopies)]
pub fn from_copies(
    operation: &str,
    fields: &str,
    lines: &str,
    values: bool,
    now: f64,
) -> Option<String> {
    edge::degraded::from_copies(operation, fields, lines, values, now)
}

#[wasm_bindgen(js_name = ofHost)]
pub fn of_host(fields: &str, host: &str, list: bool, skip_token: Option<String>) -> Option<String> {
    edge::personal_data::of_host(fields, host, list, skip_token)
}

// --- Durable Objects: see `feed`.

#[wasm_bindgen]
pub fn statements() -> String {
    feed::statements()
}

#[wasm_bindgen]
pub fn wake(id: String, alarm: f64) -> u32 {
    feed::wake(id, alarm)
}

#[wasm_bindgen(js_name = isAwake)]
pub fn is_awake(feed: u32) -> bool {
    feed::is_awake(feed)
}

#[wasm_bindgen(js_name = callFeed)]
pub fn call_feed(feed: u32, protocol: u32, operation: &str, fields: &str) -> String {
    feed::call(feed, protocol, operation, fields)
}

#[wasm_bindgen]
pub fn connect(
    feed: u32,
    hub: &str,
    protocol: u32,
    socket: u32,
    operation: &str,
    fields: &str,
) -> Option<String> {
    feed::connect(feed, hub, protocol, socket, operation, fields)
}

#[wasm_bindgen]
pub fn message(feed: u32, socket: u32, frame: Option<String>) {
    feed::message(feed, socket, frame.as_deref());
}

#[wasm_bindgen(js_name = failedFrame)]
pub fn failed_frame(frame: &str, now: f64, fault: &str) -> Option<String> {
    feed::failed_frame(frame, now, fault)
}

#[wasm_bindgen]
pub fn closed(feed: u32, socket: u32) {
    feed::closed(feed, socket);
}

#[wasm_bindgen]
pub fn alarm(feed: u32, retry: bool) {
    feed::alarm(feed, retry);
}

#[wasm_bindgen]
pub fn timer(feed: u32) {
    feed::timer(feed);
}

#[wasm_bindgen(js_name = kvEnded)]
pub fn kv_ended(feed: u32, effect: f64, error: Option<String>) {
    feed::kv_ended(feed, effect, error);
}

#[wasm_bindgen(js_name = kvRead)]
pub fn kv_read(feed: u32, effect: f64, text: String) {
    feed::kv_read(feed, effect, text);
}

// An operator's looks at a feed: what begins with `!` is an error.

#[wasm_bindgen]
pub fn counters(feed: u32) -> String {
    feed::counters(feed)
}

#[wasm_bindgen(js_name = uncopiedSince)]
pub fn uncopied_since() -> f64 {
    feed::uncopied_since()
}

#[wasm_bindgen]
pub fn keys(feed: u32) -> String {
    feed::keys(feed)
}

#[wasm_bindgen(js_name = declareLost)]
pub fn declare_lost(feed: u32) -> String {
    feed::declare_lost(feed)
}

#[wasm_bindgen(js_name = eraseItems)]
pub fn erase_items(feed: u32, last: f64) -> String {
    feed::erase_items(feed, last)
}

/// The name of a user's Hub for a host.
#[wasm_bindgen(js_name = hubName)]
pub fn hub_name(issuer: &str, tenant: &str, subject: &str, host: &str) -> String {
    notifeed::feed::hub_name_of(issuer, tenant, subject, host).to_string()
}

#[wasm_bindgen]
pub async fn verify(token: String, env: Env) -> u32 {
    feed::verify(token, env).await
}

#[wasm_bindgen]
pub async fn push(push: u32) -> u32 {
    feed::push(push).await
}

#[wasm_bindgen]
pub fn ended(feed: u32, effect: f64, outcome: u32) -> bool {
    feed::ended(feed, effect, outcome)
}
