//! A life of a feed in steps, each of which can be repeated: what the tests of crashes and of failures
//! go through.

use std::collections::BTreeMap;

use notifeed::feed::UserActionState;
use notifeed::notification::Platform;
use notifeed_hub::wire::{Command, Request};

use crate::asking::*;
use crate::device::Device;
use crate::world::{Interruption, World};

/// Why a step isn't done, as far as the client can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setback {
    Crash,
    /// 503: nothing was done.
    Unavailable,
}

impl From<Interruption> for Setback {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Crash => Self::Crash,
            Interruption::Asleep => Self::Unavailable,
        }
    }
}

pub type Step = fn(&mut Life) -> Result<(), Setback>;

/// The list's view of each item: its text and states.
pub type Shown = Vec<(String, String, String)>;

pub struct Life {
    pub world: World,
    devices: [Device; 2],
    ids: BTreeMap<&'static str, String>,
    subscription: Option<String>,
}

/// The steps, in their order.
pub const STEPS: &[Step] = &[
    |life| life.subscribe(),
    |life| life.connect(0),
    |life| life.post("k1", "one", 5 * HOUR),
    |life| life.post("k2", "two", HOUR),
    |life| life.set_over_line("k1"),
    |life| life.set("k2"),
    |life| life.post("k1", "one b", 5 * HOUR),
    |life| life.pass(100),
    |life| life.delete("k2"),
    |life| life.post("k3", "short", 1000),
    |life| life.connect(1),
    |life| life.post("big", &"x".repeat(60_000), 3 * HOUR),
    |life| life.pass(1000),
    |life| life.by_subscription("k5", "by its subscription"),
    |life| life.delete_over_line("big"),
    // The sockets' hour ends, and rows are purged.
    |life| life.pass(2 * HOUR),
    |life| life.connect(0),
    |life| life.post("k4", "four", HOUR),
    |life| life.unsubscribe(),
    |life| life.connect(0),
    |life| life.pass(100),
    |life| life.set("k4"),
    // Everything but the first has gone.
    |life| life.pass(2 * HOUR),
    |life| life.connect(0),
    |life| life.connect(1),
];

impl Life {
    pub fn new() -> Self {
        Self {
            world: World::new(),
            devices: [Platform::Windows, Platform::Ios].map(Device::new),
            ids: BTreeMap::new(),
            subscription: None,
        }
    }

    /// The list after each step when nothing goes wrong.
    pub fn undisturbed() -> Vec<Shown> {
        let mut life = Self::new();
        let after = STEPS.iter().map(|step| {
            assert_eq!(step(&mut life), Ok(()));
            life.shown()
        });
        let after = after.collect();
        life.finish();
        after
    }

    /// The list's view now.
    pub fn shown(&mut self) -> Shown {
        let items = self.world.quietly(World::list);
        let text = |item: &serde_json::Value, name: &str| item[name].as_str().unwrap().to_owned();
        items
            .iter()
            .map(|item| {
                let raw = item["payload"]["rawContent"].as_str().unwrap();
                (
                    raw.to_owned(),
                    text(item, "readState"),
                    text(item, "userActionState"),
                )
            })
            .collect()
    }

    /// Both devices come back if need be, and show what they should.
    pub fn finish(&mut self) {
        self.world.rest();
        for number in 0..self.devices.len() {
            self.devices[number].listen(&mut self.world);
            if self.devices[number].line.is_none() {
                assert_eq!(self.connect(number), Ok(()));
            }
            let device = &mut self.devices[number];
            device.listen(&mut self.world);
            assert!(device.ready, "{:?}", device.closed);
            let shown = device.shown(self.world.now());
            assert_eq!(shown, self.world.shown(device.platform));
        }
    }

    fn listen(&mut self) {
        for device in &mut self.devices {
            device.listen(&mut self.world);
        }
    }

    fn ask(&mut self, request: &Request, expected: &[u16]) -> Result<String, Setback> {
        let answer = self.world.try_ask(request);
        self.listen();
        let answer = answer?;
        if answer.status == 503 {
            assert_eq!(answer.code(), "ServiceUnavailable");
            assert!(answer.header("Retry-After").is_some());
            return Err(Setback::Unavailable);
        }
        assert!(expected.contains(&answer.status), "{answer:?}");
        Ok(answer.body)
    }

