//! Writing files so that nothing half-written is ever seen.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::Error;

/// How much of a file is compared at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// Writes a file unless it already holds these bytes: a kept modification time spares editors and tools.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    if holds(path, contents).unwrap_or_default() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, error))?;
    }
    // Written beside and renamed: a build that is killed in between leaves the old file whole.
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = Path::new(&beside);
    std::fs::write(beside, contents).map_err(|error| Error::io("write", beside, error))?;
    std::fs::rename(beside, path).map_err(|error| Error::io("write", path, error))
}

/// Whether a file holds these bytes. What is generated may be as long as all that is known of the sources, so it is
/// read piece by piece.
fn holds(path: &Path, contents: &[u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() != contents.len() as u64 {
        return Ok(false);
    }
    let mut piece = vec![0; PIECE.min(contents.len())];
    for expected in contents.chunks(PIECE) {
        let present = &mut piece[..expected.len()];
        file.read_exact(present)?;
        if present != expected {
            return Ok(false);
        }
    }
    Ok(true)
}
