//! Changes in the middle of a replay: the client's window is full, and it doesn't acknowledge
//! for a while.

use std::collections::BTreeMap;

use notifeed::feed::UserActionState;
use notifeed::notification::Platform;

use crate::asking::*;
use crate::device::Device;
use crate::told::{FRESH, RESUMED, Told};
use crate::world::World;

/// More than a window, and more than a page.
const ITEMS: usize = 110;

fn text(number: usize) -> String {
    format!("k{number}-{}", "x".repeat(12 * 1024))
}

struct Middle {
    world: World,
    device: Device,
    /// In the order of their last change.
    ids: Vec<String>,
    told: usize,
}

/// A client that began without a cursor, has acknowledged something, and reads on no further.
fn middle() -> Middle {
    let mut world = World::new();
    let post = |number| Post::new(&text(number)).key(&format!("k{number}"));
    let ids: Vec<String> = (0..ITEMS)
        .map(|number| world.posted(&post(number)))
        .collect();
    let mut device = Device::new(Platform::Windows);
    device.acknowledges = false;
    assert!(device.connect(&mut world));
    device.acknowledge(&mut world);
    device.listen(&mut world);
    assert!(!device.ready);
    let told = device.heard.len();
    assert!((40..50).contains(&told), "{told} frames in a window");
    let expected: Vec<Told> = (0..told)
        .map(|number| Told::content(number as i64 + 1, &ids[number], &text(number)))
        .collect();
    assert_eq!(device.told(), expected);
    Middle {
        world,
        device,
        ids,
        told,
    }
}

impl Middle {
    /// The rest of the replay but for those numbers, as it was.
    fn unmoved(&self, moved: &[usize]) -> Vec<Told> {
        (self.told..ITEMS)
            .filter(|number| !moved.contains(number))
            .map(|number| Told::content(number as i64 + 1, &self.ids[number], &text(number)))
            .collect()
    }

    /// Changes items that were told, and items that weren't; one of each kind. Returns the news for the client,
    /// after the rest.
    fn change(&mut self) -> (Vec<usize>, Vec<Told>) {
        let head = ITEMS as i64;
        let mut told = Vec::new();
        for (place, first) in [(0, 0), (3, self.told + 10)] {
            let seq = head + place;
            let [read_id, gone, replaced] =
                [0, 1, 2].map(|offset| self.ids[first + offset].clone());
            self.world.set(&read_id, read());
            self.world.remove(&gone);
            let key = format!("k{}", first + 2);
            let post = Post::new("new content").key(&key);
            assert_eq!(self.world.posted(&post), replaced);
            // Whole once more: the feed doesn't remember what it told, only how far it got.
            told.push(Told::content_read(seq + 1, &read_id, &text(first)));
            told.push(Told::removed(seq + 2, &gone, "deleted"));
            told.push(Told::content(seq + 3, &replaced, "new content"));
        }
        let added = self.world.posted(&Post::new("new"));
        told.push(Told::content(head + 7, &added, "new"));
        let first = self.told + 10;
        (vec![first, first + 1, first + 2], told)
    }

    fn finish(&mut self) -> Vec<Told> {
        self.device.acknowledges = true;
        self.device.acknowledge(&mut self.world);
        self.device.listen(&mut self.world);
        self.device.told()
    }

    fn assert_shown(&mut self) {
        let shown: BTreeMap<_, _> = self.device.shown(self.world.now());
        assert_eq!(shown, self.world.shown(Platform::Windows));
    }
}

#[test]
fn changes_come_after_the_rest_and_before_ready() {
    let mut middle = middle();
    let (moved, changes) = middle.change();
    middle.device.listen(&mut middle.world);
    assert_eq!(middle.device.told(), [], "its window is full");
    let told = middle.finish();
    let mut expected = middle.unmoved(&moved);
    expected.extend(changes);
    expected.push(FRESH);
    assert_eq!(told, expected);
    middle.assert_shown();
    // From here on it is told as it happens, once.
    let added = middle.world.list()[0]["id"].as_str().unwrap().to_owned();
    middle.world.set(&added, read());
    middle.device.listen(&mut middle.world);
    let seq = ITEMS as i64 + 8;
    assert_eq!(
        middle.device.told(),
        [Told::state(seq, &added, "read", "noInteraction")]
    );
}

