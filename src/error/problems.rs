//! The problems that are found outside of a request's body, each with its message. The edge and a feed answer with no
//! others, except those of validation, queries and frames, whose messages stand beside their rules.

use super::{ErrorCode, Problem, RefusalCode};
use crate::credentials::App;
use crate::credentials::jwt::TokenError;
use crate::time::Duration;
use crate::violation::ViolationCode;

/// How long a caller waits that a limit of the whole service refuses.
pub const PAUSE: Duration = Duration::from_seconds(10);

/// How long a client waits where a feed has as many connections or subscriptions as it can have.
const UNTIL_ROOM: Duration = Duration::from_minutes(1);

/// 404: the path leads nowhere.
pub fn no_such_path() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is nothing at this path. Notifications are posted to '/beta/me/notifications'.",
    )
}

/// 405. `allow`: the methods that the path has.
pub fn method_not_allowed(allow: String) -> Problem {
    let sentence = format!("This path doesn't have this method. It has: {allow}.");
    let mut problem = Problem::new(ErrorCode::MethodNotAllowed, sentence);
    problem.allow = Some(allow.into());
    problem
}

/// 426: the stream was asked for without an upgrade.
pub fn upgrade_required() -> Problem {
    Problem::new(
        ErrorCode::UpgradeRequired,
        "This is a WebSocket. Connect with 'Upgrade: websocket' and the subprotocol 'notifeed.v1'.",
    )
}

/// 403: a page of an origin that may not connect.
pub fn foreign_page() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "Pages of this origin may not connect. The service's operator says which may by ALLOWED_ORIGINS.",
    )
}

/// 403: a page of another server asks for a development token.
pub fn not_this_servers_page() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "Development tokens are only for pages of this server.",
    )
}

/// 400: a development token is asked for, and nobody is named.
pub fn nobody_named() -> Problem {
    Problem::new(
        ErrorCode::BadRequest,
        "Name a user, {\"as\":\"megan@contoso.com\"}, or an app, {\"app\":\"contoso-server\"}.",
    )
    .detail(ViolationCode::RequiredPropertyMissing, "as")
}

/// 401: there is no token.
pub fn no_token() -> Problem {
    Problem::new(
        ErrorCode::InvalidAuthenticationToken,
        "The request has no access token. Send 'Authorization: Bearer {token}'.",
    )
}

/// 401: the token proves nothing.
pub fn bad_token(error: TokenError) -> Problem {
    Problem::new(ErrorCode::InvalidAuthenticationToken, error.message())
}

/// 401: no issuer's tokens are accepted. `sentence`: the way to configure one.
pub fn no_issuer(sentence: &'static str) -> Problem {
    Problem::new(ErrorCode::InvalidAuthenticationToken, sentence)
}

/// 403: the app is on the blocked list.
pub fn blocked() -> Problem {
    Problem::new(
        ErrorCode::CallerBlocked,
        "This app is on the blocked list. Ask the service's operator why.",
    )
}

/// 403: the token lacks the scope.
pub fn no_scope() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "The access token lacks the scope 'Notifications.ReadWrite.CreatedByApp'. Ask the user to consent to it.",
    )
}

/// 403: the token is neither a user's nor an app's own.
pub fn nobody_proven() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "The access token proves neither a signed-in user nor that the app acts for itself.",
    )
}

/// 403: an app-only token, where only a signed-in user may call.
pub fn not_signed_in() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "This call is for a signed-in user's token, not for an app-only one.",
    )
}

/// 403: the same sentence for whatever is wrong with the right to notify this user (CONTRACT §3).
pub fn not_authorized() -> Problem {
    Problem::new(
        ErrorCode::NotAuthorizedForUser,
        "The caller may not act for, or notify, this user: the subscription id doesn't belong to them, or it has expired or was ended. Subscribe again and use the new id.",
    )
}

/// 403: the app isn't registered at all, or not for that host.
pub fn not_the_apps_host(app: &App) -> Problem {
    let sentence = if app.hosts.is_empty() {
        "This app isn't registered here. Its operator registers an app with its hosts by 'make app', see docs/credentials.md."
    } else {
        "The app isn't registered for this host. Use one of its own, or ask the service's operator to register it."
    };
    RefusalCode::HostNotRegistered.problem("targetHostName", sentence)
}

/// 400: the app has several hosts, and the query names none.
pub fn several_hosts() -> Problem {
    RefusalCode::RequiredParameterMissing.problem(
        "targetHostName",
        "The app has several hosts. Name one by 'targetHostName' in the query.",
    )
}

/// 400: an app-only token without a subscription id.
pub fn no_subscription_id() -> Problem {
    RefusalCode::RequiredHeaderMissing.problem(
        "X-UNS-ID",
        "An app-only token doesn't name the user to notify. Send the user's subscription id as 'X-UNS-ID'.",
    )
}

/// 400: the body was cut short.
pub fn cut_short() -> Problem {
    Problem::new(
        ErrorCode::BadRequest,
        "The request's body ended before it was complete. Send it again, whole.",
    )
}

/// 400: the stream's `platform` is absent or unknown.
pub fn no_platform() -> Problem {
    RefusalCode::InvalidParameter.problem(
        "platform",
        "Name what this client receives: 'platform=windows', 'ios', 'android' or 'webpush' in the query.",
    )
}

