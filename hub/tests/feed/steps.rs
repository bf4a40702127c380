//! The steps of the model check, and how often each happens.

use notifeed::feed::update::StateUpdate;
use notifeed::feed::{ReadState, UserActionState};
use notifeed::notification::Platform;
use proptest::prelude::*;

use crate::asking::HOUR;
use crate::model::ENOUGH;
use crate::world::Mood;

const DAY: i64 = 24 * HOUR;

#[derive(Debug, Clone)]
pub enum Step {
    Post {
        key: Option<u8>,
        text: u32,
        large: bool,
        asks: bool,
        platforms: u8,
        lives: i64,
    },
    /// Many at a time, so that windows fill.
    Burst,
    Set {
        item: usize,
        states: StateUpdate,
        by: Option<usize>,
    },
    /// Snoozes for so many milliseconds.
    Snooze {
        item: usize,
        millis: i64,
        by: Option<usize>,
    },
    /// Answers, if it asks.
    Answer {
        item: usize,
        approves: bool,
    },
    /// The app that sent it takes it back.
    Retract {
        item: usize,
        /// Also where it is answered.
        answered: bool,
    },
    Delete {
        item: usize,
        by: Option<usize>,
    },
    /// All that a platform receives is read, or seen.
    Mark {
        read: bool,
        platform: Option<Platform>,
    },
    Pass(i64),
    Evict,
    /// All lines break, too.
    BreakDown,
    BackUp,
    Restore,
    Kv(Mood),
    KvRests(bool),
    /// How many bytes the feed may have under way.
    Budget(usize),
    /// The feed's memory ends at an operation in one of the next events.
    Crash(u64),
    /// A device comes back, and reads so many frames.
    Connect {
        device: usize,
        frames: usize,
    },
    Hear {
        device: usize,
        frames: usize,
    },
    Drop {
        device: usize,
    },
    /// The app crashes and its store goes with it.
    Forget {
        device: usize,
    },
}

pub fn step() -> impl Strategy<Value = Step> {
    let read = prop_oneof![
        Just(None),
        Just(Some(ReadState::Read)),
        Just(Some(ReadState::Unread))
    ];
    let action = prop_oneof![
        Just(Some(UserActionState::Dismissed)),
        Just(Some(UserActionState::NoInteraction))
    ];
    let states = (read, action).prop_map(|(read_state, user_action_state)| StateUpdate {
        read_state,
        user_action_state,
        snoozed_until_date_time: None,
    });
    let lives = prop_oneof![Just(1000_i64), Just(60_000), Just(HOUR), Just(6 * DAY)];
    let by = || proptest::option::of(0_usize..4);
    let moods = prop_oneof![
        3 => Just(Mood::Well),
        1 => Just(Mood::Down),
        1 => Just(Mood::Fails),
        1 => Just(Mood::Slow),
        1 => (2_usize..4).prop_map(Mood::Refuses),
        1 => Just(Mood::Lies),
    ];
    let passing = prop_oneof![
        Just(1_i64),
        Just(30),
        Just(1000),
        Just(3000),
        Just(60_000),
        Just(HOUR)
    ];
    let snoozes = prop_oneof![Just(500_i64), Just(2000), Just(60_000), Just(HOUR)];
    let platform = proptest::option::of(prop_oneof![Just(Platform::Windows), Just(Platform::Ios)]);
    let frames = || prop_oneof![Just(usize::MAX), 0_usize..6];
    prop_oneof![
        12 => (proptest::option::of(0_u8..3), 0_u32..3, any::<bool>(), any::<bool>(), 1_u8..4, lives).prop_map(
            |(key, text, large, asks, platforms, lives)| Step::Post { key, text, large, asks, platforms, lives }
        ),
        1 => Just(Step::Burst),
        6 => (0_usize..8, states, by()).prop_map(|(item, states, by)| Step::Set { item, states, by }),
        4 => (0_usize..8, snoozes, by()).prop_map(|(item, millis, by)| Step::Snooze { item, millis, by }),
        4 => (0_usize..8, any::<bool>()).prop_map(|(item, approves)| Step::Answer { item, approves }),
        3 => (0_usize..8, any::<bool>()).prop_map(|(item, answered)| Step::Retract { item, answered }),
        4 => (0_usize..8, by()).prop_map(|(item, by)| Step::Delete { item, by }),
        3 => (any::<bool>(), platform).prop_map(|(read, platform)| Step::Mark { read, platform }),
        5 => passing.prop_map(Step::Pass),
        2 => Just(Step::Evict),
        1 => Just(Step::BreakDown),
        1 => Just(Step::BackUp),
        1 => Just(Step::Restore),
        2 => moods.prop_map(Step::Kv),
        1 => any::<bool>().prop_map(Step::KvRests),
        1 => prop_oneof![Just(100_000_usize), Just(600_000), Just(ENOUGH)].prop_map(Step::Budget),
        2 => (1_u64..12).prop_map(Step::Crash),
        8 => (0_usize..4, frames()).prop_map(|(device, frames)| Step::Connect { device, frames }),
        6 => (0_usize..4, frames()).prop_map(|(device, frames)| Step::Hear { device, frames }),
        2 => (0_usize..4).prop_map(|device| Step::Drop { device }),
        1 => (0_usize..4).prop_map(|device| Step::Forget { device }),
    ]
}
