//! JSON text of a known type.

use std::marker::PhantomData;

/// The JSON text of a `T` that the contract wrote: it can be repeated in other texts without being
/// read again. Its writer decides what the text describes, and whether it has braces.
pub struct JsonText<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

impl<T> JsonText<T> {
    /// A text that [`JsonText::as_str`] gave, back from a store.
    pub const fn stored(text: String) -> Self {
        Self {
            text,
            of: PhantomData,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.text
    }
}

impl<T> Clone for JsonText<T> {
    fn clone(&self) -> Self {
        Self::stored(self.text.clone())
    }
}

impl<T> PartialEq for JsonText<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for JsonText<T> {}

impl<T> std::fmt::Debug for JsonText<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
