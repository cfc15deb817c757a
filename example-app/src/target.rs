//! Where the app keeps its files: in the target folder it was built into, wherever that lies.

use std::path::{Path, PathBuf};

/// A folder of that name under the target folder, made if need be.
pub(crate) fn folder(name: &str) -> std::io::Result<PathBuf> {
    let executable = std::env::current_exe()?;
    let folder = target_folder(&executable).join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The nearest folder above that Cargo marked as its own; beside the executable where there is none,
/// because somebody copied it elsewhere.
fn target_folder(executable: &Path) -> &Path {
    let mut above = executable.ancestors().skip(1);
    let marked = above.find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.or_else(|| executable.parent()).unwrap_or(executable)
}
