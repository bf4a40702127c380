//! What a post does to the feed (CONTRACT §1, "Success", the rows 201 and 200).

use crate::feed::entry::{Entry, ReadState, Sender, Seq, UserActionState};
use crate::guid::Guid;
use crate::notification::{Notification, PlatformSet};
use crate::time::Timestamp;

/// Where the feed stands: the numbers that the next change goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last change.
    pub seq: Seq,
    /// The place of the newest item in the list.
    pub ordinal: i64,
}

/// A validated notification on its way into a feed.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// The notification.
    pub notification: &'a Notification,
    /// SHA-256 of the canonical request, before defaults and caps that depend on the clock.
    pub request_digest: &'a str,
    /// The app that posts it.
    pub sender: &'a Sender,
    /// The id that it gets if it is new.
    pub id: Guid,
    /// When it was posted.
    pub now: Timestamp,
}

/// What the post did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// A new item: 201. Store the row and the body, then fan out.
    Created(Entry),
    /// The same id with other content: 200. Store the row and the body, let go of the body of
    /// `superseded`, then fan out.
    Replaced {
        /// The row as it is now.
        entry: Entry,
        /// The revision whose body nobody needs any longer.
        superseded: u32,
    },
    /// The same content again: 200 with what is stored. Nothing changes, nobody is told.
    Repeated(Entry),
}

/// Decides. `existing` is the row with the post's sender and `appNotificationId`, if there is one;
/// one that has expired or was deleted doesn't count: its `appNotificationId` is free again.
pub fn append(existing: Option<Entry>, head: Head, post: &Post<'_>) -> Appended {
    let seq = head.seq.next();
    let platforms = post.notification.platforms();
    let expiration = post.notification.expiration();
    let same = existing.filter(|entry| {
        entry.is_live(post.now)
            && entry.app_notification_id.is_some()
            && entry.app_notification_id.as_deref() == post.notification.app_notification_id()
            && entry.sender == *post.sender
    });
    let fresh = Entry {
        id: post.id,
        revision: 1,
        ordinal: head.ordinal.saturating_add(1),
        content_seq: seq,
        seq,
        sender: post.sender.clone(),
        app_notification_id: post.notification.app_notification_id().map(str::to_owned),
        group_name: post.notification.group_name().map(str::to_owned),
        priority: post.notification.priority(),
        platforms,
        reached: platforms,
        created: post.now,
        modified: post.now,
        posted: post.now,
        expiration,
        display_time_to_live: post.notification.display_time_to_live(),
        read_state: ReadState::default(),
        user_action_state: UserActionState::default(),
        request_digest: post.request_digest.to_owned(),
        keep_until: expiration,
        deleted: false,
    };
    match same {
        None => Appended::Created(fresh),
        Some(entry) if entry.request_digest == post.request_digest => Appended::Repeated(entry),
        Some(entry) => Appended::Replaced {
            superseded: entry.revision,
            entry: Entry {
                id: entry.id,
                revision: entry.revision.saturating_add(1),
                ordinal: entry.ordinal,
                reached: PlatformSet::union(entry.reached, platforms),
                created: entry.created,
                keep_until: entry.keep_until.max(expiration),
                ..fresh
            },
        },
    }
}
