//! Closures on their way to the next run, and back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Closure, Graph, Included, shared_parts};
use crate::index::collect::truncate;

/// A graph as it is written down: what functions share is in it once.
#[derive(Debug, Serialize)]
pub(crate) struct WrittenGraph<'g> {
    shared: Vec<&'g Closure>,
    /// Each with its place in `shared`.
    closures: Vec<(Option<usize>, &'g Closure)>,
}

/// The same, as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct KeptGraph {
    shared: Vec<Closure>,
    closures: Vec<(Option<usize>, Closure)>,
}

impl<'g> WrittenGraph<'g> {
    /// `None` where the graph may be another though the sources are the same.
    pub(crate) fn of(graph: &'g Graph) -> Option<Self> {
        if graph.closures.iter().any(|closure| closure.asked_of_disk) {
            return None;
        }
        let parts = shared_parts(&graph.closures);
        let place = |closure: &Closure| {
            let shared = closure.shared.as_ref()?;
            parts.iter().position(|part| Arc::ptr_eq(part, shared))
        };
        let closures = graph.closures.iter();
        let closures = closures.map(|closure| (place(closure), closure));
        Some(Self {
            closures: closures.collect(),
            shared: parts.into_iter().map(Arc::as_ref).collect(),
        })
    }
}

impl KeptGraph {
    /// The graph it was made of, if the files that are part of the code are still the same.
    pub(crate) fn into_graph(self) -> Option<Graph> {
        let shared: Vec<Arc<Closure>> = self.shared.into_iter().map(Arc::new).collect();
        let mut closures = Vec::new();
        for (place, mut closure) in self.closures {
            if !closure.files.iter().all(Included::is_unchanged) {
                return None;
            }
            if let Some(place) = place {
                closure.shared = Some(Arc::clone(shared.get(place)?));
            }
            closures.push(closure);
        }
        Some(Graph { closures })
    }
}

impl Included {
    fn is_unchanged(&self) -> bool {
        std::fs::read(&self.path)
            .is_ok_and(|bytes| truncate(Sha256::new_with_prefix(bytes)) == self.digest)
    }
}
