//! Links, as `link` and `icon` have them (CONTRACT §5.2). The rule is one for every host that the
//! contract runs on: none asks its own URL parser, and parsers differ.

use std::fmt;

use super::HostName;

/// The scheme that a link begins with, in lower case.
const SCHEME: &str = "https://";

/// A link to a place on the web, as it was sent.
///
/// `https://`, then a [`HostName`] in any case, an IPv4 address of four decimal numbers, or an IPv6
/// address in brackets; then, if given, a port from 0 to 65535 in at most five digits; then nothing,
/// or `/`, `?` or `#` and the rest. All of it is ASCII without blanks, control characters, `\`, `"`,
/// `<` and `>`, at most [`HttpsUrl::MAX_LENGTH`] characters long. A user in front of the host is
/// refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// The most characters of a link.
    pub const MAX_LENGTH: usize = 2048;

    /// Reads a link.
    ///
    /// # Errors
    /// [`HttpsUrlError`], which says what is wrong.
    pub fn parse(text: &str) -> Result<Self, HttpsUrlError> {
        if !text.is_ascii() {
            return Err(HttpsUrlError::NotAscii);
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(HttpsUrlError::TooLong);
        }
        let Some(rest) = text.strip_prefix(SCHEME) else {
            return Err(HttpsUrlError::Scheme);
        };
        let fits =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>');
        if !rest.bytes().all(fits) {
            return Err(HttpsUrlError::Character);
        }
        let end = rest
            .bytes()
            .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        let authority = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        if authority.bytes().any(|byte| byte == b'@') {
            return Err(HttpsUrlError::User);
        }
        // In an address without a port the last colon is inside the brackets.
        let colon = match authority.ends_with(']') {
            true => None,
            false => authority.bytes().rposition(|byte| byte == b':'),
        };
        let (host, port) = colon
            .and_then(|colon| authority.split_at_checked(colon))
            .unwrap_or((authority, ""));
        if !port.is_empty() && !is_port(port.as_bytes()) {
            return Err(HttpsUrlError::Port);
        }
        if HostName::parse(host).is_err() && !is_address(host.as_bytes()) {
            return Err(HttpsUrlError::Host);
        }
        Ok(Self(text.to_owned()))
    }

    /// The link as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A colon and a number from 0 to 65535 in one to five digits.
fn is_port(port: &[u8]) -> bool {
    let [b':', digits @ ..] = port else {
        return false;
    };
    is_decimal(digits, 5, 65_535)
}

/// Whether these are one to `length` decimal digits, of a number that is at most `most`.
fn is_decimal(digits: &[u8], length: usize, most: u32) -> bool {
    (1..=length).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && digits
            .iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit & 0x0f))
            <= most
}

fn is_address(host: &[u8]) -> bool {
    match host {
        [b'[', address @ .., b']'] => is_ipv6(address),
        _ => is_ipv4(host),
    }
}

/// Four numbers from 0 to 255, without zeros in front, which some parsers take for octal.
fn is_ipv4(address: &[u8]) -> bool {
    let mut parts = 0;
    for part in address.split(|byte| *byte == b'.') {
        parts += 1;
        if !is_decimal(part, 3, 255) || matches!(part, [b'0', _, ..]) {
            return false;
        }
    }
    parts == 4
}

/// Eight groups of one to four hexadecimal digits, of which `::` stands for one or more, and an IPv4
/// address for the last two (RFC 4291 §2.2).
fn is_ipv6(address: &[u8]) -> bool {
    if address.is_empty() {
        return false;
    }
    if address == b"::" {
        return true;
    }
    // A gap at either end has a colon that separates nothing.
    let address = match address {
        [b':', b':', ..] => address.get(1..).unwrap_or_default(),
        [b':', ..] => return false,
        _ => address,
    };
    let address = match address {
        [rest @ .., b':'] if rest.ends_with(b":") => rest,
        [.., b':'] => return false,
        _ => address,
    };
    let (mut groups, mut gaps, mut ended) = (0, 0, false);
    for group in address.split(|byte| *byte == b':') {
        if ended {
            return false;
        }
        match group.len() {
            0 => gaps += 1,
            1..=4 if group.iter().all(u8::is_ascii_hexdigit) => groups += 1,
            _ if is_ipv4(group) => {
                groups += 2;
                ended = true;
            }
            _ => return false,
        }
    }
    matches!((gaps, groups), (0, 8) | (1, 0..=7))
}

/// Why a text is not an [`HttpsUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpsUrlError {
    /// A character beyond ASCII.
    NotAscii,
    /// More than 2048 characters.
    TooLong,
    /// The URL doesn't begin with `https://`.
    Scheme,
    /// A blank, a control character, `\`, `"`, `<` or `>`.
    Character,
    /// A user in front of the host.
    User,
    /// No port from 0 to 65535 after a colon.
    Port,
    /// Neither a host name nor an IP address.
    Host,
}

