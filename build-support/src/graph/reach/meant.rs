//! What may be meant without being named: traits in scope, operators, and traits that std calls (rules R7 and R8).
//!
//! A member of a trait of ours is called through a bound, an object or a path, all of which spell the trait, or
//! because the trait is in scope of the code that calls. A trait of which neither holds anywhere in a closure can't
//! be meant by any call in it. Likewise an operator's impl is called by its sign, by the name of its trait or
//! method, or by the code of other crates, behind a bound that is theirs. No code of std's is generic over
//! operators of types that are not its own: `Sum` and `Product` are implemented by the types they add up, so their
//! impls are reached and hold the sign; `Wrapping`, `Saturating` and `NonZero` work on numbers alone; the operators
//! of its sets ask elements for `Ord`, `Hash` and `Clone`.
//!
//! `Hash`, `Default`, `Extend`, `FromStr`, the traits of streams and some others have no sign, and the language itself
//! calls none of them. std calls them on types of others behind its bounds alone, and whoever gets there spells a name
//! of the list that [`StdTraits`] has: of the method with the bound (`parse`, `rev`, `unzip`), or of the type whose
//! methods have it (`HashMap`, wherever a field, an alias or a signature says that a value is one). A path that surely
//! leads to an item of ours, or to a local variable, spells none of these. A derive of such a
//! trait calls it on the fields, but only where somebody calls what is derived. So it is with converting, which has
//! the sign `?`, and with formatting: std formats what is given for a brace in the text that a macro is given, and by
//! names (`unwrap`, `to_string`); whoever makes an object that others may format, of an error mostly, spells its trait.
//! Comparing, cloning, dropping and iterating are not among them: signs and names that are everywhere lead to these.

use super::{Reach, Task};
use crate::graph::Rule;
use crate::graph::impls::Implementation;
use crate::graph::in_scope::called_by;
use crate::graph::links::Links;
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ModuleId, ModuleKind};

impl Reach<'_, '_> {
    /// Whether any call in the closure may mean one of these traits.
    pub(super) fn may_mean(&self, traits: &[ItemId]) -> bool {
        let may_mean =
            |trait_: &ItemId| self.is_reached(*trait_) || self.sets.nameless.contains(trait_);
        self.sets.every_trait || traits.iter().any(may_mean)
    }

    pub(super) fn may_call(&self, std_trait: StdTraits) -> bool {
        self.sets.std_traits.meets(std_trait)
    }

    /// Takes the traits of what some tokens spell.
    pub(super) fn take_meant(&mut self, links: &Links) {
        links
            .traits_by_name
            .iter()
            .for_each(|trait_| self.meant(*trait_));
        links.globs.iter().for_each(|module| self.brings(*module));
        self.call(links.std_traits);
        if links.unseen {
            self.unseen();
        }
        for path in &links.externals {
            self.other_crate(path);
        }
    }

    /// Takes the traits in scope of the code in a module, or in a block and what is around it.
    pub(super) fn enter(&mut self, scope: ModuleId) {
        let index = self.index;
        let around = |block: &ModuleId| {
            let block = index.module(*block);
            block.parent.filter(|_| block.kind == ModuleKind::Block)
        };
        std::iter::successors(Some(scope), around).for_each(|scope| self.brings(scope));
    }

    /// Takes the traits that a module brings into scope.
    fn brings(&mut self, module: ModuleId) {
        let in_scope = self.context.in_scope;
        let mut waiting = vec![module];
        while let Some(module) = waiting.pop() {
            let Some(brought) = in_scope.brought(module) else {
                continue;
            };
            if !self.sets.brought.insert(module) {
                continue;
            }
            if brought.unknown {
                self.unseen();
            }
            self.call(brought.called);
            brought.traits.iter().for_each(|trait_| self.meant(*trait_));
            waiting.extend(&brought.globs);
        }
    }

    /// Something may name any trait that nobody can see.
    pub(super) fn unseen(&mut self) {
        if !std::mem::replace(&mut self.sets.every_trait, true) {
            self.tasks.extend(self.impls.own().map(Task::Impl));
            let impls = self.impls;
            for trait_ in impls.declaring_any() {
                self.declares_any(*trait_);
            }
            let made = 0..self.impls.made.all.len();
            self.tasks.extend(made.map(Task::Made));
        }
        self.call(StdTraits::ALL);
    }

    /// Code of another crate may call traits of std's behind its own bounds.
    pub(super) fn other_crate(&mut self, path: &[Symbol]) {
        self.call(called_by(self.index, path));
    }

    /// Values stand in tags, which are formatted where nobody sees a format.
    pub(super) fn shown(&mut self) {
        self.call(StdTraits::formatting());
    }

    /// A trait of which a macro makes members may have one of any name that is asked for.
    fn declares_any(&mut self, trait_: ItemId) {
        if self.impls.declares_any(trait_) {
            let function = self.closure.own_items.first().map(|first| first.item);
            self.item(trait_, function, Rule::OwnTrait, None);
        }
    }

    fn meant(&mut self, trait_: ItemId) {
        if self.sets.nameless.insert(trait_) && !self.is_reached(trait_) {
            self.declares_any(trait_);
            let of_trait = self.impls.of_trait(trait_).iter();
            self.tasks
                .extend(of_trait.map(|number| Task::Impl(*number)));
            self.wake_made(trait_);
        }
    }

    /// A trait can be meant now: see whether the impls of it that macro calls make matter.
    pub(super) fn wake_made(&mut self, trait_: ItemId) {
        let made = self.impls.made.of_trait(trait_).iter();
        self.tasks.extend(made.map(|number| Task::Made(*number)));
    }

    fn call(&mut self, std_traits: StdTraits) {
        let new = std_traits.without(self.sets.std_traits);
        if !new.is_none() {
            self.sets.std_traits = self.sets.std_traits.with(new);
            let impls = self.impls.of_std_traits(new);
            let matter = impls.filter(|number| self.is_here(&self.impls.all[*number]));
            let tasks: Vec<Task> = matter.map(Task::Impl).collect();
            self.tasks.extend(tasks);
        }
    }

    /// Whether an impl of one of std's traits has to be looked at before one of its types is reached: nearly everything
    /// is formatted or converted, but of operators few impls are for types of others, and their arguments may be found
    /// out by them.
    fn is_here(&self, found: &Implementation) -> bool {
        let common = StdTraits::called_everywhere();
        let is_common = found.std_trait.is_some_and(|it| it.meets(common));
        let mut types = found.header_types.iter().chain(&found.self_types);
        !is_common || types.any(|ty| self.is_reached(*ty))
    }
}
