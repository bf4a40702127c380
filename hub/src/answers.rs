//! Answering an item: the first answer wins, the same over HTTP and over a socket (CONTRACT §5.3).

use notifeed::error::problems::subscription_ended;
use notifeed::feed::answer::{self, Answer, Answering};
use notifeed::feed::update::StateUpdate;
use notifeed::feed::{Entry, view};
use notifeed::guid::Guid;
use notifeed::http::Reply;
use notifeed::json::JsonText;
use notifeed::notification::{Notification, Platform};
use notifeed::request::Context;

use crate::Feed;
use crate::admission::Admitted;
use crate::changes::precondition;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Socket};
use crate::store::{self, Item, Row, Statement, Texts};
use crate::wire;

/// The device that an answer is given on, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Device {
    pub platform: Option<Platform>,
    pub endpoint: Option<Guid>,
}

/// An answer as it is given.
pub(crate) struct Given<'a> {
    pub answering: &'a Answering,
    pub if_match: Option<&'a str>,
    /// The states beside it: they may change nothing.
    pub states: StateUpdate,
    pub device: Device,
}

/// An answer, and the key of the client that gave it.
pub(crate) type Keyed = (JsonText<Answer>, Option<String>);

/// An answer that has won, just now or earlier.
pub(crate) struct Won {
    pub entry: Entry,
    pub answer: JsonText<Answer>,
    /// Whether it has won just now.
    pub now: bool,
}

impl<H: Host> Feed<H> {
    /// `PATCH` with an `answer`: 200 with the item.
    pub(crate) fn answer_item(
        &mut self,
        command: &wire::Answer,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let item = self.live_item(&command.id, context.now)?;
        let device = self.device(command.endpoint.as_deref(), admitted, context)?;
        let given = Given {
            answering: &command.answering,
            if_match: command.if_match.as_deref(),
            states: command.states,
            device,
        };
        let won = self.give(&item, &given, None, context)?;
        let body = item
            .body
            .ok_or_else(|| Fault::new("an item without a body", &won.entry.id))?;
        let principal_name = &admitted.owner.user.principal_name;
        let text = view::receiver_entity(
            &won.entry,
            &body,
            Some(&won.answer),
            principal_name,
            context,
        );
        Ok(Reply::odata(200, text).header("ETag", view::etag(&won.entry)))
    }

    /// The device that the query's `endpoint` names: a live subscription of the user.
    pub(crate) fn device(
        &self,
        endpoint: Option<&str>,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Device, Stop> {
        let Some(endpoint) = endpoint else {
            return Ok(Device::default());
        };
        let id = Guid::parse(endpoint).map_err(|_| subscription_ended())?;
        let subscription = self.subscription(id)?;
        let live = subscription
            .filter(|subscription| admitted.by_user && subscription.expiration > context.now);
        let subscription = live.ok_or_else(subscription_ended)?;
        Ok(Device {
            platform: Some(subscription.platform),
            endpoint: Some(id),
        })
    }

    /// Answers an item, and notifies every endpoint except the one that sent the answer.
    pub(crate) fn give(
        &mut self,
        item: &Item,
        given: &Given<'_>,
        made_by: Option<Socket>,
        context: &Context,
    ) -> Result<Won, Stop> {
        let entry = item.entry;
        let answering = given.answering;
        if let (Some(answer), Some(key)) = (&item.answer, &answering.key) {
            let stored = self.answer_to(&entry)?.and_then(|(_, key)| key);
            if stored.as_ref() == Some(key) {
                return Ok(Won {
                    entry,
                    answer: answer.clone(),
                    now: false,
                });
            }
        }
        precondition(&entry, given.if_match)?;
        let body = item.body.as_ref();
        let body = body.ok_or_else(|| Fault::new("an item without a body", &entry.id))?;
        let notification =
            Notification::from_content(body, entry.expiration, entry.display_time_to_live)
                .map_err(|error| Fault::new("a stored notification", &error))?;
        let winner = item.answer.as_ref().map(|answer| {
            Answer::parse(answer.as_str()).ok_or_else(|| Fault::new("a stored answer", &entry.id))
        });
        let winner = winner.transpose()?;
        answering.judge(
            &entry,
            notification.actions(),
            given.states,
            winner.as_ref(),
        )?;
        let answer = Answer {
            action_id: answering.action_id.clone(),
            text: answering.text.clone(),
            answered_date_time: context.now,
            platform: given.device.platform,
            endpoint: given.device.endpoint,
        };
        let answer = JsonText::stored(answer.to_json(false));
        let entry = answer::answered(&entry, self.life.head, context.now);
        let key = answering.key.as_deref();
        let mut writes = vec![store::set_answer(&entry, answer.as_str(), key)];
        writes.extend(self.cancelled(&entry));
        self.host.commit(&writes)?;
        drop(writes);
        self.changed(&entry);
        self.copies
            .answered(&entry, context.now, self.settings.copy_delay);
        let texts = Texts {
            content: None,
            answer: Some(&answer),
        };
        self.tell(&entry, texts, made_by, context.now);
        Ok(Won {
            entry,
            answer,
            now: true,
        })
    }

    /// The answer to an item, where it has one, and the key of the client that gave it.
    pub(crate) fn answer_to(&self, entry: &Entry) -> Result<Option<Keyed>, Fault> {
        if entry.answered.is_none() {
            return Ok(None);
        }
        let values = [Bound::Integer(entry.ordinal)];
        let row = store::single(&self.host, Statement::AnswerByOrdinal, &values)?;
        let mut row = Row::from(row);
        let answer = row.answer();
        let key = row.opt_text();
        Ok(answer.map(|answer| (answer, key)))
    }
}
