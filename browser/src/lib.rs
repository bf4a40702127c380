//! The browser face of the contract: thin wasm-bindgen functions over `notifeed`, without a rule
//! of their own. A body crosses once, as text or bytes; the verdict crosses once, as text.

mod body;
mod javascript;
mod options;

use notifeed::verdict::{self, Verdict};
use wasm_bindgen::prelude::*;

pub use crate::body::Body;
use crate::javascript::{Error, assign, parse};
use crate::options::{Options, Settings};

// Smaller than the standard library's, and as quick (docs/decisions/0002).
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

// The glue is made into browser/glue.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"import type { Options, Verdict } from "../generated/types.ts";"#;

#[wasm_bindgen]
extern "C" {
    /// The value that [`validate`] returns.
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
    Ok(parse(&verdict.to_json()).unchecked_into())
}

/// Whether a request body is a notification: [`validate`]'s `ok` alone, without the work of
/// saying more.
///
/// # Errors
/// As [`validate`].
#[wasm_bindgen(js_name = isValid)]
pub fn is_valid(body: &Body, options: Option<Options>) -> Result<bool, JsValue> {
    Ok(judge(body, options.as_ref())?.outcome.is_ok())
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
        Ok(accepted) => Ok(accepted.notification().canonical().into_string()),
        Err(violations) => {
            let error = Error::new(&violations.message());
            let mut members = String::from(r#"{"name":"InvalidNotificationError","#);
            members.push_str(verdict.to_json().strip_prefix('{').unwrap_or("}"));
            assign(&error, &parse(&members));
            Err(error.into())
        }
    }
}

fn judge(body: &Body, options: Option<&Options>) -> Result<Verdict, JsValue> {
    let Settings { now, policy } = Settings::read(options)?;
    body.read(|bytes| verdict::validate(bytes, now, &policy))
}
