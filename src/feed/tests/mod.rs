//! The feed's rules, run with a store in memory and devices as clients are: a table of resume cases,
//! and a model check.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;
mod resume;

use std::collections::{BTreeMap, BTreeSet};

use super::append::{Appended, Head, Post, append};
use super::entry::Sender;
use super::update::{StateUpdate, delete, update};
use super::{
    Change, Cursor, Entry, Epoch, ReadState, RemovalReason, Resume, Seq, UserActionState,
    change_since,
};
use crate::guid::Guid;
use crate::notification::{Platform, PlatformSet};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::verdict::validate;

/// What a device shows of an item: its revision, its states, when it expires.
type Item = (u32, ReadState, UserActionState, Timestamp);

/// What a device is told: the frames of the live protocol, without their rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Reset,
    Content(Guid, Item),
    State(Guid, ReadState, UserActionState),
    Removed(Guid, RemovalReason),
    Ready { resumed: bool },
}

/// A feed with its rows in memory.
struct Feed {
    epoch: Epoch,
    head: Head,
    rows: BTreeMap<Guid, Entry>,
    now: Timestamp,
    ids: u8,
}

impl Feed {
    fn new() -> Self {
        Self {
            epoch: Epoch::from_bytes([1; 16]),
            head: Head::default(),
            rows: BTreeMap::new(),
            now: Timestamp::saturating_from_unix_millis(1_790_000_000_000),
            ids: 0,
        }
    }

    /// Posts; `text` makes the content another one. `None`: the same content again.
    fn post(
        &mut self,
        key: Option<&str>,
        text: u32,
        platforms: PlatformSet,
        lives: i64,
    ) -> Option<Entry> {
        let names: Vec<String> = platforms
            .iter()
            .map(|p| format!("\"{}\"", p.as_str()))
            .collect();
        let key = key.map_or("null".to_owned(), |key| format!("\"{key}\""));
        let expiration = self.now.saturating_add_millis(lives);
        let body = format!(
            r#"{{"targetHostName":"a","appNotificationId":{key},"payload":{{"rawContent":"{text}"}},"expirationDateTime":"{expiration}","targetPolicy":{{"platformTypes":[{}]}}}}"#,
            names.join(",")
        );
        let accepted = validate(body.as_bytes(), self.now, &Policy::DEFAULT)
            .outcome
            .unwrap();
        let digest = accepted.request_text();
        let notification = accepted.into_notification();
        let sender = Sender {
            issuer: String::from("i"),
            app: String::from("a"),
        };
        self.ids += 1;
        let post = Post {
            notification: &notification,
            request_digest: &digest,
            sender: &sender,
            id: Guid::random_v4([self.ids; 16]),
            now: self.now,
        };
        let existing = notification.app_notification_id().and_then(|id| {
            let same = |entry: &&Entry| entry.app_notification_id.as_deref() == Some(id);
            self.rows
                .values()
                .filter(same)
                .max_by_key(|entry| entry.ordinal)
                .cloned()
        });
        match append(existing, self.head, &post) {
            Appended::Repeated(_) => None,
            Appended::Created(entry) | Appended::Replaced { entry, .. } => Some(self.put(entry)),
        }
    }

    fn put(&mut self, entry: Entry) -> Entry {
        self.head.seq = entry.seq;
        self.head.ordinal = self.head.ordinal.max(entry.ordinal);
        self.rows.insert(entry.id, entry.clone());
        entry
    }

    fn set(&mut self, id: Guid, states: StateUpdate) -> Option<Entry> {
        let entry = self.rows.get(&id).filter(|entry| entry.is_live(self.now))?;
        let changed = update(entry, states, self.head, self.now)?;
        Some(self.put(changed))
    }

    fn delete(&mut self, id: Guid) -> Option<Entry> {
        let entry = self.rows.get(&id).filter(|entry| entry.is_live(self.now))?;
        let tombstone = delete(entry, self.head, self.now);
        Some(self.put(tombstone))
    }

    fn pass(&mut self, millis: i64) {
        self.now = self.now.saturating_add_millis(millis);
    }

    /// What the hourly purge does.
    fn purge(&mut self) {
        let now = self.now;
        self.rows.retain(|_, entry| entry.keep_until > now);
    }

