//! The analysis as `cargo selfsame` uses it: nothing generated, nothing printed, and versions even of functions
//! that no wrapper can be made for.
//!
//! Not a public interface: it changes together with its only user.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::analysis::Analysis;
use crate::cargo::Environment;
use crate::diagnostic::{Diagnostics, Warning};
use crate::error::Error;
use crate::fingerprint::Hasher;
use crate::index::facts::Mention;
use crate::manifest::Manifest;
use crate::pipeline;
use crate::plan;
use crate::source::cache::FactsCache;
use crate::source::targets::{self, Package};

/// What to analyse, and with which answers to the questions a build script would ask cargo.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The folder of the package's `Cargo.toml`.
    pub manifest_dir: PathBuf,
    /// The build script's `OUT_DIR`, where there was a build.
    pub out_dir: Option<PathBuf>,
    /// The variables cargo would set for the build script.
    pub variables: BTreeMap<String, String>,
    /// What `rustc -vV` prints, for callers that have asked; otherwise the analysis asks.
    pub compiler: Option<String>,
}

pub use crate::cargo::GENERATED;
pub use crate::fingerprint::late::{Answer, version};

/// What came of a package.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The library first, then the binaries by name.
    pub targets: Vec<Target>,
    /// What a build would warn of, one line each.
    pub warnings: Vec<String>,
    /// What a build would refuse, one rendered text each.
    pub problems: Vec<String>,
}

/// A library or binary.
#[derive(Clone, Debug)]
pub struct Target {
    /// As cargo spells it.
    pub name: String,
    /// Whether it is one of the binaries.
    pub is_bin: bool,
    /// The JSON a build would write to `selfsame.json`.
    pub manifest: String,
    /// Files that speak of `OUT_DIR`: what they include from there only a build knows.
    pub reads_out_dir: Vec<String>,
    /// Files that any of its code includes, reached or not.
    pub included: BTreeSet<PathBuf>,
    /// Variables that any of its code asks the compiler for, reached or not.
    pub variables: BTreeSet<String>,
}

/// What one analysis leaves to the next: what is in files. A package that many depend on is parsed once.
#[derive(Debug, Default)]
pub struct Memory(FactsCache);

/// Stands for `OUT_DIR` where there was no build. No file can be below it, for its parent is a file.
const NO_OUT_DIR: &str = "Cargo.toml/no-build";

/// Analyses every target of a package.
///
/// # Errors
///
/// If the package's `Cargo.toml` can't be read. Problems in the sources are part of the report.
pub fn analyse(settings: &Settings, memory: &Memory) -> Result<Report, Error> {
    let folder = &settings.manifest_dir;
    let out_dir = settings.out_dir.clone();
    let mut environment = Environment::of_variables(
        folder.clone(),
        out_dir.unwrap_or_else(|| folder.join(NO_OUT_DIR)),
        settings.variables.clone(),
    );
    if let Some(compiler) = &settings.compiler {
        environment = environment.with_compiler(compiler);
    }
    let package = Package::read(folder)?;
    let mut report = Report::default();
    if !pipeline::mentions_selfsame(folder) {
        let targets = package.lib.iter().chain(&package.bins);
        report.targets = targets.map(|target| unmarked(&package, target)).collect();
        return Ok(report);
    }
    let (mut problems, mut warnings) = (BTreeSet::new(), BTreeSet::new());
    for target in package.lib.iter().chain(&package.bins) {
        let mut run = Run {
            environment: &environment,
            package: &package,
            cache: &memory.0,
            problems: &mut problems,
            warnings: &mut warnings,
        };
        report.targets.push(run.target(target)?);
    }
    report.problems = problems.into_iter().collect();
    report.warnings = warnings.into_iter().map(Warning::into_line).collect();
    Ok(report)
}

/// A target without a marked function.
fn unmarked(package: &Package, target: &targets::Target) -> Target {
    Target {
        name: target.name.clone(),
        is_bin: package.is_bin(target),
        manifest: Manifest::empty(&target.crate_name()).to_json(),
        reads_out_dir: Vec::new(),
        included: BTreeSet::new(),
        variables: BTreeSet::new(),
    }
}

struct Run<'r> {
    environment: &'r Environment,
    package: &'r Package,
    cache: &'r FactsCache,
    /// Of all targets: what the library is told, a binary that uses it need not hear again.
    problems: &'r mut BTreeSet<String>,
    warnings: &'r mut BTreeSet<Warning>,
}

impl Run<'_> {
    fn target(&mut self, target: &targets::Target) -> Result<Target, Error> {
        let is_bin = self.package.is_bin(target);
        let mut diagnostics = Diagnostics::of_a_run_that_goes_on();
        let analysis = Analysis::of(
            self.environment,
            self.package,
            target,
            self.cache,
            &mut diagnostics,
        )?;
        let input = analysis.plan_input(is_bin);
        // Only for what it refuses; functions without a plan are listed too.
        let _ = plan::plan(&input, &mut diagnostics);
        let entries: Vec<plan::FunctionEntry> = (0..input.markers.len())
            .map(|number| plan::entry(&input, number))
            .collect();
        self.problems
            .extend(diagnostics.rendered(&analysis.sources));
        self.warnings
            .extend(diagnostics.warnings(&analysis.sources));
        let manifest = analysis.manifest(&target.crate_name(), &entries);
        Ok(Target {
            name: target.name.clone(),
            is_bin,
            manifest: manifest.to_json(),
            reads_out_dir: reading_out_dir(&analysis, &self.environment.manifest_dir),
            included: included(&analysis),
            variables: variables(&analysis),
        })
    }
}

/// One digest of several texts that can't run together, for what is compared outside of versions.
#[must_use]
pub fn digest(parts: &[&str]) -> u128 {
    let mut hasher = Hasher::new("tool");
    parts.iter().for_each(|part| hasher.part(part));
    hasher.finish()
}

/// The files of all `include!`, `include_str!` and `include_bytes!` whose paths can be known.
fn included(analysis: &Analysis) -> BTreeSet<PathBuf> {
    let index = &analysis.index;
    let mut included = BTreeSet::new();
    for item in &index.items {
        let here = &analysis.sources.file(item.location.file).path;
        let folder = here.parent().unwrap_or_else(|| Path::new(""));
        let folders = &index.krate(index.module(item.module).krate).folders;
        for mention in item.mentions.iter() {
            if let Mention::File(file) = mention
                && let Some(parts) = &file.path
            {
                included.extend(folders.file(folder, parts, |part| index.text(part)));
            }
        }
    }
    included
}

fn variables(analysis: &Analysis) -> BTreeSet<String> {
    let mentions = analysis
        .index
        .items
        .iter()
        .flat_map(|item| item.mentions.iter());
    let names = mentions.filter_map(|mention| match mention {
        Mention::Env(name) => Some(analysis.index.text(*name).to_owned()),
        _ => None,
    });
    names.collect()
}

/// The names of the package's files that speak of `OUT_DIR`.
fn reading_out_dir(analysis: &Analysis, package: &Path) -> Vec<String> {
    let files = analysis.sources.files.iter();
    files
        .filter(|file| file.path.starts_with(package) && file.text.contains("OUT_DIR"))
        .map(|file| file.name.clone())
        .collect()
}

#[cfg(test)]
mod tests;
