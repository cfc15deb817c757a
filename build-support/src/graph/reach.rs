//! The closure of one function under the rules.
//!
//! A work list over four growing sets: items, traits that are mentioned (and not just implemented), names of
//! members, and members of known types. Whatever joins a set wakes the impls it can make matter.

use std::collections::VecDeque;
use std::sync::OnceLock;

use super::callers::Callers;
use super::impls::{ImplNumber, Impls, Of, is_macro_call};
use super::in_scope::InScope;
use super::linked::Linked;
use super::linker::Linker;
use super::links::Links;
use super::scope::TraitNames;
use super::state::Mutability;
use super::state::in_bodies::may_hold;
use super::{Closure, Reached, Root, Rule};
use crate::index::names::Candidate;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, MemberKind, ModuleId};
use crate::source::SourceSet;

mod glue;
mod hub;
mod include;
mod meant;
mod members;
mod sets;
mod spelled;
mod texts;
mod ways;
mod widen;

pub(super) use hub::Hub;
use sets::Sets;

/// What all closures of a run are taken from.
#[derive(Clone, Copy)]
pub(super) struct Context<'r, 'i> {
    pub(super) index: &'i Index,
    pub(super) sources: &'r SourceSet,
    pub(super) impls: &'r Impls,
    pub(super) linked: &'r Linked,
    pub(super) traits: &'r TraitNames,
    pub(super) in_scope: &'r InScope,
    /// Whether any crate is one of procedural macros.
    pub(super) has_proc_macros: bool,
    /// How each static may change, by its number, once that was asked.
    pub(super) mutability: &'r [OnceLock<Mutability>],
    /// Made when it is first asked for.
    pub(super) callers: &'r OnceLock<Callers>,
}

/// Follows one root to the end.
pub(super) fn closure<'i>(context: Context<'_, 'i>, linker: &Linker<'i>, root: &Root) -> Closure {
    let mut reach = Reach::new(context, linker, root);
    reach.item(root.item, None, Rule::Own, None);
    reach.finish()
}

/// Follows one root to the end, given what the last item of `way` leads to. The way begins at the root.
pub(super) fn closure_by_way_of<'i>(
    context: Context<'_, 'i>,
    linker: &Linker<'i>,
    root: &Root,
    hub: &Hub,
    way: &[Reached],
) -> Closure {
    let mut reach = Reach::resumed(context, linker, root, hub);
    way.iter().for_each(|step| reach.step(step));
    reach.finish()
}

/// What one item leads to, and where following it stopped: what leads to the item goes on from there.
pub(super) fn hub<'i>(context: Context<'_, 'i>, linker: &Linker<'i>, root: &Root) -> Hub {
    let mut reach = Reach::new(context, linker, root);
    reach.item(root.item, None, Rule::Own, None);
    reach.run_all();
    reach.traits_in_scope();
    reach.sort_items();
    reach.into_hub()
}

impl Reach<'_, '_> {
    fn run_all(&mut self) {
        while let Some(task) = self.tasks.pop_front() {
            self.run(task);
        }
    }

    fn sort_items(&mut self) {
        ways::begin_at_the_function(&mut self.closure);
        let items = &mut self.closure.own_items;
        items.sort_by_key(|reached| (reached.parent.is_some(), reached.item));
    }

    fn finish(mut self) -> Closure {
        let root = self.root;
        let scope = self.index.item(root.item).module;
        for expression in &root.expressions {
            self.text(expression, self.folder_of(root.item), root.item, scope);
        }
        if !root.expressions.is_empty() {
            self.shown();
        }
        loop {
            self.run_all();
            self.traits_in_scope();
            if !self.named_in_arguments() {
                break;
            }
        }
        self.sort_items();
        self.closure
    }
}

/// Something that joined a set.
#[derive(Clone, Copy, Debug)]
enum Task {
    /// Follow what an item's tokens, read in a scope, lead to.
    Tokens(ItemId, ModuleId),
    /// See whether an impl matters now.
    Impl(ImplNumber),
    /// See which members of a trait matter now.
    Trait(ItemId),
    /// See whether the impls a macro call may make matter now.
    Made(usize),
}

struct Reach<'r, 'i> {
    context: Context<'r, 'i>,
    index: &'i Index,
    impls: &'r Impls,
    linker: &'r Linker<'i>,
    root: &'r Root,
    closure: Closure,
    sets: Sets,
    /// First come, first served: so each item is reached by a shortest way.
    tasks: VecDeque<Task>,
}

impl<'r, 'i> Reach<'r, 'i> {
    fn new(context: Context<'r, 'i>, linker: &'r Linker<'i>, root: &'r Root) -> Self {
        let index = context.index;
        Self {
            context,
            index,
            impls: context.impls,
            linker,
            root,
            closure: Closure::default(),
            sets: Sets::of(index),
            tasks: VecDeque::new(),
        }
    }

