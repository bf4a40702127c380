//! How much an app may still do with this user's feed. In memory: a feed that was evicted was idle.

use notifeed::error::Problem;
use notifeed::error::problems::throttled;
use notifeed::feed::entry::Sender;
use notifeed::throttle::{Bucket, Rate};
use notifeed::time::Timestamp;

/// How many buckets are kept. A user has few apps.
const BUCKETS: usize = 64;

/// The calls that count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Posts.
    Posts,
    /// All else.
    Calls,
}

/// The calls that apps have used up.
#[derive(Debug, Default)]
pub struct Throttle {
    buckets: Vec<(Sender, Kind, Bucket)>,
}

impl Throttle {
    /// Counts a call.
    ///
    /// # Errors
    /// 406 with `Retry-After`: the app does more than it may.
    pub fn take(
        &mut self,
        sender: &Sender,
        kind: Kind,
        rate: Rate,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let known = self
            .buckets
            .iter_mut()
            .find(|(known, of, _)| *of == kind && known == sender);
        let taken = if let Some((_, _, bucket)) = known {
            bucket.take(rate, now)
        } else {
            if self.buckets.len() >= BUCKETS {
                // The bucket that was used least recently is the fullest and can be dropped.
                let rested = self
                    .buckets
                    .iter()
                    .map(|(_, _, bucket)| bucket.last_used())
                    .min();
                self.buckets
                    .retain(|(_, _, bucket)| Some(bucket.last_used()) != rested);
            }
            let mut bucket = Bucket::full(rate, now);
            let taken = bucket.take(rate, now);
            self.buckets.push((sender.clone(), kind, bucket));
            taken
        };
        taken.map_err(throttled)
    }
}
