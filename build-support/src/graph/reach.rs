//! The closure of one function under the rules.
//!
//! A work list over four growing sets: items, traits that are mentioned (and not just implemented), names of
//! members, and members of known types. Whatever joins a set wakes the impls it can make matter.

use std::collections::HashSet;

use super::impls::{ImplNumber, Implementation, Impls, Of, is_macro_call};
use super::links::{Linker, Links};
use super::{Closure, Reached, Root, Rule};
use crate::index::collect::mentions_of_text;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, MemberKind, ModuleId};

/// Follows one root to the end.
pub(super) fn closure<'i>(
    index: &'i Index,
    impls: &Impls,
    linker: &mut Linker<'i>,
    root: &Root,
) -> Closure {
    let mut reach = Reach::new(index, impls, linker);
    reach.item(root.item, None, Rule::Own, None);
    for expression in &root.expressions {
        let mentions = mentions_of_text(expression, &index.symbols);
        let links =
            reach
                .linker
                .of_mentions(&mentions, index.item(root.item).module, Some(root.item));
        reach.follow(&links, root.item, index.item(root.item).module);
    }
    while let Some(task) = reach.tasks.pop() {
        reach.run(task);
    }
    reach
        .closure
        .items
        .sort_by_key(|reached| (reached.parent.is_some(), reached.item));
    reach.closure
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
}

struct Reach<'r, 'i> {
    index: &'i Index,
    impls: &'r Impls,
    linker: &'r mut Linker<'i>,
    closure: Closure,
    /// By number: asked for every mention, it must cost nothing.
    reached: Vec<bool>,
    /// Tokens read: a macro's once for each scope it is called in.
    read: HashSet<(ItemId, ModuleId)>,
    /// Traits named by something else than the header of an impl.
    mentioned: HashSet<ItemId>,
    names: HashSet<Symbol>,
    foreign_names: HashSet<Symbol>,
    members: HashSet<(ItemId, Symbol)>,
    tasks: Vec<Task>,
    /// Who put a name into the sets first, for the reasons.
    asked: std::collections::HashMap<Symbol, ItemId>,
}

impl<'r, 'i> Reach<'r, 'i> {
    fn new(index: &'i Index, impls: &'r Impls, linker: &'r mut Linker<'i>) -> Self {
        Self {
            index,
            impls,
            linker,
            closure: Closure::default(),
            reached: vec![false; index.items.len()],
            read: HashSet::new(),
            mentioned: HashSet::new(),
            names: HashSet::new(),
            foreign_names: HashSet::new(),
            members: HashSet::new(),
            tasks: Vec::new(),
            asked: std::collections::HashMap::new(),
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
        }
    }

