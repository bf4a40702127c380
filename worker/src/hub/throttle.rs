//! Who may still do how much with this user's feed. In memory: a Hub that was evicted was idle.

use std::cell::RefCell;

use js_sys::{Array, Object, WeakMap};
use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::entry::Sender;
use notifeed::throttle::{Bucket, Rate};
use notifeed::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};
use worker::WebSocket;

use super::Feed;
use super::command::Command;
use crate::fault::{Fault, Stop};
use crate::platform;

/// How many buckets are kept. A user has few apps.
const BUCKETS: usize = 64;

/// What counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Posts,
    Calls,
}

/// What was used up.
pub struct Throttle {
    apps: RefCell<Vec<(Sender, Kind, Bucket)>>,
    /// By socket: level and time of its bucket. An entry goes with its socket.
    sockets: WeakMap,
}

impl Feed {
    /// 406 for an app that does more with this user's feed than it may.
    pub(super) fn within_limits(
        &self,
        sender: &Sender,
        command: &Command,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let settings = self.settings();
        let (kind, rate) = match command {
            Command::Append(_) => (Kind::Posts, settings.post_rate()?),
            _ => (Kind::Calls, settings.call_rate()?),
        };
        self.throttle
            .take(sender, kind, rate, now)
            .map_err(|seconds| throttled().retry_after(seconds).into())
    }

    /// Whether a client may send this frame, too.
    pub(super) fn frame_within_limits(&self, socket: &WebSocket) -> Result<bool, Fault> {
        let rate = self.settings().frame_rate()?;
        Ok(self.throttle.take_frame(socket, rate, platform::now()))
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            apps: RefCell::default(),
            sockets: WeakMap::new(),
        }
    }
}

impl Throttle {
    fn take(&self, sender: &Sender, kind: Kind, rate: Rate, now: Timestamp) -> Result<(), u32> {
        let mut apps = self.apps.borrow_mut();
        let known = apps
            .iter_mut()
            .find(|(known, of, _)| *of == kind && known == sender);
        if let Some((_, _, bucket)) = known {
            return bucket.take(rate, now);
        }
        if apps.len() >= BUCKETS {
            // The one that has rested the longest is the fullest.
            let rested = apps.iter().map(|(_, _, bucket)| bucket.last_used()).min();
            apps.retain(|(_, _, bucket)| Some(bucket.last_used()) != rested);
        }
        let mut bucket = Bucket::full(rate, now);
        let taken = bucket.take(rate, now);
        apps.push((sender.clone(), kind, bucket));
        taken
    }

    fn take_frame(&self, socket: &WebSocket, rate: Rate, now: Timestamp) -> bool {
        let socket: &web_sys::WebSocket = socket.as_ref();
        let key: &Object = socket.unchecked_ref();
        let kept: Option<Array> = self.sockets.get(key).dyn_into().ok();
        // They are whole numbers below 2⁵³.
        #[allow(clippy::cast_possible_truncation)]
        let part = |place| Some(kept.as_ref()?.get(place).as_f64()? as i64);
        let mut bucket = match (part(0), part(1)) {
            (Some(level), Some(filled)) => Bucket::from_parts(level, filled),
            _ => Bucket::full(rate, now),
        };
        let taken = bucket.take(rate, now).is_ok();
        let (level, filled) = bucket.to_parts();
        #[allow(clippy::cast_precision_loss)]
        let number = |part| JsValue::from_f64(part as f64);
        let kept = Array::of2(&number(level), &number(filled));
        self.sockets.set(key, &kept);
        taken
    }
}

fn throttled() -> Problem {
    Problem::new(
        ErrorCode::Throttled,
        "The app does more with this user's feed than it may. Wait as long as 'Retry-After' says.",
    )
}
