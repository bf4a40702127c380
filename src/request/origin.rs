//! Which pages of other origins may use the service (CONTRACT §1, `Access-Control-Allow-Origin`; the
//! Fetch standard, "CORS protocol"). No cookie is involved: a page needs a token anyway, and this
//! only keeps a deployment's tokens to its own pages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The setting `ALLOWED_ORIGINS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// `*`: every page, as the contract has it.
    Any,
    /// The listed origins, and the service's own.
    Listed(Vec<String>),
}

/// The pages that may read an answer, as its `Access-Control-Allow-Origin` says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Readers {
    /// Every page.
    #[default]
    All,
    /// Pages of this origin.
    Only(String),
    /// No page of another origin.
    None,
}

/// The setting isn't `*` or a list of origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginsError;

impl fmt::Display for OriginsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "must be * or origins with commas between, each like https://app.example.com, in lower case, without a path",
        )
    }
}

impl std::error::Error for OriginsError {}

impl AllowedOrigins {
    /// Reads the setting: `*`, or origins with commas between.
    ///
    /// # Errors
    /// [`OriginsError`] if an entry could match no `Origin` that a browser sends.
    pub fn parse(setting: &str) -> Result<Self, OriginsError> {
        if setting.trim() == "*" {
            return Ok(Self::Any);
        }
        let origins = setting.split(',').map(|origin| {
            let origin = origin.trim();
            let (scheme, host) = origin.split_once("://").ok_or(OriginsError)?;
            let plain = |text: &str| {
                !text.is_empty()
                    && text.bytes().all(|byte| {
                        byte.is_ascii_lowercase()
                            || byte.is_ascii_digit()
                            || matches!(byte, b'-' | b'.' | b':' | b'[' | b']' | b'+')
                    })
            };
            (plain(scheme) && plain(host))
                .then(|| origin.to_owned())
                .ok_or(OriginsError)
        });
        Ok(Self::Listed(origins.collect::<Result<_, _>>()?))
    }

    /// The pages that may read the answer to a request from a page of `origin`. `None` as `origin`: the request comes
    /// from no page, or from one of the service's own origin, `own`.
    pub fn readers(&self, origin: Option<&str>, own: &str) -> Readers {
        match (self, origin) {
            (Self::Any, _) => Readers::All,
            (Self::Listed(listed), Some(origin))
                if origin == own || listed.iter().any(|known| known == origin) =>
            {
                Readers::Only(origin.to_owned())
            }
            _ => Readers::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://feed.example.com";

    #[test]
    fn any_is_the_contract_s() {
        let any = AllowedOrigins::parse("*");
        for origin in [None, Some("https://x"), Some("null")] {
            assert_eq!(
                any.as_ref().map(|any| any.readers(origin, OWN)),
                Ok(Readers::All)
            );
        }
    }

    #[test]
    fn a_list_is_exact() {
        let listed = AllowedOrigins::parse("https://app.example.com, http://localhost:3000");
        let readers = |origin| listed.as_ref().map(|listed| listed.readers(origin, OWN));
        for origin in ["https://app.example.com", "http://localhost:3000", OWN] {
            assert_eq!(readers(Some(origin)), Ok(Readers::Only(origin.to_owned())));
        }
        for origin in [
            "null",
            "",
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://app.example.com.evil.com",
            "https://evil.app.example.com",
        ] {
            assert_eq!(readers(Some(origin)), Ok(Readers::None), "{origin}");
        }
        assert_eq!(readers(None), Ok(Readers::None));
    }

    #[test]
    fn what_could_match_nothing_is_a_mistake() {
        for setting in [
            "app.example.com",
            "https://a/",
            "https://A",
            "https://*.a",
            "https://a,",
            "null",
        ] {
            assert_eq!(
                AllowedOrigins::parse(setting),
                Err(OriginsError),
                "{setting}"
            );
        }
    }
}
