//! What the last run found out, for as long as nothing has changed that decides it.
//!
//! Where names lead hangs on the shape of all sources ([`crate::index::shape`]), on what the markers ask for, and on
//! the program that found it out. Most edits leave all of that as it is: then the index of the last run is good for
//! this one, but for the files that say something else now, and so is everything that was followed through it.
//! Whatever is damaged or of another shape is not there, and found out anew.

use std::hash::Hash;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub(super) use self::tree::Tree;
use crate::cargo::Environment;
use crate::graph::kept::{KeptGraph, WrittenGraph};
use crate::graph::{Graph, Root};
use crate::hints::Hint;
use crate::index::shape::Shape;
use crate::index::{Digest, Index, Marked};
use crate::marker::Marker;
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::targets::Target;
use crate::source::walk::CrateRoot;

mod edited;
mod tree;

/// Where what was found out is kept, and for which settings it holds.
pub(super) struct Keeper<'c> {
    cache: &'c FactsCache,
    /// One for each target: what held for older sources is written over.
    name: Digest,
    settings: Digest,
}

/// What an earlier run found out, with the sources as they are now.
pub(super) struct Remembered {
    pub(super) sources: SourceSet,
    /// With all functions whose documentation may hold a marker.
    pub(super) index: Index,
    pub(super) graph: Graph,
    pub(super) hints: Vec<Hint>,
    /// What the graph started from: see [`digest_of`].
    pub(super) roots: Digest,
}

/// What this run found out.
pub(super) struct FoundOut<'a> {
    /// All functions whose documentation may hold a marker.
    pub(super) marked: &'a [Marked],
    pub(super) index: &'a Index,
    pub(super) graph: &'a Graph,
    pub(super) hints: &'a [Hint],
    pub(super) roots: Digest,
}

/// All but the tree, as it is written.
#[derive(Serialize)]
struct Written<'a> {
    marked: &'a [Marked],
    index: &'a Index,
    graph: WrittenGraph<'a>,
    hints: &'a [Hint],
    roots: Digest,
}

/// The same, as it is read.
#[derive(Deserialize)]
struct Read {
    marked: Vec<Marked>,
    index: Index,
    graph: KeptGraph,
    hints: Vec<Hint>,
    roots: Digest,
}

impl<'c> Keeper<'c> {
    /// `None` for runs that leave nothing behind.
    pub(super) fn of(
        environment: &Environment,
        cache: &'c FactsCache,
        target: &Target,
        roots: &[CrateRoot],
    ) -> Option<Self> {
        let program = environment.program().filter(|_| cache.outlives_the_run())?;
        let mut settings = Shape::default();
        (env!("CARGO_PKG_VERSION"), program, roots).hash(&mut settings);
        environment.hash_flags(&mut settings);
        let mut name = Shape::default();
        ("target", &environment.out_dir, &target.name, &target.root).hash(&mut name);
        Some(Self {
            cache,
            name: name.finished(),
            settings: settings.finished(),
        })
    }

    /// What an earlier run found out, if it still holds for all sources.
    pub(super) fn remembered(&self, package: &Path) -> Option<Remembered> {
        let bytes = self.cache.kept(self.name)?;
        // Looked at one after the other: what follows is long, and of no use where this differs.
        let bytes = bytes.strip_prefix(&self.settings)?;
        let (tree, bytes): (Tree, &[u8]) = postcard::take_from_bytes(bytes).ok()?;
        let again = tree.read_again(package, self)?;
        let mut read: Read = postcard::from_bytes(bytes).ok()?;
        read.index.marked = read.marked;
        for (file, facts) in &again.edited {
            let never = tree.never(*file)?;
            read.index.take_over(*file, facts, never)?;
        }
        Some(Remembered {
            sources: again.sources,
            index: read.index,
            graph: read.graph.into_graph()?,
            hints: read.hints,
            roots: read.roots,
        })
    }

    /// Keeps what this run found out.
    pub(super) fn keep(&self, tree: &Tree, found: &FoundOut<'_>) {
        // Where these stand is no part of a shape.
        if !found.index.orphans.is_empty() {
            return;
        }
        let Some(graph) = WrittenGraph::of(found.graph) else {
            return;
        };
        let written = Written {
            marked: found.marked,
            index: found.index,
            graph,
            hints: found.hints,
            roots: found.roots,
        };
        let bytes = postcard::to_extend(tree, self.settings.to_vec());
        let bytes = bytes.and_then(|bytes| postcard::to_extend(&written, bytes));
        if let Ok(bytes) = bytes {
            self.cache.keep(self.name, &bytes);
        }
    }
}

/// Of what a graph starts from, and of which hints are wanted.
pub(super) fn digest_of(roots: &[Root], markers: &[Marker]) -> Digest {
    let mut shape = Shape::default();
    for (root, marker) in roots.iter().zip(markers) {
        (root, &marker.allow).hash(&mut shape);
    }
    shape.finished()
}

#[cfg(test)]
mod tests;
