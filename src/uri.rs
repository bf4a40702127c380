//! Parts of URIs (RFC 3986): percent-encoding and queries.

/// Undoes percent-encoding (RFC 3986 §2.1). `None` where it isn't well-formed or isn't UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

/// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
pub fn percent_encode(text: &str) -> String {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(HEX.get(usize::from(digit)));
            }
        }
    }
    encoded
}

/// The values of a query's parameters, by name, percent-decoded, in order. A part that can't be decoded
/// stays as it is: it then is no known name, and no valid value.
pub fn query(text: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        let part = part.replace('+', " ");
        percent_decode(&part).unwrap_or(part)
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_keeps_only_unreserved_characters() {
        assert_eq!(percent_encode("a-Z_0.~@'é"), "a-Z_0.~%40%27%C3%A9");
        assert_eq!(percent_decode("%C3%A9%40").as_deref(), Some("é@"));
        assert_eq!(percent_decode("%4"), None);
    }

    #[test]
    fn a_query_is_read_pair_by_pair() {
        let pairs = query("platform=windows&cursor=a%2Bb&&x&y=%zz");
        let expected = [
            ("platform", "windows"),
            ("cursor", "a+b"),
            ("x", ""),
            ("y", "%zz"),
        ];
        assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }
}
