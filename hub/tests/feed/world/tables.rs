//! The tables: SQLite in memory.

use std::cell::RefCell;

use notifeed_hub::fault::Fault;
use notifeed_hub::host::{Bound, Query, Rows, Value, Write};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, TransactionBehavior, backup::Backup, params_from_iter};

/// The largest number that JavaScript counts to.
const LARGEST: i64 = 1 << 53;

/// How many values the platform binds to one statement at most.
const MOST_VALUES: usize = 100;

/// The tables of one feed.
pub struct Tables(RefCell<Connection>);

impl Tables {
    pub fn new() -> Self {
        Self(RefCell::new(Connection::open_in_memory().unwrap()))
    }

    /// All statements or none. `fails` is asked before each.
    pub fn commit(
        &self,
        writes: &[Write<'_>],
        fails: impl Fn() -> Result<(), Fault>,
    ) -> Result<bool, Fault> {
        let mut changed = 1;
        let mut connection = self.0.borrow_mut();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .unwrap();
        for Write { statement, values } in writes {
            fails()?;
            let text = statement.text();
            let mut prepared = transaction.prepare_cached(text).unwrap();
            assert!(!prepared.readonly(), "a write that writes nothing: {text}");
            let values = bind(values);
            // A statement with RETURNING would give rows: there is nobody to take them.
            changed = prepared
                .execute(params_from_iter(values))
                .unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        transaction.commit().unwrap();
        Ok(changed > 0)
    }

    /// The rows of an answer, up to the one that passes the budget.
    pub fn query(&self, query: Query<'_>, values: &[Bound<'_>], budget: usize) -> Rows {
        let text = match query {
            Query::Fixed(statement) => statement.text(),
            Query::Text(text) => text,
        };
        let connection = self.0.borrow();
        let mut prepared = connection
            .prepare_cached(text)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(prepared.readonly(), "a question that writes: {text}");
        let columns = prepared.column_count();
        let mut found = prepared.query(params_from_iter(bind(values))).unwrap();
        let mut rows = Rows::default();
        let mut bytes = 0;
        while let Some(row) = found.next().unwrap() {
            let row: Vec<Value> = (0..columns)
                .map(|column| read(row.get_ref(column).unwrap()))
                .collect();
            bytes += row.iter().map(text_bytes).sum::<usize>();
            rows.rows.push(row);
            if bytes > budget {
                rows.cut = true;
                break;
            }
        }
        rows
    }

    /// Runs a statement of the test's own.
    pub fn execute(&self, text: &str) -> usize {
        let connection = self.0.borrow();
        connection
            .execute(text, [])
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The first column of the first row that a question of the test's own has.
    pub fn number(&self, text: &str) -> i64 {
        let connection = self.0.borrow();
        connection.query_row(text, [], |row| row.get(0)).unwrap()
    }

    /// The same, where it is a text.
    pub fn text(&self, text: &str) -> String {
        let connection = self.0.borrow();
        connection.query_row(text, [], |row| row.get(0)).unwrap()
    }

    /// The names of the tables.
    pub fn names(&self) -> Vec<String> {
        let names =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let rows = self.query(Query::Text(names), &[], usize::MAX);
        let names = rows.rows.into_iter().flatten();
        names
            .map(|name| match name {
                Value::Text(name) => name,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Everything goes.
    pub fn drop_all(&self) {
        *self.0.borrow_mut() = Connection::open_in_memory().unwrap();
    }

    /// A backup as of now.
    pub fn copy(&self) -> Self {
        let mut copy = Connection::open_in_memory().unwrap();
        copy_into(&self.0.borrow(), &mut copy);
        Self(RefCell::new(copy))
    }

    /// Back to what a backup has.
    pub fn restore(&self, backup: &Self) {
        let mut fresh = Connection::open_in_memory().unwrap();
        copy_into(&backup.0.borrow(), &mut fresh);
        *self.0.borrow_mut() = fresh;
    }
}

fn copy_into(from: &Connection, to: &mut Connection) {
    let backup = Backup::new(from, to).unwrap();
    backup
        .run_to_completion(1000, std::time::Duration::ZERO, None)
        .unwrap();
}

struct Parameter<'a>(Bound<'a>);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Bound::Null => ValueRef::Null,
            Bound::Integer(number) => ValueRef::Integer(number),
            Bound::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn bind<'a>(values: &[Bound<'a>]) -> Vec<Parameter<'a>> {
    assert!(values.len() <= MOST_VALUES, "{} values", values.len());
    let values = values.iter().inspect(|value| {
        if let Bound::Integer(number) = value {
            assert!(
                number.abs() <= LARGEST,
                "{number} is no number of JavaScript's"
            );
        }
    });
    values.copied().map(Parameter).collect()
}

fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).unwrap()),
        other => panic!("a column of type {}", other.data_type()),
    }
}

fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        _ => 0,
    }
}
