//! Which items a marked function reaches, and by which rule (`R1`…`R26` of the fingerprint's rules).
//!
//! A mention leads to *every* definition that could be meant ([`links`]); methods lead to the members of that
//! name on types that are reached ([`reach`]). The result is a set: recursion needs no treatment, and the
//! order of files, items and traversal can't show in it.

mod impls;
mod links;
mod reach;

use std::collections::{BTreeMap, BTreeSet};

use crate::index::symbol::Symbol;
use crate::index::{ImportId, Index, ItemId};

/// What every root reaches, in the order of the roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Graph {
    pub(crate) closures: Vec<Closure>,
}

/// Where a closure starts: a marked function, and what its marker names.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) item: ItemId,
    /// Expressions of `key(…)` and paths of `depends(…)`, as texts of Rust tokens (R26).
    pub(crate) expressions: Vec<String>,
}

/// Everything one function reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closure {
    /// Each item once, the function itself first.
    pub(crate) items: Vec<Reached>,
    /// Imports that bind a mentioned name, and globs that could (R4).
    pub(crate) imports: BTreeSet<ImportId>,
    /// Where a macro with several definitions is used: the macro, the user, and how many definitions come
    /// before it in the order of files and text (R13).
    pub(crate) macro_order: BTreeSet<(Symbol, ItemId, usize)>,
    /// Paths into crates that are not indexed, with the item that names each first.
    pub(crate) externals: BTreeMap<Vec<Symbol>, ItemId>,
    /// What the compiler knows and the build script does not (R17).
    pub(crate) late: BTreeSet<(LateKind, Symbol)>,
}

/// What kind of thing only the compiler knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LateKind {
    /// A `cfg` predicate.
    Cfg,
    /// An environment variable.
    Env,
}

/// An item and why it is part of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) item: ItemId,
    /// What led here; `None` for the function itself.
    pub(crate) parent: Option<ItemId>,
    pub(crate) rule: Rule,
    /// The name that led here.
    pub(crate) token: Option<Symbol>,
}

/// The rule that made an item part of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
            Self::Generated => "R25",
        }
    }
}

impl Graph {
    /// Follows every root to the end.
    pub(crate) fn of(index: &Index, roots: &[Root]) -> Self {
        let mut linker = links::Linker::new(index);
        let impls = impls::Impls::of(index, &linker);
        let closures = roots
            .iter()
            .map(|root| reach::closure(index, &impls, &mut linker, root))
            .collect();
        Self { closures }
    }
}
