//! `…/notifications/subscriptions`: a signed-in device subscribes, lists and ends (CONTRACT §3).

use notifeed::error::Problem;
use notifeed::error::problems::{no_application_server_key, not_the_apps_host};
use notifeed::http::Reply;
use notifeed::push::Channel;
use notifeed::subscription;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{Command, Subscribe};

use super::call::Call;
use super::step::Step;

impl Call {
    pub fn subscribe(&self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let body = self.decoded(body)?;
        let asked = subscription::parse(&body, &self.settings.push_hosts)
            .map_err(|violations| Problem::from(&violations))?;
        if !proof.app.has_host(asked.target_host_name()) {
            return Err(not_the_apps_host(&proof.app).into());
        }
        let access = self.access_of(user, asked.target_host_name());
        let subscribe = Subscribe {
            platform: asked.platform(),
            device_id: asked.device_id().map(str::to_owned),
            display_name: asked.display_name().map(str::to_owned),
            push_subscription: asked.channel().map(Channel::to_text),
        };
        Ok(self.to_feed(&proof.caller, access, Command::Subscribe(subscribe)))
    }

    /// `GET …/applicationServerKey`: 404 where nothing is pushed.
    pub fn application_server_key(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        self.signed_in_user(&proof.caller)?;
        let Some(vapid) = &self.settings.vapid else {
            return Err(no_application_server_key().into());
        };
        Ok(Step::Reply(Reply::json(200, vapid.current().to_json())))
    }

    /// `GET`, `DELETE` and `DELETE …/{id}`: of a signed-in user's subscriptions.
    pub fn subscriptions(&self, command: Command) -> Result<Step, Stop> {
        self.query(|_| command)
    }
}
