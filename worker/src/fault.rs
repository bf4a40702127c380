//! What broke on our side, and how it differs from what the caller did wrong.

use std::fmt;

use notifeed::error::{ErrorCode, Problem};
use wasm_bindgen::JsValue;

/// Something on our side broke. It is logged with the request's id; the caller is told 503 and
/// nothing of it.
#[derive(Debug)]
pub struct Fault(String);

impl Fault {
    /// `what` was being done, and `cause`.
    pub fn new(what: &str, cause: &dyn fmt::Display) -> Self {
        Self(format!("{what}: {cause}"))
    }

    /// What the caller is told.
    pub fn problem() -> Problem {
        Problem::new(
            ErrorCode::ServiceUnavailable,
            "The service can't do this right now. Nothing was lost; try again in a moment.",
        )
        .retry_after(1)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<JsValue> for Fault {
    fn from(exception: JsValue) -> Self {
        let text = js_sys::Object::from(exception).to_string();
        Self(text.into())
    }
}

impl From<worker::Error> for Fault {
    fn from(error: worker::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<worker::KvError> for Fault {
    fn from(error: worker::KvError) -> Self {
        Self::new("KV", &error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::new("a value that we wrote can't be read", &error)
    }
}

/// Why a request isn't answered with success.
#[derive(Debug)]
pub enum Stop {
    /// The caller's part: a row of the contract's error table.
    Problem(Box<Problem>),
    /// Ours.
    Fault(Fault),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl<T: Into<Fault>> From<T> for Stop {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}
