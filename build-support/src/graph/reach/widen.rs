//! What is taken in beyond what names ask for: global state, macros nobody can see into, foreign code
//! (rules R10, R12, R15, R20, R24).

use std::collections::BTreeSet;

use super::Reach;
use crate::graph::callers::Callers;
use crate::graph::state::Mutability;
use crate::graph::{Reason, Rule, Widened, state};
use crate::hash::HashSet;
use crate::index::collect::{mentions_of_text, string_literals};
use crate::index::facts::{Mention, Segments};
use crate::index::{CrateId, Detail, Index, ItemId, ItemKind, ModuleId};

/// Derives and attribute macros of other crates that name nothing but what their item does, and std's or
/// their own crate's paths.
const CLOSED: &[&str] = &[
    "Args",
    "Arbitrary",
    "AsRef",
    "Add",
    "BorshDeserialize",
    "BorshSchema",
    "BorshSerialize",
    "Builder",
    "Constructor",
    "Deref",
    "DerefMut",
    "Derivative",
    "Deserialize",
    "Deserialize_repr",
    "Diagnostic",
    "Display",
    "Educe",
    "Enum",
    "EnumCount",
    "EnumDiscriminants",
    "EnumIs",
    "EnumIter",
    "EnumMessage",
    "EnumProperty",
    "EnumSetType",
    "EnumString",
    "Error",
    "FromPrimitive",
    "FromRepr",
    "FromRow",
    "FromStr",
    "Getters",
    "Insertable",
    "Into",
    "IntoIterator",
    "IntoStaticStr",
    "IntoPrimitive",
    "IsVariant",
    "JsonSchema",
    "Message",
    "Mul",
    "MutGetters",
    "Not",
    "NumCast",
    "NumOps",
    "One",
    "OpenApi",
    "Parser",
    "Pod",
    "QueryFragment",
    "Queryable",
    "Selectable",
    "Serialize",
    "Serialize_repr",
    "Setters",
    "Snafu",
    "Subcommand",
    "Sum",
    "ToPrimitive",
    "ToSchema",
    "TryFromPrimitive",
    "TryInto",
    "TypedBuilder",
    "TypedPath",
    "Unwrap",
    "Validate",
    "ValueEnum",
    "VariantNames",
    "Zero",
    "Zeroable",
    "Zeroize",
    "ZeroizeOnDrop",
    "as_ref_str",
    "async_recursion",
    "async_trait",
    "derivative",
    "educe",
    "enum_dispatch",
    "from",
    "instrument",
    "main",
    "pin_project",
    "pyclass",
    "pyfunction",
    "pymethods",
    "serde_as",
    "wasm_bindgen",
];

impl Reach<'_, '_> {
    /// R12: what a static holds is decided by all that may lead to code that names it: what such code is given,
    /// and how often it runs. A cell that is set once, by code that is given nothing, is only its initialiser.
    pub(super) fn state(&mut self, item: ItemId) {
        let (index, context) = (self.index, self.context);
        let mutability = *context.mutability[item.0 as usize]
            .get_or_init(|| state::mutability(index, self.linker, item));
        if mutability == Mutability::Never {
            return;
        }
        let callers = context
            .callers
            .get_or_init(|| Callers::of(index, self.linker));
        let naming = callers.naming(index, item);
        let only_initialised = mutability == Mutability::Once
            && naming
                .iter()
                .all(|user| state::only_initialises(index, *user));
        if only_initialised {
            for user in naming.iter() {
                self.item(*user, Some(item), Rule::State, None);
            }
            return;
        }
        self.widened(Rule::State, item, Reason::MutableState);
        for user in callers.leading_to(index, item, &mut self.sets.led) {
            self.item(user, Some(item), Rule::State, None);
        }
    }

    /// R15: a crate of procedural macros is one piece, and what it spells is read where it is used.
    pub(super) fn proc_macro(&mut self, item: ItemId) {
        let krate = self.crate_of(item);
        if self.index.krate(krate).proc_macro && !self.sets.whole.contains(&krate) {
            self.widened(Rule::ProcMacro, item, Reason::ProcMacro);
            self.unseen();
            self.whole_crate(krate, item, Rule::ProcMacro);
        }
    }

