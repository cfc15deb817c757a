//! Names of items that stay when files and lines move: crate, module path, kind and name (R3).

use std::cell::OnceCell;
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::lines::Lines;
use super::uses::KnownLines;
use super::{Hasher, Subject};
use crate::graph::{Closure, parts};
use crate::hash::HashMap;
use crate::index::symbol::Symbol;
use crate::index::{Digest, ImportId, Index, ItemId, ItemKind, ModuleId};

/// Identities of items, and what else functions have in common, each made once.
#[derive(Debug)]
pub(crate) struct Identities<'i> {
    index: &'i Index,
    catalogue: Catalogue,
    modules: Vec<OnceCell<Box<str>>>,
    /// Of what has members.
    owners: HashMap<ItemId, Arc<str>>,
    units: HashMap<ItemId, Digest>,
    imports: HashMap<ImportId, Arc<str>>,
    /// Of parts of closures that many functions share: the digests of the items, sorted, and the texts of the imports
    /// and of the uses of macros.
    shared_units: HashMap<*const Closure, Arc<[Digest]>>,
    shared_imports: HashMap<*const Closure, Arc<Lines>>,
    shared_orders: HashMap<*const Closure, Arc<Lines>>,
    uses: KnownLines,
}

impl<'i> Identities<'i> {
    /// Of everything that is in one of the closures.
    pub(crate) fn new(index: &'i Index, closures: &[Closure]) -> Self {
        let mut identities = Self {
            index,
            catalogue: Catalogue::default(),
            modules: vec![OnceCell::new(); index.modules.len()],
            owners: HashMap::default(),
            units: HashMap::default(),
            imports: HashMap::default(),
            shared_units: HashMap::default(),
            shared_imports: HashMap::default(),
            shared_orders: HashMap::default(),
            uses: KnownLines::default(),
        };
        let mut catalogue = Catalogue::new(index);
        let parts = parts(closures).into_iter();
        for reached in parts.flat_map(|part| &part.own_items) {
            catalogue.add(reached.item, |text| identities.write(reached.item, text));
        }
        identities.catalogue = catalogue;
        identities
    }

    pub(crate) fn into_catalogue(self) -> Catalogue {
        self.catalogue
    }

    /// `crate::module::fn name`; an impl is named by the digest of its header.
    pub(super) fn of(&mut self, item: ItemId) -> String {
        let mut identity = String::new();
        self.write(item, &mut identity);
        identity
    }

    fn write(&mut self, item: ItemId, text: &mut String) {
        let facts = self.index.item(item);
        match facts.owner {
            Some(owner) => text.push_str(&self.of_owner(owner)),
            None => text.push_str(self.of_module(facts.module)),
        }
        text.push_str("::");
        text.push_str(kind(facts.kind));
        text.push(' ');
        match facts.name {
            Some(name) => text.push_str(self.index.text(name)),
            // A nameless item is known by what it says.
            None => text.push_str(&hex::encode(facts.digest)),
        }
    }

    fn of_owner(&mut self, owner: ItemId) -> Arc<str> {
        if let Some(known) = self.owners.get(&owner) {
            return Arc::clone(known);
        }
        let identity: Arc<str> = self.of(owner).into();
        self.owners.insert(owner, Arc::clone(&identity));
        identity
    }

    /// The digest of an item's identity and its tokens.
    pub(super) fn unit(&mut self, item: ItemId) -> Digest {
        if let Some(unit) = self.units.get(&item) {
            return *unit;
        }
        let mut hasher = Hasher::new("item");
        match self.catalogue.identity(item) {
            Some(identity) => hasher.part(identity),
            None => hasher.part(self.of(item)),
        }
        hasher.part(self.index.item(item).digest);
        let unit = hasher.finish().to_be_bytes();
        self.units.insert(item, unit);
        unit
    }

