//! The push services: they take what is sent, or answer as a test says.

use std::collections::HashMap;

use notifeed::push;
use notifeed_hub::host::Outcome;
use notifeed_hub::host::Push;

/// All push services.
#[derive(Default)]
pub struct Services {
    /// The answers of services at an endpoint; elsewhere they take a push.
    answers: HashMap<String, push::Outcome>,
    /// The endpoints that never answer.
    hanging: Vec<String>,
    /// The pushes that were sent to them, taken or not.
    pub sent: Vec<Push>,
}

impl Services {
    /// Sets the answer at an endpoint from now on.
    pub fn answers(&mut self, endpoint: &str, outcome: push::Outcome) {
        self.answers.insert(endpoint.to_owned(), outcome);
    }

    /// An endpoint answers no more.
    pub fn hang(&mut self, endpoint: &str) {
        self.hanging.push(endpoint.to_owned());
    }

    /// All answer again.
    pub fn recover(&mut self) {
        self.hanging.clear();
    }

    pub fn hangs(&self, push: &Push) -> bool {
        self.hanging.contains(&endpoint(push))
    }

    pub fn answer(&mut self, push: &Push) -> Outcome {
        self.sent.push(push.clone());
        let answer = self.answers.get(&endpoint(push));
        Outcome::Pushed(answer.copied().unwrap_or(push::Outcome::Taken))
    }
}

/// The address of a push.
pub fn endpoint(push: &Push) -> String {
    let push::Channel::WebPush(web) = &push.channel;
    web.endpoint.as_str().to_owned()
}
