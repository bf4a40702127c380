//! The attempts of a push: the answers of push services, and when it is tried again (CONTRACT §5.7).

use notifeed::notification::Platform;
use notifeed::push::Outcome;
use notifeed::push::outcome::Reason;

use crate::asking::*;
use crate::push::*;
use crate::world::World;

#[test]
fn every_answer_has_its_consequence() {
    let refused = Outcome::Refused(Reason::Rejected);
    for (outcome, expected, due) in [
        (Outcome::Taken, &["one", "two"][..], 0),
        (Outcome::Gone, &["one"], 0),
        (refused, &["one", "two"], 0),
        (Outcome::Refused(Reason::KeyMismatch), &["one", "two"], 0),
        (Outcome::TooLarge, &["one", "least", "two", "least"], 0),
        // The first is tried again before the second is tried at all.
        (LATER, &["one"], 2),
        (
            Outcome::Later {
                after: Some(ms(HOUR)),
            },
            &["one"],
            2,
        ),
    ] {
        let mut world = world();
        let id = world.pushed_to("a");
        world.answers("a", outcome);
        world.post_to_web("one");
        world.pass(SECOND);
        world.post_to_web("two");
        world.pass(SECOND / 2);
        let sent: Vec<String> = world.sent().into_iter().map(|(_, text)| text).collect();
        assert_eq!(
            (sent.as_slice(), world.due()),
            (
                &expected
                    .iter()
                    .map(|text| (*text).to_owned())
                    .collect::<Vec<_>>()[..],
                due
            ),
            "{outcome:?}"
        );
        // The subscription's id works, whatever becomes of its channel.
        let command = Post::new("three").command(world.now(), &world.settings);
        assert_eq!(world.ask(&by_subscription(&id, command)).status, 201);
        // An endpoint that subscribes again is pushed to again.
        world.answers("anew", Outcome::Taken);
        world.as_megan(subscribe_to(Platform::WebPush, "a", Some("anew")));
        world.pass(2 * HOUR);
        world.sent();
        world.post_to_web("four");
        world.pass(SECOND);
        assert_eq!(world.sent(), to(&[("anew", "four")]), "{outcome:?}");
    }
}

#[test]
fn attempts_become_rarer_and_all_arrives_in_order_at_last() {
    let mut world = world();
    world.pushed_to("a");
    world.answers("a", LATER);
    for text in ["one", "two", "three"] {
        world.posted(&Post::new(text).aims(WEB).lives(5 * 24 * HOUR));
    }
    world.pass(HOUR);
    let hour = world.sent();
    assert!((5..=9).contains(&hour.len()), "{hour:?}");
    assert!(hour.iter().all(|(_, text)| text == "one"), "{hour:?}");
    world.pass(24 * HOUR);
    let day = world.sent().len();
    assert!((4..=40).contains(&day), "{day}");
    world.answers("a", Outcome::Taken);
    world.pass(12 * HOUR);
    assert_eq!(
        world.sent(),
        to(&[("a", "one"), ("a", "two"), ("a", "three")])
    );
    assert_eq!(world.due(), 0);
}

#[test]
fn a_service_that_says_how_long_is_left_alone_as_long() {
    let mut world = world();
    world.pushed_to("a");
    world.answers(
        "a",
        Outcome::Later {
            after: Some(ms(HOUR)),
        },
    );
    world.posted(&Post::new("one").aims(WEB).lives(24 * HOUR));
    world.pass(SECOND);
    world.answers("a", Outcome::Taken);
    world.posted(&Post::new("two").aims(WEB).lives(24 * HOUR));
    world.pass(HOUR - 2 * SECOND);
    assert_eq!(world.sent(), to(&[("a", "one")]));
    world.pass(3 * SECOND);
    assert_eq!(world.sent(), to(&[("a", "one"), ("a", "two")]));
}

#[test]
fn a_service_that_has_us_wait_for_years_is_asked_again_after_a_day() {
    let mut world = world();
    world.pushed_to("hostile");
    world.pushed_to("other");
    let post = |world: &mut World, text| {
        world.posted(&Post::new(text).aims(WEB).lives(3 * 24 * HOUR));
        world.pass(SECOND);
        world.sent()
    };
    for asked in [
        "1000000000",
        "99999999999999999999999",
        "Mon, 07 Nov 9994 08:49:37 GMT",
    ] {
        let outcome = Outcome::of(429, Some(asked), world.now());
        world.answers("hostile", outcome);
        assert_eq!(post(&mut world, "one").len(), 2, "{asked}");
        // Nobody else waits.
        assert_eq!(post(&mut world, "two"), to(&[("other", "two")]));
        world.pass(23 * HOUR);
        assert_eq!(world.sent(), [], "{asked}");
        world.answers("hostile", Outcome::Taken);
        world.pass(2 * HOUR);
        assert_eq!(world.sent(), to(&[("hostile", "one"), ("hostile", "two")]));
    }
}

#[test]
fn an_endpoint_that_only_fails_keeps_the_newest_20() {
    let mut world = world();
    world.pushed_to("a");
    world.answers("a", LATER);
    for number in 0..30 {
        let text = format!("{number}");
        world.posted(&Post::new(&text).aims(WEB).lives(6 * 24 * HOUR));
    }
    world.pass(3 * 24 * HOUR);
    assert_eq!(world.due(), 20);
    world.sent();
    world.answers("a", Outcome::Taken);
    world.pass(12 * HOUR);
    let texts: Vec<String> = world.sent().into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        texts,
        (10..30)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    );
}

#[test]
fn one_that_hangs_holds_up_nobody_else() {
    let mut world = world();
    world.pushed_to("a");
    world.pushed_to("b");
    world.runtime.services.borrow_mut().hang(&url("a"));
    for number in 0..50 {
        world.post_to_web(&format!("{number}"));
    }
    world.pass(SECOND);
    let sent = world.sent();
    assert_eq!(sent.len(), 50);
    assert!(sent.iter().all(|(name, _)| name == "b"));
}

#[test]
fn a_memory_that_is_lost_under_way_sends_again() {
    let mut world = world();
    world.pushed_to("a");
    world.runtime.services.borrow_mut().hang(&url("a"));
    world.post_to_web("one");
    world.pass(SECOND);
    assert_eq!(world.pending(), 1);
    world.evict();
    world.runtime.pending.borrow_mut().clear();
    world.runtime.services.borrow_mut().recover();
    world.pass(60 * SECOND);
    assert_eq!((world.sent(), world.due()), (to(&[("a", "one")]), 0));
}
