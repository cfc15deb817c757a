//! Sources that no path of the closure spells out: methods, and names that a glob of another crate brings.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::catalog::Catalog;
use super::sources::{METHODS, Method, Near, SOURCES, Source};
use super::{Finding, Impurity};
use crate::graph::{Closure, parts};
use crate::hash::{HashMap, HashSet};
use crate::index::facts::Mention;
use crate::index::names::{Def, Resolution, Resolver};
use crate::index::symbol::Symbol;
use crate::index::{ImportId, Index, Item, ItemId};

/// What items mention besides paths.
#[derive(Default)]
pub(super) struct Suspects {
    by_item: HashMap<ItemId, Vec<Suspect>>,
}

/// One mention that may be a source.
enum Suspect {
    /// Certain: the path it stands for.
    Source {
        source: &'static Source,
        path: String,
    },
    /// A method, and the type it belongs to if its item names that.
    Method {
        method: &'static Method,
        name: &'static str,
        of: Option<String>,
    },
}

impl Suspects {
    /// Looks through everything that is reached, each item once.
    pub(super) fn of<'i>(
        index: &'i Index,
        resolver: &Resolver<'i>,
        catalog: &Catalog<'i>,
        closures: &[Closure],
    ) -> Self {
        let scan = Scan::new(index, resolver, catalog, closures);
        if scan.methods.is_empty() && scan.globs.is_empty() {
            return Self::default();
        }
        let mut seen = vec![false; index.items.len()];
        let mut suspects = Self::default();
        for reached in parts(closures).iter().flat_map(|part| &part.own_items) {
            if !std::mem::replace(&mut seen[reached.item.0 as usize], true) {
                let found = scan.item(index.item(reached.item));
                if !found.is_empty() {
                    suspects.by_item.insert(reached.item, found);
                }
            }
        }
        suspects
    }

    /// The kinds that an item may be a source of, in some closure.
    pub(super) fn kinds(&self, item: ItemId) -> impl Iterator<Item = Impurity> {
        let suspects = self.by_item.get(&item).into_iter().flatten();
        suspects.map(|suspect| match suspect {
            Suspect::Source { source, .. } => source.kind,
            Suspect::Method { method, .. } => method.kind,
        })
    }

    /// Those that hold in one closure.
    pub(super) fn in_closure(
        &self,
        index: &Index,
        closure: &Closure,
    ) -> HashMap<ItemId, Vec<Finding>> {
        let suspects = self.by_item.iter();
        let suspects = suspects.filter(|(item, _)| closure.reached(**item).is_some());
        let prove = |suspects: &Vec<Suspect>| {
            let proven = suspects.iter();
            proven
                .filter_map(|suspect| suspect.prove(index, closure))
                .collect()
        };
        suspects
            .map(|(item, suspects)| (*item, prove(suspects)))
            .collect()
    }
}

impl Suspect {
    fn prove(&self, index: &Index, closure: &Closure) -> Option<Finding> {
        match self {
            Self::Source { source, path } => Some(Finding {
                kind: source.kind,
                what: source.what,
                path: path.clone(),
            }),
            Self::Method { method, name, of } => {
                let of = match (of, method.near) {
                    (Some(of), _) => of.clone(),
                    (None, Near::Closure) => closure
                        .externals()
                        .filter_map(|path| method.type_in(index, path))
                        .min()?,
                    (None, Near::Item) => return None,
                };
                Some(Finding {
                    kind: method.kind,
                    what: method.what,
                    path: format!("{of}::{name}"),
                })
            }
        }
    }
}

impl Method {
    /// The type of the method that a path names or leads through.
    fn type_in(&self, index: &Index, path: &[Symbol]) -> Option<String> {
        let segments = path.iter().map(|segment| index.text(*segment));
        let segments = segments.filter(|segment| !segment.is_empty());
        // Asked of every path of a closure, most of which are of other crates.
        let krate = segments.clone().next()?;
        if !self.crates.contains(&krate) {
            return None;
        }
        let at = segments
            .clone()
            .position(|segment| self.types.contains(&segment))?;
        Some(segments.take(at + 1).collect::<Vec<_>>().join("::"))
    }
}

