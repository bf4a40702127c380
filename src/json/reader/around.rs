//! Reading a text in which some values are left unread, since each is another text of its own.

use std::borrow::Cow;

use super::{Document, Kind, Reader, plain_run};
use crate::json::{SyntaxError, Value};

/// The values that are left unread, and how much is read around them.
#[derive(Default)]
pub(super) struct Around {
    depth: usize,
    name: &'static str,
    most: usize,
    /// The bytes that were left unread so far.
    left: usize,
}

/// The fault of such a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AroundError {
    /// No JSON.
    Syntax(SyntaxError),
    /// There is too much around the values that are left unread.
    TooLarge,
}

/// [`read`](super::read), but for the members of that name, in objects that are `depth` levels deep: such a value is the
/// text of it, as a borrowed string, whether it is JSON or not; at most its brackets are paired. Memory grows with the rest only,
/// which may have `most` bytes.
///
/// # Errors
/// The first place where the text is not JSON, or too much of it.
pub fn read_around<'a>(
    text: &'a [u8],
    depth: usize,
    name: &'static str,
    most: usize,
) -> Result<Document<'a>, AroundError> {
    let mut reader = Reader::<true>::of(text).map_err(AroundError::Syntax)?;
    reader.around = Around {
        depth,
        name,
        most,
        ..Around::default()
    };
    let document = reader.read();
    if reader.spend().is_err() {
        return Err(AroundError::TooLarge);
    }
    document.map_err(AroundError::Syntax)
}

impl<'a, const AROUND: bool> Reader<'a, AROUND> {
    /// Whether the value of that member is left unread.
    pub(super) fn is_left(&self, depth: usize, name: &str) -> bool {
        depth == self.around.depth && name == self.around.name
    }

    /// Ends the reading where too much was read.
    pub(super) fn spend(&self) -> Result<(), Kind> {
        let read = self.at.saturating_sub(self.around.left);
        (read <= self.around.most)
            .then_some(())
            .ok_or(Kind::ValueExpected)
    }

    /// The text of a value, up to the comma or the bracket after it.
    pub(super) fn unread(&mut self) -> Result<Value<'a>, Kind> {
        self.next_token();
        let start = self.at;
        let mut open: usize = 0;
        loop {
            match self.peek() {
                Some(b',' | b'}' | b']') if open == 0 => break,
                Some(b'{' | b'[') => open += 1,
                Some(b'}' | b']') => open -= 1,
                Some(b'"') => self.skip_string()?,
                Some(_) => {}
                None => return Err(Kind::EndInObject),
            }
            self.at += 1;
        }
        let text = self.since(start);
        self.around.left += text.len();
        let text = text.trim_ascii_end();
        if text.is_empty() {
            return Err(Kind::ValueExpected);
        }
        Ok(Value::String(Cow::Borrowed(text)))
    }

    /// Goes to the quotation mark at the end of a string.
    fn skip_string(&mut self) -> Result<(), Kind> {
        self.at += 1;
        loop {
            self.at += plain_run(self.rest());
            match self.peek() {
                Some(b'"') => return Ok(()),
                // The character after it may be several bytes: those stop no run.
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(Kind::EndInString),
            }
        }
    }
}
