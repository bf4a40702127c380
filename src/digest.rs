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
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        for digit in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    hex
}
