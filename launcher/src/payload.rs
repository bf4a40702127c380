//! The parts that the program carries behind its own code: the runtime, and what the runtime serves.
//!
//! `scripts/binary.mjs` appends each part as zstd frames of a piece each, then a line of JSON that lists the parts
//! (`[{"name","sha256","size","frames":[{"offset","length","at","size"}]}]`: where a frame begins, how long it is, where in
//! the part its piece begins, and how long the part and each piece are unpacked, in bytes; the configuration has
//! `namespace` too, where the key of the Hubs' namespace stands in it), then the length of that line as eight bytes,
//! big-endian, then [`MARK`]. Pieces are unpacked side by side: that is most of what a first start takes.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;

use crate::Failure;

/// The last bytes of a program to which parts were appended.
const MARK: &[u8; 16] = b"notifeed payload";

/// The parts, unpacked.
pub struct Unpacked {
    /// The runtime, executable.
    pub workerd: PathBuf,
    /// Its configuration, with the Worker and the console in it.
    pub config: PathBuf,
}

/// Unpacks the parts into `folder`, unless they are there already; what other releases left there is removed.
/// `namespace`: the key of the Hubs' namespace, as long as the one in whose place it is written.
///
/// # Errors
/// The program carries nothing, or the folder can't be written.
pub fn unpack(folder: &Path, namespace: &str) -> Result<Unpacked, Failure> {
    let failed =
        |error: io::Error| Failure::of("what the program carries can't be unpacked", &error);
    let mut program = File::open("/proc/self/exe").map_err(failed)?;
    let parts = parts(&mut program).map_err(failed)?;
    fs::create_dir_all(folder).map_err(failed)?;
    let workerd = parts
        .unpack("workerd", folder, 0o700, None)
        .map_err(failed)?;
    let config = parts
        .unpack("config", folder, 0o600, Some(namespace))
        .map_err(failed)?;
    for entry in fs::read_dir(folder).map_err(failed)?.flatten() {
        let path = entry.path();
        if path != workerd && path != config {
            // The next start tries again.
            let _ = fs::remove_file(path);
        }
    }
    Ok(Unpacked { workerd, config })
}

struct Parts(Value);

fn parts(program: &mut File) -> io::Result<Parts> {
    let mut end = [0; 24];
    program.seek(SeekFrom::End(-24))?;
    program.read_exact(&mut end)?;
    let (length, mark) = end.split_at(8);
    if mark != MARK {
        return Err(io::Error::other(
            "it carries nothing; `make binary` makes one that does",
        ));
    }
    let length = length
        .iter()
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let start = i64::try_from(length)
        .map_err(io::Error::other)?
        .saturating_add(24);
    program.seek(SeekFrom::End(-start))?;
    let mut list = Vec::new();
    program.take(length).read_to_end(&mut list)?;
    Ok(Parts(serde_json::from_slice(&list)?))
}

impl Parts {
    /// Unpacks a part into a file that is named after its content, with the key of a namespace in its place. A file that
    /// is there whole is left as it is.
    fn unpack(
        &self,
        name: &str,
        folder: &Path,
        mode: u32,
        namespace: Option<&str>,
    ) -> io::Result<PathBuf> {
        let damaged = || {
            io::Error::other(format!(
                "the part {name} of the program is damaged: copy the program again"
            ))
        };
        let number = |object: &Value, member| {
            object
                .get(member)
                .and_then(Value::as_u64)
                .ok_or_else(damaged)
        };
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
        let part = list(Some(&self.0)).and_then(|parts| {
            parts
                .into_iter()
                .find(|part| part.get("name").and_then(Value::as_str) == Some(name))
        });
        let part = part.ok_or_else(damaged)?;
        let sum = part.get("sha256").and_then(Value::as_str);
        let sum = sum.and_then(|sum| sum.get(..16)).ok_or_else(damaged)?;
        let path = match namespace {
            Some(key) => folder.join(format!("{name}-{sum}-{key}")),
            None => folder.join(format!("{name}-{sum}")),
        };
        let size = number(&part, "size")?;
        if fs::metadata(&path).is_ok_and(|found| found.len() == size) {
            return Ok(path);
        }
        let mut frames = Vec::new();
        for frame in list(part.get("frames")).ok_or_else(damaged)? {
            frames.push(Frame {
                offset: number(&frame, "offset")?,
                length: number(&frame, "length")?,
                at: number(&frame, "at")?,
                size: number(&frame, "size")?,
            });
        }
        let unfinished = folder.join(format!("{name}.part"));
        let mut options = File::options();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&unfinished)?;
        thread::scope(|scope| {
            let threads: Vec<_> = frames
                .iter()
                .map(|frame| scope.spawn(|| frame.unpack(&unfinished)))
                .collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(damaged())))
        })?;
        if let Some(key) = namespace {
            file.write_all_at(key.as_bytes(), number(&part, "namespace")?)?;
        }
        if file.metadata()?.len() != size {
            return Err(damaged());
        }
        drop(file);
        fs::rename(&unfinished, &path)?;
        Ok(path)
    }
}

/// A piece of a part: where its frame lies in the program, and its content in the part, in bytes.
struct Frame {
    offset: u64,
    length: u64,
    at: u64,
    size: u64,
}

impl Frame {
    /// Unpacks the piece into its place in the file.
    fn unpack(&self, path: &Path) -> io::Result<()> {
        let mut program = File::open("/proc/self/exe")?;
        program.seek(SeekFrom::Start(self.offset))?;
        let frame = BufReader::with_capacity(1 << 16, program.take(self.length));
        let mut content =
            ruzstd::decoding::StreamingDecoder::new(frame).map_err(io::Error::other)?;
        let mut file = File::options().write(true).open(path)?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        let copied = io::copy(&mut content, &mut file)?;
        file.flush()?;
        if copied == self.size {
            Ok(())
        } else {
            Err(io::Error::other(
                "the program is damaged: copy the program again",
            ))
        }
    }
}
