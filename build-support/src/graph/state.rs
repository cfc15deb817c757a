//! Statics that may change while the program runs (rule R12).

use std::ops::ControlFlow;

use super::impls::Impls;
use super::linker::Linker;
use crate::hash::HashSet;
use crate::index::adorned;
use crate::index::facts::{Mention, StaticFacts};
use crate::index::names::Def;
use crate::index::symbol::Symbol;
use crate::index::{Detail, Index, Item, ItemId, ItemKind, ModuleId};

/// Types through which a shared reference is enough to change a value.
const CELLS: &[&str] = &[
    "ArcSwap",
    "ArcSwapOption",
    "AtomicBool",
    "AtomicCell",
    "AtomicI128",
    "AtomicI16",
    "AtomicI32",
    "AtomicI64",
    "AtomicI8",
    "AtomicIsize",
    "AtomicPtr",
    "AtomicU128",
    "AtomicU16",
    "AtomicU32",
    "AtomicU64",
    "AtomicU8",
    "AtomicUsize",
    "Barrier",
    "Cell",
    "Condvar",
    "ConcurrentQueue",
    "DashMap",
    "DashSet",
    "FairMutex",
    "LocalKey",
    "Mutex",
    "NonNull",
    "Notify",
    "Once",
    "OnceBool",
    "OnceBox",
    "OnceCell",
    "OnceLock",
    "OnceNonZeroUsize",
    "OnceRef",
    "Pool",
    "Receiver",
    "RefCell",
    "ReentrantLock",
    "ReentrantMutex",
    "Rwlock",
    "RwLock",
    "SegQueue",
    "Sender",
    "Semaphore",
    "Slab",
    "SyncSender",
    "SyncUnsafeCell",
    "UnsafeCell",
];

/// Stands for a pointer through which something may be changed.
pub(crate) const POINTER: &str = "*mut";

/// Types of std's and of well-known crates that can't be changed through a shared reference, unless by what is
/// in them.
const FROZEN: &[&str] = &[
    "AHashMap",
    "AHashSet",
    "AhoCorasick",
    "Arc",
    "Array",
    "ArrayString",
    "ArrayVec",
    "AsciiSet",
    "BTreeMap",
    "BTreeSet",
    "BigInt",
    "BigUint",
    "Box",
    "BuildHasherDefault",
    "CStr",
    "CString",
    "Cow",
    "Date",
    "DateTime",
    "Decimal",
    "Duration",
    "Entry",
    "Fn",
    "FnMut",
    "FnOnce",
    "FnvBuildHasher",
    "FnvHashMap",
    "FnvHashSet",
    "FnvIndexMap",
    "FnvIndexSet",
    "FxBuildHasher",
    "FxHashMap",
    "FxHashSet",
    "FxIndexMap",
    "FxIndexSet",
    "GlobSet",
    "HashMap",
    "HashSet",
    "HeaderName",
    "HeaderValue",
    "IndexMap",
    "IndexSet",
    "Instant",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "Lazy",
    "LazyCell",
    "LazyLock",
    "Map",
    "Method",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "NonZero",
    "NonZeroU32",
    "NonZeroU64",
    "NonZeroUsize",
    "Option",
    "OrderedMap",
    "OrderedSet",
    "OsStr",
    "OsString",
    "Path",
    "PathBuf",
    "PhantomData",
    "RandomState",
    "Range",
    "RangeInclusive",
    "Rc",
    "Regex",
    "RegexSet",
    "Result",
    "Send",
    "Set",
    "SmallVec",
    "SmolStr",
    "SocketAddr",
    "String",
    "StatusCode",
    "Sync",
    "Serialize",
    "Deserialize",
    "SystemTime",
    "TypeId",
    "Uri",
    "Url",
    "Uuid",
    "Value",
    "Vec",
    "VecDeque",
    "Version",
    "VersionReq",
    "Wrapping",
];

/// Those among them that are set once.
const ONCE: &[&str] = &[
    "Once",
    "OnceBool",
    "OnceBox",
    "OnceCell",
    "OnceLock",
    "OnceNonZeroUsize",
    "OnceRef",
];

