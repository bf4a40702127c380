//! `POST …/notifications`: an app notifies a user.

use notifeed::credentials::subscription_id::SubscriptionId;
use notifeed::credentials::{App, Principal};
use notifeed::digest::sha256_hex;
use notifeed::error::Problem;
use notifeed::error::problems::{no_subscription_id, not_the_apps_host};
use notifeed::http::ContentEncoding;
use notifeed::verdict::validate;
use notifeed_hub::fault::Stop;
use notifeed_hub::wire::{Append, Command};

use super::call::{Call, Wanted, decoded};
use super::facts::Header;
use super::step::Step;

impl Call {
    /// Judges the headers. A delegated token needs no subscription id (D3).
    pub fn post_notification(&mut self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let encoding = self.body_headers()?;
        if proof.caller.principal == Principal::App && !self.has_subscription_header() {
            return Err(no_subscription_id().into());
        }
        let subscription = self.subscription()?;
        self.user(&proof.caller)?;
        self.want(Wanted::Notification(encoding, subscription))
    }

    fn has_subscription_header(&self) -> bool {
        let header = self.facts.header(Header::SubscriptionId);
        header.is_some_and(|text| !text.trim().is_empty())
    }

    /// Judges the body, before a feed is bothered.
    pub fn append(
        &self,
        encoding: ContentEncoding,
        body: Option<&[u8]>,
        subscription: Option<SubscriptionId>,
    ) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.user(&proof.caller)?;
        let judged = self.judge(encoding, body, &proof.app);
        let (access, command) = match (subscription, user, judged) {
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
    fn judge(
        &self,
        encoding: ContentEncoding,
        body: Option<&[u8]>,
        app: &App,
    ) -> Result<Append, Problem> {
        let body = decoded(encoding, body)?;
        let verdict = validate(&body, self.context.now, &self.settings.feed.policy);
        let accepted = verdict
            .outcome
            .map_err(|violations| Problem::from(&violations))?;
        let notification = accepted.notification();
        if !app.has_host(notification.target_host_name()) {
            return Err(not_the_apps_host(app));
        }
        Ok(Append {
            host: notification.target_host_name().to_owned(),
            app_notification_id: notification.app_notification_id().map(str::to_owned),
            group_name: notification.group_name().map(str::to_owned),
            priority: notification.priority(),
            platforms: notification.platforms(),
            expiration: notification.expiration(),
            display_time_to_live: notification.display_time_to_live(),
            request_digest: sha256_hex(&[&accepted.request_text()]),
            content: notification.content_text(),
            visual_content: notification.visual_text(),
        })
    }
}
