//! Reading JSON text.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use super::ambiguity::ValuePath;
use super::scan::{copy_plain_run, plain_run};
use super::syntax::SyntaxErrorKind as Kind;
use super::{Ambiguity, AmbiguityKind, Member, Number, Object, Position, SyntaxError, Value};

/// How many objects and arrays may be in one another (D15).
pub const MAX_DEPTH: usize = 16;

/// How many ambiguities of one text are listed at most; [`Document::more_ambiguities`] says that there are others.
pub const MAX_AMBIGUITIES: usize = 100;

/// From this number of members on, duplicates are found by sorting.
const MANY_MEMBERS: usize = 16;

pub(super) mod around;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text that is JSON by the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    /// The value of the text. An ambiguous text is read as most readers would.
    pub value: Value<'a>,
    /// The ambiguities that a careful reader refuses, the first [`MAX_AMBIGUITIES`] of them: those of
    /// strings in the order of the text, duplicates at the end of their object.
    pub ambiguities: Vec<Ambiguity>,
    /// Whether there are more ambiguities than are listed.
    pub more_ambiguities: bool,
}

/// Reads one JSON text in UTF-8; a byte order mark in front is skipped. At most [`MAX_DEPTH`]
/// levels deep, so the recursion is bounded; time and memory grow with the length of the text
/// (for objects with many members by n log n).
///
/// # Errors
/// The first place where the text is not JSON.
pub fn read(text: &[u8]) -> Result<Document<'_>, SyntaxError> {
    Reader::<false>::of(text)?.read()
}

/// The reader's place in a text. A step that fails leaves `at` where the fault is. `AROUND`: some members are
/// [left unread](around).
struct Reader<'a, const AROUND: bool> {
    text: &'a str,
    at: usize,
    ambiguities: Vec<Ambiguity>,
    more_ambiguities: bool,
    around: around::Around,
}

