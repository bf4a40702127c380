//! What a client sends: one JSON object a text frame.

use crate::json::{self, Object, Value};

/// The longest `ref`, in characters.
pub const MAX_REFERENCE: usize = 64;

/// The largest frame that a client may send, in bytes: a token is the largest thing in one.
pub const MAX_FRAME_BYTES: usize = 20 * 1024;

/// A client's frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFrame {
    /// `ack`: everything up to this number has arrived.
    Ack(i64),
    /// Something to carry out, and to answer with a `result`.
    Request {
        /// The client's own name for it.
        reference: String,
        /// The frame's `type`.
        kind: String,
    },
}

impl ClientFrame {
    /// Reads a frame. `None` for what isn't one: the connection is closed with 4400.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_FRAME_BYTES {
            return None;
        }
        let frame = json::read_object(text.as_bytes())?;
        let kind = frame.get("type").and_then(Value::as_str)?;
        if kind == "ack" {
            return frame
                .get("seq")?
                .as_number()?
                .to_integer()
                .ok()
                .map(Self::Ack);
        }
        Some(Self::Request {
            reference: reference(&frame)?,
            kind: kind.to_owned(),
        })
    }
}

fn reference(frame: &Object<'_>) -> Option<String> {
    let reference = frame.get("ref").and_then(Value::as_str)?;
    (reference.chars().count() <= MAX_REFERENCE).then(|| reference.to_owned())
}
