//! Who leads to an item: the other way round of [`links`](super::links), over all items at once.
//!
//! Asked for global state only, so it is made when it is first needed.

use std::borrow::Cow;

use super::linked;
use super::linker::Linker;
use crate::hash::{HashMap, HashSet};
use crate::index::expansions::Expansion;
use crate::index::facts::Mention;
use crate::index::names::Candidate;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, Item, ItemId, ItemKind};
use crate::source::tasks;

/// So many items are a task worth handing to a thread.
const TASK: usize = 256;

/// Every item by what its tokens lead to.
#[derive(Debug, Default)]
pub(super) struct Callers {
    /// By the number of the item.
    by_item: Vec<Vec<ItemId>>,
    /// Those who may name any of the calls of a crate that may define anything.
    by_anything: HashMap<CrateId, Vec<ItemId>>,
    /// By the name of a member that is asked for on whatever type.
    by_name: HashMap<Symbol, Vec<ItemId>>,
    by_macro: HashMap<Symbol, Vec<ItemId>>,
    /// By a name that macros may put behind the path of any module.
    by_loose: HashMap<Symbol, Vec<ItemId>>,
    /// Who names a type of this name, or what a macro call of this name makes.
    by_type: HashMap<Symbol, Vec<ItemId>>,
}

/// All callers of these were found before: one closure may hold much global state, and most of it has the same
/// callers.
#[derive(Clone, Debug, Default)]
pub(super) struct Led {
    items: HashSet<ItemId>,
    anything: HashSet<CrateId>,
    names: HashSet<(Way, Symbol)>,
}

/// In which of the tables a name was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Way {
    Name,
    Macro,
    Loose,
    Type,
}

impl Callers {
    pub(super) fn of(index: &Index, linker: &Linker<'_>) -> Self {
        let mut callers = Self {
            by_item: vec![Vec::new(); index.items.len()],
            ..Self::default()
        };
        link_all(index, linker);
        for (number, item) in index.items.iter().enumerate() {
            if item.left_out {
                continue;
            }
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            let links = linker.links(id, item.scope);
            for (target, _) in &links.items {
                let callers = match target {
                    Candidate::Item(target) => &mut callers.by_item[target.0 as usize],
                    Candidate::Anything(krate) => callers.by_anything.entry(*krate).or_default(),
                };
                if callers.last() != Some(&id) {
                    callers.push(id);
                }
            }
            let members = links.members.iter().map(|(_, name)| name);
            let names = links.names.iter().chain(&links.foreign_names);
            for name in members.chain(names) {
                callers.by_name.entry(*name).or_default().push(id);
            }
            for name in &links.loose {
                callers.by_loose.entry(*name).or_default().push(id);
            }
            for name in &links.macros {
                callers.by_macro.entry(*name).or_default().push(id);
            }
        }
        callers.by_type = callers.types(index);
        callers
    }

    fn types(&self, index: &Index) -> HashMap<Symbol, Vec<ItemId>> {
        let mut types: HashMap<Symbol, Vec<ItemId>> = HashMap::default();
        for (number, item) in (0..).zip(&index.items) {
            let is_type = matches!(
                item.kind,
                ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::MacroCall
            );
            if let Some(name) = item.name.filter(|_| is_type) {
                let naming = self.naming(index, ItemId(number));
                types.entry(name).or_default().extend(naming.iter());
            }
        }
        for callers in types.values_mut() {
            callers.sort_unstable();
            callers.dedup();
        }
        types
    }

