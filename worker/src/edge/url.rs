//! The URL of a request.

/// A request's URL, taken apart.
pub struct RequestUrl {
    /// Scheme and authority.
    pub origin: String,
    /// Percent-encoded, with its leading slash.
    pub path: String,
    /// Without the question mark; empty for none.
    pub query: String,
}

impl RequestUrl {
    /// Takes a URL apart. A URL that is plainly in its canonical form needs no parser; all others go
    /// through the runtime's. `None`: it is no URL.
    pub fn parse(url: &str) -> Option<Self> {
        Self::split(url).or_else(|| {
            let url = web_sys::Url::new(url).ok()?;
            Some(Self {
                origin: url.origin(),
                path: url.pathname(),
                query: url.search().trim_start_matches('?').to_owned(),
            })
        })
    }

    /// Whether it names this very machine, so that no page of another's name can have led here.
    pub fn is_loopback(&self) -> bool {
        let authority = self
            .origin
            .split_once("://")
            .map(|(_, authority)| authority);
        let host = match authority.and_then(|authority| authority.rsplit_once(':')) {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(host),
            _ => authority,
        };
        matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
    }

    /// `None`: a parser of URLs might read it otherwise.
    fn split(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, rest) = rest.split_at_checked(rest.find('/')?)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let plain = matches!(scheme, "http" | "https")
            && authority
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':'))
            && path.bytes().all(is_plain)
            && !path.contains("/.")
            && !path.to_ascii_lowercase().contains("%2e")
            && query.bytes().all(|byte| is_plain(byte) || byte == b'?');
        let port = authority.rsplit_once(':').map(|(_, port)| port);
        // A default port isn't written.
        if !plain || matches!(port, Some("80" | "443" | "")) || authority.is_empty() {
            return None;
        }
        Some(Self {
            origin: format!("{scheme}://{authority}"),
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }
}

/// Whether a byte stands for itself in a path and in a query; segments of dots are another matter.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'/'
                | b'$'
                | b'&'
                | b'+'
                | b','
                | b'='
                | b':'
                | b'@'
                | b'!'
                | b'('
                | b')'
                | b'*'
                | b';'
                | b'%'
        )
}
