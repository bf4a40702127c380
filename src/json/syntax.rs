//! The faults that JSON text can have, and their places.

use std::fmt;

/// A place in a text, as editors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Position {
    /// From 1; a line ends at a line feed (with or without a carriage return before it).
    pub line: u32,
    /// From 1, in Unicode characters (scalar values); a byte order mark doesn't count.
    pub column: u32,
}

impl Position {
    /// The place of the byte at `offset`. The bytes before it must be UTF-8.
    pub(super) fn of(text: &[u8], offset: usize) -> Self {
        let mut position = Self { line: 1, column: 1 };
        for byte in text.iter().take(offset) {
            match byte {
                b'\n' => {
                    position = Self {
                        line: position.line.saturating_add(1),
                        column: 1,
                    }
                }
                // The second and later bytes of a character.
                0x80..=0xbf => {}
                _ => position.column = position.column.saturating_add(1),
            }
        }
        position
    }
}

/// The text is not JSON; this is the first place where it isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxError {
    /// The fault.
    pub kind: SyntaxErrorKind,
    /// The place in the text.
    pub position: Position,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position;
        write!(f, "line {line}, column {column}: {}", self.kind.as_str())
    }
}

impl std::error::Error for SyntaxError {}

/// The fault at the place of a [`SyntaxError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Nothing but white space.
    Empty,
    /// A byte that is not UTF-8 (RFC 3629).
    InvalidUtf8,
    /// The text ends where a value must come.
    EndBeforeValue,
    /// The text ends inside an object.
    EndInObject,
    /// The text ends inside an array.
    EndInArray,
    /// The text ends inside a string.
    EndInString,
    /// The text ends inside a number.
    EndInNumber,
    /// The text ends inside `true`, `false` or `null`.
    EndInWord,
    /// Something that starts no value.
    ValueExpected,
    /// A comma with a closing bracket after it.
    TrailingComma,
    /// Something that is no property's name.
    NameExpected,
    /// No colon after a name.
    ColonExpected,
    /// No comma or `}` after a member.
    CommaOrBraceExpected,
    /// No comma or `]` after an element.
    CommaOrBracketExpected,
    /// `'`
    SingleQuote,
    /// `/`
    Comment,
    /// U+0000 to U+001F in a string.
    ControlCharacter,
    /// A backslash with something after it that is no escape.
    InvalidEscape,
    /// `\u` without four hexadecimal digits.
    InvalidUnicodeEscape,
    /// `+1`
    PlusSign,
    /// `.5`
    LeadingPoint,
    /// `01`
    LeadingZero,
    /// Something else in a number where a digit must come.
    DigitExpected,
    /// A bare word.
    UnknownWord,
    /// Something after the end of the value.
    TextAfterValue,
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) objects and arrays in one another.
    TooDeep,
}

impl SyntaxErrorKind {
    /// A sentence that says what to do.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "The text is empty: JSON is expected.",
            Self::InvalidUtf8 => "The text is not valid UTF-8 from here on.",
            Self::EndBeforeValue => "The text ends where a value is expected; was it cut off?",
            Self::EndInObject => {
                "The text ends inside an object: a `}` is missing, or it was cut off."
            }
            Self::EndInArray => {
                "The text ends inside an array: a `]` is missing, or it was cut off."
            }
            Self::EndInString => {
                "The text ends inside a string: a closing `\"` is missing, or it was cut off."
            }
            Self::EndInNumber => "The text ends inside a number; was it cut off?",
            Self::EndInWord => "The text ends inside `true`, `false` or `null`; was it cut off?",
            Self::ValueExpected => {
                "A value is expected here: a string in double quotation marks, a number, an object, an array, `true`, `false` or `null`."
            }
            Self::TrailingComma => "Remove the comma before this bracket: nothing follows it.",
            Self::NameExpected => "A property's name in double quotation marks is expected here.",
            Self::ColonExpected => {
                "A `:` is expected here, between the property's name and its value."
            }
            Self::CommaOrBraceExpected => "A `,` or a `}` is expected here.",
            Self::CommaOrBracketExpected => "A `,` or a `]` is expected here.",
            Self::SingleQuote => "Use double quotation marks: JSON has no single ones.",
            Self::Comment => "Remove this: JSON has no comments.",
            Self::ControlCharacter => {
                "Write control characters (line breaks, tabs) inside strings as escapes like `\\n`."
            }
            Self::InvalidEscape => {
                "After a backslash must come one of `\"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`, or `u` with four hexadecimal digits; for a backslash itself write two."
            }
            Self::InvalidUnicodeEscape => "After `\\u` four hexadecimal digits are expected.",
            Self::PlusSign => "Remove the `+`: JSON numbers have none in front.",
            Self::LeadingPoint => "Write a `0` before the decimal point.",
            Self::LeadingZero => "Remove the leading zero of this number.",
            Self::DigitExpected => "A digit is expected here.",
            Self::UnknownWord => {
                "A bare word must be `true`, `false` or `null`, in lower case; anything else needs double quotation marks."
            }
            Self::TextAfterValue => "The text must end after its value: remove what follows.",
            Self::TooDeep => "Objects and arrays must not be nested deeper than 16 levels.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn counts_lines_and_characters() {
        let text = "a\nbé😀\r\nc".as_bytes();
        for (offset, line, column) in [
            (0, 1, 1),
            (1, 1, 2),
            (2, 2, 1),
            (3, 2, 2),
            (5, 2, 3),
            (9, 2, 4),
            (11, 3, 1),
            (12, 3, 2),
        ] {
            assert_eq!(
                Position::of(text, offset),
                Position { line, column },
                "{offset}"
            );
        }
    }
}
