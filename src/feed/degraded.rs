//! Degraded reads (CONTRACT §2) (D28): a feed whose Hub can't answer is read from its copies in KV (ARCHITECTURE "Two
//! stores").
//!
//! [`after`] says which failures of a Hub lead here, [`Wanted`] which reads copies can answer: it
//! [chooses](Wanted::choose) among the keys of KV, and [answers](Wanted::answer) by their values.

use crate::error::Problem;
use crate::error::problems::no_such_notification;
use crate::feed::answer::Answer;
use crate::feed::append::Head;
use crate::feed::entry::{Entry, ReadState, Seq, UserActionState};
use crate::feed::page::{self, MAX_PAGE_BYTES};
use crate::feed::query::Query;
use crate::feed::{update, view};
use crate::guid::Guid;
use crate::json::{self, JsonText, Value, Writer};
use crate::notification::{Content, PlatformSet};
use crate::request::{Context, links};
use crate::time::{Duration, Timestamp};

/// How long a Hub may take to answer.
pub const PATIENCE: Duration = Duration::from_seconds(5);

/// Why a Hub gave no answer, as the runtime tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// More calls wait for the Hub than the runtime lets wait.
    Overloaded,
    /// The Hub ended while it was asked.
    Reset,
    /// An answer takes longer than [`PATIENCE`].
    Silent,
    /// The Hub's code failed.
    Fault,
}

/// The consequence of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The Hub is asked once more: a read changes nothing.
    AskAgain,
    /// Its copies are read.
    ReadCopies,
    /// The caller is told 503.
    Fail,
}

/// The consequence of a Hub's failure; `again`: it was asked for the second time. A mistake of our own is never hidden.
pub const fn after(failure: Failure, again: bool) -> Next {
    match failure {
        Failure::Reset if !again => Next::AskAgain,
        Failure::Overloaded | Failure::Reset | Failure::Silent => Next::ReadCopies,
        Failure::Fault => Next::Fail,
    }
}

/// A user's read that copies can answer.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'q> {
    /// The newest items of the feed.
    Newest(&'q Query),
    /// The item of that id.
    Item(Guid),
}

/// A key of KV with its metadata.
struct Listed<'k> {
    key: &'k str,
    copy: i64,
    ordinal: i64,
    expiration: Timestamp,
    gone: bool,
}

/// The word of KV on an item.
enum Copied {
    /// The item has ended.
    Gone,
    /// The item with its content and its answer.
    Item(Box<Entry>, JsonText<Content>, Option<JsonText<Answer>>),
}

impl<'q> Wanted<'q> {
    /// A page of the list. `None`: copies can't answer it, since they lack states that changed since, and places in
    /// the list.
    pub const fn newest(query: &'q Query) -> Option<Self> {
        let is_plain = query.skip_token.is_none()
            && query.filter.is_empty()
            && query.platform.is_none()
            && !query.count;
        if is_plain {
            Some(Self::Newest(query))
        } else {
            None
        }
    }

    /// The item of an id in a path; `None`: it is none.
    pub fn item(id: &str) -> Option<Self> {
        Guid::parse(id).ok().map(Self::Item)
    }

    /// The beginning of the keys of its copies, after the Hub's part.
    pub fn prefix(&self) -> String {
        match self {
            Self::Newest(_) => String::new(),
            Self::Item(id) => format!("{id}:"),
        }
    }

