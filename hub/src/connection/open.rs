//! A client connects (CONTRACT §4).

use std::collections::VecDeque;

use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::Resume;
use notifeed::feed::entry::Sender;
use notifeed::http::Context;
use notifeed::live::endpoint::Endpoint;
use notifeed::live::window::Window;
use notifeed::live::{MAX_SOCKET_LIFE, frame};
use notifeed::throttle::Bucket;

use super::{Behind, Connection, State};
use crate::Feed;
use crate::admission::Admitted;
use crate::fault::Stop;
use crate::host::{Host, Socket};
use crate::life::Prelude;
use crate::wire::Stream;

impl<H: Host> Feed<H> {
    /// Accepts a connection, and begins to tell what it missed.
    pub(crate) fn open(
        &mut self,
        socket: Socket,
        stream: &Stream,
        sender: &Sender,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<(), Stop> {
        let now = context.now;
        if let Some(id) = stream.endpoint {
            self.subscription(id)?
                .filter(|known| now < known.expiration && known.sender == *sender)
                .ok_or_else(no_such_endpoint)?;
        }
        self.may_open(now)?;
        let prelude = Prelude::of(&self.life, &admitted.owner, &self.host, &self.settings)?;
        let endpoint = Endpoint {
            platform: stream.platform,
            subscription: stream.endpoint,
            expires: stream
                .expires
                .min(now.saturating_add_millis(MAX_SOCKET_LIFE)),
            behind: true,
            owes: None,
        };
        self.alarm.wake_by(&self.host, endpoint.expires)?;
        if !prelude.is_empty() {
            self.host.commit(&prelude.writes())?;
            self.begun(prelude);
        }
        self.host.accept(socket, &endpoint.to_text())?;
        let life = &self.life;
        let presented = stream.cursor.as_deref();
        let resume = Resume::decide(presented, life.epoch, life.head.seq, life.forgotten);
        let resumed = matches!(resume, Resume::From(_));
        let behind = Behind {
            known: resume.known(),
            fresh_at: (!resumed).then_some(life.head.seq),
            greeting: Some(resumed),
        };
        let holder = stream
            .endpoint
            .map_or_else(|| stream.token_digest.clone(), |id| id.to_string());
        let connection = Connection {
            endpoint,
            state: State::Behind(behind),
            window: Window::default(),
            full_since: None,
            bucket: Bucket::full(self.settings.frame_rate, now),
            verifying: None,
            waiting: VecDeque::new(),
            holder: Some(holder),
        };
        self.connections.open.insert(socket, connection);
        if resume == Resume::Reset {
            self.host.send(&frame::reset(), &[socket]);
        }
        self.advance(socket, now);
        Ok(())
    }
}

fn no_such_endpoint() -> Problem {
    Problem::new(
        ErrorCode::ItemNotFound,
        "There is no such subscription: 'endpoint' must be the id of one that hasn't ended.",
    )
    .detail("InvalidParameter", "endpoint")
}
