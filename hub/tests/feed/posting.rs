//! The notifications that tests post, and the command that the Worker makes of each.

use notifeed::notification::{Platform, PlatformSet};
use notifeed::time::Timestamp;
use notifeed::verdict::validate;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::{Append, Command};
use serde_json::Value as Json;

use crate::asking::{BOTH, HOST, HOUR};

/// The actions of a notification that asks.
fn actions() -> Json {
    serde_json::json!([
        { "id": "approve", "title": "Approve" },
        { "id": "reject", "title": "Reject", "input": { "maxLength": 10 } },
    ])
}

/// A notification to post.
#[derive(Debug, Clone)]
pub struct Post {
    pub key: Option<String>,
    pub text: String,
    pub platforms: PlatformSet,
    /// How long it lives, in milliseconds.
    pub lives: i64,
    pub host: String,
    pub group: Option<String>,
    pub display: Option<u32>,
    /// Only raw content, with what iOS shows after so many seconds, if anything.
    pub raw: Option<Option<u32>>,
    /// Only visual content.
    pub visual: bool,
    /// Actions, by which it can be answered.
    pub asks: bool,
    /// The post replaces nothing.
    pub create_only: bool,
}

impl Post {
    pub fn new(text: &str) -> Self {
        Self {
            key: None,
            text: text.into(),
            platforms: BOTH,
            lives: HOUR,
            host: HOST.into(),
            group: None,
            display: None,
            raw: None,
            visual: false,
            asks: false,
            create_only: false,
        }
    }

    pub fn key(self, key: &str) -> Self {
        Self {
            key: Some(key.into()),
            ..self
        }
    }

    /// Asks: it has the actions `approve` and `reject`, which takes a line of text.
    pub fn asks(self) -> Self {
        Self { asks: true, ..self }
    }

    /// The same post, which replaces nothing.
    pub fn create_only(self) -> Self {
        let create_only = true;
        Self {
            create_only,
            ..self
        }
    }

    pub fn aims(self, platforms: PlatformSet) -> Self {
        Self { platforms, ..self }
    }

    pub fn lives(self, lives: i64) -> Self {
        Self { lives, ..self }
    }

    /// Only raw content; iOS shows a fallback after so many seconds.
    pub fn raw(self, fallback: Option<u32>) -> Self {
        let raw = Some(fallback);
        Self { raw, ..self }
    }

    /// Only visual content.
    pub fn visual(self) -> Self {
        let visual = true;
        Self { visual, ..self }
    }

    /// The command, as the Worker makes it of a body that arrives now.
    pub fn command(&self, now: Timestamp, settings: &Settings) -> Command {
        let platforms: Vec<&str> = self.platforms.iter().map(Platform::as_str).collect();
        let body = serde_json::json!({
            "targetHostName": self.host,
            "appNotificationId": self.key,
            "groupName": self.group,
            "payload": match self.raw {
                Some(_) => serde_json::json!({ "rawContent": self.text }),
                None => serde_json::json!({ "rawContent": (!self.visual).then_some(&self.text), "visualContent": {
                    "title": "t",
                    "actions": self.asks.then(actions),
                } }),
            },
            "fallbackPolicy": self.raw.flatten().map(|delay| serde_json::json!({
                "endpointFallback": {
                    "platformTypes": ["iOS"],
                    "fallbackDelayInSeconds": delay,
                    "visualContent": { "title": "fallback" },
                },
            })),
            "displayTimeToLive": self.display,
            "expirationDateTime": now.saturating_add(crate::asking::ms(self.lives)).to_string(),
            "targetPolicy": { "platformTypes": platforms },
        });
        let verdict = validate(body.to_string().as_bytes(), now, &settings.policy);
        let accepted = verdict.outcome.unwrap();
        Command::Append(Box::new(Append::of(&accepted, self.create_only)))
    }
}