    fn run(&mut self, task: Task) {
        match task {
            Task::Tokens(item, scope) => {
                let links = self.linker.links(item, scope);
                self.follow(&links, item, scope);
            }
            Task::Impl(number) => {
                let impls = self.impls;
                self.implementation(&impls.all[number]);
            }
            Task::Trait(trait_) => self.trait_members(trait_),
            Task::Made(number) => self.made(number),
        }
    }

    /// Adds an item, the modules on the way to it, and what it belongs to.
    fn item(&mut self, item: ItemId, parent: Option<ItemId>, rule: Rule, token: Option<Symbol>) {
        if std::mem::replace(&mut self.sets.reached[item.0 as usize], true) {
            return;
        }
        self.closure.own_items.push(Reached {
            item,
            parent,
            rule,
            token,
        });
        let index = self.index;
        let facts = index.item(item);
        self.tokens(item, facts.scope);
        if let Some(owner) = facts.owner {
            self.item(owner, Some(item), Rule::Member, None);
        }
        if let Some(call) = facts.product_of {
            self.item(call, Some(item), Rule::MacroCall, None);
        }
        self.module(facts.scope, item);
        if !matches!(facts.kind, ItemKind::Mod | ItemKind::Attributes) {
            self.enter(facts.scope);
        }
        match facts.kind {
            ItemKind::Trait => {
                self.tasks.push_back(Task::Trait(item));
                self.wake_made(item);
            }
            ItemKind::Impl => self.declares(item),
            ItemKind::Static | ItemKind::Other => self.state(item),
            ItemKind::MacroCall
            | ItemKind::ImplMember(MemberKind::MacroCall)
            | ItemKind::TraitMember(MemberKind::MacroCall) => {
                self.state(item);
                self.foreign_made(item);
            }
            ItemKind::MacroRules => self.foreign_made(item),
            kind if may_hold(kind) => self.state(item),
            ItemKind::Foreign => self.foreign(item),
            ItemKind::Include => self.include(item),
            _ => {}
        }
        self.unparsed(item);
        self.attribute_macros(item);
        self.proc_macro(item);
        let made = self.impls.made.about(item).iter();
        self.tasks.extend(made.map(|number| Task::Made(*number)));
        let (of_type, of_trait) = (self.impls.of_type(item), self.impls.of_trait(item));
        self.tasks.extend(
            of_type
                .iter()
                .chain(of_trait)
                .map(|number| Task::Impl(*number)),
        );
    }

    fn is_reached(&self, item: ItemId) -> bool {
        self.sets.reached[item.0 as usize]
    }

    fn tokens(&mut self, item: ItemId, scope: ModuleId) {
        if self.sets.read.insert((item, scope)) {
            self.tasks.push_back(Task::Tokens(item, scope));
        }
    }

    fn module(&mut self, module: ModuleId, from: ItemId) {
        let mut at = Some(module);
        while let Some(id) = at {
            if !self.sets.modules.insert(id) {
                return;
            }
            self.sets.new_modules.push(id);
            let module = self.index.module(id);
            for attributes in &module.attributes {
                self.item(*attributes, Some(from), Rule::ModuleTree, None);
            }
            self.importing_calls(id, from);
            if let Some(declaration) = module.declaration {
                self.item(declaration, Some(from), Rule::ModuleTree, None);
            }
            at = module.parent;
        }
    }

    /// An impl of a trait whose header matters decides by its types, which its macro calls may define.
    fn declares(&mut self, implementation: ItemId) {
        let found = self.impls.of_item(implementation);
        let Some(found) = found.filter(|found| !matches!(found.of, Of::Type)) else {
            return;
        };
        for member in &found.members {
            let member = member.item;
            let is_type = self.index.item(member).kind == ItemKind::ImplMember(MemberKind::Type);
            if is_type || is_macro_call(self.index, member) {
                self.item(member, Some(implementation), Rule::Type, None);
            }
        }
    }

