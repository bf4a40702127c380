//! The loops that large bodies spend their time in.

const EVERY_BYTE: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// How many bytes at the start of `bytes` a JSON string carries as they are: up to the first
/// quotation mark, reverse solidus or control character (RFC 8259 §7), or all of them.
pub(super) fn plain_run(bytes: &[u8]) -> usize {
    let mut length = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let plain = plain_in_word(*word);
        length += plain;
        if plain < 8 {
            return length;
        }
    }
    length + plain_in_tail(rest)
}

/// [`plain_run`] for where runs are short: appends the run to `text` on the way. A word is copied
/// whole, and what isn't plain taken back, which is quicker than a copy of a few bytes.
pub(super) fn copy_plain_run(bytes: &[u8], text: &mut Vec<u8>) -> usize {
    let mut length = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let plain = plain_in_word(*word);
        text.extend_from_slice(word);
        length += plain;
        if plain < 8 {
            text.truncate(text.len() - (8 - plain));
            return length;
        }
    }
    let tail = plain_in_tail(rest);
    text.extend(rest.iter().take(tail));
    length + tail
}

/// How many of a word's bytes, from the first on, are plain.
fn plain_in_word(word: [u8; 8]) -> usize {
    let word = u64::from_le_bytes(word);
    let special = has_zero(word ^ (EVERY_BYTE * b'"' as u64))
        | has_zero(word ^ (EVERY_BYTE * b'\\' as u64))
        // Bytes under 0x20: the subtraction borrows into their high bit.
        | (word.wrapping_sub(EVERY_BYTE * 0x20) & !word & HIGH_BITS);
    // A borrow can only mark bytes above a real one, so the lowest mark is exact. None: 64 / 8.
    (special.trailing_zeros() / 8) as usize
}

fn plain_in_tail(bytes: &[u8]) -> usize {
    let plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes.iter().take_while(plain).count()
}

/// The high bit of every zero byte of `word` (and perhaps of bytes above the lowest one).
const fn has_zero(word: u64) -> u64 {
    word.wrapping_sub(EVERY_BYTE) & !word & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::{copy_plain_run, plain_run};

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
                    let mut copy = vec![1, 2, 3];
                    assert_eq!(copy_plain_run(&bytes, &mut copy), slow(&bytes));
                    assert_eq!(copy.get(3..), bytes.get(..slow(&bytes)));
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
