//! What derives and attribute macros may define beside their items (rule R15).
//!
//! No macro is expanded. Of those that are known, most define nothing but impls, and some what is named after the item, or
//! by an attribute of it: `UserBuilder`. Others may define anything in the module.

use serde::{Deserialize, Serialize};

use super::facts::Mention;
use super::symbol::{Symbol, letters};
use super::{Crate, CrateId, Index, Item, ItemId, ModuleId};
use crate::hash::HashMap;

/// Derives and attribute macros of other crates that name nothing but what their item does, and std's or
/// their own crate's paths.
const CLOSED: &[&str] = &[
    "Add",
    "AnyBitPattern",
    "Arbitrary",
    "Args",
    "AsRef",
    "BorrowDecode",
    "BorshDeserialize",
    "BorshSchema",
    "BorshSerialize",
    "Builder",
    "ByteEq",
    "ByteHash",
    "ConditionallySelectable",
    "ConstantTimeEq",
    "Constructor",
    "Contiguous",
    "Decode",
    "Deref",
    "DerefMut",
    "Derivative",
    "Deserialize",
    "DeserializeFromStr",
    "Deserialize_repr",
    "Diagnostic",
    "Display",
    "Educe",
    "Encode",
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
    "FromBytes",
    "FromPrimitive",
    "FromRepr",
    "FromRow",
    "FromStr",
    "FromZeros",
    "Getters",
    "Immutable",
    "Insertable",
    "Into",
    "IntoBytes",
    "IntoIterator",
    "IntoPrimitive",
    "IntoStaticStr",
    "IsVariant",
    "JsonSchema",
    "KnownLayout",
    "Message",
    "Mul",
    "MutGetters",
    "NoUninit",
    "Not",
    "NumCast",
    "NumOps",
    "One",
    "OpenApi",
    "Parser",
    "Pod",
    "PodInOption",
    "QueryFragment",
    "Queryable",
    "Selectable",
    "Serialize",
    "SerializeDisplay",
    "Serialize_repr",
    "Setters",
    "Snafu",
    "SplitAt",
    "Subcommand",
    "Sum",
    "ToPrimitive",
    "ToSchema",
    "TransparentWrapper",
    "TryFromBytes",
    "TryFromPrimitive",
    "TryInto",
    "TypedBuilder",
    "TypedPath",
    "Unaligned",
    "Unwrap",
    "Validate",
    "ValueEnum",
    "VariantNames",
    "Yokeable",
    "Zero",
    "ZeroFrom",
    "Zeroable",
    "ZeroableInOption",
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

/// Those of them that define more than impls: what the item, one of its variants or an attribute gives a name for.
const NAMING: &[&str] = &[
    "Builder",
    "EnumDiscriminants",
    "Snafu",
    "TypedBuilder",
    "pin_project",
];

/// What crates of procedural macros add to the name of the crate they go with.
const COMPANIONS: &[&str] = &[
    "_attributes",
    "_codegen",
    "_derive",
    "_impl",
    "_macro",
    "_macros",
    "_proc_macro",
    "_proc_macros",
];

/// Crates with a macro that has the name of a closed one.
const OTHERS: &[&str] = &["pest", "pest_derive"];

/// Items with derives or attribute macros that may define more than impls.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Adorned(HashMap<ModuleId, Makers>);

/// Those of a module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Makers {
    /// They may define any name.
    open: Vec<ItemId>,
    /// Names that may be made from what the items say, sorted. Of those that are open, only what they define that no
    /// item is called, as a rule.
    named: Vec<(Symbol, ItemId)>,
}

/// How a name is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// In a module, by a path that leads there.
    ByPath,
    /// By the code of the module: it may be a local variable.
    Inside,
}

impl Adorned {
    pub(super) fn of(index: &Index) -> Self {
        let mut found: HashMap<ModuleId, Makers> = HashMap::default();
        let mut parts = Parts::default();
        for (item, number) in index.items.iter().zip(0..) {
            let is_here = !item.left_out && item.owner.is_none() && item.name.is_some();
            let is_closed = |path: &Vec<Symbol>| is_closed(index, item.module, path);
            let is_open = !item.macros.iter().all(is_closed);
            let names = |path: &Vec<Symbol>| is_one_of(index, path, NAMING);
            if is_here && (is_open || item.macros.iter().any(names)) {
                let makers = found.entry(item.module).or_default();
                makers.open.extend(is_open.then_some(ItemId(number)));
                parts.add(index, ItemId(number), is_open);
            }
        }
        for (name, item) in parts.named(index) {
            let makers = found.entry(index.item(item).module).or_default();
            makers.named.push((name, item));
        }
        found.values_mut().for_each(Makers::sort);
        Self(found)
    }

