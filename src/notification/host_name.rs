//! Host names, as `targetHostName` has them.

use std::fmt;

/// The most characters of a host name (RFC 1035 §2.3.4, in text).
const MAX_LENGTH: usize = 253;
/// The most characters of a label (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;

/// An app's cross-device domain, in lower case.
///
/// ASCII letters, digits, hyphens and dots; one label is enough; at most 253 characters
/// (CONTRACT §1). Decisions (D8) where the contract is silent, all from RFC 1123 §2.1:
/// * Labels have 1 to 63 characters, and no hyphen first or last.
/// * What URL parsers would take for an IPv4 address is refused as an IP address: any name whose
///   last label is all digits, or `0x` with nothing but hexadecimal digits after it.
/// * International names are given in their ASCII form (`xn--…`), which isn't looked into.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

impl HostName {
    /// Reads a host name in any case.
    ///
    /// # Errors
    /// [`HostNameError`], which says what is wrong.
    pub fn parse(text: &str) -> Result<Self, HostNameError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        if text.is_empty() {
            return Err(HostNameError::Empty);
        }
        if let Some(byte) = text.bytes().find(|byte| !allowed(*byte)) {
            return Err(match byte {
                _ if !text.is_ascii() => HostNameError::NotAscii,
                b'[' => HostNameError::IpAddress,
                b':' if has_two_colons(text) => HostNameError::IpAddress,
                b':' | b'/' | b'?' | b'#' | b'@' => HostNameError::Url,
                _ => HostNameError::Character,
            });
        }
        if text.len() > MAX_LENGTH {
            return Err(HostNameError::TooLong);
        }
        let mut last: &[u8] = b"";
        for label in text.as_bytes().split(|byte| *byte == b'.') {
            match label.len() {
                0 => return Err(HostNameError::EmptyLabel),
                1..=MAX_LABEL => {}
                _ => return Err(HostNameError::LabelTooLong),
            }
            if label.starts_with(b"-") || label.ends_with(b"-") {
                return Err(HostNameError::Hyphen);
            }
            last = label;
        }
        if is_number(last) {
            return Err(HostNameError::IpAddress);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_two_colons(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b':').count() > 1 && !text.bytes().any(|byte| byte == b'/')
}

/// Whether URL parsers take a last label for a part of an IPv4 address.
fn is_number(label: &[u8]) -> bool {
    match label {
        [b'0', b'x' | b'X', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
        _ => label.iter().all(u8::is_ascii_digit),
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a [`HostName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostNameError {
    /// No character.
    Empty,
    /// More than 253 characters.
    TooLong,
    /// A character beyond ASCII.
    NotAscii,
    /// A scheme, a port, a path or a user.
    Url,
    /// An IP address.
    IpAddress,
    /// A character that is no letter, digit, hyphen or dot.
    Character,
    /// A dot first or last, or two in a row.
    EmptyLabel,
    /// More than 63 characters between two dots.
    LabelTooLong,
    /// A hyphen first or last in a label.
    Hyphen,
}

impl HostNameError {
    /// The fault as a predicate: "must …".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "must not be empty",
            Self::TooLong => "must have at most 253 characters",
            Self::NotAscii => "must be ASCII: write an international name in its `xn--` form",
            Self::Url => "must be the host name alone: without a scheme, port, path or user",
            Self::IpAddress => "must be a host name, not an IP address or a number",
            Self::Character => "must have only letters, digits, hyphens and dots",
            Self::EmptyLabel => "must not start or end with a dot, nor have two in a row",
            Self::LabelTooLong => "must have at most 63 characters between dots",
            Self::Hyphen => "must not have a hyphen at the start, at the end or beside a dot",
        }
    }
}

impl fmt::Display for HostNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for HostNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_in_lower_case() {
        let long = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(61));
        assert_eq!(long.len(), 253);
        for text in [
            "a",
            "localhost",
            "graphnotifications.sample.windows.com",
            "a-b.c--d",
            "1.a",
            "1a",
            "0xg",
            "xn--bcher-kva.example",
            "a.0x1.b",
            "1.2.3.4.com",
            &long,
        ] {
            assert_eq!(
                HostName::parse(text).as_ref().map(HostName::as_str),
                Ok(text)
            );
        }
        assert_eq!(
            HostName::parse("App.Contoso.COM")
                .as_ref()
                .map(HostName::as_str),
            Ok("app.contoso.com")
        );
    }

    #[test]
    fn everything_else() {
        use HostNameError::*;
        let label = format!("{}.com", "a".repeat(64));
        let long = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(62));
        for (text, error) in [
            ("", Empty),
            (".", EmptyLabel),
            ("a.", EmptyLabel),
            (".a", EmptyLabel),
            ("a..b", EmptyLabel),
            ("-a", Hyphen),
            ("a-.b", Hyphen),
            ("a.-b", Hyphen),
            ("-", Hyphen),
            ("a_b", Character),
            ("a b", Character),
            (" a", Character),
            ("a\n", Character),
            ("a\0", Character),
            ("*.a", Character),
            ("https://a.com", Url),
            ("a.com:443", Url),
            ("a.com/x", Url),
            ("me@a.com", Url),
            ("b\u{fc}cher.example", NotAscii),
            ("a\u{3002}b", NotAscii),
            ("127.0.0.1", IpAddress),
            ("127.1", IpAddress),
            ("2130706433", IpAddress),
            ("0x7f000001", IpAddress),
            ("a.0x", IpAddress),
            ("1.2.3.4.5", IpAddress),
            ("::1", IpAddress),
            ("[::1]", IpAddress),
            ("fe80::1:2", IpAddress),
            (&label, LabelTooLong),
            (&long, TooLong),
        ] {
            assert_eq!(HostName::parse(text), Err(error), "{text}");
        }
    }
}
