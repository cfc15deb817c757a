//! From the sources of a target to the versions of its marked functions.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::cargo::Environment;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::fingerprint::catalogue::Catalogue;
use crate::fingerprint::identity::Identities;
use crate::fingerprint::{FileInput, Fingerprint, Subject};
use crate::graph::Graph;
use crate::graph::extent::Extents;
use crate::hints;
use crate::index::collect::truncate;
use crate::index::{Digest, Index};
use crate::inputs::Inputs;
use crate::inputs::compiler::Question;
use crate::marker::Marker;
use crate::material::{Places, Texts};
use crate::plan::Versions;
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::targets::{Package, Target};
use crate::source::universe::Universe;

mod followed;
mod kept;

use self::followed::{Followed, Start};
use self::kept::Keeper;

/// All that is known of a target before anything is generated. The lists run along `index.marked`.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) sources: SourceSet,
    pub(crate) index: Index,
    pub(crate) markers: Vec<Marker>,
    pub(crate) graph: Graph,
    /// Everything the functions reach.
    pub(crate) catalogue: Catalogue,
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
        let compiler = Question::ask(environment);
        let universe = Universe::of(
            &environment.manifest_dir,
            &environment.out_dir,
            package,
            target,
        );
        let keeper = Keeper::of(environment, cache, target, &universe.roots);
        let remembered = keeper
            .as_ref()
            .and_then(|keeper| Followed::remembered(environment, keeper, diagnostics));
        let Universe {
            roots,
            packages,
            mut watched,
        } = universe;
        let inputs = || Inputs::read(environment, &packages, compiler);
        let (followed, inputs) = match remembered {
            Some(followed) => (followed, inputs()?),
            None => {
                let start = Start {
                    environment,
                    cache,
                    keeper: keeper.as_ref(),
                    roots,
                };
                start.follow(inputs, diagnostics)?
            }
        };
        let Followed {
            sources,
            index,
            markers,
            mut files,
            graph,
            hints,
        } = followed;
        hints::report(&index, &hints, diagnostics);
        hints::widened::check(&index, &markers, &graph, diagnostics);
        let digests = sources.digests();
        let extents = Extents::new(&index);
        let places = Places {
            index: &index,
            extents: &extents,
            texts: &Texts::of_sources(&sources, &digests),
            packages: &packages,
            folder: &environment.manifest_dir,
        };
        for (files, closure) in files.iter_mut().zip(&graph.closures) {
            files.extend(places.files(closure));
            watched.extend(places.watched(closure));
        }
        let subject = Subject {
            index: &index,
            extents: &extents,
            packages: &packages,
            inputs: &inputs,
            test: test_digest(&digests),
        };
        let (fingerprints, catalogue) = fingerprints(subject, &markers, &graph, files);
        let versions = Versions::of(fingerprints.iter().map(|fingerprint| &fingerprint.version));
        Ok(Self {
            sources,
            index,
            markers,
            graph,
            catalogue,
            fingerprints,
            versions,
            watched,
            inputs,
        })
    }
}

fn fingerprints(
    subject: Subject<'_>,
    markers: &[Marker],
    graph: &Graph,
    files: Vec<Vec<FileInput>>,
) -> (Vec<Fingerprint>, Catalogue) {
    let mut identities = Identities::new(subject.index, &graph.closures);
    let functions = subject
        .index
        .marked
        .iter()
        .zip(markers)
        .zip(&graph.closures)
        .zip(files);
    let fingerprints = functions.map(|(((function, marker), closure), files)| {
        subject.fingerprint(&mut identities, function.item, closure, marker, files)
    });
    (fingerprints.collect(), identities.into_catalogue())
}

/// Of all that was read: a test build depends on test code too, which is not followed.
fn test_digest(digests: &[[u8; 32]]) -> Digest {
    let mut hasher = Sha256::new();
    digests.iter().for_each(|digest| hasher.update(digest));
    truncate(hasher)
}

#[cfg(test)]
mod tests;
