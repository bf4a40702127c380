//! The next step of a call for JavaScript, as text.

use notifeed::credentials::subscription_id::HubId;
use notifeed::digest::Digest;
use notifeed::http::Reply;
use notifeed::http::reply::{common_headers, header_lines};
use notifeed::live::close::refusal_reason;
use notifeed_hub::fault::{self, Stop};
use notifeed_hub::wire::{Command, Request};
use worker::console_error;

use super::call::Call;
use super::{calls, limits};

/// The next step.
pub enum Step {
    /// Answer.
    Reply(Reply),
    /// Have [`super::prove`] run, and go on with [`super::proven`].
    Prove,
    /// Read the body, and go on with [`super::with_body`]. `declared`: its length is known to be
    /// within the limit.
    Body {
        /// `Content-Length` was there.
        declared: bool,
    },
    /// Have [`super::issue_token`] run; it has the answer.
    Issue,
    /// Make these requests, each with its `id` and `body`, its `facts` for [`super::begin`], and `after`, the places of
    /// those that must have succeeded before: a JSON array.
    Batch(String),
    /// Ask a feed, whose answer is the caller's.
    Feed(Box<ToFeed>),
    /// Export, or erase, what is stored of a person: as worker/runtime/person.mjs has them, as JSON.
    Person {
        /// Whether it is erased.
        erase: bool,
        /// The person.
        person: String,
        /// The first page of their list at one host.
        list: Box<ToFeed>,
    },
    /// The same as `Feed`, and where there is nothing new ask again when there is: so many seconds later at the latest.
    Wait(Box<ToFeed>, u32),
}

/// A command on its way to a feed.
pub struct ToFeed {
    /// The address of the feed.
    pub address: Address,
    /// The request to the feed.
    pub request: Request,
}

/// The address of a feed.
pub enum Address {
    /// In the Durable Object of that name.
    Name(Digest),
    /// In the Durable Object of that id, which a subscription id led to.
    Id(HubId),
}

/// The step of a call that can't even be answered by an error of the contract.
pub fn failed() -> String {
    "fail\n0\n\n".to_owned()
}

