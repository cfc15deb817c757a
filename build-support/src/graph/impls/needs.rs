//! Which types must be reached before an impl of another crate's trait can be meant.
//!
//! The compiler finds out the arguments of a trait from what is given, or from the impls there are: where only one
//! can be meant, its argument is what this one says, be it named anywhere or not. `S + Default::default()` makes a
//! `Row` if `Add<Row>` is all that `S` has, and `S + None` does if `Add<Option<Row>>` is. So a type is needed only where
//! another impl, which is surely built too, has another type in its place: then nothing but a value tells them apart.

use super::{Implementation, Of};
use crate::graph::linker::Linker;
use crate::hash::HashMap;
use crate::index::facts::{ImplFacts, SelfType};
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId};

/// Traits that have an impl for every type beside those that are written.
const FOR_ALL: &[&str] = &["From", "Into", "TryFrom", "TryInto"];

/// Traits that std's types have among themselves.
const OF_STD: &[&str] = &[
    "AsRef",
    "Extend",
    "FromIterator",
    "PartialEq",
    "PartialOrd",
    "Product",
    "Sum",
];

/// An argument as far as it is the same in several impls, and the types of ours in the one place where it may differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Argument {
    around: Vec<Symbol>,
    types: Vec<ItemId>,
}

impl Argument {
    /// Whether it surely has another type in the place of those of `other`.
    fn differs_from(&self, other: &Self) -> bool {
        let around = other.around.len();
        let is_same_around = self.around.get(..around) == Some(&other.around);
        let is_shared = self.types.iter().any(|ty| other.types.contains(ty));
        let has_another = self.around.len() > around || !(self.types.is_empty() || is_shared);
        is_same_around && has_another
    }
}

/// Says of each impl of another crate's trait which types it needs.
pub(super) fn settle(index: &Index, linker: &Linker<'_>, all: &mut [Implementation]) {
    let rivals = Rivals::of(index, linker, all);
    for found in all {
        let Of::External { .. } = found.of else {
            continue;
        };
        let needs = if found.self_types.is_empty() {
            of_foreign(index, linker, found)
        } else {
            rivals.needs(index, linker, found)
        };
        found.of = Of::External { needs };
    }
}

/// The impls of each trait for each of our types, which are surely built.
struct Rivals {
    arguments: HashMap<(ItemId, Symbol), Vec<Argument>>,
}

impl Rivals {
    fn of(index: &Index, linker: &Linker<'_>, all: &[Implementation]) -> Self {
        let mut arguments: HashMap<_, Vec<Argument>> = HashMap::default();
        for found in all {
            if let Some(key) = key(index, found)
                && is_always_built(index, found.item)
                && let Some(argument) = argument(index, linker, found)
            {
                arguments.entry(key).or_default().push(argument);
            }
        }
        Self { arguments }
    }

    /// Of an impl for a type of ours.
    fn needs(&self, index: &Index, linker: &Linker<'_>, found: &Implementation) -> Vec<ItemId> {
        let Some(own) = argument(index, linker, found) else {
            return Vec::new();
        };
        let is_for_all = trait_name(index, found).is_some_and(|name| FOR_ALL.contains(&name));
        let rivals = key(index, found).and_then(|key| self.arguments.get(&key));
        let mut rivals = rivals.into_iter().flatten();
        let is_told_apart =
            (is_for_all && own.around.is_empty()) || rivals.any(|rival| rival.differs_from(&own));
        if is_told_apart { own.types } else { Vec::new() }
    }
}

/// Of an impl for a type of another crate: what that has by itself is known of few.
fn of_foreign(index: &Index, linker: &Linker<'_>, found: &Implementation) -> Vec<ItemId> {
    let name = trait_name(index, found).unwrap_or_default();
    let header = index.item(found.item).implementation.as_deref();
    let has_rivals = header.is_none_or(|header| {
        let std_type = is_of_std(index, header);
        !header.trait_has_arguments
            || FOR_ALL.contains(&name)
            || (std_type.is_some() && OF_STD.contains(&name))
            || std_type == Some(true)
    });
    match argument(index, linker, found) {
        _ if !has_rivals => Vec::new(),
        Some(argument) if argument.around.is_empty() => argument.types,
        _ => found.header_types.clone(),
    }
}

/// Whether an impl is for a type of std's, and for one with operators of its own.
fn is_of_std(index: &Index, header: &ImplFacts) -> Option<bool> {
    const NUMBERS: &[&str] = &[
        "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize",
    ];
    const OTHERS: &[&str] = &["bool", "char", "str", "String", "Vec", "Option", "Box"];
    match &header.self_type {
        SelfType::Nameless => Some(false),
        SelfType::Unknown => None,
        SelfType::Path(path) | SelfType::Referenced(path) => {
            let name = path.last().map(|last| index.text(*last))?;
            let is_number = NUMBERS.contains(&name);
            (is_number || OTHERS.contains(&name)).then_some(is_number)
        }
    }
}

/// The type and the trait, for an impl that is for one type of ours alone.
fn key(index: &Index, found: &Implementation) -> Option<(ItemId, Symbol)> {
    let header = index.item(found.item).implementation.as_deref()?;
    let name = header.trait_path.as_ref()?.last()?;
    let [ty] = found.self_types[..] else {
        return None;
    };
    (header.is_plain && !found.for_any).then_some((ty, *name))
}

fn argument(index: &Index, linker: &Linker<'_>, found: &Implementation) -> Option<Argument> {
    let header = index.item(found.item).implementation.as_deref()?;
    let mut argument = Argument::default();
    for part in header.argument.as_ref()? {
        let last = part.last()?;
        if header.parameters.contains(last) {
            return None;
        }
        argument.types = linker.types(part, found.item);
        if !argument.types.is_empty() {
            break;
        }
        argument.around.push(*last);
    }
    Some(argument)
}

fn trait_name<'i>(index: &'i Index, found: &Implementation) -> Option<&'i str> {
    let header = index.item(found.item).implementation.as_deref()?;
    let name = header.trait_path.as_ref()?.last()?;
    Some(index.text(*name))
}

/// Whether an impl stands under no condition, and in no macro.
fn is_always_built(index: &Index, implementation: ItemId) -> bool {
    let item = index.item(implementation);
    let mut modules =
        std::iter::successors(Some(item.module), |module| index.module(*module).parent);
    item.cfgs.is_empty()
        && item.product_of.is_none()
        && modules.all(|module| index.module(module).cfgs.is_empty())
}
