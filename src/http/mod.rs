//! The form of an HTTP request before its body counts, and the headers of every answer
//! (CONTRACT §1, request headers, success headers, precedence).
//!
//! [`endpoint`] describes each endpoint, [`route`] says to which a path leads; [`order`] says in which order a request is
//! checked; [`headers`] judges the
//! request headers; [`encoding`] undoes the content encoding; [`batch`] takes several requests in one apart; [`Reply`] is an answer, ready to be
//! moved onto the wire by whoever has one.

pub mod batch;
pub mod encoding;
pub mod endpoint;
pub mod headers;
pub mod order;
pub mod reply;
pub mod route;

pub use encoding::{BodyLimit, ContentEncoding, MAX_BODY_BYTES, MAX_TRANSFER_BYTES};
pub use endpoint::{Endpoint, Operation, OperationId};
pub use reply::Reply;
pub use route::{Addressee, Method, Route};