impl<'a, const AROUND: bool> Reader<'a, AROUND> {
    /// At the beginning of a text; a byte order mark is skipped.
    fn of(text: &'a [u8]) -> Result<Self, SyntaxError> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let text = std::str::from_utf8(text).map_err(|invalid| SyntaxError {
            kind: Kind::InvalidUtf8,
            position: Position::of(text, invalid.valid_up_to()),
        })?;
        Ok(Self {
            text,
            at: 0,
            ambiguities: Vec::new(),
            more_ambiguities: false,
            around: around::Around::default(),
        })
    }

    fn read(&mut self) -> Result<Document<'a>, SyntaxError> {
        match self.document() {
            Ok(value) => Ok(Document {
                value,
                ambiguities: std::mem::take(&mut self.ambiguities),
                more_ambiguities: self.more_ambiguities,
            }),
            Err(kind) => Err(SyntaxError {
                kind,
                position: Position::of(self.text.as_bytes(), self.at),
            }),
        }
    }

    fn document(&mut self) -> Result<Value<'a>, Kind> {
        if self.next_token().is_none() {
            return Err(Kind::Empty);
        }
        let value = self.value(ValuePath::Top, 0)?;
        match self.next_token() {
            None => Ok(value),
            Some(b'/') => Err(Kind::Comment),
            Some(_) => Err(Kind::TextAfterValue),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The text from `start` to here. Both stand beside ASCII characters.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Skips white space and shows what follows.
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    fn value(&mut self, path: ValuePath<'_>, depth: usize) -> Result<Value<'a>, Kind> {
        let next = self.next_token();
        if AROUND {
            self.spend()?;
        }
        match next {
            Some(b'"') => Ok(Value::String(self.string(path)?)),
            Some(b'{' | b'[') if depth == MAX_DEPTH => Err(Kind::TooDeep),
            Some(b'{') => self.object(path, depth + 1),
            Some(b'[') => self.array(path, depth + 1),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => self.word(),
            Some(b'\'') => Err(Kind::SingleQuote),
            Some(b'/') => Err(Kind::Comment),
            Some(b'+') => Err(Kind::PlusSign),
            Some(b'.') => Err(Kind::LeadingPoint),
            Some(_) => Err(Kind::ValueExpected),
            None => Err(Kind::EndBeforeValue),
        }
    }

    fn object(&mut self, path: ValuePath<'_>, depth: usize) -> Result<Value<'a>, Kind> {
        let mut members: Vec<Member<'a>> = Vec::new();
        // Which members have a name that an earlier one has, and where that name stands.
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        // The places of the names of the members after the first MANY_MEMBERS.
        let mut offsets: Vec<usize> = Vec::new();
        self.at += 1;
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(Object::new(members)));
        }
        loop {
            let offset = match self.next_token() {
                Some(b'"') => self.at,
                Some(b'}') => return Err(Kind::TrailingComma),
                Some(b'\'') => return Err(Kind::SingleQuote),
                Some(b'/') => return Err(Kind::Comment),
                Some(_) => return Err(Kind::NameExpected),
                None => return Err(Kind::EndInObject),
            };
            let name = self.string(path)?;
            match self.next_token() {
                Some(b':') => self.at += 1,
                Some(b'/') => return Err(Kind::Comment),
                Some(_) => return Err(Kind::ColonExpected),
                None => return Err(Kind::EndInObject),
            }
            let value = if AROUND && self.is_left(depth, &name) {
                self.unread()?
            } else {
                self.value(ValuePath::Name(&path, &name), depth)?
            };
            if members.len() >= MANY_MEMBERS {
                offsets.push(offset);
            } else if members.iter().any(|earlier| earlier.name == name) {
                repeated.push((members.len(), offset));
            }
            if members.is_empty() {
                // Room for most objects at once: growing costs more than reading.
                members.reserve(MANY_MEMBERS / 2);
            }
            members.push(Member { name, value });
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                Some(b'/') => return Err(Kind::Comment),
                Some(_) => return Err(Kind::CommaOrBraceExpected),
                None => return Err(Kind::EndInObject),
            }
        }
        self.at += 1;
        if !offsets.is_empty() {
            let late = duplicates(&members);
            let late = late.iter().filter(|index| **index >= MANY_MEMBERS);
            repeated.extend(late.filter_map(|&index| {
                let offset = offsets.get(index - MANY_MEMBERS)?;
                Some((index, *offset))
            }));
        }
        for (index, offset) in repeated {
            if let Some(Member { name, .. }) = members.get(index) {
                self.ambiguity(
                    AmbiguityKind::DuplicateName,
                    ValuePath::Name(&path, name),
                    offset,
                );
            }
        }
        Ok(Value::Object(Object::new(members)))
    }

    fn array(&mut self, path: ValuePath<'_>, depth: usize) -> Result<Value<'a>, Kind> {
        let mut elements = Vec::new();
        self.at += 1;
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(elements));
        }
        loop {
            match self.next_token() {
                Some(b']') => return Err(Kind::TrailingComma),
                None => return Err(Kind::EndInArray),
                Some(_) => {}
            }
            elements.push(self.value(ValuePath::Index(&path, elements.len()), depth)?);
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                Some(b'/') => return Err(Kind::Comment),
                Some(_) => return Err(Kind::CommaOrBracketExpected),
                None => return Err(Kind::EndInArray),
            }
        }
        self.at += 1;
        Ok(Value::Array(elements))
    }

    fn word(&mut self) -> Result<Value<'a>, Kind> {
        let rest = self.rest();
        let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
        let length = rest.iter().take_while(letters).count();
        let word = rest.get(..length).unwrap_or_default();
        let value = match word {
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            b"null" => Value::Null,
            _ => {
                let cut = length == rest.len()
                    && [&b"true"[..], b"false", b"null"]
                        .iter()
                        .any(|all| all.starts_with(word));
                return Err(if cut {
                    Kind::EndInWord
                } else {
                    Kind::UnknownWord
                });
            }
        };
        self.at += length;
        Ok(value)
    }

    fn number(&mut self) -> Result<Value<'a>, Kind> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.at;
        self.digits()?;
        if self.text.as_bytes().get(whole) == Some(&b'0') && self.at - whole > 1 {
            self.at = whole;
            return Err(Kind::LeadingZero);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number(Number::new(Cow::Borrowed(self.since(start)))))
    }

    /// Skips digits, at least one.
    fn digits(&mut self) -> Result<(), Kind> {
        match self.peek() {
            Some(b'0'..=b'9') => {}
            Some(_) => return Err(Kind::DigitExpected),
            None => return Err(Kind::EndInNumber),
        }
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        Ok(())
    }

    /// A string, from its quotation mark on. `place` is what a fault in it concerns.
    fn string(&mut self, path: ValuePath<'_>) -> Result<Cow<'a, str>, Kind> {
        self.at += 1;
        let start = self.at;
        self.at += plain_run(self.rest());
        let plain = self.since(start);
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        // Bytes, since short runs are quicker copied as words than as the texts they are.
        let mut text = Vec::with_capacity(plain.len() + 64);
        text.extend_from_slice(plain.as_bytes());
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    let text = String::from_utf8(text).map_err(|_| Kind::InvalidUtf8)?;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    let character = self.escape(path)?;
                    match u8::try_from(character) {
                        Ok(byte @ 0..0x80) => text.push(byte),
                        _ => text.extend(character.encode_utf8(&mut [0; 4]).bytes()),
                    }
                }
                Some(_) => return Err(Kind::ControlCharacter),
                None => return Err(Kind::EndInString),
            }
            self.at += copy_plain_run(self.rest(), &mut text);
        }
    }

    /// An escape, from its backslash on.
    fn escape(&mut self, path: ValuePath<'_>) -> Result<char, Kind> {
        let start = self.at;
        let character = match self.rest().get(1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.code_unit()?;
                if let Some(character) = char::from_u32(first) {
                    return Ok(character);
                }
                if first < 0xdc00 && self.rest().starts_with(b"\\u") {
                    let second_start = self.at;
                    let second = self.code_unit()?;
                    if (0xdc00..0xe000).contains(&second) {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    self.at = second_start;
                }
                self.ambiguity(AmbiguityKind::LoneSurrogate, path, start);
                return Ok(char::REPLACEMENT_CHARACTER);
            }
            Some(_) => return Err(Kind::InvalidEscape),
            None => {
                self.at += 1;
                return Err(Kind::EndInString);
            }
        };
        self.at += 2;
        Ok(character)
    }

    /// The value of a `\uXXXX` escape.
    fn code_unit(&mut self) -> Result<u32, Kind> {
        self.at += 2;
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.peek().ok_or(Kind::EndInString)?;
            let digit = char::from(byte)
                .to_digit(16)
                .ok_or(Kind::InvalidUnicodeEscape)?;
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }

    fn ambiguity(&mut self, kind: AmbiguityKind, path: ValuePath<'_>, offset: usize) {
        if self.ambiguities.len() == MAX_AMBIGUITIES {
            self.more_ambiguities = true;
            return;
        }
        let mut written = String::new();
        path.push_to(&mut written);
        let position = Position::of(self.text.as_bytes(), offset);
        self.ambiguities.push(Ambiguity {
            kind,
            path: written,
            position,
        });
    }
}

/// The members whose name an earlier one has (D14), in order, by sorting.
fn duplicates(members: &[Member<'_>]) -> Vec<usize> {
    let names: BinaryHeap<(&str, usize)> = members
        .iter()
        .enumerate()
        .map(|(index, member)| (&*member.name, index))
        .collect();
    let mut previous = None;
    let mut found = BinaryHeap::new();
    for (name, index) in names.into_sorted_vec() {
        if previous == Some(name) {
            found.push(index);
        }
        previous = Some(name);
    }
    found.into_sorted_vec()
}

#[cfg(test)]
mod tests;
