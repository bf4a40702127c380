//! The channel of a subscription's pushes: `pushSubscription`, as the browser gives it (CONTRACT §5.7).

use std::fmt;

use super::hosts::PushHosts;
use super::opening::Opening;
use super::point::{POINT, is_on_curve};
use crate::credentials::{base64url_decode, base64url_encode};
use crate::json::{self, Object, Value, Writer, joined};
use crate::notification::HostName;
use crate::notification::check::Check;
use crate::violation::ViolationCode as Code;

/// The bytes of `auth` (RFC 8291 §3.2).
const AUTH: usize = 16;

const SUBSCRIPTION: [&str; 3] = ["endpoint", "expirationTime", "keys"];
/// The member that [`Channel::to_text`] adds to `pushSubscription`.
const OPENING: &str = "webPush";
const KEYS: [&str; 2] = ["p256dh", "auth"];

/// The channel of a subscription's pushes. Web Push is the only kind so far; the relays of Windows, Apple
/// and Google are further ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// A push service of a browser.
    WebPush(WebPush),
}

/// A browser's push subscription. Whoever knows the endpoint can push to it: it isn't logged, nor shown.
#[derive(Clone, PartialEq, Eq)]
pub struct WebPush {
    /// The address that messages are sent to.
    pub endpoint: Endpoint,
    /// The browser's public key, an uncompressed point of P-256.
    pub p256dh: [u8; POINT],
    /// The secret that the browser shares with whoever may send (RFC 8291 §3.2).
    pub auth: [u8; AUTH],
    /// The page that a click opens; `None`: the app's service worker decides.
    pub opening: Option<Opening>,
}

/// The URL of a subscription at a push service.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    host: HostName,
}

impl Endpoint {
    /// The most characters.
    pub const MAX_LENGTH: usize = 2048;

    /// Reads a URL: `https://`, a host that is pushed to, perhaps port 443, and a path. Visible ASCII
    /// without quotes, angle brackets, backslash and `#`.
    ///
    /// # Errors
    /// [`EndpointError`], which says what is wrong.
    pub fn parse(url: &str, hosts: &PushHosts) -> Result<Self, EndpointError> {
        if url.len() > Self::MAX_LENGTH {
            return Err(EndpointError::TooLong);
        }
        let rest = url.strip_prefix("https://").ok_or(EndpointError::Scheme)?;
        let fits = |byte: u8| {
            byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'#')
        };
        if !rest.bytes().all(fits) {
            return Err(EndpointError::Character);
        }
        let (authority, _) = rest.split_once('/').ok_or(EndpointError::Path)?;
        let host = authority.strip_suffix(":443").unwrap_or(authority);
        // Neither a user, nor a port, nor an address is within a host name.
        let host = HostName::parse(host).map_err(|_| EndpointError::Host)?;
        if !hosts.allow(&host) {
            return Err(EndpointError::Host);
        }
        let url = url.to_owned();
        Ok(Self { url, host })
    }

    /// The URL as the browser gave it.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The push service's host, which may be logged.
    pub const fn host(&self) -> &HostName {
        &self.host
    }

    /// The push service's origin: whom a VAPID token is for (RFC 8292 §2).
    pub fn origin(&self) -> String {
        joined(&["https://", self.host.as_str()])
    }
}

/// Why a URL isn't pushed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointError {
    /// More than 2048 characters.
    TooLong,
    /// The URL doesn't begin with `https://`.
    Scheme,
    /// A character that has no place in it.
    Character,
    /// Nothing after the host.
    Path,
    /// Not a host that is pushed to, or more than one in front of the path.
    Host,
}

impl EndpointError {
    /// The fault as a predicate: "must …".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "must have at most 2048 characters",
            Self::Scheme => "must begin with `https://`",
            Self::Character => "must have only characters that a URL has, and no `#`",
            Self::Path => "must have a path",
            Self::Host => {
                "must be at a push service that this deployment knows, without user and port: its operator can add one to PUSH_HOSTS"
            }
        }
    }
}

