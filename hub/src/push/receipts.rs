//! Receipts: a device says what became of a push (CONTRACT §5.7).

use notifeed::credentials::subscription_id::HubId;
use notifeed::feed::Entry;
use notifeed::guid::Guid;
use notifeed::http::Reply;
use notifeed::push::receipt;
use notifeed::request::Context;

use crate::Feed;
use crate::fault::{Fault, Stop};
use crate::host::Host;
use crate::wire;

impl<H: Host> Feed<H> {
    /// The receipt that goes along with a push.
    ///
    /// # Errors
    /// The deployment has no key to sign with.
    pub(super) fn receipt_for(&self, subscription: Guid, entry: &Entry) -> Result<String, Fault> {
        let hub = HubId::parse(&self.host.id())
            .ok_or_else(|| Fault::new("the feed's id", &"not 64 hexadecimal digits"))?;
        let unsigned = receipt::Receipt {
            hub,
            subscription,
            notification: entry.id,
            revision: entry.revision,
            expires: entry.expiration,
        };
        Ok(unsigned.sign(self.signing_key()?))
    }

    /// `POST …/receipts`: 204. A notification that is gone, or was replaced, stays as it is.
    pub(crate) fn receipt(
        &mut self,
        returned: &wire::Receipt,
        context: &Context,
    ) -> Result<Reply, Stop> {
        self.extend(returned.subscription, context.now)?;
        let id = returned.notification.to_string();
        let entry = match self.live_entry(&id, context.now) {
            Ok(entry) if entry.revision == returned.revision => entry,
            Err(Stop::Fault(fault)) => return Err(fault.into()),
            Ok(_) | Err(Stop::Problem(_)) => return Ok(Reply::no_content()),
        };
        self.pushed_to()?;
        let subscription = returned.subscription.to_string();
        let seq = entry.content_seq;
        if let Some(write) = self
            .pushes
            .reached(returned.subscription, &subscription, seq)
        {
            self.host.commit(&[write])?;
        }
        if let Some(states) = receipt::forward(&entry, returned.states) {
            self.set_states(entry, states, None, context)?;
        }
        Ok(Reply::no_content())
    }
}
