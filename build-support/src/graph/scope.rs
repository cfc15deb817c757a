//! Imports that bring traits into scope (rule R10): they decide what a method call means without being named.

use super::in_scope::InScope;
use crate::hash::{HashMap, HashSet};
use crate::index::names::{Def, Resolver};
use crate::index::symbol::Symbol;
use crate::index::{ImportId, Index, ItemKind, ModuleId};

/// The imports of each module that may bring traits into scope.
#[derive(Clone, Debug, Default)]
pub(super) struct TraitNames {
    by_module: HashMap<ModuleId, Vec<TraitImport>>,
    /// By the number of some members: the modules with imports that bring them, and the places among their imports.
    by_members: Vec<Vec<(ModuleId, usize)>>,
    /// Members that imports may bring, each list once.
    members: Vec<Vec<Symbol>>,
    /// By a member: the numbers of the lists that it is in.
    with_member: HashMap<Symbol, Vec<usize>>,
}

/// An import that may bring a trait into scope.
#[derive(Clone, Debug)]
pub(super) struct TraitImport {
    pub(super) import: ImportId,
    /// The number of the members of its traits; `None` where they are not known.
    members: Option<usize>,
    /// The imports by way of which it leads there.
    pub(super) through: Vec<ImportId>,
    /// The modules all of whose traits it brings.
    pub(super) globs: Vec<ModuleId>,
}

/// What else std has under names like those of traits. An import of one of these decides nothing by being
/// there.
const NO_TRAITS: &[&str] = &[
    "Arc",
    "AtomicBool",
    "AtomicI32",
    "AtomicI64",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Box",
    "BufReader",
    "BufWriter",
    "Bound",
    "CStr",
    "CString",
    "Cell",
    "Chars",
    "Child",
    "Command",
    "Condvar",
    "Context",
    "ControlFlow",
    "Cow",
    "Cursor",
    "Debug",
    "DefaultHasher",
    "DirEntry",
    "Display",
    "Duration",
    "Entry",
    "ErrorKind",
    "ExitCode",
    "File",
    "Formatter",
    "HashMap",
    "HashSet",
    "Infallible",
    "Instant",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "Iter",
    "Layout",
    "LazyCell",
    "LazyLock",
    "LinkedList",
    "Location",
    "ManuallyDrop",
    "Metadata",
    "Mutex",
    "MutexGuard",
    "NonNull",
    "NonZero",
    "NonZeroU32",
    "NonZeroU64",
    "NonZeroU8",
    "NonZeroUsize",
    "Once",
    "OnceCell",
    "OnceLock",
    "OpenOptions",
    "Ordering",
    "OsStr",
    "OsString",
    "Output",
    "ParseIntError",
    "Path",
    "PathBuf",
    "Peekable",
    "PhantomData",
    "Pin",
    "Poll",
    "Range",
    "RangeFrom",
    "RangeFull",
    "RangeInclusive",
    "RangeTo",
    "Rc",
    "Ref",
    "RefCell",
    "RefMut",
    "Result",
    "Reverse",
    "RwLock",
    "Saturating",
    "SocketAddr",
    "Stdin",
    "Stdout",
    "String",
    "SystemTime",
    "TcpListener",
    "TcpStream",
    "Thread",
    "ThreadId",
    "TypeId",
    "Utf8Error",
    "Vec",
    "VecDeque",
    "Waker",
    "Weak",
    "Wrapping",
];

impl TraitNames {
    /// With what is in scope of each module's code: both ask where imports lead.
    pub(super) fn of(index: &Index, resolver: &Resolver<'_>) -> (Self, InScope) {
        let mut traits = Self::default();
        let mut numbers = HashMap::default();
        let mut in_scope = InScope::of_items(index);
        for (number, import) in index.imports.iter().enumerate() {
            let id = ImportId(u32::try_from(number).expect("imports are counted in 32 bits"));
            let krate = index.module(import.module).krate;
            let resolution = resolver.resolve(import.module, &import.path, krate);
            in_scope.add(index, import, &resolution);
            let defs = &resolution.defs;
            let Some(members) = members(index, defs, import.name) else {
                continue;
            };
            let is_glob = import.name.is_none();
            let globs = defs.iter().filter_map(|def| match def {
                Def::Module(module) if is_glob => Some(*module),
                _ => None,
            });
            let import = TraitImport {
                import: id,
                through: resolution.imports.clone(),
                globs: globs.collect(),
                members: (!members.is_empty()).then(|| traits.number(members, &mut numbers)),
            };
            traits.add(index.import(id).module, import);
        }
        (traits, in_scope)
    }

    fn add(&mut self, module: ModuleId, import: TraitImport) {
        let imports = self.by_module.entry(module).or_default();
        if let Some(members) = import.members {
            self.by_members[members].push((module, imports.len()));
        }
        imports.push(import);
    }

