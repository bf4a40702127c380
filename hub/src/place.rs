//! The place of a healing, as its tables have it. They are made when it begins, and dropped when it is done.

use notifeed::time::Timestamp;

use crate::fault::Fault;
use crate::host::{Bound, Value, Write};
use crate::store::{Row, Statement};

/// How far a healing has come.
#[derive(Debug, Clone)]
pub struct Place {
    /// When it began.
    pub since: Timestamp,
    /// Whether it is known when the feed was erased, if it ever was.
    pub knows_erasure: bool,
    /// The place in the list of keys; `None`: at its beginning.
    pub cursor: Option<String>,
    /// All keys are listed.
    pub listed: bool,
}

impl Place {
    /// Reads its row.
    pub(crate) fn read(row: Vec<Value>) -> Result<Self, Fault> {
        let mut row = Row::from(row);
        Ok(Self {
            since: row.time()?,
            knows_erasure: row.opt_integer().is_some(),
            cursor: row.opt_text(),
            listed: row.integer()? != 0,
        })
    }

    /// The statements that begin a healing, also where one is under way.
    pub(crate) fn begin(now: Timestamp) -> [Write<'static>; 4] {
        let begin = Write {
            statement: Statement::BeginHealing,
            values: vec![Bound::Integer(now.unix_millis())],
        };
        [
            Write::plain(Statement::CreateHealing),
            Write::plain(Statement::CreateHealingCopy),
            Write::plain(Statement::ForgetCopies),
            begin,
        ]
    }
}