    /// The items whose tokens name an item, in their order.
    pub(super) fn naming(&self, index: &Index, item: ItemId) -> Cow<'_, [ItemId]> {
        let own = self.by_item[item.0 as usize].as_slice();
        let Some((_, callers)) = self.of_anything(index, item) else {
            return Cow::Borrowed(own);
        };
        let mut naming = [own, callers].concat();
        naming.sort_unstable();
        naming.dedup();
        Cow::Owned(naming)
    }

    /// If an item is a call that may define anything: the crate, and who names anything in it.
    fn of_anything(&self, index: &Index, item: ItemId) -> Option<(CrateId, &[ItemId])> {
        let krate = index.defines_anything(item)?;
        let callers = self.by_anything.get(&krate)?;
        Some((krate, callers.as_slice()))
    }

    /// Everything that may lead to an item, by whatever way, but for what was found before.
    pub(super) fn leading_to(&self, index: &Index, item: ItemId, led: &mut Led) -> Vec<ItemId> {
        let mut found = Vec::new();
        if led.items.insert(item) {
            found.push(item);
        }
        let mut at = 0;
        while let Some(item) = found.get(at).copied() {
            self.add_callers(index, item, led, &mut found);
            at += 1;
        }
        found
    }

    fn add_callers(&self, index: &Index, item: ItemId, led: &mut Led, found: &mut Vec<ItemId>) {
        let facts = index.item(item);
        match self.of_anything(index, item) {
            Some((krate, _)) if led.anything.contains(&krate) => {
                led.add(&self.by_item[item.0 as usize], found);
            }
            Some((krate, _)) => {
                led.anything.insert(krate);
                led.add(&self.naming(index, item), found);
            }
            None => led.add(&self.by_item[item.0 as usize], found),
        }
        let name = facts.name.into_iter();
        match facts.kind {
            ItemKind::ImplMember(_) | ItemKind::TraitMember(_) => {
                name.for_each(|name| led.add_named(Way::Name, name, &self.by_name, found));
            }
            ItemKind::MacroRules => {
                name.for_each(|name| led.add_named(Way::Macro, name, &self.by_macro, found));
            }
            _ => name.for_each(|name| led.add_named(Way::Loose, name, &self.by_loose, found)),
        }
        if let Some(made) = index.expansions.of_call(item) {
            self.add_made(made, led, found);
        }
        led.add(&linked::importing(index, item), found);
        // Members of impls are called by whoever has the type or trait, unnamed where the trait is another
        // crate's; what a macro makes, by whoever names what the call stands for.
        for header in facts.owner.into_iter().map(|owner| index.item(owner)) {
            let implementation = header.implementation.as_ref();
            if implementation.is_some_and(|header| header.trait_path.is_some()) {
                for name in named_in(header) {
                    led.add_named(Way::Type, name, &self.by_type, found);
                }
            }
        }
        led.add(facts.product_of.as_slice(), found);
    }
}

impl Callers {
    /// Whoever asks for a member that a macro call may make, or has a type or trait that it may implement something for.
    fn add_made(&self, made: &Expansion, led: &mut Led, found: &mut Vec<ItemId>) {
        if made.anything {
            let names = self.by_name.keys();
            names.for_each(|name| led.add_named(Way::Name, *name, &self.by_name, found));
        }
        let names = made.members.iter();
        names.for_each(|name| led.add_named(Way::Name, *name, &self.by_name, found));
        for (head, _) in &made.implements {
            let given = made.given.iter().filter(|_| head.fragments);
            let names = head.paths.iter().filter_map(|path| path.last());
            names
                .chain(given)
                .for_each(|name| led.add_named(Way::Type, *name, &self.by_type, found));
        }
    }
}

/// Links every item, on several threads: whoever asks for the links later finds them.
fn link_all(index: &Index, linker: &Linker<'_>) {
    let numbers: Vec<u32> = (0..).take(index.items.len()).collect();
    let tasks: Vec<&[u32]> = numbers.chunks(TASK).collect();
    tasks::map(&tasks, &|numbers| {
        let items = numbers.iter().map(|number| ItemId(*number));
        for item in items.filter(|item| !index.item(*item).left_out) {
            linker.links(item, index.item(item).scope);
        }
    });
}

impl Led {
    fn add(&mut self, callers: &[ItemId], found: &mut Vec<ItemId>) {
        let new = callers.iter().filter(|caller| self.items.insert(**caller));
        found.extend(new);
    }

    fn add_named(
        &mut self,
        way: Way,
        name: Symbol,
        table: &HashMap<Symbol, Vec<ItemId>>,
        found: &mut Vec<ItemId>,
    ) {
        if self.names.insert((way, name)) {
            self.add(table.get(&name).map_or(&[], Vec::as_slice), found);
        }
    }
}

/// The last names of all paths of an impl's header, as local types have them.
fn named_in(header: &Item) -> impl Iterator<Item = Symbol> {
    header.mentions.iter().filter_map(|mention| match mention {
        Mention::Path(path) => path.last().copied(),
        _ => None,
    })
}
