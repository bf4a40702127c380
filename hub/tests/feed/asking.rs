//! The requests of a Worker to a feed, and how its answers read.

use notifeed::credentials::User;
use notifeed::credentials::subscription_id::Key;
use notifeed::digest::Digest;
use notifeed::error::Problem;
use notifeed::feed::answer::Answering;
use notifeed::feed::entry::Sender;
use notifeed::feed::query::Query;
use notifeed::feed::update::StateUpdate;
use notifeed::feed::{ReadState, UserActionState};
use notifeed::guid::Guid;
use notifeed::http::Addressee;
use notifeed::notification::{HostName, Platform, PlatformSet};
use notifeed::policy::Policy;
use notifeed::request::ApiVersion;
use notifeed::time::{Duration, Timestamp};
use notifeed::verdict::validate;
use notifeed_hub::settings::Settings;
use notifeed_hub::wire::{self, Access, AskedBy, Command, Read, Request, Stream, Subscribe};
use serde_json::Value as Json;

pub use crate::posting::Post;
use crate::world::{Line, World};

pub const HOST: &str = "app.example.com";
pub const ISSUER: &str = "https://issuer.example";
pub const HOUR: i64 = 3_600_000;

pub fn ms(millis: i64) -> Duration {
    Duration::from_millis(millis)
}

pub const WINDOWS: PlatformSet = PlatformSet::of(Platform::Windows);
pub const IOS: PlatformSet = PlatformSet::of(Platform::Ios);
pub const BOTH: PlatformSet = PlatformSet::union(WINDOWS, IOS);

/// The defaults, and a key to sign with; what has ended isn't kept for its sender.
pub fn settings() -> Settings {
    Settings {
        sender_retention: Duration::ZERO,
        signing_key: Some(key()),
        ..Settings::default()
    }
}

pub fn key() -> Key {
    Key {
        id: "k".into(),
        secret: vec![7; 32],
    }
}

/// The user whose feed it is.
pub fn megan() -> User {
    someone("megan")
}

pub fn someone(name: &str) -> User {
    User {
        issuer: ISSUER.into(),
        tenant: String::new(),
        subject: name.into(),
        other_subjects: vec![format!("{name}@issuer"), format!("{name}, \"quoted\"")],
        principal_name: format!("{name}@example.com"),
    }
}

pub fn app(name: &str) -> Sender {
    Sender {
        issuer: ISSUER.into(),
        app: name.into(),
    }
}

