//! A request as JavaScript hands it over: one text, so that it crosses once.

use std::ops::Range;

pub use notifeed::http::headers::RequestHeader as Header;

/// The mark of a header that the request doesn't have: no value contains it, nor a line feed.
pub const ABSENT: &str = "\0";

/// The method, the URL, and the headers of [`Header::ALL`].
pub struct Facts {
    text: String,
    lines: Vec<Range<usize>>,
}

impl Facts {
    /// `text`: the method, the URL, and the value of each header, a line each. Repeated headers were
    /// joined with `, ` by the runtime.
    pub fn new(text: String) -> Self {
        let mut lines = Vec::with_capacity(Header::ALL.len().saturating_add(2));
        let mut start = 0;
        for line in text.split('\n') {
            let end = start + line.len();
            lines.push(start..end);
            start = end + 1;
        }
        Self { text, lines }
    }

    fn line(&self, number: usize) -> &str {
        let range = self.lines.get(number).cloned();
        range
            .and_then(|range| self.text.get(range))
            .unwrap_or_default()
    }

    /// The method's name.
    pub fn method(&self) -> &str {
        self.line(0)
    }

    /// The URL.
    pub fn url(&self) -> &str {
        self.line(1)
    }

    /// The value of a header; `None`: the request doesn't have it.
    pub fn header(&self, header: Header) -> Option<&str> {
        let value = self.line(header as usize + 2);
        (value != ABSENT).then_some(value)
    }
}
