//! What is taken in beyond what names ask for: global state, macros nobody can see into, foreign code
//! (rules R10, R12, R15, R20, R24).

use super::Reach;
use crate::graph::callers::Callers;
use crate::graph::state::Mutability;
use crate::graph::{Reason, Rule, Widened, state};
use crate::hash::HashSet;
use crate::index::adorned;
use crate::index::collect::Text;
use crate::index::facts::Mention;
use crate::index::{CrateId, Detail, ItemId, ItemKind, ModuleId};

impl Reach<'_, '_> {
    /// R12: what a static holds is decided by all that may lead to code that names it: what such code is given,
    /// and how often it runs. A cell that is set once, by code that is given nothing, is only its initialiser.
    pub(super) fn state(&mut self, item: ItemId) {
        let (index, context) = (self.index, self.context);
        let mutability = *context.mutability[item.0 as usize]
            .get_or_init(|| state::mutability(index, self.linker, self.impls, item));
        if mutability == Mutability::Never {
            return;
        }
        let callers = context
            .callers
            .get_or_init(|| Callers::of(index, self.linker));
        let naming = callers.naming(index, item);
        // Its own declaration says its name too.
        let users = naming.iter().copied().filter(|user| *user != item);
        let only_initialised = mutability == Mutability::Once
            && state::only_initialise(index, &users.collect::<Vec<_>>());
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

    /// R24: a crate with a file that could not be parsed, or has no known place in it, is one piece, for the file may define or change the
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
        let sources = self.context.sources;
        for file in files.iter().map(|file| sources.file(*file)) {
            self.names_of(&Text::read(&file.text), item, index.krate(krate).root);
        }
    }

    /// Derives and attribute macros: those of ours are reached as any name is; what an unknown one spells it
    /// may spell of anything in its module (R15, R24).
    pub(super) fn attribute_macros(&mut self, item: ItemId) {
        let index = self.index;
        let facts = index.item(item);
        for path in &facts.macros {
            let links = self.linker.resolve_links(path, facts.module, item);
            let closed = adorned::is_closed(index, facts.module, path);
            if !links.externals.is_empty() && !closed && !self.root.allows_widening {
                self.widened(Rule::Widened, item, Reason::UnknownMacro);
                self.whole_module(facts.module, item);
                self.given_module(item, item);
            }
            if links.items.is_empty() && !closed {
                self.unseen();
            }
            for path in &links.externals {
                self.other_crate(path);
                if let Some(krate) = adorned::companion(index, path) {
                    self.companion(krate, item);
                }
            }
        }
    }

    /// A crate of ours whose macros are another crate's: these may name anything in it.
    pub(super) fn companion(&mut self, krate: CrateId, from: ItemId) {
        if self.root.allows_widening || self.sets.whole.contains(&krate) {
            return;
        }
        self.widened(Rule::Widened, from, Reason::Companion);
        self.whole_crate(krate, from, Rule::Widened);
    }

    /// R20: what is behind a name of the linker.
    pub(super) fn foreign(&mut self, item: ItemId) {
        let name = self.index.item(item).name;
        if name.is_none() {
            return;
        }
        let (behind, is_ours) = self.context.linked.behind(self.index, item);
        for definition in behind {
            self.item(definition, Some(item), Rule::Linked, name);
        }
        if !is_ours {
            self.closure.foreign.insert(self.crate_of(item));
        }
    }

    /// R20: a macro may make foreign items, of names that nobody sees.
    pub(super) fn foreign_made(&mut self, item: ItemId) {
        let index = self.index;
        let makes_foreign = match &index.item(item).detail {
            Detail::Macro(facts) => facts.foreign,
            Detail::Call(_) => {
                let expansion = index.expansions.of_call(item);
                expansion.is_some_and(|expansion| expansion.foreign)
            }
            _ => false,
        };
        if makes_foreign {
            for definition in self.context.linked.all() {
                self.item(definition, Some(item), Rule::Linked, None);
            }
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

    /// What is in a module is what a macro before it is given: all of it may have become something else.
    fn given_module(&mut self, declaration: ItemId, from: ItemId) {
        let index = self.index;
        for module in index.scopes.modules(declaration) {
            self.whole_module(*module, from);
            let items = index.module(*module).items.iter();
            let inner = items.filter(|item| index.item(**item).kind == ItemKind::Mod);
            inner.for_each(|inner| self.given_module(*inner, from));
        }
    }

    /// R14: a macro that imports all of a module into the block it is called in: names of the caller may be that
    /// module's.
    pub(super) fn spelled_globs(&mut self, definition: ItemId, caller: ItemId, scope: ModuleId) {
        let (index, linker) = (self.index, self.linker);
        let mentions = &index.item(caller).mentions;
        for module in &linker.links(definition, scope).globs {
            if !self.sets.read_in.insert((caller, *module)) {
                continue;
            }
            let links = linker.of_mentions(mentions, *module, Some(caller));
            self.follow(&links, caller, *module);
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

    /// R6: fields among what a macro is given that may call methods by such names.
    pub(super) fn dotted_names(&mut self, definition: ItemId, caller: ItemId, scope: ModuleId) {
        let index = self.index;
        let may_call = matches!(&index.item(definition).detail, Detail::Macro(facts) if facts.dots);
        if !may_call || !self.sets.dotted.insert(caller) {
            return;
        }
        let fields = index.item(caller).mentions.iter();
        let methods = fields.filter_map(|mention| match mention {
            Mention::Field(name) => Some(Mention::Method(*name)),
            _ => None,
        });
        let mentions: Vec<Mention> = methods.collect();
        let links = self.linker.of_mentions(&mentions, scope, Some(caller));
        self.follow(&links, caller, scope);
    }

    pub(super) fn items_of(&self, krate: CrateId) -> Vec<ItemId> {
        let index = self.index;
        let modules = index.modules.iter().filter(|module| module.krate == krate);
        modules
            .flat_map(|module| &module.items)
            .copied()
            .filter(|item| !index.item(*item).left_out)
            .collect()
    }
}
