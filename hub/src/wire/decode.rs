//! Reading commands: the feed's side.

use notifeed::credentials::User;
use notifeed::digest::Digest;
use notifeed::feed::answer::Answering;
use notifeed::feed::entry::Sender;
use notifeed::feed::mark_all::{MarkAll, Marking};
use notifeed::feed::query::{Comparison, Condition, Query};
use notifeed::feed::update::StateUpdate;
use notifeed::feed::{ReadState, UserActionState};
use notifeed::guid::Guid;
use notifeed::http::Addressee;
use notifeed::json::JsonText;
use notifeed::notification::{HostName, Platform, PlatformSet, Priority};
use notifeed::request::ApiVersion;
use notifeed::time::Timestamp;

use super::command::{
    Access, Acknowledgement, Answer, Append, AskedBy, Command, Read, Receipt, Request, STREAM,
    Stream, Subscribe,
};
use super::fields::{Fields, Undecodable};

impl Request {
    /// Reads a command.
    ///
    /// # Errors
    /// [`Undecodable`]: nothing may be done.
    pub fn decode(operation: &str, text: &str) -> Result<Self, Undecodable> {
        let mut fields = Fields::read(text)?;
        let request = Self {
            asked_by: AskedBy::decode(&mut fields)?,
            sender: Sender {
                issuer: fields.need("issuer")?.to_owned(),
                app: fields.need("app")?.to_owned(),
            },
            access: Access::decode(&mut fields)?,
            command: Command::decode(operation, &mut fields)?,
        };
        fields.finish()?;
        Ok(request)
    }
}

impl Request {
    /// The facts of the caller's request, as far as they can be read where the command can't be.
    pub fn asked_by(text: &str) -> AskedBy {
        let asked_by = Fields::read(text).and_then(|mut fields| AskedBy::decode(&mut fields));
        asked_by.unwrap_or(AskedBy {
            request_id: Guid::from_bytes([0; 16]),
            client_request_id: None,
            origin: String::new(),
            version: ApiVersion::Beta,
        })
    }
}

impl AskedBy {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        Ok(Self {
            request_id: fields.need_as("requestId", guid)?,
            client_request_id: fields.take("clientRequestId").map(str::to_owned),
            origin: fields.need("origin")?.to_owned(),
            version: fields.need_as("version", ApiVersion::parse)?,
        })
    }
}

impl Access {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        let user = match fields.take("userSubject") {
            None => None,
            Some(subject) => Some(User {
                issuer: fields.need("userIssuer")?.to_owned(),
                tenant: fields.need("userTenant")?.to_owned(),
                subject: subject.to_owned(),
                other_subjects: owned(fields.take_all("userOtherSubject")),
                principal_name: fields.need("userPrincipalName")?.to_owned(),
            }),
        };
        Ok(Self {
            user,
            host: fields.take_as("userHost", host)?,
            subscription: fields.take_as("bySubscription", guid)?,
            addressee: match fields.take("addressee") {
                Some(id) => Addressee::User(id.to_owned()),
                None => Addressee::Me,
            },
        })
    }
}

impl Command {
    fn decode(operation: &str, fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        Ok(match operation {
            "append" => Self::Append(Box::new(Append::decode(fields)?)),
            "refuseAppend" => {
                let problem = fields.need_as("problem", |json| serde_json::from_str(json).ok())?;
                Self::RefuseAppend(Box::new(problem))
            }
            "subscribe" => Self::Subscribe(Subscribe::decode(fields)?),
            "subscriptions" => Self::Subscriptions,
            "unsubscribe" => Self::Unsubscribe(fields.need("id")?.to_owned()),
            "unsubscribeAll" => Self::UnsubscribeAll,
            "read" | "readDeliveries" => Self::Read(Read {
                id: fields.need("id")?.to_owned(),
                deliveries: operation == "readDeliveries",
                if_none_match: fields.take("ifNoneMatch").map(str::to_owned),
            }),
            "retract" => Self::Retract {
                id: fields.need("id")?.to_owned(),
                if_match: fields.take("ifMatch").map(str::to_owned),
            },
            "sentChanges" => Self::SentChanges(decode_query(fields)?),
            "list" => Self::List(decode_query(fields)?),
            "count" => Self::Count(decode_query(fields)?),
            "delta" => Self::Delta(decode_query(fields)?),
            "markAllRead" => Self::MarkAll(decode_marking(Marking::Read, fields)?),
            "markAllSeen" => Self::MarkAll(decode_marking(Marking::Seen, fields)?),
            "acknowledge" => Self::Acknowledge(Acknowledgement {
                endpoint: fields.need("endpoint")?.to_owned(),
                cursor: fields.need("cursor")?.to_owned(),
                visible: fields.take("visible").is_some(),
            }),
            "endpoints" => Self::Endpoints(fields.take("id").map(str::to_owned)),
            "receipt" => Self::Receipt(Receipt {
                subscription: fields.need_as("subscription", guid)?,
                notification: fields.need_as("id", guid)?,
                revision: fields.need_as("revision", |text| text.parse().ok())?,
                states: decode_states(fields)?,
            }),
            "update" => Self::Update {
                id: fields.need("id")?.to_owned(),
                if_match: fields.take("ifMatch").map(str::to_owned),
                states: decode_states(fields)?,
            },
            "answer" => Self::Answer(Box::new(Answer::decode(fields)?)),
            "delete" => Self::Delete {
                id: fields.need("id")?.to_owned(),
                if_match: fields.take("ifMatch").map(str::to_owned),
            },
            "copies" => Self::Copies(decode_query(fields)?),
            "panic" => Self::Panic,
            STREAM => Self::Stream(Stream::decode(fields)?),
            later => return Err(Undecodable::Unsupported(format!("the operation {later}"))),
        })
    }
}

