//! A model check: a writer, devices that come and go, time, purges, restores. Whatever the order,
//! each device ends up with what the feed has: nothing lost, nothing told twice or out of order
//! ([`Device::hear`] asserts that of every frame), nothing resurrected.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Post {
        key: Option<u8>,
        text: u32,
        platforms: u8,
        lives: i64,
    },
    Set {
        item: usize,
        states: StateUpdate,
    },
    Delete {
        item: usize,
    },
    Pass(i64),
    Purge,
    /// The feed was restored from a backup: another epoch.
    Restore,
    /// A device comes back, hears so many changes, and stays if that was all.
    Connect {
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

fn step() -> impl Strategy<Value = Step> {
    let read = prop_oneof![
        Just(None),
        Just(Some(ReadState::Read)),
        Just(Some(ReadState::Unread))
    ];
    let action = prop_oneof![
        Just(None),
        Just(Some(UserActionState::Dismissed)),
        Just(Some(UserActionState::NoInteraction))
    ];
    let states = (read, action).prop_map(|(read_state, user_action_state)| StateUpdate {
        read_state,
        user_action_state,
    });
    let lives = prop_oneof![Just(1000_i64), Just(60_000), Just(3_600_000)];
    prop_oneof![
        6 => (proptest::option::of(0_u8..3), 0_u32..3, 1_u8..4, lives)
            .prop_map(|(key, text, platforms, lives)| Step::Post { key, text, platforms, lives }),
        3 => (0_usize..8, states).prop_map(|(item, states)| Step::Set { item, states }),
        2 => (0_usize..8).prop_map(|item| Step::Delete { item }),
        2 => prop_oneof![Just(1_i64), Just(1000), Just(60_000)].prop_map(Step::Pass),
        1 => Just(Step::Purge),
        1 => Just(Step::Restore),
        5 => (0_usize..3, prop_oneof![Just(usize::MAX), 0_usize..4])
            .prop_map(|(device, frames)| Step::Connect { device, frames }),
        2 => (0_usize..3).prop_map(|device| Step::Drop { device }),
        1 => (0_usize..3).prop_map(|device| Step::Forget { device }),
    ]
}

struct World {
    feed: Feed,
    devices: Vec<(Device, bool)>,
}

impl World {
    fn new() -> Self {
        let platforms = [Platform::Windows, Platform::Windows, Platform::Ios];
        Self {
            feed: Feed::new(),
            devices: platforms
                .map(|platform| (Device::new(platform), false))
                .into(),
        }
    }

    fn take(&mut self, step: &Step) {
        let feed = &mut self.feed;
        let nth = |feed: &Feed, item: usize| feed.rows.keys().nth(item).copied();
        let changed = match step {
            Step::Post {
                key,
                text,
                platforms,
                lives,
            } => {
                let key = key.map(|key| key.to_string());
                let platforms = PlatformSet::from_bits(*platforms).unwrap();
                feed.post(key.as_deref(), *text, platforms, *lives)
            }
            Step::Set { item, states } => nth(feed, *item).and_then(|id| feed.set(id, *states)),
            Step::Delete { item } => nth(feed, *item).and_then(|id| feed.delete(id)),
            Step::Pass(millis) => {
                feed.pass(*millis);
                None
            }
            Step::Purge => {
                feed.purge();
                None
            }
            Step::Restore => {
                let [byte, ..] = *feed.epoch.as_bytes();
                feed.epoch = Epoch::from_bytes([byte.wrapping_add(1); 16]);
                self.devices.iter_mut().for_each(|(_, live)| *live = false);
                None
            }
            Step::Connect { device, frames } => {
                let (device, live) = self.devices.get_mut(*device).unwrap();
                if !*live {
                    *live = feed.catch_up(device, *frames);
                }
                None
            }
            Step::Drop { device } => {
                self.devices.get_mut(*device).unwrap().1 = false;
                None
            }
            Step::Forget { device } => {
                let (device, live) = self.devices.get_mut(*device).unwrap();
                (*device, *live) = (Device::new(device.platform), false);
                None
            }
        };
        if let Some(entry) = changed {
            let live = self.devices.iter_mut().filter(|(_, live)| *live);
            live.for_each(|(device, _)| feed.fan_out(&entry, device));
        }
    }

    /// Those that are connected show what they should, at every step.
    fn check_live(&mut self) {
        for (device, _) in self.devices.iter_mut().filter(|(_, live)| *live) {
            assert_eq!(
                device.shown(self.feed.now),
                self.feed.shown(device.platform)
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_device_ends_up_with_the_feed(steps in proptest::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check_live();
        }
        for device in 0..world.devices.len() {
            world.take(&Step::Connect { device, frames: usize::MAX });
        }
        world.check_live();
        prop_assert!(world.devices.iter().all(|(_, live)| *live));
    }
}
