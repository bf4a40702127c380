//! The position at which an endpoint left off: opaque to it, epoch and numbers to us.

use crate::credentials::{base64url_decode, base64url_encode};
use crate::feed::entry::Seq;

/// A feed's identity: drawn at random when the feed begins, and anew when it is restored from a
/// backup, so that no number of one can be taken for a number of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch([u8; 16]);

impl Epoch {
    /// The epoch of a feed that nobody has written to yet. A cursor with this epoch covers no changes, so it stays
    /// valid whatever epoch the feed begins with.
    pub const UNMADE: Self = Self([0; 16]);

    /// An epoch of 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, for storing.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The part of a feed that an endpoint knows.
///
/// Two numbers, because a replay goes through the entries in the order of their last change, and an
/// entry stands there once, at its newest one. An endpoint that was cut off in the middle has been
/// told of every entry up to `position`; one that comes later may have got its content long before
/// `position` and only a state since: the endpoint lacks its content all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Every entry whose last change is up to here has been told.
    pub position: Seq,
    /// Content up to here has arrived, whatever has changed of it since: where the replay began
    /// that led to `position`. Never after `position`.
    pub content: Seq,
    /// Present while an endpoint that asked for the newest items only hasn't been told all of them.
    pub newest: Option<Newest>,
}

/// The part of a feed that an endpoint asked for which began with its newest items only. The endpoint is told
/// the changes of older ones from then on, as an endpoint that has them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// The place in the list of the oldest item that it asked for.
    pub from: i64,
    /// The feed's last change when it asked.
    pub began: Seq,
}

impl Known {
    /// An endpoint that knows nothing.
    pub const NOTHING: Self = Self::all_up_to(Seq::ZERO);

    /// An endpoint that has been told everything up to `seq`.
    pub const fn all_up_to(seq: Seq) -> Self {
        Self {
            position: seq,
            content: seq,
            newest: None,
        }
    }

    /// An endpoint that asked for the `newest` items: of these the first to be told has `first` as the
    /// number of its last change.
    pub const fn newest(newest: Newest, first: Seq) -> Self {
        Self {
            position: first.before(),
            content: Seq::ZERO,
            newest: Some(newest),
        }
    }

    /// The same endpoint, told of the entries up to `position` in a replay that isn't over.
    pub const fn replayed_to(self, position: Seq) -> Self {
        Self { position, ..self }
    }

    /// The numbers up to which the endpoint has received changes, and content, of the item at that place in the list.
    pub(crate) fn of(self, ordinal: i64) -> (Seq, Seq) {
        match self.newest {
            Some(Newest { from, began }) if ordinal < from => (self.position.max(began), began),
            _ => (self.position, self.content),
        }
    }
}

/// A position in a certain feed. As text: base64url of the epoch's 16 bytes and the numbers,
/// 8 bytes each, big endian: position and content, the latter left out where it equals the former;
/// after both, where the newest items were asked for, the two numbers of [`Newest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Which feed.
    pub epoch: Epoch,
    /// The part of the feed that is known.
    pub known: Known,
}

impl Cursor {
    /// The cursor of an endpoint that has been told everything up to `seq`.
    pub const fn all_up_to(epoch: Epoch, seq: Seq) -> Self {
        Self {
            epoch,
            known: Known::all_up_to(seq),
        }
    }

    /// The number that a frame with this cursor carries.
    pub const fn seq(&self) -> Seq {
        self.known.position
    }

    /// Reads a cursor; `None` for what isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = base64url_decode(text)?;
        let (epoch, rest) = bytes.split_first_chunk::<16>()?;
        let (position, rest) = rest.split_first_chunk::<8>()?;
        let position = i64::from_be_bytes(*position);
        let (content, rest) = match rest.split_first_chunk::<8>() {
            None => (position, rest),
            Some((content, rest)) => (i64::from_be_bytes(*content), rest),
        };
        let newest = match rest.split_first_chunk::<8>() {
            None if rest.is_empty() => None,
            None => return None,
            Some((from, began)) => Some(Newest {
                from: i64::from_be_bytes(*from),
                began: Seq::read(i64::from_be_bytes(began.try_into().ok()?))?,
            }),
        };
        (0 <= content && content <= position).then_some(Self {
            epoch: Epoch(*epoch),
            known: Known {
                position: Seq::new(position),
                content: Seq::new(content),
                newest,
            },
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Known {
            position,
            content,
            newest,
        } = self.known;
        let mut bytes = self.epoch.0.to_vec();
        let mut number = |number: i64| bytes.extend_from_slice(&number.to_be_bytes());
        number(position.get());
        if content != position || newest.is_some() {
            number(content.get());
        }
        if let Some(Newest { from, began }) = newest {
            number(from);
            number(began.get());
        }
        f.write_str(&base64url_encode(&bytes))
    }
}

/// How an endpoint that presents a cursor, or none, goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// The endpoint has nothing: the whole live feed follows.
    FromNothing,
    /// The endpoint has this part; the rest follows.
    From(Known),
    /// The endpoint's part is of no use (malformed, another feed's, or ahead of this one): it must forget
    /// everything, then the whole live feed follows.
    Reset,
}

