//! CONTRACT §1, "Success": what the same `appNotificationId` again does, and when it is free. Whose one
//! is, is a look-up of the Hub's.

use notifeed::feed::append::{Appended, Existing, Head, append};
use notifeed::feed::{Entry, ReadState, Seq, UserActionState};
use notifeed::guid::Guid;
use notifeed::notification::{Platform, PlatformSet};

use super::{NOW, at, notification};

const FIRST: Guid = Guid::random_v4([1; 16]);
const SECOND: Guid = Guid::random_v4([2; 16]);
const SEVEN_DAYS: i64 = 604_800_000;

fn body(text: &str, platform: &str) -> String {
    format!(
        r#"{{"targetHostName":"a","appNotificationId":"order-7","payload":{{"rawContent":"{text}"}},"displayTimeToLive":60,"groupName":"{text}","targetPolicy":{{"platformTypes":["{platform}"]}}}}"#
    )
}

/// Posts at `now`, when the feed stands at change 7 and place 3. What is there was posted as `digest`.
fn post(existing: Option<(Entry, &str)>, body: &str, id: Guid, now: i64) -> Appended {
    let head = Head {
        seq: Seq::new(7),
        ordinal: 3,
    };
    let existing = existing.map(|(entry, request_digest)| Existing {
        entry,
        request_digest,
    });
    let post = super::post(&notification(body), body, id, now);
    append(existing, head, &post)
}

/// What the first post of the tests made: change 8 at place 4.
fn stored() -> Entry {
    let body = body("one", "Windows");
    match post(None, &body, FIRST, NOW) {
        Appended::Created(entry) => entry,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_id_is_free_again_when_its_item_has_expired_or_was_deleted() {
    let body = body("one", "Windows");
    let again = |entry, now| post(Some((entry, &body)), &body, SECOND, now);
    let last = NOW + SEVEN_DAYS - 1;
    assert_eq!(again(stored(), last), Appended::Repeated(stored()));
    assert!(matches!(again(stored(), last + 1), Appended::Created(entry) if entry.id == SECOND));
    let deleted = Entry {
        deleted: true,
        ..stored()
    };
    assert!(matches!(again(deleted, NOW), Appended::Created(entry) if entry.id == SECOND));
}

#[test]
fn what_a_new_item_is() {
    let entry = stored();
    let windows = PlatformSet::of(Platform::Windows);
    assert_eq!((entry.id, entry.revision, entry.ordinal), (FIRST, 1, 4));
    assert_eq!((entry.seq, entry.content_seq), (Seq::new(8), Seq::new(8)));
    assert_eq!(entry.copy, 1);
    assert_eq!((entry.platforms, entry.reached), (windows, windows));
    for instant in [entry.created, entry.modified, entry.posted] {
        assert_eq!(instant, at(NOW));
    }
    assert_eq!(entry.expiration, at(NOW + SEVEN_DAYS));
    assert_eq!(entry.keep_until, at(NOW + SEVEN_DAYS));
    assert_eq!(entry.display_time_to_live, Some(60));
    assert_eq!(entry.read_state, ReadState::Unread);
    assert_eq!(entry.user_action_state, UserActionState::NoInteraction);
    assert!(!entry.deleted);
}

/// "Other content → it replaces the stored one: same `id` and `createdDateTime`, states back to
/// unread and no interaction, display time starts anew."
#[test]
fn what_a_replacement_keeps_and_what_it_sets_anew() {
    let before = Entry {
        revision: 4,
        read_state: ReadState::Read,
        user_action_state: UserActionState::Dismissed,
        keep_until: at(NOW + 2 * SEVEN_DAYS),
        ..stored()
    };
    let body = body("two", "iOS");
    let now = NOW + 5000;
    let after = match post(Some((before, "one")), &body, SECOND, now) {
        Appended::Replaced(entry) => entry,
        other => panic!("{other:?}"),
    };
    assert_eq!((after.id, after.created), (before.id, before.created));
    assert_eq!((after.revision, after.ordinal), (5, before.ordinal));
    assert_eq!(after.copy, before.copy + 1);
    assert_eq!((after.seq, after.content_seq), (Seq::new(8), Seq::new(8)));
    assert_eq!((after.modified, after.posted), (at(now), at(now)));
    assert_eq!(after.read_state, ReadState::Unread);
    assert_eq!(after.user_action_state, UserActionState::NoInteraction);
    assert_eq!(after.platforms, PlatformSet::of(Platform::Ios));
    let both = [Platform::Windows, Platform::Ios].map(PlatformSet::of);
    assert_eq!(after.reached, both[0].union(both[1]));
    // Devices that were away may show the earlier revision until then.
    assert_eq!(after.keep_until, before.keep_until);
    let shorter = Entry {
        keep_until: at(NOW + 1),
        ..before
    };
    let again = post(Some((shorter, "one")), &body, SECOND, now);
    assert!(matches!(again, Appended::Replaced(entry) if entry.keep_until == entry.expiration));
}

#[test]
fn content_is_compared_before_what_depends_on_the_clock() {
    let body = body("one", "Windows");
    let again = post(Some((stored(), &body)), &body, SECOND, NOW + 1000);
    assert_eq!(again, Appended::Repeated(stored()));
}
