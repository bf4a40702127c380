//! A device's subscription (CONTRACT §3): the request and the answer.

use crate::feed::Delivery;
use crate::guid::Guid;
use crate::json::{Object, Value, Writer};
use crate::notification::check::{Check, object_body};
use crate::notification::rules::{host_name, limited_string, transpose, unknown_value};
use crate::notification::{HostName, Platform, PlatformSet};
use crate::push::opening::Opening;
use crate::push::{Channel, ChannelState, PushHosts, PushState};
use crate::time::Timestamp;
use crate::violation::{ViolationCode, Violations};

/// The most characters of `deviceId`; the least is 1.
pub const MAX_DEVICE_ID: usize = 64;
/// (D7) The most characters of `displayName`.
pub const MAX_DISPLAY_NAME: usize = 128;
/// (D15) The most bytes of `pushSubscription`, as compact JSON: 4 KiB. Browsers' subscriptions have some
/// hundred.
pub const MAX_PUSH_SUBSCRIPTION: usize = 4096;

/// (D22) The most subscriptions that a user has of one host.
pub const MAX_SUBSCRIPTIONS: usize = 1000;

/// The platforms whose browsers have push subscriptions: a web app's, and a Home Screen app's on iOS.
const PUSHED: PlatformSet =
    PlatformSet::of(Platform::WebPush).union(PlatformSet::of(Platform::Ios));

const DECLARED: [&str; 6] = [
    "targetHostName",
    "platform",
    "deviceId",
    "displayName",
    "pushSubscription",
    "webPush",
];

/// A subscription that is asked for. Only [`parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRequest {
    target_host_name: HostName,
    platform: Platform,
    device_id: Option<String>,
    display_name: Option<String>,
    channel: Option<Channel>,
}

impl SubscriptionRequest {
    /// The host whose notifications the device gets.
    pub const fn target_host_name(&self) -> &HostName {
        &self.target_host_name
    }

    /// The platform whose notifications the device receives.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// The app's own id of the device: the same again renews its subscription.
    pub fn device_id(&self) -> Option<&str> {
        self.device_id.as_deref()
    }

    /// For people to recognize the device by.
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }

    /// The channel of its pushes: `pushSubscription`.
    pub const fn channel(&self) -> Option<&Channel> {
        self.channel.as_ref()
    }
}

/// Reads the body of `POST …/subscriptions`. `hosts` are those that may be pushed to.
///
/// # Errors
/// Every violation, as for a notification.
pub fn parse(body: &[u8], hosts: &PushHosts) -> Result<SubscriptionRequest, Violations> {
    object_body(body, |check, object| read(check, object, hosts))
}

fn read(check: &mut Check, object: &Object<'_>, hosts: &PushHosts) -> Option<SubscriptionRequest> {
    let [host, platform, device_id, display_name, push, opening] =
        check.members(object, "", &DECLARED);
    let required = |check: &mut Check, path, what: &str| {
        let code = ViolationCode::RequiredPropertyMissing;
        check.missing(code, object, path, &DECLARED, what);
    };
    if host.is_none() {
        let what = "is required: the cross-device domain of the app, like `app.example.com`";
        required(check, "targetHostName", what);
    }
    if platform.is_none() {
        let what = "is required: `Windows`, `iOS`, `Android` or `WebPush`";
        required(check, "platform", what);
    }
    let host = host.and_then(|host| host_name(check, host));
    let platform = platform.and_then(|platform| self::platform(check, platform));
    let device_id = device_id.map(|id| self::device_id(check, id));
    let display_name =
        display_name.map(|name| limited_string(check, name, "displayName", MAX_DISPLAY_NAME));
    let is_pushed = platform.is_none_or(|platform| PUSHED.contains(platform));
    let channel = push.map(|push| {
        pushed(check, is_pushed, "pushSubscription")?;
        self::channel(check, push, hosts)
    });
    let opening = opening.map(|opening| {
        pushed(check, is_pushed, "webPush")?;
        Opening::read(check, opening, "webPush")
    });
    Some(SubscriptionRequest {
        target_host_name: host?,
        platform: platform?,
        device_id: transpose(device_id)?,
        display_name: transpose(display_name)?,
        channel: with_opening(transpose(channel)?, transpose(opening)?),
    })
}

fn platform(check: &mut Check, value: &Value<'_>) -> Option<Platform> {
    let name = check.string(value, "platform")?;
    let platform = Platform::parse(name);
    if platform.is_none() {
        let what = "must be `Windows`, `iOS`, `Android` or `WebPush`";
        unknown_value(check, "platform", what, name);
    }
    platform
}

fn device_id(check: &mut Check, value: &Value<'_>) -> Option<String> {
    let id = limited_string(check, value, "deviceId", MAX_DEVICE_ID)?;
    if id.is_empty() {
        let what = "must not be empty: give it a character or leave it out";
        check.violation(ViolationCode::Empty, "deviceId", &[what]);
        return None;
    }
    Some(id)
}

