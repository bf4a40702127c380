//! `POST …/notifications/markAllRead` and `…/markAllSeen`: a signed-in user is done with everything.

use notifeed::error::Problem;
use notifeed::feed::mark_all::{MarkAll, Marking, parse_cursor};
use notifeed::http::ContentEncoding;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::Command;

use super::call::{Call, Wanted, decoded};
use super::step::Step;

impl Call {
    pub fn post_marking(&mut self, marking: Marking) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let encoding = self.body_headers()?;
        self.signed_in_user(&proof.caller)?;
        self.want(Wanted::Marking(encoding, marking))
    }

    pub fn mark_all(
        &self,
        encoding: ContentEncoding,
        marking: Marking,
        body: Option<&[u8]>,
    ) -> Result<Step, Stop> {
        let body = decoded(encoding, body)?;
        let cursor = parse_cursor(&body).map_err(|violations| Problem::from(&violations))?;
        self.query(|query| {
            Command::MarkAll(MarkAll {
                marking,
                cursor,
                platform: query.platform,
            })
        })
    }
}
