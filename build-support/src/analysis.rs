//! From the sources of a target to the versions of its marked functions.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::cargo::Environment;
use crate::depends;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::fingerprint::identity::Identities;
use crate::fingerprint::{FileInput, Fingerprint, Subject};
use crate::graph::{Graph, Root};
use crate::hints;
use crate::index::collect::truncate;
use crate::index::names::Resolver;
use crate::index::{Digest, Index, Marked};
use crate::inputs::Inputs;
use crate::marker::{self, Concern, Dependency, Marker};
use crate::material::Places;
use crate::plan::Versions;
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::targets::{Package, Target};
use crate::source::universe::{Reader, Universe};

mod kept;

use self::kept::{Keeper, KeeperOfRoots};

/// All that is known of a target before anything is generated. The lists run along `index.marked`.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) sources: SourceSet,
    pub(crate) index: Index,
    pub(crate) markers: Vec<Marker>,
    pub(crate) graph: Graph,
    pub(crate) fingerprints: Vec<Fingerprint>,
    pub(crate) versions: Versions,
    /// Paths of the sources, to be watched for changes.
    pub(crate) watched: BTreeSet<PathBuf>,
    /// What versions depend on beside the sources.
    pub(crate) inputs: Inputs,
}

impl Analysis {
    /// From the sources to the versions.
    pub(crate) fn of(
        environment: &Environment,
        package: &Package,
        target: &Target,
        cache: &FactsCache,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, Error> {
        let mut sources = SourceSet::default();
        let reader = Reader {
            sources: &mut sources,
            cache,
            diagnostics,
            folder: &environment.manifest_dir,
            out_dir: &environment.out_dir,
            flag: &|name, value| environment.flag(name, value),
        };
        let Universe {
            crates,
            packages,
            mut watched,
        } = reader.read(package, target);
        diagnostics.propagate(&sources)?;
        let inputs = Inputs::read(environment, &packages)?;

        let keeper = Keeper::of(environment, cache, &crates, &sources);
        let mut index = Index::assemble(crates);
        let markers = markers(&mut index, &sources, diagnostics);
        diagnostics.propagate(&sources)?;

        for (function, marker) in index.marked.iter().zip(&markers) {
            depends::check_items(&index, function.module, marker, diagnostics);
        }
        let mut files: Vec<Vec<FileInput>> = markers
            .iter()
            .map(|marker| depends::read(marker, &environment.manifest_dir, diagnostics))
            .collect();
        let roots = roots(&index.marked, &markers);
        let keeper = keeper.map(|keeper| keeper.for_roots(&roots, &markers));
        let remembered = keeper.as_ref().and_then(KeeperOfRoots::remembered);
        let (graph, hints) = remembered.unwrap_or_else(|| {
            let resolver = Resolver::new(&index);
            let graph = Graph::of(&index, &resolver, &sources, &roots);
            let hints = hints::find(&index, &resolver, &markers, &graph);
            if let Some(keeper) = &keeper {
                keeper.keep(&graph, &hints);
            }
            (graph, hints)
        });
        hints::report(&index, &hints, diagnostics);
        hints::widened::check(&index, &markers, &graph, diagnostics);
        let digests = sources.digests();
        let places = Places {
            index: &index,
            sources: &sources,
            digests: &digests,
            packages: &packages,
            folder: &environment.manifest_dir,
        };
        for (files, closure) in files.iter_mut().zip(&graph.closures) {
            files.extend(places.files(closure));
            watched.extend(places.watched(closure));
        }
        let subject = Subject {
            index: &index,
            packages: &packages,
            inputs: &inputs,
            test: test_digest(&digests),
        };
        let fingerprints = fingerprints(subject, &markers, &graph, files);
        let versions = Versions::of(fingerprints.iter().map(|fingerprint| &fingerprint.version));
        Ok(Self {
            sources,
            index,
            markers,
            graph,
            fingerprints,
            versions,
            watched,
            inputs,
        })
    }
}

/// Parses every marker; keeps the functions whose documentation turned out to hold one.
fn markers(index: &mut Index, sources: &SourceSet, diagnostics: &mut Diagnostics) -> Vec<Marker> {
    let mut markers = Vec::new();
    let marked: Vec<Marked> = std::mem::take(&mut index.marked);
    for function in marked {
        if let Some(marker) = marker::parse(&function, sources, diagnostics) {
            markers.push(marker);
            index.marked.push(function);
        }
    }
    markers
}

/// What the graph starts from: the functions, with the expressions of their markers (R26).
fn roots(marked: &[Marked], markers: &[Marker]) -> Vec<Root> {
    let expressions = |marker: &Marker| {
        let looked_at = marker.expressions().map(str::to_owned);
        let items = marker
            .depends
            .iter()
            .filter_map(|dependency| match dependency {
                Dependency::Item { path, .. } => Some(path.join("::")),
                Dependency::Path { .. } => None,
            });
        looked_at.chain(items).collect()
    };
    marked
        .iter()
        .zip(markers)
        .map(|(function, marker)| Root {
            item: function.item,
            expressions: expressions(marker),
            allows_widening: marker.allows(Concern::Widened),
        })
        .collect()
}

fn fingerprints(
    subject: Subject<'_>,
    markers: &[Marker],
    graph: &Graph,
    files: Vec<Vec<FileInput>>,
) -> Vec<Fingerprint> {
    let mut identities = Identities::new(subject.index);
    let functions = subject
        .index
        .marked
        .iter()
        .zip(markers)
        .zip(&graph.closures)
        .zip(files);
    functions
        .map(|(((function, marker), closure), files)| {
            subject.fingerprint(&mut identities, function.item, closure, marker, files)
        })
        .collect()
}

/// Of all that was read: a test build depends on test code too, which is not followed.
fn test_digest(digests: &[[u8; 32]]) -> Digest {
    let mut hasher = Sha256::new();
    digests.iter().for_each(|digest| hasher.update(digest));
    truncate(hasher)
}

#[cfg(test)]
mod tests;
