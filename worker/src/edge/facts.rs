//! A request as JavaScript hands it over: one text, so that it crosses once.

use std::ops::Range;

/// The headers that a request is judged by, in the order in which JavaScript gives their values.
#[derive(Debug, Clone, Copy)]
pub enum Header {
    Authorization,
    SubscriptionId,
    ClientRequestId,
    Origin,
    Address,
    ContentType,
    ContentEncoding,
    ContentLength,
    IfModifiedSince,
    IfRange,
    IfMatch,
    Upgrade,
    Subprotocols,
}

/// Their names, in that order.
pub const HEADER_NAMES: [&str; 13] = [
    "Authorization",
    "X-UNS-ID",
    "client-request-id",
    "Origin",
    "CF-Connecting-IP",
    "Content-Type",
    "Content-Encoding",
    "Content-Length",
    "If-Modified-Since",
    "If-Range",
    "If-Match",
    "Upgrade",
    "Sec-WebSocket-Protocol",
];

/// What stands for a header that the request doesn't have: no value contains it, nor a line feed.
const ABSENT: &str = "\0";

/// The method, the URL, and the headers of [`HEADER_NAMES`].
pub struct Facts {
    text: String,
    lines: Vec<Range<usize>>,
}

impl Facts {
    /// `text`: the method, the URL, and the value of each header, a line each. Repeated headers were
    /// joined with `, ` by the runtime.
    pub fn new(text: String) -> Self {
        let mut lines = Vec::with_capacity(HEADER_NAMES.len().saturating_add(2));
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