/// The step as lines; the call is kept where it goes on:
///
/// 1. what to do: `reply`, `close`, `prove`, `body`, `issue`, `batch`, `feed`, `read`, `wait`, `connect`, `export`, `erase` or `fail`
/// 2. the number of the call, 0 if it isn't kept
/// 3. the key that the call counts toward by `APP_LIMIT`, or nothing. If that refuses,
///    [`super::over_limit`] has the next step instead.
///
/// Then of a `reply` the answer ([`Reply::to_text`]) with all of its headers; of a `close`, code,
/// reason, subprotocol and request id; of a `body` what its length may be, in bytes, or nothing if
/// that is known to be kept; of `wait` the seconds, of `read` what the keys of copies begin with that can answer it too, and then as of `feed`; of `feed` and `connect` where the feed lives (`name` or `id`, and which),
/// the operation, for `connect` whether a browser is at the other end (`browser`) or events are asked for (`events`, else nothing), the
/// subprotocol (or nothing) and the request id, then in characters how long the lines are that come
/// next, those lines (the headers that every answer has), and the fields; of `export` and `erase` the person, how long the
/// answer is, the answer, and the fields of the first page of a list.
pub fn write(call: impl Into<Box<Call>>, outcome: Result<Step, Stop>) -> String {
    let mut call: Box<Call> = call.into();
    let rest = match outcome {
        Ok(step) => describe(&call, step),
        Err(stop) => refuse(&call, stop),
    };
    // A proof counts once, also if the call is refused for what was found after it.
    let key = match (&call.proof, call.counted && call.settings.counts_calls) {
        (Some(Ok(proof)), true) => limits::key(&proof.caller),
        // A caller without a token is counted by address.
        (None, true) => call.address().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    call.counted = false;
    let kept = rest.goes_on || !key.is_empty();
    let number = if kept { calls::add(call) } else { 0 };
    format!("{}\n{number}\n{key}\n{}", rest.what, rest.text)
}

struct Description {
    what: &'static str,
    text: String,
    /// The call is needed again.
    goes_on: bool,
}

fn describe(call: &Call, step: Step) -> Description {
    let (what, text, goes_on) = match step {
        Step::Reply(reply) => ("reply", answer(call, reply), false),
        Step::Batch(parts) => ("batch", to_all(call, &parts), false),
        Step::Prove => ("prove", String::new(), true),
        Step::Issue => ("issue", String::new(), true),
        Step::Body { declared: true } => ("body", "\n".to_owned(), true),
        Step::Body { declared: false } => (
            "body",
            format!("{}\n", call.body_limit().transferred()),
            true,
        ),
        Step::Feed(to_feed) => {
            let (what, text) = ask(call, &to_feed, None);
            match (to_feed.request.command.wanted(), &to_feed.address) {
                (Some(wanted), Address::Name(_)) => {
                    ("read", format!("{}\n{text}", wanted.prefix()), false)
                }
                _ => (what, text, false),
            }
        }
        Step::Person {
            erase,
            person,
            list,
        } => {
            let (what, reply) = match erase {
                true => ("erase", Reply::no_content()),
                false => {
                    let reply = Reply::json(200, String::new());
                    ("export", reply.header("Cache-Control", "no-store"))
                }
            };
            let head = answer(call, reply);
            let (_, fields) = list.request.encode();
            let text = format!("{person}\n{}\n{head}{fields}", head.len());
            (what, text, false)
        }
        Step::Wait(to_feed, seconds) => {
            let (_, text) = ask(call, &to_feed, Some(seconds));
            ("wait", format!("{seconds}\n{text}"), false)
        }
    };
    Description {
        what,
        text,
        goes_on,
    }
}

fn ask(call: &Call, to_feed: &ToFeed, wait: Option<u32>) -> (&'static str, String) {
    let connects = matches!(to_feed.request.command, Command::Stream(_));
    let (operation, fields) = to_feed.request.encode();
    let mut headers = common_headers(&call.context);
    headers.extend(wait.map(|seconds| ("Preference-Applied", format!("wait={seconds}").into())));
    let common = header_lines(&headers);
    let mut text = String::with_capacity(fields.len().saturating_add(1024));
    let id;
    let (kind, address) = match &to_feed.address {
        Address::Name(name) => ("name", name.as_str()),
        Address::Id(hub) => {
            id = hub.to_string();
            ("id", id.as_str())
        }
    };
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(kind);
    line(address);
    line(operation);
    if connects {
        line(if call.is_browsers_stream() {
            "browser"
        } else if call.asks_for_events() {
            "events"
        } else {
            ""
        });
        line(subprotocol(call));
        line(&call.context.request_id.to_string());
    }
    // The lines have no characters but ASCII.
    line(&common.len().to_string());
    text.push_str(&common);
    text.push_str(&fields);
    (if connects { "connect" } else { "feed" }, text)
}

/// An error of the contract; where a browser couldn't see it, a socket that is closed with it.
fn refuse(call: &Call, stop: Stop) -> Description {
    let (what, text) = match &stop {
        Stop::Problem(problem) if call.is_browsers_stream() => {
            let (code, reason) = (
                problem.code.close_code(),
                refusal_reason(problem.code, problem.retry_after),
            );
            let (subprotocol, id) = (subprotocol(call), call.context.request_id);
            ("close", format!("{code}\n{reason}\n{subprotocol}\n{id}\n"))
        }
        stop => {
            let policy = &call.settings.feed.policy;
            let log = |line: &str| console_error!("{line}");
            let reply = fault::reply(stop, &call.context, policy, log);
            ("reply", answer(call, reply))
        }
    };
    Description {
        what,
        text,
        goes_on: false,
    }
}

fn subprotocol(call: &Call) -> &'static str {
    if call.offers_subprotocol() {
        notifeed::live::SUBPROTOCOL
    } else {
        ""
    }
}

/// The answer to a batch, but for its body, and the requests; in front the length of the former, in characters.
fn to_all(call: &Call, parts: &str) -> String {
    let head = answer(call, Reply::json(200, String::new()));
    // The lines have no characters but ASCII.
    format!("{}\n{head}{parts}", head.len())
}

/// An answer with all of its headers.
fn answer(call: &Call, mut reply: Reply) -> String {
    reply.headers.extend(common_headers(&call.context));
    reply.to_text()
}