/// `None`, and a violation, on a platform that isn't pushed to.
fn pushed(check: &mut Check, is_pushed: bool, path: &str) -> Option<()> {
    if !is_pushed {
        let what = "must be left out: only `WebPush` and `iOS` have one";
        check.violation(ViolationCode::UnsupportedPushPlatform, path, &[what]);
    }
    is_pushed.then_some(())
}

fn with_opening(channel: Option<Channel>, opening: Option<Opening>) -> Option<Channel> {
    channel.map(|channel| channel.opening(opening))
}

fn channel(check: &mut Check, value: &Value<'_>, hosts: &PushHosts) -> Option<Channel> {
    let path = "pushSubscription";
    let mut writer = Writer::new();
    value.write(&mut writer);
    if writer.finish().len() > MAX_PUSH_SUBSCRIPTION {
        let most = MAX_PUSH_SUBSCRIPTION.to_string();
        let what = ["must have at most ", &most, " bytes as compact JSON"];
        check.violation(ViolationCode::TooLong, path, &what);
        return None;
    }
    Channel::read(check, value, hosts)
}

/// A subscription as its device is told of it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The subscription's id: for listing and ending it.
    pub id: Guid,
    /// The platform whose notifications the device receives.
    pub platform: Platform,
    /// The app's own id of the device.
    pub device_id: Option<&'a str>,
    /// For people to recognize it by.
    pub display_name: Option<&'a str>,
    /// When it was first made.
    pub created: Timestamp,
    /// When the id stops working.
    pub expiration: Timestamp,
}

impl View<'_> {
    /// As it is told to the device that subscribes: with the user notification subscription id, which is for its app
    /// server. `pushed`: present if the request has a push channel; then the feed's digest if the channel is in use.
    /// The browser keeps the digest, to know whose its pushes are.
    pub fn created(&self, subscription_id: &str, pushed: Option<Option<&str>>) -> String {
        self.render(|writer| {
            writer.string_field("userNotificationSubscriptionId", subscription_id);
            match pushed {
                None => {}
                Some(None) => writer.string_field("push", "none"),
                Some(Some(feed)) => {
                    writer.string_field("push", ChannelState::Active.as_str());
                    writer.string_field("feed", feed);
                }
            }
        })
    }

    /// The subscription as an entry of the user's endpoints: whether it is connected, the state of its push channel if
    /// it has one, and the delivery of the notification that the query names.
    pub fn endpoint(
        &self,
        live: bool,
        push: Option<&PushState>,
        delivery: Option<Delivery>,
    ) -> String {
        self.render(|writer| {
            writer.boolean_field("live", live);
            if let Some(delivery) = delivery {
                writer.string_field("delivery", delivery.as_str());
            }
            let Some(push) = push else { return };
            writer.string_field("push", push.channel.as_str());
            if let Some(at) = push.last {
                writer.string_field("lastPushDateTime", &at.to_string());
            }
            if let Some(error) = &push.error {
                writer.string_field("lastPushError", error);
            }
        })
    }

    fn render(&self, particular: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.string_field("id", &self.id.to_string());
        particular(&mut writer);
        writer.string_field("platform", self.platform.as_str());
        writer.opt_string_field("deviceId", self.device_id);
        writer.opt_string_field("displayName", self.display_name);
        writer.string_field("createdDateTime", &self.created.to_string());
        writer.string_field("expirationDateTime", &self.expiration.to_string());
        writer.end_object();
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &[u8]) -> Result<SubscriptionRequest, Violations> {
        super::parse(body, &PushHosts::default())
    }

    fn codes(body: &str) -> Vec<(String, &'static str)> {
        Violations::codes(parse(body.as_bytes()))
    }

    #[test]
    fn a_subscription_as_short_and_as_long_as_it_gets() {
        assert!(
            parse(br#"{"targetHostName":"App.example.com","platform":"webpush"}"#).is_ok_and(
                |request| request.target_host_name().as_str() == "app.example.com"
                    && request.platform() == Platform::WebPush
            )
        );
        let body =
            br#"{"targetHostName":"a","platform":"iOS","deviceId":"d","displayName":"Megan's"}"#;
        assert!(
            parse(body).is_ok_and(|request| request.device_id() == Some("d")
                && request.display_name() == Some("Megan's")
                && request.channel().is_none())
        );
    }

    #[test]
    fn every_violation_is_found() {
        assert_eq!(
            codes(r#"{"platform":"Symbian","deviceId":"","displayName":5,"pushSubscription":"x"}"#),
            [
                ("targetHostName", "RequiredPropertyMissing"),
                ("platform", "UnknownValue"),
                ("deviceId", "Empty"),
                ("displayName", "WrongType"),
                ("pushSubscription", "WrongType"),
            ]
            .map(|(path, code)| (path.to_owned(), code))
        );
        assert_eq!(codes("[]"), [(String::new(), "NotAnObject")]);
        assert_eq!(codes("{"), [(String::new(), "InvalidJson")]);
        let long = format!(
            r#"{{"targetHostName":"a","platform":"iOS","deviceId":"{}"}}"#,
            "x".repeat(65)
        );
        assert_eq!(codes(&long), [("deviceId".to_owned(), "TooLong")]);
    }
}
