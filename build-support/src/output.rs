//! Writing files so that nothing half-written is ever seen.

use std::path::Path;

use crate::error::Error;

/// Writes a file unless it already holds these bytes: a kept modification time spares editors and tools.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    if std::fs::read(path).is_ok_and(|present| present == contents) {
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