    /// Tells a device what it missed, at most `frames` changes of it: then the line breaks. Whether
    /// it is over.
    fn catch_up(&self, device: &mut Device, frames: usize) -> bool {
        let presented = device.cursor.map(|cursor| cursor.to_string());
        let resume = Resume::decide(presented.as_deref(), self.epoch, self.head.seq);
        if resume == Resume::Reset {
            device.hear(Told::Reset, None);
        }
        let known = resume.known();
        let mut rows: Vec<&Entry> = self.rows.values().collect();
        rows.sort_by_key(|entry| entry.seq);
        let changes = rows.into_iter().filter_map(|entry| {
            let change = change_since(entry, known, Some(device.platform), self.now)?;
            let cursor = Cursor {
                epoch: self.epoch,
                known: known.replayed_to(entry.seq),
            };
            Some((told(change, entry), cursor))
        });
        let changes: Vec<_> = changes.collect();
        for (told, cursor) in changes.iter().take(frames) {
            device.hear(told.clone(), Some(*cursor));
        }
        if changes.len() > frames {
            return false;
        }
        let ready = Told::Ready {
            resumed: matches!(resume, Resume::From(_)),
        };
        device.hear(ready, Some(Cursor::all_up_to(self.epoch, self.head.seq)));
        true
    }

    /// Tells a device of a change that has just happened.
    fn fan_out(&self, entry: &Entry, device: &mut Device) {
        let before = super::Known::all_up_to(Seq::new(entry.seq.get() - 1));
        if let Some(change) = change_since(entry, before, Some(device.platform), self.now) {
            let cursor = Cursor::all_up_to(self.epoch, entry.seq);
            device.hear(told(change, entry), Some(cursor));
        }
    }

    /// What a device of that platform should show.
    fn shown(&self, platform: Platform) -> BTreeMap<Guid, Item> {
        let aims = |entry: &&Entry| entry.is_live(self.now) && entry.platforms.contains(platform);
        let rows = self.rows.values().filter(aims);
        rows.map(|entry| (entry.id, item(entry))).collect()
    }
}

fn item(entry: &Entry) -> Item {
    (
        entry.revision,
        entry.read_state,
        entry.user_action_state,
        entry.expiration,
    )
}

fn told(change: Change, entry: &Entry) -> Told {
    match change {
        Change::Content => Told::Content(entry.id, item(entry)),
        Change::State => Told::State(entry.id, entry.read_state, entry.user_action_state),
        Change::Removed(reason) => Told::Removed(entry.id, reason),
    }
}

/// A client: what it shows, and where it left off.
struct Device {
    platform: Platform,
    items: BTreeMap<Guid, Item>,
    cursor: Option<Cursor>,
    heard: Vec<Told>,
    /// The changes that reached the app, by their number within the epoch.
    delivered: BTreeSet<(i64, [u8; 16])>,
}

impl Device {
    fn new(platform: Platform) -> Self {
        Self {
            platform,
            items: BTreeMap::new(),
            cursor: None,
            heard: Vec::new(),
            delivered: BTreeSet::new(),
        }
    }

    fn hear(&mut self, told: Told, cursor: Option<Cursor>) {
        if let (Some(cursor), false) = (cursor, matches!(told, Told::Ready { .. })) {
            let last = self.cursor.filter(|last| last.epoch == cursor.epoch);
            assert!(
                last.is_none_or(|last| last.seq() < cursor.seq()),
                "out of order: {told:?}"
            );
            let change = (cursor.seq().get(), *cursor.epoch.as_bytes());
            assert!(self.delivered.insert(change), "told twice: {told:?}");
        }
        match &told {
            Told::Reset => {
                self.items.clear();
                self.cursor = None;
            }
            Told::Content(id, item) => {
                self.items.insert(*id, *item);
            }
            Told::State(id, read_state, user_action_state) => {
                let item = self.items.get_mut(id).unwrap();
                (item.1, item.2) = (*read_state, *user_action_state);
            }
            Told::Removed(id, _) => {
                self.items.remove(id);
            }
            Told::Ready { .. } => {}
        }
        self.cursor = cursor.or(self.cursor);
        self.heard.push(told);
    }

    /// What it shows: it knows by itself what has expired.
    fn shown(&mut self, now: Timestamp) -> BTreeMap<Guid, Item> {
        self.items.retain(|_, item| now < item.3);
        self.items.clone()
    }
}
