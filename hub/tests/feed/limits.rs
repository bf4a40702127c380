//! The limits of a feed: what still goes at each, and what happens past it (docs/limits.md).

use notifeed::feed::query::Query;
use notifeed::notification::Platform;
use notifeed::policy::{Policy, ThrottleStatus};
use notifeed::throttle::Rate;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::{Command, Request};

use crate::asking::*;
use crate::device::Device;
use crate::told::{FRESH, RESUMED, Told};
use crate::world::World;

const ONE_A_SECOND: Rate = Rate {
    per_second: 1,
    burst: 2,
};

fn small() -> World {
    World::with(Settings {
        max_items: 5,
        ..settings()
    })
}

/// How many seconds the caller is told to wait.
fn assert_full(answer: &Answer) -> i64 {
    assert_eq!(answer.problem(), (406, "ServerBusy".into()));
    answer.header("Retry-After").unwrap().parse().unwrap()
}

#[test]
fn one_item_more_is_refused_and_nothing_that_was_accepted_goes() {
    let mut world = small();
    let mut device = Device::new(Platform::Windows);
    assert!(device.connect(&mut world));
    let post = |number: usize| Post::new(&format!("n{number}")).key(&format!("n{number}"));
    let ids: Vec<String> = (0..5).map(|number| world.posted(&post(number))).collect();
    for _ in 0..2 {
        assert_eq!(assert_full(&world.post(&post(5))), 3600);
    }
    world.evict();
    assert_full(&world.post(&post(5)));
    assert_eq!(world.count(), 5);
    // Calls that add nothing go on: the same again, a replacement, the user's changes.
    assert_eq!(world.post(&post(0)).status, 200);
    assert_eq!(world.post(&Post::new("other").key("n0")).status, 200);
    assert_full(&world.post(&post(5)));
    world.set(&ids[1], read());
    // A deletion makes room, for one.
    world.remove(&ids[2]);
    let next = world.posted(&post(5));
    assert_full(&world.post(&post(6)));
    device.listen(&mut world);
    let told = device.told();
    // Refused posts left nothing behind.
    assert_eq!(
        told[6..],
        [
            Told::content(6, &ids[0], "other"),
            Told::state(7, &ids[1], "read", "noInteraction"),
            Told::removed(8, &ids[2], "deleted"),
            Told::content(9, &next, "n5"),
        ]
    );
}

#[test]
fn an_expiration_makes_room_and_retry_after_says_when() {
    let mut world = small();
    for lives in [HOUR, 5 * HOUR, 90_500, HOUR, HOUR] {
        world.posted(&Post::new("a").lives(lives));
    }
    assert_eq!(assert_full(&world.post(&Post::new("b"))), 91);
    world.pass(60_000);
    let wait = assert_full(&world.post(&Post::new("b")));
    assert_eq!(wait, 31);
    world.pass(wait * 1000);
    world.posted(&Post::new("b"));
    assert_full(&world.post(&Post::new("c")));
}

#[test]
fn the_status_of_a_full_feed_is_a_setting() {
    let mut world = small();
    let policy = Policy::new(3600, ThrottleStatus::TooManyRequests);
    world.deploy(|settings| settings.policy = policy.unwrap());
    for _ in 0..5 {
        world.posted(&Post::new("a"));
    }
    assert_eq!(world.post(&Post::new("b")).status, 429);
}

/// The frames for a device that comes back.
fn comes_back(world: &mut World, device: &mut Device) -> Vec<Told> {
    assert!(device.connect(world));
    device.listen(world);
    assert_eq!(device.shown(world.now()), world.shown(device.platform));
    device.hang_up(world);
    device.told()
}

#[test]
fn past_the_rows_the_oldest_ended_ones_go_and_whoever_may_lack_them_begins_anew() {
    let mut world = World::with(Settings {
        max_rows: 8,
        ..settings()
    });
    let [first, second] = ["a", "b"].map(|text| world.posted(&Post::new(text)));
    let mut device = Device::new(Platform::Windows);
    let told = [
        Told::content(1, &first, "a"),
        Told::content(2, &second, "b"),
        FRESH,
    ];
    assert_eq!(comes_back(&mut world, &mut device), told);
    let delta = world.as_megan(Command::Delta(Query::default()));
    let token = delta.link("@odata.deltaLink");
    world.remove(&first);
    let mut knows = Device::new(Platform::Windows);
    assert_eq!(comes_back(&mut world, &mut knows).len(), 2);
    // Eight rows, of which one has ended.
    for number in 0..6 {
        world.posted(&Post::new(&format!("n{number}")));
    }
    let mut before = Device::new(Platform::Windows);
    before.items.clone_from(&device.items);
    before.cursor.clone_from(&device.cursor);
    assert_eq!(
        comes_back(&mut world, &mut before)[0],
        Told::removed(3, &first, "deleted")
    );
    // The ninth takes its place.
    let ninth = world.posted(&Post::new("ninth"));
    assert_eq!(world.count(), 8);
    let told = comes_back(&mut world, &mut device);
    assert_eq!(told[0], Told::Reset);
    assert_eq!(told[1], Told::content(2, &second, "b"));
    assert_eq!(told.last(), Some(&FRESH));
    let refused = world.as_megan(Command::Delta(Query {
        delta_token: token,
        ..Query::default()
    }));
    assert_eq!(refused.problem(), (410, "SyncStateNotFound".into()));
    // A device that knew of the end goes on, also after the feed has woken.
    world.evict();
    let told = comes_back(&mut world, &mut knows);
    assert_eq!(told.len(), 8);
    assert_eq!(told[6], Told::content(10, &ninth, "ninth"));
    assert_eq!(told[7], RESUMED);
    assert_eq!(comes_back(&mut world, &mut device), [RESUMED]);
    // Nothing that lives goes: now it is full.
    assert_full(&world.post(&Post::new("tenth")));
    assert_eq!(world.count(), 8);
}

