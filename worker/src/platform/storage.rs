//! A Durable Object's SQLite database and its alarm.

use js_sys::{Array, Promise, Reflect};
use notifeed::time::Timestamp;
use wasm_bindgen::prelude::*;
use worker::State;

use crate::fault::Fault;

#[wasm_bindgen]
extern "C" {
    type RawStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &RawStorage,
        run: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, getter)]
    fn sql(this: &RawStorage) -> Result<RawSql, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm(this: &RawStorage, unix_millis: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deleteAlarm)]
    fn delete_alarm(this: &RawStorage) -> Result<Promise, JsValue>;

    type RawSql;

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &RawSql, statement: &str, bindings: &Array) -> Result<RawCursor, JsValue>;

    type RawCursor;

    #[wasm_bindgen(method, catch)]
    fn raw(this: &RawCursor) -> Result<RawRows, JsValue>;

    type RawRows;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &RawRows) -> Result<Array, JsValue>;
}

/// The database and the alarm of one Durable Object.
pub struct Storage {
    raw: RawStorage,
    sql: RawSql,
}

/// A row of a result: its columns, by position.
pub struct Row(Array);

/// A value bound to a statement.
pub enum Bound<'a> {
    /// TEXT
    Text(&'a str),
    /// TEXT, owned
    Owned(String),
    /// INTEGER
    Integer(i64),
    /// NULL
    Null,
}

impl Storage {
    /// The storage of this object.
    pub fn of(state: &State) -> Result<Self, Fault> {
        let raw: RawStorage = Reflect::get(state.as_raw(), &"storage".into())?.unchecked_into();
        let sql = raw.sql()?;
        Ok(Self { raw, sql })
    }

    /// Runs statements as one transaction: an error, or an exception, leaves nothing half-done.
    pub fn transaction<T>(&self, run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        let mut run = Some(run);
        let mut result = None;
        let outcome = self
            .raw
            .transaction_sync(&mut || match run.take().map(|run| run()) {
                Some(Ok(value)) => {
                    result = Some(value);
                    Ok(())
                }
                Some(Err(fault)) => Err(JsValue::from_str(&fault.to_string())),
                None => Err(JsValue::from_str("the transaction ran twice")),
            });
        match (outcome, result) {
            (Ok(_), Some(value)) => Ok(value),
            (Ok(_), None) => Err(Fault::new("a transaction", &"it didn't run")),
            (Err(exception), _) => Err(exception.into()),
        }
    }

    /// Runs a statement and returns its rows.
    pub fn query(&self, statement: &str, bindings: &[Bound<'_>]) -> Result<Vec<Row>, Fault> {
        let rows = self.exec(statement, bindings)?.raw()?.to_array()?;
        Ok(rows.iter().map(|row| Row(row.unchecked_into())).collect())
    }

    /// Runs a statement for what it does.
    pub fn run(&self, statement: &str, bindings: &[Bound<'_>]) -> Result<(), Fault> {
        self.exec(statement, bindings).map(drop)
    }

    fn exec(&self, statement: &str, bindings: &[Bound<'_>]) -> Result<RawCursor, Fault> {
        let values: Array = bindings.iter().map(Bound::to_js).collect();
        Ok(self.sql.exec(statement, &values)?)
    }

    /// Sets the alarm, whatever it was.
    pub fn set_alarm(&self, at: Timestamp) -> Result<(), Fault> {
        #[allow(clippy::cast_precision_loss)]
        let millis = at.unix_millis() as f64;
        // The runtime's output gate waits for the write; nothing here needs to.
        self.raw.set_alarm(millis).map(drop)?;
        Ok(())
    }

    /// Takes the alarm back, if one is set.
    pub fn delete_alarm(&self) -> Result<(), Fault> {
        self.raw.delete_alarm().map(drop)?;
        Ok(())
    }
}

impl Bound<'_> {
    fn to_js(&self) -> JsValue {
        match self {
            Self::Text(text) => JsValue::from_str(text),
            Self::Owned(text) => JsValue::from_str(text),
            #[allow(clippy::cast_precision_loss)]
            Self::Integer(number) => JsValue::from_f64(*number as f64),
            Self::Null => JsValue::NULL,
        }
    }
}

impl<'a> From<&'a str> for Bound<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<String> for Bound<'_> {
    fn from(text: String) -> Self {
        Self::Owned(text)
    }
}

impl From<i64> for Bound<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Timestamp> for Bound<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.unix_millis())
    }
}

impl<'a, T: Into<Bound<'a>>> From<Option<T>> for Bound<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Row {
    /// A TEXT column that is never NULL.
    pub fn text(&self, column: u32) -> Result<String, Fault> {
        self.optional_text(column).ok_or_else(|| mismatch(column))
    }

    /// A TEXT column.
    pub fn optional_text(&self, column: u32) -> Option<String> {
        self.0.get(column).as_string()
    }

    /// An INTEGER column that is never NULL.
    pub fn integer(&self, column: u32) -> Result<i64, Fault> {
        self.optional_integer(column)
            .ok_or_else(|| mismatch(column))
    }

    /// An INTEGER column. What is stored is below 2⁵³, which a double holds exactly.
    pub fn optional_integer(&self, column: u32) -> Option<i64> {
        #[allow(clippy::cast_possible_truncation)]
        self.0.get(column).as_f64().map(|number| number as i64)
    }

    /// A column of Unix milliseconds.
    pub fn time(&self, column: u32) -> Result<Timestamp, Fault> {
        Timestamp::from_unix_millis(self.integer(column)?).ok_or_else(|| mismatch(column))
    }

    /// A column that is read by `read`.
    pub fn parsed<T>(&self, column: u32, read: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        read(&self.text(column)?).ok_or_else(|| mismatch(column))
    }
}

fn mismatch(column: u32) -> Fault {
    Fault::new("a row isn't as the schema says, in column", &column)
}
