//! Proving who calls: signatures by WebCrypto, keys from their issuers, apps by the registry. What
//! a proof means is the contract's to say.

mod development;
mod keys;
pub mod limits;
mod registry;
mod tokens;

pub use development::{Holder, issue_development_token};
pub use registry::registered_app;
pub use tokens::authenticate;
