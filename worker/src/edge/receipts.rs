//! `POST …/notifications/receipts`: a device says what became of a push, by the receipt that came with it.

use notifeed::credentials::subscription_id::SubscriptionId;
use notifeed::error::{Problem, problems};
use notifeed::feed::entry::Sender;
use notifeed::push::Receipt;
use notifeed::push::receipt::Returned;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{self, Command};

use super::call::Call;
use super::step::Step;

/// The issuer in the name of which a feed counts receipts: the calls of each subscription have a limit of their own,
/// instead of an app's.
const ISSUER: &str = "receipts";

impl Call {
    pub fn return_receipt(&self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let body = self.decoded(body)?;
        let returned = Returned::parse(&body).map_err(|violations| Problem::from(&violations))?;
        let keys = self.settings.subscription_keys.as_ref();
        let keys = keys.map_err(Clone::clone)?;
        let receipt = Receipt::verify(&returned.receipt, keys, self.context.now)
            .ok_or_else(problems::not_authorized)?;
        let led_here_by = SubscriptionId {
            hub: receipt.hub,
            subscription: receipt.subscription,
            expires: receipt.expires,
        };
        let sender = Sender {
            issuer: ISSUER.to_owned(),
            app: receipt.subscription.to_string(),
        };
        let command = Command::Receipt(wire::Receipt {
            subscription: receipt.subscription,
            notification: receipt.notification,
            revision: receipt.revision,
            states: returned.states,
        });
        Ok(self.ask(sender, self.access_by(led_here_by, None), command))
    }
}
