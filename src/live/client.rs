//! The client's frames: a JSON object in each text frame.

use crate::error::{ErrorCode, Problem};
use crate::feed::answer::Answering;
use crate::feed::entry::Seq;
use crate::feed::update::StateUpdate;
use crate::json::{self, Object, Value};
use crate::notification::check::Check;
use crate::violation::ViolationCode;

/// The longest `ref`, in characters.
pub const MAX_REFERENCE: usize = 64;

/// The largest frame that a client may send, in bytes: a token is the largest thing in one.
pub const MAX_FRAME_BYTES: usize = 20 * 1024;

/// A client's frame of `notifeed.v1`, besides the text `ping`. `ref`: the client's name for the
/// frame, at most 64 characters, which the `result` repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(tag = "type", rename_all = "camelCase"))]
pub enum ClientFrame {
    /// Everything up to this number has arrived: flow control, and delivery.
    Ack {
        /// The number of the last change that arrived.
        seq: i64,
        /// Whether a person sees it: then it isn't pushed to the endpoint.
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        visible: bool,
        /// `false`: this is flow control only. Default: `true`.
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        delivered: bool,
    },
    /// Something to carry out, and to answer with a `result`.
    #[cfg_attr(test, ts(untagged, type = "{ ref: string } & ClientRequest"))]
    Request {
        /// The client's own name for it.
        reference: String,
        /// The request, or why it can't be carried out.
        request: Result<ClientRequest, Box<Problem>>,
    },
}

/// A client's request, to be answered with a `result`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(rename = "ClientRequest", tag = "type", rename_all = "camelCase")
)]
pub enum ClientRequest {
    /// Sets states of an item, as PATCH does: at least one.
    Update {
        /// The item, as the client names it.
        id: String,
        /// The number of the item's last change that the client knows: if it has changed since, nothing
        /// is set.
        #[cfg_attr(test, ts(optional))]
        since: Option<Seq>,
        /// The states.
        #[cfg_attr(test, ts(flatten))]
        states: StateUpdate,
    },
    /// Deletes an item, as DELETE does.
    Delete {
        /// The item, as the client names it.
        id: String,
        /// The number of the item's last change that the client knows: if it has changed since, it
        /// stays.
        #[cfg_attr(test, ts(optional))]
        since: Option<Seq>,
    },
    /// Answers an item, as PATCH does.
    Answer {
        /// The item, as the client names it.
        id: String,
        /// The answer.
        #[cfg_attr(test, ts(flatten))]
        answering: Answering,
    },
    /// Reads all unread items that the connection's platform receives, as `POST …/markAllRead` does.
    MarkAllRead {
        /// Up to where: a frame's. Without one, all.
        #[cfg_attr(test, ts(optional))]
        cursor: Option<String>,
    },
    /// Notes that a list was looked at which had all, as `POST …/markAllSeen` does.
    MarkAllSeen {
        /// Up to where: a frame's. Without one, all.
        #[cfg_attr(test, ts(optional))]
        cursor: Option<String>,
    },
    /// Goes on with a fresh token, on the open socket.
    Token {
        /// A fresh token of the same user.
        token: String,
    },
}

impl ClientFrame {
    /// Reads a frame. `None` for what isn't one, that is not a JSON object with a `type` and a `ref`, or
    /// an `ack` without its `seq`: then the connection is closed with 4400. A frame of a type that isn't
    /// known is refused with 400 `UnknownFrame`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_FRAME_BYTES {
            return None;
        }
        let frame = json::read_object(text.as_bytes())?;
        let read = match text_member(&frame, "type")? {
            "ack" => {
                let seq = frame.get("seq")?.as_number()?.to_integer().ok()?;
                let visible = frame.get("visible").and_then(Value::as_bool) == Some(true);
                let delivered = frame.get("delivered").and_then(Value::as_bool) != Some(false);
                return Some(Self::Ack {
                    seq,
                    visible,
                    delivered,
                });
            }
            "update" => update,
            "delete" => delete,
            "answer" => answer,
            "markAllRead" => mark_all_read,
            "markAllSeen" => mark_all_seen,
            "token" => token,
            _ => unknown,
        };
        let reference = text_member(&frame, "ref")
            .filter(|reference| reference.chars().count() <= MAX_REFERENCE)?
            .to_owned();
        let mut check = Check::default();
        let request = read(&mut check, &frame);
        let request = match (request, check.findings.into_parts().0) {
            (Some(request), None) => Ok(request),
            (_, Some(violations)) => Err(Box::new(Problem::from(&violations))),
            (None, None) => Err(Box::new(unknown_type())),
        };
        Some(Self::Request { reference, request })
    }
}

