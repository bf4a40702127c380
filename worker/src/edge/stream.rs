//! `GET …/notifications/stream`: a signed-in client connects (CONTRACT §4), by a WebSocket or for server-sent events
//! (CONTRACT §5.5). JavaScript makes the events: it holds the socket to the feed.
//!
//! With the token in `Authorization`, a refusal is an HTTP answer. With the token as a subprotocol
//! there is a browser at the other end, which could see neither status nor envelope: its socket is
//! accepted, and closed with a code.

use notifeed::error::{ErrorCode, Problem, problems};
use notifeed::feed::query::whole_number;
use notifeed::guid::Guid;
use notifeed::live::MAX_TOP;
use notifeed::live::acknowledgement::Acknowledgement;
use notifeed::live::close::{SUBSCRIPTION_ENDED, refusal_reason};
use notifeed::notification::Platform;
use notifeed::request::origin::Readers;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{self, Command, Stream};
use serde::Deserialize;

use super::call::Call;
use super::facts::Header;
use super::step::Step;

impl Call {
    /// Judges the upgrade before it is asked who calls.
    pub fn upgrade(&self) -> Result<(), Problem> {
        if !self.is_upgrade() && !self.asks_for_events() {
            return Err(problems::upgrade_required());
        }
        Ok(())
    }

    /// 403 for a page of an origin that may not connect.
    pub fn may_connect(&self) -> Result<(), Problem> {
        let has_origin = self.facts.header(Header::Origin).is_some();
        if has_origin && self.context.readers == Readers::None {
            return Err(problems::foreign_page());
        }
        Ok(())
    }

    pub fn connect(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let host = self.host(&proof.app)?;
        let platform = self
            .parameter("platform")
            .and_then(|name| Platform::parse(&name))
            .ok_or_else(problems::no_platform)?;
        let endpoint = self
            .parameter("endpoint")
            .map(|id| Guid::parse(&id))
            .transpose()
            .map_err(|_| problems::bad_endpoint())?;
        let top = self
            .parameter("top")
            .map(|top| whole_number(&top, MAX_TOP).ok_or_else(|| problems::bad_top(MAX_TOP)))
            .transpose()?;
        let token = self.token.as_ref().ok_or_else(problems::no_token)?;
        let stream = Stream {
            platform,
            cursor: self.known().or_else(|| self.parameter("cursor")),
            top,
            endpoint,
            expires: proof.caller.expires,
            token_digest: token.digest(),
        };
        let access = self.access_of(user, &host);
        Ok(self.to_feed(&proof.caller, access, Command::Stream(stream)))
    }

    /// The cursor of the last event that a client has which comes back for more.
    fn known(&self) -> Option<String> {
        let id = self.facts.header(Header::LastEventId);
        let id = id.filter(|id| !id.is_empty() && self.asks_for_events());
        id.map(str::to_owned)
    }

    /// `POST …/ack`: the device has everything up to a cursor.
    pub fn acknowledge(&self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let host = self.host(&proof.app)?;
        let body = self.decoded(body)?;
        let Acknowledgement { cursor, visible } =
            Acknowledgement::parse(&body).map_err(|violations| Problem::from(&violations))?;
        let endpoint = self
            .parameter("endpoint")
            .ok_or_else(problems::bad_endpoint)?;
        let command = Command::Acknowledge(wire::Acknowledgement {
            endpoint,
            cursor,
            visible,
        });
        Ok(self.to_feed(&proof.caller, self.access_of(user, &host), command))
    }
}

/// The code and the reason, a line each, that a browser's socket is closed with, to which a feed gave
/// this answer instead of a connection.
pub fn refusal(answer: &str) -> String {
    #[derive(Deserialize)]
    struct Envelope {
        error: Error,
    }
    #[derive(Deserialize)]
    struct Error {
        code: String,
        #[serde(default)]
        details: Vec<Detail>,
    }
    #[derive(Deserialize)]
    struct Detail {
        code: String,
    }
    let (head, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
    let retry_after = head
        .lines()
        .find_map(|line| line.strip_prefix("Retry-After: "))
        .and_then(|seconds| seconds.parse().ok());
    let error = serde_json::from_str(body).map(|envelope: Envelope| envelope.error);
    let code = error.as_ref().ok();
    let code = code.and_then(|error| ErrorCode::parse(&error.code));
    let code = code.unwrap_or(ErrorCode::ServiceUnavailable);
    let mut details = error.iter().flat_map(|error| &error.details);
    let reason = if details.any(|detail| detail.code == SUBSCRIPTION_ENDED) {
        SUBSCRIPTION_ENDED.to_owned()
    } else {
        refusal_reason(code, retry_after)
    };
    format!("{}\n{reason}", code.close_code())
}
