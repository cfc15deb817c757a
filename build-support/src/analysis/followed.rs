//! From the sources to what their marked functions reach: found out, or remembered from the last run.

use super::kept::{FoundOut, Keeper, Tree, digest_of};
use crate::cargo::Environment;
use crate::depends;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::fingerprint::FileInput;
use crate::graph::{Graph, Root};
use crate::hints::{self, Hint};
use crate::index::names::Resolver;
use crate::index::{Index, Marked};
use crate::inputs::Inputs;
use crate::marker::{self, Concern, Dependency, Marker};
use crate::source::SourceSet;
use crate::source::cache::FactsCache;
use crate::source::universe::Reader;
use crate::source::walk::CrateRoot;

/// All that is known before anything is digested. The lists run along `index.marked`.
pub(super) struct Followed {
    pub(super) sources: SourceSet,
    pub(super) index: Index,
    pub(super) markers: Vec<Marker>,
    /// The files that markers depend on.
    pub(super) files: Vec<Vec<FileInput>>,
    pub(super) graph: Graph,
    pub(super) hints: Vec<Hint>,
}

/// Where a run starts that remembers nothing.
pub(super) struct Start<'s> {
    pub(super) environment: &'s Environment,
    pub(super) cache: &'s FactsCache,
    pub(super) keeper: Option<&'s Keeper<'s>>,
    pub(super) roots: Vec<CrateRoot>,
}

impl Followed {
    /// By what the last run has kept, if that still holds.
    pub(super) fn remembered(
        environment: &Environment,
        keeper: &Keeper<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let remembered = keeper.remembered(&environment.manifest_dir)?;
        let mut index = remembered.index;
        let mut found = diagnostics.clone();
        let markers = markers(&mut index, &remembered.sources, &mut found);
        let roots = roots(&index.marked, &markers);
        let is_same = digest_of(&roots, &markers) == remembered.roots;
        // Of problems, a run that remembers nothing tells in its own order.
        if !is_same || found.count() > diagnostics.count() {
            return None;
        }
        *diagnostics = found;
        let files = files(environment, &index, &markers, diagnostics);
        Some(Self {
            sources: remembered.sources,
            index,
            markers,
            files,
            graph: remembered.graph,
            hints: remembered.hints,
        })
    }
}

impl Start<'_> {
    /// Reads all sources and follows their names; keeps what it finds for the next run.
    pub(super) fn follow(
        self,
        inputs: impl FnOnce() -> Result<Inputs, Error>,
        diagnostics: &mut Diagnostics,
    ) -> Result<(Followed, Inputs), Error> {
        let environment = self.environment;
        let mut sources = SourceSet::default();
        let reader = Reader {
            sources: &mut sources,
            cache: self.cache,
            diagnostics,
            folder: &environment.manifest_dir,
            flag: &|name, value| environment.flag(name, value),
        };
        let (crates, looks) = reader.read(self.roots);
        diagnostics.propagate(&sources)?;
        let inputs = inputs()?;

        let kept = self
            .keeper
            .and_then(|keeper| Some((keeper, Tree::of(&crates, &sources, looks)?)));
        let mut index = Index::assemble(crates);
        let marked = kept.is_some().then(|| index.marked.clone());
        let markers = markers(&mut index, &sources, diagnostics);
        diagnostics.propagate(&sources)?;

        let files = files(environment, &index, &markers, diagnostics);
        let roots = roots(&index.marked, &markers);
        let resolver = Resolver::new(&index);
        let graph = Graph::of(&index, &resolver, &sources, &roots);
        let hints = hints::find(&index, &resolver, &markers, &graph);
        drop(resolver);
        if let Some(((keeper, tree), marked)) = kept.zip(marked) {
            let found = FoundOut {
                marked: &marked,
                index: &index,
                graph: &graph,
                hints: &hints,
                roots: digest_of(&roots, &markers),
            };
            keeper.keep(&tree, &found);
        }
        let followed = Followed {
            sources,
            index,
            markers,
            files,
            graph,
            hints,
        };
        Ok((followed, inputs))
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

/// The files that markers depend on, and a look at the items they name.
fn files(
    environment: &Environment,
    index: &Index,
    markers: &[Marker],
    diagnostics: &mut Diagnostics,
) -> Vec<Vec<FileInput>> {
    for (function, marker) in index.marked.iter().zip(markers) {
        depends::check_items(index, function.module, marker, diagnostics);
    }
    let markers = markers.iter();
    markers
        .map(|marker| depends::read(marker, &environment.manifest_dir, diagnostics))
        .collect()
}

/// What the graph starts from: the functions, with the expressions of their markers (R26).
pub(super) fn roots(marked: &[Marked], markers: &[Marker]) -> Vec<Root> {
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
