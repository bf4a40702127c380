//! How values of SQL cross to JavaScript and back: in few and large pieces. Lengths of texts are
//! counted as JavaScript counts them, in UTF-16 code units.

use notifeed_hub::fault::Fault;
use notifeed_hub::host::{Bound, Rows, Value};

/// Values on their way to JavaScript: their kinds and numbers, and all their texts as one.
#[derive(Default)]
pub struct Packed {
    /// For each value its kind (0 NULL, 1 INTEGER, 2 TEXT) and its number, or the length of its text.
    pub shape: Vec<f64>,
    /// The texts, one after the other.
    pub texts: String,
}

impl Packed {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            shape: Vec::with_capacity(64),
            texts: String::with_capacity(1024),
        }
    }

    /// A number that isn't a value: of a statement, or how many values follow.
    #[expect(clippy::cast_precision_loss, reason = "they are small")]
    pub fn number(&mut self, number: usize) {
        self.shape.push(number as f64);
    }

    /// The next values. An integer is at most 2⁵³ in size.
    pub fn values(&mut self, values: &[Bound<'_>]) {
        for value in values {
            let (kind, number) = match value {
                Bound::Null => (0.0, 0.0),
                Bound::Integer(number) => (1.0, *number as f64),
                Bound::Text(text) => {
                    self.texts.push_str(text);
                    (2.0, utf16_length(text) as f64)
                }
            };
            self.shape.push(kind);
            self.shape.push(number);
        }
    }
}

fn utf16_length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// Reads rows that JavaScript packed: `+` if there may be more or `.`, how many columns a row has, a
/// line feed, and the values: `n`, `i{number};`, `t{length};{text}`.
pub fn rows(packed: &str) -> Result<Rows, Fault> {
    let malformed = || Fault::new("rows can't be read", &"they aren't as they are packed");
    let (head, mut rest) = packed.split_once('\n').ok_or_else(malformed)?;
    let cut = head.starts_with('+');
    let columns = head.strip_prefix(['+', '.']).and_then(|n| n.parse().ok());
    let columns: usize = columns.ok_or_else(malformed)?;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let mut row = Vec::with_capacity(columns);
        for _ in 0..columns {
            let (value, after) = value(rest).ok_or_else(malformed)?;
            row.push(value);
            rest = after;
        }
        if columns == 0 {
            return Err(malformed());
        }
        rows.push(row);
    }
    Ok(Rows { rows, cut })
}

fn value(text: &str) -> Option<(Value, &str)> {
    if let Some(rest) = text.strip_prefix('n') {
        return Some((Value::Null, rest));
    }
    let (head, rest) = text.split_once(';')?;
    if let Some(number) = head.strip_prefix('i') {
        return Some((Value::Integer(number.parse().ok()?), rest));
    }
    let length = head.strip_prefix('t')?.parse().ok()?;
    let (text, rest) = split_utf16(rest, length)?;
    Some((Value::Text(text.to_owned()), rest))
}

/// Splits after so many UTF-16 code units.
fn split_utf16(text: &str, length: usize) -> Option<(&str, &str)> {
    if let Some((head, rest)) = text.split_at_checked(length)
        && head.is_ascii()
    {
        return Some((head, rest));
    }
    let mut units = 0;
    for (place, character) in text.char_indices() {
        if units >= length {
            return (units == length).then(|| text.split_at_checked(place))?;
        }
        units += character.len_utf16();
    }
    (units == length).then_some((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_as_javascript_counts_them() {
        let mut packed = Packed::new();
        packed.values(&[
            Bound::Text("aé"),
            Bound::Text("😀"),
            Bound::Integer(-5),
            Bound::Null,
        ]);
        assert_eq!(packed.shape, [2.0, 2.0, 2.0, 2.0, 1.0, -5.0, 0.0, 0.0]);
        assert_eq!(packed.texts, "aé😀");
    }

    #[test]
    fn rows_are_read_as_they_are_packed() {
        let text = |text: &str| Value::Text(text.into());
        let read = rows("+3\nnt2;aéi-5;t2;😀t0;t3;n;n");
        let expected = vec![
            vec![Value::Null, text("aé"), Value::Integer(-5)],
            vec![text("😀"), text(""), text("n;n")],
        ];
        assert_eq!(read.map(|rows| (rows.rows, rows.cut)), Ok((expected, true)));
        assert_eq!(rows(".1\n"), Ok(Rows::default()));
        for wrong in [
            "",
            ".1",
            ".1\nx",
            ".2\nn",
            ".1\nt2;a",
            ".1\nt1;😀",
            ".1\ni1.5;",
            ".0\nn",
        ] {
            assert!(rows(wrong).is_err(), "{wrong:?}");
        }
    }
}
