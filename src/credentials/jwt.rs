//! A JSON Web Token in its compact form (RFC 7515 §3.1, RFC 7519), taken apart and not yet believed.

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
    /// What was signed.
    pub signed: &'a str,
    /// The signature.
    pub signature: Vec<u8>,
    /// The claims, as JSON text.
    pub claims: Vec<u8>,
}

/// Why a token is none. All of them are 401 `InvalidAuthenticationToken`.
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
    /// A claim that must be there isn't, or has the wrong type.
    MissingClaim,
}

impl TokenError {
    /// One sentence that says what to do, and nothing that helps to forge.
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
        let algorithm = header
            .get("alg")
            .and_then(Value::as_str)
            .and_then(Algorithm::parse)
            .ok_or(TokenError::AlgorithmNotAllowed)?;
        let key_id = header.get("kid").and_then(Value::as_str).map(str::to_owned);
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
