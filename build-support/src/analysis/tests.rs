//! Which edits move a version: rules R1 to R9, R11, R13, R25 and R26, by the numbers of the taxonomy.

use std::collections::BTreeMap;

use crate::fingerprint::late::{Late, LateInput, Version};

use super::*;

/// A package in a temporary folder, one file per `//- path` line of the text.
struct Sources {
    folder: tempfile::TempDir,
}

impl Sources {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("Cargo.toml"),
            "[package]\nname = \"app\"\nedition = \"2024\"\n",
        )
        .unwrap();
        let sources = Self { folder };
        sources.write_all(text);
        sources
    }

    fn write_all(&self, text: &str) {
        for part in text.split("//- ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap();
            self.write(path.trim(), body);
        }
    }

    /// Puts other files in the place of all there are, but for the manifest.
    fn replace(&self, text: &str) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            match path.file_name().and_then(|name| name.to_str()) {
                Some("Cargo.toml" | "selfsame.cache") => {}
                _ if path.is_dir() => std::fs::remove_dir_all(path).unwrap(),
                _ => std::fs::remove_file(path).unwrap(),
            }
        }
        self.write_all(text);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn versions_of_bin(&self) -> BTreeMap<String, Version> {
        let package = Package::read(self.folder.path()).unwrap();
        Self::outside_tests(&self.analysis_of(&package, &package.bins[0]))
    }

    fn analysis(&self) -> Analysis {
        let package = Package::read(self.folder.path()).unwrap();
        let target = package
            .lib
            .as_ref()
            .or_else(|| package.bins.first())
            .unwrap();
        self.analysis_of(&package, target)
    }

    fn analysis_of(&self, package: &Package, target: &Target) -> Analysis {
        self.analysis_with(&FactsCache::default(), package, target)
    }

    fn analysis_with(&self, cache: &FactsCache, package: &Package, target: &Target) -> Analysis {
        let folder = Some(self.folder.path());
        let environment = Environment::read(folder, folder)
            .unwrap()
            .without_compiler();
        let mut diagnostics = Diagnostics::default();
        let analysis =
            Analysis::of(&environment, package, target, cache, &mut diagnostics).unwrap();
        diagnostics.propagate(&analysis.sources).unwrap();
        analysis
    }

    /// The problems found; empty without any.
    fn report(&self) -> String {
        let package = Package::read(self.folder.path()).unwrap();
        let folder = Some(self.folder.path());
        let environment = Environment::read(folder, folder)
            .unwrap()
            .without_compiler();
        let mut diagnostics = Diagnostics::default();
        let cache = FactsCache::default();
        let target = package.lib.as_ref().unwrap();
        let analysis =
            Analysis::of(&environment, &package, target, &cache, &mut diagnostics).unwrap();
        diagnostics.report(&analysis.sources)
    }

    fn versions(&self) -> BTreeMap<String, Version> {
        Self::outside_tests(&self.analysis())
    }

    /// As a build without tests has them: in test builds, all of the sources are in every version.
    fn outside_tests(analysis: &Analysis) -> BTreeMap<String, Version> {
        let mut fingerprints = analysis.fingerprints.clone();
        for fingerprint in &mut fingerprints {
            let is_test = |late: &LateInput| late.input == Late::Cfg("test".to_owned());
            fingerprint.version.late.retain(|late| !is_test(late));
        }
        fingerprints
            .iter()
            .map(|fingerprint| (fingerprint.path.clone(), fingerprint.version.clone()))
            .collect()
    }
}

/// A crate of one file: the marked `f` and whatever else the text has.
fn single(text: &str) -> String {
    format!("//- src/lib.rs\n{text}")
}

fn moved(before: &str, after: &str) -> bool {
    let texts = (before, after);
    let (before, after) = (
        Sources::new(before).versions(),
        Sources::new(after).versions(),
    );
    assert_eq!(before.len(), after.len());
    assert!(!before.is_empty(), "nothing is marked");
    assert!(
        versions_after(texts.0, texts.1) == after,
        "what a run has kept is of no use to the next, or does not show"
    );
    before != after
}

/// The versions of `after` by a run that finds what one over `before` has kept.
fn versions_after(before: &str, after: &str) -> BTreeMap<String, Version> {
    let sources = Sources::new(before);
    let run = || {
        let package = Package::read(sources.folder.path()).unwrap();
        let cache = FactsCache::of_build(sources.folder.path());
        sources.analysis_with(&cache, &package, package.lib.as_ref().unwrap())
    };
    run();
    sources.replace(after);
    Sources::outside_tests(&run())
}

#[track_caller]
fn moves(case: &str, before: &str, after: &str) {
    assert!(moved(before, after), "{case}: the version must move");
}

#[track_caller]
fn stays(case: &str, before: &str, after: &str) {
    assert!(!moved(before, after), "{case}: the version must stay");
}

#[track_caller]
fn one_moves(case: &str, before: &str, after: &str) {
    moves(case, &single(before), &single(after));
}

#[track_caller]
fn one_stays(case: &str, before: &str, after: &str) {
    stays(case, &single(before), &single(after));
}

/// `text` with `from` replaced by `to` must move the version.
#[track_caller]
fn edit_moves(case: &str, text: &str, from: &str, to: &str) {
    assert!(text.contains(from), "{case}: {from} is not in the text");
    moves(case, text, &text.replacen(from, to, 1));
}

#[track_caller]
fn edit_stays(case: &str, text: &str, from: &str, to: &str) {
    assert!(text.contains(from), "{case}: {from} is not in the text");
    stays(case, text, &text.replacen(from, to, 1));
}

/// In each of these files, code that runs holds 41.
#[track_caller]
fn all_move(files: &[impl AsRef<str>]) {
    for file in files.iter().map(AsRef::as_ref) {
        edit_moves(file, &single(file), "41", "42");
    }
}

/// Files of two packages, `app` and the `dep` it depends on, with what else the manifests of the two say.
fn with_dep(manifest: &str, manifest_of_dep: &str, files: &str) -> String {
    format!(
        "//- Cargo.toml\n[package]\nname = \"app\"\n[dependencies]\ndep = {{ path = \"dep\" }}\n{manifest}\n\
         //- dep/Cargo.toml\n[package]\nname = \"dep\"\n{manifest_of_dep}\n{files}"
    )
}

mod called;
mod defining;
mod dispatch;
mod files;
mod imported;
mod macros;
mod made;
mod meant;
mod members;
mod moving;
mod named;
mod options;
mod pieced;
mod sharing;
mod state;
mod staying;
mod traits;
