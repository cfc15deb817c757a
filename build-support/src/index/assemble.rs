//! Facts of single files, put together along the module tree.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::adorned::Adorned;
use super::expansions::Expansions;
use super::facts::{FactKind, ItemFacts, Mention, OwnerFacts, ScopeKind, VisibilityFacts};
use super::std_traits::StdTraits;
use super::{
    Crate, CrateId, Detail, DocLine, Import, ImportId, Include, Index, Item, ItemId, ItemKind,
    Marked, Module, ModuleId, ModuleKind, Orphan, Owner, Place, View, Visibility,
};
use crate::source::FileId;
use crate::source::cfg::Predicate;
use crate::source::walk::{CrateFiles, ModuleFile};

mod incoming;

use self::incoming::{Incoming, kind};

impl Index {
    /// Assembles the crates of a target; the first is the target itself.
    /// Each file's facts are given up when they have been taken in.
    pub(crate) fn assemble(mut crates: Vec<CrateFiles>) -> Self {
        let mut index = Self::default();
        // Texts that are looked up later may have words that the sources have not.
        let own = ["", "<>", "$crate", "Self", "crate", "self", "super"];
        for word in own.into_iter().chain(StdTraits::names()) {
            index.symbols.intern(word);
        }
        for dependency in crates.iter().flat_map(|files| &files.dependencies) {
            index.symbols.intern(dependency);
        }
        index.make_room(&crates);
        for files in &mut crates {
            let id = CrateId(count(index.crates.len()));
            let root = ModuleId(count(index.modules.len()));
            let dependencies = files.dependencies.clone();
            index.crates.push(Crate {
                name: files.name.clone(),
                root,
                externs: Vec::new(),
                folders: files.folders.clone(),
                unparsed: files.unparsed.clone(),
                proc_macro: files.proc_macro,
                begins_at_root: files.begins_at_root,
                dependencies,
            });
            Assembler {
                index: &mut index,
                krate: id,
                files: &mut files.files,
                never: &files.never,
            }
            .krate();
        }
        for (id, files) in crates.iter().enumerate() {
            let externs = files.externs.iter();
            index.crates[id].externs = externs
                .map(|(name, krate)| (name.clone(), CrateId(count(*krate))))
                .collect();
        }
        index.scopes = super::names::Scopes::gather(&mut index);
        index.expansions = Expansions::of(&mut index);
        index.adorned = Adorned::of(&index);
        super::views::choose(&mut index);
        index.scopes = std::mem::take(&mut index.scopes).settle(&index);
        index.visible = super::visible::RootPaths::of(&index);
        index
    }

    /// Lists that grow by and by take up to twice the room.
    fn make_room(&mut self, crates: &[CrateFiles]) {
        let files = crates.iter().flat_map(|krate| &krate.files);
        let (mut items, mut imports) = (0, 0);
        for file in files {
            items += file.facts.items.len();
            imports += file.facts.imports.len();
        }
        self.items.reserve_exact(items);
        self.imports.reserve_exact(imports);
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 of anything")
}

struct Assembler<'a> {
    index: &'a mut Index,
    krate: CrateId,
    files: &'a mut [ModuleFile],
    /// Predicates that do not hold in this build, whatever else is built with it.
    never: &'a BTreeSet<String>,
}

