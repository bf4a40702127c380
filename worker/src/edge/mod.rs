//! The Worker: what happens to a request before a Hub sees it. In the contract's order of
//! precedence (CONTRACT §1): path, method, token, blocked list, headers, subscription id, body.

mod development;
mod feed;
mod items;
mod notifications;
mod stream;
mod subscriptions;

pub use development::crash;

use notifeed::credentials::subscription_id::{HubId, SubscriptionId};
use notifeed::credentials::{App, Caller, Principal, User};
use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::entry::Sender;
use notifeed::feed::hub_name;
use notifeed::guid::Guid;
use notifeed::http::{Addressee, Context, Method, Reply, Resource, Route, headers};
use web_sys::{Request, Response, Url};
use worker::{Env, console_error};

use crate::credentials::{authenticate, limits, registered_app};
use crate::fault::{Fault, Stop};
use crate::hub::command::Command;
use crate::hub::{command, not_authorized};
use crate::platform::http::{body, header, respond};
use crate::platform::stub::{Hub, HubAddress};
use crate::platform::{self};
use crate::settings::Settings;

/// A request that has a path, and what answering it takes.
struct Call<'a> {
    request: &'a Request,
    env: &'a Env,
    context: Context,
    addressee: Addressee,
    /// The query, without the question mark.
    query: String,
}

/// Answers a request, whatever happens.
pub async fn answer(request: Request, env: Env) -> Result<Response, Fault> {
    let url = Url::new(&request.url())?;
    let settings = Settings::of(&env);
    let route = Route::parse(&url.pathname());
    let client_request_id = header(&request, "client-request-id");
    let origin = header(&request, "Origin");
    let readers = settings
        .allowed_origins()?
        .readers(origin.as_deref(), &url.origin());
    let context = Context {
        now: platform::now(),
        request_id: platform::new_guid()?,
        client_request_id: headers::client_request_id(client_request_id.as_deref())
            .map(str::to_owned),
        origin: settings.origin().unwrap_or_else(|| url.origin()),
        version: route
            .as_ref()
            .map_or(notifeed::http::ApiVersion::Beta, |route| route.version),
        readers,
    };
    let policy = settings.policy()?;
    let answer = match route {
        Some(route) => dispatch(route, &request, &env, &url, &context).await,
        None => Err(no_such_path().into()),
    };
    let reply = match answer {
        Ok(response) => return Ok(response),
        Err(Stop::Problem(problem)) => Reply::problem(&problem, &context, &policy),
        Err(Stop::Fault(fault)) => {
            console_error!("request {}: {fault}", context.request_id);
            Reply::problem(&Fault::problem(), &context, &policy)
        }
    };
    Ok(respond(&reply)?.into())
}

async fn dispatch(
    route: Route,
    request: &Request,
    env: &Env,
    url: &Url,
    context: &Context,
) -> Result<Response, Stop> {
    let settings = Settings::of(env);
    let exists = match route.resource {
        Resource::DevelopmentToken | Resource::DevelopmentBodies => settings.is_development(),
        Resource::DevelopmentPanic(_) => settings.may_panic(),
        _ => true,
    };
    if !exists {
        return Err(no_such_path().into());
    }
    let method = match Method::parse(&request.method()) {
        Some(Method::Options) => {
            let reply = Reply::preflight(route.resource.allow(), context);
            return Ok(respond(&reply)?.into());
        }
        Some(method) if route.resource.allows(method) => method,
        _ => return Err(method_not_allowed(&route.resource).into()),
    };
    let call = Call {
        request,
        env,
        context: context.clone(),
        addressee: route.addressee,
        query: url.search().trim_start_matches('?').to_owned(),
    };
    match route.resource {
        Resource::Notifications => match method {
            Method::Get => call.list().await,
            _ => call.post_notification().await,
        },
        Resource::Count => call.count().await,
        Resource::Delta => call.delta().await,
        Resource::Endpoints => call.endpoints().await,
        Resource::Notification(id) => match method {
            Method::Patch => call.update_notification(id).await,
            Method::Delete => call.delete_notification(id).await,
            _ => call.get_notification(id).await,
        },
        Resource::Subscriptions => match method {
            Method::Get => call.subscriptions(Command::Subscriptions).await,
            Method::Delete => call.subscriptions(Command::UnsubscribeAll).await,
            _ => call.post_subscription().await,
        },
        Resource::Subscription(id) => call.subscriptions(Command::Unsubscribe(id)).await,
        Resource::Stream => call.connect().await,
        Resource::DevelopmentToken => call.post_development_token(url).await,
        Resource::DevelopmentBodies => call.bodies().await,
        Resource::DevelopmentPanic(site) => call.panic(site).await,
    }
}

