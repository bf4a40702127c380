//! Tokens that go on with a list or a delta, opaque to the reader, and what a page looks like.

use crate::credentials::{base64url_decode, base64url_encode};
use crate::error::{ErrorCode, Problem};
use crate::feed::cursor::{Epoch, Known, Newest, Resume};
use crate::feed::entry::Seq;
use crate::guid::Guid;
use crate::json::Writer;

/// How many bytes of bodies a page of the list or of a delta holds, passed by its last item at most.
pub const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// The place below which a list goes on. Later posts come above it, and no state change moves an
/// item, so pages stay what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListToken {
    /// Which feed.
    pub epoch: Epoch,
    /// The place of the last item of the page before.
    pub below: i64,
}

/// The position from which a delta goes on. It is bounded by the head at its first page: what changes later belongs
/// to the next delta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeltaToken {
    /// Which feed.
    pub epoch: Epoch,
    /// The part of the feed that the reader knew when the read began, and how far it has been told since.
    pub known: Known,
    /// The head at the delta's first page: the delta lists changes up to this number.
    pub bound: Seq,
    /// Whether the delta began without a token: then it needs to list no removals.
    pub fresh: bool,
}

const LIST: u8 = b'l';
const DELTA: u8 = b'd';
const FRESH_DELTA: u8 = b'f';

impl ListToken {
    /// Reads a `$skiptoken` of a list.
    ///
    /// # Errors
    /// 410 for what isn't one, or is another feed's.
    pub fn parse(text: &str, epoch: Epoch) -> Result<Self, Problem> {
        match read(text, LIST, epoch).as_deref() {
            Some([below]) => Ok(Self {
                epoch,
                below: *below,
            }),
            _ => Err(unknown_token()),
        }
    }
}

impl std::fmt::Display for ListToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write(LIST, self.epoch, &[self.below]))
    }
}

impl DeltaToken {
    /// Begins a delta: at `$deltatoken`, which is a cursor, or with nothing.
    ///
    /// # Errors
    /// 410 for a token that isn't one, is another feed's, or is ahead of this one.
    pub fn begin(
        delta_token: Option<&str>,
        epoch: Epoch,
        head: Seq,
        forgotten: Seq,
    ) -> Result<Self, Problem> {
        match Resume::decide(delta_token, epoch, head, forgotten) {
            Resume::Reset => Err(unknown_token()),
            resume => Ok(Self {
                epoch,
                known: resume.known(),
                bound: head,
                fresh: resume.known() == Known::NOTHING,
            }),
        }
    }

    /// Reads a `$skiptoken` of a delta.
    ///
    /// # Errors
    /// 410 for what isn't one, is another feed's, or would go on before what was `forgotten`.
    pub fn parse(text: &str, epoch: Epoch, forgotten: Seq) -> Result<Self, Problem> {
        let fresh = read(text, FRESH_DELTA, epoch);
        let (numbers, fresh) = match fresh {
            Some(numbers) => (Some(numbers), true),
            None => (read(text, DELTA, epoch), false),
        };
        match numbers.as_deref() {
            Some([content, position, bound, newest @ ..])
                if fresh || Seq::new(*position) >= forgotten =>
            {
                let newest = match newest {
                    [] => None,
                    [from, began] => Some(Newest {
                        from: *from,
                        began: Seq::new(*began),
                    }),
                    _ => return Err(unknown_token()),
                };
                Ok(Self {
                    epoch,
                    known: Known {
                        position: Seq::new(*position),
                        content: Seq::new(*content),
                        newest,
                    },
                    bound: Seq::new(*bound),
                    fresh,
                })
            }
            _ => Err(unknown_token()),
        }
    }
}

impl std::fmt::Display for DeltaToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Known {
            position,
            content,
            newest,
        } = self.known;
        let mut numbers = vec![content.get(), position.get(), self.bound.get()];
        if let Some(Newest { from, began }) = newest {
            numbers.extend([from, began.get()]);
        }
        let kind = if self.fresh { FRESH_DELTA } else { DELTA };
        f.write_str(&write(kind, self.epoch, &numbers))
    }
}

fn write(kind: u8, epoch: Epoch, numbers: &[i64]) -> String {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(epoch.as_bytes());
    for number in numbers {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    base64url_encode(&bytes)
}

fn read(text: &str, kind: u8, epoch: Epoch) -> Option<Vec<i64>> {
    let bytes = base64url_decode(text)?;
    let (first, rest) = bytes.split_first()?;
    let (of, mut rest) = rest.split_first_chunk::<16>()?;
    if *first != kind || of != epoch.as_bytes() {
        return None;
    }
    let mut numbers = Vec::new();
    while let Some((number, more)) = rest.split_first_chunk::<8>() {
        numbers.push(i64::from_be_bytes(*number));
        rest = more;
    }
    rest.is_empty().then_some(numbers)
}

/// A delta token, and whose it is: nothing for one that any reader and the stream may use, else the tag
/// that stands behind `~`.
pub fn reader_of(token: &str) -> (&str, &str) {
    token.split_once('~').unwrap_or((token, ""))
}

/// A delta token that belongs to a reader: with another's, the delta can't go on.
///
/// # Errors
/// 410 for a token of another reader.
pub fn of_reader<'t>(token: &'t str, reader: &str) -> Result<&'t str, Problem> {
    let (text, of) = reader_of(token);
    if of == reader {
        Ok(text)
    } else {
        Err(unknown_token())
    }
}

