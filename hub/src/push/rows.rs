//! The rows of pushes: statements with their values.

use notifeed::feed::Seq;
use notifeed::push::schedule::KEPT;
use notifeed::time::Timestamp;

use super::Flight;
use crate::host::{Bound, Write};
use crate::store::Statement;

/// A push that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The subscription that is pushed to.
    pub subscription: String,
    /// The item's place in the list,
    pub item: i64,
    /// and the number of its content.
    pub content: Seq,
    /// When it is to be sent,
    pub at: Timestamp,
    /// and from when on it isn't worth it.
    pub expires: Timestamp,
    /// The push is a fallback, for a device that has not fetched the raw content by then.
    pub is_fallback: bool,
}

impl Due {
    /// The new row.
    pub fn write(&self) -> Write<'_> {
        Write {
            statement: Statement::InsertPush,
            values: vec![
                Bound::Text(&self.subscription),
                Bound::Integer(self.item),
                Bound::Integer(self.content.get()),
                time(self.at),
                time(self.expires),
                Bound::Integer(self.is_fallback.into()),
            ],
        }
    }
}

impl Flight {
    /// The push is done with.
    pub(super) fn done<'a>(&self, subscription: &'a str) -> Write<'a> {
        Write {
            statement: Statement::PushDone,
            values: self.key(subscription, vec![]),
        }
    }

    /// The push is tried again.
    pub(super) fn again<'a>(&self, subscription: &'a str, at: Timestamp, least: bool) -> Write<'a> {
        let attempts = self.attempts.saturating_add(1);
        let values = vec![
            time(at),
            Bound::Integer(attempts.into()),
            Bound::Integer(least.into()),
        ];
        Write {
            statement: Statement::PushAgain,
            values: self.key(subscription, values),
        }
    }

    /// The row, unless the content was replaced meanwhile.
    fn key<'a>(&self, subscription: &'a str, mut values: Vec<Bound<'a>>) -> Vec<Bound<'a>> {
        values.extend([
            Bound::Text(subscription),
            Bound::Integer(self.item),
            Bound::Integer(self.content.get()),
        ]);
        values
    }
}

/// The tables.
pub const SCHEMA: [Statement; 2] = [Statement::CreatePushEndpoint, Statement::CreatePush];

/// A subscription is pushed to from now on, instead of any other that had the same endpoint.
///
/// `others`: how many others there may be.
pub fn endpoint<'a>(
    id: &'a str,
    endpoint: &'a str,
    key_id: &'a str,
    others: usize,
) -> [Write<'a>; 2] {
    let write = |statement, values| Write { statement, values };
    let (id, endpoint, key_id) = (Bound::Text(id), Bound::Text(endpoint), Bound::Text(key_id));
    let others = Bound::Integer(i64::try_from(others).unwrap_or(i64::MAX));
    [
        write(Statement::EndOtherPushEndpoints, vec![endpoint, id, others]),
        write(Statement::SetPushEndpoint, vec![id, endpoint, key_id]),
    ]
}

/// A subscription isn't pushed to any more.
pub fn ended(id: &str) -> [Write<'_>; 2] {
    [Statement::EndPushEndpoint, Statement::EndPushes].map(|statement| Write {
        statement,
        values: vec![Bound::Text(id)],
    })
}

/// No subscription is pushed to any more.
pub fn all_ended() -> [Write<'static>; 2] {
    [Statement::EndAllPushEndpoints, Statement::EndAllPushes].map(|statement| Write {
        statement,
        values: Vec::new(),
    })
}

/// Nothing is pushed of the item in that place.
pub fn cancel(item: i64) -> Write<'static> {
    Write {
        statement: Statement::CancelPushes,
        values: vec![Bound::Integer(item)],
    }
}

/// A person has seen what has numbers up to this one.
pub fn seen(subscription: &str, seq: Seq) -> Write<'_> {
    Write {
        statement: Statement::PushesSeen,
        values: vec![Bound::Text(subscription), Bound::Integer(seq.get())],
    }
}

/// Makes held pushes due.
pub fn release(subscription: &str, seq: Seq, now: Timestamp) -> Write<'_> {
    Write {
        statement: Statement::ReleasePushes,
        values: vec![
            time(now),
            Bound::Text(subscription),
            Bound::Integer(seq.get()),
        ],
    }
}

/// Removes fallbacks of raw content that a device has fetched up to this number.
pub fn fetched(subscription: &str, seq: Seq) -> Write<'_> {
    Write {
        statement: Statement::FetchedPushes,
        values: vec![Bound::Text(subscription), Bound::Integer(seq.get())],
    }
}

/// Removes pushes that are past their time.
pub fn expired(now: Timestamp) -> Write<'static> {
    Write {
        statement: Statement::ExpirePushes,
        values: vec![time(now)],
    }
}

/// A push service has taken a push.
pub fn taken(subscription: &str, now: Timestamp, content: Seq) -> Write<'_> {
    Write {
        statement: Statement::PushTaken,
        values: vec![
            time(now),
            Bound::Text(subscription),
            Bound::Integer(content.get()),
        ],
    }
}

/// A push service refuses a push.
pub fn refused(subscription: &str, content: Seq) -> Write<'_> {
    Write {
        statement: Statement::PushRefused,
        values: vec![Bound::Integer(content.get()), Bound::Text(subscription)],
    }
}

/// A device has what has numbers up to this one.
pub fn delivered(subscription: &str, seq: Seq) -> Write<'_> {
    Write {
        statement: Statement::SetDelivered,
        values: vec![Bound::Integer(seq.get()), Bound::Text(subscription)],
    }
}

/// A push has failed.
pub fn failed<'a>(
    subscription: &'a str,
    failures: u32,
    until: Option<Timestamp>,
    error: &'a str,
) -> Write<'a> {
    Write {
        statement: Statement::PushFailed,
        values: vec![
            Bound::Integer(failures.into()),
            until.map_or(Bound::Null, time),
            Bound::Text(error),
            Bound::Text(subscription),
        ],
    }
}

/// An endpoint has gone.
pub fn gone(id: &str) -> [Write<'_>; 2] {
    [Statement::PushGone, Statement::EndPushes].map(|statement| Write {
        statement,
        values: vec![Bound::Text(id)],
    })
}

/// An endpoint is left alone.
pub fn postpone(subscription: &str, until: Timestamp) -> Write<'_> {
    Write {
        statement: Statement::PostponePushes,
        values: vec![time(until), Bound::Text(subscription)],
    }
}

/// Removes all but the newest pushes to an endpoint that is left alone.
pub fn shrink(subscription: &str) -> Write<'_> {
    Write {
        statement: Statement::ShrinkPushes,
        values: vec![Bound::Text(subscription), Bound::Integer(KEPT.into())],
    }
}

const fn time<'a>(at: Timestamp) -> Bound<'a> {
    Bound::Integer(at.unix_millis())
}