impl Assembler<'_> {
    fn krate(&mut self) {
        if self.files.is_empty() {
            // Even a crate whose root can't be read has a root.
            self.module(
                None,
                String::new(),
                ModuleKind::Root,
                Visibility::Public,
                Vec::new(),
                None,
                FileId(0),
            );
            return;
        }
        self.file(0, None, None);
    }

    /// Adds a file as the module its declaration makes it.
    fn file(
        &mut self,
        number: usize,
        parent: Option<ModuleId>,
        declaration: Option<ItemId>,
    ) -> ModuleId {
        let source = std::mem::take(&mut self.files[number]);
        let mut facts = Arc::unwrap_or_clone(source.facts);
        let mentions = facts.items.iter_mut();
        let mentions = mentions
            .map(|item| std::mem::take(&mut item.mentions))
            .collect();
        let module = match declaration {
            Some(item) if self.is_include(item) => {
                self.index.items[item.0 as usize].detail = Detail::Include { read: true };
                self.index.item(item).module
            }
            Some(item) => self.declared(item, parent, source.file),
            None => self.module(
                None,
                String::new(),
                ModuleKind::Root,
                Visibility::Public,
                Vec::new(),
                None,
                source.file,
            ),
        };
        let symbols = facts
            .symbols
            .texts()
            .map(|text| self.index.symbols.intern(text))
            .collect();
        let mut incoming = Incoming {
            facts: &facts,
            mentions,
            file: source.file,
            symbols,
            modules: vec![module],
            items: Vec::new(),
            included_by: declaration.filter(|item| self.is_include(*item)),
        };
        self.contents(&mut incoming);
        if self.krate == CrateId(0) {
            self.target_only(&incoming, source.test_only);
        }
        let items = std::mem::take(&mut incoming.items);
        drop(facts);
        for (item, child) in source.children {
            let declaration = items[item];
            let parent = self.index.item(declaration).module;
            self.file(child, Some(parent), Some(declaration));
        }
        module
    }

    fn is_include(&self, item: ItemId) -> bool {
        self.index.item(item).kind == ItemKind::Include
    }

    fn declared(&mut self, item: ItemId, parent: Option<ModuleId>, file: FileId) -> ModuleId {
        let declaration = self.index.item(item);
        let (visibility, cfgs) = (declaration.visibility, declaration.cfgs.clone());
        let name = self.index.name(item).to_owned();
        let module = self.module(
            parent,
            name,
            ModuleKind::Named,
            visibility,
            cfgs,
            Some(item),
            file,
        );
        self.index.scopes.add_module(item, module);
        module
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one record")]
    fn module(
        &mut self,
        parent: Option<ModuleId>,
        name: String,
        kind: ModuleKind,
        visibility: Visibility,
        cfgs: Vec<String>,
        declaration: Option<ItemId>,
        file: FileId,
    ) -> ModuleId {
        let id = ModuleId(count(self.index.modules.len()));
        let (krate, items, imports) = (self.krate, Vec::new(), Vec::new());
        let around = parent.is_some_and(|parent| self.index.module(parent).left_out);
        let left_out = around || declaration.is_some_and(|item| self.index.item(item).left_out);
        self.index.modules.push(Module {
            krate,
            parent,
            name,
            kind,
            visibility,
            cfgs,
            left_out,
            declaration,
            file,
            items,
            imports,
            attributes: Vec::new(),
        });
        id
    }

    /// Adds scopes, items and imports. Scopes follow their parents and the items that declare them.
    fn contents(&mut self, incoming: &mut Incoming<'_>) {
        let facts = incoming.facts;
        let mut scopes = 1;
        for (number, item) in facts.items.iter().enumerate() {
            while scopes <= item.scope {
                self.scope(incoming, scopes);
                scopes += 1;
            }
            let mentions = std::mem::take(&mut incoming.mentions[number]);
            let id = self.item(incoming, item, mentions);
            incoming.items.push(id);
        }
        while scopes < facts.scopes.len() {
            self.scope(incoming, scopes);
            scopes += 1;
        }
        for (item, id) in facts.items.iter().zip(&incoming.items) {
            if let Some(body) = item.body {
                self.index.items[id.0 as usize].scope = incoming.modules[body];
            }
        }
        for import in &facts.imports {
            let module = incoming.modules[import.scope];
            if self.never_holds(&import.cfgs) {
                continue;
            }
            let import = Import {
                module,
                name: import.name.map(|name| incoming.symbol(name)),
                path: import
                    .path
                    .iter()
                    .map(|segment| incoming.symbol(*segment))
                    .collect(),
                cfgs: import.cfgs.clone(),
                visibility: self.visibility(incoming, &import.visibility, module),
                location: incoming.location(&import.location),
            };
            let id = ImportId(count(self.index.imports.len()));
            self.index.imports.push(import);
            self.index.modules[module.0 as usize].imports.push(id);
        }
    }

    fn scope(&mut self, incoming: &mut Incoming<'_>, number: usize) {
        let scope = &incoming.facts.scopes[number];
        let parent = scope.parent.map(|parent| incoming.modules[parent]);
        let module = match scope.kind {
            ScopeKind::Inline { item } => {
                self.declared(incoming.items[item], parent, incoming.file)
            }
            ScopeKind::File | ScopeKind::Block => {
                let visibility = parent.map_or(Visibility::Public, Visibility::Restricted);
                self.module(
                    parent,
                    String::new(),
                    ModuleKind::Block,
                    visibility,
                    Vec::new(),
                    None,
                    incoming.file,
                )
            }
        };
        incoming.modules.push(module);
    }

    fn item(
        &mut self,
        incoming: &Incoming<'_>,
        facts: &ItemFacts,
        mentions: Vec<Mention>,
    ) -> ItemId {
        let id = ItemId(count(self.index.items.len()));
        let module = incoming.modules[facts.scope];
        let item = Item {
            kind: kind(&facts.kind),
            name: facts.name.map(|name| incoming.symbol(name)),
            module,
            owner: facts.owner.map(|owner| incoming.items[owner]),
            visibility: self.visibility(incoming, &facts.visibility, module),
            cfgs: facts.cfgs.clone(),
            left_out: facts.test_only
                || self.index.module(module).left_out
                || facts
                    .owner
                    .is_some_and(|owner| self.index.item(incoming.items[owner]).left_out)
                || self.never_holds(&facts.cfgs),
            location: incoming.location(&facts.location),
            extent: incoming.location(&facts.extent),
            digest: facts.digest,
            view: View::Plain,
            spaced: facts.spaced,
            product_of: facts
                .product_of
                .map(|call| incoming.items[call])
                .or(incoming.included_by),
            arguments: facts.arguments,
            macros: incoming.paths_under(facts, |predicate| !self.never.contains(predicate)),
            macros_left_out: incoming
                .paths_under(facts, |predicate| self.never.contains(predicate)),
            link_name: facts.link_name.map(|name| incoming.symbol(name)),
            is_placed: facts.is_placed,
            detail: incoming.detail(&facts.kind),
            mentions: mentions
                .into_iter()
                .map(|mention| incoming.mention(mention))
                .collect(),
            scope: module,
            implementation: match &facts.kind {
                FactKind::Impl(header) => Some(Arc::new(incoming.header(header))),
                _ => None,
            },
            alias: match &facts.kind {
                FactKind::TypeAlias { target, .. } => Some(incoming.location(target)),
                _ => None,
            },
            variants: match &facts.kind {
                FactKind::Enum { variants } => variants
                    .iter()
                    .map(|variant| incoming.symbol(*variant))
                    .collect(),
                _ => Box::default(),
            },
        };
        self.index.items.push(item);
        let module = &mut self.index.modules[module.0 as usize];
        module.items.push(id);
        if matches!(facts.kind, FactKind::Attributes) {
            module.attributes.push(id);
        }
        id
    }

    fn never_holds(&self, cfgs: &[String]) -> bool {
        cfgs.iter().any(|cfg| self.never.contains(cfg))
    }

    /// `pub(in path)` by its module; a path that can't be followed is taken for the whole crate.
    fn visibility(
        &self,
        incoming: &Incoming<'_>,
        written: &VisibilityFacts,
        module: ModuleId,
    ) -> Visibility {
        let own = self.index.named_module(module);
        let VisibilityFacts::In(path) = written else {
            return if *written == VisibilityFacts::Public {
                Visibility::Public
            } else {
                Visibility::Restricted(own)
            };
        };
        let root = self.index.krate(self.krate).root;
        let mut at = root;
        for segment in path {
            match incoming.facts.symbols.text(*segment) {
                "self" => at = own,
                "super" => {
                    let from = if at == root { own } else { at };
                    at = self
                        .index
                        .module(from)
                        .parent
                        .map_or(root, |parent| self.index.named_module(parent));
                }
                "crate" => at = root,
                name => at = self.ancestor_named(own, name).unwrap_or(root),
            }
        }
        Visibility::Restricted(at)
    }

    /// `pub(in path)` names an ancestor.
    fn ancestor_named(&self, from: ModuleId, name: &str) -> Option<ModuleId> {
        let module = self.index.module(from);
        if module.name == name {
            Some(from)
        } else {
            self.ancestor_named(module.parent?, name)
        }
    }

    /// What is asked of the crate being built alone.
    fn target_only(&mut self, incoming: &Incoming<'_>, test_only: bool) {
        for marked in &incoming.facts.marked {
            let item = incoming.items[marked.item];
            if self.is_never_built(item) {
                continue;
            }
            let owner = self.index.item(item).owner;
            let place = if test_only || self.is_test_only(item) {
                Place::Test
            } else {
                marked.place
            };
            let marked = Marked {
                item,
                module: self.index.item(item).module,
                docs: marked
                    .docs
                    .iter()
                    .map(|(text, range)| DocLine {
                        text: text.clone(),
                        location: incoming.location(range),
                    })
                    .collect(),
                signature: incoming.location(&marked.signature),
                owner: match (&marked.owner, owner) {
                    (OwnerFacts::Inherent { header }, Some(item)) => Owner::Inherent {
                        header: incoming.location(header),
                        item,
                    },
                    (OwnerFacts::TraitImpl { header }, Some(item)) => Owner::TraitImpl {
                        header: incoming.location(header),
                        item,
                    },
                    (OwnerFacts::TraitDefault, _) => Owner::TraitDefault,
                    _ => Owner::Free,
                },
                place,
            };
            self.index.marked.push(marked);
        }
        for (range, attached_to) in &incoming.facts.orphans {
            self.index.orphans.push(Orphan {
                location: incoming.location(range),
                attached_to: attached_to.clone(),
            });
        }
        for include in &incoming.facts.includes {
            let (module, form) = (incoming.modules[include.scope], include.form.clone());
            self.index.includes.push(Include {
                module,
                form,
                location: incoming.location(&include.location),
            });
        }
    }

    /// Whether the item stands under a `cfg` that does not hold: no build of these settings has it.
    fn is_never_built(&self, item: ItemId) -> bool {
        let item = self.index.item(item);
        let owner = item.owner.map(|owner| self.index.item(owner));
        let mut modules = std::iter::successors(Some(item.module), |module| {
            self.index.module(*module).parent
        });
        self.never_holds(&item.cfgs)
            || owner.is_some_and(|owner| self.never_holds(&owner.cfgs))
            || modules.any(|module| self.never_holds(&self.index.module(module).cfgs))
    }

    /// Whether the item or its impl stands under a `cfg` that needs `test`.
    fn is_test_only(&self, item: ItemId) -> bool {
        let needs_test = |cfgs: &[String]| {
            cfgs.iter().any(|cfg| {
                syn::parse_str::<Predicate>(cfg).is_ok_and(|predicate| predicate.needs_test())
            })
        };
        let item = self.index.item(item);
        needs_test(&item.cfgs)
            || item
                .owner
                .is_some_and(|owner| needs_test(&self.index.item(owner).cfgs))
    }
}
