//! What item-level macro calls may define (rule R14).
//!
//! No macro is expanded. A call defines the names its macro spells after `fn`, `struct` and the like, those its
//! arguments spell there, and every identifier of its arguments if the macro puts fragments in such places.
//! Where even that can't be told, the call may define any name that nothing else defines.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::elsewhere::Elsewhere;
use super::facts::{ImplHead, MacroFacts, Mention};
use super::symbol::Symbol;
use super::{CrateId, Detail, Index, Item, ItemId, ItemKind, ModuleId, View};
use crate::hash::{HashMap, HashSet};

mod elsewhere;

/// Macros of other crates that make nothing but what their arguments name.
const CLOSED: &[&str] = &[
    "assert_cfg",
    "assert_eq_align",
    "assert_eq_size",
    "assert_fields",
    "assert_impl_all",
    "assert_impl_any",
    "assert_impl_one",
    "assert_not_impl_all",
    "assert_not_impl_any",
    "assert_obj_safe",
    "assert_trait_sub_all",
    "assert_trait_super_all",
    "assert_type_eq_all",
    "assert_type_ne_all",
    "bitflags",
    "compile_error",
    "const_assert",
    "const_assert_eq",
    "const_assert_ne",
    "custom_keyword",
    "custom_punctuation",
    "global_asm",
    "include_generated",
    "new_key_type",
    "pin_project",
    "scoped_thread_local",
    "task_local",
];

/// Macros of other crates that pass the items in their arguments on, and add no names.
const PASSING: &[&str] = &["cfg_if", "lazy_static", "thread_local"];

/// What one call may define.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expansion {
    pub(crate) names: HashSet<Symbol>,
    /// Names that are none but those of members: of the impls and traits it may make.
    pub(crate) members: HashSet<Symbol>,
    /// Whether it may make anything: a macro that nobody knows has its part in it.
    pub(crate) anything: bool,
    /// Whether it may define any other name too, where it stands.
    pub(crate) defines_anything: bool,
    /// The impls it may make, each with the module its paths are read in.
    pub(crate) implements: Vec<(ImplHead, ModuleId)>,
    /// The definitions the call leads to, by way of one another.
    pub(crate) macros: Vec<ItemId>,
    /// Every identifier that one of these macros is given: by the call, or by another one.
    pub(crate) given: HashSet<Symbol>,
    /// Whether it may make traits.
    pub(crate) traits: bool,
    /// Whether it may make modules, or import something by which paths lead on.
    pub(crate) modules: bool,
    /// Whether it may make statics.
    pub(crate) statics: bool,
    /// Whether it may make foreign items.
    pub(crate) foreign: bool,
    /// Whether it may make items that the linker knows by names or places.
    pub(crate) exports: bool,
    /// Whether it may bring traits into scope.
    pub(crate) imports_traits: bool,
}

/// The expansions of all calls that do more than pass their arguments on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Expansions {
    pub(crate) calls: Vec<(ItemId, Expansion)>,
    by_call: HashMap<ItemId, usize>,
    providers: HashMap<(ModuleId, Symbol), Vec<ItemId>>,
    makers: HashMap<Symbol, Vec<ItemId>>,
    anything: HashMap<CrateId, Vec<ItemId>>,
    importing: HashMap<ModuleId, Vec<ItemId>>,
}

impl Expansions {
    /// Looks at every call, and leaves of those that pass items on what stands around the items.
    pub(super) fn of(index: &mut Index) -> Self {
        let mut expansions = Self::default();
        let elsewhere = Elsewhere::of(index);
        for number in 0..index.items.len() {
            let item = &index.items[number];
            if item.left_out {
                continue;
            }
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            match &item.detail {
                Detail::Call(call) => {
                    if let Some((digest, mentions)) = &call.shell
                        && passes_on(index, &elsewhere, &call.path)
                    {
                        let (digest, mentions) = (*digest, mentions.as_slice().into());
                        let item = &mut index.items[number];
                        (item.digest, item.mentions) = (digest, mentions);
                        item.view = View::Shell;
                    } else {
                        let expansion = expansion(index, &elsewhere, id);
                        expansions.add(index, id, expansion);
                    }
                }
                Detail::Include { read: false } | Detail::Unknown => {
                    let expansion = Expansion {
                        anything: true,
                        defines_anything: true,
                        ..Expansion::default()
                    };
                    expansions.add(index, id, expansion);
                }
                _ => {}
            }
        }
        expansions
    }

