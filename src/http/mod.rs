//! What an HTTP request must look like before its body counts, and what every answer carries
//! (CONTRACT §1, request headers, success headers, precedence).
//!
//! [`endpoint`] describes each endpoint, [`route`] says to which a path leads; [`order`] says in which order a request is
//! checked; [`headers`] judges the
//! request headers; [`encoding`] undoes the content encoding; [`origin`] says which pages may read; [`Reply`] is an answer, ready to be
//! moved onto the wire by whoever has one.

pub mod encoding;
pub mod endpoint;
pub mod headers;
pub mod order;
pub mod origin;
pub mod reply;
pub mod route;

pub use encoding::{ContentEncoding, MAX_BODY_BYTES, MAX_TRANSFER_BYTES};
pub use endpoint::{Endpoint, Operation, OperationId};
pub use reply::Reply;
pub use route::{Addressee, ApiVersion, Method, Route};

use serde::{Deserialize, Serialize};

use crate::guid::Guid;
use crate::time::Timestamp;

/// What an answer needs to know of its request. The Worker hands it on to a Hub as it is.
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
    /// What `client-request-id` answers: the caller's, else the server's `request-id`.
    pub fn client_request_id(&self) -> String {
        match &self.client_request_id {
            Some(id) => id.clone(),
            None => self.request_id.to_string(),
        }
    }
}