    /// R24: a crate with a file that could not be parsed is one piece, for the file may define or change the
    /// meaning of any name in it.
    pub(super) fn unparsed(&mut self, item: ItemId) {
        let krate = self.crate_of(item);
        let index = self.index;
        let files = &index.krate(krate).unparsed;
        if files.is_empty() || self.sets.whole.contains(&krate) {
            return;
        }
        self.widened(Rule::Widened, item, Reason::UnparsableFile);
        self.unseen();
        self.whole_crate(krate, item, Rule::Widened);
        for file in files {
            let text = &self.context.sources.file(*file).text;
            let mentions = mentions_of_text(text, &index.symbols);
            let root = index.krate(krate).root;
            let links = self.linker.of_mentions(&mentions, root, Some(item));
            self.follow(&links, item, root);
        }
    }

    /// Derives and attribute macros: those of ours are reached as any name is; what an unknown one spells it
    /// may spell of anything in its module (R15, R24).
    pub(super) fn attribute_macros(&mut self, item: ItemId) {
        let index = self.index;
        let facts = index.item(item);
        for path in &facts.macros {
            let links = self.linker.resolve_links(path, facts.module, item);
            let closed = path
                .last()
                .is_some_and(|last| CLOSED.contains(&index.text(*last)));
            if !links.externals.is_empty() && !closed && !self.root.allows_widening {
                self.widened(Rule::Widened, item, Reason::UnknownMacro);
                self.whole_module(facts.module, item);
            }
            if links.items.is_empty() && !closed {
                self.unseen();
            }
            links
                .externals
                .iter()
                .for_each(|path| self.other_crate(path));
        }
    }

    /// Reads what a crate of procedural macros spells, in tokens and in strings, as if it stood in `scope`: that
    /// is where it ends up.
    pub(super) fn spelled_by(&mut self, part: ItemId, scope: ModuleId, from: ItemId) {
        if !self.context.has_proc_macros {
            return;
        }
        let krate = self.crate_of(part);
        if !self.index.krate(krate).proc_macro
            || krate == self.crate_of(from)
            || !self.sets.spelled.insert((krate, scope))
        {
            return;
        }
        for item in self.items_of(krate) {
            self.tokens(item, scope);
        }
        let index = self.index;
        let modules = index.modules.iter().filter(|module| module.krate == krate);
        let files: BTreeSet<_> = modules.map(|module| module.file).collect();
        for file in files {
            for literal in string_literals(&self.context.sources.file(file).text) {
                let mut mentions = mentions_of_text(&literal, &index.symbols);
                mentions.extend(glued(index, &literal));
                let links = self.linker.of_mentions(&mentions, scope, Some(from));
                self.follow(&links, from, scope);
            }
        }
    }

    /// R20: what is behind a name of the linker.
    pub(super) fn foreign(&mut self, item: ItemId) {
        let facts = self.index.item(item);
        if facts.name.is_none() {
            return;
        }
        let linked = self.context.linked;
        let behind = linked.behind(self.index, item);
        for definition in behind.unwrap_or_else(|| linked.placed()) {
            self.item(*definition, Some(item), Rule::Linked, facts.name);
        }
        if behind.is_none() {
            self.closure.foreign.insert(self.crate_of(item));
        }
    }

    /// R10: imports that decide which traits are in scope where code is, as far as they may have a member that
    /// is asked for.
    pub(super) fn traits_in_scope(&mut self) {
        let traits = self.context.traits;
        let modules = std::mem::take(&mut self.sets.new_modules);
        let names = std::mem::take(&mut self.sets.new_names);
        // Where a hub has come to its end, only what is new can make a difference.
        let again = names.iter().flat_map(|name| traits.with_member(*name));
        let again = again.filter(|(module, _)| self.sets.scoped.contains(module));
        let mut deciding: Vec<_> = again.map(|(_, import)| import).collect();
        deciding.extend(traits.further_imports(modules, &mut self.sets.scoped));
        let asked = traits
            .asked(|name| self.sets.names[name.index()] || self.sets.foreign_names[name.index()]);
        let imports: Vec<_> = deciding
            .into_iter()
            .filter(|import| asked.decides(import))
            .flat_map(|import| import.through.iter().copied().chain([import.import]))
            .filter(|import| !std::mem::replace(&mut self.sets.imported[import.0 as usize], true))
            .collect();
        self.closure.own_imports.extend(imports);
    }

