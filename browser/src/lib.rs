//! The browser face of the contract: thin wasm-bindgen functions over `notifeed`, without a rule
//! of their own. A body crosses once, as text or bytes; the verdict crosses once, as text.

mod options;

use js_sys::{Error, JSON, Object, TypeError, Uint8Array};
use notifeed::verdict::{self, Verdict};
use wasm_bindgen::prelude::*;

use crate::options::{Options, Settings};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

#[wasm_bindgen]
extern "C" {
    /// A request body: text, or its UTF-8 bytes.
    #[wasm_bindgen(typescript_type = "string | Uint8Array")]
    pub type Body;

    /// What [`validate`] gives.
    #[wasm_bindgen(typescript_type = "Verdict")]
    pub type VerdictValue;
}

/// Judges a request body as the server does (CONTRACT §1): `{ok: true, notification, warnings}`
/// or `{ok: false, code, violations, warnings}`.
///
/// # Errors
/// Throws a `TypeError` for a body that is neither text nor bytes, a `RangeError` for an option
/// out of its range. A body that isn't a notification is no error but a verdict.
#[wasm_bindgen]
pub fn validate(body: &Body, options: Option<Options>) -> Result<VerdictValue, JsValue> {
    let verdict = judge(body, options.as_ref())?;
    Ok(JSON::parse(&verdict.to_json())?.unchecked_into())
}

/// The canonical text of a valid request body: what the feed keeps, all defaults written out.
///
/// # Errors
/// As [`validate`]; and for a body that isn't a notification throws an `Error` named
/// `InvalidNotificationError` with the members of the verdict.
#[wasm_bindgen]
pub fn normalize(body: &Body, options: Option<Options>) -> Result<String, JsValue> {
    let verdict = judge(body, options.as_ref())?;
    match &verdict.outcome {
        Ok(accepted) => Ok(accepted.notification().canonical()),
        Err(violations) => {
            let error = Error::new(&violations.message());
            error.set_name("InvalidNotificationError");
            Object::assign(&error, &JSON::parse(&verdict.to_json())?.unchecked_into());
            Err(error.into())
        }
    }
}

fn judge(body: &Body, options: Option<&Options>) -> Result<Verdict, JsValue> {
    let Settings { now, policy } = Settings::read(options)?;
    if let Some(text) = body.as_string() {
        Ok(verdict::validate(text.as_bytes(), now, &policy))
    } else if let Some(bytes) = body.dyn_ref::<Uint8Array>() {
        Ok(verdict::validate(&bytes.to_vec(), now, &policy))
    } else {
        Err(TypeError::new("a body is a string or a Uint8Array").into())
    }
}