#[test]
fn the_line_breaks_and_by_the_last_cursor_nothing_is_missing() {
    let mut middle = middle();
    middle.device.hang_up(&mut middle.world);
    let (moved, changes) = middle.change();
    middle.device.acknowledges = true;
    assert!(middle.device.connect(&mut middle.world));
    middle.device.listen(&mut middle.world);
    let mut expected = middle.unmoved(&moved);
    expected.extend(changes);
    expected.push(RESUMED);
    assert_eq!(middle.device.told(), expected);
    middle.assert_shown();
}

#[test]
fn a_clients_own_change_has_a_result_without_a_position_and_comes_in_its_turn() {
    let mut world = World::new();
    let ids: Vec<String> = (0..ITEMS)
        .map(|number| world.posted(&Post::new(&text(number))))
        .collect();
    let head = ITEMS as i64;
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    // Its first page is under way.
    let set = device.set(&mut world, &ids[0], acted(UserActionState::Activated));
    let deleted = device.delete(&mut world, &ids[ITEMS - 1]);
    device.listen(&mut world);
    let (results, told): (Vec<Told>, Vec<Told>) = device
        .told()
        .into_iter()
        .partition(|told| matches!(told, Told::Result(..)));
    assert_eq!(
        results,
        [
            Told::result(&set, 200, None, None),
            Told::result(&deleted, 204, None, None)
        ]
    );
    let mut expected: Vec<Told> = (0..ITEMS - 1)
        .map(|number| Told::content(number as i64 + 1, &ids[number], &text(number)))
        .collect();
    expected.push(Told::content(head + 1, &ids[0], &text(0)));
    expected.push(Told::removed(head + 2, &ids[ITEMS - 1], "deleted"));
    expected.push(FRESH);
    assert_eq!(told, expected);
    assert_eq!(device.shown(world.now()), world.shown(Platform::Windows));
}

#[test]
fn a_client_that_asks_must_read() {
    let mut middle = middle();
    let Middle {
        world, device, ids, ..
    } = &mut middle;
    let before = world.list();
    device.delete(world, &ids[0]);
    device.listen(world);
    assert_eq!(device.closed, Some((4408, "ReplayCut".to_owned())));
    assert_eq!(device.told(), []);
    assert_eq!(world.list(), before, "nothing was done");
}

#[test]
fn the_feed_starts_anew_and_the_client_comes_back() {
    let mut middle = middle();
    middle.world.evict();
    let (moved, changes) = middle.change();
    middle.device.listen(&mut middle.world);
    assert_eq!(middle.device.told(), []);
    assert_eq!(
        middle.device.closed,
        Some((1012, "ServiceRestart".to_owned()))
    );
    middle.device.acknowledges = true;
    assert!(middle.device.connect(&mut middle.world));
    middle.device.listen(&mut middle.world);
    let mut expected = middle.unmoved(&moved);
    expected.extend(changes);
    expected.push(RESUMED);
    assert_eq!(middle.device.told(), expected);
    middle.assert_shown();
}

#[test]
fn what_expires_in_the_middle_is_not_told() {
    let mut middle = middle();
    // All of them do.
    middle.world.pass(HOUR - 1);
    let last = middle.world.posted(&Post::new("last"));
    middle.world.pass(1);
    assert_eq!(middle.world.count(), 1);
    let seq = ITEMS as i64 + 1;
    // The client has been connected for an hour.
    middle.device.listen(&mut middle.world);
    assert_eq!(
        middle.device.closed.as_ref().map(|(code, _)| *code),
        Some(4401)
    );
    middle.device.acknowledges = true;
    assert!(middle.device.connect(&mut middle.world));
    middle.device.listen(&mut middle.world);
    let told = middle.device.told();
    assert_eq!(told, [Told::content(seq, &last, "last"), RESUMED]);
    middle.assert_shown();
}

#[test]
fn a_read_of_the_feed_shows_what_was_posted_in_the_middle() {
    let mut middle = middle();
    let id = middle.world.posted(&Post::new("new"));
    let answer = middle.world.as_megan(read_item(&id));
    assert_eq!(answer.status, 200);
    middle.finish();
    middle.assert_shown();
}
