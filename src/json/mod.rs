//! JSON text (RFC 8259), exactly as the contract needs it: every fault with its path, strings
//! and numbers kept exactly, and without code that a browser would load but never use.
//!
//! [`read`] turns bytes into a [`Document`], whose [`Value`]s borrow from them; [`Writer`] renders
//! everything that the product answers with.

mod ambiguity;
mod number;
mod reader;
mod scan;
mod syntax;
mod text;
mod value;
mod writer;

pub(crate) use ambiguity::push_name;
pub use ambiguity::{Ambiguity, AmbiguityKind};
pub use number::{Number, NumberError};
pub use reader::around::{AroundError, read_around};
pub use reader::{Document, MAX_AMBIGUITIES, MAX_DEPTH, read};
pub use syntax::{Position, SyntaxError, SyntaxErrorKind};
pub use text::JsonText;
pub use value::{Member, Object, Value};
pub use writer::Writer;
pub(crate) use writer::{joined, push_integer, push_padded};

/// Reads a text that must be one unambiguous object: a token's claims, a frame. `None` for
/// anything else, duplicate names among it.
pub fn read_object(text: &[u8]) -> Option<Object<'_>> {
    let document = read(text).ok()?;
    match document.value {
        Value::Object(object) if document.ambiguities.is_empty() => Some(object),
        _ => None,
    }
}
