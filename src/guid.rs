//! GUIDs, the ids of notifications, requests and subscriptions.

use std::fmt;

use crate::digest::hex_digits;

/// A GUID in its RFC 9562 byte order. Its text is always lower case, 8-4-4-4-12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid([u8; 16]);

impl Guid {
    /// A random GUID (RFC 9562 version 4) of 16 random bytes, six bits of which give way to
    /// version and variant.
    pub const fn random_v4(random: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(random);
        let bits = bits & !(0xf << 76) | (0x4 << 76);
        let bits = bits & !(0x3 << 62) | (0x2 << 62);
        Self(bits.to_be_bytes())
    }

    /// The GUID with these bytes, of whatever version.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the 8-4-4-4-12 form in either case; no braces, no `urn:uuid:`.
    ///
    /// # Errors
    /// [`GuidError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, GuidError> {
        let mut bits: u128 = 0;
        let mut length = 0;
        for (place, character) in text.chars().enumerate() {
            length = place + 1;
            if matches!(place, 8 | 13 | 18 | 23) {
                if character != '-' {
                    return Err(GuidError);
                }
            } else {
                let digit = character
                    .to_digit(16)
                    .filter(|_| place < 36)
                    .ok_or(GuidError)?;
                bits = bits << 4 | u128::from(digit);
            }
        }
        if length == 36 {
            Ok(Self(bits.to_be_bytes()))
        } else {
            Err(GuidError)
        }
    }
}

/// A GUID's text.
struct Text([u8; 36]);

impl Text {
    fn of(guid: Guid) -> Self {
        let mut text = [b'-'; 36];
        let mut places = text.iter_mut();
        for (place, byte) in guid.0.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                places.next();
            }
            for digit in hex_digits(*byte) {
                if let Some(character) = places.next() {
                    *character = digit;
                }
            }
        }
        Self(text)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Text::of(*self).as_str())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a GUID of the form 8-4-4-4-12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuidError;

impl fmt::Display for GuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GUID looks like 119081f2-f19d-4fa8-817c-7e01092c0f7d")
    }
}

impl std::error::Error for GuidError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let text = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
        assert_eq!(
            Guid::parse(text).map(|guid| guid.to_string()),
            Ok(text.to_owned())
        );
        assert_eq!(Guid::parse(&text.to_uppercase()), Guid::parse(text));
        assert_eq!(Guid::parse(text).map(|guid| guid.as_bytes()[0]), Ok(0x11));
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "119081f2f19d4fa8817c7e01092c0f7d",
            "{119081f2-f19d-4fa8-817c-7e01092c0f7d}",
            "119081f2-f19d-4fa8-817c-7e01092c0f7",
            "119081f2-f19d-4fa8-817c-7e01092c0f7dd",
            "119081f2-f19d-4fa8-817c-7e01092c0f7g",
            "119081f2-f19d-4fa8-817c-7e01092c0f7é",
            "119081f2-f19d-4fa8-817c+7e01092c0f7d",
            "+19081f2-f19d-4fa8-817c-7e01092c0f7d",
        ] {
            assert_eq!(Guid::parse(text), Err(GuidError), "{text}");
        }
    }

    #[test]
    fn random_ones_carry_version_and_variant() {
        assert_eq!(
            Guid::random_v4([0; 16]).to_string(),
            "00000000-0000-4000-8000-000000000000"
        );
        assert_eq!(
            Guid::random_v4([255; 16]).to_string(),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
    }
}
