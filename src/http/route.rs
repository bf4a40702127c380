//! Which resource a path names, and which methods it has (CONTRACT §1 to §4).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::endpoint::{self, Endpoint};

/// The version segment of a path. `v1.0` is an alias that answers with `v1.0` in its links (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiVersion {
    /// `/beta`, as the page has it.
    #[serde(rename = "beta")]
    Beta,
    /// `/v1.0`.
    #[serde(rename = "v1.0")]
    V1,
}

impl ApiVersion {
    /// The version of that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Beta, Self::V1]
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The path segment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V1 => "v1.0",
        }
    }
}

/// The methods that any resource of the service has.
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

/// Whose notifications a path is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Addressee {
    /// `/me`: the token's user, or the one that the UNS id names.
    Me,
    /// `/users/{id}`: subject, object id or principal name, which must be that same user (D2).
    User(String),
}

/// A resource of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// `…/notifications`
    Notifications,
    /// `…/notifications/{id}` and `…/activities/{id}`; the id as it stands in the path.
    Notification(String),
    /// `…/notifications/$count`
    Count,
    /// `…/notifications/delta`
    Delta,
    /// `…/notifications/endpoints`
    Endpoints,
    /// `…/notifications/subscriptions`
    Subscriptions,
    /// `…/notifications/subscriptions/{id}`; the id as it stands in the path.
    Subscription(String),
    /// `…/notifications/stream`
    Stream,
    /// `/dev/token`, in development only.
    DevelopmentToken,
    /// `/dev/copies`, in development only.
    DevelopmentCopies,
    /// `/dev/panic/{place}`, in tests of what a crash does only.
    DevelopmentPanic(CrashSite),
}

/// Where a test wants the service to crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashSite {
    /// In the Worker, at once.
    Worker,
    /// In the Worker, while it waits for what proves who calls.
    Credentials,
    /// In the Hub of the token's user.
    Hub,
}

impl Resource {
    /// The description of the endpoint.
    pub const fn endpoint(&self) -> &'static Endpoint {
        match self {
            Self::Notifications => &endpoint::NOTIFICATIONS,
            Self::Notification(_) => &endpoint::NOTIFICATION,
            Self::Count => &endpoint::COUNT,
            Self::Delta => &endpoint::DELTA,
            Self::Endpoints => &endpoint::ENDPOINTS_OF_FEED,
            Self::Subscriptions => &endpoint::SUBSCRIPTIONS,
            Self::Subscription(_) => &endpoint::SUBSCRIPTION,
            Self::Stream => &endpoint::STREAM,
            Self::DevelopmentToken => &endpoint::DEVELOPMENT_TOKEN,
            Self::DevelopmentCopies => &endpoint::DEVELOPMENT_COPIES,
            Self::DevelopmentPanic(_) => &endpoint::DEVELOPMENT_PANIC,
        }
    }
}

/// A path that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The version that the path named; development paths count as beta.
    pub version: ApiVersion,
    /// Whose.
    pub addressee: Addressee,
    /// What.
    pub resource: Resource,
}

impl Route {
    /// Reads a path as it stands in the URL: percent-encoded, without the query. One trailing
    /// slash is tolerated. `None`: there is no such path (404).
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = path.split('/');
        let version = match segments.next()? {
            "beta" => ApiVersion::Beta,
            "v1.0" => ApiVersion::V1,
            "dev" => {
                let resource = match (segments.next()?, segments.next(), segments.next()) {
                    ("token", None, None) => Resource::DevelopmentToken,
                    ("copies", None, None) => Resource::DevelopmentCopies,
                    ("panic", Some("worker"), None) => {
                        Resource::DevelopmentPanic(CrashSite::Worker)
                    }
                    ("panic", Some("credentials"), None) => {
                        Resource::DevelopmentPanic(CrashSite::Credentials)
                    }
                    ("panic", Some("hub"), None) => Resource::DevelopmentPanic(CrashSite::Hub),
                    _ => return None,
                };
                return Some(Self {
                    version: ApiVersion::Beta,
                    addressee: Addressee::Me,
                    resource,
                });
            }
            _ => return None,
        };
        let addressee = match segments.next()? {
            "me" => Addressee::Me,
            "users" => Addressee::User(percent_decode(segments.next()?)?),
            _ => return None,
        };
        let resource = match (segments.next()?, segments.next()) {
            ("notifications", None) => Resource::Notifications,
            ("notifications", Some("subscriptions")) => match segments.next() {
                None => Resource::Subscriptions,
                Some("") => return None,
                Some(id) => Resource::Subscription(percent_decode(id)?),
            },
            ("notifications", Some("$count" | "%24count")) => Resource::Count,
            ("notifications", Some("delta")) => Resource::Delta,
            ("notifications", Some("endpoints")) => Resource::Endpoints,
            ("notifications", Some("stream")) => Resource::Stream,
            ("notifications" | "activities", Some(id)) if !id.is_empty() => {
                Resource::Notification(percent_decode(id)?)
            }
            _ => return None,
        };
        segments.next().is_none().then_some(Self {
            version,
            addressee,
            resource,
        })
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Undoes percent-encoding (RFC 3986 §2.1). `None` where it isn't well-formed or isn't UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

/// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
pub fn percent_encode(text: &str) -> String {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(HEX.get(usize::from(digit)));
            }
        }
    }
    encoded
}

