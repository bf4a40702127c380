//! `GET …/notifications`, `/$count`, `/delta` and `/endpoints`: a signed-in user reads their feed.

use notifeed::feed::query::Query;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::Command;

use super::call::{Call, confirmed_host};
use super::step::Step;

const HOST: &str = "targetHostName";
const OF_A_PAGE: [&str; 4] = ["$top", "$skiptoken", "$filter", HOST];
const OF_THE_LIST: [&str; 7] = [
    "$top",
    "$skiptoken",
    "$filter",
    "$count",
    "$select",
    "$orderby",
    HOST,
];

impl Call {
    pub fn list(&self) -> Result<Step, Stop> {
        self.query(&OF_THE_LIST, Command::List)
    }

    /// `GET /dev/copies`, with the options of a page.
    pub fn copies(&self) -> Result<Step, Stop> {
        self.query(&OF_A_PAGE, Command::Copies)
    }

    pub fn count(&self) -> Result<Step, Stop> {
        self.query(&["$filter", HOST], Command::Count)
    }

    pub fn delta(&self) -> Result<Step, Stop> {
        let options = [
            "$top",
            "$skiptoken",
            "$deltatoken",
            "$count",
            "$select",
            HOST,
        ];
        self.query(&options, Command::Delta)
    }

    pub fn endpoints(&self) -> Result<Step, Stop> {
        self.query(&[HOST], |_| Command::Endpoints)
    }

    fn query(
        &self,
        options: &[&str],
        command: impl FnOnce(Query) -> Command,
    ) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let query = Query::parse(&self.url.query, options)?;
        let host = confirmed_host(query.host.as_deref(), &proof.app)?;
        let access = self.access_of(user, &host);
        Ok(self.to_feed(&proof.caller, access, command(query)))
    }
}
