//! How a body comes in: encoded or copied into a buffer that is kept from call to call.

use std::cell::Cell;

use notifeed::http::MAX_BODY_BYTES;
use wasm_bindgen::prelude::*;

use crate::javascript::{TextEncoder, TypeError, Uint8Array, copy};

/// The bytes of the longest body and one more character: a body that doesn't fit is too large, whatever it says.
const BUFFER_BYTES: usize = MAX_BODY_BYTES + 4;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static ENCODER: Cell<Option<TextEncoder>> = const { Cell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// A request body: text, or its UTF-8 bytes.
    #[wasm_bindgen(typescript_type = "string | Uint8Array")]
    pub type Body;
}

impl Body {
    /// Gives the body's bytes to `judge`, or as many of them as show that they are too many.
    ///
    /// # Errors
    /// A `TypeError` when it is neither text nor bytes.
    pub(crate) fn read<T>(&self, judge: impl FnOnce(&[u8]) -> T) -> Result<T, JsValue> {
        let mut buffer = BUFFER.take();
        buffer.resize(BUFFER_BYTES, 0);
        let length = if self.is_string() {
            let encoder = ENCODER.take().unwrap_or_else(TextEncoder::new);
            let written = encoder.encode_into(self, &mut buffer).written();
            ENCODER.set(Some(encoder));
            Ok(written)
        } else if let Some(bytes) = self.dyn_ref::<Uint8Array>() {
            let length = bytes.length();
            if length <= BUFFER_BYTES {
                copy(&mut buffer, bytes);
            }
            Ok(length.min(BUFFER_BYTES))
        } else {
            Err(TypeError::new("a body is a string or a Uint8Array").into())
        };
        let answer = length.map(|length| judge(buffer.get(..length).unwrap_or_default()));
        BUFFER.set(buffer);
        answer
    }
}
