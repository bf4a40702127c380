//! `GET …/notifications`, `/$count`, `/delta` and `/endpoints`: a signed-in user reads their feed.

use notifeed::feed::query::Query;
use web_sys::Response;

use super::Call;
use crate::fault::Stop;
use crate::hub::command::Command;

const HOST: &str = "targetHostName";
const OF_A_PAGE: [&str; 4] = ["$top", "$skiptoken", "$filter", HOST];

impl Call<'_> {
    pub(super) async fn list(&self) -> Result<Response, Stop> {
        self.query(&OF_A_PAGE, Command::List).await
    }

    /// `GET /dev/bodies`, with the options of the list.
    pub(super) async fn bodies(&self) -> Result<Response, Stop> {
        self.query(&OF_A_PAGE, Command::Bodies).await
    }

    pub(super) async fn count(&self) -> Result<Response, Stop> {
        self.query(&["$filter", HOST], Command::Count).await
    }

    pub(super) async fn delta(&self) -> Result<Response, Stop> {
        let options = ["$top", "$skiptoken", "$deltatoken", HOST];
        self.query(&options, Command::Delta).await
    }

    pub(super) async fn endpoints(&self) -> Result<Response, Stop> {
        self.query(&[HOST], |_| Command::Endpoints).await
    }

    async fn query(
        &self,
        options: &[&str],
        command: impl FnOnce(Query) -> Command,
    ) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let user = self.signed_in_user(&caller)?;
        let query = Query::parse(&self.query, options)?;
        let host = Self::confirmed_host(query.host.as_deref(), &app)?;
        let (address, access) = self.access_of(user, &host);
        self.send(address, &self.command(&caller, access, command(query)))
            .await
    }
}
