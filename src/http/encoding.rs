//! Content encodings (CONTRACT §1: `Content-Encoding`; RFC 9110 §8.4, RFC 1950 to 1952).

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::error::{ErrorCode, Problem, RefusalCode};
use crate::violation::ViolationCode;

/// The largest decoded body, in bytes (D15). A longer body is 413.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The largest body on the wire, in bytes: the largest decoded one, and room for what an encoding
/// adds to content that can't be compressed. Whoever reads a body need not read further.
pub const MAX_TRANSFER_BYTES: usize = MAX_BODY_BYTES + ENCODING_ROOM;

/// The most that an encoding adds to content that can't be compressed, in bytes.
const ENCODING_ROOM: usize = 1024;

/// The size that a body may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit {
    /// Decoded, in bytes.
    pub decoded: usize,
    /// The sentence about a body that is larger.
    pub(crate) sentence: &'static str,
}

impl BodyLimit {
    /// For every request but a batch.
    pub const ONE: Self = Self {
        decoded: MAX_BODY_BYTES,
        sentence: TOO_LARGE,
    };

    /// On the wire, in bytes. Whoever reads a body need not read further.
    pub const fn transferred(self) -> usize {
        self.decoded.saturating_add(ENCODING_ROOM)
    }

    /// 413, for whoever finds out that a body is too large; as the verdict on it says it.
    pub fn too_large(self) -> Problem {
        Problem::new(ErrorCode::RequestBodyTooLarge, self.sentence)
            .detail(ViolationCode::BodyTooLarge, "")
    }
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentEncoding {
    /// Not at all; `identity` says the same (D5).
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, and the raw RFC 1951 stream that some senders mean by it (D6).
    Deflate,
}

impl ContentEncoding {
    /// Reads the header: absent, `identity`, `gzip` or `deflate`, any case, one only; else 415.
    pub fn parse(header: Option<&str>) -> Result<Self, Problem> {
        match header.map(str::trim) {
            None | Some("") => Ok(Self::Identity),
            Some(name) if name.eq_ignore_ascii_case("identity") => Ok(Self::Identity),
            Some(name) if name.eq_ignore_ascii_case("gzip") => Ok(Self::Gzip),
            Some(name) if name.eq_ignore_ascii_case("deflate") => Ok(Self::Deflate),
            Some(_) => Err(RefusalCode::UnsupportedContentEncoding.problem("Content-Encoding", "This 'Content-Encoding' isn't supported. Send the body as it is, or with one of gzip and deflate.")),
        }
    }

    /// Undoes the encoding. Never makes more than `limit` and one byte, however much the body would inflate to.
    ///
    /// Errors: 413 for a body that is too large; 400 for one that isn't in its encoding, is cut off,
    /// or goes on after its end.
    pub fn decode(self, body: &[u8], limit: BodyLimit) -> Result<Cow<'_, [u8]>, Problem> {
        if body.len() > limit.transferred() {
            return Err(limit.too_large());
        }
        let most = limit.decoded;
        let decoded = match self {
            Self::Identity => Cow::Borrowed(body),
            Self::Gzip => Cow::Owned(inflate(MultiGzDecoder::new(body), most, |_| true)?),
            Self::Deflate if is_zlib(body) => Cow::Owned(
                inflate(ZlibDecoder::new(body), most, |zlib| {
                    zlib.get_ref().is_empty()
                })
                // A raw stream can begin with what looks like a zlib header.
                .or_else(|error| raw_deflate(body, most).map_err(|_| error))?,
            ),
            Self::Deflate => Cow::Owned(raw_deflate(body, most)?),
        };
        if decoded.len() > most {
            return Err(limit.too_large());
        }
        Ok(decoded)
    }
}

/// The sentence about a body that is too large, wherever that is found out.
pub(crate) const TOO_LARGE: &str =
    "The body is larger than 64 KiB (65536 bytes, decompressed). Send less, or a link to the rest.";

fn raw_deflate(body: &[u8], most: usize) -> Result<Vec<u8>, Problem> {
    inflate(DeflateDecoder::new(body), most, |raw| {
        raw.get_ref().is_empty()
    })
}

/// RFC 1950 §2.2: method 8, and the two header bytes a multiple of 31.
fn is_zlib(body: &[u8]) -> bool {
    match body {
        [cmf, flg, ..] => {
            cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)).is_multiple_of(31)
        }
        _ => false,
    }
}

