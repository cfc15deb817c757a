//! Which members of impls and traits matter (rules R6 to R8, and R14 for impls that macros make).

use super::{Reach, Task};
use crate::graph::Rule;
use crate::graph::impls::{Implementation, Of};
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
                self.member_calls(found);
            }
            Of::Type => {}
            Of::Own(traits) => self.own_trait(found, traits, on, reached),
            Of::External { needs } => self.external_trait(found, needs, reached),
        }
    }

    fn asked_members(&mut self, found: &Implementation, owners: &[&[ItemId]], on: On, rule: Rule) {
        for member in &found.members {
            match member.name {
                Some(name) if !self.is_reached(member.item) && self.is_asked(name, owners, on) => {
                    let parent = self.sets.asked[name.index()].unwrap_or(found.item);
                    self.item(member.item, Some(parent), rule, Some(name));
                }
                _ => {}
            }
        }
    }

    /// Macro calls among the members may define what is asked for.
    fn member_calls(&mut self, found: &Implementation) {
        let rule = match found.of {
            Of::Own(_) => Rule::OwnTrait,
            Of::Type | Of::External { .. } => Rule::Member,
        };
        for member in &found.members {
            if member.name.is_none() {
                self.item(member.item, Some(found.item), rule, None);
            }
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
        self.asked_members(found, &owners, on, Rule::OwnTrait);
        for trait_ in traits {
            let mut matters = reached && self.is_reached(*trait_);
            for member in self.impls.members_of_trait(*trait_) {
                let asked = member.name;
                let asked = asked.filter(|name| self.is_asked(*name, &owners, on));
                if asked.is_some() || member.name.is_none() {
                    self.member_calls(found);
                }
                if let Some(name) = asked {
                    matters = true;
                    let parent = self.sets.asked[name.index()].unwrap_or(found.item);
                    self.item(member.item, Some(parent), Rule::OwnTrait, Some(name));
                }
            }
            if matters {
                self.item(found.item, self.parent_of(found), Rule::OwnTrait, None);
            }
        }
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
            match member.name {
                Some(name) if self.is_asked(name, &[&[trait_]], on) => {
                    let parent = self.sets.asked[name.index()].unwrap_or(trait_);
                    self.item(member.item, Some(parent), Rule::OwnTrait, Some(name));
                }
                None => self.item(member.item, Some(trait_), Rule::OwnTrait, None),
                Some(_) => {}
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
