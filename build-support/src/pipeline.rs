//! The whole way, once: sources → index → graph → fingerprint → plan → emit.
//!
//! Problems are gathered, and no stage runs on input that an earlier one refused.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::analysis::Analysis;
use crate::cargo::Environment;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::manifest::{self, Manifest};
use crate::marker::Marker;
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::targets::{Package, Target};
use crate::{depends, emit, output, plan};

/// Generates for every target of the package; returns all paths that were read.
pub(crate) fn run(environment: &Environment) -> Result<BTreeSet<PathBuf>, Error> {
    let package = Package::read(&environment.manifest_dir)?;
    let mut read = BTreeSet::from([environment.manifest_dir.join("Cargo.toml")]);
    let cache_file = environment.out_dir.join("selfsame.cache");
    let mut cache = FactsCache::load(&cache_file);
    for (target, stem) in outputs(&package) {
        read.extend(generate(environment, &package, target, &stem, &mut cache)?);
    }
    cache.save(&cache_file);
    Ok(read)
}

/// Which targets are generated for, and the names of their files: `selfsame` is the library's, or the sole
/// binary's.
fn outputs(package: &Package) -> Vec<(&Target, String)> {
    let main = package.lib.iter().chain(package.sole_bin()).map(|target| (target, "selfsame".to_owned()));
    let bins = package.bins.iter().map(|bin| (bin, format!("selfsame-bin-{}", bin.name)));
    main.chain(bins).collect()
}

/// One target, from its sources to its files.
fn generate(environment: &Environment, package: &Package, target: &Target, stem: &str, cache: &mut FactsCache) -> Result<BTreeSet<PathBuf>, Error> {
    let mut diagnostics = Diagnostics::default();
    let analysis = Analysis::of(environment, package, target, cache, &mut diagnostics)?;
    let plan = plan::plan(&analysis.plan_input(), &mut diagnostics);
    diagnostics.propagate(&analysis.sources)?;
    for file in emit::emit(&plan, stem) {
        output::write(&environment.out_dir.join(&file.name), file.text.as_bytes())?;
    }
    let manifest = analysis.manifest(&plan);
    output::write(&environment.out_dir.join(format!("{stem}.json")), manifest.to_json().as_bytes())?;
    Ok(watched(environment, &analysis.sources, &analysis.markers))
}

impl Analysis {
    fn plan_input(&self) -> plan::Input<'_> {
        plan::Input { sources: &self.sources, index: &self.index, markers: &self.markers, versions: &self.versions }
    }

    fn manifest(&self, plan: &plan::Plan) -> Manifest {
        let functions = self.index.marked.iter().enumerate().map(|(number, marked)| manifest::Function {
            item: marked.item,
            entry: &plan.functions[number],
            marker: &self.markers[number],
            closure: &self.graph.closures[number],
            fingerprint: &self.fingerprints[number],
        });
        Manifest::of(&plan.crate_name, &self.index, &self.sources, &functions.collect::<Vec<_>>())
    }
}

/// The folders of all sources, files elsewhere, and what markers depend on.
fn watched(environment: &Environment, sources: &SourceSet, markers: &[Marker]) -> BTreeSet<PathBuf> {
    let folder = environment.manifest_dir.join("src");
    let mut watched: BTreeSet<PathBuf> = sources
        .files
        .iter()
        .map(|file| if file.path.starts_with(&folder) { folder.clone() } else { file.path.clone() })
        .collect();
    watched.extend(markers.iter().flat_map(|marker| depends::watched(marker, &environment.manifest_dir)));
    watched
}
