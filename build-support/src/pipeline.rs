//! The whole way, once: sources → index → graph → fingerprint → plan → emit.
//!
//! Problems are gathered, and no stage runs on input that an earlier one refused.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::analysis::Analysis;
use crate::cargo::Environment;
use crate::diagnostic::{Diagnostics, Strictness, Warning};
use crate::emit::Remembered;
use crate::error::Error;
use crate::manifest::{self, Manifest};
use crate::plan::{self, FunctionEntry, Plan};
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::targets::{Package, Target};
use crate::{depends, emit, output};

mod look;

pub(crate) use look::mentions_selfsame;

/// What a run tells of, beside the files it wrote.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// All paths that were read.
    pub(crate) read: BTreeSet<PathBuf>,
    /// All variables that were asked for, set or not.
    pub(crate) variables: BTreeSet<String>,
    /// One line each, sorted.
    pub(crate) warnings: Vec<String>,
}

/// Generates for every target of the package.
pub(crate) fn run(environment: &Environment, strictness: Strictness) -> Result<Outcome, Error> {
    let package = Package::read(&environment.manifest_dir)?;
    let mut read = BTreeSet::from([environment.manifest_dir.join("Cargo.toml")]);
    let cache = FactsCache::of_build(&environment.out_dir);
    if !look::mentions_selfsame_still(&environment.manifest_dir, &cache) {
        for (target, stems) in outputs(&package) {
            let krate = target.crate_name();
            read.insert(target.watched());
            write(
                environment,
                &Plan::empty(krate.clone(), package.is_bin(target)),
                &Manifest::empty(&krate).to_json(),
                &stems,
                None,
            )?;
        }
        return Ok(Outcome {
            read,
            variables: BTreeSet::new(),
            warnings: Vec::new(),
        });
    }
    // Targets that share a file share its warnings.
    let mut warnings = BTreeSet::new();
    let mut variables = BTreeSet::new();
    let targets = outputs(&package);
    for (number, (target, stems)) in targets.iter().enumerate() {
        if number + 1 == targets.len() {
            cache.last_target();
        }
        let mut diagnostics = Diagnostics::new(strictness);
        let found = generate(
            environment,
            &package,
            target,
            stems,
            &cache,
            &mut diagnostics,
        )?;
        read.extend(found.read);
        variables.extend(found.variables);
        warnings.extend(diagnostics.warnings(&found.sources));
    }
    Ok(Outcome {
        read,
        variables,
        warnings: warnings.into_iter().map(Warning::into_line).collect(),
    })
}

/// Which targets are generated for, and the names of their files: `selfsame` is the library's, or the sole
/// binary's.
fn outputs(package: &Package) -> Vec<(&Target, Vec<String>)> {
    let main = || "selfsame".to_owned();
    let named = |bin: &Target| format!("selfsame-bin-{}", bin.name);
    let lib = package.lib.iter().map(|lib| (lib, vec![main()]));
    let bins = package.bins.iter().map(|bin| match package.sole_bin() {
        Some(_) => (bin, vec![main(), named(bin)]),
        None => (bin, vec![named(bin)]),
    });
    lib.chain(bins).collect()
}

/// One target, from its sources to its files.
fn generate(
    environment: &Environment,
    package: &Package,
    target: &Target,
    stems: &[String],
    cache: &FactsCache,
    diagnostics: &mut Diagnostics,
) -> Result<Found, Error> {
    let analysis = Analysis::of(environment, package, target, cache, diagnostics)?;
    let plan = plan::plan(&analysis.plan_input(package.is_bin(target)), diagnostics);
    diagnostics.propagate(&analysis.sources)?;
    let manifest = analysis
        .manifest(&plan.crate_name, &plan.functions)
        .to_json();
    // To lay code out takes as much memory as the analysis does, which is not needed any more.
    let found = Found::of(environment, analysis);
    let remembered = Remembered::of(environment, cache);
    write(environment, &plan, &manifest, stems, remembered.as_ref())?;
    Ok(found)
}

/// What is left to tell of a target when its files are written.
struct Found {
    read: BTreeSet<PathBuf>,
    variables: BTreeSet<String>,
    sources: SourceSet,
}

impl Found {
    fn of(environment: &Environment, analysis: Analysis) -> Self {
        Self {
            read: watched(environment, &analysis),
            variables: analysis.inputs.variables().iter().cloned().collect(),
            sources: analysis.sources,
        }
    }
}

fn write(
    environment: &Environment,
    plan: &Plan,
    manifest: &str,
    stems: &[String],
    remembered: Option<&Remembered<'_>>,
) -> Result<(), Error> {
    let files = match remembered {
        Some(remembered) => remembered.emit(plan),
        None => emit::emit(plan),
    };
    for stem in stems {
        for file in &files {
            let path = environment.out_dir.join(file.name(stem));
            output::write(&path, file.text.as_bytes())?;
        }
        output::write(
            &environment.out_dir.join(format!("{stem}.json")),
            manifest.as_bytes(),
        )?;
    }
    Ok(())
}

impl Analysis {
    pub(crate) fn plan_input(&self, is_binary: bool) -> plan::Input<'_> {
        plan::Input {
            sources: &self.sources,
            index: &self.index,
            markers: &self.markers,
            versions: &self.versions,
            is_binary,
        }
    }

    /// `functions` run along `index.marked`.
    pub(crate) fn manifest<'a>(
        &'a self,
        crate_name: &str,
        functions: &'a [FunctionEntry],
    ) -> Manifest<'a> {
        let records = self
            .index
            .marked
            .iter()
            .enumerate()
            .map(|(number, marked)| manifest::Function {
                item: marked.item,
                entry: &functions[number],
                marker: &self.markers[number],
                closure: &self.graph.closures[number],
                fingerprint: &self.fingerprints[number],
            });
        Manifest::of(
            crate_name,
            &self.index,
            &self.sources,
            &self.inputs,
            &self.catalogue,
            &records.collect::<Vec<_>>(),
        )
    }
}

/// The folders of all crates, source files elsewhere, and what markers depend on.
fn watched(environment: &Environment, analysis: &Analysis) -> BTreeSet<PathBuf> {
    let mut watched = analysis.watched.clone();
    let files = analysis.sources.files.iter().map(|file| &file.path);
    let outside: Vec<PathBuf> = files
        .filter(|file| {
            !analysis
                .watched
                .iter()
                .any(|folder| file.starts_with(folder))
        })
        .cloned()
        .collect();
    watched.extend(outside);
    watched.extend(analysis.inputs.watched().iter().cloned());
    let markers = analysis.markers.iter();
    watched.extend(markers.flat_map(|marker| depends::watched(marker, &environment.manifest_dir)));
    watched
}

#[cfg(test)]
mod tests;