    fn add(&mut self, index: &Index, call: ItemId, expansion: Expansion) {
        let module = index.item(call).module;
        for name in &expansion.names {
            self.providers
                .entry((module, *name))
                .or_default()
                .push(call);
            self.makers.entry(*name).or_default().push(call);
        }
        if expansion.defines_anything {
            let krate = index.module(module).krate;
            self.anything.entry(krate).or_default().push(call);
        }
        if expansion.imports_traits {
            self.importing.entry(module).or_default().push(call);
        }
        self.by_call.insert(call, self.calls.len());
        self.calls.push((call, expansion));
    }

    /// What a call may define, if it does more than pass its arguments on.
    pub(crate) fn of_call(&self, call: ItemId) -> Option<&Expansion> {
        let number = self.by_call.get(&call)?;
        Some(&self.calls[*number].1)
    }

    /// The calls of a module that may define a name.
    pub(crate) fn providers(&self, module: ModuleId, name: Symbol) -> &[ItemId] {
        self.providers
            .get(&(module, name))
            .map_or(&[], Vec::as_slice)
    }

    /// Every name that calls may define, and in which modules.
    pub(crate) fn provided(&self) -> impl Iterator<Item = (Symbol, ModuleId)> {
        let provided = self.providers.keys();
        provided.map(|(module, name)| (*name, *module))
    }

    /// The calls anywhere that may define a macro of a name.
    pub(crate) fn makers(&self, name: Symbol) -> &[ItemId] {
        self.makers.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Whether any call may bring traits into scope.
    pub(crate) fn import_traits(&self) -> bool {
        !self.importing.is_empty()
    }

    /// The calls of a module that may bring traits into its scope.
    pub(crate) fn importing(&self, module: ModuleId) -> &[ItemId] {
        self.importing.get(&module).map_or(&[], Vec::as_slice)
    }

    /// Whether an item is a call that paths may lead through to what is elsewhere.
    pub(crate) fn leads_on(&self, item: ItemId) -> bool {
        self.of_call(item)
            .is_some_and(|expansion| expansion.modules || expansion.anything)
    }

    /// The calls of a crate that may define what nothing else does.
    pub(crate) fn anything(&self, krate: CrateId) -> &[ItemId] {
        self.anything.get(&krate).map_or(&[], Vec::as_slice)
    }
}

/// Whether a macro of std's is an expression whatever it is given: it defines nothing that has a name outside.
fn takes_values(name: &str) -> bool {
    const VALUES: &[&str] = &[
        "addr_of",
        "addr_of_mut",
        "asm",
        "assert_matches",
        "const_format_args",
        "is_aarch64_feature_detected",
        "is_x86_feature_detected",
        "naked_asm",
        "offset_of",
        "pin",
        "ready",
        "stringify",
    ];
    VALUES.contains(&name) || super::collect::is_blind_name(name) && name != "include"
}

/// Whether a macro that is not ours names nothing of ours but what it is given, nor puts names together.
pub(crate) fn names_what_it_is_given(name: &str) -> bool {
    super::collect::is_blind_to_spacing(name)
        || takes_values(name)
        || CLOSED.contains(&name)
        || PASSING.contains(&name)
}

/// Whether a macro of this path passes the items in its arguments on as they are.
fn passes_on(index: &Index, elsewhere: &Elsewhere, path: &[Symbol]) -> bool {
    let Some(name) = path.last() else {
        return false;
    };
    let definitions = index.scopes.macros(*name);
    let is_known = PASSING.contains(&index.text(*name));
    if definitions.is_empty() || elsewhere.may_have(index, path) && !is_known {
        return is_known;
    }
    definitions.iter().all(|definition| {
        matches!(&index.item(*definition).detail, Detail::Macro(facts) if facts.transparent)
    })
}

/// Where a macro is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Where it can make any item.
    Items,
    /// In the body of an impl or a trait, where it can make members alone; or of a function, where it can make nothing
    /// that has a name outside.
    Members,
}

