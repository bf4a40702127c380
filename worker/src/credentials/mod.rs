//! Proving who calls: signatures by WebCrypto, apps by the registry. What a proof means is the
//! contract's to say.

mod registry;
mod tokens;

pub use registry::registered_app;
pub use tokens::{authenticate, issue_development_token};