/// Methods that put a value of the caller's into a cell that is set once.
const SETTERS: &[&str] = &[
    "get_mut",
    "insert",
    "replace",
    "set",
    "take",
    "try_insert",
    "with",
];

pub(super) mod in_bodies;
mod objects;

/// Methods that put a value into such a cell if there is none.
const INITIALISERS: &[&str] = &[
    "call_once",
    "call_once_force",
    "get_or_init",
    "get_or_try_init",
];

/// How a static may come to hold something else than what its initialiser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mutability {
    Never,
    /// Once, when it is first asked for.
    Once,
    Always,
}

/// How a static may change.
pub(super) fn mutability(
    index: &Index,
    linker: &Linker<'_>,
    impls: &Impls,
    item: ItemId,
) -> Mutability {
    let facts = index.item(item);
    let mut look = Look {
        index,
        linker,
        impls,
        seen: HashSet::default(),
    };
    let StaticFacts { mutable, types } = match &facts.detail {
        Detail::Static(found) => &**found,
        Detail::Call(_) => return look.made_by_call(item),
        // `static NAME: Type;`, for an attribute macro to fill.
        Detail::Unknown => return Mutability::Always,
        _ if in_bodies::may_hold(facts.kind) => return look.in_body(item),
        _ => return Mutability::Never,
    };
    let is_pointer = |path: &[Symbol]| path.iter().any(|part| index.text(*part) == POINTER);
    // What an attribute macro makes of it may be a registry, which others add to: `#[distributed_slice]`.
    let is_registry = adorned::may_rename(index, item);
    if *mutable || is_registry || types.iter().any(|path| is_pointer(path)) {
        return Mutability::Always;
    }
    let paths = types.iter();
    let most_of_types = most(paths.map(|path| look.path(path, facts.module, item)));
    most_of_types.max(look.objects_of(item, facts.scope))
}

/// The most changeable of several, of which no more are looked at when one is as changeable as can be.
fn most(mut each: impl Iterator<Item = Mutability>) -> Mutability {
    let join = |most: Mutability, next: Mutability| match most.max(next) {
        Mutability::Always => ControlFlow::Break(Mutability::Always),
        most => ControlFlow::Continue(most),
    };
    let (ControlFlow::Break(most) | ControlFlow::Continue(most)) =
        each.try_fold(Mutability::Never, join);
    most
}

/// Whether the items that name a static which is set once can put nothing into it but what they compute themselves. It is
/// so with a single one that asks for the value, is given none, and calls nothing that takes one: any other may tell
/// whether it was set, or hand it to somebody who sets it.
pub(super) fn only_initialise(index: &Index, items: &[ItemId]) -> bool {
    let [item] = items else { return false };
    let item = index.item(*item);
    let calls = |methods: &[&str]| {
        item.mentions.iter().any(|mention| match mention {
            Mention::Method(name) => methods.contains(&index.text(*name)),
            _ => false,
        })
    };
    calls(INITIALISERS) && !(item.arguments || calls(SETTERS))
}

/// Whether a path in the tokens of an item is that of a derive or attribute macro.
fn is_attribute(item: &Item, path: &[Symbol]) -> bool {
    let mut attributes = item.macros.iter().chain(&item.macros_left_out);
    attributes.any(|attribute| attribute == path)
}

/// Looks through types for cells.
struct Look<'l, 'i> {
    index: &'i Index,
    linker: &'l Linker<'i>,
    impls: &'l Impls,
    seen: HashSet<ItemId>,
}

impl Look<'_, '_> {
    /// How the statics may change that a macro call makes.
    fn made_by_call(&mut self, call: ItemId) -> Mutability {
        let expansion = self.index.expansions.of_call(call);
        if !expansion.is_some_and(|expansion| expansion.statics) {
            return Mutability::Never;
        }
        self.call(call)
    }