/// At most `most` bytes and one more. `at_end` says whether the decoder has used all of its input.
fn inflate<D: Read>(
    mut decoder: D,
    most: usize,
    at_end: fn(&D) -> bool,
) -> Result<Vec<u8>, Problem> {
    let mut decoded = Vec::new();
    let limit = most as u64 + 1;
    let result = decoder.by_ref().take(limit).read_to_end(&mut decoded);
    if decoded.len() > most {
        return Ok(decoded);
    }
    if result.is_err() || !at_end(&decoder) {
        return Err(RefusalCode::CorruptContentEncoding.problem("Content-Encoding", "The body can't be decompressed: it isn't in the encoding that 'Content-Encoding' names, or it is damaged or cut off. Compress it again, or send it as it is."));
    }
    Ok(decoded)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn code(result: Result<Cow<'_, [u8]>, Problem>) -> ErrorCode {
        result.err().unwrap().code
    }

    #[test]
    fn header_values() {
        for (header, expected) in [
            (None, ContentEncoding::Identity),
            (Some("identity"), ContentEncoding::Identity),
            (Some("GZip"), ContentEncoding::Gzip),
            (Some(" Deflate "), ContentEncoding::Deflate),
        ] {
            assert_eq!(ContentEncoding::parse(header), Ok(expected), "{header:?}");
        }
        for header in ["br", "zstd", "gzip, gzip", "gzip;q=1", "x-gzip"] {
            let problem = ContentEncoding::parse(Some(header)).err().unwrap();
            assert_eq!(problem.code, ErrorCode::UnsupportedMediaType, "{header}");
        }
    }

    #[test]
    fn each_encoding_gives_the_body_back() {
        let body = br#"{"targetHostName":"contoso"}"#;
        for (encoding, sent) in [
            (ContentEncoding::Identity, body.to_vec()),
            (ContentEncoding::Gzip, gzip(body)),
            (
                ContentEncoding::Gzip,
                [gzip(b"{\"targetHostName\""), gzip(b":\"contoso\"}")].concat(),
            ),
            (ContentEncoding::Deflate, zlib(body)),
            (ContentEncoding::Deflate, raw(body)),
        ] {
            assert_eq!(
                encoding.decode(&sent, BodyLimit::ONE).unwrap().as_ref(),
                body,
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn every_cut_and_every_tail_is_found() {
        let body = br#"{"targetHostName":"contoso"}"#;
        for (encoding, sent) in [
            (ContentEncoding::Gzip, gzip(body)),
            (ContentEncoding::Deflate, zlib(body)),
            (ContentEncoding::Deflate, raw(body)),
        ] {
            for length in 0..sent.len() {
                let cut = sent.get(..length).unwrap();
                assert_eq!(
                    code(encoding.decode(cut, BodyLimit::ONE)),
                    ErrorCode::BadRequest,
                    "{encoding:?} {length}"
                );
            }
            let tail = [sent.as_slice(), b"x"].concat();
            assert_eq!(
                code(encoding.decode(&tail, BodyLimit::ONE)),
                ErrorCode::BadRequest,
                "{encoding:?} tail"
            );
        }
    }

    #[test]
    fn the_limit_is_exact_and_a_bomb_is_not_inflated() {
        let largest = vec![b' '; MAX_BODY_BYTES];
        let larger = vec![b' '; MAX_BODY_BYTES + 1];
        let bomb = vec![0; 32 << 20];
        for (encoding, encode) in [
            (ContentEncoding::Gzip, gzip as fn(&[u8]) -> Vec<u8>),
            (ContentEncoding::Deflate, zlib),
            (ContentEncoding::Deflate, raw),
        ] {
            assert_eq!(
                encoding
                    .decode(&encode(&largest), BodyLimit::ONE)
                    .unwrap()
                    .len(),
                MAX_BODY_BYTES
            );
            assert_eq!(
                code(encoding.decode(&encode(&larger), BodyLimit::ONE)),
                ErrorCode::RequestBodyTooLarge
            );
            assert_eq!(
                code(encoding.decode(&encode(&bomb), BodyLimit::ONE)),
                ErrorCode::RequestBodyTooLarge
            );
        }
        assert!(
            ContentEncoding::Identity
                .decode(&largest, BodyLimit::ONE)
                .is_ok()
        );
        assert_eq!(
            code(ContentEncoding::Identity.decode(&larger, BodyLimit::ONE)),
            ErrorCode::RequestBodyTooLarge
        );
    }
}
