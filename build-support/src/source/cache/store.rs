//! The folder that things are kept in: a file for each, its name a digest, its first bytes a checksum.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::index::Digest;
use crate::index::collect::truncate;

/// What nobody has read for so long is deleted.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// How often the folder is looked through, and how exactly it is known when a file was read.
const GRAIN: Duration = Duration::from_hours(24);

/// More than this is not kept: some hundred million lines of sources.
const MOST_BYTES: u64 = 1 << 30;

/// Bytes by digest, in files.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

impl Store {
    /// In the folder of a build script with that `OUT_DIR`.
    pub(super) fn of_build(out_dir: &Path) -> Self {
        Self::in_folder(folder(out_dir))
    }

    pub(super) fn in_folder(folder: PathBuf) -> Self {
        let store = Self { folder };
        store.sweep_now_and_then();
        store
    }

    /// The bytes that were written for a digest, if they are still the same.
    pub(super) fn read(&self, digest: Digest) -> Option<Vec<u8>> {
        let path = self.path(digest);
        let mut bytes = fs::read(&path).ok()?;
        let (sum, content) = bytes.split_at_checked(size_of::<Digest>())?;
        if sum != checksum(digest, content) {
            return None;
        }
        bytes.drain(..size_of::<Digest>());
        note_use(&path);
        Some(bytes)
    }

    /// Keeps bytes for a digest. What can't be written costs the next run time, so that is no error.
    pub(super) fn write(&self, digest: Digest, content: &[u8]) {
        // Written beside and renamed: whoever reads at the same time sees all of it or nothing.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let beside = self
            .folder
            .join(format!("{}-{number}.new", std::process::id()));
        let _ = fs::create_dir_all(&self.folder);
        let written = File::create(&beside).and_then(|mut file| {
            file.write_all(&checksum(digest, content))?;
            file.write_all(content)
        });
        if written.is_err() || fs::rename(&beside, self.path(digest)).is_err() {
            let _ = fs::remove_file(&beside);
        }
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.folder.join(hex::encode(digest))
    }

    /// Deletes what has long been of no use, once a day.
    fn sweep_now_and_then(&self) {
        let stamp = self.folder.join("swept");
        if self.folder.is_dir() && age(&stamp).is_none_or(|age| age > GRAIN) {
            let _ = fs::write(&stamp, "");
            self.sweep(KEPT, MOST_BYTES);
        }
    }

    fn sweep(&self, kept: Duration, most_bytes: u64) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<(Duration, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let length = entry.metadata().ok()?.len();
                Some((age(&entry.path())?, length, entry.path()))
            })
            .collect();
        files.sort();
        let mut bytes = 0;
        for (age, length, path) in files {
            bytes += length;
            if age > kept || bytes > most_bytes {
                // Somebody else may have been faster.
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// The folder for what is kept from run to run: below the target folder, which all build scripts of a workspace write
/// to; else in `OUT_DIR`.
pub(crate) fn folder(out_dir: &Path) -> PathBuf {
    target_folder(out_dir).map_or_else(
        || out_dir.join("selfsame.cache"),
        |target| target.join("selfsame"),
    )
}

/// The nearest folder above that cargo has marked as its own.
fn target_folder(out_dir: &Path) -> Option<&Path> {
    let is_of_cargo = out_dir.ends_with("out") && out_dir.parent()?.parent()?.ends_with("build");
    let mut above = out_dir.ancestors().skip(3).filter(|_| is_of_cargo);
    above.find(|folder| folder.join("CACHEDIR.TAG").is_file())
}

/// Of the content and of what it is kept for: a file that was renamed is not what its name says.
fn checksum(digest: Digest, content: &[u8]) -> Digest {
    truncate(Sha256::new_with_prefix(digest).chain_update(content))
}

/// How long ago a file was written or marked as used.
fn age(path: &Path) -> Option<Duration> {
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified());
    Some(
        SystemTime::now()
            .duration_since(changed.ok()?)
            .unwrap_or_default(),
    )
}

/// Marks a file as used, unless that was noted not long ago.
fn note_use(path: &Path) {
    if age(path).is_some_and(|age| age > GRAIN)
        && let Ok(file) = File::options().append(true).open(path)
    {
        let _ = file.set_modified(SystemTime::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: Digest = [7; 16];

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::in_folder(folder.path().join("facts"));
        (folder, store)
    }

    fn make_older(path: &Path, by: Duration) {
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - by).unwrap();
    }

    #[test]
    fn what_was_written_is_read_under_its_digest_alone() {
        let (_folder, store) = store();
        store.write(DIGEST, b"facts");
        assert_eq!(store.read(DIGEST).as_deref(), Some(&b"facts"[..]));
        assert_eq!(store.read([8; 16]), None);
        fs::rename(store.path(DIGEST), store.path([8; 16])).unwrap();
        assert_eq!(store.read([8; 16]), None, "it belongs to another digest");
    }

    #[test]
    fn what_is_damaged_or_cut_short_is_not_there() {
        let (_folder, store) = store();
        store.write(DIGEST, b"facts");
        let path = store.path(DIGEST);
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            fs::write(&path, &bad).unwrap();
            assert_eq!(store.read(DIGEST), None, "byte {at}");
            fs::write(&path, &good[..at]).unwrap();
            assert_eq!(store.read(DIGEST), None, "cut at {at}");
        }
        store.write(DIGEST, b"facts");
        assert!(store.read(DIGEST).is_some(), "it is mended by the next run");
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_nothing_but_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let store = Store::in_folder(file);
        store.write(DIGEST, b"facts");
        assert_eq!(store.read(DIGEST), None);
    }

    #[test]
    fn what_nobody_uses_is_deleted_and_what_is_used_stays() {
        let (_folder, store) = store();
        let (used, unused) = ([1; 16], [2; 16]);
        for digest in [used, unused] {
            store.write(digest, b"facts");
            make_older(&store.path(digest), KEPT + GRAIN);
        }
        store.read(used).unwrap();
        Store::in_folder(store.folder.clone());
        assert!(store.read(used).is_some());
        assert!(!store.path(unused).exists());
    }

    #[test]
    fn the_oldest_go_first_when_it_is_too_much() {
        let (_folder, store) = store();
        for (number, digest) in (0u32..).zip([[1; 16], [2; 16], [3; 16]]) {
            store.write(digest, &[0; 84]);
            make_older(&store.path(digest), Duration::from_mins(1) * number);
        }
        store.sweep(KEPT, 250);
        assert!(store.read([1; 16]).is_some() && store.read([2; 16]).is_some());
        assert!(!store.path([3; 16]).exists());
    }

    #[test]
    fn packages_of_one_target_folder_share_it() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let out = |path: &str| target.join(path);
        let app = out("debug/build/app-1234/out");
        fs::create_dir_all(&app).unwrap();
        assert_eq!(Store::of_build(&app).folder, app.join("selfsame.cache"));
        fs::write(target.join("CACHEDIR.TAG"), "").unwrap();
        let shared = target.join("selfsame");
        assert_eq!(Store::of_build(&app).folder, shared);
        let cross = out("wasm32-unknown-unknown/release/build/lib-1/out");
        assert_eq!(Store::of_build(&cross).folder, shared);
        let elsewhere = out("generated");
        assert_eq!(
            Store::of_build(&elsewhere).folder,
            elsewhere.join("selfsame.cache")
        );
    }
}
