//! What grows while a function is followed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::glue::Glue;
use crate::graph::callers::Led;
use crate::hash::HashSet;
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, ItemId, ModuleId};

/// What has joined so far, and what was asked for. Whatever leads to all of it may go on from here: see [`Hub`].
#[derive(Clone, Default)]
pub(super) struct Sets {
    /// By number: asked for every mention, it must cost nothing.
    pub(super) reached: Vec<bool>,
    /// Likewise of imports.
    pub(super) imported: Vec<bool>,
    /// Tokens read: a macro's once for each scope it is called in.
    pub(super) read: HashSet<(ItemId, ModuleId)>,
    /// Types all of whose members were taken.
    pub(super) whole_types: HashSet<ItemId>,
    /// Items whose names behind dots were asked for as methods.
    pub(super) dotted: HashSet<ItemId>,
    /// Items whose names were looked for in modules that macros import, once each.
    pub(super) read_in: HashSet<(ItemId, ModuleId)>,
    /// Traits that may be meant without being reached: in scope, or by a name that is spelled.
    pub(super) nameless: HashSet<ItemId>,
    /// Whether any trait may be meant.
    pub(super) every_trait: bool,
    /// Crates of which any call was named that may define anything.
    pub(super) anything: HashSet<CrateId>,
    /// Modules whose traits are in scope of reached code.
    pub(super) brought: HashSet<ModuleId>,
    /// Traits of std's whose impls may be called.
    pub(super) std_traits: StdTraits,
    /// Traits named by something else than the header of an impl.
    pub(super) mentioned: HashSet<ItemId>,
    /// Traits whose tables of functions may be made.
    pub(super) dyn_traits: HashSet<ItemId>,
    /// Modules that hold reached items, or are around them.
    pub(super) modules: HashSet<ModuleId>,
    /// Those of them whose imports of traits were not looked through yet, and the names that joined since.
    pub(super) new_modules: Vec<ModuleId>,
    pub(super) new_names: Vec<Symbol>,
    /// Modules whose imports of traits were looked through, be it for a glob that leads there.
    pub(super) scoped: HashSet<ModuleId>,
    /// Strings that a macro may take for names of files or variables, with the item and the crate they stand
    /// in.
    pub(super) literals: BTreeSet<(Symbol, ItemId, CrateId)>,
    /// The same of texts that are no part of the index.
    pub(super) read_literals: BTreeSet<(String, ItemId, CrateId)>,
    /// Files whose code was followed, by the items and the scopes it came to stand in.
    pub(super) included: HashSet<(PathBuf, ItemId, ModuleId)>,
    /// Crates of procedural macros, by where they are used.
    pub(super) spelled: HashSet<(CrateId, ModuleId)>,
    /// Items that such crates are given, by where they stand.
    pub(super) given: HashSet<(ItemId, ModuleId)>,
    /// Likewise items whose names macros write in other letters.
    pub(super) pasted: HashSet<(ItemId, ModuleId)>,
    /// Crates that were taken in whole.
    pub(super) whole: BTreeSet<CrateId>,
    /// By number: every member of every impl is asked for by its name.
    pub(super) names: Vec<bool>,
    pub(super) foreign_names: Vec<bool>,
    /// Names that macros may put behind the path of any module, and the modules they may mean.
    pub(super) glue: Glue,
    pub(super) members: HashSet<(ItemId, Symbol)>,
    /// Who put a name into the sets first, for the reasons; by number too.
    pub(super) asked: Vec<Option<ItemId>>,
    /// Items and names all of whose callers were taken in for the sake of global state.
    pub(super) led: Led,
}

impl Sets {
    pub(super) fn of(index: &Index) -> Self {
        Self {
            reached: vec![false; index.items.len()],
            imported: vec![false; index.imports.len()],
            names: vec![false; index.symbols.len()],
            foreign_names: vec![false; index.symbols.len()],
            asked: vec![None; index.symbols.len()],
            ..Self::default()
        }
    }
}
