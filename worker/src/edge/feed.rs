//! `GET …/notifications`, `/$count`, `/delta` and `/endpoints`: a signed-in user reads their feed; by `/delta` an app
//! reads what became of what it sent.

use notifeed::feed::query::Query;
use notifeed::http::endpoint::SENDERS_OPTIONS;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::Command;

use super::call::{Call, confirmed_host};
use super::step::Step;

impl Call {
    pub fn list(&self) -> Result<Step, Stop> {
        self.query(Command::List)
    }

    /// `GET /dev/copies`, with the options of a page.
    pub fn copies(&self) -> Result<Step, Stop> {
        self.query(Command::Copies)
    }

    pub fn count(&self) -> Result<Step, Stop> {
        self.query(Command::Count)
    }

    pub fn delta(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        if self.user(&proof.caller)?.is_some() {
            return self.query(Command::Delta);
        }
        let query = Query::parse(&self.url.query, &SENDERS_OPTIONS.map(|option| option.name))?;
        let can_wait = query.delta_token.is_some() && query.skip_token.is_none();
        self.to_senders_feed(&proof, Command::SentChanges(query), can_wait)
    }

    pub fn endpoints(&self) -> Result<Step, Stop> {
        self.query(|query| Command::Endpoints(query.notification))
    }

    /// A command for the feed of a signed-in user, with the query options of the operation.
    pub fn query(&self, command: impl FnOnce(Query) -> Command) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let options = self
            .operation
            .map(|operation| operation.query)
            .unwrap_or_default();
        let names: Vec<_> = options.iter().map(|option| option.name).collect();
        let query = Query::parse(&self.url.query, &names)?;
        let host = confirmed_host(query.host.as_deref(), &proof.app)?;
        let access = self.access_of(user, &host);
        Ok(self.to_feed(&proof.caller, access, command(query)))
    }
}
