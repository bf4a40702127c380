//! KV's copies of a feed: all that it takes to heal one.

use std::collections::BTreeMap;

use notifeed::time::Timestamp;
use serde_json::Value as Json;

use crate::item::Item;
use crate::world::{FEED, World};

/// The copies of an item, by their number.
pub type Copies = BTreeMap<u64, Json>;

impl World {
    /// The copies of items that KV has, each a text of the right form under the right key.
    pub fn copies(&self) -> BTreeMap<String, Copies> {
        let kv = self.runtime.kv.borrow();
        let mut copies: BTreeMap<String, Copies> = BTreeMap::new();
        for (key, stored) in kv.stored(self.now()) {
            let rest = key.strip_prefix(FEED).unwrap();
            let rest = rest.strip_prefix(':').unwrap();
            let value: Json = serde_json::from_str(&stored.value).unwrap();
            let metadata: Json = serde_json::from_str(&stored.metadata).unwrap();
            assert_eq!(value["version"], 1, "{key}");
            assert_eq!(metadata["version"], 1, "{key}");
            let gone = value.get("gone").is_some();
            assert_eq!(metadata["gone"], gone, "{key}");
            if rest.starts_with('!') {
                continue;
            }
            let (id, number) = rest.split_once(':').unwrap();
            assert_eq!(value["id"], id, "{key}");
            assert_eq!(value["copy"].to_string(), number, "{key}");
            assert_eq!(value["ordinal"], metadata["ordinal"], "{key}");
            assert_eq!(value.get("content").is_none(), gone, "{key}");
            let number = number.parse().unwrap();
            copies
                .entry(id.to_owned())
                .or_default()
                .insert(number, value);
        }
        copies
    }

    /// The copy under a key that isn't an item's.
    pub fn other_copy(&self, name: &str) -> Option<Json> {
        let kv = self.runtime.kv.borrow();
        let key = format!("{FEED}:!{name}");
        let mut stored = kv.stored(self.now());
        let (_, stored) = stored.find(|(known, _)| *known == key)?;
        Some(serde_json::from_str(&stored.value).unwrap())
    }

    /// Asserts that KV has what is live and knows what has gone: the highest number counts.
    /// Whatever it lied about doesn't.
    pub fn assert_copied(&mut self, gone: &BTreeMap<String, Timestamp>) {
        let copies = self.copies();
        let (now, list) = (self.now(), self.list());
        let lied = |id: &str| self.runtime.kv.borrow().lied_about_item(id);
        for view in &list {
            let id = view["id"].as_str().unwrap();
            if lied(id) {
                continue;
            }
            let copies = copies.get(id).unwrap_or_else(|| panic!("KV lacks {id}"));
            let (_, newest) = copies.last_key_value().unwrap();
            let content = newest.get("content");
            let content = content.unwrap_or_else(|| panic!("{id} lives, and KV has it gone"));
            let item = Item::of(view);
            assert_eq!(content["payload"]["rawContent"], item.text.as_str(), "{id}");
            assert_eq!(content["targetPolicy"], view["targetPolicy"], "{id}");
            assert_eq!(newest["expiration"], item.expiration.unix_millis(), "{id}");
        }
        for (id, until) in gone {
            // KV needn't hear of an item that came and went before it was copied.
            if let Some(copies) = copies.get(id).filter(|_| now < *until && !lied(id)) {
                let (_, newest) = copies.last_key_value().unwrap();
                assert_eq!(newest["gone"], true, "{id} was deleted, and KV has it");
            }
        }
    }
}
