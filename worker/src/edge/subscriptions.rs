//! `…/notifications/subscriptions`: a signed-in device subscribes, lists and ends (CONTRACT §3).

use notifeed::error::Problem;
use notifeed::feed::query::Query;
use notifeed::subscription;
use web_sys::Response;

use super::{Call, not_the_app_s_host};
use crate::fault::Stop;
use crate::hub::command::{Command, Subscribe};

impl Call<'_> {
    pub(super) async fn post_subscription(&self) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let encoding = self.body_headers()?;
        let user = self.signed_in_user(&caller)?;
        let body = self.body(encoding).await?;
        let asked = subscription::parse(&body).map_err(|violations| Problem::from(&violations))?;
        if !app.has_host(asked.target_host_name()) {
            return Err(not_the_app_s_host(&app).into());
        }
        let (address, access) = self.access_of(user, asked.target_host_name());
        let subscribe = Subscribe {
            platform: asked.platform(),
            device_id: asked.device_id().map(str::to_owned),
            display_name: asked.display_name().map(str::to_owned),
            push_subscription: asked.push_subscription().map(str::to_owned),
        };
        let command = self.command(&caller, access, Command::Subscribe(subscribe));
        self.send(address, &command).await
    }

    /// `GET`, `DELETE` and `DELETE …/{id}`: of a signed-in user's subscriptions.
    pub(super) async fn subscriptions(&self, command: Command) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let user = self.signed_in_user(&caller)?;
        let query = Query::parse(&self.query, &["targetHostName"])?;
        let host = Self::confirmed_host(query.host.as_deref(), &app)?;
        let (address, access) = self.access_of(user, &host);
        let command = self.command(&caller, access, command);
        self.send(address, &command).await
    }
}
