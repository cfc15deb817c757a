//! What the last run found out about where names lead, for as long as nothing has changed that decides it.
//!
//! It hangs on the shape of all sources ([`crate::index::shape`]), on what the markers ask for, and on the program
//! that found it out. Whatever is damaged or of another shape is not there, and found out anew.

use std::hash::Hash;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cargo::Environment;
use crate::graph::kept::KeptGraph;
use crate::graph::{Graph, Root};
use crate::hints::Hint;
use crate::index::Digest;
use crate::index::collect::truncate;
use crate::index::shape::Shape;
use crate::marker::Marker;
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::walk::CrateFiles;

/// Where what was found out is kept, and for which sources it holds.
pub(super) struct Keeper<'c> {
    cache: &'c FactsCache,
    /// One for each target: what held for older sources is written over.
    name: Digest,
    shape: Shape,
}

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    shape: Digest,
    graph: KeptGraph,
    hints: Vec<Hint>,
}

impl<'c> Keeper<'c> {
    /// `None` for runs that leave nothing behind.
    pub(super) fn of(
        environment: &Environment,
        cache: &'c FactsCache,
        crates: &[CrateFiles],
        sources: &SourceSet,
    ) -> Option<Self> {
        let program = environment.program().filter(|_| cache.outlives_the_run())?;
        let mut shape = Shape::default();
        (env!("CARGO_PKG_VERSION"), program).hash(&mut shape);
        crates
            .iter()
            .for_each(|krate| add_crate(krate, sources, &mut shape));
        let target = crates.first()?;
        let root = &sources.file(target.files.first()?.file).path;
        let mut name = Shape::default();
        ("closures", &environment.out_dir, &target.name, root).hash(&mut name);
        Some(Self {
            cache,
            name: name.finished(),
            shape,
        })
    }

    /// With what the graph starts from, and which hints are wanted.
    pub(super) fn for_roots(mut self, roots: &[Root], markers: &[Marker]) -> KeeperOfRoots<'c> {
        for (root, marker) in roots.iter().zip(markers) {
            (root, &marker.allow).hash(&mut self.shape);
        }
        KeeperOfRoots {
            cache: self.cache,
            name: self.name,
            shape: self.shape.finished(),
        }
    }
}

/// A [`Keeper`] that knows all that decides the answer.
pub(super) struct KeeperOfRoots<'c> {
    cache: &'c FactsCache,
    name: Digest,
    shape: Digest,
}

impl KeeperOfRoots<'_> {
    /// What an earlier run found out, if it still holds.
    pub(super) fn remembered(&self) -> Option<(Graph, Vec<Hint>)> {
        let bytes = self.cache.kept(self.name)?;
        // Looked at first: the rest is long, and mostly not needed where this differs.
        if bytes.get(..size_of::<Digest>())? != self.shape {
            return None;
        }
        let kept: Kept = postcard::from_bytes(&bytes).ok()?;
        Some((kept.graph.into_graph()?, kept.hints))
    }

    /// Keeps what this run found out.
    pub(super) fn keep(&self, graph: &Graph, hints: &[Hint]) {
        let kept = KeptGraph::of(graph).map(|graph| Kept {
            shape: self.shape,
            graph,
            hints: hints.to_vec(),
        });
        if let Some(kept) = kept
            && let Ok(bytes) = postcard::to_stdvec(&kept)
        {
            self.cache.keep(self.name, &bytes);
        }
    }
}

fn add_crate(krate: &CrateFiles, sources: &SourceSet, shape: &mut Shape) {
    let CrateFiles {
        name,
        files,
        unparsed,
        never,
        folders,
        proc_macro,
        dependencies,
        externs,
    } = krate;
    (name, never, folders, proc_macro, dependencies, externs).hash(shape);
    // The texts themselves are read where a crate's code is not followed name by name.
    let is_read = *proc_macro || !unparsed.is_empty();
    let text = |file| {
        let text = is_read.then(|| &*sources.file(file).text);
        text.map(|text| truncate(Sha256::new_with_prefix(text)))
    };
    (files.len(), unparsed.len()).hash(shape);
    for file in files {
        let path = &sources.file(file.file).path;
        (path, file.facts.shape, &file.children, file.test_only).hash(shape);
        text(file.file).hash(shape);
    }
    for file in unparsed {
        (&sources.file(*file).path, text(*file)).hash(shape);
    }
}
