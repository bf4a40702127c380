//! A client connects (CONTRACT §4).

use std::collections::VecDeque;

use notifeed::error::problems::{other_platform, subscription_ended};
use notifeed::feed::entry::Sender;
use notifeed::feed::{Known, Newest, Resume, Seq, feed_digest};
use notifeed::live::endpoint::Endpoint;
use notifeed::live::window::Window;
use notifeed::live::{MAX_SOCKET_LIFE, frame};
use notifeed::notification::{Platform, PlatformSet};
use notifeed::request::Context;
use notifeed::throttle::Bucket;
use notifeed::time::Timestamp;

use super::{Behind, Connection, State};
use crate::Feed;
use crate::admission::Admitted;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Socket};
use crate::life::Prelude;
use crate::store::{self, Row, SEQ_BASE, Statement};
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
            let subscription = self
                .subscription(id)?
                .filter(|known| now < known.expiration && known.sender == *sender)
                .ok_or_else(subscription_ended)?;
            if subscription.platform != stream.platform {
                return Err(other_platform().into());
            }
        }
        self.may_open(now)?;
        let prelude = Prelude::of(&self.life, &admitted.owner, &self.host, &self.settings)?;
        let endpoint = Endpoint {
            platform: stream.platform,
            subscription: stream.endpoint,
            expires: stream.expires.min(now.saturating_add(MAX_SOCKET_LIFE)),
            behind: true,
            owes: None,
        };
        self.alarm.wake_by(&self.host, endpoint.expires)?;
        if !prelude.is_empty() {
            self.host.commit(&prelude.writes())?;
            self.begun(prelude);
        }
        let life = &self.life;
        let presented = stream.cursor.as_deref();
        let resume = Resume::decide(presented, life.epoch, life.head.seq, life.forgotten);
        let resumed = matches!(resume, Resume::From(_));
        let known = match stream.top {
            Some(top) if !resumed => self.newest(top, stream.platform, now)?,
            _ => resume.known(),
        };
        let fresh_at = match known.newest {
            Some(newest) => Some(newest.began),
            None => (!resumed).then_some(life.head.seq),
        };
        let behind = Behind {
            known,
            fresh_at,
            greeting: Some(resumed),
        };
        self.host.accept(socket, &endpoint.to_text())?;
        let holder = stream
            .endpoint
            .map_or_else(|| stream.token_digest.to_string(), |id| id.to_string());
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
        let feed = frame::feed(&feed_digest(&self.host.id()), now);
        self.host.send(&feed, &[socket]);
        if resume == Resume::Reset {
            self.host.send(&frame::reset(), &[socket]);
        }
        self.advance(socket, now);
        Ok(())
    }

    /// The knowledge of an endpoint that asks for the newest items of its platform. If there aren't more of them, the
    /// endpoint asks for all.
    fn newest(&self, top: u32, platform: Platform, now: Timestamp) -> Result<Known, Fault> {
        if !self.life.made {
            return Ok(Known::NOTHING);
        }
        let values = [
            Bound::Integer(now.unix_millis()),
            store::platforms(PlatformSet::of(platform)),
            Bound::Integer(i64::from(top)),
        ];
        let mut row = Row::from(store::single(&self.host, Statement::Newest, &values)?);
        let (from, first) = (row.opt_integer(), row.opt_integer());
        let count: u32 = row.small()?;
        Ok(match (from, first) {
            (Some(from), Some(first)) if count >= top => {
                let began = self.life.head.seq;
                let first = Seq::new(first.saturating_sub(SEQ_BASE));
                Known::newest(Newest { from, began }, first)
            }
            _ => Known::NOTHING,
        })
    }
}
