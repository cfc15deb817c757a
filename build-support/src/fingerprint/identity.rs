//! Names of items that stay when files and lines move: crate, module path, kind and name (R3).

use super::Hasher;
use crate::hash::HashMap;
use crate::index::{Digest, ImportId, Index, ItemId, ItemKind, ModuleId};

/// Identities of items, each made once.
#[derive(Debug)]
pub(crate) struct Identities<'i> {
    index: &'i Index,
    known: HashMap<ItemId, String>,
    units: HashMap<ItemId, Digest>,
    imports: HashMap<ImportId, String>,
}

impl<'i> Identities<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            known: HashMap::default(),
            units: HashMap::default(),
            imports: HashMap::default(),
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
    pub(super) fn import(&mut self, id: ImportId) -> String {
        if let Some(known) = self.imports.get(&id) {
            return known.clone();
        }
        let text = super::import_text(self.index, self, id);
        self.imports.insert(id, text.clone());
        text
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