impl Resume {
    /// Decides, given what the endpoint presents, which feed this is, its last change, and up to
    /// where changes may have been forgotten that an endpoint would have to be told.
    pub fn decide(presented: Option<&str>, epoch: Epoch, head: Seq, forgotten: Seq) -> Self {
        match presented {
            None | Some("") => Self::FromNothing,
            Some(text) => match Cursor::parse(text) {
                Some(cursor) if cursor.epoch == Epoch::UNMADE && cursor.known == Known::NOTHING => {
                    Self::From(cursor.known)
                }
                Some(cursor)
                    if cursor.epoch == epoch
                        && cursor.seq() <= head
                        && cursor
                            .known
                            .newest
                            .is_none_or(|newest| newest.began <= head)
                        && (cursor.seq() >= forgotten || cursor.known == Known::NOTHING) =>
                {
                    Self::From(cursor.known)
                }
                _ => Self::Reset,
            },
        }
    }

    /// The part of the feed that the endpoint knows.
    pub const fn known(self) -> Known {
        match self {
            Self::From(known) => known,
            Self::FromNothing | Self::Reset => Known::NOTHING,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: Epoch = Epoch::from_bytes([7; 16]);

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let known = Known::all_up_to(Seq::new(3));
        let newest = Newest {
            from: 40,
            began: Seq::new(12),
        };
        let newest = Known::newest(newest, Seq::new(5));
        for known in [
            Known::NOTHING,
            known,
            known.replayed_to(Seq::new(9)),
            newest,
            newest.replayed_to(Seq::new(20)),
        ] {
            let cursor = Cursor {
                epoch: EPOCH,
                known,
            };
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
    }

    #[test]
    fn only_a_cursor_of_this_feed_that_is_not_ahead_resumes() {
        let decide = |text: Option<&str>| Resume::decide(text, EPOCH, Seq::new(5), Seq::ZERO);
        let at = |epoch, seq| Cursor::all_up_to(epoch, Seq::new(seq)).to_string();
        assert_eq!(decide(None), Resume::FromNothing);
        assert_eq!(decide(Some("")), Resume::FromNothing);
        for seq in [0, 5] {
            let known = Known::all_up_to(Seq::new(seq));
            assert_eq!(decide(Some(&at(EPOCH, seq))), Resume::From(known));
        }
        let backwards = Known {
            position: Seq::new(1),
            content: Seq::new(2),
            newest: None,
        };
        let backwards = Cursor {
            epoch: EPOCH,
            known: backwards,
        };
        for text in [
            at(EPOCH, 6),
            at(Epoch::from_bytes([8; 16]), 1),
            backwards.to_string(),
            String::from("garbage"),
            String::from("AAAA"),
        ] {
            assert_eq!(decide(Some(&text)), Resume::Reset, "{text}");
        }
    }

    #[test]
    fn a_cursor_before_what_was_forgotten_does_not_resume() {
        let decide = |cursor: Cursor| {
            let text = cursor.to_string();
            Resume::decide(Some(&text), EPOCH, Seq::new(9), Seq::new(5))
        };
        let at = |seq| Cursor::all_up_to(EPOCH, Seq::new(seq));
        assert_eq!(decide(at(4)), Resume::Reset);
        assert_eq!(decide(at(5)), Resume::From(at(5).known));
        // An endpoint that has nothing misses nothing.
        assert_eq!(decide(at(0)), Resume::From(Known::NOTHING));
        let unmade = |seq| Cursor::all_up_to(Epoch::UNMADE, Seq::new(seq));
        assert_eq!(decide(unmade(0)), Resume::From(Known::NOTHING));
        assert_eq!(decide(unmade(1)), Resume::Reset);
    }
}