impl Append {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        let platforms = |text: &str| PlatformSet::from_bits(text.parse().ok()?);
        Ok(Self {
            host: fields.need_as("host", host)?,
            app_notification_id: fields.take("appNotificationId").map(str::to_owned),
            group_name: fields.take("groupName").map(str::to_owned),
            priority: fields.need_as("priority", Priority::parse)?,
            platforms: fields.need_as("platforms", platforms)?,
            expiration: fields.need_as("expiration", time)?,
            display_time_to_live: fields.take_as("displayTimeToLive", |text| text.parse().ok())?,
            request_digest: fields.need_as("requestDigest", Digest::parse)?,
            content: JsonText::stored(fields.need("content")?.to_owned()),
            asks: fields.take("asks").is_some(),
            create_only: fields.take("createOnly").is_some(),
            visual_content: fields
                .take("visualContent")
                .map(|text| JsonText::stored(text.to_owned())),
        })
    }
}

impl Answer {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        Ok(Self {
            id: fields.need("id")?.to_owned(),
            if_match: fields.take("ifMatch").map(str::to_owned),
            answering: Answering {
                action_id: fields.need("actionId")?.to_owned(),
                revision: fields.need_as("revision", |text| text.parse().ok())?,
                key: fields.take("key").map(str::to_owned),
                text: fields.take("text").map(str::to_owned),
            },
            states: decode_states(fields)?,
            endpoint: fields.take("endpoint").map(str::to_owned),
        })
    }
}

impl Subscribe {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        Ok(Self {
            platform: fields.need_as("platform", Platform::parse)?,
            device_id: fields.take("deviceId").map(str::to_owned),
            display_name: fields.take("displayName").map(str::to_owned),
            push_subscription: fields.take("pushSubscription").map(str::to_owned),
        })
    }
}

impl Stream {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, Undecodable> {
        Ok(Self {
            platform: fields.need_as("platform", Platform::parse)?,
            cursor: fields.take("cursor").map(str::to_owned),
            top: fields.take_as("top", |text| text.parse().ok())?,
            endpoint: fields.take_as("endpoint", guid)?,
            expires: fields.need_as("expires", time)?,
            token_digest: fields.need_as("tokenDigest", Digest::parse)?,
        })
    }
}

fn decode_states(fields: &mut Fields<'_>) -> Result<StateUpdate, Undecodable> {
    Ok(StateUpdate {
        read_state: fields.take_as("readState", ReadState::parse)?,
        user_action_state: fields.take_as("userActionState", UserActionState::parse)?,
        snoozed_until_date_time: fields.take_as("snoozedUntil", time)?,
    })
}

fn decode_marking(marking: Marking, fields: &mut Fields<'_>) -> Result<MarkAll, Undecodable> {
    Ok(MarkAll {
        marking,
        cursor: fields.take("cursor").map(str::to_owned),
        platform: fields.take_as("platform", Platform::parse)?,
    })
}

fn decode_query(fields: &mut Fields<'_>) -> Result<Query, Undecodable> {
    let comparison = |text: &str| {
        let (negated, text) = match text.strip_prefix('!') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (property, value) = match text.split_once(' ') {
            Some((property, value)) => (property, Some(value)),
            None => (text, None),
        };
        let condition = Condition::of(property, value)
            .ok_or_else(|| Undecodable::Unsupported(format!("the condition {property}")))?;
        Ok(Comparison { condition, negated })
    };
    Ok(Query {
        top: fields.take_as("top", |text| text.parse().ok())?,
        skip_token: fields.take("skipToken").map(str::to_owned),
        delta_token: fields.take("deltaToken").map(str::to_owned),
        filter: fields
            .take_all("where")
            .into_iter()
            .map(comparison)
            .collect::<Result<_, _>>()?,
        filter_text: fields.take("filter").map(str::to_owned),
        count: fields.take("count").is_some(),
        select: fields.take("select").map_or_else(Vec::new, |names| {
            names.split(',').map(str::to_owned).collect()
        }),
        platform: fields.take_as("platform", Platform::parse)?,
        notification: None,
        host: fields.take("host").map(str::to_owned),
    })
}

fn host(text: &str) -> Option<HostName> {
    HostName::parse(text).ok()
}

fn guid(text: &str) -> Option<Guid> {
    Guid::parse(text).ok()
}

fn time(text: &str) -> Option<Timestamp> {
    Timestamp::from_unix_millis(text.parse().ok()?)
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}
