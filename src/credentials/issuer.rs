//! Who may issue tokens, and how theirs are to be read (DESIGN "Credentials").

/// A signature algorithm (RFC 7518 §3.1). `none` isn't one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256: a shared secret, for development.
    Hs256,
}

impl Algorithm {
    /// The algorithm of that exact `alg`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "HS256" => Some(Self::Hs256),
            _ => None,
        }
    }
}

/// A configured issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// `iss`
    pub name: &'static str,
    /// `aud`
    pub audience: &'static str,
    /// The algorithm that its tokens are signed with.
    pub algorithm: Algorithm,
}

impl Issuer {
    /// The issuer of development tokens (CONTRACT §3): there only while its secret is.
    pub const DEVELOPMENT: Self = Self {
        name: "notifeed-dev",
        audience: "notifeed",
        algorithm: Algorithm::Hs256,
    };
}

/// Tolerated difference between the issuer's clock and ours, in milliseconds.
pub const CLOCK_LEEWAY: i64 = 60_000;
