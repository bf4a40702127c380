//! The frames of a device: the shape of each, and frames in short.

use notifeed::notification::Platform;
use serde_json::Value as Json;

use crate::device::Device;
use crate::item::Item;
use crate::world::World;

/// Nothing may be missing in a frame, or be there besides.
pub fn assert_shape(frame: &Json) {
    let kind = frame["type"].as_str().unwrap();
    let change = ["cursor", "seq", "type"];
    let has = |name: &str| frame.get(name).is_some();
    let mut members: Vec<&str> = match kind {
        "feed" => vec!["type", "feed", "now"],
        "reset" => vec!["type"],
        "notification" => [&change[..], &["replayed", "notification"]].concat(),
        "state" => {
            let more = ["answer", "snoozedUntilDateTime"].into_iter();
            let more: Vec<&str> = more.filter(|name| has(name)).collect();
            [&change[..], &["id", "readState", "userActionState"], &more].concat()
        }
        "removed" => [&change[..], &["id", "reason"]].concat(),
        "readAll" => [&change[..], &["through", "platform"]].concat(),
        "seenAll" => vec!["type", "through", "platform"],
        "ready" => {
            let ready = ["type", "cursor", "endpoint", "resumed", "now"];
            let counts = ["unread", "unseen", "seenThrough"];
            let more: &[&str] = if has("more") { &["more"] } else { &[] };
            [&ready[..], &counts, more].concat()
        }
        "result" if has("through") => {
            let change: &[&str] = if has("seq") { &["cursor", "seq"] } else { &[] };
            let marked = ["type", "ref", "status", "through", "unread", "unseen"];
            [&marked[..], change].concat()
        }
        "result" if has("answer") => {
            let change: &[&str] = if has("seq") { &["cursor", "seq"] } else { &[] };
            [&["type", "ref", "status", "answer"][..], change].concat()
        }
        "result" if has("readState") => {
            vec![
                "type",
                "ref",
                "status",
                "readState",
                "userActionState",
                "error",
            ]
        }
        "result" if has("error") => vec!["type", "ref", "status", "error"],
        "result" if has("seq") => [&change[..], &["ref", "status"]].concat(),
        "result" => vec!["type", "ref", "status"],
        other => panic!("{other}"),
    };
    if has("ack") {
        assert!(has("seq"), "{frame}");
        members.push("ack");
    }
    members.sort_unstable();
    let mut found: Vec<&str> = frame
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    found.sort_unstable();
    assert_eq!(found, members, "{frame}");
}

/// A device that is connected, and has read what there was.
pub fn connected(world: &mut World, platform: Platform) -> Device {
    let mut device = Device::new(platform);
    assert!(device.connect(world));
    device.listen(world);
    device.told();
    device
}

/// The result of a frame, which is all that the device hears.
pub fn result(world: &mut World, device: &mut Device, frame: &Json) -> Json {
    world.say(device.line.unwrap(), &frame.to_string());
    device.listen(world);
    let result = device.heard.pop().unwrap();
    assert_shape(&result);
    assert_eq!(result["ref"], frame["ref"]);
    assert!(device.heard.is_empty());
    result
}

/// A frame in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Reset,
    /// Number, id, text, read state.
    Content(i64, String, String, String),
    /// Number, id, both states.
    State(i64, String, String, String),
    /// Number, id, reason.
    Removed(i64, String, String),
    /// The last number, up to where, platform.
    ReadAll(i64, i64, Option<String>),
    /// Up to where, platform.
    SeenAll(i64, Option<String>),
    Ready {
        resumed: bool,
        more: bool,
    },
    /// Reference, status, number of the change, code of the error.
    Result(String, u64, Option<i64>, Option<String>),
}

impl Told {
    pub fn of(frame: &Json) -> Self {
        let text = |name: &str| frame[name].as_str().unwrap().to_owned();
        let seq = || frame["seq"].as_i64().unwrap();
        let through = || frame["through"].as_i64().unwrap();
        let platform = || frame["platform"].as_str().map(str::to_owned);
        match frame["type"].as_str().unwrap() {
            "reset" => Self::Reset,
            "notification" => {
                let view = &frame["notification"];
                let member = |name: &str| view[name].as_str().unwrap().to_owned();
                let item = Item::of(view);
                Self::Content(seq(), member("id"), item.text, item.read_state)
            }
            "state" => Self::State(
                seq(),
                text("id"),
                text("readState"),
                text("userActionState"),
            ),
            "removed" => Self::Removed(seq(), text("id"), text("reason")),
            "readAll" => Self::ReadAll(seq(), through(), platform()),
            "seenAll" => Self::SeenAll(through(), platform()),
            "ready" => Self::Ready {
                resumed: frame["resumed"].as_bool().unwrap(),
                more: frame
                    .get("more")
                    .is_some_and(|more| more.as_bool().unwrap()),
            },
            _ => Self::Result(
                text("ref"),
                frame["status"].as_u64().unwrap(),
                frame["seq"].as_i64(),
                frame["error"]["code"].as_str().map(str::to_owned),
            ),
        }
    }

    pub fn content(seq: i64, id: &str, text: &str) -> Self {
        Self::Content(seq, id.into(), text.into(), "unread".into())
    }

    pub fn content_read(seq: i64, id: &str, text: &str) -> Self {
        Self::Content(seq, id.into(), text.into(), "read".into())
    }

    pub fn state(seq: i64, id: &str, read_state: &str, user_action_state: &str) -> Self {
        Self::State(seq, id.into(), read_state.into(), user_action_state.into())
    }

    pub fn removed(seq: i64, id: &str, reason: &str) -> Self {
        Self::Removed(seq, id.into(), reason.into())
    }

    pub fn result(reference: &str, status: u64, seq: Option<i64>, code: Option<&str>) -> Self {
        Self::Result(reference.into(), status, seq, code.map(str::to_owned))
    }
}

const fn ready(resumed: bool, more: bool) -> Told {
    Told::Ready { resumed, more }
}

pub const RESUMED: Told = ready(true, false);
pub const FRESH: Told = ready(false, false);
pub const RESUMED_WITH_MORE: Told = ready(true, true);
pub const FRESH_WITH_MORE: Told = ready(false, true);
