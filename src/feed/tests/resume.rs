//! The table of resume cases. `tests/blackbox/resume.test.mjs` runs the same table on workerd.

use super::*;

const HOUR: i64 = 3_600_000;
const WINDOWS: PlatformSet = PlatformSet::of(Platform::Windows);
const IOS: PlatformSet = PlatformSet::of(Platform::Ios);

fn both() -> PlatformSet {
    PlatformSet::union(WINDOWS, IOS)
}

fn read() -> StateUpdate {
    StateUpdate {
        read_state: Some(ReadState::Read),
        user_action_state: None,
    }
}

/// A feed with one item, and a Windows device that has it.
fn one_item() -> (Feed, Device, Entry) {
    let mut feed = Feed::new();
    let entry = feed.post(Some("k"), 1, both(), HOUR).unwrap();
    let mut device = Device::new(Platform::Windows);
    assert!(feed.catch_up(&mut device, usize::MAX));
    device.heard.clear();
    (feed, device, entry)
}

/// What the device is told when it comes back; it must then show what it should.
fn comes_back(feed: &Feed, device: &mut Device) -> Vec<Told> {
    assert!(feed.catch_up(device, usize::MAX));
    assert_eq!(device.shown(feed.now), feed.shown(device.platform));
    std::mem::take(&mut device.heard)
}

const RESUMED: Told = Told::Ready { resumed: true };
const FRESH: Told = Told::Ready { resumed: false };

#[test]
fn an_empty_feed() {
    let feed = Feed::new();
    let mut device = Device::new(Platform::Windows);
    assert_eq!(comes_back(&feed, &mut device), [FRESH]);
    assert_eq!(comes_back(&feed, &mut device), [RESUMED]);
}

#[test]
fn without_a_cursor_the_live_feed_and_no_tombstones() {
    let (mut feed, _, entry) = one_item();
    let gone = feed.post(None, 2, both(), HOUR).unwrap();
    feed.delete(gone.id).unwrap();
    feed.post(None, 3, IOS, HOUR).unwrap();
    let mut device = Device::new(Platform::Windows);
    let told = comes_back(&feed, &mut device);
    assert_eq!(told, [Told::Content(entry.id, item(&entry)), FRESH]);
}

#[test]
fn from_a_position_and_from_the_same_one() {
    let (mut feed, mut device, _) = one_item();
    assert_eq!(comes_back(&feed, &mut device), [RESUMED]);
    let second = feed.post(None, 2, both(), HOUR).unwrap();
    let told = comes_back(&feed, &mut device);
    assert_eq!(told, [Told::Content(second.id, item(&second)), RESUMED]);
}

#[test]
fn a_position_that_does_not_exist_yet_and_a_foreign_epoch() {
    let (feed, mut device, entry) = one_item();
    for cursor in [
        Cursor::all_up_to(feed.epoch, Seq::new(99)),
        Cursor::all_up_to(Epoch::from_bytes([9; 16]), Seq::new(1)),
    ] {
        device.cursor = Some(cursor);
        device.delivered.clear();
        let told = comes_back(&feed, &mut device);
        assert_eq!(
            told,
            [Told::Reset, Told::Content(entry.id, item(&entry)), FRESH]
        );
    }
}

#[test]
fn expired_while_away() {
    let (mut feed, mut device, _) = one_item();
    feed.pass(HOUR);
    assert_eq!(comes_back(&feed, &mut device), [RESUMED]);
    feed.purge();
    assert!(feed.rows.is_empty());
    assert_eq!(comes_back(&feed, &mut device), [RESUMED]);
}

#[test]
fn deleted_while_away() {
    let (mut feed, mut device, entry) = one_item();
    feed.delete(entry.id).unwrap();
    let removed = Told::Removed(entry.id, RemovalReason::Deleted);
    assert_eq!(comes_back(&feed, &mut device), [removed, RESUMED]);
}

#[test]
fn replaced_twice_while_away() {
    let (mut feed, mut device, _) = one_item();
    feed.post(Some("k"), 2, both(), HOUR).unwrap();
    let third = feed.post(Some("k"), 3, both(), HOUR).unwrap();
    assert_eq!(third.revision, 3);
    let told = comes_back(&feed, &mut device);
    assert_eq!(told, [Told::Content(third.id, item(&third)), RESUMED]);
}

#[test]
fn the_same_content_again_changes_nothing() {
    let (mut feed, mut device, _) = one_item();
    assert_eq!(feed.post(Some("k"), 1, both(), HOUR), None);
    assert_eq!(comes_back(&feed, &mut device), [RESUMED]);
}

#[test]
fn a_state_changed_while_away() {
    let (mut feed, mut device, entry) = one_item();
    feed.set(entry.id, read()).unwrap();
    assert_eq!(feed.set(entry.id, read()), None);
    let state = Told::State(entry.id, ReadState::Read, UserActionState::NoInteraction);
    assert_eq!(comes_back(&feed, &mut device), [state, RESUMED]);
}

#[test]
fn replaced_by_one_that_has_expired_since() {
    let (mut feed, mut device, entry) = one_item();
    feed.post(Some("k"), 2, both(), 1000).unwrap();
    feed.pass(1000);
    feed.purge();
    let removed = Told::Removed(entry.id, RemovalReason::Deleted);
    assert_eq!(comes_back(&feed, &mut device), [removed, RESUMED]);
    feed.pass(HOUR);
    feed.purge();
    assert!(feed.rows.is_empty(), "no endpoint can show it any longer");
}

#[test]
fn replaced_by_one_that_aims_elsewhere() {
    let (mut feed, mut device, entry) = one_item();
    feed.post(Some("k"), 2, IOS, HOUR).unwrap();
    let removed = Told::Removed(entry.id, RemovalReason::Retargeted);
    assert_eq!(comes_back(&feed, &mut device), [removed, RESUMED]);
    let back = feed.post(Some("k"), 3, WINDOWS, HOUR).unwrap();
    let told = comes_back(&feed, &mut device);
    assert_eq!(told, [Told::Content(back.id, item(&back)), RESUMED]);
}

#[test]
fn an_expired_id_is_free_again() {
    let (mut feed, mut device, entry) = one_item();
    feed.pass(HOUR);
    let again = feed.post(Some("k"), 1, both(), HOUR).unwrap();
    assert_ne!(again.id, entry.id);
    assert_eq!(again.revision, 1);
    let told = comes_back(&feed, &mut device);
    assert_eq!(told, [Told::Content(again.id, item(&again)), RESUMED]);
}

#[test]
fn cut_off_in_the_middle_of_a_replay() {
    let mut feed = Feed::new();
    let first = feed.post(None, 1, both(), HOUR).unwrap();
    let second = feed.post(None, 2, both(), HOUR).unwrap();
    // The first item's content is older than the second's; its last change is newer.
    let first = feed.set(first.id, read()).unwrap();
    let mut device = Device::new(Platform::Windows);
    assert!(!feed.catch_up(&mut device, 1));
    assert_eq!(device.heard, [Told::Content(second.id, item(&second))]);
    device.heard.clear();
    // It is told of the content that it doesn't have, not only of the state.
    let told = comes_back(&feed, &mut device);
    assert_eq!(told, [Told::Content(first.id, item(&first)), RESUMED]);
}
