//! KV: what was put there, and what goes wrong with it when a test says so.

use std::collections::{BTreeMap, BTreeSet};

use notifeed::time::Timestamp;
use notifeed_hub::host::{Effect, Outcome};
use serde_json::{Value as Json, json};

/// How KV behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// KV carries out each operation, and says so.
    #[default]
    Well,
    /// KV does nothing, and says nothing until it is in another mood.
    Slow,
    /// KV carries out each operation, and says that it failed.
    Fails,
    /// KV refuses everything.
    Down,
    /// KV refuses every nth operation.
    Refuses(usize),
    /// KV says that it has carried out each operation, and hasn't.
    Lies,
}

/// A text in KV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub value: String,
    pub metadata: String,
    pub expiration: u64,
}

/// The store.
#[derive(Default)]
pub struct Kv {
    pub mood: Mood,
    stored: BTreeMap<String, Stored>,
    /// All keys that ever were put, and when last: one write a second is what KV takes.
    put: BTreeMap<String, Timestamp>,
    /// The keys that it lied about.
    lied: BTreeSet<String>,
    /// How long it takes until a list knows of a put or a removal, in milliseconds.
    pub lag: i64,
    /// The keys that were removed, and when.
    removed: BTreeMap<String, (Stored, Timestamp)>,
    /// How many keys a page of a list has; 0: a thousand.
    pub page: usize,
    /// When the feed was erased.
    pub erased: Option<Timestamp>,
    /// How often it was read.
    pub reads: usize,
    asked: usize,
    /// How many puts were asked for, whatever became of them.
    pub puts: usize,
    /// How many keys were to be removed.
    pub removes: usize,
}

impl Kv {
    /// Does what is asked.
    pub fn carry_out(&mut self, effect: &Effect, now: Timestamp) -> Outcome {
        self.asked += 1;
        match effect {
            Effect::Put { .. } => self.puts += 1,
            Effect::Remove { .. } => self.removes += 1,
            Effect::List { .. } | Effect::Get { .. } | Effect::ErasedSince => self.reads += 1,
            Effect::Verify { .. } | Effect::Push(_) => panic!("that is none of KV's"),
        }
        let stored = match self.mood {
            Mood::Down => return Outcome::Failed("KV is down".into()),
            Mood::Refuses(nth) if self.asked.is_multiple_of(nth) => {
                return Outcome::Failed("KV has refused this one".into());
            }
            _ if let Some(read) = self.read(effect, now) => return Outcome::Read(read),
            Mood::Lies => {
                if let Effect::Put { key, .. } | Effect::Remove { key } = effect {
                    self.lied.insert(key.clone());
                }
                return Outcome::Done;
            }
            Mood::Well | Mood::Refuses(_) | Mood::Slow => self.store(effect, now),
            Mood::Fails => self.store(effect, now).and(Err("it took too long")),
        };
        match stored {
            Ok(()) => Outcome::Done,
            Err(why) => Outcome::Failed(why.into()),
        }
    }