    fn subscribe(&mut self) -> Result<(), Setback> {
        let body = self.ask(&request(subscribe(Some("d"))), &[200, 201])?;
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        self.subscription = Some(json["id"].as_str().unwrap().to_owned());
        Ok(())
    }

    fn unsubscribe(&mut self) -> Result<(), Setback> {
        let id = self.subscription.clone().unwrap();
        let request = request(Command::Unsubscribe(id));
        // Repeated, it is ended already.
        self.ask(&request, &[204, 404]).map(|_| ())
    }

    fn connect(&mut self, number: usize) -> Result<(), Setback> {
        let device = &mut self.devices[number];
        let cursor = device.cursor.clone();
        let mut stream = stream(device.platform, cursor.as_deref(), self.world.now());
        if let (Some(id), 0) = (&self.subscription, number) {
            let subscribed = self
                .world
                .quietly(|world| world.as_megan(Command::Subscriptions));
            let subscribed = subscribed.ids();
            stream.endpoint = subscribed.contains(id).then(|| guid(id));
        }
        let connected = device.try_connect(&mut self.world, stream)?;
        self.listen();
        if connected {
            Ok(())
        } else {
            Err(Setback::Unavailable)
        }
    }

    fn post(&mut self, key: &'static str, text: &str, lives: i64) -> Result<(), Setback> {
        let post = Post::new(text).key(key).lives(lives);
        let command = post.command(self.world.now(), &self.world.settings);
        self.append(key, &request(command))
    }

    fn by_subscription(&mut self, key: &'static str, text: &str) -> Result<(), Setback> {
        let post = Post::new(text).key(key);
        let command = post.command(self.world.now(), &self.world.settings);
        let id = self.subscription.clone().unwrap();
        self.append(key, &by_subscription(&id, command))
    }

    fn append(&mut self, key: &'static str, request: &Request) -> Result<(), Setback> {
        let body = self.ask(request, &[200, 201])?;
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        let id = json["id"].as_str().unwrap().to_owned();
        self.ids.insert(key, id);
        Ok(())
    }

    fn set(&mut self, key: &str) -> Result<(), Setback> {
        let states = acted(UserActionState::Dismissed);
        let request = request(update(&self.ids[key], states));
        self.ask(&request, &[200]).map(|_| ())
    }

    fn delete(&mut self, key: &str) -> Result<(), Setback> {
        let request = request(delete(&self.ids[key]));
        self.ask(&request, &[204, 404]).map(|_| ())
    }

    fn set_over_line(&mut self, key: &str) -> Result<(), Setback> {
        let id = self.ids[key].clone();
        self.over_line(|device, world| device.try_set(world, &id, read()))
    }

    fn delete_over_line(&mut self, key: &str) -> Result<(), Setback> {
        let id = self.ids[key].clone();
        self.over_line(|device, world| device.try_delete(world, &id))
    }

    fn over_line(
        &mut self,
        ask: impl Fn(&mut Device, &mut World) -> (String, Result<(), Interruption>),
    ) -> Result<(), Setback> {
        self.listen();
        if self.devices[0].line.is_none() {
            self.connect(0)?;
        }
        let device = &mut self.devices[0];
        device.heard.clear();
        let (reference, said) = ask(device, &mut self.world);
        self.listen();
        said?;
        let heard = &self.devices[0].heard;
        let result = heard.iter().find(|frame| frame["ref"] == *reference);
        let Some(result) = result else {
            panic!("no result: {heard:?}, {:?}", self.devices[0].closed);
        };
        match result["status"].as_u64().unwrap() {
            200 | 204 | 404 => Ok(()),
            503 => Err(Setback::Unavailable),
            _ => panic!("{result}"),
        }
    }

    fn pass(&mut self, millis: i64) -> Result<(), Setback> {
        self.world.pass(millis);
        self.listen();
        Ok(())
    }
}
