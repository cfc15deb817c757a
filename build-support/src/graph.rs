//! Which items a marked function reaches, and by which rule (`R1`…`R26` of the fingerprint's rules).
//!
//! A mention leads to *every* definition that could be meant ([`linker`]); methods lead to the members of that
//! name on types that are reached ([`reach`]). The result is a set: recursion needs no treatment, and the
//! order of files, items and traversal can't show in it.

mod behind;
mod binders;
mod by_name;
mod callers;
pub(crate) mod extent;
mod impls;
mod in_bodies;
mod in_scope;
pub(crate) mod kept;
mod linked;
mod linker;
mod links;
mod made;
mod reach;
mod rebound;
mod scope;
mod share;
mod state;

use std::collections::BTreeSet;
use std::iter;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::hash::HashSet;
use crate::index::facts::Range;
use crate::index::names::Resolver;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Digest, ImportId, Index, ItemId};
use crate::source::{SourceSet, tasks};

/// What every root reaches, in the order of the roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Graph {
    pub(crate) closures: Vec<Closure>,
}

/// Where a closure starts: a marked function, and what its marker names.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Root {
    pub(crate) item: ItemId,
    /// Expressions of `key(…)` and paths of `depends(…)`, as texts of Rust tokens (R26).
    pub(crate) expressions: Vec<String>,
    /// Whether the author answers for what macros of other crates may name (`allow("widened")`).
    pub(crate) allows_widening: bool,
}

/// Everything one function reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Closure {
    /// What many functions reach by way of one item, and what none of the lists here whose names begin with `own_`
    /// repeats.
    #[serde(skip)]
    pub(crate) shared: Option<Arc<Self>>,
    /// Items of `shared` that this function reaches by a way of its own.
    pub(crate) overridden: BTreeSet<ItemId>,
    /// Each item once, the function itself first, the others by their numbers; see [`Self::items`].
    pub(crate) own_items: Vec<Reached>,
    /// Imports that bind a mentioned name, and globs that could (R4).
    pub(crate) own_imports: BTreeSet<ImportId>,
    /// Where a macro with several definitions is used: the macro, the user, and how many definitions come
    /// before it in the order of files and text (R13).
    pub(crate) own_macro_order: BTreeSet<(Symbol, ItemId, usize)>,
    /// See [`Self::externals`].
    pub(crate) own_externals: HashSet<Vec<Symbol>>,
    /// See [`Self::used`].
    pub(crate) own_used: BTreeSet<(CrateId, Symbol)>,
    /// See [`Self::late`].
    pub(crate) own_late: BTreeSet<(LateKind, String, CrateId)>,
    /// Files that became part of the code (R16).
    pub(crate) files: BTreeSet<Included>,
    /// Whether more was asked of the disk than `files` tell, and may be answered otherwise at another time.
    pub(crate) asked_of_disk: bool,
    /// Files of which that can't be said.
    pub(crate) unknown_files: Vec<(ItemId, Range)>,
    /// Whether places in the text are asked for (R18).
    pub(crate) positions: bool,
    /// Crates that call foreign code (R20).
    pub(crate) foreign: BTreeSet<CrateId>,
    /// Where more was taken in than names ask for (R24).
    pub(crate) widened: Vec<Widened>,
}

/// What some closures share: each part once, in the order of the closures.
pub(crate) fn shared_parts<'c>(
    closures: impl IntoIterator<Item = &'c Closure>,
) -> Vec<&'c Arc<Closure>> {
    let mut parts: Vec<&Arc<Closure>> = Vec::new();
    for part in closures.into_iter().filter_map(|of| of.shared.as_ref()) {
        if !parts.iter().any(|known| Arc::ptr_eq(known, part)) {
            parts.push(part);
        }
    }
    parts
}

/// Some closures, and once each what they share.
pub(crate) fn parts(closures: &[Closure]) -> Vec<&Closure> {
    let shared = shared_parts(closures).into_iter().map(Arc::as_ref);
    closures.iter().chain(shared).collect()
}

