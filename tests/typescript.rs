//! Proof that what the contract writes as JSON fits the TypeScript declarations made of its types
//! (`src/typescript`): it is put down as TypeScript, for the type check to judge.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

#[expect(dead_code, reason = "the answers of a service are for other tests")]
#[path = "vectors/cases.rs"]
mod cases;

use std::collections::BTreeSet;

use notifeed::digest::Digest;
use notifeed::error::{ErrorCode, Problem, RefusalCode};
use notifeed::feed::answer::Answer;
use notifeed::feed::append::{Appended, Head, Post, append};
use notifeed::feed::mark_all::Counts;
use notifeed::feed::update::StateUpdate;
use notifeed::feed::view::Sent;
use notifeed::feed::{
    Cursor, Entry, Epoch, ReadState, RemovalReason, UserActionState, feed_digest, update, view,
};
use notifeed::guid::Guid;
use notifeed::json::{JsonText, Writer};
use notifeed::live::client::{ClientFrame, ClientRequest};
use notifeed::live::frame::{self, Ready};
use notifeed::notification::{Notification, Platform};
use notifeed::request::{ApiVersion, Context};
use notifeed::time::Timestamp;
use notifeed::verdict::validate;
use notifeed::violation::{ViolationCode, WarningCode};

/// The texts that have a member, a kind of value, or a value of an enumeration that no shorter one
/// has.
fn telling(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by_key(String::len);
    let mut known = BTreeSet::new();
    let mut chosen = Vec::new();
    for text in texts {
        let value = serde_json::from_str(&text).expect("JSON");
        let before = known.len();
        marks(&value, "", &mut known);
        if known.len() > before {
            chosen.push(text);
        }
    }
    chosen
}

fn marks(value: &serde_json::Value, path: &str, known: &mut BTreeSet<String>) {
    use serde_json::Value;
    let enumerated = [
        "code",
        "priority",
        "platformTypes",
        "State",
        "status",
        "reason",
        "type",
    ];
    let kind = match value {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(_) => "number",
        Value::String(text) if enumerated.iter().any(|name| path.ends_with(name)) => text,
        Value::String(_) => "string",
        Value::Array(elements) => {
            for element in elements {
                marks(element, path, known);
            }
            if elements.is_empty() {
                "empty"
            } else {
                "array"
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                marks(member, &format!("{path}.{name}"), known);
            }
            let names: Vec<_> = members.keys().map(String::as_str).collect();
            known.insert(format!("{path}: {}", names.join(" ")));
            "object"
        }
    };
    known.insert(format!("{path}: {kind}"));
}

/// Every notification that the vectors accept, as it stands in a feed.
fn entries() -> Vec<(Entry, Notification, Timestamp)> {
    let accepted = cases::all().into_iter().filter_map(|case| {
        let notification = validate(&case.body, case.now, &case.policy).outcome.ok()?;
        let notification = notification.into_notification();
        let post = Post {
            platforms: notification.platforms(),
            expiration: notification.expiration(),
            display_time_to_live: notification.display_time_to_live(),
            request_digest: Digest::of(&[]),
            create_only: false,
            asks: notification.asks(),
            id: Guid::parse(&case.id).expect("an id"),
            now: case.now,
        };
        let Appended::Created(entry) = append(None, Head::default(), &post) else {
            panic!("{}: nothing was there to be replaced", case.name);
        };
        Some((entry, notification, case.now))
    });
    accepted.collect()
}

/// The entry in every state that one can be in.
fn states(entry: &Entry) -> Vec<Entry> {
    let read = ReadState::ALL.into_iter();
    let all = read.flat_map(|read| UserActionState::ALL.map(|action| (read, action)));
    let states = all.map(|(read_state, user_action_state)| {
        let states = StateUpdate {
            read_state: Some(read_state),
            user_action_state: Some(user_action_state),
            snoozed_until_date_time: None,
        };
        update::update(entry, states, Head::default(), entry.modified).unwrap_or(*entry)
    });
    let mut replaced = *entry;
    replaced.revision += 1;
    states.chain([replaced]).collect()
}

fn feed() -> Vec<String> {
    let views = entries()
        .into_iter()
        .flat_map(|(entry, notification, now)| {
            let content = notification.content_text();
            let entries = states(&entry).into_iter();
            let views = entries.flat_map(|entry| {
                let answer = answer(now);
                [None, entry.asks.then_some(&answer)]
                    .map(|answer| view::receiver(&entry, &content, answer, now))
            });
            views.collect::<Vec<_>>()
        });
    telling(views)
}

/// The view of the sender of each.
fn sent() -> Vec<String> {
    let views = entries().into_iter().map(|(entry, notification, now)| {
        let sent = Sent::of(&notification);
        view::sender(&entry, &sent, "megan@contoso.com", &context(now))
    });
    telling(views)
}