fn expansion(index: &Index, elsewhere: &Elsewhere, call: ItemId) -> Expansion {
    let item = index.item(call);
    let Detail::Call(facts) = &item.detail else {
        return Expansion::default();
    };
    let arguments = &facts.arguments;
    let defined = arguments.defined.iter().copied().collect();
    let is_member = is_among_members(index, item);
    let (names, members, place) = if is_member {
        (HashSet::default(), defined, Place::Members)
    } else {
        (defined, HashSet::default(), Place::Items)
    };
    let mut expansion = Expansion {
        names,
        members,
        anything: arguments.pastes,
        defines_anything: arguments.pastes,
        given: arguments.identifiers.iter().copied().collect(),
        traits: arguments.traits,
        modules: arguments.modules,
        statics: arguments.statics,
        foreign: arguments.foreign || is_foreign(index, item),
        exports: arguments.exports,
        imports_traits: arguments.imports_traits,
        ..Expansion::default()
    };
    let own = arguments.implements.iter();
    expansion
        .implements
        .extend(own.map(|head| (head.clone(), item.module)));
    let mut taken = Taken::default();
    // What is called among the arguments may come to stand anywhere too.
    let called = called_by(index, elsewhere, item);
    let mut waiting: Vec<(Called, Place)> = called.map(|called| (called, place)).collect();
    let mut seen: BTreeSet<(Called, Place)> = waiting.iter().copied().collect();
    // The most open place where a macro is called by the name of a fragment.
    let mut by_fragment: Option<Place> = None;
    while let Some((called, place)) = waiting.pop() {
        let definitions = index.scopes.macros(called.name);
        if definitions.is_empty() || called.is_elsewhere {
            let text = index.text(called.name);
            if !takes_values(text) {
                taken.note(place);
            }
            expansion.exports |= text == "global_asm";
            expansion.surprise(!names_what_it_is_given(text), place == Place::Items);
        }
        for definition in definitions {
            let Detail::Macro(facts) = &index.item(*definition).detail else {
                continue;
            };
            if facts.calls_fragments {
                let place = if facts.items_by_fragments {
                    place
                } else {
                    Place::Members
                };
                by_fragment = Some(by_fragment.map_or(place, |known| known.min(place)));
            }
            expansion.lead_to(index, *definition);
            expansion.define(facts, place, &mut taken);
            for called in called_by(index, elsewhere, index.item(*definition)) {
                let place = if facts.called.contains(&called.name) {
                    place
                } else {
                    Place::Members
                };
                if seen.insert((called, place)) {
                    waiting.push((called, place));
                }
            }
        }
        if waiting.is_empty()
            && let Some(place) = by_fragment
        {
            let given = expansion.given_macros(index).into_iter();
            let called = |name| Called::of(index, elsewhere, &[name]);
            let given = given.filter_map(called).map(|called| (called, place));
            waiting.extend(given.filter(|next| seen.insert(*next)));
        }
    }
    let is_open = by_fragment.is_some() && !expansion.may_be_given_macro(index);
    expansion.surprise(is_open, by_fragment == Some(Place::Items));
    if taken.names {
        expansion.names.extend(&expansion.given);
    }
    if taken.members {
        expansion.members.extend(&expansion.given);
    }
    // Nobody outside can name what its functions define or bring into scope.
    expansion.defines_anything &= !is_member;
    expansion.imports_traits &= !is_member;
    expansion
}

