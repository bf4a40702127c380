//! SHA-256 (FIPS 180-4) of text.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// A SHA-256, as 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 64]);

impl Digest {
    /// The digest of several texts. Each is preceded by its length, so that no two lists of texts are
    /// the same bytes.
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut digits = [0; 64];
        for (two, byte) in digits.chunks_exact_mut(2).zip(hash.finalize()) {
            two.copy_from_slice(&hex_digits(byte));
        }
        Self(digits)
    }

    /// Reads the 64 digits; `None` for another text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 64] = text.as_bytes().try_into().ok()?;
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        digits.iter().all(is_digit).then_some(Self(digits))
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
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
