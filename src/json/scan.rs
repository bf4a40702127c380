//! The one loop that large bodies spend their time in.

const EVERY_BYTE: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// How many bytes at the start of `bytes` a JSON string carries as they are: up to the first
/// quotation mark, reverse solidus or control character (RFC 8259 §7), or all of them.
pub(super) fn plain_run(bytes: &[u8]) -> usize {
    let mut length = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let special = has_zero(word ^ (EVERY_BYTE * b'"' as u64))
            | has_zero(word ^ (EVERY_BYTE * b'\\' as u64))
            // Bytes under 0x20: the subtraction borrows into their high bit.
            | (word.wrapping_sub(EVERY_BYTE * 0x20) & !word & HIGH_BITS);
        if special != 0 {
            // A borrow can only mark bytes above a real one, so the lowest mark is exact.
            return length + (special.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let tail = rest
        .iter()
        .take_while(|&&byte| byte != b'"' && byte != b'\\' && byte >= 0x20);
    length + tail.count()
}

/// The high bit of every zero byte of `word` (and perhaps of bytes above the lowest one).
const fn has_zero(word: u64) -> u64 {
    word.wrapping_sub(EVERY_BYTE) & !word & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::plain_run;

    fn slow(bytes: &[u8]) -> usize {
        bytes
            .iter()
            .take_while(|&&b| b != b'"' && b != b'\\' && b >= 0x20)
            .count()
    }

    #[test]
    fn finds_every_special_byte_at_every_place() {
        for special in 0..=255_u8 {
            for place in 0..20 {
                for filler in [b'a', 0x20, 0x21, 0x7f, 0x80, 0xff, b'!', b']', b'['] {
                    let mut bytes = vec![filler; 20];
                    bytes.splice(place..=place, [special]);
                    assert_eq!(plain_run(&bytes), slow(&bytes), "{special:#x} at {place}");
                    bytes.truncate(place + 1);
                    assert_eq!(
                        plain_run(&bytes),
                        slow(&bytes),
                        "{special:#x} ends at {place}"
                    );
                }
            }
        }
    }
}