/// 400: the stream's `endpoint` is no id.
pub fn bad_endpoint() -> Problem {
    RefusalCode::InvalidParameter.problem(
        "endpoint",
        "'endpoint' in the query must be the id of a subscription.",
    )
}

/// 400: the stream's `top` is no whole number from 1 to `most`.
pub fn bad_top(most: u32) -> Problem {
    let sentence = format!("'top' must be a whole number from 1 to {most}.");
    RefusalCode::InvalidParameter.problem("top", sentence)
}

/// 400: the stream's `platform` isn't that of the subscription.
pub fn other_platform() -> Problem {
    RefusalCode::InvalidParameter.problem(
        "platform",
        "The subscription that 'endpoint' names is of another platform: 'platform' must be the same.",
    )
}

/// 404: the subscription that a stream names has ended.
pub fn subscription_ended() -> Problem {
    RefusalCode::SubscriptionEnded.problem(
        "endpoint",
        "There is no such subscription: 'endpoint' must be the id of one that hasn't ended.",
    )
}

/// 404: the same for a notification that isn't there and for one that isn't the caller's.
pub fn no_such_notification() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is no such notification: it never existed, has expired or was deleted.",
    )
}

/// 404: the same for a subscription that isn't there and for one that isn't the caller's.
pub fn no_such_subscription() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is no such subscription: it never existed, has expired or was ended.",
    )
}

/// 404: there is no key to subscribe with, since nothing is pushed.
pub fn no_application_server_key() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "This deployment doesn't push. Its operator can turn push on with VAPID_KEYS and PUSH_CONTACT.",
    )
}

/// 404: the connection on which a frame asks is being closed.
pub fn connection_closing() -> Problem {
    Problem::new(ErrorCode::ItemNotFound, "This connection is being closed.")
}

/// 412: the caller knows another version of the item.
pub fn precondition_failed() -> Problem {
    Problem::new(
        ErrorCode::PreconditionFailed,
        "The item has changed since. Read it again, and send its current 'ETag' as 'If-Match'.",
    )
}

/// 409: the item has changed since what a frame says is known.
pub fn item_changed() -> Problem {
    RefusalCode::ItemChanged.problem(
        "since",
        "The item has changed after the change that 'since' names. This answer has its current states. To change it all the same, send the request again without 'since'.",
    )
}

/// 406: the app calls the whole service too often.
pub fn too_many_calls() -> Problem {
    let sentence = "The app calls too often. Wait as long as 'Retry-After' says.";
    Problem::new(ErrorCode::Throttled, sentence).retry_after(PAUSE)
}

/// 406: too many invalid tokens came from one address.
pub fn too_many_failures() -> Problem {
    Problem::new(
        ErrorCode::Throttled,
        "This address has sent too many invalid tokens. Wait as long as 'Retry-After' says, and get a new token from the issuer.",
    )
    .retry_after(PAUSE)
}

/// 406: the app calls a user's feed too often. `wait`: until it may again.
pub fn throttled(wait: Duration) -> Problem {
    Problem::new(
        ErrorCode::Throttled,
        "The app calls this user's feed too often. Wait as long as 'Retry-After' says.",
    )
    .retry_after(wait)
}

/// 406: the user has as many connections as there can be.
pub fn too_many_connections() -> Problem {
    Problem::new(
        ErrorCode::ServerBusy,
        "The user has too many live connections. Close one, or come back later.",
    )
    .retry_after(UNTIL_ROOM)
}

/// 406: too many calls of the app wait for changes of the user's feed at a time (CONTRACT §5.1).
pub fn too_many_waiting(limit: usize) -> Problem {
    Problem::new(
        ErrorCode::ServerBusy,
        format!(
            "The app already has {limit} calls that wait for changes of this feed. Let one of them end, or read without 'Prefer: wait'."
        ),
    )
    .retry_after(UNTIL_ROOM)
}

/// 406: the clients of the user's connections don't read what they are sent.
pub fn connections_stall() -> Problem {
    Problem::new(
        ErrorCode::ServerBusy,
        "Too much that was sent on this user's connections is still unread. Connect again later.",
    )
    .retry_after(UNTIL_ROOM)
}

/// 406: the client was disconnected because it didn't read. `wait`: until it may connect again.
pub fn cut_off(wait: Duration) -> Problem {
    Problem::new(
        ErrorCode::ServerBusy,
        "This client was disconnected because it didn't read what it was sent. Wait as long as 'Retry-After' says, and connect again with the cursor.",
    )
    .retry_after(wait)
}

/// 406: the user has as many subscriptions as there can be.
pub fn too_many_subscriptions() -> Problem {
    Problem::new(
        ErrorCode::ServerBusy,
        "The user has as many subscriptions of this app as there can be. Send a 'deviceId', so that a device renews its own, or end some.",
    )
    .retry_after(UNTIL_ROOM)
}

/// 503: the feed is being healed from its copy, or restored to an earlier moment. `wait`: until it may be done.
pub fn healing(wait: Duration) -> Problem {
    RefusalCode::FeedHealing
        .problem(
            "feed",
            "This feed is being restored from its copy, and answers again in a moment. Wait as long as 'Retry-After' says.",
        )
        .retry_after(wait)
}

/// 503: something on the service's side broke.
pub fn unavailable() -> Problem {
    Problem::new(
        ErrorCode::ServiceUnavailable,
        "The service can't do this right now. Nothing was lost; try again in a moment.",
    )
    .retry_after(Duration::from_seconds(1))
}
