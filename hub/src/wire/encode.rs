//! Writing commands: the Worker's side.

use notifeed::feed::mark_all::Marking;
use notifeed::feed::query::{Comparison, Query};
use notifeed::feed::update::StateUpdate;
use notifeed::http::Addressee;
use notifeed::notification::{HostName, Platform};

use super::command::{
    Access, Answer, Append, AskedBy, Command, Request, STREAM, Stream, Subscribe,
};
use super::fields::FieldsWriter;

impl Request {
    /// The command's operation and its fields.
    pub fn encode(&self) -> (&'static str, String) {
        let mut fields = FieldsWriter::new();
        self.asked_by.encode(&mut fields);
        fields.field("issuer", &self.sender.issuer);
        fields.field("app", &self.sender.app);
        self.access.encode(&mut fields);
        let operation = self.command.encode(&mut fields);
        (operation, fields.finish())
    }
}

impl AskedBy {
    fn encode(&self, fields: &mut FieldsWriter) {
        fields.field("requestId", &self.request_id.to_string());
        fields.opt_field("clientRequestId", self.client_request_id.as_deref());
        fields.field("origin", &self.origin);
        fields.field("version", self.version.as_str());
    }
}

impl Access {
    fn encode(&self, fields: &mut FieldsWriter) {
        if let Some(user) = &self.user {
            fields.field("userIssuer", &user.issuer);
            fields.field("userTenant", &user.tenant);
            fields.field("userSubject", &user.subject);
            for subject in &user.other_subjects {
                fields.field("userOtherSubject", subject);
            }
            fields.field("userPrincipalName", &user.principal_name);
        }
        fields.opt_field("userHost", self.host.as_ref().map(HostName::as_str));
        if let Some(subscription) = self.subscription {
            fields.field("bySubscription", &subscription.to_string());
        }
        if let Addressee::User(id) = &self.addressee {
            fields.field("addressee", id);
        }
    }
}

impl Command {
    fn encode(&self, fields: &mut FieldsWriter) -> &'static str {
        match self {
            Self::Append(append) => {
                append.encode(fields);
                "append"
            }
            Self::RefuseAppend(problem) => {
                let json = serde_json::to_string(problem).unwrap_or_default();
                fields.field("problem", &json);
                "refuseAppend"
            }
            Self::Subscribe(subscribe) => {
                subscribe.encode(fields);
                "subscribe"
            }
            Self::Subscriptions => "subscriptions",
            Self::Unsubscribe(id) => {
                fields.field("id", id);
                "unsubscribe"
            }
            Self::UnsubscribeAll => "unsubscribeAll",
            Self::Read(read) => {
                fields.field("id", &read.id);
                if let Some(etag) = &read.if_none_match {
                    fields.ignorable("ifNoneMatch", etag);
                }
                match read.deliveries {
                    true => "readDeliveries",
                    false => "read",
                }
            }
            Self::Retract { id, if_match } => {
                fields.field("id", id);
                fields.opt_field("ifMatch", if_match.as_deref());
                "retract"
            }
            Self::SentChanges(query) => {
                encode_query(query, fields);
                "sentChanges"
            }
            Self::List(query) => {
                encode_query(query, fields);
                "list"
            }
            Self::Count(query) => {
                encode_query(query, fields);
                "count"
            }
            Self::Delta(query) => {
                encode_query(query, fields);
                "delta"
            }
            Self::MarkAll(asked) => {
                fields.opt_field("cursor", asked.cursor.as_deref());
                fields.opt_field("platform", asked.platform.map(Platform::as_str));
                match asked.marking {
                    Marking::Read => "markAllRead",
                    Marking::Seen => "markAllSeen",
                }
            }
            Self::Acknowledge(ack) => {
                fields.field("endpoint", &ack.endpoint);
                fields.field("cursor", &ack.cursor);
                if ack.visible {
                    fields.field("visible", "true");
                }
                "acknowledge"
            }
            Self::Endpoints(of) => {
                fields.opt_field("id", of.as_deref());
                "endpoints"
            }
            Self::Receipt(receipt) => {
                fields.field("subscription", &receipt.subscription.to_string());
                fields.field("id", &receipt.notification.to_string());
                fields.field("revision", &receipt.revision.to_string());
                encode_states(receipt.states, fields);
                "receipt"
            }
            Self::Update {
                id,
                if_match,
                states,
            } => {
                fields.field("id", id);
                fields.opt_field("ifMatch", if_match.as_deref());
                encode_states(*states, fields);
                "update"
            }
            Self::Answer(answer) => {
                answer.encode(fields);
                "answer"
            }
            Self::Delete { id, if_match } => {
                fields.field("id", id);
                fields.opt_field("ifMatch", if_match.as_deref());
                "delete"
            }
            Self::Copies(query) => {
                encode_query(query, fields);
                "copies"
            }
            Self::Panic => "panic",
            Self::Stream(stream) => {
                stream.encode(fields);
                STREAM
            }
        }
    }
}

