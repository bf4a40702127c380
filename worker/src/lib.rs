//! The edge: routing, credentials, the Hub, KV. The only room with I/O.
//!
//! [`edge`] answers a request as far as it can without a user's feed; [`hub`] is that feed;
//! [`credentials`] proves who calls; [`platform`] has the runtime's interfaces, and [`settings`]
//! the deployment's choices. What any of it decides, the contract (`notifeed`) decides.

// The macros of `worker` and `wasm-bindgen` make items without documentation.
#![allow(missing_docs)]

mod credentials;
mod edge;
mod fault;
mod hub;
mod platform;
mod settings;

use web_sys::{Request, Response};
use worker::{Context, Env, Error, Result, event};

pub use hub::Hub;

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let answered = edge::answer(request, env).await;
    answered.map_err(|fault| Error::RustError(fault.to_string()))
}
