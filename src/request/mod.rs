//! The facts of a request that its answer repeats or depends on: arrival, ids, origin and version of its links, readers.
//!
//! [`links`] makes the links; [`origin`] says which pages may read.

pub mod links;
pub mod origin;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::guid::Guid;
use crate::time::Timestamp;

/// A request, as far as its answer depends on it. The Worker hands it on to a Hub as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Context {
    /// When the request arrived.
    pub now: Timestamp,
    /// The server's own id of this request.
    pub request_id: Guid,
    /// The caller's id of this request, if it sent a usable one.
    pub client_request_id: Option<String>,
    /// Scheme and authority that links start with: a setting, else that of the request's URL.
    pub origin: String,
    /// The version that the path named, which links repeat.
    pub version: ApiVersion,
    /// Which pages may read the answer.
    #[serde(default)]
    pub readers: origin::Readers,
}

impl Context {
    /// The answer's `client-request-id`: the caller's, else the server's `request-id`.
    pub fn client_request_id(&self) -> String {
        match &self.client_request_id {
            Some(id) => id.clone(),
            None => self.request_id.to_string(),
        }
    }
}

/// The version segment of a path. `v1.0` is an alias that answers with `v1.0` in its links (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiVersion {
    /// `/beta`, as the page has it.
    #[serde(rename = "beta")]
    Beta,
    /// `/v1.0`.
    #[serde(rename = "v1.0")]
    V1,
}

impl ApiVersion {
    /// The version of that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Beta, Self::V1]
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The path segment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V1 => "v1.0",
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