/// The values of a query's parameters, by name, percent-decoded, in order. What can't be decoded
/// stays as it is: it then is no name that anyone knows, and no value that anyone takes.
pub fn query(text: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        let part = part.replace('+', " ");
        percent_decode(&part).unwrap_or(part)
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(path: &str) -> Option<Resource> {
        Route::parse(path).map(|route| route.resource)
    }

    #[test]
    fn the_page_s_path_with_and_without_a_trailing_slash() {
        assert_eq!(
            resource("/beta/me/notifications"),
            Some(Resource::Notifications)
        );
        assert_eq!(
            resource("/beta/me/notifications/"),
            Some(Resource::Notifications)
        );
        assert_eq!(resource("/beta/me/notifications//"), None);
        assert_eq!(resource("/beta/me/Notifications"), None);
    }

    #[test]
    fn v1_is_an_alias_that_is_remembered() {
        let route = Route::parse("/v1.0/me/activities/x").map(|r| (r.version, r.resource));
        assert_eq!(
            route,
            Some((ApiVersion::V1, Resource::Notification("x".into())))
        );
    }

    #[test]
    fn a_user_is_percent_decoded() {
        let route = Route::parse("/beta/users/megan%40contoso.com/notifications/stream");
        assert_eq!(
            route.map(|r| (r.addressee, r.resource)),
            Some((
                Addressee::User("megan@contoso.com".into()),
                Resource::Stream
            ))
        );
        assert_eq!(Route::parse("/beta/users/%zz/notifications"), None);
        assert_eq!(Route::parse("/beta/users/%ff/notifications"), None);
    }

    #[test]
    fn the_allow_header_says_what_is_allowed() {
        let id = || Resource::Notification("x".into());
        for resource in [
            Resource::Notifications,
            Resource::Count,
            Resource::Delta,
            Resource::Endpoints,
            Resource::Subscriptions,
            Resource::Stream,
            Resource::DevelopmentToken,
            Resource::DevelopmentCopies,
            Resource::DevelopmentPanic(CrashSite::Hub),
            id(),
        ] {
            for name in ["GET", "POST", "PATCH", "DELETE", "OPTIONS"] {
                let listed = resource
                    .endpoint()
                    .allow()
                    .split(", ")
                    .any(|method| method == name);
                let allowed =
                    Method::parse(name).is_some_and(|method| resource.endpoint().allows(method));
                assert_eq!(listed, allowed, "{name} {resource:?}");
            }
        }
        assert_eq!(Method::parse("get"), None);
    }

    #[test]
    fn subscriptions_and_one_of_them() {
        let path = "/beta/me/notifications/subscriptions";
        assert_eq!(resource(path), Some(Resource::Subscriptions));
        assert_eq!(resource(&format!("{path}/")), Some(Resource::Subscriptions));
        assert_eq!(
            resource(&format!("{path}/%78/")),
            Some(Resource::Subscription("x".into()))
        );
        let activity = "/beta/me/activities/subscriptions";
        let id = Resource::Notification("subscriptions".into());
        assert_eq!(resource(activity), Some(id));
    }

    #[test]
    fn what_is_not_there() {
        for path in [
            "/beta/me/notifications/subscriptions//",
            "/beta/me/notifications/subscriptions/a/b",
            "/beta/me/activities/subscriptions/a",
            "",
            "/",
            "/beta",
            "/beta/me",
            "/beta/me/",
            "/beta/me/notifications/a/b",
            "/beta/you/notifications",
            "/beta/users/notifications",
            "/dev",
            "/dev/token/x",
            "/dev/copies/x",
            "/v2.0/me/notifications",
            "/beta/me/activities",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }

    #[test]
    fn percent_encoding_keeps_only_unreserved_characters() {
        assert_eq!(percent_encode("a-Z_0.~@'é"), "a-Z_0.~%40%27%C3%A9");
        assert_eq!(percent_decode("%C3%A9%40").as_deref(), Some("é@"));
        assert_eq!(percent_decode("%4"), None);
    }

    #[test]
    fn a_query_is_read_pair_by_pair() {
        let pairs = query("platform=windows&cursor=a%2Bb&&x&y=%zz");
        let expected = [
            ("platform", "windows"),
            ("cursor", "a+b"),
            ("x", ""),
            ("y", "%zz"),
        ];
        assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }
}
