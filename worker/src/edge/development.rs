//! What is there in development only: `POST /dev/token`, the console's tokens, while the development
//! secret is bound; `GET /dev/panic/…`, for the test of what a crash does, where a variable says so.

use notifeed::error::{ErrorCode, Problem};
use notifeed::http::{Reply, route::CrashSite};
use notifeed::json::{self, Value, Writer};
use web_sys::{Response, Url};

use super::{Call, no_such_path};
use crate::credentials::issue_development_token;
use crate::fault::Stop;
use crate::hub::command::Command;
use crate::platform::http::{body, header, respond};

impl Call<'_> {
    /// A delegated token of the user that the body names: `{"as":"megan@contoso.com"}`. Only for
    /// pages of this server.
    pub(super) async fn post_development_token(&self, url: &Url) -> Result<Response, Stop> {
        let foreign = header(self.request, "Origin").is_some_and(|origin| origin != url.origin());
        if foreign {
            return Err(Problem::new(
                ErrorCode::NotAuthorizedForUser,
                "Development tokens are only for pages of this server.",
            )
            .into());
        }
        let body = body(self.request).await?;
        let user = json::read_object(&body)
            .and_then(|object| object.get("as").and_then(Value::as_str).map(str::to_owned))
            .filter(|user| !user.is_empty() && user.len() <= 256)
            .ok_or_else(|| {
                Problem::new(
                    ErrorCode::BadRequest,
                    "Name a user: {\"as\":\"megan@contoso.com\"}.",
                )
                .detail("RequiredPropertyMissing", "as")
            })?;
        let issued = issue_development_token(self.env, &user, self.context.now).await?;
        let (token, expires) = issued.ok_or_else(no_such_path)?;
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("token", &token);
        writer.string_field("expires", &expires.to_string());
        writer.end_object();
        let mut reply = Reply::json(200, writer.finish(), &self.context);
        // A page of another origin must not read it even where a browser sends no `Origin`.
        reply
            .headers
            .retain(|(name, _)| !name.starts_with("Access-Control-"));
        Ok(respond(&reply)?.into())
    }

    /// Crashes. A mistake in the code must not be needed to test that nothing hangs after one.
    pub(super) async fn panic(&self, site: CrashSite) -> Result<Response, Stop> {
        match site {
            CrashSite::Worker => crash(),
            CrashSite::Hub => {
                let (caller, app) = self.caller(self.bearer().as_deref()).await?;
                let user = self.signed_in_user(&caller)?;
                let (address, access) = self.access_of(user, &self.host(&app)?);
                let command = self.command(&caller, access, Command::Panic);
                self.send(address, &command).await
            }
        }
    }
}

/// A panic, as a mistake in the code would be one.
#[allow(clippy::panic, reason = "panicking is what it is for")]
pub fn crash() -> ! {
    panic!("a test asked for it")
}
