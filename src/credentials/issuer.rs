//! The issuers of tokens, and how to read theirs (ARCHITECTURE "Credentials").

use crate::time::Duration;

/// A signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1). `none` isn't one. Each belongs to one type
/// of key, so that a public key is never taken for a shared secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256: a shared secret, for development.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithms with a public key: a configured issuer may use no others.
    pub const PUBLIC: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The `alg` of a token and of a key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The bytes of a signature; `None` where that depends on the key.
    pub const fn signature_length(self) -> Option<usize> {
        match self {
            Self::Hs256 => Some(32),
            Self::Rs256 | Self::Ps256 => None,
            Self::Es256 | Self::EdDsa => Some(64),
        }
    }

    /// The algorithm of that exact `alg`.
    pub fn parse(name: &str) -> Option<Self> {
        let [rs256, ps256, es256, ed_dsa] = Self::PUBLIC;
        [Self::Hs256, rs256, ps256, es256, ed_dsa]
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }
}

/// The source of an issuer's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The development secret.
    DevelopmentSecret,
    /// A JWK Set (RFC 7517 §5) at this URL.
    Jwks(String),
}

/// A configured issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// `iss`, exactly.
    pub name: String,
    /// The values of `aud` that mean this service.
    pub audiences: Vec<String>,
    /// The algorithms that its tokens may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// The source of its keys.
    pub keys: KeySource,
    /// The names of the claims in its tokens.
    pub claims: ClaimNames,
    /// The evidence that a token is an app's own: any of these is enough.
    pub app_only: Vec<Evidence>,
}

/// The names of the claims that say who calls; of each list the first that is there counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    /// The app that the token was issued to.
    pub app: Vec<String>,
    /// The user.
    pub user: Vec<String>,
    /// The user's tenant, for an issuer that has several.
    pub tenant: Vec<String>,
    /// The user's principal name, for `@odata.context`.
    pub principal_name: Vec<String>,
    /// The scopes: a text with spaces between, or a list.
    pub scopes: Vec<String>,
}

/// A claim that has this very value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The claim's name.
    pub claim: String,
    /// Its value.
    pub equals: String,
}

impl Issuer {
    /// `iss` of development tokens (CONTRACT §3).
    pub const DEVELOPMENT_NAME: &str = "notifeed-dev";
    /// `aud` of development tokens.
    pub const DEVELOPMENT_AUDIENCE: &str = "notifeed";

    /// The issuer of development tokens (CONTRACT §3): there only while its secret is.
    pub fn development() -> Self {
        Self {
            name: Self::DEVELOPMENT_NAME.to_owned(),
            audiences: vec![Self::DEVELOPMENT_AUDIENCE.to_owned()],
            algorithms: vec![Algorithm::Hs256],
            keys: KeySource::DevelopmentSecret,
            claims: ClaimNames::default(),
            app_only: Evidence::usual(),
        }
    }
}

impl Default for ClaimNames {
    /// The names that Entra ID, Auth0 and Keycloak use.
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            app: names(&["azp", "appid", "client_id"]),
            user: names(&["oid", "sub"]),
            tenant: names(&["tid"]),
            principal_name: names(&["upn", "preferred_username", "email"]),
            scopes: names(&["scp", "scope"]),
        }
    }
}

impl Evidence {
    /// The evidence in app-only tokens of Entra ID, and in those of Auth0.
    pub fn usual() -> Vec<Self> {
        [("idtyp", "app"), ("gty", "client-credentials")]
            .map(|(claim, equals)| Self {
                claim: claim.to_owned(),
                equals: equals.to_owned(),
            })
            .into()
    }
}

/// Tolerated difference between the issuer's clock and ours.
pub const CLOCK_LEEWAY: Duration = Duration::from_minutes(1);
