//! A JSON Web Token in its compact form (RFC 7515 §3.1, RFC 7519), parsed, with its signature not yet checked.

use crate::credentials::{base64url_decode, issuer::Algorithm};
use crate::json::{self, Value};

/// The largest token, in bytes. Real ones are 1 to 4 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A token that is well-formed. Nothing that it says counts before its signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified<'a> {
    /// The algorithm that the header names.
    pub algorithm: Algorithm,
    /// The key that the header names.
    pub key_id: Option<String>,
    /// The issuer that the claims name: which keys to check the signature with.
    pub issuer: String,
    /// The text that was signed.
    pub signed: &'a str,
    /// The signature.
    pub signature: Vec<u8>,
    /// The claims, as JSON text.
    pub claims: Vec<u8>,
}

/// A reason to refuse a token. All of them are 401 `InvalidAuthenticationToken`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Over [`MAX_TOKEN_BYTES`].
    TooLarge,
    /// Not three parts of base64url, or not JSON within.
    Malformed,
    /// `alg` is `none`, unknown, or not one that the issuer allows.
    AlgorithmNotAllowed,
    /// `crit`: an extension that must be understood, and isn't (RFC 7515 §4.1.11).
    CriticalExtension,
    /// `typ` says that it is another kind of token.
    WrongType,
    /// No configured issuer has that `iss`.
    UnknownIssuer,
    /// No key of the issuer, or the wrong one.
    BadSignature,
    /// `aud` isn't this service.
    WrongAudience,
    /// `exp` is missing or in the past.
    Expired,
    /// `nbf` is in the future.
    NotYetValid,
    /// `nbf` is there, and isn't a number of seconds (RFC 7519 §4.1.5).
    UnreadableNotBefore,
    /// A claim that must be there isn't, or has the wrong type.
    MissingClaim,
}

impl TokenError {
    /// A sentence that says what to do, and nothing that helps to forge.
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "The access token is too large. Send one of at most 16 KiB.",
            Self::Malformed => {
                "The access token isn't a JSON Web Token. Send 'Authorization: Bearer {token}' with a token from a configured issuer."
            }
            Self::AlgorithmNotAllowed => {
                "The access token is signed in a way that its issuer isn't configured for."
            }
            Self::CriticalExtension => {
                "The access token asks for an extension that isn't supported."
            }
            Self::WrongType => {
                "The token isn't an access token. Send the access token that the issuer gave along with it."
            }
            Self::UnknownIssuer => {
                "The access token's issuer isn't configured here. Send a token from a configured issuer."
            }
            Self::BadSignature => {
                "The access token's signature doesn't match. Get a new token from its issuer."
            }
            Self::WrongAudience => {
                "The access token is meant for another service. Ask its issuer for one with this service's audience."
            }
            Self::Expired => "The access token has expired. Get a new one.",
            Self::NotYetValid => "The access token isn't valid yet. Check the clocks, or wait.",
            Self::UnreadableNotBefore => {
                "The access token doesn't say from when on it is valid: its 'nbf' isn't a number of seconds."
            }
            Self::MissingClaim => {
                "The access token lacks a claim that its issuer is configured to send."
            }
        }
    }
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let decode = |part| base64url_decode(part).ok_or(TokenError::Malformed);
        let (header, claims, signature) = (decode(header)?, decode(claims)?, decode(signature)?);

        let header = json::read_object(&header).ok_or(TokenError::Malformed)?;
        if header.get("crit").is_some() {
            return Err(TokenError::CriticalExtension);
        }
        if header.get("typ").is_some_and(|typ| !is_access_token(typ)) {
            return Err(TokenError::WrongType);
        }
        let algorithm = header
            .get("alg")
            .and_then(Value::as_str)
            .and_then(Algorithm::parse)
            .ok_or(TokenError::AlgorithmNotAllowed)?;
        let key_id = match header.get("kid") {
            None | Some(Value::Null) => None,
            Some(id) => Some(id.as_str().ok_or(TokenError::Malformed)?.to_owned()),
        };
        let issuer = json::read_object(&claims)
            .ok_or(TokenError::Malformed)?
            .get("iss")
            .and_then(Value::as_str)
            .ok_or(TokenError::MissingClaim)?
            .to_owned();
        Ok(Self {
            algorithm,
            key_id,
            issuer,
            signed,
            signature,
            claims,
        })
    }
}