fn update(check: &mut Check, frame: &Object<'_>) -> Option<ClientRequest> {
    let id = required(check, frame, "id");
    let since = since(check, frame);
    let states = StateUpdate::read(check, frame);
    Some(ClientRequest::Update {
        id: id?,
        since: since?,
        states: states?,
    })
}

fn delete(check: &mut Check, frame: &Object<'_>) -> Option<ClientRequest> {
    let id = required(check, frame, "id");
    let since = since(check, frame);
    Some(ClientRequest::Delete {
        id: id?,
        since: since?,
    })
}

fn answer(check: &mut Check, frame: &Object<'_>) -> Option<ClientRequest> {
    let id = required(check, frame, "id");
    let answering = Answering::read(check, frame, "");
    Some(ClientRequest::Answer {
        id: id?,
        answering: answering?,
    })
}

fn mark_all_read(check: &mut Check, frame: &Object<'_>) -> Option<ClientRequest> {
    let cursor = optional(check, frame, "cursor")?;
    Some(ClientRequest::MarkAllRead { cursor })
}

fn mark_all_seen(check: &mut Check, frame: &Object<'_>) -> Option<ClientRequest> {
    let cursor = optional(check, frame, "cursor")?;
    Some(ClientRequest::MarkAllSeen { cursor })
}

fn token(check: &mut Check, frame: &Object<'_>) -> Option<ClientRequest> {
    let token = required(check, frame, "token")?;
    Some(ClientRequest::Token { token })
}

const fn unknown(_check: &mut Check, _frame: &Object<'_>) -> Option<ClientRequest> {
    None
}

fn unknown_type() -> Problem {
    Problem::new(
        ErrorCode::UnknownFrame,
        "This service knows no frame of this type. It knows 'update', 'delete', 'answer', 'markAllRead', 'markAllSeen', 'token' and 'ack'.",
    )
    .detail(ViolationCode::UnknownValue, "type")
}

fn required(check: &mut Check, frame: &Object<'_>, name: &str) -> Option<String> {
    match frame.get(name) {
        None | Some(Value::Null) => {
            let code = ViolationCode::RequiredPropertyMissing;
            check.violation(code, name, &["is required"]);
            None
        }
        Some(value) => check.string(value, name).map(str::to_owned),
    }
}

/// `None`: it isn't a string.
fn optional(check: &mut Check, frame: &Object<'_>, name: &str) -> Option<Option<String>> {
    match frame.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => Some(Some(check.string(value, name)?.to_owned())),
    }
}