    /// What an import says, and where it stands.
    pub(super) fn import(&mut self, id: ImportId) -> Arc<str> {
        if let Some(known) = self.imports.get(&id) {
            return Arc::clone(known);
        }
        let text: Arc<str> = super::import_text(self.index, self, id).into();
        self.imports.insert(id, Arc::clone(&text));
        text
    }

    /// Where a macro with several definitions is used.
    pub(super) fn macro_order(&mut self, order: &(Symbol, ItemId, usize)) -> String {
        let (name, user, before) = order;
        let user = self.of(*user);
        format!("{}! in {user} after {before}", self.index.text(*name))
    }

    /// What manifests and the lock file say of the crates a closure reaches and uses.
    pub(super) fn lines_of_uses(
        &mut self,
        subject: Subject<'_>,
        closure: &Closure,
    ) -> Arc<[Arc<str>]> {
        self.uses.of(subject, closure)
    }

    /// The digests of a shared part's items, sorted.
    pub(super) fn units_of_shared(&mut self, shared: &Arc<Closure>) -> Arc<[Digest]> {
        let key = Arc::as_ptr(shared);
        if let Some(known) = self.shared_units.get(&key) {
            return Arc::clone(known);
        }
        let items = shared.own_items.iter();
        let mut units: Vec<Digest> = items.map(|reached| self.unit(reached.item)).collect();
        units.sort_unstable();
        let units: Arc<[Digest]> = units.into();
        self.shared_units.insert(key, Arc::clone(&units));
        units
    }

    /// The texts of a shared part's imports.
    pub(super) fn imports_of_shared(&mut self, shared: &Arc<Closure>) -> Arc<Lines> {
        let key = Arc::as_ptr(shared);
        if let Some(known) = self.shared_imports.get(&key) {
            return Arc::clone(known);
        }
        let texts = super::own_import_texts(self, shared);
        let lines = Arc::new(Lines::of(texts));
        self.shared_imports.insert(key, Arc::clone(&lines));
        lines
    }

    /// The texts of the uses of macros in a shared part.
    pub(super) fn macro_orders_of_shared(&mut self, shared: &Arc<Closure>) -> Arc<Lines> {
        let key = Arc::as_ptr(shared);
        if let Some(known) = self.shared_orders.get(&key) {
            return Arc::clone(known);
        }
        let lines = Arc::new(Lines::of(super::macro_orders(self, shared)));
        self.shared_orders.insert(key, Arc::clone(&lines));
        lines
    }

    /// `crate::module`, with `{}` for a function body.
    pub(crate) fn of_module(&self, module: ModuleId) -> &str {
        self.modules[module.0 as usize].get_or_init(|| {
            let facts = self.index.module(module);
            let path = match (facts.parent, facts.name.as_str()) {
                (None, _) => self.index.krate(facts.krate).name.clone(),
                (Some(parent), "") => format!("{}::{{}}", self.of_module(parent)),
                (Some(parent), name) => format!("{}::{name}", self.of_module(parent)),
            };
            path.into()
        })
    }
}

/// The word for a kind of item, in identities and in the manifest.
pub(crate) fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Fn => "fn",
        ItemKind::Const => "const",
        ItemKind::Static => "static",
        ItemKind::Struct => "struct",
        ItemKind::Enum => "enum",
        ItemKind::Union => "union",
        ItemKind::TypeAlias => "type",
        ItemKind::Trait => "trait",
        ItemKind::TraitAlias => "trait-alias",
        ItemKind::Mod => "mod",
        ItemKind::MacroRules => "macro",
        ItemKind::MacroCall => "macro-call",
        ItemKind::Impl => "impl",
        ItemKind::TraitMember(_) => "trait-member",
        ItemKind::ImplMember(_) => "impl-member",
        ItemKind::ExternCrate => "extern-crate",
        ItemKind::Foreign => "extern",
        ItemKind::Attributes => "attributes",
        ItemKind::Include => "include",
        ItemKind::Other => "other",
    }
}
