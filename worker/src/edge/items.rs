//! `…/notifications/{id}` and `…/activities/{id}`: one notification, read, changed, deleted or taken back.

use notifeed::error::Problem;
use notifeed::error::problems::{not_authorized, not_the_apps_host};
use notifeed::feed::update::ItemUpdate;
use notifeed::http::headers;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{Answer, Command, Read};

use super::call::Call;
use super::facts::Header;
use super::step::Step;
use crate::credentials::Proof;

impl Call {
    /// By its user, in the receiver's view; by the app that sent it, with the subscription id, in
    /// the sender's.
    pub fn get_notification(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let if_none_match = self.facts.header(Header::IfNoneMatch).map(str::to_owned);
        let is_conditional = if_none_match.is_some();
        let read = Command::Read(Read {
            id: self.id.clone(),
            deliveries: self.parameter("deliveries").as_deref() == Some("true"),
            if_none_match,
        });
        match self.user(&proof.caller)? {
            Some(user) => {
                let access = self.access_of(user, &self.host(&proof.app)?);
                Ok(self.to_feed(&proof.caller, access, read))
            }
            None => self.to_senders_feed(&proof, read, is_conditional),
        }
    }

    /// A command of an app about what it sent, for the feed that its subscription id names. `can_wait`: it asks what is
    /// new since something, so that `Prefer: wait` counts.
    ///
    /// # Errors
    /// 403 for an app without a host or a subscription, 400 for a wait that is no number.
    pub fn to_senders_feed(
        &self,
        proof: &Proof,
        command: Command,
        can_wait: bool,
    ) -> Result<Step, Stop> {
        let wait = headers::wait(self.facts.header(Header::Prefer))?;
        if proof.app.hosts.is_empty() {
            return Err(not_the_apps_host(&proof.app).into());
        }
        let subscription = self.subscription.ok_or_else(not_authorized)?;
        let access = self.access_by(subscription, None);
        let step = self.to_feed(&proof.caller, access, command);
        Ok(match (step, wait.filter(|_| can_wait)) {
            (Step::Feed(to_feed), Some(seconds)) => Step::Wait(to_feed, seconds),
            (step, _) => step,
        })
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

    /// `DELETE`: its user deletes it, the app that sent it takes it back.
    pub fn delete_notification(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let id = self.id.clone();
        let if_match = self.facts.header(Header::IfMatch).map(str::to_owned);
        let Some(user) = self.user(&proof.caller)? else {
            return self.to_senders_feed(&proof, Command::Retract { id, if_match }, false);
        };
        let access = self.access_of(user, &self.host(&proof.app)?);
        let delete = Command::Delete { id, if_match };
        Ok(self.to_feed(&proof.caller, access, delete))
    }
}
