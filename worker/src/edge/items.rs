//! `…/notifications/{id}` and `…/activities/{id}`: one notification, read, changed or deleted.

use notifeed::credentials::Principal;
use notifeed::error::Problem;
use notifeed::feed::update::StateUpdate;
use web_sys::Response;

use super::{Call, not_the_app_s_host};
use crate::fault::Stop;
use crate::hub::command::Command;
use crate::hub::not_authorized;
use crate::platform::http::header;

impl Call<'_> {
    /// By its user, in the receiver's view; by the app that sent it, with the subscription id, in
    /// the sender's.
    pub(super) async fn get_notification(&self, id: String) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let user = self.user(&caller)?;
        let (address, access) = match (self.subscription()?, user) {
            (Some(subscription), None) if caller.principal == Principal::App => {
                if app.hosts.is_empty() {
                    return Err(not_the_app_s_host(&app).into());
                }
                self.access_by(subscription, None)
            }
            (_, Some(user)) => self.access_of(user, &self.host(&app)?),
            _ => return Err(not_authorized().into()),
        };
        let command = self.command(&caller, access, Command::Read(id));
        self.send(address, &command).await
    }

    /// `PATCH`: sets states, of a signed-in user's item.
    pub(super) async fn update_notification(&self, id: String) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let encoding = self.body_headers()?;
        let user = self.signed_in_user(&caller)?;
        let body = self.body(encoding).await?;
        let states = StateUpdate::parse(&body).map_err(|violations| Problem::from(&violations))?;
        let if_match = header(self.request, "If-Match");
        let (address, access) = self.access_of(user, &self.host(&app)?);
        let update = Command::Update {
            id,
            if_match,
            states,
        };
        self.send(address, &self.command(&caller, access, update))
            .await
    }

    /// `DELETE`, of a signed-in user's item.
    pub(super) async fn delete_notification(&self, id: String) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let user = self.signed_in_user(&caller)?;
        let if_match = header(self.request, "If-Match");
        let (address, access) = self.access_of(user, &self.host(&app)?);
        let delete = Command::Delete { id, if_match };
        self.send(address, &self.command(&caller, access, delete))
            .await
    }
}
