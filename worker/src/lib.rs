//! The edge: routing, credentials, the Hub, KV. The only room with I/O.

use worker::{Context, DurableObject, Env, Request, Response, Result, State, durable_object, event};

#[event(fetch)]
async fn fetch(_request: Request, _env: Env, _context: Context) -> Result<Response> {
    Response::error("not built yet", 404)
}

/// One user's feed of one host.
#[durable_object(fetch)]
pub struct Hub;

impl DurableObject for Hub {
    fn new(_state: State, _env: Env) -> Self {
        Self
    }

    async fn fetch(&self, _request: Request) -> Result<Response> {
        Response::error("not built yet", 404)
    }
}