/// `None`: it isn't a number of a change.
fn since(check: &mut Check, frame: &Object<'_>) -> Option<Option<Seq>> {
    let value = match frame.get("since") {
        None | Some(Value::Null) => return Some(None),
        Some(value) => value,
    };
    let number = value.as_number().map(|number| number.to_integer().ok());
    let seq = number.flatten().and_then(Seq::read);
    if seq.is_none() {
        let code = match number {
            None => ViolationCode::WrongType,
            Some(_) => ViolationCode::OutOfRange,
        };
        let what = "must be the `seq` of the item's last change that is known here: a whole number, not below 0";
        check.violation(code, "since", &[what]);
    }
    seq.map(Some)
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
            Some(ClientFrame::Ack {
                seq: 12,
                visible: false,
                delivered: true,
            })
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
            snoozed_until_date_time: None,
        };
        let reference = || String::from("1");
        for (text, expected) in [
            (
                r#"{"type":"update","ref":"1","id":"x","readState":"read"}"#,
                Ok(ClientRequest::Update {
                    id: "x".into(),
                    since: None,
                    states,
                }),
            ),
            (
                r#"{"type":"update","ref":"1","id":"x","since":12,"readState":"read"}"#,
                Ok(ClientRequest::Update {
                    id: "x".into(),
                    since: Some(Seq::new(12)),
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
                Ok(ClientRequest::Delete {
                    id: "x".into(),
                    since: None,
                }),
            ),
            (
                r#"{"type":"delete","ref":"1","id":"x","since":0}"#,
                Ok(ClientRequest::Delete {
                    id: "x".into(),
                    since: Some(Seq::ZERO),
                }),
            ),
            (
                r#"{"type":"answer","ref":"1","id":"x","actionId":"a","revision":1}"#,
                Ok(ClientRequest::Answer {
                    id: "x".into(),
                    answering: Answering {
                        action_id: "a".into(),
                        revision: 1,
                        key: None,
                        text: None,
                    },
                }),
            ),
            (
                r#"{"type":"answer","ref":"1","id":"x","actionId":"a"}"#,
                Err(ErrorCode::BadRequest),
            ),
            (
                r#"{"type":"markAllRead","ref":"1"}"#,
                Ok(ClientRequest::MarkAllRead { cursor: None }),
            ),
            (
                r#"{"type":"markAllSeen","ref":"1","cursor":"c"}"#,
                Ok(ClientRequest::MarkAllSeen {
                    cursor: Some("c".into()),
                }),
            ),
            (
                r#"{"type":"markAllRead","ref":"1","cursor":5}"#,
                Err(ErrorCode::InvalidActivityDataType),
            ),
            (
                r#"{"type":"token","ref":"1","token":"t"}"#,
                Ok(ClientRequest::Token { token: "t".into() }),
            ),
        ] {
            assert_eq!(request(text), Some((reference(), expected)), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_frame_is_answered() {
        let refused = |text: &str| match ClientFrame::parse(text) {
            Some(ClientFrame::Request {
                request: Err(problem),
                ..
            }) => {
                let targets = problem.details.iter().map(|detail| detail.target.clone());
                Some((problem.code, targets.collect::<Vec<_>>().join(" ")))
            }
            _ => None,
        };
        for (text, code, targets) in [
            (
                r#"{"type":"hello","ref":"1"}"#,
                ErrorCode::UnknownFrame,
                "type",
            ),
            (r#"{"type":"","ref":""}"#, ErrorCode::UnknownFrame, "type"),
            (
                r#"{"type":"delete","ref":"1"}"#,
                ErrorCode::BadRequest,
                "id",
            ),
            (
                r#"{"type":"update","ref":"1","since":-1}"#,
                ErrorCode::BadRequest,
                "id since ",
            ),
            (
                r#"{"type":"token","ref":"1","token":5}"#,
                ErrorCode::InvalidActivityDataType,
                "token",
            ),
            (
                r#"{"type":"delete","ref":"1","id":"x","since":"7"}"#,
                ErrorCode::InvalidActivityDataType,
                "since",
            ),
            (
                r#"{"type":"delete","ref":"1","id":"x","since":1.5}"#,
                ErrorCode::BadRequest,
                "since",
            ),
        ] {
            assert_eq!(refused(text), Some((code, targets.to_owned())), "{text}");
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
            r#"{"ref":"1"}"#,
            r#"{"type":"hello"}"#,
            r#"{"type":5,"ref":"1"}"#,
            r#"{"type":"hello","ref":1}"#,
            r#"{"type":"delete","id":"x"}"#,
            r#"{"type":"ack"}"#,
            r#"{"type":"ack","seq":"1"}"#,
            &long,
            &large,
            r#"{"type":"delete","ref":"1","ref":"2","id":"x"}"#,
        ] {
            assert_eq!(ClientFrame::parse(text), None, "{text:.80}");
        }
    }
}
