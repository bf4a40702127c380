//! The tables: [`statement`](crate::statement) has the schema and every statement, [`rows`] reads rows, [`writes`] makes
//! the changes of items. The questions stand in the rooms that need them.

mod rows;
mod writes;

pub use rows::{Item, Record, Row, Texts};
pub use writes::{
    end, free_id, insert, opt_text, platforms, read_state, replace, seq, set_answer, set_states,
    user_action_state, wake,
};

pub use crate::statement::Statement;

use crate::fault::Fault;
use crate::host::{Bound, Host, Query, Value};

/// The number of the schema. A later one only adds, with defaults.
pub const SCHEMA: i64 = 1;

/// The base of a change's stored number: 2⁴⁰, so that it always takes 6 bytes.
pub const SEQ_BASE: i64 = 1 << 40;

/// Reads that are bounded by what they ask for.
pub const UNBOUNDED: usize = usize::MAX;

/// Answers a question with at most one row.
pub fn one<H: Host>(
    host: &H,
    statement: Statement,
    values: &[Bound<'_>],
) -> Result<Option<Vec<Value>>, Fault> {
    let rows = host.query(Query::Fixed(statement), values, UNBOUNDED)?;
    Ok(rows.rows.into_iter().next())
}

/// Answers a question that always has a row.
pub fn single<H: Host>(
    host: &H,
    statement: Statement,
    values: &[Bound<'_>],
) -> Result<Vec<Value>, Fault> {
    one(host, statement, values)?.ok_or_else(|| Fault::new("a table", &"a row is missing"))
}
