//! JSON text (RFC 8259), exactly as the contract needs it: every fault with its place, strings
//! and numbers kept exactly, nothing linked that a browser would have to load in vain.
//!
//! [`read`] turns bytes into a [`Document`], whose [`Value`]s borrow from them; [`Writer`] renders
//! everything that the product answers with.

mod number;
mod reader;
mod scan;
mod syntax;
mod value;
mod writer;

pub use number::{Number, NumberError};
pub use reader::{Document, Fault, FaultKind, MAX_DEPTH, MAX_FAULTS, read};
pub use syntax::{Position, SyntaxError, SyntaxErrorKind};
pub use value::{Member, Object, Value};
pub use writer::Writer;
pub(crate) use writer::{push_integer, push_padded};
