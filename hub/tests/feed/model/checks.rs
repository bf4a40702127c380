//! The checks of the model: the feed has what it should, every device shows it, and KV has it when all has come to rest.

use std::collections::BTreeMap;

use notifeed::notification::Platform;
use notifeed::time::Timestamp;
use serde_json::Value as Json;

use super::{ENOUGH, Expected, Model, PROMPT};
use crate::asking::HOUR;
use crate::item::Item;
use crate::world::{Backup, Mood, World};

const DAY: i64 = 24 * HOUR;

impl Model {
    /// The answer is lost, or on its way: one item is another one now, or none is.
    pub(super) fn find_out(&mut self) {
        self.wake_snoozed();
        let found = self.found();
        let now = self.world.now();
        self.expected.live.retain(|_, item| now < item.expiration);
        let expected = &mut self.expected;
        let differ = |id: &&String| expected.live.get(*id) != found.get(*id);
        let ids: Vec<String> = expected
            .live
            .keys()
            .chain(found.keys().filter(|id| !expected.live.contains_key(*id)))
            .filter(differ)
            .cloned()
            .collect();
        assert!(ids.len() <= 1, "{ids:?} are other ones now");
        for id in ids {
            if let (Some(before), None) = (expected.live.get(&id), found.get(&id)) {
                expected.gone.insert(id, before.expiration);
            }
        }
        expected.live = found;
    }

    /// The feed goes back, and is healed: each item is what KV knows of it, where that is newer; what KV knows to have
    /// gone stays so.
    pub(super) fn restore(&mut self, backup: &Backup, before: Expected) {
        let mood = std::mem::take(&mut self.world.runtime.kv.borrow_mut().mood);
        self.world.quietly(|world| {
            // A feed may go back to before it was made.
            world.deploy(|settings| settings.heal_empty_until = Some(Timestamp::MAX));
            world.restore(backup);
            world.heal();
            world.deploy(|settings| settings.heal_empty_until = None);
        });
        self.world.runtime.kv.borrow_mut().mood = mood;
        self.wake_snoozed();
        let (found, now) = (self.found(), self.world.now());
        let lied = |id: &str| self.world.runtime.kv.borrow().lied_about_item(id);
        let lost = std::mem::replace(&mut self.expected, before);
        let copies = self.world.copies();
        let newest = copies
            .values()
            .map(|copies| copies.last_key_value().unwrap().1);
        let newest: Vec<&Json> = newest.collect();
        for copy in &newest {
            let id = copy["id"].as_str().unwrap();
            let later = |other: &&&Json| {
                copy["appNotificationId"].is_string()
                    && other["appNotificationId"] == copy["appNotificationId"]
                    && other["ordinal"].as_i64() > copy["ordinal"].as_i64()
            };
            if copy["gone"] == true {
                assert!(!found.contains_key(id), "{id} came back");
                let known = lost.gone.get(id).map(|until| (id.to_owned(), *until));
                self.expected.gone.extend(known);
            } else if copy["expiration"].as_i64() > Some(now.unix_millis())
                && !lied(id)
                && !self.expected.gone.contains_key(id)
                && !newest.iter().any(|other| later(&other))
            {
                assert!(found.contains_key(id), "{id} was copied, and is lost");
            }
        }
        for (id, item) in &found {
            let row = self.expected.live.get(id);
            let is_row = row.is_some_and(|row| row.text == item.text);
            let is_copy = newest.iter().any(|copy| {
                let text = &copy["content"]["payload"]["rawContent"];
                copy["id"] == id.as_str() && text == item.text.as_str()
            });
            assert!(is_row || is_copy, "{id} was never so");
        }
        self.expected.live = found;
    }

    pub(super) fn found(&mut self) -> BTreeMap<String, Item> {
        let list = self.world.quietly(World::list);
        let items = list.iter();
        items
            .map(|view| (view["id"].as_str().unwrap().to_owned(), Item::of(view)))
            .collect()
    }

    /// The feed has what it should.
    pub(super) fn check(&mut self) {
        self.wake_snoozed();
        let found = self.found();
        let now = self.world.now();
        self.expected.live.retain(|_, item| now < item.expiration);
        assert_eq!(found, self.expected.live);
    }

    /// Devices that read and acknowledge all there is show what they should, unless the feed has had
    /// little memory.
    pub(super) fn check_devices(&mut self) {
        let now = self.world.now();
        for (device, prompt) in self.devices.iter_mut().zip(PROMPT) {
            if prompt {
                // An alarm that crashed rings again later: then it was the look at the feed that ended a snooze.
                device.listen(&mut self.world);
            }
            if prompt && device.ready && !self.pressed {
                device.assert_shows(expected_on(&self.expected, device.platform), now);
            }
        }
    }

    /// Nothing goes wrong any longer, and everybody comes back.
    pub(super) fn come_to_rest(&mut self) {
        let runtime = &self.world.runtime;
        runtime.faults.end();
        runtime.budget.set(ENOUGH);
        runtime.kv_rests.set(false);
        runtime.kv.borrow_mut().mood = Mood::Well;
        // An abort keeps everybody away for a minute.
        for _ in 0..150 {
            for device in &mut self.devices {
                device.listen(&mut self.world);
                if device.line.is_none() {
                    // As long as much is under way that nobody reads, none may connect.
                    device.connect(&mut self.world);
                    device.listen(&mut self.world);
                }
            }
            // A device that doesn't acknowledge is closed after a while, and goes on by its cursor.
            self.world.pass(1000);
        }
        self.check();
        let now = self.world.now();
        for device in &mut self.devices {
            device.listen(&mut self.world);
            assert!(device.ready, "it never is");
            device.assert_shows(expected_on(&self.expected, device.platform), now);
        }
        // The longest wait of any part is half a day and a fifth.
        self.world.pass(DAY);
        self.check();
        if self.world.settings.generation == 0 {
            self.world.assert_copied(&self.expected.gone);
        }
    }
}

/// The items that a device of that platform should show.
fn expected_on(expected: &Expected, platform: Platform) -> BTreeMap<String, Item> {
    let items = expected.live.iter();
    items
        .filter(|(_, item)| item.platforms.contains(platform))
        .map(|(id, item)| (id.clone(), item.clone()))
        .collect()
}
