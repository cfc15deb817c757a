//! Plans of small packages, for tests.

use crate::analysis::Analysis;
use crate::cargo::Environment;
use crate::diagnostic::{Diagnostics, Warning};
use crate::emit::{self, GeneratedFile};
use crate::fingerprint::late::Version;
use crate::plan::{Input, Plan, Versions, plan};
use crate::source::cache::FactsCache;
use crate::source::targets::Package;

/// What came of a package.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    files: Vec<GeneratedFile>,
    /// All problems; empty without any.
    pub(crate) report: String,
    /// One line each.
    pub(crate) warnings: Vec<String>,
}

impl Planned {
    /// The text of a generated file.
    pub(crate) fn text(&self, name: &str) -> String {
        let file = self.files.iter().find(|file| file.name("selfsame") == name);
        file.unwrap_or_else(|| panic!("no file {name}"))
            .text
            .clone()
    }

    /// The text of `selfsame.rs`.
    pub(crate) fn root(&self) -> String {
        self.text("selfsame.rs")
    }
}

/// A library `app` of one file.
pub(crate) fn one_file(text: &str) -> Planned {
    package(&[("src/lib.rs", text)])
}

/// A package `app` of these files.
pub(crate) fn package(files: &[(&str, &str)]) -> Planned {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nserde = \"1\"\nserde_json = \"1\"\nselfsame = \"0.1\"\n";
    for (name, text) in [("Cargo.toml", manifest)].iter().chain(files) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let environment = Environment::read(Some(folder.path()), Some(folder.path()))
        .unwrap()
        .without_compiler();
    let package = Package::read(folder.path()).unwrap();
    let target = package.lib.as_ref().unwrap();
    let mut diagnostics = Diagnostics::default();
    let analysis = Analysis::of(
        &environment,
        &package,
        target,
        &FactsCache::default(),
        &mut diagnostics,
    )
    .unwrap();
    // Versions are not the plan's business, and would move with every release.
    let versions: Vec<Version> = (1..)
        .map(|fixed| Version {
            fixed,
            late: Vec::new(),
        })
        .take(analysis.markers.len())
        .collect();
    let versions = Versions::of(versions.iter());
    let input = Input {
        sources: &analysis.sources,
        index: &analysis.index,
        markers: &analysis.markers,
        versions: &versions,
        is_binary: false,
    };
    let plan = plan(&input, &mut diagnostics);
    let report = diagnostics.report(&analysis.sources);
    let warnings = diagnostics.warnings(&analysis.sources);
    let files = if report.is_empty() {
        emit::emit(&plan)
    } else {
        Vec::new()
    };
    Planned {
        plan,
        files,
        report,
        warnings: warnings.into_iter().map(Warning::into_line).collect(),
    }
}