    fn follow(&mut self, links: &Links, from: ItemId, scope: ModuleId) {
        for import in &links.imports {
            if !std::mem::replace(&mut self.sets.imported[import.0 as usize], true) {
                self.closure.own_imports.insert(*import);
            }
        }
        self.closure.positions |= links.positions;
        let krate = self.index.module(scope).krate;
        for (kind, text) in &links.late {
            self.closure.add_late(*kind, self.index.text(*text), krate);
        }
        let literals = links.literals.iter();
        self.sets
            .literals
            .extend(literals.map(|text| (*text, from, krate)));
        for file in &links.files {
            self.file(file, from, scope);
        }
        for trait_ in &links.dyn_traits {
            self.dyn_trait(*trait_);
        }
        self.take_meant(links);
        for path in &links.externals {
            if let Some(head) = path.iter().find(|part| !self.index.text(**part).is_empty()) {
                self.closure.add_used((self.crate_of(from), *head));
            }
            self.closure.add_external(path);
        }
        let by_header = self.index.item(from).kind == ItemKind::Impl;
        let unmentioned_trait =
            self.index.item(from).kind == ItemKind::Trait && !self.sets.mentioned.contains(&from);
        if !by_header && !unmentioned_trait {
            links.traits.iter().for_each(|trait_| self.mention(*trait_));
        }
        for (candidate, token) in &links.items {
            self.named(candidate, *token, from, scope);
        }
        for (owner, name) in &links.members {
            if self.sets.members.insert((*owner, *name)) {
                self.wake(*name, from);
            }
        }
        for name in &links.names {
            if !std::mem::replace(&mut self.sets.names[name.index()], true) {
                self.sets.new_names.push(*name);
                self.wake(*name, from);
            }
        }
        for name in &links.foreign_names {
            if !std::mem::replace(&mut self.sets.foreign_names[name.index()], true) {
                self.sets.new_names.push(*name);
                self.wake(*name, from);
            }
        }
        self.glue(links, from);
        links.whole.iter().for_each(|ty| self.whole_type(*ty));
        for (function, name) in &links.generated {
            self.item(*function, Some(from), Rule::Generated, Some(*name));
        }
        for name in &links.macros {
            self.macro_call(*name, from, scope);
        }
        for krate in &links.companions {
            self.companion(*krate, from);
        }
    }

    fn named(&mut self, candidate: &Candidate, token: Symbol, from: ItemId, scope: ModuleId) {
        let index = self.index;
        if let Candidate::Anything(krate) = candidate {
            let is_known = !self.sets.anything.insert(*krate);
            // What a crate of procedural macros spells is read in each scope.
            if is_known && !index.krate(*krate).proc_macro {
                return;
            }
        }
        for item in candidate.items(index) {
            // Most are, and it takes a look into a large table to say by which rule one is.
            if !self.is_reached(*item) {
                self.item(*item, Some(from), rule_of(index, *item), Some(token));
            }
            self.spelled_by(*item, scope, from);
        }
    }

    /// A trait named in code: any of its impls may be behind it, and its supertraits are named with it.
    fn mention(&mut self, trait_: ItemId) {
        if self.sets.mentioned.insert(trait_) {
            self.tasks.extend(
                self.impls
                    .of_trait(trait_)
                    .iter()
                    .map(|number| Task::Impl(*number)),
            );
            if self.is_reached(trait_) {
                self.tasks
                    .push_back(Task::Tokens(trait_, self.index.item(trait_).scope));
            }
        }
    }

    fn wake(&mut self, name: Symbol, from: ItemId) {
        self.sets.asked[name.index()].get_or_insert(from);
        self.tasks.extend(
            self.impls
                .with_member(name)
                .iter()
                .map(|number| Task::Impl(*number)),
        );
        let made = self.impls.made.with_member(name).iter();
        self.tasks.extend(made.map(|number| Task::Made(*number)));
        self.tasks.extend(
            self.impls
                .traits_with_member(name)
                .iter()
                .map(|trait_| Task::Trait(*trait_)),
        );
    }

    /// Every macro of the name, its tokens read where it is defined and where it is called; and what may have
    /// made one.
    fn macro_call(&mut self, name: Symbol, from: ItemId, scope: ModuleId) {
        for maker in self.index.expansions.makers(name) {
            if *maker != from {
                self.item(*maker, Some(from), Rule::MacroCall, Some(name));
            }
        }
        let definitions = self.index.scopes.macros(name);
        for definition in definitions {
            self.item(*definition, Some(from), Rule::Macro, Some(name));
            self.tokens(*definition, scope);
        }
        let linker = self.linker;
        for definition in linker.reading(name) {
            self.open_globs(*definition, from);
            self.spelled_globs(*definition, from, scope);
            self.dotted_names(*definition, from, scope);
            self.pasted_names(*definition, from, scope);
        }
        if definitions.len() > 1 {
            let place = |item: ItemId| {
                (
                    self.index.item(item).location.file,
                    self.index.item(item).location.start,
                )
            };
            let before = definitions
                .iter()
                .filter(|definition| place(**definition) < place(from))
                .count();
            self.closure.add_macro_order((name, from, before));
        }
    }
}

/// By which rule a name leads to an item.
pub(super) fn rule_of(index: &Index, item: ItemId) -> Rule {
    match index.item(item).kind {
        ItemKind::Const | ItemKind::Static => Rule::Constant,
        ItemKind::Struct
        | ItemKind::Enum
        | ItemKind::Union
        | ItemKind::TypeAlias
        | ItemKind::Trait
        | ItemKind::TraitAlias => Rule::Type,
        ItemKind::MacroCall | ItemKind::Other => Rule::MacroCall,
        ItemKind::Include => Rule::Include,
        _ => Rule::Path,
    }
}
