//! The notifeed contract: what a notification is, what is wrong with one that isn't, and how a
//! feed of them behaves. Pure: `now`, ids and [`policy::Policy`] are arguments; nothing here does
//! I/O, reads a clock or draws a random number. The same code runs natively, in the browser and
//! at the edge.

pub mod close_code;
pub mod credentials;
pub mod digest;
#[cfg(test)]
mod doc_comments;
pub mod error;
pub mod error_code;
pub mod feed;
pub mod guid;
pub mod http;
mod interchange;
pub mod json;
pub mod live;
#[cfg(doc)]
pub mod manual;
pub mod notification;
pub mod policy;
pub mod push;
pub mod request;
pub mod subscription;
pub mod throttle;
pub mod time;
#[cfg(test)]
mod typescript;
pub mod uri;
pub mod verdict;
pub mod violation;
