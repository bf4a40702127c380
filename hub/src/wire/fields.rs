//! Named fields as one text, the form in which a command travels from the Worker to a feed: each field
//! is a mark, its name, the length of its value in bytes, and the value: `!host 7:a.test.\n`. A Worker
//! and a feed may be of different releases: a field marked `!` must be understood, one marked `?` may
//! be ignored by whoever doesn't know it.

use crate::fault::Fault;

/// Why a command can't be carried out by this release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecodable {
    /// The text has an operation or a field of a later release: nothing was done.
    Unsupported(String),
    /// The text isn't written by any release.
    Malformed(Fault),
}

impl Undecodable {
    pub(super) fn malformed(name: &str) -> Self {
        Self::Malformed(Fault::new("a command's field can't be read", &name))
    }
}

/// Fields that are being written.
#[derive(Debug, Clone, Default)]
pub struct FieldsWriter {
    text: String,
}

impl FieldsWriter {
    /// No fields yet.
    pub fn new() -> Self {
        Self {
            text: String::with_capacity(1024),
        }
    }

    /// A field that the reader must understand.
    pub fn field(&mut self, name: &str, value: &str) {
        self.push('!', name, value);
    }

    /// The same, where there is a value.
    pub fn opt_field(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// A field that the reader may ignore: one that a release added.
    pub fn ignorable(&mut self, name: &str, value: &str) {
        self.push('?', name, value);
    }

    fn push(&mut self, mark: char, name: &str, value: &str) {
        self.text.push(mark);
        self.text.push_str(name);
        self.text.push(' ');
        self.text.push_str(&value.len().to_string());
        self.text.push(':');
        self.text.push_str(value);
        self.text.push('\n');
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }
}

/// Fields that are being read. Each is taken once; [`Fields::finish`] looks at what is left.
#[derive(Debug, Clone)]
pub struct Fields<'t> {
    fields: Vec<Field<'t>>,
}

#[derive(Debug, Clone, Copy)]
struct Field<'t> {
    mandatory: bool,
    name: &'t str,
    value: &'t str,
}

impl<'t> Fields<'t> {
    /// Reads a text.
    ///
    /// # Errors
    /// [`Undecodable::Malformed`] for what [`FieldsWriter`] doesn't write.
    pub fn read(text: &'t str) -> Result<Self, Undecodable> {
        let malformed = || Undecodable::malformed("all");
        let mut fields = Vec::with_capacity(24);
        let mut rest = text;
        while !rest.is_empty() {
            let (head, after) = rest.split_once(':').ok_or_else(malformed)?;
            let (name, length) = head.split_once(' ').ok_or_else(malformed)?;
            let length: usize = length.parse().map_err(|_| malformed())?;
            let value = after.get(..length).ok_or_else(malformed)?;
            rest = after
                .get(length..)
                .and_then(|rest| rest.strip_prefix('\n'))
                .ok_or_else(malformed)?;
            let (mandatory, name) = match (name.strip_prefix('!'), name.strip_prefix('?')) {
                (Some(name), _) => (true, name),
                (_, Some(name)) => (false, name),
                _ => return Err(malformed()),
            };
            fields.push(Field {
                mandatory,
                name,
                value,
            });
        }
        Ok(Self { fields })
    }

    /// The value of a field, which is there or not.
    pub fn take(&mut self, name: &str) -> Option<&'t str> {
        let place = self.fields.iter().position(|field| field.name == name)?;
        // The others keep their order: a field may be there several times.
        Some(self.fields.remove(place).value)
    }

    /// All values of a field, in their order.
    pub fn take_all(&mut self, name: &str) -> Vec<&'t str> {
        let values = self.fields.iter().filter(|field| field.name == name);
        let values = values.map(|field| field.value).collect();
        self.fields.retain(|field| field.name != name);
        values
    }

    /// The value of a field that must be there.
    ///
    /// # Errors
    /// [`Undecodable::Malformed`]: it isn't.
    pub fn need(&mut self, name: &str) -> Result<&'t str, Undecodable> {
        self.take(name).ok_or_else(|| Undecodable::malformed(name))
    }

    /// The value of a field that must be there, read by `parse`.
    ///
    /// # Errors
    /// [`Undecodable::Malformed`]: it isn't there, or can't be read.
    pub fn need_as<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&'t str) -> Option<T>,
    ) -> Result<T, Undecodable> {
        parse(self.need(name)?).ok_or_else(|| Undecodable::malformed(name))
    }

    /// The value of a field, where it is there, read by `parse`.
    ///
    /// # Errors
    /// [`Undecodable::Malformed`]: it can't be read.
    pub fn take_as<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&'t str) -> Option<T>,
    ) -> Result<Option<T>, Undecodable> {
        self.take(name)
            .map(|value| parse(value).ok_or_else(|| Undecodable::malformed(name)))
            .transpose()
    }

    /// Nothing else was expected.
    ///
    /// # Errors
    /// [`Undecodable::Unsupported`]: a field is left that must be understood.
    pub fn finish(self) -> Result<(), Undecodable> {
        match self.fields.iter().find(|field| field.mandatory) {
            Some(field) => Err(Undecodable::Unsupported(format!(
                "the field {}",
                field.name
            ))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_written() {
        let mut writer = FieldsWriter::new();
        writer.field("a", "x:y\n!z 3:é");
        writer.opt_field("none", None);
        writer.opt_field("b", Some(""));
        writer.field("c", "1");
        writer.field("c", "2");
        writer.ignorable("new", "?");
        let text = writer.finish();
        let mut fields = Fields::read(&text).expect("readable");
        assert_eq!(fields.take("none"), None);
        assert_eq!(fields.take_all("c"), ["1", "2"]);
        assert_eq!(fields.need("a"), Ok("x:y\n!z 3:é"));
        assert_eq!(
            fields.need_as("b", |text| text.is_empty().then_some(5)),
            Ok(5)
        );
        assert_eq!(fields.take("a"), None);
        assert_eq!(fields.finish(), Ok(()));
    }

    #[test]
    fn a_field_that_must_be_understood_is_not_ignored() {
        let mut writer = FieldsWriter::new();
        writer.field("later", "x");
        let text = writer.finish();
        let fields = Fields::read(&text).expect("readable");
        assert_eq!(
            fields.finish(),
            Err(Undecodable::Unsupported("the field later".into()))
        );
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in [
            "x",
            "!a",
            "!a 1",
            "!a 1:",
            "!a 2:x\n",
            "!a 1:x",
            "a 1:x\n",
            "!a x:y\n",
            "!a 1:é\n",
        ] {
            assert!(
                matches!(Fields::read(text), Err(Undecodable::Malformed(_))),
                "{text:?}"
            );
        }
        let mut fields = Fields::read("!a 1:x\n").expect("readable");
        assert!(fields.need("b").is_err());
        assert!(fields.need_as("a", |_| None::<u8>).is_err());
    }
}