impl Closure {
    /// Each item once, the function itself first.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Reached> {
        let shared = self.shared.iter().flat_map(|shared| &shared.own_items);
        let shared = shared.filter(|reached| !self.overridden.contains(&reached.item));
        self.own_items.iter().chain(shared)
    }

    /// How an item is reached.
    pub(crate) fn reached(&self, item: ItemId) -> Option<&Reached> {
        let shared = || find(&self.shared.as_ref()?.own_items, item);
        find(&self.own_items, item).or_else(shared)
    }

    /// Paths into crates that are not indexed.
    pub(crate) fn externals(&self) -> impl Iterator<Item = &Vec<Symbol>> {
        self.all_of(|part| &part.own_externals)
    }

    /// Crates that are not indexed, by the name code has for them, each with the crate whose code it is.
    pub(crate) fn used(&self) -> impl Iterator<Item = &(CrateId, Symbol)> {
        self.all_of(|part| &part.own_used)
    }

    /// What the compiler knows and the build script does not, each with the crate it is asked in (R17).
    pub(crate) fn late(&self) -> impl Iterator<Item = &(LateKind, String, CrateId)> {
        self.all_of(|part| &part.own_late)
    }

    fn add_late(&mut self, kind: LateKind, text: &str, krate: CrateId) {
        let shared = self.shared.as_deref().map(|shared| &shared.own_late);
        add_unless_shared(&mut self.own_late, shared, (kind, text.to_owned(), krate));
    }

    fn add_used(&mut self, used: (CrateId, Symbol)) {
        let shared = self.shared.as_deref().map(|shared| &shared.own_used);
        add_unless_shared(&mut self.own_used, shared, used);
    }

    fn add_macro_order(&mut self, order: (Symbol, ItemId, usize)) {
        let shared = self.shared.as_deref();
        let shared = shared.map(|shared| &shared.own_macro_order);
        add_unless_shared(&mut self.own_macro_order, shared, order);
    }

    fn add_external(&mut self, path: &Vec<Symbol>) {
        let mut parts = iter::once(&*self).chain(self.shared.as_deref());
        if !parts.any(|part| part.own_externals.contains(path)) {
            self.own_externals.insert(path.clone());
        }
    }

    /// A list of this closure's own, and that of the shared part.
    fn all_of<'c, L: 'c>(
        &'c self,
        list: impl Fn(&'c Self) -> &'c L,
    ) -> impl Iterator<Item = <&'c L as IntoIterator>::Item>
    where
        &'c L: IntoIterator,
    {
        let shared = self.shared.as_deref().map(&list);
        list(self).into_iter().chain(shared.into_iter().flatten())
    }
}

/// No list of a closure's own repeats what the shared part has.
fn add_unless_shared<T: Ord>(own: &mut BTreeSet<T>, shared: Option<&BTreeSet<T>>, entry: T) {
    if !shared.is_some_and(|shared| shared.contains(&entry)) {
        own.insert(entry);
    }
}

/// Among items of which all but the first are in their order.
fn find(items: &[Reached], item: ItemId) -> Option<&Reached> {
    let (first, others) = items.split_first()?;
    if first.item == item {
        return Some(first);
    }
    let place = others.binary_search_by_key(&item, |reached| reached.item);
    place.ok().map(|place| &others[place])
}

/// A file that code reads while it is compiled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Included {
    pub(crate) path: PathBuf,
    /// 16 bytes of SHA-256 of its bytes.
    pub(crate) digest: Digest,
}

/// A step up the ladder: name, module, crate, crate and its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Widened {
    pub(crate) rule: Rule,
    /// What made it necessary.
    pub(crate) item: ItemId,
    pub(crate) reason: Reason,
}

/// Why a closure was widened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Reason {
    /// The item is global state that other code may have changed: all that leads to it.
    MutableState,
    /// A macro of another crate may name anything in its module.
    UnknownMacro,
    /// A macro of another crate that goes with a crate of ours: all of that one.
    Companion,
    /// A file could not be parsed, or macros alone say that it is a module: its whole crate.
    UnparsableFile,
    /// A crate of procedural macros is one piece.
    ProcMacro,
    /// What a build script writes for another package can't be seen from here.
    BuildScript,
}

