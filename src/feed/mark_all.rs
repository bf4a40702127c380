//! Reading and seeing everything at once (CONTRACT §5.4).

use crate::error::Problem;
use crate::feed::cursor::{Cursor, Epoch, Known};
use crate::feed::entry::Seq;
use crate::feed::page::{reader_of, unknown_token};
use crate::json::Writer;
use crate::notification::Platform;
use crate::notification::check::object_body;
use crate::violation::Violations;

/// A change of state for all items of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    /// Each unread item is read from now on.
    Read,
    /// The user has looked at a list that contained these items. No item changes.
    Seen,
}

/// The request of `markAllRead` or `markAllSeen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkAll {
    /// The change of state.
    pub marking: Marking,
    /// Up to where: a frame's cursor or a `$deltatoken`; `None`: to the head.
    pub cursor: Option<String>,
    /// Only the items that this platform receives; `None`: all.
    pub platform: Option<Platform>,
}

/// The numbers of unread and of unseen items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Items that are on the feed, unread and not dismissed: the number of a badge.
    pub unread: u32,
    /// The unread items whose last change came after everything was seen.
    pub unseen: u32,
}

/// Reads the body of `POST …/markAllRead` and `…/markAllSeen`: an object with a `cursor` or without one,
/// or nothing at all. Other properties are ignored.
///
/// # Errors
/// Every violation.
pub fn parse_cursor(body: &[u8]) -> Result<Option<String>, Violations> {
    if body.is_empty() {
        return Ok(None);
    }
    object_body(body, |check, object| {
        let [value] = check.members(object, "", &["cursor"]);
        match value {
            None => Some(None),
            Some(value) => check
                .string(value, "cursor")
                .map(|text| Some(text.to_owned())),
        }
    })
}

/// Up to which number items are marked: the position of `cursor`, else the head.
///
/// # Errors
/// 410 for what isn't a cursor, is another feed's, or is ahead of this one.
pub fn through(cursor: Option<&str>, epoch: Epoch, head: Seq) -> Result<Seq, Problem> {
    let Some(text) = cursor else {
        return Ok(head);
    };
    let cursor = Cursor::parse(reader_of(text).0).ok_or_else(unknown_token)?;
    let nothing = cursor.epoch == Epoch::UNMADE && cursor.known == Known::NOTHING;
    if !nothing && (cursor.epoch != epoch || cursor.seq() > head) {
        return Err(unknown_token());
    }
    Ok(cursor.seq())
}

/// The answer over HTTP: `cursor` is the position at which everything is known.
pub fn answer(cursor: Cursor, counts: Counts) -> String {
    let mut writer = Writer::new();
    writer.begin_object();
    writer.string_field("cursor", &cursor.to_string());
    writer.integer_field("unread", i64::from(counts.unread));
    writer.integer_field("unseen", i64::from(counts.unseen));
    writer.end_object();
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const EPOCH: Epoch = Epoch::from_bytes([7; 16]);

    #[test]
    fn a_body_has_a_cursor_or_none() {
        for (body, expected) in [
            ("", None),
            ("{}", None),
            (r#"{"cursor":null}"#, None),
            (r#"{"cursor":"a","other":1}"#, Some("a")),
        ] {
            let cursor = parse_cursor(body.as_bytes());
            assert_eq!(cursor, Ok(expected.map(str::to_owned)), "{body}");
        }
        for (body, code) in [
            ("[]", ErrorCode::BadRequest),
            ("{", ErrorCode::BadRequest),
            (r#"{"cursor":1}"#, ErrorCode::InvalidActivityDataType),
            (r#"{"cursor":"a","cursor":"b"}"#, ErrorCode::BadRequest),
        ] {
            let refused = parse_cursor(body.as_bytes()).err();
            let refused = refused.map(|violations| violations.error_code());
            assert_eq!(refused, Some(code), "{body}");
        }
    }

    #[test]
    fn a_cursor_says_up_to_where() {
        let head = Seq::new(5);
        let at = |epoch, seq| Cursor::all_up_to(epoch, Seq::new(seq)).to_string();
        let position = |text: Option<&str>| {
            let position = through(text, EPOCH, head);
            position.map_err(|problem| problem.code)
        };
        assert_eq!(position(None), Ok(head));
        assert_eq!(position(Some(&at(EPOCH, 3))), Ok(Seq::new(3)));
        assert_eq!(position(Some(&at(EPOCH, 5))), Ok(head));
        let of_a_platform = at(EPOCH, 4) + "~ios";
        assert_eq!(position(Some(&of_a_platform)), Ok(Seq::new(4)));
        assert_eq!(position(Some(&at(Epoch::UNMADE, 0))), Ok(Seq::ZERO));
        let other = Epoch::from_bytes([8; 16]);
        for text in [
            at(EPOCH, 6),
            at(other, 1),
            at(Epoch::UNMADE, 1),
            "x".into(),
            String::new(),
        ] {
            let refused = position(Some(&text));
            assert_eq!(refused, Err(ErrorCode::SyncStateNotFound), "{text}");
        }
    }
}