    /// The keys to read, in the order of the answer. `listed`: a line for each key that KV has: the key without the
    /// Hub's part, and of its metadata `ordinal`, `expiration` and `gone`, with blanks between. The highest copy of an item
    /// counts. Items that have ended or expired by `now` aren't on a page.
    pub fn choose<'k>(&self, listed: &'k str, now: Timestamp) -> Vec<&'k str> {
        // Copies of one item are listed one after the other.
        let mut found: Vec<Listed<'k>> = Vec::new();
        for one in listed.lines().filter_map(Listed::read) {
            match found.last_mut() {
                Some(last) if last.ordinal == one.ordinal => {
                    if last.copy < one.copy {
                        *last = one;
                    }
                }
                _ => found.push(one),
            }
        }
        let Self::Newest(query) = self else {
            return found.iter().map(|one| one.key).collect();
        };
        found.retain(|one| !one.gone && now < one.expiration);
        // A page is short: sorting all of them would take a larger program, and no less time.
        let mut chosen = Vec::new();
        let mut below = i64::MAX;
        while chosen.len() < query.page_size() as usize {
            let rest = found.iter().filter(|one| one.ordinal < below);
            let Some(newest) = rest.max_by_key(|one| one.ordinal) else {
                break;
            };
            below = newest.ordinal;
            chosen.push(newest.key);
        }
        chosen
    }

    /// The body of the answer by the values of the chosen keys, as far as KV still has them, with its mark. `None`: nothing
    /// is known of the item.
    ///
    /// # Errors
    /// 404 for an item that has ended.
    pub fn answer<'v>(
        &self,
        values: impl Iterator<Item = &'v str>,
        principal_name: &str,
        context: &Context,
    ) -> Result<Option<String>, Problem> {
        let now = context.now;
        let mut copies = values.filter_map(|value| Copied::read(value, now));
        let body = match self {
            Self::Newest(query) => {
                let mut room = MAX_PAGE_BYTES;
                let mut views = Vec::new();
                for copied in copies {
                    let Copied::Item(entry, content, answer) = copied else {
                        continue;
                    };
                    if room == 0 || !entry.is_live(now) {
                        continue;
                    }
                    let view = view::receiver(&entry, &content, answer.as_ref(), now);
                    room = room.saturating_sub(view.len());
                    views.push(view::selected(view, &query.select));
                }
                let feed = links::selected_context(context, principal_name, &query.select);
                page::render(&feed, None, &views, None)
            }
            Self::Item(_) => match copies.next() {
                None => return Ok(None),
                Some(Copied::Item(entry, content, answer)) if entry.is_live(now) => {
                    let answer = answer.as_ref();
                    view::receiver_entity(&entry, &content, answer, principal_name, context)
                }
                Some(_) => return Err(no_such_notification()),
            },
        };
        Ok(Some(marked(&body)))
    }
}

/// The JSON text of an object, with the mark of a degraded answer at its end.
fn marked(object: &str) -> String {
    let members = object.strip_suffix('}').unwrap_or(object);
    [members, ",\"@notifeed.degraded\":true}"].concat()
}

impl<'k> Listed<'k> {
    /// Keys of other things have no place in the list.
    fn read(line: &'k str) -> Option<Self> {
        let mut words = line.split(' ');
        let key = words.next()?;
        Some(Self {
            key,
            copy: key.split_once(':')?.1.parse().ok()?,
            ordinal: words.next()?.parse().ok()?,
            expiration: Timestamp::saturating_from_unix_millis(words.next()?.parse().ok()?),
            gone: words.next()? == "true",
        })
    }
}

impl Copied {
    /// Reads a value as the Hub's copying writes it; a snooze that is over by `now` has ended.
    fn read(value: &str, now: Timestamp) -> Option<Self> {
        let value = json::read_object(value.as_bytes())?;
        if value.get("gone").is_some() {
            return Some(Self::Gone);
        }
        let integer = |name| value.get(name)?.as_number()?.to_integer().ok();
        let number = |name| u32::try_from(integer(name)?).ok();
        let time = |name| integer(name).map(Timestamp::saturating_from_unix_millis);
        let text = |name| value.get(name)?.as_str();
        let expiration = time("expiration")?;
        let content = value.get("content")?;
        let answer = value.get("answer").map(written);
        let entry = Entry {
            id: Guid::parse(text("id")?).ok()?,
            revision: number("revision")?,
            // No view has these, nor has a copy the numbers of changes.
            copy: 0,
            ordinal: 0,
            content_seq: Seq::ZERO,
            seq: Seq::ZERO,
            platforms: PlatformSet::ALL,
            reached: PlatformSet::ALL,
            answered: None,
            created: time("created")?,
            modified: time("modified")?,
            posted: time("posted")?,
            expiration,
            display_time_to_live: number("displayTimeToLive"),
            read_state: ReadState::parse(text("readState")?)?,
            user_action_state: UserActionState::parse(text("userActionState")?)?,
            keep_until: expiration,
            deleted: None,
            asks: ["payload", "visualContent", "actions"]
                .into_iter()
                .try_fold(content, |value, name| value.as_object()?.get(name))
                .is_some(),
            snoozed_until: time("snoozedUntil"),
        };
        let entry = match entry.snoozed_until {
            Some(until) if until <= now => update::wake(&entry, until, Head::default()),
            _ => entry,
        };
        let members = written(content);
        let members = members.strip_prefix('{')?.strip_suffix('}')?;
        let content = JsonText::stored(members.to_owned());
        let answer = answer.map(JsonText::stored);
        Some(Self::Item(Box::new(entry), content, answer))
    }
}

fn written(value: &Value<'_>) -> String {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish()
}
