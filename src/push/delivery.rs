//! The delivery of a notification to an endpoint (CONTRACT §5.7): by the numbers that are known of it.

use crate::feed::{Delivery, Entry};
use crate::notification::Platform;
use crate::push::{ChannelState, PushState};
use crate::time::Timestamp;

/// The delivery of an item to an endpoint. `push`: the state of pushing to it; `None`: it isn't pushed to.
pub fn delivery(
    entry: &Entry,
    platform: Platform,
    push: Option<&PushState>,
    now: Timestamp,
) -> Delivery {
    if !entry.platforms.contains(platform) {
        return Delivery::NotTargeted;
    }
    let content = entry.content_seq;
    let expired = match super::message::until(entry) <= now {
        true => Delivery::Expired,
        false => Delivery::Pending,
    };
    let Some(push) = push else { return expired };
    let reached = &push.reached;
    if content <= reached.delivered {
        Delivery::Delivered
    } else if content == reached.refused {
        Delivery::Refused
    } else if content <= reached.taken {
        Delivery::Pushed
    } else if push.channel == ChannelState::Gone {
        Delivery::Refused
    } else {
        expired
    }
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::feed::Seq;
    use crate::feed::append::{Appended, Head, Post, append};
    use crate::guid::Guid;
    use crate::notification::PlatformSet;
    use crate::push::Reached;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(millis).unwrap()
    }

    /// The first item of a feed, which has the number 1, for browsers, for a second.
    fn entry() -> Entry {
        let post = Post {
            platforms: PlatformSet::of(Platform::WebPush),
            expiration: at(1000),
            display_time_to_live: None,
            request_digest: Digest::of(&[]),
            asks: false,
            create_only: false,
            id: Guid::random_v4([7; 16]),
            now: at(0),
        };
        let Appended::Created(entry) = append(None, Head::default(), &post) else {
            panic!("it isn't new");
        };
        entry
    }

    #[test]
    fn the_numbers_of_an_endpoint_say_what_became_of_an_item() {
        let number = entry().content_seq.get();
        let before = number - 1;
        let of = |[delivered, taken, refused]: [i64; 3], channel, now| {
            let push = PushState {
                channel,
                last: None,
                error: None,
                reached: Reached {
                    delivered: Seq::new(delivered),
                    taken: Seq::new(taken),
                    refused: Seq::new(refused),
                },
            };
            delivery(&entry(), Platform::WebPush, Some(&push), at(now))
        };
        use ChannelState::{Active, Gone};
        for (numbers, channel, now, expected) in [
            ([before, before, before], Active, 0, Delivery::Pending),
            ([before, before, before], Active, 1000, Delivery::Expired),
            ([before, before, before], Gone, 0, Delivery::Refused),
            ([before, number, before], Active, 0, Delivery::Pushed),
            ([before, number, before], Gone, 1000, Delivery::Pushed),
            ([before, before, number], Active, 0, Delivery::Refused),
            ([before, number + 1, number], Active, 0, Delivery::Refused),
            ([number, before, before], Active, 1000, Delivery::Delivered),
            ([number + 1, number, number], Active, 0, Delivery::Delivered),
        ] {
            assert_eq!(of(numbers, channel, now), expected, "{numbers:?} {now}");
        }
        let unpushed = |platform, now| delivery(&entry(), platform, None, at(now));
        assert_eq!(unpushed(Platform::Ios, 0), Delivery::NotTargeted);
        assert_eq!(unpushed(Platform::WebPush, 0), Delivery::Pending);
        assert_eq!(unpushed(Platform::WebPush, 1000), Delivery::Expired);
    }
}
