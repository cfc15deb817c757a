//! Where tests may write: below the target folder, so that nothing else is littered, and the
//! dependencies of generated crates stay compiled from one run to the next.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The checkout's root.
#[must_use]
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("tests/ lies in the checkout")
        .to_owned()
}

/// A folder of the `tests/` folder, such as `golden`.
#[must_use]
pub fn tests_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The tests' own folder below the target folder, made if need be.
///
/// # Panics
///
/// If the test executable lies in no target folder, or it can't be written.
#[must_use]
pub fn root() -> PathBuf {
    let executable = std::env::current_exe().expect("a test knows its executable");
    let target = executable
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .expect("Cargo marks its target folder with CACHEDIR.TAG");
    let root = target.join("selfsame-tests");
    std::fs::create_dir_all(&root).expect("the target folder can be written");
    root
}

/// A fresh folder, deleted when dropped.
///
/// # Panics
///
/// If it can't be made.
#[must_use]
pub fn folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("case-")
        .tempdir_in(root())
        .expect("the target folder can be written")
}

/// Copies a folder and all below it; a file that is the same already keeps its time of change, so
/// that Cargo does not build it again.
///
/// # Panics
///
/// If a file can't be read or written.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("scratch can be written");
    for entry in std::fs::read_dir(from).expect("the folder to copy is there") {
        let entry = entry.expect("the folder to copy can be read");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            write(
                &target,
                &std::fs::read(&source).expect("the file to copy can be read"),
            );
        }
    }
}

/// Writes a file and the folders above it, unless it holds these bytes already.
///
/// # Panics
///
/// If it can't be written.
pub fn write(path: &Path, bytes: &[u8]) {
    if std::fs::read(path).is_ok_and(|present| present == bytes) {
        return;
    }
    let parent = path.parent().expect("a file lies in a folder");
    std::fs::create_dir_all(parent).expect("scratch can be written");
    std::fs::write(path, bytes).expect("scratch can be written");
}

/// Every Rust file below a folder, sorted.
///
/// # Panics
///
/// If the folder can't be read.
#[must_use]
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
