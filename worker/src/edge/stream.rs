//! `GET …/notifications/stream`: a signed-in client connects (CONTRACT §4).

use notifeed::credentials::base64url_encode;
use notifeed::error::{ErrorCode, Problem};
use notifeed::guid::Guid;
use notifeed::http::origin::Readers;
use notifeed::live::{BEARER_SUBPROTOCOL, SUBPROTOCOL, close};
use notifeed::notification::Platform;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response};

use super::Call;
use crate::fault::{Fault, Stop};
use crate::hub::command::{Command, STREAM_HEADER, Stream};
use crate::platform::http::{header, refuse_socket};
use crate::platform::stub::{COMMAND_URL, Hub};

impl Call<'_> {
    /// With the token in `Authorization`, a refusal is an HTTP answer. With the token as a
    /// subprotocol there is a browser at the other end, which could see neither status nor
    /// envelope: its socket is accepted, and closed with a code.
    pub(super) async fn connect(&self) -> Result<Response, Stop> {
        let upgrade = header(self.request, "Upgrade").unwrap_or_default();
        if !upgrade.eq_ignore_ascii_case("websocket") {
            return Err(Problem::new(
                ErrorCode::UpgradeRequired,
                "This is a WebSocket. Connect with 'Upgrade: websocket' and the subprotocol 'notifeed.v1'.",
            )
            .into());
        }
        let offered = header(self.request, "Sec-WebSocket-Protocol").unwrap_or_default();
        let offered: Vec<&str> = offered.split(',').map(str::trim).collect();
        let subprotocol = offered.contains(&SUBPROTOCOL);
        let token = offered
            .iter()
            .find_map(|name| name.strip_prefix(BEARER_SUBPROTOCOL));
        let authorization = self.bearer();
        let in_browser = authorization.is_none() && token.is_some();
        let bearer = authorization.as_deref().or(token);
        let answer = self.connect_with(bearer, subprotocol).await;
        if !in_browser {
            return answer;
        }
        let refused = match answer {
            Ok(response) if response.status() == SWITCHING_PROTOCOLS => return Ok(response),
            Ok(response) => refused_by_hub(&response).await?,
            Err(Stop::Problem(problem)) => (problem.code, problem.retry_after),
            Err(fault) => return Err(fault),
        };
        let (code, retry_after) = refused;
        let reason = close::refusal_reason(code, retry_after);
        Ok(refuse_socket(code.close_code(), &reason, subprotocol, &self.context)?.into())
    }

    async fn connect_with(&self, token: Option<&str>, subprotocol: bool) -> Result<Response, Stop> {
        let origin = header(self.request, "Origin");
        if origin.is_some() && self.context.readers == Readers::None {
            return Err(Problem::new(
                ErrorCode::NotAuthorizedForUser,
                "Pages of this origin may not connect. The service's operator says which may by ALLOWED_ORIGINS.",
            )
            .into());
        }
        let (caller, app) = self.caller(token).await?;
        let user = self.signed_in_user(&caller)?;
        let host = self.host(&app)?;
        let bad_parameter = |name: &str, sentence: &'static str| {
            Problem::new(ErrorCode::BadRequest, sentence).detail("InvalidParameter", name)
        };
        let platform = self
            .parameter("platform")
            .and_then(|name| Platform::parse(&name))
            .ok_or_else(|| {
                bad_parameter(
                    "platform",
                    "Name what this client receives: 'platform=windows', 'ios', 'android' or 'webpush' in the query.",
                )
            })?;
        let endpoint = self
            .parameter("endpoint")
            .map(|id| Guid::parse(&id))
            .transpose()
            .map_err(|_| {
                bad_parameter(
                    "endpoint",
                    "'endpoint' in the query must be the id of a subscription.",
                )
            })?;
        let (address, access) = self.access_of(user, &host);
        let stream = Stream {
            platform,
            cursor: self.parameter("cursor"),
            endpoint,
            expires: caller.expires,
            subprotocol,
        };
        let command = self.command(&caller, access, Command::Stream(stream));
        let command = serde_json::to_string(&command)?;
        let upgrade = upgrade_request(&command)?;
        Ok(Hub::at(self.env, &address)?.forward(&upgrade).await?)
    }
}

const SWITCHING_PROTOCOLS: u16 = 101;

/// The row of the error table that a Hub answered with, and its `Retry-After` in seconds.
async fn refused_by_hub(response: &Response) -> Result<(ErrorCode, Option<u32>), Fault> {
    #[derive(serde::Deserialize)]
    struct Envelope {
        error: Code,
    }
    #[derive(serde::Deserialize)]
    struct Code {
        code: String,
    }
    let text = JsFuture::from(response.text()?).await?;
    let envelope: Envelope = serde_json::from_str(&text.as_string().unwrap_or_default())?;
    let code = ErrorCode::parse(&envelope.error.code).unwrap_or(ErrorCode::ServiceUnavailable);
    let retry_after = response.headers().get("Retry-After")?;
    Ok((code, retry_after.and_then(|seconds| seconds.parse().ok())))
}

/// The upgrade, as the Hub gets it: the command, and nothing of the caller's headers.
fn upgrade_request(command: &str) -> Result<Request, Fault> {
    let headers = Headers::new()?;
    headers.set("Upgrade", "websocket")?;
    headers.set(STREAM_HEADER, &base64url_encode(command.as_bytes()))?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    Ok(Request::new_with_str_and_init(COMMAND_URL, &init)?)
}
