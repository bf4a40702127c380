//! The part that the feeds of a wasm instance share: its memory, KV, and the memory of who may not return.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use notifeed::live::memory::{BAN, MAX_OF_FEED, MAX_OF_INSTANCE, MIN_OF_FEED};
use notifeed::time::{Duration, Timestamp};

/// How many failures of KV in a row make all feeds rest.
const FAILURES: u32 = 5;

/// How long they rest.
const REST: Duration = Duration::from_seconds(30);

thread_local! {
    /// By feed; those that have none aren't there.
    static UNDER_WAY: RefCell<HashMap<u32, usize>> = RefCell::default();
    static FAILURES_IN_A_ROW: Cell<u32> = const { Cell::new(0) };
    static RESTS_UNTIL: Cell<Timestamp> = const { Cell::new(Timestamp::MIN) };
    /// Until when, by Hub and holder.
    static BANS: RefCell<HashMap<(String, String), Timestamp>> = RefCell::default();
}

/// Takes down how many bytes a feed has under way, and says how many it may have: where all have too
/// many together, the one that has the most has to give way.
pub fn under_way(feed: u32, bytes: usize) -> usize {
    UNDER_WAY.with_borrow_mut(|under_way| {
        if bytes == 0 {
            under_way.remove(&feed);
            return MAX_OF_FEED;
        }
        under_way.insert(feed, bytes);
        let total: usize = under_way.values().sum();
        let too_many = total.saturating_sub(MAX_OF_INSTANCE);
        let is_fattest = under_way.values().all(|of_another| *of_another <= bytes);
        if too_many == 0 || !is_fattest {
            return MAX_OF_FEED;
        }
        bytes
            .saturating_sub(too_many)
            .clamp(MIN_OF_FEED, MAX_OF_FEED)
    })
}

/// Forgets a feed's bytes: it has gone, and its sockets' queues with it.
pub fn forget(feed: u32) {
    under_way(feed, 0);
}

/// Takes down how an operation of KV ended.
pub fn kv_ended(well: bool, now: Timestamp) {
    let failures = if well {
        0
    } else {
        FAILURES_IN_A_ROW.get().saturating_add(1)
    };
    FAILURES_IN_A_ROW.set(failures);
    if failures >= FAILURES {
        RESTS_UNTIL.set(now.saturating_add(REST));
        FAILURES_IN_A_ROW.set(0);
    }
}

/// Whether KV is left alone.
pub fn kv_rests(now: Timestamp) -> bool {
    now < RESTS_UNTIL.get()
}

/// Keeps holders of connections off a Hub for a while.
pub fn ban(hub: &str, holders: &[String], now: Timestamp) {
    BANS.with_borrow_mut(|bans| {
        bans.retain(|_, until| now < *until);
        let until = now.saturating_add(BAN);
        for holder in holders {
            bans.insert((hub.to_owned(), holder.clone()), until);
        }
    });
}

/// Whether anybody is kept off.
pub fn has_bans() -> bool {
    BANS.with_borrow(|bans| !bans.is_empty())
}

/// Whether a holder is kept off a Hub.
pub fn is_banned(hub: &str, holder: &str, now: Timestamp) -> bool {
    let key = (hub.to_owned(), holder.to_owned());
    BANS.with_borrow(|bans| bans.get(&key).is_some_and(|until| now < *until))
}
