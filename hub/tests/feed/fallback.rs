//! Fallbacks on iOS: a Home Screen app that doesn't fetch raw content in time is shown other content, once
//! (CONTRACT §1, `fallbackPolicy`).

use notifeed::notification::{Platform, PlatformSet};
use notifeed_hub::wire::Command;

use crate::asking::*;
use crate::push::*;
use crate::world::{Line, World};

const BOTH: PlatformSet = PlatformSet::of(Platform::Ios).union(PlatformSet::of(Platform::WebPush));
const DELAY: i64 = 60 * SECOND;

fn raw(fallback: Option<u32>) -> Post {
    Post::new("raw").aims(BOTH).raw(fallback)
}

impl World {
    fn home_screen_app(&mut self, name: &str) -> String {
        let answer = self.as_megan(subscribe_to(Platform::Ios, name, Some(name)));
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.id()
    }

    /// The titles that were pushed since this was asked last, with the last part of each endpoint.
    fn titles(&mut self) -> Vec<(String, String)> {
        let sent = std::mem::take(&mut self.runtime.services.borrow_mut().sent);
        let title = |push: &notifeed_hub::host::Push| {
            let json: serde_json::Value = serde_json::from_str(&push.message.text).unwrap();
            let title = json["notification"]["title"].as_str().unwrap_or("none");
            let endpoint = crate::world::endpoint(push);
            let name = endpoint.rsplit('/').next().unwrap().to_owned();
            (name, title.to_owned())
        };
        let mut titles: Vec<_> = sent.iter().map(title).collect();
        titles.sort();
        titles
    }

    fn connected_on_ios(&mut self, subscription: &str) -> Line {
        let mut stream = stream(Platform::Ios, None, self.now());
        stream.endpoint = Some(guid(subscription));
        let connected = self.connect(&request(Command::Stream(stream)));
        let line = connected.unwrap_or_else(|answer| panic!("{answer:?}"));
        self.frames(line);
        line
    }
}

#[test]
fn who_does_not_fetch_raw_content_is_shown_the_fallback_once() {
    let mut world = world();
    world.home_screen_app("phone");
    world.pushed_to("web");
    world.posted(&raw(Some(60)));
    world.pass(DELAY - SECOND);
    assert_eq!(world.titles(), to(&[("web", "none")]));
    world.evict();
    world.pass(SECOND);
    assert_eq!(world.titles(), to(&[("phone", "fallback")]));
    world.pass(HOUR);
    assert_eq!((world.titles(), world.due()), (vec![], 0));
}

#[test]
fn only_the_device_that_has_not_fetched_it_is_shown_it() {
    for visible in [true, false] {
        let mut world = world();
        let fetching = world.home_screen_app("fetching");
        world.home_screen_app("away");
        let line = world.connected_on_ios(&fetching);
        world.posted(&raw(Some(60)));
        let seq = world.frames(line).last().unwrap()["seq"].clone();
        let ack = format!(r#"{{"type":"ack","seq":{seq},"visible":{visible}}}"#);
        world.say(line, &ack);
        world.pass(HOUR);
        assert_eq!(world.titles(), to(&[("away", "fallback")]), "{visible}");
    }
}

#[test]
fn an_open_connection_that_acknowledges_nothing_fetches_nothing() {
    let mut world = world();
    let phone = world.home_screen_app("phone");
    world.connected_on_ios(&phone);
    world.posted(&raw(Some(60)));
    world.pass(DELAY - SECOND);
    assert_eq!(world.titles(), []);
    world.pass(SECOND);
    assert_eq!(world.titles(), to(&[("phone", "fallback")]));
}

#[test]
fn no_fallback_is_shown_of_what_is_read_replaced_or_gone() {
    let mut world = world();
    world.home_screen_app("phone");
    let read_elsewhere = world.posted(&raw(Some(60)));
    assert_eq!(world.as_megan(update(&read_elsewhere, read())).status, 200);
    let gone = world.posted(&raw(Some(60)));
    assert_eq!(world.as_megan(delete(&gone)).status, 204);
    world.posted(&raw(Some(60)).key("k"));
    world.posted(&raw(None).key("k"));
    world.posted(&raw(Some(60)).lives(DELAY - SECOND));
    world.pass(HOUR);
    assert_eq!((world.titles(), world.due()), (vec![], 0));
}

#[test]
fn raw_content_without_a_fallback_is_not_pushed_to_ios_and_visual_content_is_at_once() {
    let mut world = world();
    world.home_screen_app("phone");
    world.posted(&raw(None));
    world.posted(&Post::new("visual").aims(BOTH));
    world.pass(SECOND);
    assert_eq!(world.titles(), to(&[("phone", "t")]));
}
