//! The live protocol `notifeed.v1` (CONTRACT §4; docs/live.md): what goes over a WebSocket.
//!
//! [`frame`] writes what the server sends, [`client`] reads what a client sends, [`endpoint`] is
//! what is remembered of a connection while nothing moves, [`window`] how much may be under way to
//! it, [`memory`] how much to all clients together, [`close`] is how it ends, [`acknowledgement`] what a client says over
//! HTTP that reads events, and [`reconnect`] how a client comes back.

pub mod acknowledgement;
pub mod client;
pub mod close;
pub mod endpoint;
pub mod frame;
pub mod memory;
pub mod reconnect;
pub mod window;

use crate::time::Duration;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "notifeed.v1";

/// The beginning of a second subprotocol that carries the token, for browsers, which can't set headers
/// on a WebSocket.
pub const BEARER_SUBPROTOCOL: &str = "bearer.";

/// The text of a ping and of its answer, which the runtime gives without waking anyone.
pub const PING: (&str, &str) = ("ping", "pong");

/// (D22) The number of live connections that a feed has at most. A further one is refused: 406, or 4429 where the
/// client can see no status.
pub const MAX_SOCKETS: usize = 1000;

/// How many frames of a client wait while its new token is verified.
pub const MAX_WAITING_FRAMES: usize = 16;

/// (D22) The most items that `top` asks a replay for; the least is 1.
pub const MAX_TOP: u32 = 1000;

/// How many WebSockets a Durable Object can hold: accepting one more throws. Those that are about to
/// be closed count too, so ours must stay well below.
pub const MAX_SOCKETS_OF_PLATFORM: usize = 30_000;

/// How long a socket lives at most: one hour, or its token if that ends sooner.
pub const MAX_SOCKET_LIFE: Duration = Duration::from_hours(1);

/// How long a client that sends pings may be silent until its connection counts as dead:
/// three minutes. The Hub notices this only at its next event, so an idle feed costs nothing. A client that never pings
/// is never silent.
pub const SILENCE: Duration = Duration::from_minutes(3);
