//! The Worker's requests to a feed, and how they travel: an operation's name and its fields as one text.
//! The answer is [`Reply::to_text`](notifeed::http::Reply::to_text).

mod command;
mod decode;
mod encode;
mod fields;

pub use command::{
    Access, Acknowledgement, Answer, Append, AskedBy, Command, PROTOCOL, RETRY, Read, Receipt,
    Request, STREAM, Stream, Subscribe, UNSUPPORTED_RETRY_AFTER,
};
pub use fields::{Fields, FieldsWriter, Undecodable};
