//! The tables.

mod statement;

pub use statement::Statement;
