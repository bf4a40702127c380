//! Who is calling, and what a token or a subscription id proves (CONTRACT §1 and §3).
//!
//! [`jwt`] takes a token apart; whoever has a key checks its signature; [`claims`] then judges what
//! it says. [`subscription_id`] makes and checks the ids that lead to a user's Hub. [`registry`]
//! says which app may notify for which host.

pub mod claims;
pub mod issuer;
pub mod jwt;
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
