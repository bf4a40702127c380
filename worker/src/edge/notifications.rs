//! `POST …/notifications`: an app notifies a user.

use notifeed::credentials::App;
use notifeed::error::Problem;
use notifeed::error::problems::not_the_apps_host;
use notifeed::verdict::validate;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{Append, Command};

use super::call::Call;
use super::facts::Header;
use super::step::Step;

impl Call {
    /// Judges the body, before a feed is bothered.
    pub fn post_notification(&self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.user(&proof.caller)?;
        let judged = self.judge(body, &proof.app);
        let (access, command) = match (self.subscription, user, judged) {
            // Whether the subscription still works comes before what is wrong with the body, and
            // only the feed knows.
            (Some(subscription), user, judged) => {
                let command = match judged {
                    Ok(append) => Command::Append(Box::new(append)),
                    Err(problem) => Command::RefuseAppend(Box::new(problem)),
                };
                (self.access_by(subscription, user), command)
            }
            (None, Some(user), judged) => {
                let append = judged?;
                let access = self.access_of(user, &append.host);
                (access, Command::Append(Box::new(append)))
            }
            (None, None, judged) => {
                judged?;
                return Err(not_the_apps_host(&proof.app).into());
            }
        };
        Ok(self.to_feed(&proof.caller, access, command))
    }

    /// Reads and validates the body, and checks that the app may notify for its host.
    fn judge(&self, body: Option<&[u8]>, app: &App) -> Result<Append, Problem> {
        let body = self.decoded(body)?;
        let verdict = validate(&body, self.context.now, &self.settings.feed.policy);
        let accepted = verdict
            .outcome
            .map_err(|violations| Problem::from(&violations))?;
        let notification = accepted.notification();
        if !app.has_host(notification.target_host_name()) {
            return Err(not_the_apps_host(app));
        }
        let create_only = self.facts.header(Header::IfNoneMatch).map(str::trim) == Some("*");
        Ok(Append::of(&accepted, create_only))
    }
}
