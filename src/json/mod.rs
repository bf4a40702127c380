//! JSON text (RFC 8259), exactly as the contract needs it: every fault with its place, strings
//! and numbers kept exactly, nothing linked that a browser would have to load in vain.
//!
//! [`Writer`] renders everything that the product answers with.

mod scan;
mod writer;

pub use writer::Writer;
pub(crate) use writer::push_padded;
