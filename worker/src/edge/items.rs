//! `…/notifications/{id}` and `…/activities/{id}`: one notification, read, changed or deleted.

use notifeed::credentials::Principal;
use notifeed::error::Problem;
use notifeed::error::problems::{not_authorized, not_the_apps_host};
use notifeed::feed::update::ItemUpdate;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{Answer, Command};

use super::call::Call;
use super::facts::Header;
use super::step::Step;

impl Call {
    /// By its user, in the receiver's view; by the app that sent it, with the subscription id, in
    /// the sender's.
    pub fn get_notification(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.user(&proof.caller)?;
        let access = match (self.subscription, user) {
            (Some(subscription), None) if proof.caller.principal == Principal::App => {
                if proof.app.hosts.is_empty() {
                    return Err(not_the_apps_host(&proof.app).into());
                }
                self.access_by(subscription, None)
            }
            (_, Some(user)) => self.access_of(user, &self.host(&proof.app)?),
            _ => return Err(not_authorized().into()),
        };
        let id = self.id.clone();
        let command = match self.parameter("deliveries").as_deref() {
            Some("true") => Command::ReadDeliveries(id),
            _ => Command::Read(id),
        };
        Ok(self.to_feed(&proof.caller, access, command))
    }

    /// `PATCH`: sets states or gives an answer, of a signed-in user's item.
    pub fn update_notification(&self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let body = self.decoded(body)?;
        let ItemUpdate { states, answer } =
            ItemUpdate::parse(&body).map_err(|violations| Problem::from(&violations))?;
        let access = self.access_of(user, &self.host(&proof.app)?);
        let id = self.id.clone();
        let if_match = self.facts.header(Header::IfMatch).map(str::to_owned);
        let update = match answer {
            None => Command::Update {
                id,
                if_match,
                states,
            },
            Some(answering) => Command::Answer(Box::new(Answer {
                id,
                if_match,
                answering,
                states,
                endpoint: self.parameter("endpoint"),
            })),
        };
        Ok(self.to_feed(&proof.caller, access, update))
    }

    /// `DELETE`, of a signed-in user's item.
    pub fn delete_notification(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let access = self.access_of(user, &self.host(&proof.app)?);
        let delete = Command::Delete {
            id: self.id.clone(),
            if_match: self.facts.header(Header::IfMatch).map(str::to_owned),
        };
        Ok(self.to_feed(&proof.caller, access, delete))
    }
}
