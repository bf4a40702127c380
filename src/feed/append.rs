//! The effect of a post on the feed (CONTRACT §1, "Success", the rows 201 and 200).

use crate::digest::Digest;
use crate::feed::entry::{Entry, ReadState, Seq, UserActionState};
use crate::guid::Guid;
use crate::notification::PlatformSet;
use crate::time::Timestamp;

/// The head of a feed: the numbers that the next change goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last change.
    pub seq: Seq,
    /// The place of the newest item in the list.
    pub ordinal: i64,
}

/// A validated notification on its way into a feed, as far as the index is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    /// The platforms that it is for.
    pub platforms: PlatformSet,
    /// When it leaves every surface.
    pub expiration: Timestamp,
    /// The display time that is asked for, in seconds.
    pub display_time_to_live: Option<u32>,
    /// SHA-256 of the canonical request, before defaults and caps that depend on the clock.
    pub request_digest: Digest,
    /// The id that it gets if it is new.
    pub id: Guid,
    /// Its content has actions.
    pub asks: bool,
    /// The post replaces nothing (CONTRACT §5.1).
    pub create_only: bool,
    /// When it was posted.
    pub now: Timestamp,
}

/// The row that has the post's sender and `appNotificationId`.
#[derive(Debug, Clone, Copy)]
pub struct Existing {
    /// The row.
    pub entry: Entry,
    /// The digest that its content was posted with.
    pub request_digest: Digest,
    /// The post has the same payload.
    pub same_payload: bool,
}

/// The effect of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// A new item: 201. Store the row with its body, then fan out.
    Created(Entry),
    /// The same id with other content: 200. Store the row with its body, then fan out.
    Replaced(Entry),
    /// The same content again, or a post with `If-None-Match: *`, which replaces nothing: 200 with what is stored.
    /// Nothing changes, and no endpoint is notified.
    Repeated(Entry),
}

/// Decides. `existing` is the newest row of the post's sender and `appNotificationId`, if there is
/// one; one that has expired or was deleted doesn't count: its `appNotificationId` is free again.
pub fn append(existing: Option<Existing>, head: Head, post: &Post) -> Appended {
    let seq = head.seq.next();
    let fresh = Entry {
        id: post.id,
        revision: 1,
        copy: 1,
        ordinal: head.ordinal.saturating_add(1),
        content_seq: seq,
        seq,
        platforms: post.platforms,
        reached: post.platforms,
        created: post.now,
        modified: post.now,
        posted: post.now,
        expiration: post.expiration,
        display_time_to_live: post.display_time_to_live,
        read_state: ReadState::default(),
        user_action_state: UserActionState::default(),
        keep_until: post.expiration,
        deleted: None,
        asks: post.asks,
        answered: None,
        snoozed_until: None,
    };
    let live = existing.filter(|existing| existing.entry.is_live(post.now));
    let Some(Existing {
        entry,
        request_digest,
        same_payload,
    }) = live
    else {
        return Appended::Created(fresh);
    };
    if post.create_only || request_digest == post.request_digest {
        return Appended::Repeated(entry);
    }
    // An answer belongs to its question: a replacement with another payload and with `actions` can be answered again. A
    // replacement with the same payload stays answered, as when a restarted app server posts it again, and so does one
    // without `actions`.
    let answered = entry.answered.filter(|_| same_payload || !post.asks);
    let (read_state, user_action_state) = match answered {
        Some(_) if same_payload => (entry.read_state, entry.user_action_state),
        _ => (fresh.read_state, fresh.user_action_state),
    };
    Appended::Replaced(Entry {
        answered,
        read_state,
        user_action_state,
        id: entry.id,
        revision: entry.revision.saturating_add(1),
        copy: entry.copy.saturating_add(1),
        ordinal: entry.ordinal,
        reached: PlatformSet::union(entry.reached, post.platforms),
        created: entry.created,
        keep_until: entry.keep_until.max(post.expiration),
        ..fresh
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::entry::DeletedBy;
    use crate::notification::Platform;

    const HEAD: Head = Head {
        seq: Seq::new(7),
        ordinal: 4,
    };

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    fn post(digest: &str) -> Post {
        Post {
            platforms: PlatformSet::of(Platform::Ios),
            expiration: at(5000),
            display_time_to_live: Some(60),
            request_digest: Digest::of(&[digest]),
            id: Guid::from_bytes([9; 16]),
            asks: false,
            create_only: false,
            now: at(1000),
        }
    }

    fn created() -> Entry {
        entry_of(append(None, HEAD, &post("a")))
    }

    fn entry_of(appended: Appended) -> Entry {
        let (Appended::Created(entry) | Appended::Replaced(entry) | Appended::Repeated(entry)) =
            appended;
        entry
    }

    #[test]
    fn a_new_item_has_the_next_numbers() {
        let entry = created();
        assert_eq!((entry.seq, entry.content_seq), (Seq::new(8), Seq::new(8)));
        assert_eq!((entry.ordinal, entry.revision, entry.copy), (5, 1, 1));
        assert_eq!(entry.id, Guid::from_bytes([9; 16]));
        assert_eq!((entry.keep_until, entry.expiration), (at(5000), at(5000)));
        assert_eq!((entry.read_state, entry.deleted), (ReadState::Unread, None));
    }

    #[test]
    fn the_same_content_changes_nothing_and_other_content_replaces() {
        let before = Entry {
            read_state: ReadState::Read,
            user_action_state: UserActionState::Snoozed,
            keep_until: at(9000),
            platforms: PlatformSet::of(Platform::Windows),
            reached: PlatformSet::of(Platform::Windows),
            created: at(10),
            id: Guid::from_bytes([1; 16]),
            ..created()
        };
        let existing = |entry| {
            Some(Existing {
                entry,
                request_digest: Digest::of(&["a"]),
                same_payload: false,
            })
        };
        assert_eq!(
            append(existing(before), HEAD, &post("a")),
            Appended::Repeated(before)
        );
        let replaced = append(existing(before), HEAD, &post("b"));
        assert_eq!(
            replaced,
            Appended::Replaced(Entry {
                revision: 2,
                copy: 2,
                seq: Seq::new(8),
                content_seq: Seq::new(8),
                read_state: ReadState::Unread,
                user_action_state: UserActionState::NoInteraction,
                platforms: PlatformSet::of(Platform::Ios),
                reached: PlatformSet::union(
                    PlatformSet::of(Platform::Windows),
                    PlatformSet::of(Platform::Ios)
                ),
                modified: at(1000),
                posted: at(1000),
                ..before
            })
        );
        // An answer is to its payload.
        let answered = Entry {
            asks: true,
            answered: Some(Seq::new(6)),
            ..before
        };
        for (same_payload, asks, kept, state) in [
            (true, true, true, ReadState::Read),
            (true, false, true, ReadState::Read),
            (false, false, true, ReadState::Unread),
            (false, true, false, ReadState::Unread),
        ] {
            let existing = Existing {
                entry: answered,
                request_digest: Digest::of(&["a"]),
                same_payload,
            };
            let post = Post { asks, ..post("b") };
            let replaced = entry_of(append(Some(existing), HEAD, &post));
            assert_eq!(replaced.answered.is_some(), kept);
            assert_eq!((replaced.read_state, replaced.asks), (state, asks));
        }
        // An item that has left the feed frees its `appNotificationId`.
        for gone in [
            Entry {
                deleted: Some(DeletedBy::Receiver),
                ..before
            },
            Entry {
                expiration: at(1000),
                ..before
            },
        ] {
            assert_eq!(
                append(existing(gone), HEAD, &post("a")),
                Appended::Created(created())
            );
        }
    }
}
