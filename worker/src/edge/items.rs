//! `GET …/notifications/{id}` and `…/activities/{id}`: one notification.

use notifeed::credentials::Principal;
use web_sys::Response;

use super::Call;
use crate::fault::Stop;
use crate::hub::command::Command;
use crate::hub::not_authorized;

impl Call<'_> {
    /// By its user, in the receiver's view; by the app that sent it, with the subscription id, in
    /// the sender's.
    pub(super) async fn get_notification(&self, id: String) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let user = self.user(&caller)?;
        let (address, access) = match (self.subscription()?, user) {
            (Some(subscription), None) if caller.principal == Principal::App => {
                self.access_by(subscription, None)
            }
            (_, Some(user)) => self.access_of(user, &self.host(&app)?),
            _ => return Err(not_authorized().into()),
        };
        let command = self.command(&caller, access, Command::Read(id));
        self.send(address, &command).await
    }
}