/// What is looked for.
struct Scan<'s, 'i> {
    index: &'i Index,
    catalog: &'s Catalog<'i>,
    resolver: &'s Resolver<'i>,
    methods: HashMap<Symbol, (&'static Method, &'static str)>,
    /// Globs of crates that offer sources, with the path they open.
    globs: Vec<(ImportId, Vec<Symbol>)>,
}

impl<'s, 'i> Scan<'s, 'i> {
    fn new(
        index: &'i Index,
        resolver: &'s Resolver<'i>,
        catalog: &'s Catalog<'i>,
        closures: &[Closure],
    ) -> Self {
        let mut methods = HashMap::default();
        for method in METHODS {
            for name in method.names {
                if let Some(symbol) = index.symbols.find(name) {
                    methods.insert(symbol, (method, *name));
                }
            }
        }
        let imports: BTreeSet<ImportId> = parts(closures)
            .into_iter()
            .flat_map(|part| part.own_imports.iter().copied())
            .filter(|import| index.import(*import).name.is_none())
            .collect();
        let globs = imports
            .into_iter()
            .flat_map(|import| opened(index, resolver, import))
            .collect();
        Self {
            index,
            catalog,
            resolver,
            methods,
            globs,
        }
    }

    fn item(&self, item: &Item) -> Vec<Suspect> {
        let mut found = Vec::new();
        for mention in item.mentions.iter() {
            match mention {
                Mention::Method(name) => found.extend(self.method(*name, item)),
                Mention::Path(path) => found.extend(self.behind_glob(path, item)),
                _ => {}
            }
        }
        found
    }

    fn method(&self, name: Symbol, item: &Item) -> Option<Suspect> {
        let (method, name) = *self.methods.get(&name)?;
        let of = self.type_named(method, item);
        Some(Suspect::Method { method, name, of })
    }

    /// The method's type, if the item itself names it.
    fn type_named(&self, method: &Method, item: &Item) -> Option<String> {
        let paths = item.mentions.iter().filter_map(|mention| match mention {
            Mention::Path(path) => Some(path),
            _ => None,
        });
        let could_be = |segment: &Symbol| method.types.contains(&self.index.text(*segment));
        paths
            .filter(|path| path.iter().any(could_be))
            .find_map(|path| {
                let found = self.resolve(path, item);
                found.defs.iter().find_map(|def| match def {
                    Def::External(path) => method.type_in(self.index, path),
                    _ => None,
                })
            })
    }

    /// A path that nothing binds but a glob.
    fn behind_glob(&self, path: &[Symbol], item: &Item) -> Option<Suspect> {
        let last = path.last()?;
        if self.globs.is_empty() || !self.catalog.has(*last) {
            return None;
        }
        for (glob, prefix) in &self.globs {
            let whole = [prefix, path].concat();
            if let Some(source) = self.catalog.find(&whole)
                && self.is_brought_by(*glob, path, item)
            {
                let path = self.catalog.shown(&whole);
                return Some(Suspect::Source { source, path });
            }
        }
        None
    }

    fn is_brought_by(&self, glob: ImportId, path: &[Symbol], item: &Item) -> bool {
        let resolution = self.resolve(path, item);
        let is_ours = |def: &Def| !matches!(def, Def::External(_) | Def::AnyMember(_));
        resolution.open_globs.contains(&glob) && !resolution.defs.iter().any(is_ours)
    }

    fn resolve(&self, path: &[Symbol], item: &Item) -> Arc<Resolution> {
        let krate = self.index.module(item.module).krate;
        self.resolver.resolve(item.scope, path, krate)
    }
}

/// The paths a glob opens that sources may lie behind.
fn opened(index: &Index, resolver: &Resolver<'_>, glob: ImportId) -> Vec<(ImportId, Vec<Symbol>)> {
    let import = index.import(glob);
    let krate = index.module(import.module).krate;
    let known: HashSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.crates.iter().copied())
        .collect();
    let found = resolver.resolve(import.module, &import.path, krate);
    let paths = found.defs.iter().filter_map(|def| match def {
        Def::External(path) => Some(path.clone()),
        _ => None,
    });
    paths
        .filter(|path| {
            let mut names = path.iter().map(|segment| index.text(*segment));
            names
                .find(|name| !name.is_empty())
                .is_some_and(|krate| known.contains(krate))
        })
        .map(|path| (glob, path))
        .collect()
}
