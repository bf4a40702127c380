//! The delivery of a notification to an endpoint (CONTRACT §5.7): by the numbers that are known of it.

use crate::feed::Entry;
use crate::notification::Platform;
use crate::push::{ChannelState, PushState};
use crate::time::Timestamp;

/// The delivery of a notification to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The device has it, by its own word.
    Delivered,
    /// Its push service has taken it.
    Pushed,
    /// Its push service has refused it, or doesn't know the device any more.
    Refused,
    /// The notification expired, or its display time was over, before anything of that.
    Expired,
    /// The notification isn't for that platform.
    NotTargeted,
    /// Nothing is known yet. A delivery may be told late, never too early.
    Pending,
}

impl Delivery {
    /// By what is known of the endpoint. `push`: where it is pushed to.
    pub fn of(entry: &Entry, platform: Platform, push: Option<&PushState>, now: Timestamp) -> Self {
        if !entry.platforms.contains(platform) {
            return Self::NotTargeted;
        }
        let content = entry.content_seq;
        let expired = match super::message::until(entry) <= now {
            true => Self::Expired,
            false => Self::Pending,
        };
        let Some(push) = push else { return expired };
        let reached = &push.reached;
        if content <= reached.delivered {
            Self::Delivered
        } else if content == reached.refused {
            Self::Refused
        } else if content <= reached.taken {
            Self::Pushed
        } else if push.channel == ChannelState::Gone {
            Self::Refused
        } else {
            expired
        }
    }

    /// As it is told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Pushed => "pushed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::NotTargeted => "notTargeted",
            Self::Pending => "pending",
        }
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
            request_digest: "",
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
            Delivery::of(&entry(), Platform::WebPush, Some(&push), at(now))
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
        let unpushed = |platform, now| Delivery::of(&entry(), platform, None, at(now));
        assert_eq!(unpushed(Platform::Ios, 0), Delivery::NotTargeted);
        assert_eq!(unpushed(Platform::WebPush, 0), Delivery::Pending);
        assert_eq!(unpushed(Platform::WebPush, 1000), Delivery::Expired);
    }
}
