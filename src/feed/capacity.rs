//! How much a feed holds, found out without counting it for every post.

use crate::error::{ErrorCode, Problem};
use crate::time::Timestamp;

/// (D) How many items a feed holds at most: neither expired nor deleted. A post that would add one
/// more is refused; what was accepted is never dropped for it (DESIGN "Scale, on paper").
pub const MAX_ITEMS: u32 = 10_000;

/// The longest that a refused caller is told to wait, in seconds: a deletion may make room earlier.
const MAX_RETRY_AFTER: i64 = 3600;

/// What counting a feed found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupancy {
    /// How many items are on it.
    pub items: u32,
    /// When the first of them expires.
    pub first_expiration: Option<Timestamp>,
}

/// What is known of the room in a feed since it was last counted. Only new items take room, so what
/// was certain then stays certain, less those. To begin with, nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    room: u32,
    full_until: Option<Timestamp>,
}

impl Capacity {
    /// Takes room for one more item, of `limit`. `rows` gives a number that the items don't exceed
    /// and that is cheap to know; `count` counts them, where that doesn't settle it.
    ///
    /// # Errors
    /// Inside: the feed is full, 406 with `Retry-After`. Outside: what `rows` or `count` failed with.
    pub fn take<E>(
        &mut self,
        limit: u32,
        now: Timestamp,
        rows: impl FnOnce() -> Result<u32, E>,
        count: impl FnOnce() -> Result<Occupancy, E>,
    ) -> Result<Result<(), Problem>, E> {
        if let Some(until) = self.full_until.filter(|until| now < *until) {
            return Ok(Err(full(limit, now, until)));
        }
        self.full_until = None;
        if self.room == 0 {
            self.room = limit.saturating_sub(rows()?);
        }
        if self.room == 0 {
            let occupancy = count()?;
            self.room = limit.saturating_sub(occupancy.items);
            if self.room == 0 {
                let until = occupancy.first_expiration.unwrap_or(now);
                self.full_until = Some(until);
                return Ok(Err(full(limit, now, until)));
            }
        }
        self.room = self.room.saturating_sub(1);
        Ok(Ok(()))
    }

    /// An item was deleted, or may expire earlier than it would have: a full feed is counted again.
    pub fn freed(&mut self) {
        self.full_until = None;
    }
}

fn full(limit: u32, now: Timestamp, until: Timestamp) -> Problem {
    let wait = until.saturating_millis_since(now).saturating_add(999) / 1000;
    let seconds = u32::try_from(wait.clamp(1, MAX_RETRY_AFTER)).unwrap_or(1);
    Problem::new(
        ErrorCode::ServerBusy,
        format!(
            "The user's feed is full: it has {limit} items. Delete some, or wait until one expires."
        ),
    )
    .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    /// Whether it fits, or after how many seconds to come back; and whether that took a count.
    fn take(capacity: &mut Capacity, now: i64, rows: u32, items: u32) -> (Result<(), u32>, bool) {
        let mut counted = false;
        let taken = capacity.take(
            3,
            at(now),
            || Ok::<_, ()>(rows),
            || {
                counted = true;
                Ok(Occupancy {
                    items,
                    first_expiration: Some(at(5001)),
                })
            },
        );
        let problem = |problem: Problem| problem.retry_after.unwrap_or_default();
        (taken.unwrap_or(Ok(())).map_err(problem), counted)
    }

    #[test]
    fn a_feed_with_few_rows_is_never_counted() {
        let mut capacity = Capacity::default();
        for rows in 0..3 {
            assert_eq!(take(&mut capacity, 0, rows, 99), (Ok(()), false));
        }
    }

    #[test]
    fn many_rows_are_counted_once_for_all_the_room_that_is_left() {
        let mut capacity = Capacity::default();
        assert_eq!(take(&mut capacity, 0, 9, 1), (Ok(()), true));
        assert_eq!(take(&mut capacity, 0, 10, 2), (Ok(()), false));
        assert_eq!(take(&mut capacity, 0, 11, 3), (Err(6), true));
    }

    #[test]
    fn a_full_feed_is_not_counted_again_before_it_can_have_room() {
        let mut capacity = Capacity::default();
        assert_eq!(take(&mut capacity, 0, 9, 3), (Err(6), true));
        assert_eq!(take(&mut capacity, 4500, 9, 3), (Err(1), false));
        assert_eq!(take(&mut capacity, 5001, 9, 2), (Ok(()), true));
        assert_eq!(take(&mut capacity, 0, 9, 3), (Err(6), true));
        capacity.freed();
        assert_eq!(take(&mut capacity, 1, 9, 2), (Ok(()), true));
    }
}