    /// R10: macro calls that may bring traits into the scope of a module, be it by way of globs.
    pub(super) fn importing_calls(&mut self, module: ModuleId, from: ItemId) {
        let expansions = &self.index.expansions;
        if !expansions.import_traits() {
            return;
        }
        for module in self.context.traits.brought_into(module) {
            for call in expansions.importing(module) {
                self.item(*call, Some(from), Rule::MacroCall, None);
            }
        }
    }

    pub(super) fn widened(&mut self, rule: Rule, item: ItemId, reason: Reason) {
        let widened = Widened { rule, item, reason };
        if !self.closure.widened.contains(&widened) {
            self.closure.widened.push(widened);
        }
    }

    pub(super) fn crate_of(&self, item: ItemId) -> CrateId {
        self.index.module(self.index.item(item).module).krate
    }

    fn whole_crate(&mut self, krate: CrateId, from: ItemId, rule: Rule) {
        if !self.sets.whole.insert(krate) {
            return;
        }
        for item in self.items_of(krate) {
            self.item(item, Some(from), rule, None);
        }
    }

    fn whole_module(&mut self, module: ModuleId, from: ItemId) {
        for item in &self.index.module(module).items {
            let facts = self.index.item(*item);
            if !facts.left_out && facts.kind != ItemKind::Mod {
                self.item(*item, Some(from), Rule::Widened, None);
            }
        }
    }

    /// R14: a macro that imports all of a module which its arguments name: any module that the caller names.
    pub(super) fn open_globs(&mut self, definition: ItemId, caller: ItemId) {
        let index = self.index;
        let Detail::Macro(facts) = &index.item(definition).detail else {
            return;
        };
        if !facts.open_globs {
            return;
        }
        let mentions = index.item(caller).mentions.iter();
        let names: HashSet<&str> = mentions
            .filter_map(|mention| match mention {
                Mention::Path(path) | Mention::Derive(path) => Some(index.text(*path.last()?)),
                _ => None,
            })
            .collect();
        let modules = index.modules.iter().zip(0u32..);
        let named = modules.filter(|(module, _)| names.contains(module.name.as_str()));
        for (_, number) in named {
            let links = self.linker.everything_in(ModuleId(number));
            self.follow(&links, caller, ModuleId(number));
        }
    }

    fn items_of(&self, krate: CrateId) -> Vec<ItemId> {
        let index = self.index;
        let modules = index.modules.iter().filter(|module| module.krate == krate);
        modules
            .flat_map(|module| &module.items)
            .copied()
            .filter(|item| !index.item(*item).left_out)
            .collect()
    }
}

/// Names that are put together from a literal and something else: `make_{}` may be any name that begins so.
fn glued(index: &Index, literal: &str) -> Vec<Mention> {
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let Some((before, rest)) = literal.split_once('{') else {
        return Vec::new();
    };
    let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
    let prefix: String = {
        let reversed: String = before.chars().rev().take_while(|c| is_word(*c)).collect();
        reversed.chars().rev().collect()
    };
    let suffix: String = after.chars().take_while(|c| is_word(*c)).collect();
    if prefix.is_empty() && suffix.is_empty() {
        return Vec::new();
    }
    let names = index.symbols.matching(|name| {
        name.len() >= prefix.len() + suffix.len()
            && name.starts_with(&prefix)
            && name.ends_with(&suffix)
    });
    names
        .flat_map(|name| [Mention::Path(Segments::One([name])), Mention::Method(name)])
        .collect()
}
