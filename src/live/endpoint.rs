//! The memory of a connection: enough to go on after the Hub was evicted.

use crate::feed::Seq;
use crate::guid::Guid;
use crate::notification::Platform;
use crate::time::Timestamp;

/// A live connection, as its socket's attachment keeps it: a text, see [`Endpoint::to_text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// The platform whose notifications it receives.
    pub platform: Platform,
    /// The subscription that it named.
    pub subscription: Option<Guid>,
    /// When its token, or its hour, ends.
    pub expires: Timestamp,
    /// Whether the endpoint is still being told what it missed, and doesn't take part in the fan-out.
    pub behind: bool,
    /// The frames that were under way to it when this was written.
    pub owes: Option<Debt>,
}

/// Frames that a client hasn't acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    /// The number of the last of them.
    pub through: Seq,
    /// Their bytes.
    pub bytes: usize,
}

impl Endpoint {
    /// The text of the attachment: a version and the members, with blanks between.
    pub fn to_text(&self) -> String {
        let subscription = self
            .subscription
            .map_or_else(|| "-".into(), |id| id.to_string());
        let owes = self.owes.map_or_else(
            || "-".into(),
            |debt| format!("{}:{}", debt.through.get(), debt.bytes),
        );
        format!(
            "1 {} {subscription} {} {} {owes}",
            self.platform,
            self.expires.unix_millis(),
            u8::from(self.behind)
        )
    }

    /// Reads what [`Endpoint::to_text`] wrote; `None` for any other text. Members that a later
    /// version added at the end are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let mut members = text.split(' ');
        members.next().filter(|version| *version == "1")?;
        let platform = Platform::parse(members.next()?)?;
        let subscription = match members.next()? {
            "-" => None,
            id => Some(Guid::parse(id).ok()?),
        };
        let expires = Timestamp::from_unix_millis(members.next()?.parse().ok()?)?;
        let behind = match members.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        let owes = match members.next()? {
            "-" => None,
            debt => {
                let (through, bytes) = debt.split_once(':')?;
                Some(Debt {
                    through: Seq::new(through.parse().ok()?),
                    bytes: bytes.parse().ok()?,
                })
            }
        };
        Some(Self {
            platform,
            subscription,
            expires,
            behind,
            owes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBT: Debt = Debt {
        through: Seq::new(12),
        bytes: 70_000,
    };

    #[test]
    fn an_attachment_is_read_as_it_was_written() {
        for platform in Platform::ALL {
            for (subscription, behind, owes) in [
                (None, false, None),
                (Some(Guid::from_bytes([3; 16])), true, Some(DEBT)),
            ] {
                let endpoint = Endpoint {
                    platform,
                    subscription,
                    expires: Timestamp::saturating_from_unix_millis(1_790_000_000_000),
                    behind,
                    owes,
                };
                let text = endpoint.to_text();
                assert_eq!(Endpoint::parse(&text), Some(endpoint));
                assert_eq!(Endpoint::parse(&format!("{text} later")), Some(endpoint));
            }
        }
        for text in [
            "",
            "1",
            "2 iOS - 5 0 -",
            "1 iOS - 5 2 -",
            "1 x - 5 0 -",
            "1 iOS - x 0 -",
            "1 iOS - 5 0 12",
            "1 iOS - 5 0 12:x",
        ] {
            assert_eq!(Endpoint::parse(text), None, "{text}");
        }
    }
}