impl Channel {
    /// Reads `pushSubscription`.
    pub(crate) fn read(check: &mut Check, value: &Value<'_>, hosts: &PushHosts) -> Option<Self> {
        let object = check.object(value, "pushSubscription")?;
        let [endpoint, _, keys] = check.members(object, "pushSubscription", &SUBSCRIPTION);
        let endpoint = match endpoint {
            Some(endpoint) => self::endpoint(check, endpoint, hosts),
            None => {
                let what = "is required: the push service's URL";
                missing(
                    check,
                    object,
                    "pushSubscription.endpoint",
                    &SUBSCRIPTION,
                    what,
                )
            }
        };
        let keys = match keys {
            Some(keys) => self::keys(check, keys),
            None => {
                let what = "is required: `p256dh` and `auth`";
                missing(check, object, "pushSubscription.keys", &SUBSCRIPTION, what)
            }
        };
        let (endpoint, (p256dh, auth)) = (endpoint?, keys?);
        Some(Self::WebPush(WebPush {
            endpoint,
            p256dh,
            auth,
            opening: None,
        }))
    }

    /// The same with what a click opens.
    #[must_use]
    pub fn opening(self, opening: Option<Opening>) -> Self {
        let Self::WebPush(push) = self;
        Self::WebPush(WebPush { opening, ..push })
    }

    /// As it is stored: JSON text.
    pub fn to_text(&self) -> String {
        let Self::WebPush(push) = self;
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("endpoint", push.endpoint.as_str());
        writer.key("keys");
        writer.begin_object();
        writer.string_field("p256dh", &base64url_encode(&push.p256dh));
        writer.string_field("auth", &base64url_encode(&push.auth));
        writer.end_object();
        if let Some(opening) = &push.opening {
            writer.key(OPENING);
            opening.write(&mut writer);
        }
        writer.end_object();
        writer.finish()
    }

    /// Reads what was stored. `None`: nothing that may be pushed to, or not any longer.
    pub fn from_text(text: &str, hosts: &PushHosts) -> Option<Self> {
        let document = json::read(text.as_bytes()).ok()?;
        let mut check = Check::default();
        let channel = Self::read(&mut check, &document.value, hosts)?;
        let opening = document.value.as_object()?.get(OPENING);
        Some(
            channel
                .opening(opening.and_then(|opening| Opening::read(&mut check, opening, OPENING))),
        )
    }
}

fn missing<T>(
    check: &mut Check,
    object: &Object<'_>,
    path: &str,
    declared: &[&'static str],
    what: &str,
) -> Option<T> {
    check.missing(Code::RequiredPropertyMissing, object, path, declared, what);
    None
}

fn endpoint(check: &mut Check, value: &Value<'_>, hosts: &PushHosts) -> Option<Endpoint> {
    let path = "pushSubscription.endpoint";
    match Endpoint::parse(check.string(value, path)?, hosts) {
        Ok(endpoint) => Some(endpoint),
        Err(error) => {
            check.violation(Code::InvalidPushEndpoint, path, &[error.as_str()]);
            None
        }
    }
}

fn keys(check: &mut Check, value: &Value<'_>) -> Option<([u8; POINT], [u8; AUTH])> {
    let object = check.object(value, "pushSubscription.keys")?;
    let members = check.members(object, "pushSubscription.keys", &KEYS);
    let [p256dh, auth] = members;
    let p256dh = key(
        check,
        object,
        p256dh,
        "pushSubscription.keys.p256dh",
        "must be an uncompressed point of P-256: 65 bytes in base64url without padding",
        is_on_curve,
    );
    let auth = key(
        check,
        object,
        auth,
        "pushSubscription.keys.auth",
        "must be 16 bytes in base64url without padding",
        |_| true,
    );
    Some((p256dh?, auth?))
}

fn key<const N: usize>(
    check: &mut Check,
    object: &Object<'_>,
    value: Option<&Value<'_>>,
    path: &str,
    what: &'static str,
    fits: impl Fn(&[u8; N]) -> bool,
) -> Option<[u8; N]> {
    let Some(value) = value else {
        return missing(
            check,
            object,
            path,
            &KEYS,
            "is required: a key of the browser",
        );
    };
    let bytes = base64url_decode(check.string(value, path)?);
    let bytes = bytes.and_then(|bytes| <[u8; N]>::try_from(bytes).ok());
    let key = bytes.filter(|bytes| fits(bytes));
    if key.is_none() {
        check.violation(Code::InvalidPushKey, path, &[what]);
    }
    key
}

/// Without the endpoint's path and the keys.
impl fmt::Debug for WebPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebPush").field(&self.endpoint).finish()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.origin()).finish()
    }
}

#[cfg(test)]
mod tests;
