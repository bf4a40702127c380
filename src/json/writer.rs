//! Writing JSON text.

use super::scan::plain_run;

/// A compact JSON writer over a `String`. The writer adds the commas; the caller must alternate keys and values and
/// close every object and array.
///
/// Strings are written with the shortest escapes that RFC 8259 §7 demands: `\"`, `\\`, and
/// control characters below U+0020 (`\b \t \n \f \r`, else `\u00xx` in lower case). Everything
/// else goes out as it is, in UTF-8.
///
/// ```
/// let mut w = notifeed::json::Writer::new();
/// w.begin_object();
/// w.string_field("title", "Hello");
/// w.integer_field("ttl", 60);
/// w.end_object();
/// assert_eq!(w.finish(), r#"{"title":"Hello","ttl":60}"#);
/// ```
#[derive(Debug, Default, Clone)]
pub struct Writer {
    text: String,
    /// Whether a comma must come before the next key or value.
    comma: bool,
}

impl Writer {
    /// An empty writer.
    pub const fn new() -> Self {
        Self {
            text: String::new(),
            comma: false,
        }
    }

    /// An empty writer with room for `bytes` bytes of text.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            comma: false,
        }
    }

    /// The text written.
    pub fn finish(self) -> String {
        self.text
    }

    /// `{`
    pub fn begin_object(&mut self) {
        self.open('{');
    }

    /// `}`
    pub fn end_object(&mut self) {
        self.close('}');
    }

    /// `[`
    pub fn begin_array(&mut self) {
        self.open('[');
    }

    /// `]`
    pub fn end_array(&mut self) {
        self.close(']');
    }

    /// A member's name; its value must come next.
    pub fn key(&mut self, name: &str) {
        self.separate();
        push_string(&mut self.text, name);
        self.text.push(':');
        self.comma = false;
    }

    /// A string value.
    pub fn string(&mut self, value: &str) {
        self.separate();
        push_string(&mut self.text, value);
    }

    /// An integer value.
    pub fn integer(&mut self, value: i64) {
        self.separate();
        push_integer(&mut self.text, value);
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    /// `null`
    pub fn null(&mut self) {
        self.raw("null");
    }

    /// A value that is JSON text already; written as it is.
    pub fn raw(&mut self, json: &str) {
        self.separate();
        self.text.push_str(json);
    }

    /// A member with a string value.
    pub fn string_field(&mut self, name: &str, value: &str) {
        self.key(name);
        self.string(value);
    }

    /// A member with a string value, or with `null`.
    pub fn opt_string_field(&mut self, name: &str, value: Option<&str>) {
        self.key(name);
        match value {
            Some(value) => self.string(value),
            None => self.null(),
        }
    }

    /// A member with an integer value.
    pub fn integer_field(&mut self, name: &str, value: i64) {
        self.key(name);
        self.integer(value);
    }

    /// A member with an integer value, or with `null`.
    pub fn opt_integer_field(&mut self, name: &str, value: Option<i64>) {
        self.key(name);
        match value {
            Some(value) => self.integer(value),
            None => self.null(),
        }
    }

    /// A member with `true` or `false`.
    pub fn boolean_field(&mut self, name: &str, value: bool) {
        self.key(name);
        self.boolean(value);
    }

    /// A member with `null`.
    pub fn null_field(&mut self, name: &str) {
        self.key(name);
        self.null();
    }

    /// A member whose value is JSON text already.
    pub fn raw_field(&mut self, name: &str, json: &str) {
        self.key(name);
        self.raw(json);
    }

    fn separate(&mut self) {
        if self.comma {
            self.text.push(',');
        }
        self.comma = true;
    }

    fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
        self.comma = false;
    }

    fn close(&mut self, bracket: char) {
        self.text.push(bracket);
        self.comma = true;
    }
}

fn push_string(text: &mut String, value: &str) {
    text.push('"');
    let mut rest = value;
    // Only ASCII bytes stop a plain run, so both cuts fall between characters.
    while let Some((plain, special)) = rest.split_at_checked(plain_run(rest.as_bytes())) {
        text.push_str(plain);
        let mut characters = special.chars();
        let Some(character) = characters.next() else {
            break;
        };
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control => {
                let code = u32::from(control);
                text.push_str(if code < 0x10 { "\\u000" } else { "\\u001" });
                text.push(char::from_digit(code % 16, 16).unwrap_or('0'));
            }
        }
        rest = characters.as_str();
    }
    text.push('"');
}

/// The parts as one text. (`concat` of the standard library brings a panic along.)
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text = String::with_capacity(parts.iter().fold(0, |sum, part| sum + part.len()));
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Appends `value` in decimal.
pub(crate) fn push_integer(text: &mut String, value: i64) {
    if value < 0 {
        text.push('-');
    }
    push_padded(text, value.unsigned_abs(), 1);
}

/// Appends `value` in decimal, filled up with zeros to at least `width` digits (at most 20).
pub(crate) fn push_padded(text: &mut String, value: u64, width: u32) {
    if value >= 10 || width > 1 {
        push_padded(text, value / 10, width.saturating_sub(1));
    }
    text.push(char::from(b'0' + (value % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_members_and_elements() {
        let mut w = Writer::with_capacity(64);
        w.begin_object();
        w.string_field("a", "x");
        w.key("b");
        w.begin_array();
        w.integer(1);
        w.begin_object();
        w.end_object();
        w.begin_array();
        w.end_array();
        w.boolean(true);
        w.null();
        w.end_array();
        w.null_field("c");
        w.opt_string_field("d", None);
        w.opt_string_field("e", Some(""));
        w.raw_field("f", "{\"g\":[]}");
        w.boolean_field("h", false);
        w.opt_integer_field("i", Some(-7));
        w.opt_integer_field("j", None);
        w.end_object();
        assert_eq!(
            w.finish(),
            r#"{"a":"x","b":[1,{},[],true,null],"c":null,"d":null,"e":"","f":{"g":[]},"h":false,"i":-7,"j":null}"#
        );
    }

    #[test]
    fn integers_are_exact() {
        for value in [
            0,
            1,
            -1,
            9,
            10,
            99,
            100,
            i64::MAX,
            i64::MIN,
            9_007_199_254_740_993,
        ] {
            let mut w = Writer::new();
            w.integer(value);
            assert_eq!(w.finish(), value.to_string());
        }
        let mut padded = String::new();
        push_padded(&mut padded, 7, 4);
        push_padded(&mut padded, 12345, 2);
        assert_eq!(padded, "000712345");
    }

    #[test]
    fn strings_read_back_the_same() {
        let all: String = (0..0x300).filter_map(char::from_u32).collect();
        for value in [
            "",
            "a\"b\\c/",
            "\u{2028}\u{7f}\u{10ffff}é😀\u{0}",
            all.as_str(),
        ] {
            let mut w = Writer::new();
            w.string(value);
            let text = w.finish();
            let read: Result<String, _> = serde_json::from_str(&text);
            assert_eq!(read.ok().as_deref(), Some(value));
            assert_eq!(serde_json::to_string(value).ok(), Some(text));
        }
    }
}
