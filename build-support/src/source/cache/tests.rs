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

const PACKAGE: &str = "/package";

fn source(text: &str) -> SourceFile {
    SourceFile::new(
        Path::new("/package/lib.rs"),
        "lib.rs".to_owned(),
        text.to_owned(),
    )
}

fn facts(cache: &FactsCache) -> Arc<FileFacts> {
    let facts = cache.facts(Path::new(PACKAGE), &source(TEXT)).unwrap();
    cache.write_down();
    facts
}

/// The file of the only package.
fn file(folder: &Path) -> PathBuf {
    folder.join(hex::encode(name(Path::new(PACKAGE))))
}

/// Puts bytes where the facts of the text are looked for.
fn plant(folder: &Path, bytes: Vec<u8>) {
    let pack = Pack::default().with(&HashSet::default(), &[(key(&source(TEXT)), bytes)]);
    Store::in_folder(folder.to_owned()).write(name(Path::new(PACKAGE)), &pack);
}

/// Facts that say something else: only who reads them can tell that it did.
fn planted(folder: &Path) -> Arc<FileFacts> {
    let other = collect::file("fn planted() {}").unwrap();
    plant(folder, postcard::to_stdvec(&other).unwrap());
    facts(&cache(folder))
}

#[test]
fn a_text_that_was_seen_is_not_parsed_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = facts(&cache(folder.path()));
    assert!(file(folder.path()).is_file());
    let second = facts(&cache(folder.path()));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    assert_eq!(planted(folder.path()).items.len(), 1);
}

#[test]
fn within_a_run_a_text_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path());
    let first = facts(&cache);
    fs::remove_file(file(folder.path())).unwrap();
    assert!(Arc::ptr_eq(&first, &facts(&cache)));
}

#[test]
fn what_one_run_adds_leaves_what_another_has_found() {
    let folder = tempfile::tempdir().unwrap();
    // More of it than of what is there: else that would count as old, and as too much.
    let other = |cache: &FactsCache| {
        let text = "fn other() { one::two::three::four::five::six::seven::eight(); }";
        let facts = cache.facts(Path::new(PACKAGE), &source(text)).unwrap();
        cache.write_down();
        facts.items.len()
    };
    planted(folder.path());
    assert_eq!(other(&cache(folder.path())), 1);
    assert_eq!(
        facts(&cache(folder.path())).items.len(),
        1,
        "it is still the planted one"
    );
}

#[test]
fn bytes_that_are_no_facts_are_parsed_anew() {
    let folder = tempfile::tempdir().unwrap();
    plant(folder.path(), vec![0xff; 40]);
    assert_eq!(facts(&cache(folder.path())).items.len(), 2);
    assert_eq!(
        facts(&cache(folder.path())).items.len(),
        2,
        "and it is mended"
    );
}

#[test]
fn what_does_not_parse_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("facts");
    let cache = cache(&folder);
    assert!(cache.facts(Path::new(PACKAGE), &source("fn")).is_err());
    cache.write_down();
    assert!(!folder.exists());
}
