//! Reconnecting: how a client comes back after its connection was closed (CONTRACT §4; docs/live.md,
//! "How it ends").

use crate::close_code::{
    CLOSE_DENIED, CLOSE_MALFORMED, CLOSE_RESTARTED, CLOSE_TOKEN_REFUSED, CLOSE_TOO_SLOW,
};

/// How a client comes back after a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Reconnect {
    /// The client stays away until a person acts: the same request would be refused again.
    Never,
    /// The client comes back at once with its cursor.
    AtOnce,
    /// The client comes back at once with its cursor and a fresh token.
    FreshToken,
    /// The client comes back with its cursor after a random wait that grows with each failure, and after
    /// the seconds that the reason names.
    Backoff,
}

impl Reconnect {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Never, Self::AtOnce, Self::FreshToken, Self::Backoff];

    /// The spelling in TypeScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AtOnce => "atOnce",
            Self::FreshToken => "freshToken",
            Self::Backoff => "backoff",
        }
    }

    /// The way back after a close code (RFC 6455 §7.4). A 4403 whose reason is
    /// [`SUBSCRIPTION_ENDED`](super::close::SUBSCRIPTION_ENDED) is the exception: the client comes back
    /// at once, without `endpoint`.
    pub const fn after(code: u16) -> Self {
        match code {
            CLOSE_MALFORMED | CLOSE_DENIED => Self::Never,
            CLOSE_TOKEN_REFUSED => Self::FreshToken,
            CLOSE_RESTARTED | CLOSE_TOO_SLOW => Self::AtOnce,
            _ => Self::Backoff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close_code;
    use crate::error::ErrorCode;
    use crate::live::close::Close;

    #[test]
    fn every_code_that_is_sent_is_listed() {
        let closes = [
            Close::MALFORMED,
            Close::TOKEN_EXPIRED,
            Close::SUBSCRIPTION_ENDED,
            Close::FLOODING,
            Close::TOO_SLOW,
            Close::SILENT,
            Close::USER_ERASED,
            Close::RESTARTED,
        ];
        let refusals = ErrorCode::ALL.map(ErrorCode::close_code);
        let sent = closes.map(|close| close.code).into_iter().chain(refusals);
        for code in sent {
            assert!(close_code::ALL.contains(&code), "{code}");
        }
    }

    #[test]
    fn a_refused_token_is_replaced_and_a_refused_caller_stays_away() {
        let after = |code: ErrorCode| Reconnect::after(code.close_code());
        assert_eq!(
            after(ErrorCode::InvalidAuthenticationToken),
            Reconnect::FreshToken
        );
        assert_eq!(after(ErrorCode::CallerBlocked), Reconnect::Never);
        assert_eq!(after(ErrorCode::BadRequest), Reconnect::Never);
        assert_eq!(after(ErrorCode::ServerBusy), Reconnect::Backoff);
        assert_eq!(after(ErrorCode::ServiceUnavailable), Reconnect::Backoff);
    }
}