impl Append {
    fn encode(&self, fields: &mut FieldsWriter) {
        fields.field("host", self.host.as_str());
        fields.opt_field("appNotificationId", self.app_notification_id.as_deref());
        fields.opt_field("groupName", self.group_name.as_deref());
        fields.field("priority", self.priority.as_str());
        fields.field("platforms", &self.platforms.bits().to_string());
        fields.field("expiration", &self.expiration.unix_millis().to_string());
        if let Some(seconds) = self.display_time_to_live {
            fields.field("displayTimeToLive", &seconds.to_string());
        }
        fields.field("requestDigest", self.request_digest.as_str());
        fields.field("content", self.content.as_str());
        if self.asks {
            fields.field("asks", "true");
        }
        if self.create_only {
            fields.field("createOnly", "true");
        }
        let visual = self.visual_content.as_ref();
        fields.opt_field("visualContent", visual.map(|visual| visual.as_str()));
    }
}

impl Answer {
    fn encode(&self, fields: &mut FieldsWriter) {
        fields.field("id", &self.id);
        fields.opt_field("ifMatch", self.if_match.as_deref());
        fields.field("actionId", &self.answering.action_id);
        fields.field("revision", &self.answering.revision.to_string());
        fields.opt_field("key", self.answering.key.as_deref());
        fields.opt_field("text", self.answering.text.as_deref());
        encode_states(self.states, fields);
        fields.opt_field("endpoint", self.endpoint.as_deref());
    }
}

impl Subscribe {
    fn encode(&self, fields: &mut FieldsWriter) {
        fields.field("platform", self.platform.as_str());
        fields.opt_field("deviceId", self.device_id.as_deref());
        fields.opt_field("displayName", self.display_name.as_deref());
        fields.opt_field("pushSubscription", self.push_subscription.as_deref());
    }
}

impl Stream {
    fn encode(&self, fields: &mut FieldsWriter) {
        fields.field("platform", self.platform.as_str());
        fields.opt_field("cursor", self.cursor.as_deref());
        if let Some(top) = self.top {
            fields.ignorable("top", &top.to_string());
        }
        if let Some(endpoint) = self.endpoint {
            fields.field("endpoint", &endpoint.to_string());
        }
        fields.field("expires", &self.expires.unix_millis().to_string());
        fields.field("tokenDigest", self.token_digest.as_str());
    }
}

fn encode_states(states: StateUpdate, fields: &mut FieldsWriter) {
    fields.opt_field("readState", states.read_state.map(|state| state.as_str()));
    let action = states.user_action_state.map(|state| state.as_str());
    fields.opt_field("userActionState", action);
    let until = states.snoozed_until_date_time;
    let until = until.map(|until| until.unix_millis().to_string());
    fields.opt_field("snoozedUntil", until.as_deref());
}

fn encode_query(query: &Query, fields: &mut FieldsWriter) {
    if let Some(top) = query.top {
        fields.field("top", &top.to_string());
    }
    fields.opt_field("skipToken", query.skip_token.as_deref());
    fields.opt_field("deltaToken", query.delta_token.as_deref());
    for Comparison { condition, negated } in &query.filter {
        let not = if *negated { "!" } else { "" };
        let property = condition.property();
        match condition.value() {
            Some(value) => fields.field("where", &format!("{not}{property} {value}")),
            None => fields.field("where", &format!("{not}{property}")),
        }
    }
    fields.opt_field("filter", query.filter_text.as_deref());
    if query.count {
        fields.field("count", "");
    }
    if !query.select.is_empty() {
        fields.field("select", &query.select.join(","));
    }
    fields.opt_field("platform", query.platform.map(Platform::as_str));
    fields.opt_field("host", query.host.as_deref());
}
