//! Errors as answers (CONTRACT §1, "Errors"): a row of the error table ([`ErrorCode`]), a sentence and details, and the
//! envelope that they travel in.
//!
//! A [`Problem`] is what the caller did wrong, or what the service can't do for them now: a value
//! of the contract, with a status and a sentence that says what to do. A fault on our own side
//! is never a `Problem` until the edge has logged it and chosen [`ErrorCode::ServiceUnavailable`].

mod detail;
#[cfg(test)]
mod document;
pub mod problems;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::guid::Guid;
use crate::json::Writer;
use crate::request::Context;
use crate::time::Duration;
use crate::violation::Violations;

pub use crate::error_code::ErrorCode;
pub use detail::{DetailCode, RefusalCode};

/// A violation, as the envelope's `details` carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Detail {
    /// Stable code of the violation.
    #[cfg_attr(test, ts(type = "ViolationCode | RefusalCode"))]
    pub code: DetailCode,
    /// The thing that it is about: a property path, a header or a query option.
    pub target: String,
    /// A sentence that says what to do.
    pub message: String,
}

impl From<&Violations> for Problem {
    /// The first row of the table that any violation falls under answers; all of them are listed.
    fn from(violations: &Violations) -> Self {
        let mut problem = Self::new(violations.error_code(), violations.message());
        problem.details = violations
            .iter()
            .map(|violation| Detail {
                code: violation.code.into(),
                target: violation.path.clone(),
                message: violation.message.clone(),
            })
            .collect();
        problem
    }
}

/// An answer other than success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// The row of the table.
    pub code: ErrorCode,
    /// A sentence for the reader of `error.message`: what is wrong and what to do.
    pub message: Cow<'static, str>,
    /// Every violation, in the order of the document.
    pub details: Vec<Detail>,
    /// Whole seconds to wait, for the rows that say so.
    pub retry_after: Option<u32>,
    /// The methods that the path supports, for 405.
    pub allow: Option<Cow<'static, str>>,
}

impl Problem {
    /// A problem that is said in one sentence. Only this crate makes one: all that others answer are in
    /// [`problems`].
    pub(crate) fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
            retry_after: None,
            allow: None,
        }
    }

    /// The same, with the time after which another try makes sense.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait.seconds_to_wait());
        self
    }

    /// The same, about one named thing.
    pub(crate) fn detail(mut self, code: impl Into<DetailCode>, target: &str) -> Self {
        self.details.push(Detail {
            code: code.into(),
            target: target.to_owned(),
            message: self.message.to_string(),
        });
        self
    }

    /// The error object (CONTRACT §1), as the answer to that request.
    pub fn object(&self, context: &Context) -> ErrorObject<'_> {
        ErrorObject {
            code: self.code,
            message: &self.message,
            inner_error: InnerError {
                date: context.now.to_seconds_string(),
                request_id: context.request_id,
                client_request_id: context.client_request_id(),
            },
            details: &self.details,
        }
    }

    /// The whole envelope: `{"error":{…}}`.
    pub fn envelope(&self, context: &Context) -> String {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.key("error");
        self.object(context).write(&mut writer);
        writer.end_object();
        writer.finish()
    }
}

/// An error on the wire: `error` of the envelope and of a `result` frame.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct ErrorObject<'p> {
    /// Stable, for programs.
    code: ErrorCode,
    /// A sentence for people: what is wrong and what to do.
    message: &'p str,
    /// Which request this answers.
    inner_error: InnerError,
    /// Every violation, in the order of the document.
    details: &'p [Detail],
}

/// Which request an error answers: what support asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub(crate) struct InnerError {
    /// UTC to the second, without a zone.
    date: String,
    /// The server's own id of the request.
    request_id: Guid,
    /// The caller's, if it sent one, else the server's.
    client_request_id: String,
}

impl ErrorObject<'_> {
    /// Writes it as a value, members in the order of the page.
    pub fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        writer.string_field("code", self.code.as_str());
        writer.string_field("message", self.message);
        writer.key("innerError");
        writer.begin_object();
        writer.string_field("date", &self.inner_error.date);
        writer.string_field("request-id", &self.inner_error.request_id.to_string());
        writer.string_field("client-request-id", &self.inner_error.client_request_id);
        writer.end_object();
        writer.key("details");
        writer.begin_array();
        for detail in self.details {
            writer.begin_object();
            writer.string_field("code", detail.code.as_str());
            writer.string_field("target", &detail.target);
            writer.string_field("message", &detail.message);
            writer.end_object();
        }
        writer.end_array();
        writer.end_object();
    }
}
