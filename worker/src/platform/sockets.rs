//! WebSockets, as a Hub holds them.

use notifeed::time::Timestamp;
use wasm_bindgen::prelude::*;
use worker::{State, WebSocket};

use crate::fault::Fault;

#[wasm_bindgen]
extern "C" {
    type RawSocket;

    #[wasm_bindgen(method, catch)]
    fn send(this: &RawSocket, message: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &RawSocket, code: u16, reason: &str) -> Result<(), JsValue>;

    type RawState;

    #[wasm_bindgen(method, catch, js_name = getWebSocketAutoResponseTimestamp)]
    fn auto_response_timestamp(this: &RawState, socket: &RawSocket) -> Result<JsValue, JsValue>;
}

/// When the runtime last answered this socket's ping; `None` if it never sent one.
pub fn last_ping(state: &State, socket: &WebSocket) -> Option<Timestamp> {
    let state: &RawState = state.as_raw().unchecked_ref();
    let date = state.auto_response_timestamp(raw(socket)).ok()?;
    let millis = date.dyn_ref::<js_sys::Date>()?.get_time();
    #[allow(clippy::cast_possible_truncation)]
    Some(Timestamp::saturating_from_unix_millis(millis as i64))
}

fn raw(socket: &WebSocket) -> &RawSocket {
    let socket: &web_sys::WebSocket = socket.as_ref();
    socket.unchecked_ref()
}

/// Sends a text that has been made a JavaScript string once, for all sockets. An error means that
/// the peer has gone: its close event follows.
pub fn send(socket: &WebSocket, message: &JsValue) -> Result<(), Fault> {
    Ok(raw(socket).send(message)?)
}

/// Closes. A socket that is closed already stays so.
pub fn close(socket: &WebSocket, code: u16, reason: &str) {
    let _ = raw(socket).close(code, reason);
}
