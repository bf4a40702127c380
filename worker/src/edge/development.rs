//! What is there in development only: `POST /dev/token`, the console's tokens, while the development
//! secret is bound (so is `GET /dev/bodies`, in [`super::feed`]); `GET /dev/panic/…`, for the test
//! of what a crash does, where a variable says so.

use notifeed::error::{ErrorCode, Problem};
use notifeed::http::{Reply, route::CrashSite};
use notifeed::json::{self, Value, Writer};
use web_sys::{Response, Url};

use super::{Call, no_such_path};
use crate::credentials::{Holder, issue_development_token};
use crate::fault::Stop;
use crate::hub::command::Command;
use crate::platform::http::{body, header, respond};

impl Call<'_> {
    /// A delegated token of the user that the body names, `{"as":"megan@contoso.com"}`, or an
    /// app-only one, `{"app":"contoso-server"}`. Only for pages of this server.
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
        let holder = holder(&body).ok_or_else(|| {
            Problem::new(
                ErrorCode::BadRequest,
                "Name a user, {\"as\":\"megan@contoso.com\"}, or an app, {\"app\":\"contoso-server\"}.",
            )
            .detail("RequiredPropertyMissing", "as")
        })?;
        let issued = issue_development_token(self.env, &holder, self.context.now).await?;
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

/// Whose token the body asks for: a user's or an app's, not both.
fn holder(body: &[u8]) -> Option<Holder> {
    let object = json::read_object(body)?;
    let text = |name| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let (holder, name) = match (text("as"), text("app")) {
        (Some(user), None) => (Holder::User(user.clone()), user),
        (None, Some(app)) => (Holder::App(app.clone()), app),
        _ => return None,
    };
    (!name.is_empty() && name.len() <= 256).then_some(holder)
}

/// A panic, as a mistake in the code would be one.
#[allow(clippy::panic, reason = "panicking is what it is for")]
pub fn crash() -> ! {
    panic!("a test asked for it")
}
