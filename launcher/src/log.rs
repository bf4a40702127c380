//! The launcher's own lines on stdout, in the form of the runtime's.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

/// How much a line matters, in the runtime's words.
#[derive(Clone, Copy)]
pub enum Level {
    /// All is well.
    Info,
    /// The operator should look at this.
    Error,
}

/// Writes a line; a reader that has gone loses it.
pub fn line(level: Level, message: &str) {
    use std::io::Write;
    let millis = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let level = match level {
        Level::Info => "info",
        Level::Error => "error",
    };
    let line = json!({ "timestamp": u64::try_from(millis).unwrap_or(u64::MAX), "level": level, "message": message });
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
