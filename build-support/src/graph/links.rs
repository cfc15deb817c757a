//! What the tokens of one item lead to, before it is known what else is reached.

use super::LateKind;
use crate::hash::HashSet;
use crate::index::facts::FileMention;
use crate::index::names::Candidate;
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, ImportId, Index, ItemId, ItemKind, ModuleId};
use crate::unique::keep_first;

/// Where one item's tokens lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Definitions that a path may name, with the last name of the path.
    pub(super) items: Vec<(Candidate, Symbol)>,
    /// The traits among them.
    pub(super) traits: Vec<ItemId>,
    /// Members of known types and traits.
    pub(super) members: Vec<(ItemId, Symbol)>,
    /// Members of whatever type is reached.
    pub(super) names: Vec<Symbol>,
    /// Names that macros may put behind the path of any module that is named.
    pub(super) loose: Vec<Symbol>,
    /// Those of them, while links are gathered, that are looked for behind modules that macros make.
    pub(super) behind: HashSet<Symbol>,
    /// Modules of a name that is spelled where it may be all of a path.
    pub(super) modules: Vec<ModuleId>,
    /// Types any members of which may be called: a macro takes the type for a module.
    pub(super) whole: Vec<ItemId>,
    /// Members of types of other crates: ours only by a trait of ours.
    pub(super) foreign_names: Vec<Symbol>,
    pub(super) macros: Vec<Symbol>,
    /// Marked functions, by a name generated for them.
    pub(super) generated: Vec<(ItemId, Symbol)>,
    pub(super) imports: Vec<ImportId>,
    /// Paths into crates that are not indexed.
    pub(super) externals: Vec<Vec<Symbol>>,
    /// What the compiler knows: predicates and variables.
    pub(super) late: Vec<(LateKind, Symbol)>,
    /// Strings that a macro may take for names of files or variables.
    pub(super) literals: Vec<Symbol>,
    /// Files that become part of the code.
    pub(super) files: Vec<FileMention>,
    /// Traits whose tables of functions may be made: `dyn Trait`.
    pub(super) dyn_traits: Vec<ItemId>,
    /// Whether places in the text are asked for (R18).
    pub(super) positions: bool,
    /// Traits of a name that is spelled, whatever it names here.
    pub(super) traits_by_name: Vec<ItemId>,
    /// Modules all of which imports among the tokens of macros bring into scope.
    pub(super) globs: Vec<ModuleId>,
    /// Traits of std's whose impls may be called.
    pub(super) std_traits: StdTraits,
    /// Whether something may be named that nobody can see.
    pub(super) unseen: bool,
    /// Crates of ours that macros of other crates go with: what these spell, they spell of those.
    pub(super) companions: Vec<CrateId>,
}

impl Links {
    /// The traits among the items: none of those that stand together is one.
    pub(super) fn traits(&self, index: &Index) -> impl Iterator<Item = ItemId> {
        let items = self
            .items
            .iter()
            .filter_map(|(candidate, _)| match candidate {
                Candidate::Item(item) => Some(*item),
                Candidate::Anything(_) => None,
            });
        items.filter(|item| index.item(*item).kind == ItemKind::Trait)
    }

    pub(super) fn deduplicate(&mut self) {
        keep_first(&mut self.items);
        keep_first(&mut self.members);
        keep_first(&mut self.names);
        keep_first(&mut self.loose);
        self.behind = HashSet::default();
        keep_first(&mut self.modules);
        keep_first(&mut self.foreign_names);
        keep_first(&mut self.macros);
        keep_first(&mut self.generated);
        keep_first(&mut self.dyn_traits);
        keep_first(&mut self.imports);
        keep_first(&mut self.traits_by_name);
        keep_first(&mut self.globs);
        keep_first(&mut self.companions);
        self.externals.sort();
        self.externals.dedup();
        // Held until all functions have been followed.
        self.items.shrink_to_fit();
        self.imports.shrink_to_fit();
    }
}
