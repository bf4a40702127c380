//! SHA-256 (FIPS 180-4) of text, as lower-case hexadecimal.

use sha2::{Digest, Sha256};

/// The digest of several texts. Each is preceded by its length, so that no two lists of texts are
/// the same bytes.
pub fn sha256_hex(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hex: Vec<u8> = hash.finalize().into_iter().flat_map(hex_digits).collect();
    String::from_utf8(hex).unwrap_or_default()
}

/// The two hexadecimal digits of a byte, in lower case.
pub(crate) const fn hex_digits(byte: u8) -> [u8; 2] {
    const fn digit(value: u8) -> u8 {
        if value < 10 {
            b'0' + value
        } else {
            b'a' - 10 + value
        }
    }
    [digit(byte >> 4), digit(byte & 15)]
}
