//! `…/notifications/personalData`: everything that is stored of a signed-in user, exported or erased. JavaScript finds
//! the Hubs, since that takes the registry.

use notifeed::credentials::Principal;
use notifeed::error::problems::not_the_apps_host;
use notifeed::feed::query::{MAX_TOP, Query};
use notifeed::json::Writer;
use notifeed::notification::HostName;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{Command, Request};

use super::call::Call;
use super::step::Step;

impl Call {
    /// 403 for an app without a host.
    pub fn personal_data(&self, erase: bool) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let [host, ..] = proof.app.hosts.as_slice() else {
            return Err(not_the_apps_host(&proof.app).into());
        };
        let mut person = Writer::new();
        person.begin_object();
        person.string_field("issuer", &user.issuer);
        person.string_field("tenant", &user.tenant);
        person.string_field("subject", &user.subject);
        person.key("hosts");
        person.begin_array();
        for host in &proof.app.hosts {
            person.string(host.as_str());
        }
        person.end_array();
        let everywhere =
            matches!(proof.caller.principal, Principal::User { everywhere, .. } if everywhere);
        person.boolean_field("everywhere", everywhere);
        person.end_object();
        let first = Command::List(Query {
            top: Some(MAX_TOP),
            ..Query::default()
        });
        let person = person.finish();
        Ok(
            match self.to_feed(&proof.caller, self.access_of(user, host), first) {
                Step::Feed(list) => Step::Person {
                    erase,
                    person,
                    list,
                },
                step => step,
            },
        )
    }
}

/// The fields of the same request about another host: its list, from where the page before ended, or its endpoints. `None`:
/// no host has that name.
pub fn of_host(fields: &str, host: &str, list: bool, skip_token: Option<String>) -> Option<String> {
    let mut request = Request::decode("list", fields).ok()?;
    request.access.host = Some(HostName::parse(host).ok()?);
    match &mut request.command {
        Command::List(query) if list => query.skip_token = skip_token,
        command => *command = Command::Endpoints(None),
    }
    Some(request.encode().1)
}
