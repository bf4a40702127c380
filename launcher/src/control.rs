//! The private socket over which the launcher asks the Worker: HTTP/1.1, one request a connection.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// Asks with a body, and returns the status and the body.
///
/// # Errors
/// Nobody answers within `patience`.
pub fn ask(
    socket: &Path,
    method: &str,
    path: &str,
    body: &str,
    patience: Duration,
) -> io::Result<(u16, Vec<u8>)> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: control\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| io::Error::other("the answer can't be read"))
}

/// Asks with JSON for JSON.
///
/// # Errors
/// Nobody answers within `patience`, or not with 200.
pub fn ask_json(
    socket: &Path,
    path: &str,
    question: &Value,
    patience: Duration,
) -> io::Result<Value> {
    match ask(socket, "POST", path, &question.to_string(), patience)? {
        (200, body) => Ok(serde_json::from_slice(&body)?),
        (status, _) => Err(io::Error::other(format!(
            "it answered {status}, and its log says why"
        ))),
    }
}

/// The status and the body of an answer that ended with its connection.
fn parse(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.get(end + 4..)?.to_vec()))
}
