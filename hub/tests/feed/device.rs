//! A client: what it shows, and where it left off. It asserts of every frame that it has the right
//! shape, and that nothing is told twice or out of order.

use std::collections::{BTreeMap, BTreeSet};

use notifeed::feed::update::StateUpdate;
use notifeed::feed::{Cursor, Epoch, feed_digest};
use notifeed::notification::Platform;
use notifeed::time::Timestamp;
use notifeed_hub::wire::{Command, Stream};
use serde_json::{Value as Json, json};

use crate::asking::{request, stream};
use crate::item::Item;
use crate::told::{Told, assert_shape};
use crate::world::{FEED, Heard, Interruption, Line, World};

/// A client.
#[derive(Debug)]
pub struct Device {
    pub platform: Platform,
    pub items: BTreeMap<String, Item>,
    /// The number of each item's last change.
    numbers: BTreeMap<String, i64>,
    /// Up to where everything is seen, as far as it was told.
    pub seen: i64,
    pub cursor: Option<String>,
    pub line: Option<Line>,
    /// Whether it has been told that it knows everything.
    pub ready: bool,
    /// How many of the newest items it asks for, where all would come.
    pub top: Option<u32>,
    /// The items that were too old to be asked for when it began,
    pub too_old: BTreeSet<String>,
    /// and when it came last.
    left_out: BTreeSet<String>,
    /// Whether the connection has said whose feed it is.
    greeted: bool,
    /// Whether it acknowledges when it is asked to.
    pub acknowledges: bool,
    /// The frames since this was emptied last.
    pub heard: Vec<Json>,
    /// How its last connection ended.
    pub closed: Option<(u16, String)>,
    /// The changes that reached the app, by their number within the epoch.
    delivered: BTreeSet<(i64, [u8; 16])>,
    last: Option<(Epoch, i64)>,
    /// The requests that weren't answered yet, by the device's own name for each.
    asked: BTreeMap<String, Asked>,
    references: usize,
}

/// A change that a client asked for over its connection.
#[derive(Debug, Clone)]
enum Asked {
    Set(String, StateUpdate),
    Delete(String),
}