    /// The number of some members.
    fn number(&mut self, members: Vec<Symbol>, numbers: &mut HashMap<Vec<Symbol>, usize>) -> usize {
        if let Some(number) = numbers.get(&members) {
            return *number;
        }
        let number = self.members.len();
        for member in &members {
            self.with_member.entry(*member).or_default().push(number);
        }
        self.members.push(members.clone());
        self.by_members.push(Vec::new());
        numbers.insert(members, number);
        number
    }

    /// A module, and all whose traits its globs bring.
    pub(super) fn brought_into(&self, module: ModuleId) -> HashSet<ModuleId> {
        let globs = self.imports([module]).into_iter();
        globs
            .flat_map(|import| import.globs.iter().copied())
            .chain([module])
            .collect()
    }

    /// Those of some modules, and of all modules whose traits come with them.
    pub(super) fn imports(&self, modules: impl IntoIterator<Item = ModuleId>) -> Vec<&TraitImport> {
        self.further_imports(modules, &mut HashSet::default())
    }

    /// The same, but for the modules that were seen.
    pub(super) fn further_imports(
        &self,
        modules: impl IntoIterator<Item = ModuleId>,
        seen: &mut HashSet<ModuleId>,
    ) -> Vec<&TraitImport> {
        let modules = modules.into_iter();
        let mut waiting: Vec<ModuleId> = modules.filter(|module| seen.insert(*module)).collect();
        let mut found = Vec::new();
        while let Some(module) = waiting.pop() {
            for import in self.by_module.get(&module).map_or(&[][..], Vec::as_slice) {
                let next = import.globs.iter().filter(|module| seen.insert(**module));
                waiting.extend(next);
                found.push(import);
            }
        }
        found
    }

    /// Those that may bring a member of this name, with their modules.
    pub(super) fn with_member(
        &self,
        name: Symbol,
    ) -> impl Iterator<Item = (ModuleId, &TraitImport)> {
        let numbers = self.with_member.get(&name).into_iter().flatten();
        let places = numbers.flat_map(|number| &self.by_members[*number]);
        places.map(|(module, place)| (*module, &self.by_module[module][*place]))
    }

    /// Of each list of members, whether any of them is asked for.
    pub(super) fn asked(&self, is_asked: impl Fn(Symbol) -> bool) -> AskedMembers {
        let lists = self.members.iter();
        let asked = lists.map(|members| members.iter().any(|name| is_asked(*name)));
        AskedMembers(asked.collect())
    }
}

/// By the numbers of lists of members.
pub(super) struct AskedMembers(Vec<bool>);

impl AskedMembers {
    /// Whether an import may bring a member that is asked for.
    pub(super) fn decides(&self, import: &TraitImport) -> bool {
        import.members.is_none_or(|members| self.0[members])
    }
}

/// The members of the traits an import may bring into scope: none listed where that can't be known, `None`
/// where it can bring none.
fn members(index: &Index, defs: &[Def], name: Option<Symbol>) -> Option<Vec<Symbol>> {
    let mut found = Vec::new();
    let mut brings = false;
    for def in defs {
        match def {
            Def::Item(item) if index.item(*item).kind == ItemKind::Trait => {
                brings = true;
                found.extend(index.members_of_trait(*item));
            }
            Def::External(path) if may_be_trait(index, path, name) => return Some(Vec::new()),
            Def::Module(module) if name.is_none() && index.may_export_traits(*module) => {
                return Some(Vec::new());
            }
            _ => {}
        }
    }
    // A trait without members decides nothing.
    (brings && !found.is_empty()).then_some(found)
}

fn may_be_trait(index: &Index, path: &[Symbol], name: Option<Symbol>) -> bool {
    if name.is_none() {
        return true;
    }
    let is_std = path
        .first()
        .is_some_and(|head| matches!(index.text(*head), "std" | "core" | "alloc"));
    let last = path.last().map_or("", |last| index.text(*last));
    last.starts_with(char::is_uppercase) && !(is_std && NO_TRAITS.contains(&last))
}

impl Index {
    fn members_of_trait(&self, trait_: crate::index::ItemId) -> impl Iterator<Item = Symbol> {
        let module = self.module(self.item(trait_).module);
        module
            .items
            .iter()
            .map(|item| self.item(*item))
            .filter(move |item| item.owner == Some(trait_))
            .filter_map(|item| item.name)
    }

    /// Whether a glob of a module may bring a trait.
    fn may_export_traits(&self, module: ModuleId) -> bool {
        let module = self.module(module);
        !module.imports.is_empty()
            || module.items.iter().any(|item| {
                matches!(
                    self.item(*item).kind,
                    ItemKind::Trait | ItemKind::TraitAlias | ItemKind::MacroCall
                )
            })
    }
}
