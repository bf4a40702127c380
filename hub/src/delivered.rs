//! `POST …/ack`: a device that follows the feed by server-sent events says what is delivered (CONTRACT §5.5).

use notifeed::feed::mark_all;
use notifeed::http::Reply;
use notifeed::request::Context;

use crate::Feed;
use crate::admission::Admitted;
use crate::fault::Stop;
use crate::host::Host;
use crate::wire::Acknowledgement;

impl<H: Host> Feed<H> {
    /// Notes that a device has everything up to a cursor.
    pub(crate) fn acknowledged(
        &mut self,
        ack: &Acknowledgement,
        admitted: &Admitted,
        context: &Context,
    ) -> Result<Reply, Stop> {
        let device = self.device(Some(&ack.endpoint), admitted, context)?;
        let (epoch, head) = (self.life.epoch, self.life.head.seq);
        let through = mark_all::through(Some(&ack.cursor), epoch, head)?;
        if let Some(subscription) = device.endpoint {
            self.push_acknowledged(subscription, through, ack.visible);
        }
        Ok(Reply::no_content())
    }
}