impl HttpsUrlError {
    /// The fault as a predicate: "must …".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAscii => {
                "must be ASCII: write other characters percent-encoded, and an international host name in its `xn--` form"
            }
            Self::TooLong => "must have at most 2048 characters",
            Self::Scheme => "must begin with `https://`, in lower case",
            Self::Character => {
                "must have no blank, control character, backslash, quote or angle bracket: write them percent-encoded"
            }
            Self::User => "must not have a user in front of the host",
            Self::Port => "must have a port from 0 to 65535 after the colon, or no colon",
            Self::Host => "must have a host name or an IP address after `https://`",
        }
    }
}

impl fmt::Display for HttpsUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for HttpsUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_as_they_were_sent() {
        let long = format!("https://a/{}", "x".repeat(2038));
        assert_eq!(long.len(), HttpsUrl::MAX_LENGTH);
        for text in [
            "https://a",
            "https://App.Example.com/Path?q=1&r=%20#there",
            "https://a?q",
            "https://a#f",
            "https://a:0",
            "https://a:65535/x",
            "https://a:00443/",
            "https://127.0.0.1/",
            "https://255.255.255.255:8443",
            "https://[::1]",
            "https://[2001:db8::1]:8443/x",
            "https://[::ffff:192.0.2.1]/",
            "https://a/@b:c",
            "https://a/users('b')/{c}|^`~",
            "https://a//b",
            &long,
        ] {
            let parsed = HttpsUrl::parse(text);
            assert_eq!(parsed.as_ref().map(HttpsUrl::as_str), Ok(text));
        }
    }

    #[test]
    fn addresses_are_those_of_the_standard_library() {
        use std::net::{Ipv4Addr, Ipv6Addr};
        let parts = [
            "", ":", "::", "1", "ffff:", "0:", "12345", "g", "1.2.3.4", "1.2.3", ":0:0:0", "255.",
            "00", "256",
        ];
        let mut valid = 0;
        for number in 0..parts.len().pow(5) {
            let mut rest = number;
            let mut text = String::new();
            for _ in 0..5 {
                text.push_str(parts.get(rest % parts.len()).unwrap_or(&""));
                rest /= parts.len();
            }
            let (four, six) = (text.parse::<Ipv4Addr>(), text.parse::<Ipv6Addr>());
            assert_eq!(is_ipv4(text.as_bytes()), four.is_ok(), "{text}");
            assert_eq!(is_ipv6(text.as_bytes()), six.is_ok(), "{text}");
            valid += usize::from(four.is_ok()) + usize::from(six.is_ok());
        }
        assert!(valid > 1000, "{valid}");
    }

    #[test]
    fn everything_else() {
        use HttpsUrlError::*;
        let long = format!("https://a/{}", "x".repeat(2039));
        for (text, error) in [
            ("", Scheme),
            ("a", Scheme),
            ("/a", Scheme),
            ("//a", Scheme),
            ("http://a", Scheme),
            ("HTTPS://a", Scheme),
            ("https:/a", Scheme),
            (" https://a", Scheme),
            ("javascript:alert(1)", Scheme),
            ("data:text/html,x", Scheme),
            ("https://", Host),
            ("https:///a", Host),
            ("https://?a", Host),
            ("https://:443", Host),
            ("https://a.", Host),
            ("https://a..b", Host),
            ("https://-a", Host),
            ("https://a_b", Host),
            ("https://a%2eb", Host),
            ("https://1.2.3", Host),
            ("https://1.2.3.256", Host),
            ("https://1.2.3.04", Host),
            ("https://1.2.3.4.5", Host),
            ("https://0x7f000001", Host),
            ("https://2130706433", Host),
            ("https://::1", Host),
            ("https://[::1", Host),
            ("https://[]", Host),
            ("https://[a]", Host),
            ("https://[1.2.3.4]", Host),
            ("https://[fe80::1%25eth0]", Host),
            ("https://[v1.a]", Host),
            ("https://[::1]a", Port),
            ("https://a:", Port),
            ("https://a:x", Port),
            ("https://a:+1", Port),
            ("https://a:65536", Port),
            ("https://a:000443", Port),
            ("https://me@a", User),
            ("https://me:secret@a", User),
            ("https://@a", User),
            ("https://a b", Character),
            ("https://a/ ", Character),
            ("https://a/\n", Character),
            ("https://a/\u{7f}", Character),
            ("https://a\\b", Character),
            ("https://a/\"", Character),
            ("https://a/<b>", Character),
            ("https://b\u{fc}cher.example", NotAscii),
            ("https://a/\u{e9}", NotAscii),
            (&long, TooLong),
        ] {
            assert_eq!(HttpsUrl::parse(text), Err(error), "{text}");
        }
    }
}
