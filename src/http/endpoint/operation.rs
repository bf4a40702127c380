//! An operation: what a method does at an endpoint.

use super::Words;
use super::query::QueryOption;
use crate::error::ErrorCode;
use crate::http::headers::RequestHeader;
use crate::http::{BodyLimit, Method, batch};

/// A method of an endpoint.
#[derive(Debug)]
pub struct Operation {
    /// The name, by which it is carried out.
    pub id: OperationId,
    /// The method.
    pub method: Method,
    /// The effect, in a sentence.
    pub summary: Words,
    /// The callers that may use the operation.
    pub callers: Callers,
    /// The headers that are read here, beside those of every call, of a call with an access token and of a
    /// call with a body.
    pub headers: &'static [RequestHeader],
    /// The query options that are read. A call that reads pages, counts, marks or is about subscriptions refuses any
    /// other ([`Query::parse`](crate::feed::query::Query::parse)).
    pub query: &'static [&'static QueryOption],
    /// The body.
    pub body: Option<Body>,
    /// The answers of success.
    pub answers: &'static [Answer],
    /// The errors that callers, body and query don't entail already.
    pub problems: &'static [ErrorCode],
}

impl OperationId {
    /// Whether a subscription id serves for a while after its end (D27): not to post.
    pub fn serves_after_end(self) -> bool {
        self != Self::PostNotification
    }
}

/// The operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationId {
    /// `POST …/notifications`
    PostNotification,
    /// `GET …/notifications`
    ListNotifications,
    /// `GET …/notifications/$count`
    CountNotifications,
    /// `GET …/notifications/delta`
    ReadChanges,
    /// `GET …/notifications/endpoints`
    ListEndpoints,
    /// `POST …/notifications/markAllRead`
    MarkAllRead,
    /// `POST …/notifications/markAllSeen`
    MarkAllSeen,
    /// `GET …/notifications/{id}`
    GetNotification,
    /// `PATCH …/notifications/{id}`
    UpdateNotification,
    /// `DELETE …/notifications/{id}`
    DeleteNotification,
    /// `POST …/notifications/subscriptions`
    Subscribe,
    /// `GET …/notifications/subscriptions`
    ListSubscriptions,
    /// `DELETE …/notifications/subscriptions`
    EndSubscriptions,
    /// `DELETE …/notifications/subscriptions/{id}`
    EndSubscription,
    /// `GET …/notifications/subscriptions/applicationServerKey`
    ReadApplicationServerKey,
    /// `POST …/notifications/receipts`
    ReturnReceipt,
    /// `GET …/notifications/personalData`
    ExportPersonalData,
    /// `DELETE …/notifications/personalData`
    ErasePersonalData,
    /// `GET …/notifications/stream`
    Connect,
    /// `POST …/notifications/ack`
    Acknowledge,
    /// `POST /beta/$batch`
    Batch,
    /// `GET /beta/$metadata`
    ReadMetadata,
    /// `POST /dev/token`
    IssueDevelopmentToken,
    /// `GET /dev/copies`
    ListCopies,
    /// `GET /dev/panic/{place}`
    Crash,
}

/// The callers of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Everybody, without an access token.
    Anyone,
    /// Everybody with an access token, whatever it is for.
    Bearer,
    /// A signed-in user, by a delegated token with the scope.
    User,
    /// A signed-in user, or an app by an app-only token with the subscription id in `X-UNS-ID`.
    UserOrApp,
}

/// The body of a request: JSON, with or without a content encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A notification.
    Notification,
    /// States of a notification.
    States,
    /// A cursor, or nothing.
    Cursor,
    /// A cursor, and whether a person sees what comes before.
    Acknowledgement,
    /// A device that subscribes.
    Subscription,
    /// A receipt of a push.
    Receipt,
    /// Several requests.
    Batch,
    /// The holder of a development token.
    TokenHolder,
}

/// An answer of success.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The occasion, in a sentence.
    pub when: Words,
    /// The headers of this answer, beside those of every answer.
    pub headers: &'static [&'static str],
    /// The body.
    pub shape: Shape,
}

/// No headers beside those of every answer.
pub(super) const NO_HEADERS: &[&str] = &[];

/// The body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// None.
    Nothing,
    /// A notification as its sender gets it back.
    Sent,
    /// A notification as its receiver sees it.
    Received,
    /// Either of the two, by who asks.
    SentOrReceived,
    /// A page of the feed.
    Page,
    /// A page of changes.
    Changes,
    /// A whole number, as text.
    Number,
    /// A position, and the numbers of unread and unseen items.
    Counts,
    /// Server-sent events.
    Events,
    /// The endpoints of the user.
    Endpoints,
    /// A subscription.
    Subscription,
    /// The subscriptions of the user.
    Subscriptions,
    /// The key that browsers subscribe with.
    ApplicationServerKey,
    /// Everything that is stored of the user.
    PersonalData,
    /// The answers to several requests.
    Responses,
    /// The description of the types, as XML.
    Metadata,
    /// A development token.
    Token,
    /// The copies of a page of the feed.
    Copies,
}

impl Operation {
    /// Whether an access token is needed.
    pub fn needs_token(&self) -> bool {
        self.callers != Callers::Anyone
    }

    /// Whether it reads that header, refusals aside.
    pub fn reads(&self, header: RequestHeader) -> bool {
        match header {
            RequestHeader::ClientRequestId => true,
            RequestHeader::Authorization => self.needs_token(),
            RequestHeader::SubscriptionId => self.callers == Callers::UserOrApp,
            RequestHeader::ContentType | RequestHeader::ContentEncoding => self.body.is_some(),
            header => self.headers.contains(&header),
        }
    }

    /// The size that its body may have.
    pub fn body_limit(&self) -> BodyLimit {
        match self.body {
            Some(Body::Batch) => batch::LIMIT,
            _ => BodyLimit::ONE,
        }
    }

    /// Every error that it answers, in the order of the table: those of every call, those that callers,
    /// body and query entail, and its own.
    pub fn problems(&self) -> Vec<ErrorCode> {
        let entailed = |code: ErrorCode| match code {
            ErrorCode::ServiceUnavailable => true,
            ErrorCode::InvalidAuthenticationToken
            | ErrorCode::CallerBlocked
            | ErrorCode::Throttled => self.needs_token(),
            ErrorCode::NotAuthorizedForUser => {
                self.needs_token() && self.callers != Callers::Bearer
            }
            // A batch contains no notification itself, so its own errors never have this code.
            ErrorCode::InvalidActivityDataType => self.body.is_some_and(|body| body != Body::Batch),
            ErrorCode::UnsupportedHeader
            | ErrorCode::UnsupportedMediaType
            | ErrorCode::RequestBodyTooLarge => self.body.is_some(),
            ErrorCode::BadRequest => self.body.is_some() || !self.query.is_empty(),
            _ => false,
        };
        let all = ErrorCode::ALL.into_iter();
        all.filter(|code| entailed(*code) || self.problems.contains(code))
            .collect()
    }
}