impl Call<'_> {
    /// 401 without a token that proves who calls; 403 for an app that is blocked or unknown; 406 for
    /// one that calls too often, and for an address that tries too many tokens in vain.
    async fn caller(&self, token: Option<&str>) -> Result<(Caller, App), Stop> {
        let now = self.context.now;
        let address = header(self.request, "CF-Connecting-IP");
        limits::may_try(address.as_deref(), token, now)?;
        let caller = match authenticate(self.env, token, now).await {
            Err(Stop::Problem(problem)) if token.is_some() => {
                limits::failed(self.env, address, now).await?;
                return Err(Stop::Problem(problem));
            }
            outcome => outcome?,
        };
        let app = registered_app(self.env, &caller.issuer, &caller.app, now).await?;
        limits::call(self.env, &caller).await?;
        Ok((caller, app))
    }

    /// The token of the `Authorization` header.
    fn bearer(&self) -> Option<String> {
        let authorization = header(self.request, "Authorization")?;
        headers::bearer(&authorization).map(str::to_owned)
    }

    /// The subscription that `X-UNS-ID` names: 403 for one that is forged or has expired.
    fn subscription(&self) -> Result<Option<SubscriptionId>, Stop> {
        let Some(text) = header(self.request, "X-UNS-ID").filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let keys = Settings::of(self.env).subscription_keys()?;
        let id = SubscriptionId::verify(text.trim(), &keys, self.context.now);
        Ok(Some(id.map_err(|_| not_authorized())?))
    }

    /// The user whom a delegated token proves; `None` for an app-only one. 403 for a token that
    /// proves neither, lacks the scope, or isn't of the user in the path.
    fn user<'c>(&self, caller: &'c Caller) -> Result<Option<&'c User>, Problem> {
        match &caller.principal {
            Principal::App => Ok(None),
            Principal::User { user, scope: true } => match &self.addressee {
                Addressee::User(id) if !user.is_named(id) => Err(not_authorized()),
                _ => Ok(Some(user)),
            },
            Principal::User { scope: false, .. } => Err(Problem::new(
                ErrorCode::NotAuthorizedForUser,
                "The access token lacks the scope 'Notifications.ReadWrite.CreatedByApp'. Ask the user to consent to it.",
            )),
            Principal::Unproven => Err(Problem::new(
                ErrorCode::NotAuthorizedForUser,
                "The access token proves neither a signed-in user nor that the app acts for itself.",
            )),
        }
    }

    /// The same, where only a signed-in user may call.
    fn signed_in_user<'c>(&self, caller: &'c Caller) -> Result<&'c User, Problem> {
        self.user(caller)?.ok_or_else(|| {
            Problem::new(
                ErrorCode::NotAuthorizedForUser,
                "This call is for a signed-in user's token, not for an app-only one.",
            )
        })
    }

    /// The host that a user's call is about: the app's only one, or the one that it names by
    /// `targetHostName` in the query.
    fn host(&self, app: &App) -> Result<String, Problem> {
        Self::confirmed_host(self.parameter("targetHostName").as_deref(), app)
    }

    fn confirmed_host(named: Option<&str>, app: &App) -> Result<String, Problem> {
        let named = named.map(str::to_ascii_lowercase);
        match (named, app.hosts.as_slice()) {
            (Some(host), _) if app.has_host(&host) => Ok(host),
            (Some(_), _) | (None, []) => Err(not_the_app_s_host(app)),
            (None, [only]) => Ok(only.clone()),
            (None, _) => Err(Problem::new(
                ErrorCode::BadRequest,
                "The app has several hosts. Name one by 'targetHostName' in the query.",
            )
            .detail("RequiredParameterMissing", "targetHostName")),
        }
    }

    /// The first value of a query parameter.
    fn parameter(&self, name: &str) -> Option<String> {
        let parameters = notifeed::http::route::query(&self.query);
        let found = parameters.into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// The body, without its content encoding: 400 and 415 for the headers that come before it,
    /// then 413.
    async fn body(&self, encoding: notifeed::http::ContentEncoding) -> Result<Vec<u8>, Stop> {
        let body = body(self.request).await?;
        Ok(encoding.decode(&body)?.into_owned())
    }

    /// Judges the headers of a request with a body.
    fn body_headers(&self) -> Result<notifeed::http::ContentEncoding, Problem> {
        headers::BodyHeaders {
            content_type: header(self.request, "Content-Type"),
            content_encoding: header(self.request, "Content-Encoding"),
            if_modified_since: header(self.request, "If-Modified-Since").is_some(),
            if_range: header(self.request, "If-Range").is_some(),
        }
        .check()
    }

    /// Sends a command to a Hub, whose answer is the caller's.
    async fn send(
        &self,
        address: HubAddress,
        request: &command::Request,
    ) -> Result<Response, Stop> {
        let hub = Hub::at(self.env, &address)?;
        Ok(hub.command(&serde_json::to_string(request)?).await?)
    }

    /// What leads a signed-in user to their Hub.
    fn access_of(&self, user: &User, host: &str) -> (HubAddress, command::Access) {
        let access = command::Access {
            user: Some(user.clone()),
            host: Some(host.to_owned()),
            subscription: None,
            addressee: self.addressee.clone(),
        };
        (HubAddress::Named(hub_name(user, host)), access)
    }

    /// What leads to the Hub that a subscription id names.
    fn access_by(
        &self,
        subscription: SubscriptionId,
        user: Option<&User>,
    ) -> (HubAddress, command::Access) {
        let hub: HubId = subscription.hub;
        let id: Guid = subscription.subscription;
        let access = command::Access {
            user: user.cloned(),
            host: None,
            subscription: Some(id),
            addressee: self.addressee.clone(),
        };
        (HubAddress::Id(hub), access)
    }

    /// A command, with what it comes from.
    fn command(
        &self,
        caller: &Caller,
        access: command::Access,
        command: command::Command,
    ) -> command::Request {
        command::Request {
            context: self.context.clone(),
            sender: Sender {
                issuer: caller.issuer.clone(),
                app: caller.app.clone(),
            },
            access,
            command,
        }
    }
}

fn not_the_app_s_host(app: &App) -> Problem {
    let sentence = if app.hosts.is_empty() {
        "This app isn't registered here. Its operator registers an app with its hosts by 'make app', see docs/credentials.md."
    } else {
        "The app isn't registered for this host. Use one of its own, or ask the service's operator to register it."
    };
    Problem::new(ErrorCode::NotAuthorizedForUser, sentence)
        .detail("HostNotRegistered", "targetHostName")
}

fn no_such_path() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is nothing at this path. Notifications are posted to '/beta/me/notifications'.",
    )
}

fn method_not_allowed(resource: &Resource) -> Problem {
    let allow = resource.allow();
    let mut problem = Problem::new(
        ErrorCode::MethodNotAllowed,
        format!("This path doesn't have this method. It has: {allow}."),
    );
    problem.allow = Some(allow.into());
    problem
}