    /// The names that macros may make from others, and in which modules.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Symbol, ModuleId)> {
        self.0.iter().flat_map(|(module, makers)| {
            let named = makers.named.iter();
            named.map(|(name, _)| (*name, *module))
        })
    }

    /// The items of a module whose macros may define any name.
    pub(crate) fn open_in(&self, module: ModuleId) -> &[ItemId] {
        self.0.get(&module).map_or(&[], |makers| &makers.open)
    }

    /// The items of a module whose macros may define a name that nothing else does.
    pub(crate) fn makers(
        &self,
        index: &Index,
        module: ModuleId,
        name: Symbol,
        sought: Sought,
    ) -> impl Iterator<Item = ItemId> {
        let makers = self.0.get(&module);
        makers.into_iter().flat_map(move |makers| {
            let is_any = sought == Sought::ByPath || may_be_item(index.text(name));
            let open = makers.open.iter().filter(move |_| is_any);
            open.copied().chain(makers.naming(name))
        })
    }
}

impl Makers {
    fn sort(&mut self) {
        // They come sorted by name.
        self.named.sort();
        self.named.dedup();
        self.named.shrink_to_fit();
    }

    fn naming(&self, name: Symbol) -> impl Iterator<Item = ItemId> {
        let begin = self.named.partition_point(|(other, _)| *other < name);
        let named = self.named[begin..].iter();
        let named = named.take_while(move |(other, _)| *other == name);
        named.map(|(_, item)| *item)
    }
}

/// The names that others are made from, without what tells `user_id` and `UserId` apart: with the items that say them,
/// and whether these are open.
#[derive(Default)]
struct Parts(HashMap<String, Vec<(ItemId, bool)>>);

impl Parts {
    fn add(&mut self, index: &Index, id: ItemId, is_open: bool) {
        let item = index.item(id);
        let said = item.variants.iter().copied().chain(spelled(index, item));
        for part in said.chain(item.name) {
            let part = letters(index.text(part)).collect();
            self.0.entry(part).or_default().push((id, is_open));
        }
    }

    /// Every name that begins or ends with a part, with the item.
    fn named(&self, index: &Index) -> Vec<(Symbol, ItemId)> {
        let mut found = Vec::new();
        if self.0.is_empty() {
            return found;
        }
        for name in index.symbols.matching(|_| true) {
            let text = index.text(name);
            let is_item = may_be_item(text);
            let text: String = letters(text).collect();
            let places = text.char_indices().map(|(place, _)| place);
            for place in places.chain([text.len()]) {
                let (begin, end) = text.split_at(place);
                let saying = [begin, end].into_iter().filter_map(|part| self.0.get(part));
                // What an open one makes of such a name, it may make of any.
                let saying = saying
                    .flatten()
                    .filter(|(_, is_open)| !(is_item && *is_open));
                found.extend(saying.map(|(item, _)| (name, *item)));
            }
        }
        found
    }
}

/// Whether a name is one of an item, as a rule: parameters have one letter, and variables begin with a small one.
pub(crate) fn may_be_item(name: &str) -> bool {
    name.len() > 1 && name.starts_with(char::is_uppercase)
}

/// Whether a derive or attribute macro is known to define nothing but impls, or what is named after its item.
pub(crate) fn is_closed(index: &Index, module: ModuleId, path: &[Symbol]) -> bool {
    let is_other = |path: &[Symbol]| {
        path.first()
            .is_some_and(|head| OTHERS.contains(&index.text(*head)))
    };
    let imports = index.module(module).imports.iter();
    let mut imports = imports.map(|import| index.import(*import));
    is_one_of(index, path, CLOSED)
        && !is_other(path)
        && !imports.any(|import| import.name.as_ref() == path.last() && is_other(&import.path))
}

/// The crate of ours that the macros of another crate go with, as `serde_derive` does with `serde`: what they make calls
/// what that one has for them alone.
pub(crate) fn companion(index: &Index, path: &[Symbol]) -> Option<CrateId> {
    let head = path.iter().find(|part| !index.text(**part).is_empty())?;
    let goes_with = |krate: &Crate| {
        let rest = index.text(*head).strip_prefix(&krate.name);
        rest.is_some_and(|rest| COMPANIONS.contains(&rest))
    };
    let found = index.crates.iter().position(goes_with)?;
    Some(CrateId(u32::try_from(found).ok()?))
}

/// Whether an attribute macro may make something else of an item.
pub(crate) fn may_rename(index: &Index, item: ItemId) -> bool {
    let item = index.item(item);
    let mut macros = item.macros.iter();
    macros.any(|path| !is_closed(index, item.module, path))
}

fn is_one_of(index: &Index, path: &[Symbol], names: &[&str]) -> bool {
    path.last()
        .is_some_and(|last| names.contains(&index.text(*last)))
}

/// The names that stand alone in an item: among them are those in its attributes. Those of the macros themselves are
/// nobody's but theirs.
fn spelled(index: &Index, item: &Item) -> impl Iterator<Item = Symbol> {
    let is_macro = |name: &Symbol| item.macros.iter().any(|path| path.last() == Some(name));
    let mentions = item.mentions.iter();
    let alone = mentions.filter_map(|mention| match mention {
        Mention::Path(path) if path.len() == 1 => Some(path[0]),
        _ => None,
    });
    alone.filter(move |name| index.text(*name).starts_with(char::is_uppercase) && !is_macro(name))
}