/// An answer, as it goes to a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Reads what a feed answers.
    pub fn read(text: &str) -> Self {
        let (head, body) = text
            .split_once("\n\n")
            .unwrap_or_else(|| panic!("no answer: {text}"));
        let mut lines = head.lines();
        Self {
            status: lines.next().unwrap().parse().unwrap(),
            headers: lines
                .map(|line| line.split_once(": ").unwrap())
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The member `id`.
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// `error.code`.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    /// The status and the code of what isn't success.
    pub fn problem(&self) -> (u16, String) {
        (self.status, self.code())
    }

    /// The token in the link of a page.
    pub fn link(&self, name: &str) -> Option<String> {
        let json = self.json();
        let (_, query) = json[name].as_str()?.split_once('?').unwrap();
        let token = query.split('&').find_map(|pair| {
            pair.strip_prefix("$deltatoken=")
                .or_else(|| pair.strip_prefix("$skiptoken="))
        });
        Some(token.unwrap().to_owned())
    }

    /// The ids of a page, in its order.
    pub fn ids(&self) -> Vec<String> {
        let json = self.json();
        let items = json["value"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A request of the app `client` in Megan's name.
pub fn request(command: Command) -> Request {
    Request {
        asked_by: AskedBy {
            request_id: Guid::from_bytes([0xaa; 16]),
            client_request_id: Some("theirs".into()),
            origin: "https://feed.example".into(),
            version: ApiVersion::Beta,
        },
        sender: app("client"),
        access: Access {
            user: Some(megan()),
            host: HostName::parse(HOST).ok(),
            subscription: None,
            addressee: Addressee::Me,
        },
        command,
    }
}

/// A request of the app `server` with an app-only token and the UNS id of a subscription.
pub fn by_subscription(subscription: &str, command: Command) -> Request {
    Request {
        sender: app("server"),
        access: Access {
            user: None,
            host: None,
            subscription: Some(guid(subscription)),
            addressee: Addressee::Me,
        },
        ..request(command)
    }
}

pub fn guid(text: &str) -> Guid {
    Guid::parse(text).unwrap()
}

pub fn read_item(id: &str) -> Command {
    Command::Read(Read {
        id: id.into(),
        ..Read::default()
    })
}

/// A read by a caller that has the version of that tag.
pub fn read_known(id: &str, etag: &str) -> Command {
    Command::Read(Read {
        id: id.into(),
        if_none_match: Some(etag.into()),
        ..Read::default()
    })
}

pub fn read_with_deliveries(id: &str) -> Command {
    Command::Read(Read {
        id: id.into(),
        deliveries: true,
        ..Read::default()
    })
}

pub fn read() -> StateUpdate {
    StateUpdate {
        read_state: Some(ReadState::Read),
        user_action_state: None,
        snoozed_until_date_time: None,
    }
}

pub fn acted(user_action_state: UserActionState) -> StateUpdate {
    StateUpdate {
        read_state: None,
        user_action_state: Some(user_action_state),
        snoozed_until_date_time: None,
    }
}

/// The choice of an action of some content.
pub fn by(action: &str, revision: i64) -> Answering {
    Answering {
        action_id: action.into(),
        revision,
        key: None,
        text: None,
    }
}

pub fn answer(id: &str, answering: Answering) -> wire::Answer {
    wire::Answer {
        id: id.into(),
        if_match: None,
        answering,
        states: StateUpdate::default(),
        endpoint: None,
    }
}

pub fn answer_by(id: &str, action: &str, revision: i64) -> Command {
    Command::Answer(Box::new(answer(id, by(action, revision))))
}

pub fn update(id: &str, states: StateUpdate) -> Command {
    Command::Update {
        id: id.into(),
        if_match: None,
        states,
    }
}

pub fn delete(id: &str) -> Command {
    Command::Delete {
        id: id.into(),
        if_match: None,
    }
}

pub fn subscribe(device: Option<&str>) -> Command {
    Command::Subscribe(Subscribe {
        platform: Platform::Windows,
        device_id: device.map(str::to_owned),
        display_name: None,
        push_subscription: None,
    })
}

pub fn stream(platform: Platform, cursor: Option<&str>, now: Timestamp) -> Stream {
    Stream {
        platform,
        cursor: cursor.map(str::to_owned),
        top: None,
        endpoint: None,
        expires: now.saturating_add(ms(12 * HOUR)),
        token_digest: Digest::of(&["token"]),
    }
}

/// Why a body was refused, which the feed answers with once the caller has proven its right.
pub fn refusal() -> Command {
    let body = br#"{"targetHostName":"contoso.com","payload":{}}"#;
    let verdict = validate(
        body,
        Timestamp::saturating_from_unix_millis(0),
        &Policy::DEFAULT,
    );
    let violations = verdict.outcome.expect_err("a payload without content");
    Command::RefuseAppend(Box::new(Problem::from(&violations)))
}

impl World {
    /// Asks in Megan's name.
    pub fn as_megan(&mut self, command: Command) -> Answer {
        self.ask(&request(command))
    }

    pub fn post(&mut self, post: &Post) -> Answer {
        let command = post.command(self.now(), &self.settings);
        self.as_megan(command)
    }

    /// Posts, and is told that it is durable.
    pub fn posted(&mut self, post: &Post) -> String {
        let answer = self.post(post);
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        answer.id()
    }

    pub fn set(&mut self, id: &str, states: StateUpdate) {
        let answer = self.as_megan(update(id, states));
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    pub fn remove(&mut self, id: &str) {
        let answer = self.as_megan(delete(id));
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// Subscribes a device: the id of its subscription.
    pub fn subscribed(&mut self, device: Option<&str>) -> String {
        let answer = self.as_megan(subscribe(device));
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        answer.id()
    }

    /// All items, newest first.
    pub fn list(&mut self) -> Vec<Json> {
        self.pages(Command::List, "@odata.nextLink")
    }

    /// All that changed, in the order of change.
    pub fn delta(&mut self) -> Vec<Json> {
        self.pages(Command::Delta, "@odata.nextLink")
    }

    fn pages(&mut self, command: fn(Query) -> Command, link: &str) -> Vec<Json> {
        let mut query = Query {
            top: Some(100),
            ..Query::default()
        };
        let mut items = Vec::new();
        loop {
            let page = self.as_megan(command(query.clone()));
            assert_eq!(page.status, 200, "{page:?}");
            items.extend_from_slice(page.json()["value"].as_array().unwrap());
            match page.link(link) {
                Some(token) => query.skip_token = Some(token),
                None => return items,
            }
        }
    }

    pub fn count(&mut self) -> usize {
        let answer = self.as_megan(Command::Count(Query::default()));
        answer.body.parse().unwrap()
    }

    /// Connects without a cursor.
    pub fn connected(&mut self, platform: Platform) -> Line {
        let stream = stream(platform, None, self.now());
        let connected = self.connect(&request(Command::Stream(stream)));
        connected.unwrap_or_else(|answer| panic!("{answer:?}"))
    }
}
