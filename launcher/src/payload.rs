//! The parts that the program carries behind its own code: the runtime, and what the runtime serves.
//!
//! `scripts/binary.mjs` appends each part as a zstd frame, then a line of JSON that lists the parts
//! (`[{"name","sha256","offset","length","size"}]`: where the frame begins, how long it is, and how long the part is
//! unpacked, in bytes; that of the configuration has `namespace` too, where the key of the Hubs' namespace stands in it),
//! then the length of that line as eight bytes, big-endian, then [`MARK`].

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

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
        .unpack(&mut program, "workerd", folder, 0o700, None)
        .map_err(failed)?;
    let config = parts
        .unpack(&mut program, "config", folder, 0o600, Some(namespace))
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
        program: &mut File,
        name: &str,
        folder: &Path,
        mode: u32,
        namespace: Option<&str>,
    ) -> io::Result<PathBuf> {
        let broken = || io::Error::other(format!("{name} is missing"));
        let part = self.0.as_array().and_then(|parts| {
            parts
                .iter()
                .find(|part| part.get("name").and_then(Value::as_str) == Some(name))
        });
        let part = part.ok_or_else(broken)?;
        let number = |member| part.get(member).and_then(Value::as_u64).ok_or_else(broken);
        let sum = part
            .get("sha256")
            .and_then(Value::as_str)
            .ok_or_else(broken)?;
        let mut content_name = format!("{name}-{}", sum.get(..16).unwrap_or(sum));
        if let Some(key) = namespace {
            content_name = format!("{content_name}-{key}");
        }
        let path = folder.join(content_name);
        let size = number("size")?;
        if fs::metadata(&path).is_ok_and(|found| found.len() == size) {
            return Ok(path);
        }
        program.seek(SeekFrom::Start(number("offset")?))?;
        let frame = BufReader::with_capacity(1 << 16, program.take(number("length")?));
        let mut content =
            ruzstd::decoding::StreamingDecoder::new(frame).map_err(io::Error::other)?;
        let part = folder.join(format!("{name}.part"));
        let mut options = File::options();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&part)?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        let copied = io::copy(&mut content, &mut file)?;
        file.flush()?;
        if let Some(key) = namespace {
            file.get_ref()
                .write_all_at(key.as_bytes(), number("namespace")?)?;
        }
        drop(file);
        if copied != size {
            return Err(io::Error::other(format!(
                "the part {name} of the program is damaged: copy the program again"
            )));
        }
        fs::rename(&part, &path)?;
        Ok(path)
    }
}
