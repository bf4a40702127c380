//! CONTRACT §1, "Success": whose an `appNotificationId` is, and what the same one again does.

use notifeed::feed::append::{Appended, Head, Post, append};
use notifeed::feed::entry::Sender;
use notifeed::feed::{Entry, ReadState, Seq, UserActionState};
use notifeed::guid::Guid;
use notifeed::notification::{Platform, PlatformSet};

use super::{NOW, at, notification};

const FIRST: Guid = Guid::random_v4([1; 16]);
const SECOND: Guid = Guid::random_v4([2; 16]);
const SEVEN_DAYS: i64 = 604_800_000;

fn sender(issuer: &str, app: &str) -> Sender {
    Sender {
        issuer: String::from(issuer),
        app: String::from(app),
    }
}

fn body(id: Option<&str>, text: &str, platform: &str) -> String {
    let id = id.map_or(String::from("null"), |id| format!("\"{id}\""));
    format!(
        r#"{{"targetHostName":"a","appNotificationId":{id},"payload":{{"rawContent":"{text}"}},"displayTimeToLive":60,"groupName":"{text}","targetPolicy":{{"platformTypes":["{platform}"]}}}}"#
    )
}

/// Posts at `now`, when the feed stands at change 7 and place 3.
fn post(existing: Option<Entry>, body: &str, sender: &Sender, id: Guid, now: i64) -> Appended {
    let head = Head {
        seq: Seq::new(7),
        ordinal: 3,
    };
    let notification = notification(body);
    let post = Post {
        notification: &notification,
        request_digest: body,
        sender,
        id,
        now: at(now),
    };
    append(existing, head, &post)
}

/// What the first post of the tests made: change 8 at place 4.
fn stored() -> Entry {
    let body = body(Some("order-7"), "one", "Windows");
    match post(None, &body, &sender("i", "a"), FIRST, NOW) {
        Appended::Created(entry) => entry,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_id_is_its_sender_s_own() {
    let same = sender("i", "a");
    for (id, sender, replaces) in [
        (Some("order-7"), &same, true),
        (Some("order-8"), &same, false),
        (Some("Order-7"), &same, false),
        (None, &same, false),
        (Some("order-7"), &sender("i", "b"), false),
        (Some("order-7"), &sender("j", "a"), false),
        (Some("order-7"), &sender("a", "i"), false),
    ] {
        let body = body(id, "two", "Windows");
        let replaced = match post(Some(stored()), &body, sender, SECOND, NOW + 1) {
            Appended::Replaced { entry, superseded } => {
                assert_eq!((entry.id, superseded), (FIRST, 1));
                true
            }
            Appended::Created(entry) => {
                assert_eq!(entry.id, SECOND);
                assert_eq!(&entry.sender, sender);
                false
            }
            Appended::Repeated(entry) => panic!("{entry:?}"),
        };
        assert_eq!(replaced, replaces, "{id:?} {sender:?}");
    }
}

#[test]
fn two_without_an_id_are_two() {
    let body = body(None, "one", "Windows");
    let app = sender("i", "a");
    let Appended::Created(first) = post(None, &body, &app, FIRST, NOW) else {
        panic!("not created");
    };
    let again = post(Some(first), &body, &app, SECOND, NOW);
    assert!(matches!(again, Appended::Created(entry) if entry.id == SECOND));
}

#[test]
fn the_id_is_free_again_when_its_item_has_expired_or_was_deleted() {
    let body = body(Some("order-7"), "one", "Windows");
    let app = sender("i", "a");
    let again = |entry, now| post(Some(entry), &body, &app, SECOND, now);
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
    assert_eq!(entry.app_notification_id.as_deref(), Some("order-7"));
    assert_eq!(entry.group_name.as_deref(), Some("one"));
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
    let body = body(Some("order-7"), "two", "iOS");
    let now = NOW + 5000;
    let after = match post(Some(before.clone()), &body, &sender("i", "a"), SECOND, now) {
        Appended::Replaced { entry, superseded } => {
            assert_eq!(superseded, 4);
            entry
        }
        other => panic!("{other:?}"),
    };
    assert_eq!((after.id, after.created), (before.id, before.created));
    assert_eq!((after.revision, after.ordinal), (5, before.ordinal));
    assert_eq!((after.seq, after.content_seq), (Seq::new(8), Seq::new(8)));
    assert_eq!((after.modified, after.posted), (at(now), at(now)));
    assert_eq!(after.read_state, ReadState::Unread);
    assert_eq!(after.user_action_state, UserActionState::NoInteraction);
    assert_eq!(after.group_name.as_deref(), Some("two"));
    assert_eq!(after.request_digest, body);
    assert_eq!(after.platforms, PlatformSet::of(Platform::Ios));
    let both = [Platform::Windows, Platform::Ios].map(PlatformSet::of);
    assert_eq!(after.reached, both[0].union(both[1]));
    // Devices that were away may show the earlier revision until then.
    assert_eq!(after.keep_until, before.keep_until);
    let shorter = Entry {
        keep_until: at(NOW + 1),
        ..before
    };
    let again = post(Some(shorter), &body, &sender("i", "a"), SECOND, now);
    assert!(
        matches!(again, Appended::Replaced { entry, .. } if entry.keep_until == entry.expiration)
    );
}

#[test]
fn content_is_compared_before_what_depends_on_the_clock() {
    let body = body(Some("order-7"), "one", "Windows");
    let again = post(Some(stored()), &body, &sender("i", "a"), SECOND, NOW + 1000);
    assert_eq!(again, Appended::Repeated(stored()));
}
