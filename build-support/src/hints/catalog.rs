//! The sources, looked up by the symbols of one index.

use super::sources::{SOURCES, Source};
use crate::hash::HashMap;
use crate::index::Index;
use crate::index::symbol::Symbol;

/// Finds sources by path.
pub(super) struct Catalog<'i> {
    index: &'i Index,
    /// By the last name of a path; only names that occur in the index.
    by_name: HashMap<Symbol, Vec<&'static Source>>,
}

impl<'i> Catalog<'i> {
    pub(super) fn new(index: &'i Index) -> Self {
        let mut by_name: HashMap<Symbol, Vec<&'static Source>> = HashMap::default();
        for source in SOURCES {
            for name in source.names {
                if let Some(symbol) = index.symbols.find(name) {
                    by_name.entry(symbol).or_default().push(source);
                }
            }
        }
        Self { index, by_name }
    }

    /// The source a path out of the indexed crates names.
    pub(super) fn find(&self, path: &[Symbol]) -> Option<&'static Source> {
        let (name, rest) = path.split_last()?;
        let candidates = self.by_name.get(name)?;
        let rest: Vec<&str> = rest
            .iter()
            .map(|segment| self.index.text(*segment))
            .collect();
        let rest = rest.strip_prefix(&[""]).unwrap_or(&rest);
        let (krate, between) = rest.split_first()?;
        candidates
            .iter()
            .find(|source| source.is_at(krate, between))
            .copied()
    }

    /// Whether any source has this last name.
    pub(super) fn has(&self, name: Symbol) -> bool {
        self.by_name.contains_key(&name)
    }

    /// A path as people write it.
    pub(super) fn shown(&self, path: &[Symbol]) -> String {
        let segments = path.iter().map(|segment| self.index.text(*segment));
        let segments: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
        segments.join("::")
    }
}

impl Source {
    /// Whether the source is known in this crate, behind these names.
    pub(super) fn is_at(&self, krate: &str, between: &[&str]) -> bool {
        self.crates.contains(&krate)
            && match self.parent {
                "" => true,
                // The parent may be the crate itself: `getrandom::fill`.
                parent => between.last().unwrap_or(&krate) == &parent,
            }
    }
}