/// The bodies that are accepted, but for what no type can say: names in any case, properties that
/// are ignored, absent elements.
fn requests() -> Vec<String> {
    let accepted = cases::all().into_iter().filter_map(|case| {
        let verdict = validate(&case.body, case.now, &case.policy);
        let canonical = verdict.outcome.ok()?.into_notification().canonical();
        let canonical: serde_json::Value = serde_json::from_str(canonical.as_str()).ok()?;
        let body: serde_json::Value = serde_json::from_slice(&case.body).ok()?;
        let mut names = body.as_object()?.keys();
        let declared = names.all(|name| canonical.get(name).is_some());
        (declared && is_usual(&body, Some(&canonical))).then(|| body.to_string())
    });
    telling(accepted)
}

/// Whether the body differs from its canonical form by what is absent or in lower case only.
fn is_usual(body: &serde_json::Value, canonical: Option<&serde_json::Value>) -> bool {
    use serde_json::Value;
    match (body, canonical) {
        (Value::Object(members), Some(Value::Object(canonical))) => members
            .iter()
            .all(|(name, member)| is_usual(member, canonical.get(name))),
        (Value::Array(elements), Some(Value::Array(canonical))) => {
            let mut pairs = elements.iter().zip(canonical);
            let usual = pairs.all(|(element, canonical)| is_usual(element, Some(canonical)));
            usual && elements.len() == canonical.len()
        }
        (Value::String(text), Some(Value::String(canonical))) => {
            text == canonical || *text == canonical.to_lowercase() || Timestamp::parse(text).is_ok()
        }
        (Value::String(text), Some(Value::Number(canonical))) => *text == canonical.to_string(),
        (Value::Null, canonical) => canonical.is_none_or(Value::is_null),
        (body, canonical) => Some(body) == canonical,
    }
}

/// An answer with all that it can have.
fn answer(now: Timestamp) -> JsonText<Answer> {
    let answer = Answer {
        action_id: "approve".into(),
        text: Some("Why not".into()),
        answered_date_time: now,
        platform: Some(Platform::Ios),
        endpoint: Some(Guid::from_bytes([7; 16])),
    };
    JsonText::stored(answer.to_json(false))
}

fn context(now: Timestamp) -> Context {
    Context {
        now,
        request_id: Guid::from_bytes([7; 16]),
        client_request_id: None,
        origin: String::from("https://notify.example.com"),
        version: ApiVersion::Beta,
        readers: notifeed::request::origin::Readers::All,
    }
}

fn server_frames() -> Vec<String> {
    let (entry, notification, now) = entries().into_iter().next().expect("the page's example");
    let cursor = Cursor::all_up_to(Epoch::from_bytes([7; 16]), entry.seq);
    let context = context(now);
    let mut frames = vec![frame::feed(&feed_digest("hub"), now), frame::reset()];
    for replayed in [false, true] {
        let content = notification.content_text();
        let told = frame::notification(&entry, &content, None, cursor, replayed, now);
        frames.push(frame::asking(&told));
        frames.push(told);
        for more in [!replayed, replayed] {
            let ready = Ready {
                cursor,
                endpoint: replayed.then_some(entry.id),
                resumed: replayed,
                more,
                counts: Counts {
                    unread: 3,
                    unseen: 2,
                },
                seen: entry.seq.before(),
            };
            frames.push(frame::ready(&ready, now));
        }
    }
    frames.extend(
        states(&entry)
            .iter()
            .map(|entry| frame::state(entry, None, cursor)),
    );
    frames.extend(RemovalReason::ALL.map(|reason| frame::removed(&entry, reason, cursor)));
    for platform in [None, Some(Platform::Ios)] {
        frames.push(frame::read_all(entry.seq, platform, cursor));
        frames.push(frame::seen_all(entry.seq, platform));
    }
    let counts = Counts::default();
    frames.push(frame::marked("m", None, entry.seq, counts));
    frames.push(frame::marked("n", Some(cursor), entry.seq, counts));
    frames.push(frame::answered("a", None, &answer(now)));
    frames.push(frame::answered("b", Some(cursor), &answer(now)));
    frames.push(frame::done("1", 200, None));
    let done = frame::done("2", 204, Some(cursor));
    frames.push(frame::asking(&frame::state(
        &entry,
        Some(&answer(now)),
        cursor,
    )));
    frames.push(frame::asking(&frame::removed(
        &entry,
        RemovalReason::Deleted,
        cursor,
    )));
    frames.push(frame::asking(&done));
    frames.push(done);
    for code in ErrorCode::ALL {
        let problem = problem(code, &[]);
        frames.push(frame::refused("3", 400, None, &problem, &context));
        let problem = self::problem(
            code,
            &[(RefusalCode::InvalidParameter.as_str(), "platform")],
        );
        frames.push(frame::refused("4", 400, None, &problem, &context));
    }
    let changed = problem(ErrorCode::ItemChanged, &[]);
    for entry in states(&entry) {
        frames.push(frame::refused("5", 409, Some(&entry), &changed, &context));
    }
    telling(frames)
}

