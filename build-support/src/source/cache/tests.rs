//! That nothing is parsed twice, and that a bad cache is none.

use std::fs;

use super::*;

const TEXT: &str = "pub fn f() -> u8 { g() }\nfn g() -> u8 { 1 }\n";

fn cache(folder: &Path) -> FactsCache {
    FactsCache {
        store: Some(Store::in_folder(folder.to_owned())),
        ..FactsCache::default()
    }
}

/// The file of the only text that was seen.
fn file(folder: &Path) -> std::path::PathBuf {
    folder.join(hex::encode(key(TEXT)))
}

/// As many bytes as facts have, which say something else: only who reads them can tell that it did.
fn planted(folder: &Path) -> Arc<FileFacts> {
    let other = collect::file("fn planted() {}").unwrap();
    Store::in_folder(folder.to_owned()).write(key(TEXT), &postcard::to_stdvec(&other).unwrap());
    cache(folder).facts(TEXT).unwrap()
}

#[test]
fn a_text_that_was_seen_is_not_parsed_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = cache(folder.path()).facts(TEXT).unwrap();
    assert!(file(folder.path()).is_file());
    let second = cache(folder.path()).facts(TEXT).unwrap();
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    assert_eq!(planted(folder.path()).items.len(), 1);
}

#[test]
fn within_a_run_a_text_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path());
    let first = cache.facts(TEXT).unwrap();
    fs::remove_file(file(folder.path())).unwrap();
    assert!(Arc::ptr_eq(&first, &cache.facts(TEXT).unwrap()));
}

#[test]
fn bytes_that_are_no_facts_are_parsed_anew() {
    let folder = tempfile::tempdir().unwrap();
    Store::in_folder(folder.path().to_owned()).write(key(TEXT), &[0xff; 40]);
    assert_eq!(cache(folder.path()).facts(TEXT).unwrap().items.len(), 2);
}

#[test]
fn what_does_not_parse_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("facts");
    assert!(cache(&folder).facts("fn").is_err());
    assert!(!folder.exists());
}
