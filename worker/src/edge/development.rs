//! Endpoints for development only: `POST /dev/token`, the console's tokens, while the development
//! secret is bound (so is `GET /dev/copies`, in [`super::feed`]); `GET /dev/panic/…`, for the test
//! of what a crash does, where a variable says so.

use notifeed::error::{Problem, problems};
use notifeed::http::reply::common_headers;
use notifeed::http::{OperationId, Reply};
use notifeed::json::{self, Value, Writer};
use notifeed_hub::fault::{self, Stop};
use notifeed_hub::wire::Command;
use worker::console_error;

use super::call::Call;
use super::facts::Header;
use super::step::Step;
use super::{calls, lost};
use crate::credentials::{Holder, issue_development_token};

impl Call {
    /// 403: development tokens are only for pages of this server.
    pub fn may_have_token(&self) -> Result<(), Problem> {
        let origin = self.facts.header(Header::Origin);
        if origin.is_some_and(|origin| origin != self.url.origin) {
            return Err(problems::not_this_servers_page());
        }
        Ok(())
    }

    /// A delegated token of the user that the body names, `{"as":"megan@contoso.com"}`, or an
    /// app-only one, `{"app":"contoso-server"}`.
    pub fn token_for(&mut self, body: Option<&[u8]>) -> Result<Step, Stop> {
        let body = self.decoded(body)?;
        let holder = holder(&body).ok_or_else(problems::nobody_named)?;
        self.holder = Some(holder);
        Ok(Step::Issue)
    }

    /// Crashes in the user's feed. A mistake in the code must not be needed to test that nothing
    /// hangs after one.
    pub fn crash_in_feed(&self) -> Result<Step, Stop> {
        let proof = self.caller()?;
        let user = self.signed_in_user(&proof.caller)?;
        let access = self.access_of(user, &self.host(&proof.app)?);
        Ok(self.to_feed(&proof.caller, access, Command::Panic))
    }

    async fn issued(&self) -> Result<Reply, Stop> {
        let holder = self.holder.as_ref().ok_or_else(lost)?;
        let issued = issue_development_token(&self.settings, holder, self.context.now).await?;
        let (token, expires) = issued.ok_or_else(problems::no_such_path)?;
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("token", &token);
        writer.string_field("expires", &expires.to_string());
        writer.end_object();
        Ok(Reply::json(200, writer.finish()))
    }
}

/// The answer with a development token, all of its headers included; nothing if the call is gone.
pub async fn issue_token(number: u32) -> Option<String> {
    let call = calls::take(number)?;
    let issued = call.issued().await;
    let mut common = common_headers(&call.context);
    let mut reply = match issued {
        Ok(reply) => {
            // A page of another origin must not read it even where a browser sends no `Origin`.
            common.retain(|(name, _)| !name.starts_with("Access-Control-"));
            reply
        }
        Err(stop) => {
            let policy = &call.settings.feed.policy;
            fault::reply(&stop, &call.context, policy, |line| {
                console_error!("{line}")
            })
        }
    };
    reply.headers.extend(common);
    Some(reply.to_text())
}

/// The user or app whose token the body asks for: either, not both.
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

/// Whether the path asks for a crash while the call waits for what proves who calls. Crashes at once, if it
/// asks for that.
///
/// # Errors
/// 404: it asks for no place where a crash can be had.
pub fn crashes_in_credentials(call: &Call) -> Result<bool, Problem> {
    match call.id.as_str() {
        "worker" => crash(),
        "credentials" => Ok(true),
        "hub" => Ok(false),
        _ => Err(problems::no_such_path()),
    }
}

/// Crashes, if the path asks for that while the call waits for what proves who calls.
pub fn crash_in_credentials(call: &Call) {
    if call.is(OperationId::Crash) && call.id == "credentials" {
        crash();
    }
}

/// A panic, as a mistake in the code would be one.
#[expect(clippy::panic, reason = "panicking is what it is for")]
fn crash() -> ! {
    panic!("a test asked for it")
}