/// `JWT`, as most issuers say, or `at+jwt` (RFC 9068 §2.1); any case, with or without the prefix
/// (RFC 7515 §4.1.9). (D24) Any other type is another kind of token (RFC 8725 §3.11).
fn is_access_token(typ: &Value<'_>) -> bool {
    typ.as_str().is_some_and(|typ| {
        let typ = typ.to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        matches!(typ, "jwt" | "at+jwt")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::base64url_encode;

    fn token(header: &str, claims: &str) -> String {
        let part = |text: &str| base64url_encode(text.as_bytes());
        format!("{}.{}.{}", part(header), part(claims), part("signature"))
    }

    fn error(header: &str) -> Option<TokenError> {
        Unverified::parse(&token(header, r#"{"iss":"i"}"#)).err()
    }

    #[test]
    fn a_token_is_taken_apart() {
        let text = token(
            r#"{"alg":"ES256","kid":"k","typ":"at+jwt"}"#,
            r#"{"iss":"i"}"#,
        );
        let parsed = Unverified::parse(&text);
        assert!(parsed.is_ok_and(|token| token.algorithm == Algorithm::Es256
            && token.key_id.as_deref() == Some("k")
            && token.issuer == "i"
            && token.signature == b"signature"
            && text.starts_with(token.signed)));
    }

    #[test]
    fn headers_that_are_refused() {
        use TokenError::{AlgorithmNotAllowed, CriticalExtension, Malformed, WrongType};
        for (header, expected) in [
            (r#"{"alg":"RS256"}"#, None),
            (
                r#"{"alg":"RS256","typ":"application/AT+JWT","kid":null}"#,
                None,
            ),
            (r#"{"alg":"none"}"#, Some(AlgorithmNotAllowed)),
            (r#"{"alg":"None"}"#, Some(AlgorithmNotAllowed)),
            (r#"{"alg":"HS512"}"#, Some(AlgorithmNotAllowed)),
            (r#"{"alg":["RS256"]}"#, Some(AlgorithmNotAllowed)),
            ("{}", Some(AlgorithmNotAllowed)),
            (r#"{"alg":"RS256","crit":["exp"]}"#, Some(CriticalExtension)),
            (r#"{"alg":"RS256","typ":"logout+jwt"}"#, Some(WrongType)),
            (r#"{"alg":"RS256","typ":1}"#, Some(WrongType)),
            (r#"{"alg":"RS256","kid":7}"#, Some(Malformed)),
            (r#"{"alg":"RS256","alg":"none"}"#, Some(Malformed)),
            ("[]", Some(Malformed)),
        ] {
            assert_eq!(error(header), expected, "{header}");
        }
    }

    #[test]
    fn what_is_no_token() {
        let header = r#"{"alg":"RS256"}"#;
        let twice = token(header, r#"{"iss":"i","iss":"j"}"#);
        let large = token(
            header,
            &format!(r#"{{"iss":"{}"}}"#, "i".repeat(MAX_TOKEN_BYTES)),
        );
        for (text, expected) in [
            ("", TokenError::Malformed),
            ("a", TokenError::Malformed),
            ("a.b", TokenError::Malformed),
            ("a.b.c.d", TokenError::Malformed),
            ("..", TokenError::Malformed),
            (&twice, TokenError::Malformed),
            (&large, TokenError::TooLarge),
            (&token(header, "{}"), TokenError::MissingClaim),
        ] {
            assert_eq!(Unverified::parse(text).err(), Some(expected), "{text:.60}");
        }
    }
}
