//! Answering an item: the first answer wins, the same over HTTP and over a socket (CONTRACT §5.3).

use notifeed::error::Problem;
use notifeed::error::problems::{precondition_failed, subscription_ended};
use notifeed::feed::answer::{
    self, Answer, Answering, already_answered, changes_states, content_changed,
};
use notifeed::feed::{Entry, update, view};
use notifeed::guid::Guid;
use notifeed::http::{Reply, headers};
use notifeed::json::JsonText;
use notifeed::notification::{Notification, Platform};
use notifeed::request::Context;

use crate::Feed;
use crate::admission::Admitted;
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
        let judge = |entry: &Entry| {
            let etag = view::etag(entry);
            if !headers::if_match(command.if_match.as_deref(), &etag) {
                return Err(precondition_failed());
            }
            let head = update::update(entry, command.states, Default::default(), context.now);
            head.map_or(Ok(()), |_| Err(changes_states()))
        };
        let body = item
            .body
            .clone()
            .ok_or_else(|| Fault::new("an item without a body", &item.entry.id))?;
        let won = self.give(item, &command.answering, device, judge, None, context)?;
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
    fn device(
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

    /// Answers an item, and tells every endpoint but the one that asked. `judge` looks at the item after
    /// it is known that the answer isn't one that has won already.
    pub(crate) fn give(
        &mut self,
        item: Item,
        answering: &Answering,
        device: Device,
        judge: impl FnOnce(&Entry) -> Result<(), Problem>,
        made_by: Option<Socket>,
        context: &Context,
    ) -> Result<Won, Stop> {
        let Item {
            entry,
            answer: winner,
            body,
        } = item;
        if let (Some(answer), Some(key)) = (&winner, &answering.key) {
            let stored = self.answer_to(&entry)?.and_then(|(_, key)| key);
            if stored.as_ref() == Some(key) {
                let answer = answer.clone();
                return Ok(Won {
                    entry,
                    answer,
                    now: false,
                });
            }
        }
        judge(&entry)?;
        let body = body.ok_or_else(|| Fault::new("an item without a body", &entry.id))?;
        let notification =
            Notification::from_content(&body, entry.expiration, entry.display_time_to_live)
                .map_err(|error| Fault::new("a stored notification", &error))?;
        let visual = notification.visual_content();
        answering.check(visual.map_or(&[], |visual| visual.actions()))?;
        if answering.revision != i64::from(entry.revision) {
            return Err(content_changed().into());
        }
        if let Some(winner) = winner {
            let winner = Answer::parse(winner.as_str())
                .ok_or_else(|| Fault::new("a stored answer", &entry.id))?;
            return Err(already_answered(&winner).into());
        }
        let answer = Answer {
            action_id: answering.action_id.clone(),
            text: answering.text.clone(),
            answered_date_time: context.now,
            platform: device.platform,
            endpoint: device.endpoint,
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
