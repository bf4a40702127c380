//! Any bytes as an encoded body: the first byte says in which encoding. The decoded body is the one that
//! flate2 makes of it, never more than the limit; and what was encoded comes back.
#![no_main]

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use libfuzzer_sys::fuzz_target;
use notifeed::error::ErrorCode;
use notifeed::http::{BodyLimit, ContentEncoding, MAX_BODY_BYTES};

fuzz_target!(|input: &[u8]| {
    let Some((selector, body)) = input.split_first() else {
        return;
    };
    match selector % 4 {
        0 => never_makes_more(ContentEncoding::Identity, body),
        1 => never_makes_more(ContentEncoding::Gzip, body),
        2 => never_makes_more(ContentEncoding::Deflate, body),
        _ => gives_back(body, Compression::new(u32::from(selector / 4) % 10)),
    }
});

fn never_makes_more(encoding: ContentEncoding, body: &[u8]) {
    match encoding.decode(body, BodyLimit::ONE) {
        Ok(decoded) => {
            assert!(decoded.len() <= MAX_BODY_BYTES);
            let whole = [body.to_vec()];
            let possible = match encoding {
                ContentEncoding::Identity => &whole[..],
                ContentEncoding::Gzip => &[all(MultiGzDecoder::new(body))],
                ContentEncoding::Deflate => {
                    &[all(ZlibDecoder::new(body)), all(DeflateDecoder::new(body))]
                }
            };
            assert!(possible.iter().any(|bytes| *bytes == *decoded));
            if let std::borrow::Cow::Owned(bytes) = decoded {
                assert!(
                    bytes.capacity() <= 2 * MAX_BODY_BYTES + 64,
                    "{}",
                    bytes.capacity()
                );
            }
        }
        Err(problem) => assert!(matches!(
            problem.code,
            ErrorCode::BadRequest | ErrorCode::RequestBodyTooLarge
        )),
    }
}

/// All that a decoder makes, up to twice the limit.
fn all(decoder: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Output before a fault doesn't count: ours must not have accepted it.
    match decoder
        .take(2 * MAX_BODY_BYTES as u64)
        .read_to_end(&mut bytes)
    {
        Ok(_) => bytes,
        Err(_) => b"not in this encoding".to_vec(),
    }
}

fn gives_back(body: &[u8], level: Compression) {
    let mut gzip = GzEncoder::new(Vec::new(), level);
    let mut zlib = ZlibEncoder::new(Vec::new(), level);
    let mut raw = DeflateEncoder::new(Vec::new(), level);
    for writer in [&mut gzip as &mut dyn Write, &mut zlib, &mut raw] {
        writer.write_all(body).expect("a vector takes everything");
    }
    let gzip = gzip.finish().expect("a vector takes everything");
    let zlib = zlib.finish().expect("a vector takes everything");
    let raw = raw.finish().expect("a vector takes everything");
    for (encoding, encoded) in [
        (ContentEncoding::Gzip, &gzip),
        (ContentEncoding::Deflate, &zlib),
        (ContentEncoding::Deflate, &raw),
    ] {
        let decoded = encoding.decode(encoded, BodyLimit::ONE);
        assert_eq!(decoded.as_deref().ok(), Some(body), "{encoding:?}");
    }
}
