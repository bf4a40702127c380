//! The page of metrics, on an address of its own: what the Worker counts, in the text format of Prometheus.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::{Failure, control};

/// How long a reader and the Worker may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves the page as long as the program runs. `control`: the Worker's private socket.
///
/// # Errors
/// The address can't be listened at.
pub fn serve(address: SocketAddr, control: PathBuf) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).map_err(|error| {
        Failure::of(
            format!("METRICS_LISTEN: {address} can't be listened at"),
            &error,
        )
    })?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A reader that goes away misses the page.
            let _ = answer(stream, &control);
        }
    });
    Ok(())
}

fn answer(mut stream: TcpStream, control: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(io::Read::take(&stream, 1 << 14)).lines();
    let asked = head.next().transpose()?.unwrap_or_default();
    // The request is read to its end, because unread lines would reset the connection.
    while head
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let (status, body) = if asked.starts_with("GET /metrics ") {
        match control::ask(control, "GET", "/metrics", "", PATIENCE) {
            Ok((200, body)) => ("200 OK", body),
            _ => (
                "503 Service Unavailable",
                b"The service doesn't answer.\n".to_vec(),
            ),
        }
    } else {
        ("404 Not Found", b"The page is /metrics.\n".to_vec())
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