impl Device {
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            items: BTreeMap::new(),
            numbers: BTreeMap::new(),
            seen: 0,
            cursor: None,
            line: None,
            ready: false,
            top: None,
            too_old: BTreeSet::new(),
            left_out: BTreeSet::new(),
            greeted: false,
            acknowledges: true,
            heard: Vec::new(),
            closed: None,
            delivered: BTreeSet::new(),
            last: None,
            asked: BTreeMap::new(),
            references: 0,
        }
    }

    /// The app crashes, and its store goes with it.
    pub fn forget(&mut self) {
        *self = Self {
            acknowledges: self.acknowledges,
            top: self.top,
            line: self.line,
            ..Self::new(self.platform)
        };
    }

    /// Connects with its cursor; whether it was let in.
    pub fn connect(&mut self, world: &mut World) -> bool {
        let stream = self.stream(world);
        self.connect_as(world, stream)
    }

    /// How it connects where it left off.
    pub fn stream(&self, world: &World) -> Stream {
        Stream {
            top: self.top,
            ..stream(self.platform, self.cursor.as_deref(), world.now())
        }
    }

    pub fn connect_as(&mut self, world: &mut World, stream: Stream) -> bool {
        let connected = self.try_connect(world, stream);
        connected.unwrap_or_else(|_| panic!("a crash that nobody asked for"))
    }

    pub fn try_connect(&mut self, world: &mut World, stream: Stream) -> Result<bool, Interruption> {
        self.hang_up(world);
        self.closed = None;
        self.greeted = false;
        self.left_out = stream.top.map_or_else(BTreeSet::new, |top| {
            world.quietly(|world| world.too_old(self.platform, top))
        });
        if self.cursor.is_none() {
            self.too_old = self.left_out.clone();
        }
        let connected = world.try_connect(&request(Command::Stream(stream)))?;
        self.line = connected.ok();
        Ok(self.line.is_some())
    }

    /// Its line breaks; what it hasn't read is lost.
    pub fn hang_up(&mut self, world: &mut World) {
        if let Some(line) = self.line.take() {
            world.hang_up(line);
        }
        self.ready = false;
    }

    /// Sets states over its connection: its own name for the frame.
    pub fn set(&mut self, world: &mut World, id: &str, states: StateUpdate) -> String {
        let (reference, said) = self.try_set(world, id, states);
        assert!(said.is_ok());
        reference
    }

    pub fn try_set(
        &mut self,
        world: &mut World,
        id: &str,
        states: StateUpdate,
    ) -> (String, Result<(), Interruption>) {
        let mut frame = json!({ "type": "update", "id": id });
        if let Some(state) = states.read_state {
            frame["readState"] = state.as_str().into();
        }
        if let Some(state) = states.user_action_state {
            frame["userActionState"] = state.as_str().into();
        }
        if let Some(until) = states.snoozed_until_date_time {
            frame["snoozedUntilDateTime"] = until.to_string().into();
        }
        self.say(world, frame, Asked::Set(id.to_owned(), states))
    }

    /// Marks all items over its connection: the result.
    pub fn mark_all(&mut self, world: &mut World, kind: &str, cursor: Option<&str>) -> Json {
        let frame = json!({ "type": kind, "ref": "all", "cursor": cursor });
        world.say(self.line.unwrap(), &frame.to_string());
        self.listen(world);
        let result = self.heard.pop().unwrap();
        assert_eq!(result["ref"], "all");
        result
    }

    /// Deletes over its connection: its own name for the frame.
    pub fn delete(&mut self, world: &mut World, id: &str) -> String {
        let (reference, said) = self.try_delete(world, id);
        assert!(said.is_ok());
        reference
    }

    pub fn try_delete(
        &mut self,
        world: &mut World,
        id: &str,
    ) -> (String, Result<(), Interruption>) {
        let frame = json!({ "type": "delete", "id": id });
        self.say(world, frame, Asked::Delete(id.to_owned()))
    }

    fn say(
        &mut self,
        world: &mut World,
        mut frame: Json,
        asked: Asked,
    ) -> (String, Result<(), Interruption>) {
        self.references += 1;
        let reference = self.references.to_string();
        frame["ref"] = reference.as_str().into();
        self.asked.insert(reference.clone(), asked);
        let said = world.try_say(self.line.unwrap(), Some(&frame.to_string()));
        (reference, said)
    }

    /// Acknowledges what it has, whether it was asked to or not.
    pub fn acknowledge(&self, world: &mut World) {
        let seq = self.last.map_or(0, |(_, last)| last);
        world.say(
            self.line.unwrap(),
            &format!(r#"{{"type":"ack","seq":{seq}}}"#),
        );
    }

    /// Reads all there is, and what comes of that. Whether there was anything.
    pub fn listen(&mut self, world: &mut World) -> bool {
        let mut any = false;
        while self.hear(world) {
            any = true;
        }
        any
    }

    /// Reads one frame, or that it was closed. Whether there was one.
    pub fn hear(&mut self, world: &mut World) -> bool {
        let Some(line) = self.line else { return false };
        let heard = world.read(line).or_else(|| {
            // A replay goes on by itself, in no time.
            world.pass(0);
            world.read(line)
        });
        match heard {
            None => false,
            Some(Heard::Closed(code, reason)) => {
                self.line = None;
                self.ready = false;
                self.closed = Some((code, reason));
                true
            }
            Some(Heard::Frame(text)) => {
                let frame: Json = serde_json::from_str(&text).unwrap();
                if !std::mem::replace(&mut self.greeted, true) {
                    assert_shape(&frame);
                    assert_eq!(frame["feed"], feed_digest(FEED).as_str(), "{frame}");
                    assert_sent_by(&frame, world.now());
                    return self.hear(world);
                }
                let ack = self.take(world, &frame);
                self.heard.push(frame);
                if let Some(seq) = ack.filter(|_| self.acknowledges) {
                    // An acknowledgement that is lost in a crash is lost with what it would have freed.
                    let ack = format!(r#"{{"type":"ack","seq":{seq}}}"#);
                    let _ = world.try_say(line, Some(&ack));
                }
                true
            }
        }
    }

    /// Takes in a frame: the number that the server wants acknowledged.
    fn take(&mut self, world: &mut World, frame: &Json) -> Option<i64> {
        let text = |name: &str| frame[name].as_str().unwrap().to_owned();
        assert_shape(frame);
        let kind = text("type");
        let cursor = frame.get("cursor").map(|_| text("cursor"));
        if let Some(seq) = frame.get("seq").and_then(Json::as_i64) {
            let position = Cursor::parse(cursor.as_deref().unwrap()).unwrap();
            assert_eq!(position.seq().get(), seq, "{frame}");
            let last = self.last.filter(|(epoch, _)| *epoch == position.epoch);
            assert!(last.is_none_or(|(_, last)| last < seq), "{last:?}: {frame}");
            let change = (seq, *position.epoch.as_bytes());
            assert!(self.delivered.insert(change), "told twice: {frame}");
            self.last = Some((position.epoch, seq));
            if let Some(id) = self.id_in(frame) {
                self.numbers.insert(id.clone(), seq);
                world.number_is_of(change, id);
            }
        }
        match kind.as_str() {
            "reset" => {
                self.items.clear();
                self.delivered.clear();
                self.last = None;
                self.cursor = None;
                self.too_old = self.left_out.clone();
            }
            "notification" => {
                let view = &frame["notification"];
                let id = view["id"].as_str().unwrap().to_owned();
                self.items.insert(id, Item::of(view));
            }
            "state" => {
                let Some(item) = self.items.get_mut(&text("id")) else {
                    let known = self.too_old.contains(&text("id"));
                    assert!(known, "states of an unknown item: {frame}");
                    return self.advance(cursor, frame);
                };
                item.take_states(frame);
            }
            "removed" => {
                self.items.remove(&text("id"));
            }
            "readAll" => self.read_all(frame, frame["platform"].as_str()),
            "seenAll" => self.seen = frame["through"].as_i64().unwrap(),
            "ready" => {
                self.seen = frame["seenThrough"].as_i64().unwrap();
                assert!(!self.ready, "ready twice");
                self.ready = true;
                assert_sent_by(frame, world.now());
                let position = Cursor::parse(cursor.as_deref().unwrap()).unwrap();
                self.last = Some((position.epoch, position.seq().get()));
            }
            "result" => {
                if frame.get("through").is_some() && frame.get("seq").is_some() {
                    self.read_all(frame, Some(self.platform.as_str()));
                }
                if let Some(asked) = self.asked.remove(&text("ref")) {
                    self.apply(asked, frame["status"].as_u64().unwrap());
                }
            }
            other => panic!("{other}"),
        }
        self.advance(cursor, frame)
    }

    /// Reads what a platform receives and hasn't changed since.
    fn read_all(&mut self, frame: &Json, platform: Option<&str>) {
        let number = |name: &str| frame[name].as_i64().unwrap();
        let (seq, through) = (number("seq"), number("through"));
        let platform = platform.and_then(Platform::parse);
        for (id, item) in &mut self.items {
            let aims = platform.is_none_or(|platform| item.platforms.contains(platform));
            let known = self.numbers.get_mut(id).unwrap();
            if item.read_state == "unread" && *known <= through && aims {
                item.read_state = "read".into();
                *known = seq;
            }
        }
    }

    /// Keeps the cursor of a frame: the number that the server wants acknowledged.
    fn advance(&mut self, cursor: Option<String>, frame: &Json) -> Option<i64> {
        self.cursor = cursor.or(self.cursor.take());
        frame.get("ack").map(|ack| {
            assert_eq!(*ack, true, "{frame}");
            frame["seq"].as_i64().unwrap()
        })
    }

    /// The item that a change is of.
    fn id_in(&self, frame: &Json) -> Option<String> {
        let asked = frame["ref"].as_str().and_then(|name| self.asked.get(name));
        let id = match asked {
            Some(Asked::Set(id, _) | Asked::Delete(id)) => id,
            None => frame["notification"]["id"]
                .as_str()
                .or(frame["id"].as_str())?,
        };
        Some(id.to_owned())
    }

    /// Its own change was answered: it isn't told of it otherwise, unless it is still being told what
    /// it missed.
    fn apply(&mut self, asked: Asked, status: u64) {
        match asked {
            Asked::Delete(id) if matches!(status, 204 | 404) => {
                self.items.remove(&id);
            }
            Asked::Set(id, _) if status == 404 => {
                self.items.remove(&id);
            }
            Asked::Set(id, states) if status == 200 => {
                if let Some(item) = self.items.get_mut(&id) {
                    item.set(states);
                }
            }
            _ => {}
        }
    }

    /// The items that it shows: it knows by itself which have expired.
    pub fn shown(&mut self, now: Timestamp) -> BTreeMap<String, Item> {
        self.items.retain(|_, item| now < item.expiration);
        self.items.clone()
    }

    /// Asserts that it shows the items that are there, but for those that were too old to be asked for.
    pub fn assert_shows(&mut self, mut there: BTreeMap<String, Item>, now: Timestamp) {
        let shown = self.shown(now);
        there.retain(|id, _| shown.contains_key(id) || !self.too_old.contains(id));
        assert_eq!(shown, there);
    }

    /// The frames since it was asked last, in short.
    pub fn told(&mut self) -> Vec<Told> {
        self.heard.drain(..).map(|frame| Told::of(&frame)).collect()
    }
}

/// The clock in a frame is the server's when it was sent.
fn assert_sent_by(frame: &Json, now: Timestamp) {
    let sent = Timestamp::parse(frame["now"].as_str().unwrap()).unwrap();
    assert!(sent <= now, "{frame}");
}

impl World {
    /// The items of that platform but the newest so many.
    fn too_old(&mut self, platform: Platform, top: u32) -> BTreeSet<String> {
        let list = self.list();
        let aims = list
            .iter()
            .filter(|view| Item::of(view).platforms.contains(platform));
        aims.skip(top as usize)
            .map(|view| view["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The items that a device of that platform should show.
    pub fn shown(&mut self, platform: Platform) -> BTreeMap<String, Item> {
        let list = self.list();
        let items = list
            .iter()
            .map(|view| (view["id"].as_str().unwrap().to_owned(), Item::of(view)));
        items
            .filter(|(_, item)| item.platforms.contains(platform))
            .collect()
    }
}
