//! Names of items that stay when files and lines move: crate, module path, kind and name (R3).

use std::sync::Arc;

use super::Hasher;
use crate::graph::Closure;
use crate::hash::HashMap;
use crate::index::{Digest, ImportId, Index, ItemId, ItemKind, ModuleId};

/// Identities of items, each made once.
#[derive(Debug)]
pub(crate) struct Identities<'i> {
    index: &'i Index,
    known: HashMap<ItemId, String>,
    units: HashMap<ItemId, Digest>,
    imports: HashMap<ImportId, Arc<str>>,
    /// Of parts of closures that many functions share: the digests of the items and the texts of the imports,
    /// sorted.
    shared_units: HashMap<*const Closure, Arc<[Digest]>>,
    shared_imports: HashMap<*const Closure, Arc<[Arc<str>]>>,
}

impl<'i> Identities<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            known: HashMap::default(),
            units: HashMap::default(),
            imports: HashMap::default(),
            shared_units: HashMap::default(),
            shared_imports: HashMap::default(),
        }
    }

    /// `crate::module::fn name`; an impl is named by the digest of its header.
    pub(crate) fn of(&mut self, item: ItemId) -> String {
        if let Some(known) = self.known.get(&item) {
            return known.clone();
        }
        let facts = self.index.item(item);
        let scope = match facts.owner {
            Some(owner) => self.of(owner),
            None => self.of_module(facts.module),
        };
        let name = match facts.name {
            Some(name) => self.index.text(name).to_owned(),
            // A nameless item is known by what it says.
            None => hex::encode(facts.digest),
        };
        let identity = format!("{scope}::{} {name}", kind(facts.kind));
        self.known.insert(item, identity.clone());
        identity
    }

    /// The digest of an item's identity and its tokens.
    pub(crate) fn unit(&mut self, index: &Index, item: ItemId) -> Digest {
        if let Some(unit) = self.units.get(&item) {
            return *unit;
        }
        let mut hasher = Hasher::new("item");
        hasher.part(self.of(item));
        hasher.part(index.item(item).digest);
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

    /// The digests of a shared part's items, sorted.
    pub(super) fn units_of_shared(
        &mut self,
        index: &Index,
        shared: &Arc<Closure>,
    ) -> Arc<[Digest]> {
        let key = Arc::as_ptr(shared);
        if let Some(known) = self.shared_units.get(&key) {
            return Arc::clone(known);
        }
        let items = shared.own_items.iter();
        let mut units: Vec<Digest> = items
            .map(|reached| self.unit(index, reached.item))
            .collect();
        units.sort_unstable();
        let units: Arc<[Digest]> = units.into();
        self.shared_units.insert(key, Arc::clone(&units));
        units
    }

    /// The texts of a shared part's imports, sorted.
    pub(crate) fn imports_of_shared(&mut self, shared: &Arc<Closure>) -> Arc<[Arc<str>]> {
        let key = Arc::as_ptr(shared);
        if let Some(known) = self.shared_imports.get(&key) {
            return Arc::clone(known);
        }
        let imports = shared.own_imports.iter();
        let mut texts: Vec<Arc<str>> = imports.map(|import| self.import(*import)).collect();
        texts.sort();
        texts.dedup();
        let texts: Arc<[Arc<str>]> = texts.into();
        self.shared_imports.insert(key, Arc::clone(&texts));
        texts
    }

    /// `crate::module`, with `{}` for a function body.
    pub(crate) fn of_module(&self, module: ModuleId) -> String {
        let facts = self.index.module(module);
        match (facts.parent, facts.name.as_str()) {
            (None, _) => self.index.krate(facts.krate).name.clone(),
            (Some(parent), "") => format!("{}::{{}}", self.of_module(parent)),
            (Some(parent), name) => format!("{}::{name}", self.of_module(parent)),
        }
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
