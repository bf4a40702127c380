//! `POST …/notifications/markAllRead` and `…/markAllSeen`: marks all items of a signed-in user as read, or as seen.

use notifeed::error::Problem;
use notifeed::feed::mark_all::{MarkAll, Marking, parse_cursor};
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::Command;

use super::call::Call;
use super::step::Step;

impl Call {
    pub fn mark_all(&self, marking: Marking, body: Option<&[u8]>) -> Result<Step, Stop> {
        let body = self.decoded(body)?;
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