    fn store(&mut self, effect: &Effect, now: Timestamp) -> Result<(), &'static str> {
        match effect {
            Effect::Put {
                key,
                value,
                metadata,
                expiration,
            } => {
                self.removed.remove(key);
                let last = self.put.insert(key.clone(), now);
                if last.is_some_and(|last| now.saturating_since(last).millis() < 1000) {
                    return Err("429: more than one write a second");
                }
                let stored = Stored {
                    value: value.clone(),
                    metadata: metadata.clone(),
                    expiration: *expiration,
                };
                if let Some(before) = self.stored.insert(key.clone(), stored) {
                    let same = content(&before.value) == content(value);
                    assert!(same, "{key} is put with other content: {value:.300}");
                }
            }
            Effect::Remove { key } => {
                if let Some(stored) = self.stored.remove(key) {
                    self.removed.insert(key.clone(), (stored, now));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The answer to a question; `None`: it is none.
    fn read(&self, effect: &Effect, now: Timestamp) -> Option<String> {
        Some(match effect {
            Effect::ErasedSince => {
                let erased = self.erased.map(|at| at.unix_millis().to_string());
                erased.unwrap_or_default()
            }
            Effect::Get { keys } => {
                assert!(keys.len() <= 100, "{} keys", keys.len());
                let stored: BTreeMap<_, _> = self.stored(now).collect();
                let text =
                    |key: &String| stored.get(key.as_str()).map_or("", |stored| &stored.value);
                keys.iter().map(text).collect::<Vec<_>>().join("\n")
            }
            Effect::List { cursor } => self.list(cursor.as_deref(), now),
            _ => return None,
        })
    }

    /// A page of the keys as they were a while ago.
    fn list(&self, cursor: Option<&str>, now: Timestamp) -> String {
        let known = |at: &Timestamp| now.saturating_since(*at).millis() >= self.lag;
        let there = self.stored(now).filter(|(key, _)| known(&self.put[*key]));
        let removed = self.removed.iter().filter(|(_, (_, at))| !known(at));
        let removed = removed.map(|(key, (stored, _))| (key.as_str(), stored));
        let all: BTreeMap<_, _> = there.chain(removed).collect();
        let page = if self.page == 0 { 1000 } else { self.page };
        let mut rest = all
            .into_iter()
            .filter(|(key, _)| cursor.is_none_or(|cursor| *key > cursor));
        let keys: Vec<_> = rest.by_ref().take(page).collect();
        let more = rest.next().is_some();
        let last = keys.last().map(|(key, _)| *key);
        let keys = keys.into_iter().map(|(key, stored)| {
            let metadata: Json = serde_json::from_str(&stored.metadata).unwrap();
            json!({ "name": key, "expiration": stored.expiration, "metadata": metadata })
        });
        let keys: Vec<Json> = keys.collect();
        match more {
            true => json!({ "keys": keys, "list_complete": false, "cursor": last }).to_string(),
            false => {
                json!({ "keys": keys, "list_complete": true, "cacheStatus": null }).to_string()
            }
        }
    }

    /// Everything is erased, and KV remembers when.
    pub fn erase(&mut self, now: Timestamp) {
        self.stored.clear();
        self.erased = Some(now);
    }

    /// Everything that it has.
    pub fn contents(&self) -> BTreeMap<String, Stored> {
        self.stored.clone()
    }

    /// Removed copies are found again.
    pub fn bring_back(&mut self, contents: BTreeMap<String, Stored>) {
        self.stored.extend(contents);
    }

    /// The entries at that time.
    pub fn stored(&self, now: Timestamp) -> impl Iterator<Item = (&str, &Stored)> {
        let now = u64::try_from(now.unix_millis() / 1000).unwrap();
        let stored = self.stored.iter();
        stored.filter_map(move |(key, stored)| {
            (stored.expiration > now).then_some((key.as_str(), stored))
        })
    }

    /// Puts entries back: the list is late, and still has what was removed.
    pub fn put_back(&mut self, entries: &[(String, Stored)]) {
        self.stored.extend(entries.iter().cloned());
    }

    /// Whether it lied about a copy of an item.
    pub fn lied_about_item(&self, id: &str) -> bool {
        self.lied.iter().any(|key| key.contains(id))
    }
}

/// Asserts that KV can do what is asked.
pub fn assert_takes(effect: &Effect, now: Timestamp) {
    if let Effect::Put {
        key,
        metadata,
        expiration,
        ..
    } = effect
    {
        assert!(key.len() <= 512, "{key}");
        assert!(metadata.len() <= 1024, "{metadata}");
        let seconds = u64::try_from(now.unix_millis() / 1000).unwrap();
        let soonest = seconds + 60;
        assert!(*expiration >= soonest, "{key} expires too soon for KV");
    }
}

/// The part of a copy that never changes under one key.
fn content(value: &str) -> Option<Json> {
    let value: Json = serde_json::from_str(value).unwrap();
    value.get("content").cloned()
}