/// A problem of that code with these details, each a code and its target.
fn problem(code: ErrorCode, details: &[(&str, &str)]) -> Problem {
    let message = "A sentence.";
    let detail = |(code, target): &(&str, &str)| serde_json::json!({ "code": code, "target": target, "message": message });
    let details: Vec<_> = details.iter().map(detail).collect();
    let problem = serde_json::json!({ "code": code, "message": message, "details": details });
    serde_json::from_value(problem).expect("a problem")
}

/// The frames that a client can send; each is understood.
fn client_frames() -> Vec<String> {
    let mut frames = vec![String::from(r#"{"type":"ack","seq":12}"#)];
    let request = |kind: &str, members: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("type", kind);
        writer.string_field("ref", "1");
        members(&mut writer);
        writer.end_object();
        writer.finish()
    };
    let id =
        |writer: &mut Writer| writer.string_field("id", "119081f2-f19d-4fa8-817c-7e01092c0f7d");
    for state in ReadState::ALL {
        frames.push(request("update", &|writer| {
            id(writer);
            writer.string_field("readState", state.as_str());
        }));
    }
    for state in UserActionState::ALL {
        frames.push(request("update", &|writer| {
            id(writer);
            writer.string_field("userActionState", state.as_str());
        }));
    }
    frames.push(request("update", &|writer| {
        id(writer);
        writer.integer_field("since", 12);
        writer.string_field("readState", "read");
    }));
    frames.push(request("delete", &id));
    frames.push(request("delete", &|writer| {
        id(writer);
        writer.integer_field("since", 12);
    }));
    for text in [None, Some("Why not")] {
        frames.push(request("answer", &|writer| {
            id(writer);
            writer.string_field("actionId", "approve");
            writer.integer_field("revision", 1);
            writer.string_field("key", "k");
            if let Some(text) = text {
                writer.string_field("text", text);
            }
        }));
    }
    frames.push(request("token", &|writer| {
        writer.string_field("token", "a.b.c")
    }));
    for frame in &frames {
        let understood = match ClientFrame::parse(frame) {
            Some(ClientFrame::Ack { seq, .. }) => seq == 12,
            Some(ClientFrame::Request { request, .. }) => matches!(
                request,
                Ok(ClientRequest::Update { .. }
                    | ClientRequest::Delete { .. }
                    | ClientRequest::Answer { .. }
                    | ClientRequest::Token { .. })
            ),
            None => false,
        };
        assert!(understood, "{frame}");
    }
    frames
}

fn samples() -> String {
    let mut text = String::from(
        "// Generated by: UPDATE_TYPES=1 cargo test typescript\n\
         // Texts that the Rust code writes, and texts that it accepts. The type check shows that all of them have the\n\
         // types beside this.\n\n\
         import type {\n  ClientFrame,\n  FeedNotification,\n  NotificationRequest,\n  SentNotification,\n  ServerFrame,\n  Verdict,\n\
         } from \"./types.ts\";\n",
    );
    let verdicts = cases::all().into_iter();
    let verdicts = verdicts.map(|case| validate(&case.body, case.now, &case.policy).to_json());
    let verdicts = telling(verdicts);
    let codes = ViolationCode::ALL.into_iter();
    let codes = codes.filter(|code| !ViolationCode::OF_SUBSCRIPTIONS.contains(code));
    let codes = codes.map(ViolationCode::as_str);
    for code in codes.chain(WarningCode::ALL.map(WarningCode::as_str)) {
        let code = format!(r#"{{"code":"{code}","#);
        assert!(verdicts.iter().any(|text| text.contains(&code)), "{code}");
    }
    for (name, of, texts) in [
        ("verdicts", "Verdict", verdicts),
        ("requests", "NotificationRequest", requests()),
        ("sent", "SentNotification", sent()),
        ("feed", "FeedNotification", feed()),
        ("serverFrames", "ServerFrame", server_frames()),
        ("clientFrames", "ClientFrame", client_frames()),
    ] {
        text.push_str(&format!("\nexport const {name}: readonly {of}[] = [\n"));
        for sample in texts {
            text.push_str(&format!("  {sample},\n"));
        }
        text.push_str("];\n");
    }
    text
}

#[test]
fn typescript_samples_are_what_is_written() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/generated/samples.ts");
    let samples = samples();
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::write(file, samples).expect(file);
        return;
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == samples,
        "browser/generated/samples.ts is stale: UPDATE_TYPES=1 cargo test typescript"
    );
}
