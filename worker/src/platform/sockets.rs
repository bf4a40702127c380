//! WebSockets, as a Hub holds them.

use wasm_bindgen::prelude::*;
use worker::WebSocket;

use crate::fault::Fault;

#[wasm_bindgen]
extern "C" {
    type RawSocket;

    #[wasm_bindgen(method, catch)]
    fn send(this: &RawSocket, message: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &RawSocket, code: u16, reason: &str) -> Result<(), JsValue>;
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
