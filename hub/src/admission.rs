//! Admission: the check whether a caller may use the feed that its request was routed to.

use std::rc::Rc;

use notifeed::error::problems::not_authorized;
use notifeed::http::Addressee;
use notifeed::time::Timestamp;

use crate::Feed;
use crate::fault::Stop;
use crate::host::Host;
use crate::life::Owner;
use crate::wire::Access;

/// A call that has proven its right to the feed.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// The owner of the feed. A feed becomes theirs with the first change that they make.
    pub owner: Rc<Owner>,
    /// Whether the user themselves calls, not an app by a subscription.
    pub by_user: bool,
}

impl<H: Host> Feed<H> {
    /// Admits a call by the user's token or by a subscription id; else 403. `to_post`: whether the call does more than
    /// read and retract the app's own notifications, which is all that a subscription allows after its end (CONTRACT
    /// §5.1).
    pub(crate) fn admit(
        &mut self,
        access: &Access,
        to_post: bool,
        now: Timestamp,
    ) -> Result<Admitted, Stop> {
        let known = self.life.owner.clone();
        let owner = match (access.subscription, &access.user, &access.host, known) {
            (Some(id), user, _, Some(owner)) => {
                let same_user = user.as_ref().is_none_or(|user| user.is(&owner.user));
                if !same_user || (to_post && !self.is_subscribed(id, now)?) {
                    return Err(not_authorized().into());
                }
                owner
            }
            (None, Some(user), Some(host), known) => match known {
                Some(owner) if owner.user == *user && owner.host == *host => owner,
                _ => Rc::new(Owner {
                    user: user.clone(),
                    host: host.clone(),
                }),
            },
            _ => return Err(not_authorized().into()),
        };
        if let Addressee::User(id) = &access.addressee
            && !owner.user.is_named(id)
        {
            return Err(not_authorized().into());
        }
        Ok(Admitted {
            owner,
            by_user: access.user.is_some(),
        })
    }
}
