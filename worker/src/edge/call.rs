//! A request that is being answered, and what the handlers of several paths ask of it.

use std::rc::Rc;

use notifeed::credentials::subscription_id::SubscriptionId;
use notifeed::credentials::{App, Caller, Principal, User};
use notifeed::error::{Problem, problems};
use notifeed::feed::entry::Sender;
use notifeed::feed::hub_name;
use notifeed::http::headers::{self, BodyHeaders};
use notifeed::http::{
    Addressee, BodyLimit, ContentEncoding, Endpoint, Method, Operation, OperationId, Route,
};
use notifeed::live::{BEARER_SUBPROTOCOL, SUBPROTOCOL};
use notifeed::notification::HostName;
use notifeed::request::{ApiVersion, Context};
use notifeed::time::Timestamp;
use notifeed::uri;
use notifeed_hub::fault::{Fault, Stop};
use notifeed_hub::wire::{Access, AskedBy, Command, Request};

use super::facts::{Facts, Header};
use super::limits;
use super::step::{Address, Step, ToFeed};
use super::url::RequestUrl;
use crate::credentials::{self, Holder, Proof, Token};
use crate::platform::new_guid;
use crate::settings::{Settings, settings};

/// A request that is being answered.
pub struct Call {
    pub facts: Facts,
    pub settings: Rc<Settings>,
    pub context: Context,
    pub url: RequestUrl,
    pub addressee: Addressee,
    /// `None`: there is nothing at the path.
    pub endpoint: Option<&'static Endpoint>,
    /// `None`: the endpoint doesn't have the method, or the method is `OPTIONS`.
    pub operation: Option<&'static Operation>,
    /// The id in the path.
    pub id: String,
    pub token: Option<Token>,
    /// The caller, once proven or refuted.
    pub proof: Option<Result<Proof, Stop>>,
    /// The call counts toward its app's limit.
    pub counted: bool,
    /// The number of checks that were made.
    pub checked: usize,
    /// The encoding of the body, once it was judged.
    pub encoding: ContentEncoding,
    /// The subscription that `X-UNS-ID` names, once it was judged.
    pub subscription: Option<SubscriptionId>,
    /// The user or app that a development token is issued to.
    pub holder: Option<Holder>,
}

impl Call {
    /// A call of which nothing has been checked yet.
    ///
    /// # Errors
    /// The deployment's settings are wrong, or there are no random numbers.
    pub fn new(facts: Facts, now: Timestamp) -> Result<Self, Fault> {
        let settings = settings()?;
        let url = RequestUrl::parse(facts.url())
            .ok_or_else(|| Fault::new("a request's URL can't be read", &facts.url()))?;
        let client_request_id = facts.header(Header::ClientRequestId);
        let origin = facts.header(Header::Origin);
        let readers = settings.allowed_origins.readers(origin, &url.origin);
        let route =
            Route::parse(&url.path).filter(|route| settings.has(route.endpoint, url.is_loopback()));
        let method = Method::parse(facts.method());
        let endpoint = route.as_ref().map(|route| route.endpoint);
        let operation = endpoint.and_then(|endpoint| endpoint.operation(method?));
        let (version, addressee, id) = match route {
            Some(route) => (route.version, route.addressee, route.id),
            None => (ApiVersion::Beta, Addressee::Me, String::new()),
        };
        let context = Context {
            now,
            request_id: new_guid()?,
            client_request_id: headers::client_request_id(client_request_id).map(str::to_owned),
            origin: settings.origin.as_ref().unwrap_or(&url.origin).clone(),
            version,
            readers,
        };
        let mut call = Self {
            facts,
            settings,
            context,
            url,
            addressee,
            endpoint,
            operation,
            id,
            token: None,
            proof: None,
            counted: false,
            checked: 0,
            encoding: ContentEncoding::Identity,
            subscription: None,
            holder: None,
        };
        call.token = call.sent_token().map(|text| Token::new(text.to_owned()));
        Ok(call)
    }