/// A macro that is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Called {
    name: Symbol,
    /// Whether another crate's may be meant, be there one of ours with the name or not.
    is_elsewhere: bool,
}

impl Called {
    fn of(index: &Index, elsewhere: &Elsewhere, path: &[Symbol]) -> Option<Self> {
        let name = *path.last()?;
        let is_elsewhere = elsewhere.may_have(index, path);
        Some(Self { name, is_elsewhere })
    }
}

/// What the tokens of a macro or of a call call.
fn called_by<'i>(
    index: &'i Index,
    elsewhere: &'i Elsewhere,
    item: &'i Item,
) -> impl Iterator<Item = Called> + use<'i> {
    item.mentions.iter().filter_map(|mention| match mention {
        Mention::Macro(path) => Called::of(index, elsewhere, path),
        _ => None,
    })
}

/// Whether a call stands in the body of an impl or a trait: what it makes has no names outside.
fn is_among_members(index: &Index, call: &Item) -> bool {
    let owner = call.owner.map(|owner| index.item(owner).kind);
    matches!(owner, Some(ItemKind::Impl | ItemKind::Trait))
}

/// Whether a call stands among foreign items.
fn is_foreign(index: &Index, call: &Item) -> bool {
    let owner = call.owner.map(|owner| index.item(owner).kind);
    owner == Some(ItemKind::Foreign)
}

/// Whether any identifier that is given may be defined.
#[derive(Clone, Copy, Default)]
struct Taken {
    names: bool,
    members: bool,
}

impl Taken {
    fn note(&mut self, place: Place) {
        match place {
            Place::Items => self.names = true,
            Place::Members => self.members = true,
        }
    }
}

impl Expansion {
    /// Notes that a part of it may make anything; and whether that part stands where it would have a name.
    fn surprise(&mut self, is_unknown: bool, defines: bool) {
        self.anything |= is_unknown;
        self.defines_anything |= is_unknown && defines;
    }

    /// What counts wherever a definition is called.
    fn lead_to(&mut self, index: &Index, definition: ItemId) {
        let item = index.item(definition);
        let Detail::Macro(facts) = &item.detail else {
            return;
        };
        if self.macros.contains(&definition) {
            return;
        }
        self.macros.push(definition);
        // Names that are put together count wherever they stand.
        self.surprise(facts.pastes, true);
        self.given.extend(&facts.passed);
        self.traits |= facts.traits;
        self.modules |= facts.modules;
        self.statics |= facts.statics;
        self.foreign |= facts.foreign;
        self.exports |= facts.exports;
        self.imports_traits |= facts.imports_traits;
        let heads = facts.implements.iter();
        self.implements
            .extend(heads.map(|head| (head.clone(), item.module)));
    }

    /// The macros of ours that are given: where one is called by the name of a fragment, any of them may be meant.
    fn given_macros(&self, index: &Index) -> Vec<Symbol> {
        let given = self.given.iter().copied();
        let mut macros: Vec<Symbol> = given
            .filter(|name| !index.scopes.macros(*name).is_empty())
            .collect();
        macros.sort_unstable();
        macros
    }

    /// Whether a macro that is known is among what is given.
    fn may_be_given_macro(&self, index: &Index) -> bool {
        let is_known = |name: &Symbol| {
            !index.scopes.macros(*name).is_empty() || names_what_it_is_given(index.text(*name))
        };
        self.given.iter().any(is_known)
    }

    /// The names that a definition says, called in some place.
    fn define(&mut self, facts: &MacroFacts, place: Place, taken: &mut Taken) {
        self.members.extend(&facts.members);
        match place {
            Place::Items => self.names.extend(&facts.defined),
            Place::Members => self.members.extend(&facts.defined),
        }
        if facts.names_fragments {
            taken.note(place);
        }
        if facts.members_fragments {
            taken.note(Place::Members);
        }
    }
}
