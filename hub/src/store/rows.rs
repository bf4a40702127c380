//! Reading rows.

use notifeed::digest::Digest;
use notifeed::feed::answer::Answer;
use notifeed::feed::entry::{DeletedBy, Sender};
use notifeed::feed::{Entry, ReadState, Seq, UserActionState};
use notifeed::guid::Guid;
use notifeed::json::JsonText;
use notifeed::notification::{Content, PlatformSet, Priority};
use notifeed::time::Timestamp;

use super::SEQ_BASE;
use crate::fault::Fault;
use crate::host::Value;

/// A row that is read column by column, from the first on.
pub struct Row {
    values: std::vec::IntoIter<Value>,
}

impl From<Vec<Value>> for Row {
    fn from(values: Vec<Value>) -> Self {
        Self {
            values: values.into_iter(),
        }
    }
}

fn unreadable(what: &str) -> Fault {
    Fault::new("a column can't be read", &what)
}

impl Row {
    fn next(&mut self) -> Value {
        self.values.next().unwrap_or(Value::Null)
    }

    /// INTEGER
    ///
    /// # Errors
    /// The column is something else.
    pub fn integer(&mut self) -> Result<i64, Fault> {
        self.opt_integer().ok_or_else(|| unreadable("INTEGER"))
    }

    /// INTEGER, or nothing.
    pub fn opt_integer(&mut self) -> Option<i64> {
        match self.next() {
            Value::Integer(number) => Some(number),
            Value::Null | Value::Text(_) => None,
        }
    }

    /// INTEGER of a smaller type.
    ///
    /// # Errors
    /// The column is something else.
    pub fn small<T: TryFrom<i64>>(&mut self) -> Result<T, Fault> {
        T::try_from(self.integer()?).map_err(|_| unreadable("a small INTEGER"))
    }

    /// TEXT
    ///
    /// # Errors
    /// The column is something else.
    pub fn text(&mut self) -> Result<String, Fault> {
        self.opt_text().ok_or_else(|| unreadable("TEXT"))
    }

    /// TEXT, or nothing.
    pub fn opt_text(&mut self) -> Option<String> {
        match self.next() {
            Value::Text(text) => Some(text),
            Value::Null | Value::Integer(_) => None,
        }
    }

    /// A time.
    ///
    /// # Errors
    /// The column is something else.
    pub fn time(&mut self) -> Result<Timestamp, Fault> {
        Ok(Timestamp::saturating_from_unix_millis(self.integer()?))
    }

    /// A time, or nothing.
    pub fn opt_time(&mut self) -> Option<Timestamp> {
        self.opt_integer()
            .map(Timestamp::saturating_from_unix_millis)
    }

    /// A GUID.
    ///
    /// # Errors
    /// The column is something else.
    pub fn guid(&mut self) -> Result<Guid, Fault> {
        Guid::parse(&self.text()?).map_err(|_| unreadable("a GUID"))
    }

    /// A digest.
    ///
    /// # Errors
    /// The column is something else.
    pub fn digest(&mut self) -> Result<Digest, Fault> {
        Digest::parse(&self.text()?).ok_or_else(|| unreadable("a digest"))
    }

    /// The number of a change.
    ///
    /// # Errors
    /// The column is something else.
    pub fn seq(&mut self) -> Result<Seq, Fault> {
        Ok(Seq::new(self.integer()?.saturating_sub(SEQ_BASE)))
    }

    fn platforms(&mut self) -> Result<PlatformSet, Fault> {
        // Bits of a later release stand for platforms that this one can't serve.
        let bits: u8 = self.small()?;
        PlatformSet::from_bits(bits & PlatformSet::ALL.bits())
            .ok_or_else(|| unreadable("platforms"))
    }

    /// The columns of an entry.
    ///
    /// # Errors
    /// A column has another type.
    pub fn entry(&mut self) -> Result<Entry, Fault> {
        Ok(Entry {
            id: self.guid()?,
            ordinal: self.integer()?,
            seq: self.seq()?,
            content_seq: self.seq()?,
            copy: self.small()?,
            revision: self.small()?,
            read_state: state(&ReadState::ALL, self.integer()?),
            user_action_state: state(&UserActionState::ALL, self.integer()?),
            deleted: match self.integer()? {
                3 => Some(DeletedBy::Receiver),
                5 => Some(DeletedBy::Sender),
                _ => None,
            },
            platforms: self.platforms()?,
            reached: self.platforms()?,
            created: self.time()?,
            modified: self.time()?,
            posted: self.time()?,
            expiration: self.time()?,
            keep_until: self.time()?,
            display_time_to_live: self
                .opt_integer()
                .and_then(|seconds| u32::try_from(seconds).ok()),
            asks: self.integer()? == 3,
            answered: self
                .opt_integer()
                .map(|number| Seq::new(number.saturating_sub(SEQ_BASE))),
            snoozed_until: self.opt_time(),
        })
    }

    /// The columns of a record.
    ///
    /// # Errors
    /// A column has another type.
    pub fn record(&mut self) -> Result<Record, Fault> {
        Ok(Record {
            sender: Sender {
                issuer: self.text()?,
                app: self.text()?,
            },
            app_notification_id: self.opt_text(),
            group_name: self.opt_text(),
            // A priority of a later release is none that this one knows.
            priority: Priority::parse(&self.text()?).unwrap_or(Priority::High),
            request_digest: self.digest()?,
            answer: self.answer(),
            answer_key: self.opt_text(),
        })
    }

    /// The answer, where there is one.
    pub fn answer(&mut self) -> Option<JsonText<Answer>> {
        self.opt_text().map(JsonText::stored)
    }

    /// A body, unless the item has ended.
    pub fn body(&mut self) -> Option<JsonText<Content>> {
        self.opt_text().map(JsonText::stored)
    }

    /// An entry with its body.
    ///
    /// # Errors
    /// A column is something else.
    pub fn item(&mut self) -> Result<Item, Fault> {
        Ok(Item {
            entry: self.entry()?,
            answer: self.answer(),
            body: self.body(),
        })
    }
}

/// The state that stands for a stored number, from 2 on; a number of a later release is the first.
fn state<T: Copy + Default>(all: &[T], number: i64) -> T {
    usize::try_from(number.saturating_sub(2))
        .ok()
        .and_then(|place| all.get(place))
        .copied()
        .unwrap_or_default()
}

/// An item of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its row in the index.
    pub entry: Entry,
    /// The answer, where there is one.
    pub answer: Option<JsonText<Answer>>,
    /// Its content; `None` where it has ended.
    pub body: Option<JsonText<Content>>,
}

impl Item {
    /// Its texts, for frames.
    pub fn texts(&self) -> Texts<'_> {
        Texts {
            content: self.body.as_ref(),
            answer: self.answer.as_ref(),
        }
    }
}

/// The texts of an item that frames repeat, as far as whoever tells of it has them: its content where that is new, and
/// always its answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Texts<'a> {
    /// The content.
    pub content: Option<&'a JsonText<Content>>,
    /// The answer, where there is one.
    pub answer: Option<&'a JsonText<Answer>>,
}

/// The rest of an item's row: its sender, what it is compared by and filtered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The app that sent it.
    pub sender: Sender,
    /// The sending app's own id for the item.
    pub app_notification_id: Option<String>,
    /// The group.
    pub group_name: Option<String>,
    /// The priority.
    pub priority: Priority,
    /// SHA-256 of the canonical request.
    pub request_digest: Digest,
    /// The answer, where there is one,
    pub answer: Option<JsonText<Answer>>,
    /// and the key of the client that gave it.
    pub answer_key: Option<String>,
}
