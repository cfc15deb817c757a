//! Whether a package has to do with selfsame at all. One that has not costs a look at its files, and no more.

use std::hash::Hash;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::index::shape::Shape;
use crate::marker;
use crate::source::cache::FactsCache;

/// Whether any source of the package has a marker, or a module that includes its own wrappers.
pub(crate) fn mentions_selfsame(folder: &Path) -> bool {
    first_that_mentions(folder).is_some()
}

/// The same. What had a marker the last time mostly still has one, and is looked at first.
pub(super) fn mentions_selfsame_still(folder: &Path, cache: &FactsCache) -> bool {
    let mut name = Shape::default();
    ("first with a marker", folder).hash(&mut name);
    let name = name.finished();
    let last = cache
        .kept(name)
        .and_then(|path| String::from_utf8(path).ok());
    let still = last.is_some_and(|path| {
        let text = std::fs::read_to_string(folder.join(path));
        text.is_ok_and(|text| mentions(&text))
    });
    if still {
        return true;
    }
    let first = first_that_mentions(folder);
    if let Some(path) = first.as_ref().and_then(|path| path.to_str()) {
        cache.keep(name, path.as_bytes());
    }
    first.is_some()
}

fn first_that_mentions(folder: &Path) -> Option<PathBuf> {
    let is_inside = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let other_package = entry.file_type().is_dir() && entry.path().join("Cargo.toml").is_file();
        entry.depth() == 0 || !(name.starts_with('.') || name == "target" || other_package)
    };
    let files = WalkDir::new(folder)
        .into_iter()
        .filter_entry(is_inside)
        .filter_map(Result::ok);
    let mut sources = files
        .map(DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    // A file that is no UTF-8 is for the analysis to refuse.
    sources.find(|path| std::fs::read_to_string(path).map_or(true, |text| mentions(&text)))
}

fn mentions(text: &str) -> bool {
    marker::may_mark(text) || text.contains("#[path") || text.contains("include_generated!(mod")
}
