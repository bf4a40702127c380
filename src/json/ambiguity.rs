//! Faults that the grammar allows, and the paths to them.

use super::{Position, push_integer};

/// How many characters of a name stand in a path.
const MAX_NAME: usize = 64;

/// How many bytes of a path are written down; the name that passes them is the last.
const MAX_PATH: usize = 128;

/// Something that RFC 8259 calls unpredictable: different readers make different things of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// The kind of ambiguity.
    pub kind: AmbiguityKind,
    /// The value that it concerns: `payload.visualContent.title`, `a[2].b`; empty at the top.
    pub path: String,
    /// The place in the text.
    pub position: Position,
}

/// The kinds of [`Ambiguity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmbiguityKind {
    /// A name that an earlier member of the same object has (RFC 8259 §4).
    DuplicateName,
    /// A `\u` escape of a surrogate without its other half (RFC 8259 §8.2): not a character; read as U+FFFD.
    LoneSurrogate,
}

/// The way from the top to a value: on the stack, and only written down for a fault.
#[derive(Clone, Copy)]
pub(super) enum ValuePath<'p> {
    Top,
    Name(&'p ValuePath<'p>, &'p str),
    Index(&'p ValuePath<'p>, usize),
}

impl ValuePath<'_> {
    pub(super) fn push_to(self, path: &mut String) {
        match self {
            ValuePath::Top => {}
            ValuePath::Name(parent, name) => {
                parent.push_to(path);
                if path.len() >= MAX_PATH {
                    return;
                }
                if !path.is_empty() {
                    path.push('.');
                }
                push_name(path, name);
            }
            ValuePath::Index(parent, index) => {
                parent.push_to(path);
                if path.len() >= MAX_PATH {
                    return;
                }
                path.push('[');
                push_integer(path, i64::try_from(index).unwrap_or(i64::MAX));
                path.push(']');
            }
        }
    }
}

/// Appends a name for a path or a sentence, cut after [`MAX_NAME`] characters.
pub(crate) fn push_name(text: &mut String, name: &str) {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => {
            text.push_str(name.get(..end).unwrap_or_default());
            text.push('…');
        }
        None => text.push_str(name),
    }
}
