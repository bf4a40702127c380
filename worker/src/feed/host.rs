//! A feed's host on Workers. Its JavaScript half is in worker/runtime/host.mjs, which knows the
//! Durable Object whose event is being handled: all of a feed's events are synchronous.

use notifeed::time::{Duration, Timestamp};
use notifeed_hub::fault::Fault;
use notifeed_hub::host::{Bound, Effect, Host, OpenSocket, Query, Rows, Socket, Value, Write};
use wasm_bindgen::prelude::*;
use worker::console_error;

use super::packing::{Packed, rows};
use super::shared;
use crate::platform::{instant, millis, now, random_bytes};

// Errors come back as texts: an exception would end the instance.
#[wasm_bindgen(raw_module = "../runtime/host.mjs")]
extern "C" {
    /// An error, or an empty text where the last statement changed nothing.
    fn commit(shape: &[f64], texts: &str) -> Option<String>;
    /// With statement -1, `text` is the statement. The answer begins with `!` for an error.
    fn query(statement: i32, text: &str, shape: &[f64], texts: &str, budget: f64) -> String;
    #[wasm_bindgen(js_name = setAlarm)]
    fn set_alarm(at: f64) -> Option<String>;
    #[wasm_bindgen(js_name = setTimer)]
    fn set_timer(millis: f64);
    fn sockets() -> String;
    fn accept(socket: u32, attachment: &str) -> Option<String>;
    fn send(frame: &str, to: &[u32]);
    fn close(socket: u32, code: u16, reason: &str);
    fn attach(socket: u32, attachment: &str);
    /// NaN: the socket never sent a ping.
    #[wasm_bindgen(js_name = lastPing)]
    fn last_ping(socket: u32) -> f64;
    fn put(number: f64, key: &str, value: &str, metadata: &str, expiration: f64);
    fn remove(number: f64, key: &str);
    #[wasm_bindgen(js_name = erasedSince)]
    fn erased_since(number: f64);
    fn list(number: f64, cursor: Option<String>);
    /// `keys`: with line feeds between.
    fn get(number: f64, keys: &str);
    fn verify(number: f64, token: &str);
    fn push(number: f64, push: u32);
    fn abort();
    fn end();
}

/// The host of one feed.
pub struct DurableObject {
    /// The number of the feed in this wasm instance.
    pub number: u32,
    /// The Durable Object's id, 64 hexadecimal digits.
    pub id: String,
}

fn failed(what: &str, error: Option<String>) -> Result<(), Fault> {
    error.map_or(Ok(()), |error| Err(Fault::new(what, &error)))
}

impl Host for DurableObject {
    fn now(&self) -> Timestamp {
        now()
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        random_bytes()
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn commit(&self, writes: &[Write<'_>]) -> Result<bool, Fault> {
        let mut packed = Packed::new();
        for write in writes {
            packed.number(write.statement.number());
            packed.number(write.values.len());
            packed.values(&write.values);
        }
        match commit(&packed.shape, &packed.texts) {
            None => Ok(true),
            Some(nothing) if nothing.is_empty() => Ok(false),
            error => failed("a commit", error).map(|()| false),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "it is a number of bytes")]
    fn query(
        &self,
        question: Query<'_>,
        values: &[Bound<'_>],
        budget: usize,
    ) -> Result<Rows, Fault> {
        let (statement, text) = match question {
            Query::Fixed(statement) => (i32::try_from(statement.number()).unwrap_or(-1), ""),
            Query::Text(text) => (-1, text),
        };
        let mut packed = Packed::new();
        packed.values(values);
        let answer = query(statement, text, &packed.shape, &packed.texts, budget as f64);
        match answer.strip_prefix('!') {
            Some(error) => Err(Fault::new("a query", &error)),
            None => rows(&answer),
        }
    }

    fn set_alarm(&self, at: Timestamp) -> Result<(), Fault> {
        failed("setting the alarm", set_alarm(millis(at)))
    }

    #[expect(clippy::cast_precision_loss, reason = "it is a short time")]
    fn set_timer(&self, after: Duration) {
        set_timer(after.millis() as f64);
    }

    fn sockets(&self) -> Vec<OpenSocket> {
        let open = rows(&sockets()).unwrap_or_else(|fault| {
            console_error!("the open sockets: {fault}");
            Rows::default()
        });
        let read = |row: Vec<Value>| {
            let mut row = row.into_iter();
            let Some(Value::Integer(number)) = row.next() else {
                return None;
            };
            let attachment = match row.next() {
                Some(Value::Text(text)) => Some(text),
                _ => None,
            };
            Some(OpenSocket {
                socket: Socket(u32::try_from(number).ok()?),
                attachment,
            })
        };
        open.rows.into_iter().filter_map(read).collect()
    }

    fn accept(&self, socket: Socket, attachment: &str) -> Result<(), Fault> {
        failed("accepting a socket", accept(socket.0, attachment))
    }

    fn send(&self, frame: &str, to: &[Socket]) {
        let numbers: Vec<u32> = to.iter().map(|socket| socket.0).collect();
        send(frame, &numbers);
    }

    fn close(&self, socket: Socket, code: u16, reason: &str) {
        close(socket.0, code, reason);
    }

    fn attach(&self, socket: Socket, attachment: &str) {
        attach(socket.0, attachment);
    }

    fn last_ping(&self, socket: Socket) -> Option<Timestamp> {
        let at = last_ping(socket.0);
        (!at.is_nan()).then(|| instant(at))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers and seconds stay below 2⁵³"
    )]
    fn start(&self, number: u64, effect: Effect) {
        let number = number as f64;
        match effect {
            Effect::Put {
                key,
                value,
                metadata,
                expiration,
            } => put(number, &key, &value, &metadata, expiration as f64),
            Effect::Remove { key } => remove(number, &key),
            Effect::ErasedSince => erased_since(number),
            Effect::List { cursor } => list(number, cursor),
            Effect::Get { keys } => get(number, &keys.join("\n")),
            Effect::Verify { token } => verify(number, &token),
            Effect::Push(to_send) => push(number, super::keep_push(to_send)),
        }
    }

    fn under_way(&self, bytes: usize) -> usize {
        shared::under_way(self.number, bytes)
    }

    fn kv_rests(&self) -> bool {
        shared::kv_rests(now())
    }

    fn abort(&self, holders: &[String]) {
        shared::ban(&self.id, holders, now());
        shared::forget(self.number);
        abort();
    }

    fn end(&self) {
        shared::forget(self.number);
        end();
    }

    fn log(&self, line: &str) {
        console_error!("{line}");
    }
}
