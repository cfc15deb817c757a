//! Which members of impls and traits matter (rules R6 to R8, and R14 for impls that macros make).

use super::{Reach, Task};
use crate::graph::Rule;
use crate::graph::impls::{Implementation, Member, Of};
use crate::index::ItemId;
use crate::index::symbol::Symbol;

/// On what a member may be asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// The types and traits that are named.
    Ours,
    /// Types of other crates too.
    Foreign,
    /// Whatever type.
    Any,
}

impl Reach<'_, '_> {
    /// Whether a member of the name is asked for on any of these types or traits, or on any type.
    fn is_asked(&self, name: Symbol, owners: &[&[ItemId]], on: On) -> bool {
        // Most names of members are asked for nowhere, and there may be many owners.
        if self.sets.asked[name.index()].is_none() {
            return false;
        }
        on == On::Any
            || self.sets.names[name.index()]
            || (on == On::Foreign && self.sets.foreign_names[name.index()])
            || owners
                .iter()
                .copied()
                .flatten()
                .any(|owner| self.sets.members.contains(&(*owner, name)))
    }

    pub(super) fn implementation(&mut self, found: &Implementation) {
        let on = match found.self_types.as_slice() {
            _ if found.for_any => On::Any,
            [] => On::Foreign,
            _ => On::Ours,
        };
        let reached = on != On::Ours || found.self_types.iter().any(|ty| self.is_reached(*ty));
        match &found.of {
            Of::Type if reached => {
                self.asked_members(found, &[&found.self_types], on, Rule::Member);
            }
            Of::Type => {}
            Of::Own(traits) => self.own_trait(found, traits, on, reached),
            Of::External { needs } => self.external_trait(found, needs, reached),
        }
    }

    /// By what name a member is asked for, if it is. One that may have any name always is.
    fn asked_for(&self, member: &Member, owners: &[&[ItemId]], on: On) -> Option<Option<Symbol>> {
        let is_asked = |name: &Symbol| self.is_asked(*name, owners, on);
        match (member.name, &member.defines) {
            (Some(name), _) => Some(name).filter(is_asked).map(Some),
            (None, Some(names)) => names.iter().copied().find(is_asked).map(Some),
            (None, None) => Some(None),
        }
    }

    fn asked_members(&mut self, found: &Implementation, owners: &[&[ItemId]], on: On, rule: Rule) {
        for member in &found.members {
            if let Some(name) = self.asked_for(member, owners, on) {
                self.member(member, name, found.item, rule);
            }
        }
    }

    /// A member that is asked for, by its name where that is known.
    fn member(&mut self, member: &Member, name: Option<Symbol>, owner: ItemId, rule: Rule) {
        if !self.is_reached(member.item) {
            let asker = name.and_then(|name| self.sets.asked[name.index()]);
            self.item(member.item, Some(asker.unwrap_or(owner)), rule, name);
        }
    }

    /// R8: the type is reached or the trait mentioned, the member asked for, and the trait one that can be meant.
    fn own_trait(&mut self, found: &Implementation, traits: &[ItemId], on: On, reached: bool) {
        if !found.uncertain && !self.may_mean(traits) {
            return;
        }
        if !reached
            && !traits
                .iter()
                .any(|trait_| self.sets.mentioned.contains(trait_))
        {
            return;
        }
        let owners = [found.self_types.as_slice(), traits];
        if reached
            && traits
                .iter()
                .any(|trait_| self.sets.dyn_traits.contains(trait_))
        {
            self.all_members(found);
        }
        let impls = self.impls;
        let mut is_asked = false;
        for trait_ in traits {
            let mut matters = reached && self.is_reached(*trait_);
            for member in impls.members_of_trait(*trait_) {
                let Some(name) = self.asked_for(member, &owners, on) else {
                    continue;
                };
                is_asked = true;
                if name.is_some() {
                    matters = true;
                    self.member(member, name, found.item, Rule::OwnTrait);
                }
            }
            if matters {
                self.item(found.item, self.parent_of(found), Rule::OwnTrait, None);
            }
        }
        for member in &found.members {
            let asked = match self.asked_for(member, &owners, on) {
                // What may have any name can be no member but of one of these traits.
                Some(None) if !is_asked => None,
                Some(_) if member.defines.is_some() && !found.uncertain => {
                    self.asked_and_declared(member, traits, &owners, on)
                }
                asked => asked,
            };
            if let Some(name) = asked {
                self.member(member, name, found.item, Rule::OwnTrait);
            }
        }
    }

    /// What is asked for of the names that a call may define in an impl, of those that its traits may declare: what a
    /// call is given names types and values too.
    fn asked_and_declared(
        &self,
        call: &Member,
        traits: &[ItemId],
        owners: &[&[ItemId]],
        on: On,
    ) -> Option<Option<Symbol>> {
        let mut names = call.defines.iter().flatten().copied();
        let asked =
            |name: &Symbol| self.is_asked(*name, owners, on) && self.may_declare(traits, *name);
        names.find(asked).map(Some)
    }