    /// Adds an item, the modules on the way to it, and what it belongs to.
    fn item(&mut self, item: ItemId, parent: Option<ItemId>, rule: Rule, token: Option<Symbol>) {
        if std::mem::replace(&mut self.reached[item.0 as usize], true) {
            return;
        }
        self.closure.items.push(Reached {
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
        self.module(facts.module, item);
        match facts.kind {
            ItemKind::Trait => self.tasks.push(Task::Trait(item)),
            ItemKind::Impl => self.declares(item),
            _ => {}
        }
        let (of_type, of_trait) = (self.impls.of_type(item), self.impls.of_trait(item));
        self.tasks.extend(
            of_type
                .iter()
                .chain(of_trait)
                .map(|number| Task::Impl(*number)),
        );
    }

    fn is_reached(&self, item: ItemId) -> bool {
        self.reached[item.0 as usize]
    }

    fn tokens(&mut self, item: ItemId, scope: ModuleId) {
        if self.read.insert((item, scope)) {
            self.tasks.push(Task::Tokens(item, scope));
        }
    }

    fn module(&mut self, module: ModuleId, from: ItemId) {
        let mut at = Some(module);
        while let Some(id) = at {
            let module = self.index.module(id);
            if let Some(declaration) = module.declaration {
                self.item(declaration, Some(from), Rule::ModuleTree, None);
            }
            at = module.parent;
        }
    }

    /// An impl whose header matters decides by its types and by what its macro calls may define.
    fn declares(&mut self, implementation: ItemId) {
        let Some(found) = self.impls.of_item(implementation) else {
            return;
        };
        for member in &found.members {
            let is_type = self.index.item(*member).kind == ItemKind::ImplMember(MemberKind::Type);
            if is_type || is_macro_call(self.index, *member) {
                self.item(*member, Some(implementation), Rule::Type, None);
            }
        }
    }

    fn follow(&mut self, links: &Links, from: ItemId, scope: ModuleId) {
        self.closure.imports.extend(&links.imports);
        self.closure.late.extend(&links.late);
        for path in &links.externals {
            self.closure.externals.entry(path.clone()).or_insert(from);
        }
        let by_header = self.index.item(from).kind == ItemKind::Impl;
        let unmentioned_trait =
            self.index.item(from).kind == ItemKind::Trait && !self.mentioned.contains(&from);
        for (item, token) in &links.items {
            if self.index.item(*item).kind == ItemKind::Trait && !by_header && !unmentioned_trait {
                self.mention(*item);
            }
            self.item(*item, Some(from), self.rule_of(*item), Some(*token));
        }
        for (owner, name) in &links.members {
            if self.members.insert((*owner, *name)) {
                self.wake(*name, from);
            }
        }
        for name in &links.names {
            if self.names.insert(*name) {
                self.wake(*name, from);
            }
        }
        for name in &links.foreign_names {
            if self.foreign_names.insert(*name) {
                self.wake(*name, from);
            }
        }
        for (function, name) in &links.generated {
            self.item(*function, Some(from), Rule::Generated, Some(*name));
        }
        for name in &links.macros {
            self.macro_call(*name, from, scope);
        }
    }

    /// A trait named in code: any of its impls may be behind it, and its supertraits are named with it.
    fn mention(&mut self, trait_: ItemId) {
        if self.mentioned.insert(trait_) {
            self.tasks.extend(
                self.impls
                    .of_trait(trait_)
                    .iter()
                    .map(|number| Task::Impl(*number)),
            );
            if self.is_reached(trait_) {
                self.tasks
                    .push(Task::Tokens(trait_, self.index.item(trait_).scope));
            }
        }
    }

    fn wake(&mut self, name: Symbol, from: ItemId) {
        self.asked.entry(name).or_insert(from);
        self.tasks.extend(
            self.impls
                .with_member(name)
                .iter()
                .map(|number| Task::Impl(*number)),
        );
        self.tasks.extend(
            self.impls
                .traits_with_member(name)
                .iter()
                .map(|trait_| Task::Trait(*trait_)),
        );
    }

    /// Every macro of the name, its tokens read where it is defined and where it is called.
    fn macro_call(&mut self, name: Symbol, from: ItemId, scope: ModuleId) {
        let definitions = self.index.scopes.macros(name);
        for definition in definitions {
            self.item(*definition, Some(from), Rule::Macro, Some(name));
            self.tokens(*definition, scope);
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
            self.closure.macro_order.insert((name, from, before));
        }
    }

    fn rule_of(&self, item: ItemId) -> Rule {
        match self.index.item(item).kind {
            ItemKind::Const | ItemKind::Static => Rule::Constant,
            ItemKind::Struct
            | ItemKind::Enum
            | ItemKind::Union
            | ItemKind::TypeAlias
            | ItemKind::Trait
            | ItemKind::TraitAlias => Rule::Type,
            _ => Rule::Path,
        }
    }

    /// Whether a member of the name is asked for on any of these types or traits, or on any type.
    fn is_asked(&self, name: Symbol, owners: &[ItemId], foreign: bool) -> bool {
        self.names.contains(&name)
            || (foreign && self.foreign_names.contains(&name))
            || owners
                .iter()
                .any(|owner| self.members.contains(&(*owner, name)))
    }

    fn implementation(&mut self, found: &Implementation) {
        let open = found.self_types.is_empty();
        let reached = open || found.self_types.iter().any(|ty| self.is_reached(*ty));
        match &found.of {
            Of::Type if reached => self.asked_members(found, &found.self_types, open, Rule::Member),
            Of::Type => {}
            Of::Own(traits) => self.own_trait(found, traits, open, reached),
            Of::External { only } => self.external_trait(found, *only, reached),
        }
    }

    fn asked_members(
        &mut self,
        found: &Implementation,
        owners: &[ItemId],
        foreign: bool,
        rule: Rule,
    ) {
        for member in &found.members {
            match self.index.item(*member).name {
                Some(name) if self.is_asked(name, owners, foreign) => {
                    let parent = self.asked.get(&name).copied().unwrap_or(found.item);
                    self.item(*member, Some(parent), rule, Some(name));
                }
                // A macro call may define the member that is asked for.
                None => self.item(*member, Some(found.item), rule, None),
                Some(_) => {}
            }
        }
    }

    /// R8: the type is reached or the trait mentioned, and the member asked for.
    fn own_trait(&mut self, found: &Implementation, traits: &[ItemId], open: bool, reached: bool) {
        if !reached && !traits.iter().any(|trait_| self.mentioned.contains(trait_)) {
            return;
        }
        let owners: Vec<ItemId> = found.self_types.iter().chain(traits).copied().collect();
        self.asked_members(found, &owners, open, Rule::OwnTrait);
        for trait_ in traits {
            let mut matters = reached && self.is_reached(*trait_);
            for member in self.impls.members_of_trait(*trait_) {
                let asked = self
                    .index
                    .item(*member)
                    .name
                    .filter(|name| self.is_asked(*name, &owners, open));
                if let Some(name) = asked {
                    matters = true;
                    let parent = self.asked.get(&name).copied().unwrap_or(found.item);
                    self.item(*member, Some(parent), Rule::OwnTrait, Some(name));
                }
            }
            if matters {
                self.item(found.item, self.parent_of(found), Rule::OwnTrait, None);
            }
        }
    }

    /// R7: other crates call members without naming them. A trait with arguments matters once all types of the
    /// header are reached, for a value of each must exist; unless inference has this one header to choose from.
    fn external_trait(&mut self, found: &Implementation, only: bool, reached: bool) {
        let all = found.header_types.iter().all(|ty| self.is_reached(*ty));
        if !reached || !(all || only) {
            return;
        }
        self.item(found.item, self.parent_of(found), Rule::ExternalTrait, None);
        for member in &found.members {
            self.item(
                *member,
                Some(found.item),
                Rule::ExternalTrait,
                self.index.item(*member).name,
            );
        }
    }

    /// The type that made an impl matter.
    fn parent_of(&self, found: &Implementation) -> Option<ItemId> {
        let types = found.self_types.iter().chain(&found.header_types);
        types
            .copied()
            .find(|ty| self.is_reached(*ty))
            .or_else(|| self.closure.items.first().map(|first| first.item))
    }

    /// Default bodies and signatures of a reached trait, by name.
    fn trait_members(&mut self, trait_: ItemId) {
        if !self.is_reached(trait_) {
            return;
        }
        for member in self.impls.members_of_trait(trait_) {
            match self.index.item(*member).name {
                Some(name) if self.is_asked(name, &[trait_], true) => {
                    let parent = self.asked.get(&name).copied().unwrap_or(trait_);
                    self.item(*member, Some(parent), Rule::OwnTrait, Some(name));
                }
                None => self.item(*member, Some(trait_), Rule::OwnTrait, None),
                Some(_) => {}
            }
        }
    }
}