    fn path(&mut self, path: &[Symbol], scope: ModuleId, user: ItemId) -> Mutability {
        let krate = self.index.module(self.index.item(user).module).krate;
        let found = self.linker.resolve_in(path, scope, krate);
        let defs = &found.defs;
        if defs.is_empty() {
            return self.external(path);
        }
        let index = self.index;
        most(defs.iter().map(|def| match def {
            Def::Item(_) | Def::Anything(_) => {
                most(def.items(index).iter().map(|item| self.item(*item)))
            }
            Def::External(path) => self.external(path),
            Def::Member(owner, name) => self.types_of_impls(*owner, Some(*name)),
            Def::Module(_) | Def::AnyMember(_) => Mutability::Never,
        }))
    }

    /// Whether a type of another crate is a cell, or may be one.
    fn external(&self, path: &[Symbol]) -> Mutability {
        let name = path.last().map_or("", |last| self.index.text(*last));
        let is_std = path.first().is_some_and(|head| {
            path.len() == 1 || matches!(self.index.text(*head), "std" | "core" | "alloc")
        });
        if ONCE.contains(&name) {
            Mutability::Once
        } else if CELLS.contains(&name) || !(is_std || FROZEN.contains(&name)) {
            Mutability::Always
        } else {
            Mutability::Never
        }
    }

    /// A type of ours is what it is made of. Of a trait, the types that its impls declare may be meant.
    fn item(&mut self, item: ItemId) -> Mutability {
        if !self.seen.insert(item) {
            return Mutability::Never;
        }
        let facts = self.index.item(item);
        match facts.kind {
            ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::TypeAlias => {
                self.paths_of(item, facts.scope)
            }
            ItemKind::Trait => self.types_of_impls(item, None),
            ItemKind::MacroCall => self.call(item),
            _ => Mutability::Never,
        }
    }

    /// The types that an item's tokens name, as read in a scope.
    fn paths_of(&mut self, item: ItemId, scope: ModuleId) -> Mutability {
        let facts = self.index.item(item);
        let signatures: &[Vec<Symbol>] = match &facts.detail {
            Detail::Type(signatures) => &signatures.0,
            _ => &[],
        };
        let paths = facts.mentions.iter().filter_map(|mention| match mention {
            Mention::Path(path) => Some(path),
            _ => None,
        });
        let paths = paths.filter(|path| !signatures.iter().any(|named| named[..] == path[..]));
        let is_pointer = |path: &[Symbol]| self.index.text(path[0]) == POINTER;
        if is_type(facts.kind) && paths.clone().any(|path| is_pointer(path)) {
            return Mutability::Always;
        }
        let types: Vec<_> = paths
            .filter(|path| self.is_type_name(path, scope) && !is_attribute(facts, path))
            .collect();
        let most_of_types = most(types.into_iter().map(|path| self.path(path, scope, item)));
        most_of_types.max(self.objects_of(item, scope))
    }

    /// What a macro call makes is made of what its arguments and its macros name, here or where they stand.
    fn call(&mut self, item: ItemId) -> Mutability {
        let Some(expansion) = self.index.expansions.of_call(item) else {
            return Mutability::Never;
        };
        if expansion.anything {
            return Mutability::Always;
        }
        let here = self.index.item(item).scope;
        let parts = expansion.macros.iter().copied().chain([item]);
        let read = parts.flat_map(|part| [(part, self.index.item(part).scope), (part, here)]);
        let read: Vec<_> = read.collect();
        most(
            read.into_iter()
                .map(|(part, scope)| self.paths_of(part, scope)),
        )
    }

    /// Of the paths in a type's tokens, those that begin like attributes are none, unless a type of ours has the name.
    fn is_type_name(&self, path: &[Symbol], scope: ModuleId) -> bool {
        let Some(last) = path.last() else {
            return false;
        };
        let is_type = |item: &ItemId| is_type(self.index.item(*item).kind);
        self.index.text(*last).starts_with(char::is_uppercase)
            || self.linker.types_in(path, scope).iter().any(is_type)
    }
}

const fn is_type(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::TypeAlias
    )
}
