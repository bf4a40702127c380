//! Callers, and what a token or a subscription id proves (CONTRACT §1 and §3).
//!
//! [`configuration`] reads which [`issuer`]s a deployment accepts. [`jwt`] takes a token apart;
//! [`jwks`] finds the key for it, and whoever has WebCrypto checks its signature; [`claims`] then
//! judges what it says. [`memory`] caches the results. [`subscription_id`] makes and checks the ids that lead to a
//! user's Hub. [`registry`] says which app may notify for which host.

pub mod claims;
pub mod configuration;
pub mod issuer;
pub mod jwks;
pub mod jwt;
pub mod memory;
pub mod registry;
pub mod subscription_id;

pub use claims::{Caller, Principal, User};
pub use issuer::Issuer;
pub use registry::App;

use base64ct::{Base64UrlUnpadded, Encoding};

/// Base64url without padding (RFC 4648 §5), as tokens and ids use it.
pub fn base64url_encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of unpadded base64url. `None` for anything else.
pub fn base64url_decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}
