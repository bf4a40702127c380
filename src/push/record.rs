//! A message as it travels: one record of `aes128gcm` (RFC 8188 §2, RFC 8291 §4). The key exchange and
//! the encryption itself are the runtime's; here is every byte around them.
//!
//! 1. ECDH of a fresh key pair with the browser's `p256dh` gives a secret.
//! 2. HKDF (SHA-256) of the secret, salted with `auth`, with [`key_info`]: 32 bytes of key material.
//! 3. HKDF of that, salted with 16 fresh random bytes: 16 bytes with [`CONTENT_KEY_INFO`], the content
//!    key; 12 bytes with [`NONCE_INFO`], the nonce.
//! 4. AES-128-GCM of [`padded`] text, then [`body`].

use super::point::POINT;

/// The most bytes of a message's text. A body has 4096 at most (RFC 8291 §4), but Firefox for Android is
/// reached by a service that takes 2744 of it, and 103 are around the text.
pub const MAX_TEXT: usize = 2641;

/// The bytes of the random salt (RFC 8188 §2.1).
pub const SALT: usize = 16;

/// The record size that the header names: the whole message is one record.
const RECORD_SIZE: u32 = 4096;

/// Texts are padded to one of these lengths, so that a push service learns little from the length.
const LENGTHS: [usize; 4] = [512, 1024, 2048, MAX_TEXT];

/// The byte that ends the text of a last record (RFC 8188 §2).
const LAST: u8 = 2;

/// The info of the content key (RFC 8188 §2.2).
pub const CONTENT_KEY_INFO: &[u8] = b"Content-Encoding: aes128gcm\0";

/// The info of the nonce (RFC 8188 §2.3).
pub const NONCE_INFO: &[u8] = b"Content-Encoding: nonce\0";

/// The info of the key material (RFC 8291 §3.4): the browser's public key, then the sender's.
pub fn key_info(p256dh: &[u8; POINT], sender: &[u8; POINT]) -> Vec<u8> {
    [b"WebPush: info\0", p256dh.as_slice(), sender].concat()
}

/// The text with what ends it and with zeros, to the next of the usual lengths; `None`: it is longer
/// than [`MAX_TEXT`].
pub fn padded(text: &str) -> Option<Vec<u8>> {
    let length = LENGTHS.into_iter().find(|length| text.len() <= *length)?;
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(LAST);
    bytes.resize(length.saturating_add(1), 0);
    Some(bytes)
}

/// The body of the request (RFC 8188 §2.1): salt, record size, the sender's public key, and what was
/// encrypted.
pub fn body(salt: &[u8; SALT], sender: &[u8; POINT], sealed: &[u8]) -> Vec<u8> {
    let length = [65_u8];
    [
        salt.as_slice(),
        &RECORD_SIZE.to_be_bytes(),
        &length,
        sender,
        sealed,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    use super::*;
    use crate::credentials::{base64url_decode, base64url_encode};

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        let bytes = base64url_decode(text).unwrap_or_default();
        bytes.try_into().unwrap_or([0; N])
    }

    fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
        let mac = Hmac::<Sha256>::new_from_slice(key);
        let mac = mac.map(|mac| mac.chain_update(data).finalize().into_bytes().to_vec());
        mac.unwrap_or_default()
    }

    /// HKDF of at most 32 bytes (RFC 5869 §2): one round.
    fn hkdf(secret: &[u8], salt: &[u8], info: &[u8], length: usize) -> Vec<u8> {
        let key = hmac(salt, secret);
        let mut derived = hmac(&key, &[info, &[1]].concat());
        derived.truncate(length);
        derived
    }

    /// The vector of RFC 8291 §5 and its appendix A, but for the elliptic curve and the cipher: those
    /// are the runtime's, and tests/blackbox has them.
    #[test]
    fn the_vector_of_the_standard() {
        let sender: [u8; POINT] = bytes(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let p256dh = bytes(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        );
        let auth: [u8; 16] = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let salt: [u8; SALT] = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let shared: [u8; 32] = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let material = hkdf(&shared, &auth, &key_info(&p256dh, &sender), 32);
        assert_eq!(
            base64url_encode(&material),
            "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg"
        );
        let key = hkdf(&material, &salt, CONTENT_KEY_INFO, 16);
        assert_eq!(base64url_encode(&key), "oIhVW04MRdy2XN9CiKLxTg");
        let nonce = hkdf(&material, &salt, NONCE_INFO, 12);
        assert_eq!(base64url_encode(&nonce), "4h_95klXJ5E_qnoN");
        assert_eq!(
            base64url_encode(&body(&salt, &sender, &[])),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
        );
    }

    #[test]
    fn texts_are_padded_to_few_lengths() {
        for (length, expected) in [
            (0, 512),
            (512, 512),
            (513, 1024),
            (2048, 2048),
            (2049, 2641),
            (2641, 2641),
        ] {
            let text = "x".repeat(length);
            let padded = padded(&text).unwrap_or_default();
            assert_eq!(padded.len(), expected + 1, "{length}");
            assert!(padded.starts_with(text.as_bytes()));
            let (last, zeros) = padded.split_at(length + 1);
            assert_eq!(last.last(), Some(&LAST));
            assert!(zeros.iter().all(|byte| *byte == 0));
            // 86 bytes of header, the cipher's tag of 16: no service gets more than it takes.
            assert!(body(&[0; SALT], &[0; POINT], &padded).len() + 16 <= 2744);
        }
        assert_eq!(padded(&"x".repeat(2642)), None);
    }
}
