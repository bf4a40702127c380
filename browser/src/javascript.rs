//! The parts of JavaScript that this face uses. The `js-sys` crate has it all, but brings its executor for
//! promises into every module that links it: some kilobytes for a page to load in vain.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn date_now() -> f64;

    /// For text that is known to be JSON.
    #[wasm_bindgen(js_namespace = JSON, js_name = parse)]
    pub(crate) fn parse(json: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = Object, js_name = assign)]
    pub(crate) fn assign(target: &Error, source: &JsValue) -> JsValue;

    pub(crate) type Error;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(message: &str) -> Error;

    pub(crate) type RangeError;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(message: &str) -> RangeError;

    pub(crate) type TypeError;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(message: &str) -> TypeError;

    pub(crate) type TextEncoder;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> TextEncoder;
    #[wasm_bindgen(method, js_name = encodeInto)]
    pub(crate) fn encode_into(this: &TextEncoder, text: &JsValue, target: &mut [u8]) -> Encoded;

    /// `{read, written}`
    pub(crate) type Encoded;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn written(this: &Encoded) -> usize;

    pub(crate) type Uint8Array;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn length(this: &Uint8Array) -> usize;
    /// Copies the bytes, which must not be more than there is room for.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    pub(crate) fn copy(target: &mut [u8], source: &Uint8Array);
}
