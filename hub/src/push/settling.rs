//! The consequences of a push service's answer.

use notifeed::push::outcome::Reason;
use notifeed::push::{Channel, Outcome, schedule};
use notifeed::time::Timestamp;

use super::{Flight, rows};
use crate::Feed;
use crate::fault::Fault;
use crate::host::{self, Host, Write};

impl<H: Host> Feed<H> {
    /// A push has ended; `false`: it is none of this memory's.
    pub(crate) fn push_ended(&mut self, number: u64, outcome: &host::Outcome) -> bool {
        let Some(flight) = self.pushes.under_way.remove(&number) else {
            return false;
        };
        let now = self.host.now();
        let outcome = match outcome {
            host::Outcome::Pushed(outcome) => *outcome,
            _ => Outcome::UNREACHED,
        };
        if let Err(fault) = self.settle_push(flight, outcome, now) {
            self.host.log(&format!("the end of a push failed: {fault}"));
        }
        self.push(now);
        true
    }

    fn settle_push(
        &mut self,
        flight: Flight,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let id = flight.subscription.to_string();
        let Some(endpoint) = self.pushes.endpoint_of(flight.subscription) else {
            // The subscription has ended meanwhile, and its rows with it.
            return Ok(());
        };
        let failures = endpoint.failures.saturating_add(1);
        let Channel::WebPush(web) = &endpoint.channel;
        let service = web.endpoint.host().as_str().to_owned();
        match outcome {
            Outcome::Taken => {
                (endpoint.failures, endpoint.until) = (0, None);
                endpoint.taken = endpoint.taken.max(flight.content);
                self.host
                    .commit(&[flight.done(&id), rows::taken(&id, now, flight.content)])?;
            }
            Outcome::Gone => {
                self.host
                    .log(&format!("a push subscription at {service} has ended"));
                self.host.commit(&rows::gone(&id))?;
                self.pushes.changed();
            }
            Outcome::Later { after } => {
                let pause = schedule::pause(failures);
                let [chance, ..] = self.host.random()?;
                let wait = schedule::backoff(flight.attempts.saturating_add(1), chance);
                let wait = wait
                    .max(after.unwrap_or_default())
                    .max(pause.unwrap_or_default());
                let until = now.saturating_add(wait);
                let mut writes: Vec<Write<'_>> = vec![
                    flight.again(&id, until, flight.least),
                    rows::postpone(&id, until),
                    rows::failed(&id, failures, Some(until), "unavailable"),
                ];
                writes.extend(pause.map(|_| rows::shrink(&id)));
                self.host.commit(&writes)?;
                if let Some(endpoint) = self.pushes.endpoint_of(flight.subscription) {
                    (endpoint.failures, endpoint.until) = (failures, Some(until));
                }
            }
            Outcome::TooLarge if !flight.least => {
                self.host.commit(&[flight.again(&id, now, true)])?;
            }
            Outcome::TooLarge => self.refused(flight, &id, &service, "tooLarge", now)?,
            Outcome::Refused(reason) => {
                self.refused(flight, &id, &service, Reason::as_str(reason), now)?;
            }
        }
        Ok(())
    }

    fn refused(
        &mut self,
        flight: Flight,
        id: &str,
        service: &str,
        error: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        self.host.log(&format!("{service} refuses a push: {error}"));
        let Some(endpoint) = self.pushes.endpoint_of(flight.subscription) else {
            return Ok(());
        };
        let failures = endpoint.failures.saturating_add(1);
        let until = schedule::pause(failures).map(|pause| now.saturating_add(pause));
        (endpoint.failures, endpoint.until) = (failures, until);
        let mut writes = vec![
            flight.done(id),
            rows::failed(id, failures, until, error),
            rows::refused(id, flight.content),
        ];
        if let Some(until) = until {
            writes.extend([rows::postpone(id, until), rows::shrink(id)]);
        }
        self.host.commit(&writes)?;
        Ok(())
    }
}