impl Reason {
    /// As the manifest has it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::MutableState => {
                "mutable global state: everything that leads to code which names it"
            }
            Self::UnknownMacro => "a macro of another crate: everything in its module",
            Self::Companion => {
                "a macro of another crate that goes with one of ours: all of that one"
            }
            Self::UnparsableFile => {
                "a file that could not be parsed, or is a module by a macro: its whole crate"
            }
            Self::ProcMacro => "a crate of procedural macros: all of it",
            Self::BuildScript => {
                "files that another package's build script writes: the script and its inputs"
            }
        }
    }
}

/// What kind of thing only the compiler knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum LateKind {
    /// A `cfg` predicate.
    Cfg,
    /// An environment variable.
    Env,
}

/// An item and why it is part of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reached {
    pub(crate) item: ItemId,
    /// What led here; `None` for the function itself.
    pub(crate) parent: Option<ItemId>,
    pub(crate) rule: Rule,
    /// The name that led here.
    pub(crate) token: Option<Symbol>,
}

/// The rule that made an item part of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Rule {
    /// The function itself.
    Own,
    /// The `mod` items on the way to a reached item.
    ModuleTree,
    /// A bare or qualified name.
    Path,
    /// A member of a reached type.
    Member,
    /// An impl of a trait from another crate on a reached type.
    ExternalTrait,
    /// An impl of a trait of ours.
    OwnTrait,
    /// A type by any mention.
    Type,
    /// A constant or static.
    Constant,
    /// A `macro_rules!` macro.
    Macro,
    /// What a reached macro call defines, and what may have defined a name.
    MacroCall,
    /// Everything a procedural macro of ours is made of.
    ProcMacro,
    /// `include!`.
    Include,
    /// Global state that may have been changed.
    State,
    /// The definition behind a name of the linker.
    Linked,
    /// Taken in because something was not understood.
    Widened,
    /// A generated name stands for the function it was generated from.
    Generated,
}

impl Rule {
    /// The rule's number.
    pub(crate) fn number(self) -> &'static str {
        match self {
            Self::Own => "R1",
            Self::ModuleTree => "R3",
            Self::Path => "R5",
            Self::Member => "R6",
            Self::ExternalTrait => "R7",
            Self::OwnTrait => "R8",
            Self::Type => "R9",
            Self::Constant => "R11",
            Self::Macro => "R13",
            Self::MacroCall => "R14",
            Self::ProcMacro => "R15",
            Self::Include => "R16",
            Self::State => "R12",
            Self::Linked => "R20",
            Self::Widened => "R24",
            Self::Generated => "R25",
        }
    }
}

impl Graph {
    /// Follows every root to the end.
    pub(crate) fn of(
        index: &Index,
        resolver: &Resolver<'_>,
        sources: &SourceSet,
        roots: &[Root],
    ) -> Self {
        Self::with_hubs(index, resolver, sources, roots, share::LEAST_ITEMS)
    }

    /// The same, where closures of so many items are worth looking for a part that is shared.
    pub(crate) fn with_hubs(
        index: &Index,
        resolver: &Resolver<'_>,
        sources: &SourceSet,
        roots: &[Root],
        least_items: usize,
    ) -> Self {
        let linker = linker::Linker::new(index, resolver);
        let impls = impls::Impls::of(index, &linker);
        let (traits, in_scope) = scope::TraitNames::of(index, resolver);
        let context = reach::Context {
            index,
            sources,
            impls: &impls,
            linked: &linked::Linked::of(index),
            traits: &traits,
            in_scope: &in_scope,
            has_proc_macros: index.crates.iter().any(|krate| krate.proc_macro),
            mutability: &vec![OnceLock::new(); index.items.len()],
            callers: &OnceLock::new(),
        };
        let hubs = share::Hubs::of(context, &linker, roots, least_items);
        let closures = closures(context, &linker, &hubs, roots);
        Self { closures }
    }
}

/// The closures of all roots, in their order.
fn closures<'i>(
    context: reach::Context<'_, 'i>,
    linker: &linker::Linker<'i>,
    hubs: &share::Hubs,
    roots: &[Root],
) -> Vec<Closure> {
    tasks::map(roots, &|root| hubs.closure(context, linker, root))
}
