//! KV: what was put there, and what goes wrong with it when a test says so.

use std::collections::{BTreeMap, BTreeSet};

use notifeed::time::Timestamp;
use notifeed_hub::host::{Effect, Outcome};
use serde_json::Value as Json;

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
            Effect::Verify { .. } | Effect::Push(_) => panic!("that is none of KV's"),
        }
        let stored = match self.mood {
            Mood::Down => return Outcome::Failed("KV is down".into()),
            Mood::Refuses(nth) if self.asked.is_multiple_of(nth) => {
                return Outcome::Failed("KV has refused this one".into());
            }
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
                self.stored.remove(key);
            }
            Effect::Verify { .. } | Effect::Push(_) => {}
        }
        Ok(())
    }

    /// The feed goes back in time, and gives out keys that it has given out before.
    pub fn forget_writes(&mut self) {
        self.stored.clear();
        self.put.clear();
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