#[test]
fn past_the_rows_what_expired_goes_as_well() {
    let mut world = World::with(Settings {
        max_rows: 8,
        ..settings()
    });
    for number in 0..8 {
        world.posted(&Post::new(&format!("n{number}")).lives(1000 + number * 1000));
    }
    assert_full(&world.post(&Post::new("one more")));
    world.pass(4000);
    for number in 0..4 {
        world.posted(&Post::new(&format!("m{number}")));
    }
    assert_full(&world.post(&Post::new("one more")));
    assert_eq!(world.count(), 8);
}

#[test]
fn past_the_bytes_ended_rows_go_and_then_it_is_full() {
    let mut world = World::with(Settings {
        max_bytes: 200_000,
        ..settings()
    });
    let large = |text: &str| Post::new(&format!("{text}{}", "x".repeat(45_000)));
    let ids: Vec<String> = ["a", "b", "c", "d"]
        .map(|text| world.posted(&large(text).lives(5 * HOUR)))
        .into();
    let refused = world.post(&large("e"));
    assert_eq!(assert_full(&refused), 3600);
    // Whether or not there is room for a small one, nothing that lives goes.
    world.evict();
    assert_full(&world.post(&large("e")));
    world.posted(&Post::new("small"));
    world.remove(&ids[1]);
    let next = world.posted(&large("e"));
    assert_full(&world.post(&large("f")));
    assert_eq!(world.count(), 5);
    world.remove(&next);
    // An expired item counts until it goes.
    world.posted(&large("short").lives(1000));
    assert_full(&world.post(&large("f")));
    world.pass(1000);
    world.posted(&large("f"));
    assert_full(&world.post(&large("g")));
    assert_eq!(world.count(), 5);
}

#[test]
fn the_bounds_of_the_room_hold_after_waking_and_purging() {
    let mut world = small();
    for round in 0..4 {
        for number in 0..5 {
            world.posted(&Post::new(&format!("{round} {number}")).lives(HOUR));
            if number == 2 {
                world.evict();
            }
        }
        assert_full(&world.post(&Post::new("one more")));
        world.pass(HOUR + round * HOUR);
    }
}

#[test]
fn one_connection_more_is_refused_until_one_goes() {
    let mut world = World::with(Settings {
        max_sockets: 3,
        ..settings()
    });
    let mut devices = [(); 3].map(|()| Device::new(Platform::Windows));
    for device in &mut devices {
        assert!(device.connect(&mut world));
    }
    let knock = |world: &mut World| {
        let stream = stream(Platform::Ios, None, world.now());
        world.connect(&request(Command::Stream(stream)))
    };
    for _ in 0..2 {
        let refused = knock(&mut world).unwrap_err();
        assert_eq!(refused.problem(), (406, "ServerBusy".into()));
        assert_eq!(refused.header("Retry-After"), Some("60"));
        world.evict();
    }
    let id = world.posted(&Post::new("a"));
    for device in &mut devices {
        device.listen(&mut world);
        assert_eq!(device.told(), [FRESH, Told::content(1, &id, "a")]);
    }
    devices[1].hang_up(&mut world);
    assert!(knock(&mut world).is_ok());
    assert!(knock(&mut world).is_err());
}

#[test]
fn an_app_posts_and_calls_as_fast_as_it_may() {
    let mut world = World::with(Settings {
        post_rate: ONE_A_SECOND,
        call_rate: ONE_A_SECOND,
        ..settings()
    });
    let list = Command::List(Query::default());
    let by = |app: &str, command: &Command| Request {
        sender: self::app(app),
        ..request(command.clone())
    };
    let post = Post::new("a").command(world.now(), &world.settings);
    for command in [post, list] {
        let statuses = |app: &str, world: &mut World| {
            let asked = [(); 3].map(|()| world.ask(&by(app, &command)));
            let throttled = asked[2].clone();
            assert_eq!(throttled.problem(), (406, "Throttled".into()));
            assert_eq!(throttled.header("Retry-After"), Some("1"));
            asked.map(|answer| answer.status)
        };
        let accepted = statuses("a", &mut world)[0];
        assert!(matches!(accepted, 200 | 201));
        // Another app isn't concerned.
        assert_eq!(statuses("b", &mut world), [accepted, accepted, 406]);
    }
    world.pass(1000);
    let stream = stream(Platform::Windows, None, world.now());
    assert!(
        world
            .connect(&by("a", &Command::Stream(stream.clone())))
            .is_ok()
    );
    let refused = world.connect(&by("a", &Command::Stream(stream)));
    assert_eq!(refused.unwrap_err().problem(), (406, "Throttled".into()));
}
