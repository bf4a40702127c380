//! What clients ask for over their sockets.

use notifeed::credentials::Principal;
use notifeed::error::{ErrorCode, Problem};
use notifeed::feed::{Cursor, Entry, Seq};
use notifeed::http::origin::Readers;
use notifeed::http::{ApiVersion, Context};
use notifeed::live::client::{ClientFrame, Request};
use notifeed::live::close::Close;
use notifeed::live::{MAX_SOCKET_LIFE, frame};
use worker::{WebSocket, WebSocketIncomingMessage, console_error};

use super::sockets::{attached, end, send};
use super::{Feed, not_authorized};
use crate::credentials::{authenticate, registered_app};
use crate::fault::{Fault, Stop};
use crate::platform;

impl Feed {
    /// Carries out what a client sent, and answers it.
    pub(super) async fn receive(
        &self,
        socket: &WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<(), Fault> {
        let frame = match &message {
            WebSocketIncomingMessage::String(text) => ClientFrame::parse(text),
            WebSocketIncomingMessage::Binary(_) => None,
        };
        let harmless = matches!(frame, Some(ClientFrame::Ack { .. })) && self.is_replaying(socket);
        if !harmless && !self.frame_within_limits(socket)? {
            end(socket, Close::FLOODING);
            return Ok(());
        }
        let (reference, request) = match frame {
            None => {
                end(socket, Close::MALFORMED);
                return Ok(());
            }
            Some(ClientFrame::Ack { seq }) => {
                self.acknowledged(socket, Seq::new(seq));
                return Ok(());
            }
            Some(ClientFrame::Request { reference, request }) => (reference, request),
        };
        let context = Context {
            now: platform::now(),
            request_id: platform::new_guid()?,
            client_request_id: None,
            origin: String::new(),
            version: ApiVersion::Beta,
            readers: Readers::All,
        };
        let outcome = match request {
            Ok(request) => self.carry_out(socket, request, &context).await,
            Err(problem) => Err(Stop::Problem(problem)),
        };
        let problem = match outcome {
            Ok((status, cursor)) => return send(socket, &frame::done(&reference, status, cursor)),
            Err(Stop::Problem(problem)) => problem,
            Err(Stop::Fault(fault)) => {
                console_error!("request {}: {fault}", context.request_id);
                Box::new(Fault::problem())
            }
        };
        let status = problem.code.status(&self.settings().policy()?);
        send(
            socket,
            &frame::refused(&reference, status, &problem, &context),
        )
    }

    /// The status, and the position of the change that was made.
    async fn carry_out(
        &self,
        socket: &WebSocket,
        request: Request,
        context: &Context,
    ) -> Result<(u16, Option<Cursor>), Stop> {
        match request {
            Request::Update { id, states } => {
                let (entry, changed) = self.set_states(&id, states, Some(socket), context.now)?;
                let changed = changed.then_some(entry);
                Ok((200, self.position_after(socket, changed)?))
            }
            Request::Delete { id } => {
                let tombstone = self.remove(&id, Some(socket), context.now)?;
                Ok((204, self.position_after(socket, Some(tombstone))?))
            }
            Request::Token { token } => {
                self.renew(socket, &token, context).await?;
                Ok((200, None))
            }
        }
    }

    /// Where a client stands after its own change. One that is still being told what it missed
    /// stands where the replay does: it will be told of its change, too.
    fn position_after(
        &self,
        socket: &WebSocket,
        changed: Option<Entry>,
    ) -> Result<Option<Cursor>, Fault> {
        let (epoch, _) = self.store()?.head()?;
        Ok(changed
            .filter(|_| !self.is_replaying(socket))
            .map(|entry| Cursor::all_up_to(epoch, entry.seq)))
    }

    /// A fresh token of the same user keeps the socket open; any other leaves it as it was.
    async fn renew(&self, socket: &WebSocket, token: &str, context: &Context) -> Result<(), Stop> {
        let caller = authenticate(&self.env, Some(token), context.now).await?;
        let app = registered_app(&self.env, &caller.issuer, &caller.app, context.now).await?;
        let owner = self.store()?.owner()?;
        let same = match (&caller.principal, &owner) {
            (Principal::User { user, scope: true }, Some(owner)) => {
                user.is(&owner.user) && app.has_host(&owner.host)
            }
            _ => false,
        };
        if !same {
            return Err(not_authorized().into());
        }
        let mut endpoint = attached(socket).ok_or_else(|| {
            Problem::new(ErrorCode::ItemNotFound, "This connection is being closed.")
        })?;
        let hour = context.now.saturating_add_millis(MAX_SOCKET_LIFE);
        endpoint.expires = caller.expires.min(hour);
        socket.serialize_attachment(&endpoint)?;
        self.wake_by(endpoint.expires)?;
        Ok(())
    }
}
