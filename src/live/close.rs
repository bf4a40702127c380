//! How a connection ends, and what the client does then.

use crate::close_code::{
    CLOSE_BUSY, CLOSE_DENIED, CLOSE_MALFORMED, CLOSE_RESTARTED, CLOSE_TOKEN_REFUSED, CLOSE_TOO_SLOW,
};
use crate::error::{ErrorCode, RefusalCode};

/// A WebSocket close code (RFC 6455 §7.4) with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// 4000 to 4999 are ours.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: &'static str,
}

/// A subscription that a client names by `endpoint` has ended, or never was.
pub const SUBSCRIPTION_ENDED: &str = RefusalCode::SubscriptionEnded.as_str();

impl Close {
    /// The client sent a message that isn't a frame. The client stops.
    pub const MALFORMED: Self = Self {
        code: CLOSE_MALFORMED,
        reason: "BadRequest",
    };
    /// The token has expired. The client reconnects with a fresh token and its cursor.
    pub const TOKEN_EXPIRED: Self = Self {
        code: CLOSE_TOKEN_REFUSED,
        reason: "InvalidAuthenticationToken",
    };
    /// The connection's subscription has been ended. The client reconnects without `endpoint`.
    pub const SUBSCRIPTION_ENDED: Self = Self {
        code: CLOSE_DENIED,
        reason: SUBSCRIPTION_ENDED,
    };
    /// The client sends more frames than it may. The client reconnects with backoff, and its cursor.
    pub const FLOODING: Self = Self {
        code: CLOSE_BUSY,
        reason: "Throttled",
    };
    /// The client was sent as much as it may be without an acknowledgement, and none came in time, or it sent a request
    /// meanwhile. The client reconnects at once with its cursor.
    pub const TOO_SLOW: Self = Self {
        code: CLOSE_TOO_SLOW,
        reason: "ReplayCut",
    };
    /// The client sent pings, and then none for a long time: the connection is most likely dead. If it isn't, the
    /// client reconnects with its cursor.
    pub const SILENT: Self = Self {
        code: CLOSE_TOO_SLOW,
        reason: "Silent",
    };
    /// An operator has erased the user. The client stops.
    pub const USER_ERASED: Self = Self {
        code: CLOSE_DENIED,
        reason: "UserErased",
    };
    /// The Hub was restarted in the middle of a replay. The client reconnects with its cursor.
    pub const RESTARTED: Self = Self {
        code: CLOSE_RESTARTED,
        reason: "ServiceRestart",
    };
}

/// The text in a close reason that whole seconds to wait follow: `ServerBusy retry-after=60`.
pub const REASON_RETRY_AFTER: &str = "retry-after=";

/// The reason that a refused connection is closed with, where no status could be seen: the error
/// code, and (D26) after it what `Retry-After` would say in an answer: `ServerBusy retry-after=60`,
/// in seconds. At most 123 bytes.
pub fn refusal_reason(code: ErrorCode, retry_after: Option<u32>) -> String {
    match retry_after {
        Some(seconds) => format!("{} {REASON_RETRY_AFTER}{seconds}", code.as_str()),
        None => code.as_str().to_owned(),
    }
}

/// The code to answer a close with: what the peer sent, unless that may not be sent (RFC 6455
/// §7.4.1 reserves 1004, 1005, 1006 and 1015).
pub const fn echo(code: u16) -> u16 {
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => code,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_code_and_when_to_come_back() {
        assert_eq!(
            refusal_reason(ErrorCode::ServerBusy, Some(60)),
            "ServerBusy retry-after=60"
        );
        assert_eq!(
            refusal_reason(ErrorCode::CallerBlocked, None),
            "CallerBlocked"
        );
    }

    #[test]
    fn every_reason_fits_into_a_close_frame() {
        for code in ErrorCode::ALL {
            assert!(refusal_reason(code, Some(u32::MAX)).len() <= 123);
        }
    }
}
