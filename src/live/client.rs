//! What a client sends: one JSON object a text frame.

use crate::error::Problem;
use crate::feed::update::StateUpdate;
use crate::json::{self, Object, Value};
use crate::notification::check::Check;

/// The longest `ref`, in characters.
pub const MAX_REFERENCE: usize = 64;

/// The largest frame that a client may send, in bytes: a token is the largest thing in one.
pub const MAX_FRAME_BYTES: usize = 20 * 1024;

/// What a client sends over `notifeed.v1`, besides the text `ping`. `ref`: its own name for the
/// frame, at most 64 characters, which the `result` repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(tag = "type", rename_all = "camelCase"))]
pub enum ClientFrame {
    /// Everything up to this number has arrived: optional flow control.
    Ack {
        /// The number of the last change that arrived.
        seq: i64,
    },
    /// Something to carry out, and to answer with a `result`.
    #[cfg_attr(test, ts(untagged, type = "{ ref: string } & ClientRequest"))]
    Request {
        /// The client's own name for it.
        reference: String,
        /// What, or why it can't be.
        request: Result<Request, Box<Problem>>,
    },
}

/// What a client asks for, to be answered with a `result`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ClientRequest", tag = "type", rename_all = "camelCase")
)]
pub enum Request {
    /// Sets states of an item, as PATCH does: at least one.
    Update {
        /// The item, as the client names it.
        id: String,
        /// The states.
        #[cfg_attr(test, ts(flatten))]
        states: StateUpdate,
    },
    /// Deletes an item, as DELETE does.
    Delete {
        /// The item, as the client names it.
        id: String,
    },
    /// Goes on with a fresh token, on the open socket.
    Token {
        /// Of the same user.
        token: String,
    },
}

impl ClientFrame {
    /// Reads a frame. `None` for what isn't one, that is not a JSON object with a known `type` and,
    /// where the type is answered, a `ref`: then the connection is closed with 4400.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_FRAME_BYTES {
            return None;
        }
        let frame = json::read_object(text.as_bytes())?;
        let read = match text_member(&frame, "type")? {
            "ack" => {
                let seq = frame.get("seq")?.as_number()?.to_integer().ok()?;
                return Some(Self::Ack { seq });
            }
            "update" => update,
            "delete" => delete,
            "token" => token,
            _ => return None,
        };
        let reference = text_member(&frame, "ref")
            .filter(|reference| reference.chars().count() <= MAX_REFERENCE)?
            .to_owned();
        let mut check = Check::default();
        let request = read(&mut check, &frame);
        let request = match (request, check.findings.into_parts().0) {
            (Some(request), None) => Ok(request),
            (_, Some(violations)) => Err(Box::new(Problem::from(&violations))),
            (None, None) => return None,
        };
        Some(Self::Request { reference, request })
    }
}

fn update(check: &mut Check, frame: &Object<'_>) -> Option<Request> {
    Some(Request::Update {
        id: text_member(frame, "id")?.to_owned(),
        states: StateUpdate::read(check, frame)?,
    })
}

fn delete(_check: &mut Check, frame: &Object<'_>) -> Option<Request> {
    let id = text_member(frame, "id")?.to_owned();
    Some(Request::Delete { id })
}

fn token(_check: &mut Check, frame: &Object<'_>) -> Option<Request> {
    let token = text_member(frame, "token")?.to_owned();
    Some(Request::Token { token })
}

fn text_member<'f>(frame: &'f Object<'_>, name: &str) -> Option<&'f str> {
    frame.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::feed::ReadState;

    #[test]
    fn what_a_client_can_say() {
        assert_eq!(
            ClientFrame::parse(r#"{"type":"ack","seq":12}"#),
            Some(ClientFrame::Ack { seq: 12 })
        );
        let request = |text| match ClientFrame::parse(text) {
            Some(ClientFrame::Request { reference, request }) => {
                Some((reference, request.map_err(|problem| problem.code)))
            }
            _ => None,
        };
        let states = StateUpdate {
            read_state: Some(ReadState::Read),
            user_action_state: None,
        };
        let reference = || String::from("1");
        for (text, expected) in [
            (
                r#"{"type":"update","ref":"1","id":"x","readState":"read"}"#,
                Ok(Request::Update {
                    id: "x".into(),
                    states,
                }),
            ),
            (
                r#"{"type":"update","ref":"1","id":"x","readState":"seen"}"#,
                Err(ErrorCode::BadRequest),
            ),
            (
                r#"{"type":"update","ref":"1","id":"x"}"#,
                Err(ErrorCode::BadRequest),
            ),
            (
                r#"{"type":"delete","ref":"1","id":"x"}"#,
                Ok(Request::Delete { id: "x".into() }),
            ),
            (
                r#"{"type":"token","ref":"1","token":"t"}"#,
                Ok(Request::Token { token: "t".into() }),
            ),
        ] {
            assert_eq!(request(text), Some((reference(), expected)), "{text}");
        }
    }

    #[test]
    fn what_is_no_frame() {
        let long = format!(r#"{{"type":"delete","id":"x","ref":"{}"}}"#, "r".repeat(65));
        let large = format!(
            r#"{{"type":"token","ref":"1","token":"{}"}}"#,
            "t".repeat(MAX_FRAME_BYTES)
        );
        for text in [
            "",
            "ping",
            "[]",
            "{}",
            r#"{"type":"hello","ref":"1"}"#,
            r#"{"type":"delete","id":"x"}"#,
            r#"{"type":"delete","ref":"1"}"#,
            r#"{"type":"update","ref":"1"}"#,
            r#"{"type":"ack"}"#,
            r#"{"type":"ack","seq":"1"}"#,
            r#"{"type":"token","ref":"1"}"#,
            &long,
            &large,
            r#"{"type":"delete","ref":"1","ref":"2","id":"x"}"#,
        ] {
            assert_eq!(ClientFrame::parse(text), None, "{text:.80}");
        }
    }
}