/// The token of a reader.
pub fn for_reader(token: String, reader: &str) -> String {
    match reader {
        "" => token,
        reader => [&token, "~", reader].concat(),
    }
}

/// 410: the token is of no use here.
pub(crate) fn unknown_token() -> Problem {
    Problem::new(
        ErrorCode::SyncStateNotFound,
        "This token isn't of this feed, or the feed was restored since. Start again without a token.",
    )
}

/// A page of a list or a delta: `count` is how many there are on all pages, where that is said; `values`
/// are JSON texts; `link` is the name of the link to what comes next, and its URL.
pub fn render(
    context: &str,
    count: Option<i64>,
    values: &[String],
    link: Option<(&str, &str)>,
) -> String {
    let size = values.iter().map(String::len).sum::<usize>();
    let mut writer = Writer::with_capacity(size.saturating_add(512));
    writer.begin_object();
    writer.string_field("@odata.context", context);
    if let Some(count) = count {
        writer.integer_field("@odata.count", count);
    }
    writer.key("value");
    writer.begin_array();
    for value in values {
        writer.raw(value);
    }
    writer.end_array();
    if let Some((name, url)) = link {
        writer.string_field(name, url);
    }
    writer.end_object();
    writer.finish()
}

/// The entry of an item that is gone in a delta; `reason`: `deleted`, or `changed` where it is for others
/// from now on (OData 4.01 §15.5).
pub fn removed(id: Guid, reason: &str) -> String {
    let mut writer = Writer::new();
    writer.begin_object();
    writer.string_field("id", &id.to_string());
    writer.key("@removed");
    writer.begin_object();
    writer.string_field("reason", reason);
    writer.end_object();
    writer.end_object();
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Cursor;

    const EPOCH: Epoch = Epoch::from_bytes([7; 16]);
    const OTHER: Epoch = Epoch::from_bytes([8; 16]);

    #[test]
    fn tokens_are_read_as_they_were_written() {
        let list = ListToken {
            epoch: EPOCH,
            below: 12,
        };
        assert_eq!(ListToken::parse(&list.to_string(), EPOCH), Ok(list));
        let known = Known::all_up_to(Seq::new(3));
        let newest = Newest {
            from: 40,
            began: Seq::new(12),
        };
        for known in [
            Known::NOTHING,
            known,
            known.replayed_to(Seq::new(5)),
            Known::newest(newest, Seq::new(4)),
        ] {
            let delta = DeltaToken {
                epoch: EPOCH,
                known,
                bound: Seq::new(9),
                fresh: known == Known::NOTHING,
            };
            assert_eq!(
                DeltaToken::parse(&delta.to_string(), EPOCH, known.position),
                Ok(delta)
            );
            let later = known.position.next();
            let forgotten = DeltaToken::parse(&delta.to_string(), EPOCH, later);
            assert_eq!(forgotten.is_ok(), known == Known::NOTHING);
            assert!(ListToken::parse(&delta.to_string(), EPOCH).is_err());
            assert!(DeltaToken::parse(&delta.to_string(), OTHER, Seq::ZERO).is_err());
        }
        assert!(ListToken::parse(&list.to_string(), OTHER).is_err());
        assert!(ListToken::parse("", EPOCH).is_err());
    }

    #[test]
    fn a_delta_begins_at_a_cursor_of_this_feed() {
        let head = Seq::new(9);
        let begin = |text: Option<&str>| {
            DeltaToken::begin(text, EPOCH, head, Seq::ZERO)
                .map(|token| (token.known, token.bound))
                .map_err(|problem| problem.code)
        };
        let at = |epoch, seq| Cursor::all_up_to(epoch, Seq::new(seq)).to_string();
        assert_eq!(begin(None), Ok((Known::NOTHING, head)));
        let known = Known::all_up_to(Seq::new(4));
        assert_eq!(begin(Some(&at(EPOCH, 4))), Ok((known, head)));
        for text in [at(OTHER, 1), at(EPOCH, 10), String::from("garbage")] {
            assert_eq!(begin(Some(&text)), Err(ErrorCode::SyncStateNotFound));
        }
    }
}
