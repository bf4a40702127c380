//! The endpoint that a path leads to (CONTRACT §1 to §4), by the templates of [`ENDPOINTS`].

use serde::{Deserialize, Serialize};

use super::endpoint::{ENDPOINTS, Endpoint};
use crate::request::ApiVersion;
use crate::uri::percent_decode;

/// The methods that an endpoint can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`, and `HEAD`, whose answer is the same without its body (RFC 9110 §9.3.2): that is for
    /// whoever has the connection.
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`: a CORS preflight, on every path that exists.
    Options,
}

impl Method {
    /// The method of that exact name (methods are case-sensitive, RFC 9110 §9.1).
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "GET" | "HEAD" => Self::Get,
            "POST" => Self::Post,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => return None,
        })
    }

    /// The name in an `Allow` header (RFC 9110 §10.2.1).
    pub const fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

/// The user whose notifications a path is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Addressee {
    /// `/me`: the token's user, or the one that the UNS id names.
    Me,
    /// `/users/{id}`: subject, object id or principal name, which must be that same user (D2).
    User(String),
}

/// A path that exists.
#[derive(Debug, Clone)]
pub struct Route {
    /// The version that the path named; development paths count as beta.
    pub version: ApiVersion,
    /// The user that the path names.
    pub addressee: Addressee,
    /// The endpoint that the path leads to.
    pub endpoint: &'static Endpoint,
    /// The id in the path, percent-decoded; empty for an endpoint without one.
    pub id: String,
}

impl Route {
    /// Reads a path as it stands in the URL: percent-encoded, without the query. A single trailing
    /// slash is tolerated. `None`: there is no such path (404).
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let (version, user, base, rest) = beginning(path)?;
        let (endpoint, id) = ENDPOINTS.into_iter().find_map(|endpoint| {
            let mut templates = endpoint.paths.iter();
            let id = templates.find_map(|path| id(path.template.strip_prefix(base)?, rest));
            id.map(|id| (endpoint, id))
        })?;
        Some(Self {
            version,
            addressee: match user {
                Some(user) => Addressee::User(percent_decode(user)?),
                None => Addressee::Me,
            },
            endpoint,
            id: percent_decode(id)?,
        })
    }
}

/// The version, the user as it stands in the path, the beginning of the templates that are like this path's,
/// and the rest of the path.
fn beginning(path: &str) -> Option<(ApiVersion, Option<&str>, &'static str, &str)> {
    let (first, rest) = path.strip_prefix('/')?.split_once('/')?;
    if first == "dev" {
        return Some((ApiVersion::Beta, None, "/dev/", rest));
    }
    let version = ApiVersion::parse(first)?;
    match rest.split_once('/') {
        Some(("me", rest)) => Some((version, None, "/beta/me/", rest)),
        Some(("users", rest)) => {
            let (user, rest) = rest.split_once('/')?;
            Some((version, Some(user), "/beta/me/", rest))
        }
        _ => Some((version, None, "/beta/", rest)),
    }
}

/// The id in a path, as it stands there, empty where its template has none. `None`: the path isn't of
/// the template.
fn id<'p>(template: &str, path: &'p str) -> Option<&'p str> {
    if let Some(name) = template.strip_suffix("{id}") {
        let id = path.strip_prefix(name)?;
        return (!id.is_empty() && !id.contains('/')).then_some(id);
    }
    // The only character in names that a client may encode is `$`.
    let same = path == template || path.contains("%24") && path.replace("%24", "$") == template;
    same.then_some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template that leads to the endpoint, and the id.
    fn found(path: &str) -> Option<(&'static str, String)> {
        let route = Route::parse(path)?;
        Some((route.endpoint.paths.first()?.template, route.id))
    }

    const FEED: &str = "/beta/me/notifications";

    #[test]
    fn the_page_s_path_with_and_without_a_trailing_slash() {
        let feed = Some((FEED, String::new()));
        assert_eq!(found("/beta/me/notifications"), feed);
        assert_eq!(found("/beta/me/notifications/"), feed);
        assert_eq!(found("/beta/me/notifications//"), None);
        assert_eq!(found("/beta/me/Notifications"), None);
    }

    #[test]
    fn v1_is_an_alias_that_is_remembered() {
        let route = Route::parse("/v1.0/me/activities/x").map(|r| (r.version, r.id));
        assert_eq!(route, Some((ApiVersion::V1, "x".into())));
    }

    #[test]
    fn a_user_is_percent_decoded() {
        let path = "/beta/users/megan%40contoso.com/notifications/stream";
        assert_eq!(
            Route::parse(path).map(|route| route.addressee),
            Some(Addressee::User("megan@contoso.com".into()))
        );
        for path in [
            "/beta/users/%zz/notifications",
            "/beta/users/%ff/notifications",
            "/beta/users/megan/notifications/%ff",
        ] {
            assert!(Route::parse(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_allow_header_says_what_is_allowed() {
        for endpoint in ENDPOINTS {
            let allow = endpoint.allow();
            let listed: Vec<_> = allow.split(", ").collect();
            for name in ["GET", "POST", "PATCH", "DELETE"] {
                let operation = Method::parse(name).and_then(|method| endpoint.operation(method));
                assert_eq!(listed.contains(&name), operation.is_some(), "{endpoint:?}");
            }
            assert_eq!(listed.contains(&"HEAD"), listed.contains(&"GET"));
            assert_eq!(listed.last(), Some(&"OPTIONS"));
        }
        assert_eq!(Method::parse("get"), None);
    }

    #[test]
    fn subscriptions_and_one_of_them() {
        let path = "/beta/me/notifications/subscriptions";
        let one = "/beta/me/notifications/subscriptions/{id}";
        assert_eq!(found(path), Some((path, String::new())));
        assert_eq!(found(&format!("{path}/")), Some((path, String::new())));
        assert_eq!(found(&format!("{path}/%78/")), Some((one, "x".into())));
        let item = "/beta/me/notifications/{id}";
        let id = Some((item, "subscriptions".into()));
        assert_eq!(found("/beta/me/activities/subscriptions"), id);
    }

    #[test]
    fn what_is_not_there() {
        for path in [
            "/beta/me/notifications/subscriptions//",
            "/beta/me/notifications/subscriptions/a/b",
            "/beta/me/activities/subscriptions/a",
            "",
            "/",
            "//",
            "beta/me/notifications",
            "/beta",
            "/beta/me",
            "/beta/me/",
            "/beta/me/notifications/a/b",
            "/beta/you/notifications",
            "/beta/users/notifications",
            "/beta/me/x/notifications",
            "/dev",
            "/dev/token/x",
            "/dev/copies/x",
            "/v2.0/me/notifications",
            "/beta/me/activities",
        ] {
            assert!(Route::parse(path).is_none(), "{path}");
        }
    }
}
