//! Where an endpoint left off: opaque to it, epoch and number to us.

use crate::credentials::{base64url_decode, base64url_encode};
use crate::feed::entry::Seq;

/// A feed's identity: drawn at random when the feed begins, and anew when it is restored from a
/// backup, so that no number of one can be taken for a number of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch([u8; 16]);

impl Epoch {
    /// Of 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, for storing.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A position in a feed. As text: base64url of the epoch's 16 bytes and the number's 8, big endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Which feed.
    pub epoch: Epoch,
    /// Everything up to this change is known.
    pub seq: Seq,
}

impl Cursor {
    /// Reads a cursor; `None` for what isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = base64url_decode(text)?;
        let (epoch, seq) = bytes.split_first_chunk::<16>()?;
        let seq = i64::from_be_bytes(seq.try_into().ok()?);
        (seq >= 0).then_some(Self {
            epoch: Epoch(*epoch),
            seq: Seq::new(seq),
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = [0; 24];
        let number = self.seq.get().to_be_bytes();
        for (slot, byte) in bytes.iter_mut().zip(self.epoch.0.iter().chain(&number)) {
            *slot = *byte;
        }
        f.write_str(&base64url_encode(&bytes))
    }
}

/// How an endpoint that presents a cursor, or none, goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// It has nothing: the whole live feed follows.
    FromNothing,
    /// It has everything up to here.
    From(Seq),
    /// What it has is of no use (malformed, another feed's, or ahead of this one): it must forget
    /// everything, then the whole live feed follows.
    Reset,
}

impl Resume {
    /// Decides, given what the endpoint presents and where the feed stands.
    pub fn decide(presented: Option<&str>, head: Cursor) -> Self {
        match presented {
            None | Some("") => Self::FromNothing,
            Some(text) => match Cursor::parse(text) {
                Some(cursor) if cursor.epoch == head.epoch && cursor.seq <= head.seq => {
                    Self::From(cursor.seq)
                }
                _ => Self::Reset,
            },
        }
    }

    /// What the endpoint knows the feed up to.
    pub const fn since(self) -> Option<Seq> {
        match self {
            Self::From(seq) => Some(seq),
            Self::FromNothing | Self::Reset => None,
        }
    }
}
