//! `POST …/notifications`: an app notifies a user.

use notifeed::credentials::App;
use notifeed::digest::sha256_hex;
use notifeed::error::{ErrorCode, Problem};
use notifeed::http::ContentEncoding;
use notifeed::notification::Notification;
use notifeed::verdict::validate;
use web_sys::Response;

use super::{Call, not_the_app_s_host};
use crate::fault::Stop;
use crate::hub::command::{Append, Command};
use crate::settings::Settings;

impl Call<'_> {
    pub(super) async fn post_notification(&self) -> Result<Response, Stop> {
        let (caller, app) = self.caller(self.bearer().as_deref()).await?;
        let encoding = self.body_headers()?;
        let app_only = caller.principal == notifeed::credentials::Principal::App;
        if app_only && !self.has_subscription_header() {
            return Err(Problem::new(
                ErrorCode::BadRequest,
                "An app-only token says nothing about whom to notify. Send the user's subscription id as 'X-UNS-ID'.",
            )
            .detail("RequiredHeaderMissing", "X-UNS-ID")
            .into());
        }
        let subscription = self.subscription()?;
        let user = self.user(&caller)?;

        let judged = self.judge(encoding, &app).await;
        let (notification, append) = match judged {
            Ok((notification, append)) => (Some(notification), Ok(append)),
            Err(Stop::Problem(problem)) => (None, Err(*problem)),
            Err(stop) => return Err(stop),
        };
        let (address, access) = match (subscription, user, notification) {
            // Whether the subscription still works comes before what is wrong with the body, and
            // only the Hub knows.
            (Some(subscription), user, _) => self.access_by(subscription, user),
            (None, Some(user), Some(notification)) => {
                self.access_of(user, notification.target_host_name())
            }
            (None, _, _) => {
                return Err(append
                    .err()
                    .unwrap_or_else(|| not_the_app_s_host(&app))
                    .into());
            }
        };
        let command = self.command(&caller, access, Command::Append(append));
        self.send(address, &command).await
    }

    fn has_subscription_header(&self) -> bool {
        crate::platform::http::header(self.request, "X-UNS-ID")
            .is_some_and(|text| !text.trim().is_empty())
    }

    /// Reads and validates the body, and checks that the app may notify for its host.
    async fn judge(
        &self,
        encoding: ContentEncoding,
        app: &App,
    ) -> Result<(Notification, Append), Stop> {
        let body = self.body(encoding).await?;
        let policy = Settings::of(self.env).policy()?;
        let verdict = validate(&body, self.context.now, &policy);
        let accepted = verdict
            .outcome
            .map_err(|violations| Problem::from(&violations))?;
        let append = Append {
            canonical: accepted.notification().canonical(),
            request_digest: sha256_hex(&[&accepted.request_text()]),
        };
        let notification = accepted.into_notification();
        if !app.has_host(notification.target_host_name()) {
            return Err(not_the_app_s_host(app).into());
        }
        Ok((notification, append))
    }
}