    /// The token of the `Authorization` header; for a stream also that of the subprotocol.
    fn sent_token(&self) -> Option<&str> {
        let bearer = self.bearer();
        if self.is(OperationId::Connect) && self.is_upgrade() {
            return bearer.or_else(|| self.subprotocol_token());
        }
        bearer
    }

    /// Whether this is a call of that operation.
    pub fn is(&self, id: OperationId) -> bool {
        self.operation.is_some_and(|operation| operation.id == id)
    }

    fn bearer(&self) -> Option<&str> {
        headers::bearer(self.facts.header(Header::Authorization)?)
    }

    fn subprotocols(&self) -> impl Iterator<Item = &str> {
        let offered = self.facts.header(Header::Subprotocols).unwrap_or_default();
        offered.split(',').map(str::trim)
    }

    fn subprotocol_token(&self) -> Option<&str> {
        self.subprotocols()
            .find_map(|name| name.strip_prefix(BEARER_SUBPROTOCOL))
    }

    /// Whether the client offered our subprotocol; no other is ever answered.
    pub fn offers_subprotocol(&self) -> bool {
        self.subprotocols().any(|name| name == SUBPROTOCOL)
    }

    /// Whether this is a stream of a browser, which can see neither the status nor the envelope of a
    /// refusal: its token is a subprotocol.
    pub fn is_browsers_stream(&self) -> bool {
        self.is(OperationId::Connect)
            && self.is_upgrade()
            && self.bearer().is_none()
            && self.subprotocol_token().is_some()
    }

    /// Whether it asks for server-sent events: they may be among other media types, in any order.
    pub fn asks_for_events(&self) -> bool {
        let accept = self.facts.header(Header::Accept).unwrap_or_default();
        let types = accept.split(',').map(|range| range.split(';').next());
        let is_events = |name: &str| name.trim().eq_ignore_ascii_case("text/event-stream");
        self.is(OperationId::Connect)
            && self.facts.method() == "GET"
            && self.facts.header(Header::Upgrade).is_none()
            && types.flatten().any(is_events)
    }

    /// Whether it asks for a WebSocket.
    pub fn is_upgrade(&self) -> bool {
        let upgrade = self.facts.header(Header::Upgrade);
        self.facts.method() == "GET"
            && upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
    }

    /// The caller's address.
    pub fn address(&self) -> Option<&str> {
        self.facts.header(Header::Address)
    }