    /// Whether one of some traits may have a member of a name.
    fn may_declare(&self, traits: &[ItemId], name: Symbol) -> bool {
        let members = |trait_: &ItemId| self.impls.members_of_trait(*trait_);
        let is_one = |member: &Member| {
            let is_open = member.name.is_none() && member.defines.is_none();
            is_open || member.names().any(|one| one == name)
        };
        traits.iter().flat_map(members).any(is_one)
    }

    /// R7: other crates call members without naming them. A trait with arguments matters once a value of each type that
    /// it needs may exist. And one that std calls matters where something leads there, see [`super::meant`].
    fn external_trait(&mut self, found: &Implementation, needs: &[ItemId], reached: bool) {
        let is_here = |ty: &ItemId| found.for_any || self.is_reached(*ty);
        if !reached || !needs.iter().all(is_here) {
            return;
        }
        if found
            .std_trait
            .is_some_and(|std_trait| !self.may_call(std_trait))
        {
            return;
        }
        self.all_members(found);
    }

    fn all_members(&mut self, found: &Implementation) {
        let rule = match found.of {
            Of::External { .. } => Rule::ExternalTrait,
            Of::Own(_) | Of::Type => Rule::OwnTrait,
        };
        self.item(found.item, self.parent_of(found), rule, None);
        for member in &found.members {
            self.item(member.item, Some(found.item), rule, member.name);
        }
    }

    /// A type of which any member may be called, unnamed.
    pub(super) fn whole_type(&mut self, ty: ItemId) {
        if self.sets.whole_types.insert(ty) {
            let impls = self.impls;
            for number in impls.of_type(ty) {
                self.all_members(&impls.all[*number]);
            }
        }
    }

    /// `dyn Trait`: the table of functions of each type behind it holds every member, also of its supertraits
    /// and by default.
    pub(super) fn dyn_trait(&mut self, trait_: ItemId) {
        if !self.sets.dyn_traits.insert(trait_) {
            return;
        }
        self.mention(trait_);
        for member in self.impls.members_of_trait(trait_) {
            self.item(member.item, Some(trait_), Rule::OwnTrait, None);
        }
        let of_trait = self.impls.of_trait(trait_).iter();
        self.tasks
            .extend(of_trait.map(|number| Task::Impl(*number)));
        let links = self.linker.links(trait_, self.index.item(trait_).scope);
        for trait_ in links.traits(self.index) {
            self.dyn_trait(trait_);
        }
    }

    /// R14: a macro call that may make impls matters when a type or trait it mentions does; if all it makes is
    /// of our own traits, when a member is asked for; if it may be for any type, in both cases.
    pub(super) fn made(&mut self, number: usize) {
        let impls = self.impls;
        let made = &impls.made.all[number];
        let asked = |reach: &Self| {
            let names = made.names.iter();
            names
                .copied()
                .find(|name| reach.is_asked(*name, &[], On::Any))
        };
        let about = made
            .about
            .iter()
            .copied()
            .find(|item| self.is_reached(*item));
        let traits = made.traits.as_ref();
        if traits.is_some_and(|traits| !self.may_mean(traits)) {
            return;
        }
        let matters = if made.own_only {
            made.markers.iter().any(|item| self.is_reached(*item))
        } else {
            about.is_some()
        };
        let is_called = made.own_only || made.for_any;
        let name = is_called.then(|| asked(self)).flatten();
        if name.is_none() && !matters {
            return;
        }
        let asker = name.and_then(|name| self.sets.asked[name.index()]);
        let parent = asker.or(about);
        self.item(made.call, parent, Rule::MacroCall, name);
    }

    /// The type that made an impl matter.
    fn parent_of(&self, found: &Implementation) -> Option<ItemId> {
        let types = found.self_types.iter().chain(&found.header_types);
        types
            .copied()
            .find(|ty| self.is_reached(*ty))
            .or_else(|| self.closure.own_items.first().map(|first| first.item))
    }

    /// Default bodies and signatures of a reached trait, by name.
    pub(super) fn trait_members(&mut self, trait_: ItemId) {
        if !self.is_reached(trait_) {
            return;
        }
        let on = if self.is_implemented_unseen(trait_) {
            On::Any
        } else {
            On::Foreign
        };
        for member in self.impls.members_of_trait(trait_) {
            if let Some(name) = self.asked_for(member, &[&[trait_]], on) {
                self.member(member, name, trait_, Rule::OwnTrait);
            }
        }
    }

    /// Whether macros may make impls of a trait for types that nobody knows.
    fn is_implemented_unseen(&self, trait_: ItemId) -> bool {
        let made = &self.impls.made;
        self.context.has_proc_macros
            || !made.of_trait(trait_).is_empty()
            || !made.about(trait_).is_empty()
    }
}
