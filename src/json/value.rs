//! JSON values in memory.

use std::borrow::Cow;

use super::{Number, Writer};

/// A JSON value. Strings without escapes borrow from the text that they were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, kept as it was written.
    Number(Number<'a>),
    /// A string, its escapes resolved.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// Whether it is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The value of a boolean.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// A number.
    pub const fn as_number(&self) -> Option<&Number<'a>> {
        if let Self::Number(number) = self {
            Some(number)
        } else {
            None
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        if let Self::Array(elements) = self {
            Some(elements)
        } else {
            None
        }
    }

    /// An object.
    pub const fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }

    /// Writes it as it was read: members in their order, numbers as they were written.
    pub fn write(&self, w: &mut Writer) {
        match self {
            Self::Null => w.null(),
            Self::Bool(value) => w.boolean(*value),
            Self::Number(number) => w.raw(number.as_str()),
            Self::String(text) => w.string(text),
            Self::Array(elements) => {
                w.begin_array();
                for element in elements {
                    element.write(w);
                }
                w.end_array();
            }
            Self::Object(object) => {
                w.begin_object();
                for member in object {
                    w.key(&member.name);
                    member.value.write(w);
                }
                w.end_object();
            }
        }
    }

    /// The kind of value, for a sentence: `a string`, `null`, ….
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// A JSON object: its members in the order of the text, also those whose name came before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object<'a>(Vec<Member<'a>>);

/// A member of an [`Object`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name, escapes resolved.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Value<'a>,
}

impl<'a> Object<'a> {
    pub(super) const fn new(members: Vec<Member<'a>>) -> Self {
        Self(members)
    }

    /// The value of the first member with this name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.iter()
            .find(|member| member.name == name)
            .map(|member| &member.value)
    }

    /// Its members in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Member<'a>> {
        self.0.iter()
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'o, 'a> IntoIterator for &'o Object<'a> {
    type Item = &'o Member<'a>;
    type IntoIter = std::slice::Iter<'o, Member<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