    /// Whether the caller is already verified. 401 without a token, 403 for an app that is blocked, 406 for an address
    /// that has sent too many invalid tokens.
    pub fn is_proven(&mut self) -> Result<bool, Problem> {
        let now = self.context.now;
        let token = self.token.as_ref().ok_or_else(problems::no_token)?;
        limits::may_try(self.address(), token, now)?;
        match credentials::remembered(&self.settings, token, now) {
            Some(proof) => {
                self.proof = Some(Ok(proof?));
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// The caller.
    pub fn caller(&self) -> Result<Proof, Stop> {
        match &self.proof {
            Some(Ok(proof)) => Ok(proof.clone()),
            _ => Err(Fault::new("a call", &"it was made before it was proven who calls").into()),
        }
    }

    /// The subscription that `X-UNS-ID` names: 403 for one that is forged or has expired, a while ago where it serves
    /// `after_end`.
    pub fn subscription(&self, after_end: bool) -> Result<Option<SubscriptionId>, Stop> {
        let text = self.facts.header(Header::SubscriptionId);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let keys = self.settings.subscription_keys.as_ref();
        let keys = keys.map_err(Clone::clone)?;
        let verify = match after_end {
            true => SubscriptionId::verify_for_sender,
            false => SubscriptionId::verify,
        };
        let id = verify(text.trim(), keys, self.context.now);
        Ok(Some(id.map_err(|_| problems::not_authorized())?))
    }

    /// The user whom a delegated token proves; `None` for an app-only one. 403 for a token that
    /// proves neither, lacks the scope, or isn't of the user in the path.
    pub fn user<'c>(&self, caller: &'c Caller) -> Result<Option<&'c User>, Problem> {
        match &caller.principal {
            Principal::App => Ok(None),
            Principal::User {
                user, scope: true, ..
            } => match &self.addressee {
                Addressee::User(id) if !user.is_named(id) => Err(problems::not_authorized()),
                _ => Ok(Some(user)),
            },
            Principal::User { scope: false, .. } => Err(problems::no_scope()),
            Principal::Unproven => Err(problems::nobody_proven()),
        }
    }

    /// The same, where only a signed-in user may call.
    pub fn signed_in_user<'c>(&self, caller: &'c Caller) -> Result<&'c User, Problem> {
        self.user(caller)?.ok_or_else(problems::not_signed_in)
    }

    /// The host that a user's call is about: the app's only one, or the one that it names by
    /// `targetHostName` in the query.
    pub fn host(&self, app: &App) -> Result<HostName, Problem> {
        confirmed_host(self.parameter("targetHostName").as_deref(), app)
    }

    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let parameters = uri::query(&self.url.query);
        let found = parameters.into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// Judges the headers of a request with a body: 400, 415.
    pub fn body_headers(&self) -> Result<ContentEncoding, Problem> {
        let owned = |header| self.facts.header(header).map(str::to_owned);
        BodyHeaders {
            content_type: owned(Header::ContentType),
            content_encoding: owned(Header::ContentEncoding),
            if_modified_since: self.facts.header(Header::IfModifiedSince).is_some(),
            if_range: self.facts.header(Header::IfRange).is_some(),
        }
        .check()
    }

    /// The size that the body may have.
    pub fn body_limit(&self) -> BodyLimit {
        self.operation.map_or(BodyLimit::ONE, Operation::body_limit)
    }

    /// The body without its content encoding: 413, 400. `None`: it was too large to be read.
    pub fn decoded(&self, body: Option<&[u8]>) -> Result<Vec<u8>, Problem> {
        let limit = self.body_limit();
        let body = body.ok_or_else(|| limit.too_large())?;
        Ok(self.encoding.decode(body, limit)?.into_owned())
    }

    /// The address and proof that lead a signed-in user to their feed.
    pub fn access_of(&self, user: &User, host: &HostName) -> (Address, Access) {
        let access = Access {
            user: Some(user.clone()),
            host: Some(host.clone()),
            subscription: None,
            addressee: self.addressee.clone(),
        };
        (Address::Name(hub_name(user, host)), access)
    }

    /// The address and proof that lead to the feed that a subscription id names.
    pub fn access_by(
        &self,
        subscription: SubscriptionId,
        user: Option<&User>,
    ) -> (Address, Access) {
        let access = Access {
            user: user.cloned(),
            host: None,
            subscription: Some(subscription.subscription),
            addressee: self.addressee.clone(),
        };
        (Address::Id(subscription.hub), access)
    }

    /// A command for a feed, with what it comes from.
    pub fn to_feed(&self, caller: &Caller, to: (Address, Access), command: Command) -> Step {
        let sender = Sender {
            issuer: caller.issuer.clone(),
            app: caller.app.clone(),
        };
        self.ask(sender, to, command)
    }

    /// A command for a feed.
    pub fn ask(
        &self,
        sender: Sender,
        (address, access): (Address, Access),
        command: Command,
    ) -> Step {
        let request = Request {
            asked_by: AskedBy {
                request_id: self.context.request_id,
                client_request_id: self.context.client_request_id.clone(),
                origin: self.context.origin.clone(),
                version: self.context.version,
            },
            sender,
            access,
            command,
        };
        Step::Feed(Box::new(ToFeed { address, request }))
    }
}

/// The app's host of that name, or its only one.
pub fn confirmed_host(named: Option<&str>, app: &App) -> Result<HostName, Problem> {
    match (named.map(HostName::parse), app.hosts.as_slice()) {
        (Some(Ok(host)), _) if app.has_host(&host) => Ok(host),
        (Some(_), _) | (None, []) => Err(problems::not_the_apps_host(app)),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(problems::several_hosts()),
    }
}
