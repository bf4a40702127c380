//! The order in which a request is checked (CONTRACT §1, "Precedence") (D19): the first failure answers.

use crate::error::ErrorCode;

/// A check of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The path leads to an endpoint.
    Path,
    /// The endpoint has the method; a preflight is answered.
    Method,
    /// A stream is asked for with `Upgrade: websocket`.
    Upgrade,
    /// A page is of an origin that may connect.
    Page,
    /// The access token proves who calls, and the app isn't on the blocked list.
    Token,
    /// The app is within its rate limit.
    Limit,
    /// The headers of a body are supported, its media type and its encoding.
    Headers,
    /// An app-only token comes with a subscription id.
    SubscriptionId,
    /// The caller may act for, or notify, this user.
    Caller,
    /// The body isn't too large.
    Size,
    /// Body and query are as the operation has them.
    Contents,
    /// The app is registered for the host.
    Host,
}

/// The order. The edge carries the checks out in this order, and the last three in the operation's own code;
/// what only a feed knows, such as whether the subscription still works, the feed checks before its body.
pub const ORDER: [Check; 12] = [
    Check::Path,
    Check::Method,
    Check::Upgrade,
    Check::Page,
    Check::Token,
    Check::Limit,
    Check::Headers,
    Check::SubscriptionId,
    Check::Caller,
    Check::Size,
    Check::Contents,
    Check::Host,
];

impl Check {
    /// The errors that it answers, in their order; none: those of the body's violations or of the query.
    pub const fn errors(self) -> &'static [ErrorCode] {
        match self {
            Self::Path => &[ErrorCode::ItemNotFound],
            Self::Method => &[ErrorCode::MethodNotAllowed],
            Self::Upgrade => &[ErrorCode::UpgradeRequired],
            Self::Token => &[
                ErrorCode::InvalidAuthenticationToken,
                ErrorCode::CallerBlocked,
            ],
            Self::Limit => &[ErrorCode::Throttled],
            Self::Headers => &[
                ErrorCode::UnsupportedHeader,
                ErrorCode::UnsupportedMediaType,
            ],
            Self::SubscriptionId => &[ErrorCode::BadRequest],
            Self::Page | Self::Caller | Self::Host => &[ErrorCode::NotAuthorizedForUser],
            Self::Size => &[ErrorCode::RequestBodyTooLarge],
            Self::Contents => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    /// The second column of the contract's table, row by row.
    fn documented() -> Vec<String> {
        let contract = include_str!("../../docs/contract.md");
        let (_, table) = contract
            .split_once("| check | answers |\n|---|---|\n")
            .unwrap_or_default();
        let rows = table.lines().map_while(|line| line.strip_prefix("| "));
        let cells = rows.filter_map(|row| row.split(" | ").nth(1));
        cells
            .map(|cell| cell.trim_end_matches(" |").to_owned())
            .collect()
    }

    #[test]
    fn the_contract_s_table_has_the_order() {
        let of =
            |code: &ErrorCode| format!("{} `{}`", code.status(&Policy::DEFAULT), code.as_str());
        let expected = ORDER.map(|check| match check.errors() {
            [] => String::from("by the table above"),
            errors => errors.iter().map(of).collect::<Vec<_>>().join(", then "),
        });
        assert_eq!(documented(), expected);
    }
}
