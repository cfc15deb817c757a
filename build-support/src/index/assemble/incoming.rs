//! One file's facts in the index's terms: its symbols are the index's own, its places those of the file.

use std::sync::Arc;

use crate::index::facts::{
    CallFacts, FactKind, FileFacts, HeadOf, ImplFacts, ImplHead, ItemFacts, MacroFacts, Mention,
    PathPart, Range, SelfType, Signatures, StaticFacts,
};
use crate::index::symbol::Symbol;
use crate::index::{Detail, ItemId, ItemKind, MemberKind, ModuleId};
use crate::source::{FileId, Location};

/// A file's facts on their way into the index.
pub(super) struct Incoming<'f> {
    pub(super) facts: &'f FileFacts,
    /// Of each item, until it is taken in; the facts have them no more.
    pub(super) mentions: Vec<Vec<Mention>>,
    pub(super) file: FileId,
    /// The index's symbol for each of the file's.
    pub(super) symbols: Vec<Symbol>,
    /// The module of each scope.
    pub(super) modules: Vec<ModuleId>,
    /// The item of each fact.
    pub(super) items: Vec<ItemId>,
    /// The `include!` the file stands for.
    pub(super) included_by: Option<ItemId>,
}

pub(super) fn kind(facts: &FactKind) -> ItemKind {
    match facts {
        FactKind::Fn => ItemKind::Fn,
        FactKind::Const => ItemKind::Const,
        FactKind::Static(_) => ItemKind::Static,
        FactKind::Struct(_) => ItemKind::Struct,
        FactKind::Enum { .. } => ItemKind::Enum,
        FactKind::Union => ItemKind::Union,
        FactKind::TypeAlias { .. } => ItemKind::TypeAlias,
        FactKind::Trait => ItemKind::Trait,
        FactKind::TraitAlias => ItemKind::TraitAlias,
        FactKind::Mod(_) => ItemKind::Mod,
        FactKind::MacroRules(_) => ItemKind::MacroRules,
        FactKind::MacroCall(_) => ItemKind::MacroCall,
        FactKind::Impl(_) => ItemKind::Impl,
        FactKind::TraitMember(kind) => ItemKind::TraitMember(*kind),
        FactKind::ImplMember(kind) => ItemKind::ImplMember(*kind),
        FactKind::MemberCall { in_trait: true, .. } => ItemKind::TraitMember(MemberKind::MacroCall),
        FactKind::MemberCall { .. } => ItemKind::ImplMember(MemberKind::MacroCall),
        FactKind::ExternCrate => ItemKind::ExternCrate,
        FactKind::Foreign | FactKind::ForeignBlock => ItemKind::Foreign,
        FactKind::Attributes => ItemKind::Attributes,
        FactKind::Include(_) => ItemKind::Include,
        FactKind::Other => ItemKind::Other,
    }
}

impl Incoming<'_> {
    pub(super) fn symbol(&self, own: Symbol) -> Symbol {
        self.symbols[own.index()]
    }

    fn path(&self, own: &[Symbol]) -> Vec<Symbol> {
        own.iter().map(|segment| self.symbol(*segment)).collect()
    }

    pub(super) fn location(&self, range: &Range) -> Location {
        Location {
            file: self.file,
            start: range.start,
            end: range.end,
        }
    }

    /// A mention in the index's terms, in the same memory.
    pub(super) fn mention(&self, mut own: Mention) -> Mention {
        match &mut own {
            Mention::Path(path)
            | Mention::Derive(path)
            | Mention::Macro(path)
            | Mention::Dyn(path)
            | Mention::All(path)
            | Mention::Glob(path) => path.iter_mut().for_each(|name| *name = self.symbol(*name)),
            Mention::Method(name)
            | Mention::Loose(name)
            | Mention::Field(name)
            | Mention::Pasted(name)
            | Mention::Parameter(name)
            | Mention::Defined(name)
            | Mention::Literal(name)
            | Mention::Cfg(name)
            | Mention::Env(name) => *name = self.symbol(*name),
            Mention::Operators(_) => {}
            Mention::Impl(head) => **head = self.impl_head(head),
            Mention::File(file) => {
                for part in file.path.iter_mut().flatten() {
                    let (PathPart::Text(name) | PathPart::Variable(name)) = part;
                    *name = self.symbol(*name);
                }
            }
        }
        own
    }

    fn signatures(&self, signatures: &Signatures) -> Detail {
        if signatures.0.is_empty() {
            return Detail::Nothing;
        }
        let paths = signatures.0.iter().map(|path| self.path(path)).collect();
        Detail::Type(Arc::new(Signatures(paths)))
    }

    pub(super) fn detail(&self, kind: &FactKind) -> Detail {
        match kind {
            FactKind::Static(facts) => Detail::Static(Arc::new(StaticFacts {
                mutable: facts.mutable,
                types: facts.types.iter().map(|path| self.path(path)).collect(),
            })),
            FactKind::Struct(signatures) | FactKind::TypeAlias { signatures, .. } => {
                self.signatures(signatures)
            }
            FactKind::MacroRules(facts) => Detail::Macro(Arc::new(self.macro_facts(facts))),
            FactKind::MacroCall(call) | FactKind::MemberCall { call, .. } => {
                Detail::Call(Arc::new(self.call_facts(call)))
            }
            FactKind::Include(_) => Detail::Include { read: false },
            FactKind::Other => Detail::Unknown,
            _ => Detail::Nothing,
        }
    }

    /// The derives and attribute macros of an item whose predicates are asked for.
    pub(super) fn paths_under(
        &self,
        item: &ItemFacts,
        asked: impl Fn(&str) -> bool,
    ) -> Vec<Vec<Symbol>> {
        let macros = item.macros.iter();
        let found = macros.filter(|(predicate, _)| asked(predicate));
        found.map(|(_, path)| self.path(path)).collect()
    }

    fn call_facts(&self, own: &CallFacts) -> CallFacts {
        CallFacts {
            path: self.path(&own.path),
            arguments: self.macro_facts(&own.arguments),
            shell: own.shell.as_ref().map(|(digest, mentions)| {
                let mentions = mentions.iter().cloned();
                let mentions = mentions.map(|mention| self.mention(mention));
                (*digest, mentions.collect())
            }),
        }
    }

    fn macro_facts(&self, own: &MacroFacts) -> MacroFacts {
        let implements = own.implements.iter();
        MacroFacts {
            defined: self.path(&own.defined),
            identifiers: self.path(&own.identifiers),
            passed: self.path(&own.passed),
            implements: implements.map(|head| self.impl_head(head)).collect(),
            names_fragments: own.names_fragments,
            members: self.path(&own.members),
            members_fragments: own.members_fragments,
            called: self.path(&own.called),
            calls_fragments: own.calls_fragments,
            items_by_fragments: own.items_by_fragments,
            pastes: own.pastes,
            traits: own.traits,
            statics: own.statics,
            dots: own.dots,
            modules: own.modules,
            files: own.files,
            foreign: own.foreign,
            exports: own.exports,
            open_globs: own.open_globs,
            imports_traits: own.imports_traits,
            transparent: own.transparent,
        }
    }

    fn impl_head(&self, own: &ImplHead) -> ImplHead {
        ImplHead {
            of: match &own.of {
                HeadOf::Trait(path) => HeadOf::Trait(self.path(path)),
                other => other.clone(),
            },
            paths: own.paths.iter().map(|path| self.path(path)).collect(),
            fragments: own.fragments,
            for_any: own.for_any,
        }
    }

    pub(super) fn header(&self, own: &ImplFacts) -> ImplFacts {
        ImplFacts {
            trait_path: own.trait_path.as_ref().map(|path| self.path(path)),
            trait_has_arguments: own.trait_has_arguments,
            argument: own.argument.as_ref().map(|parts| {
                let parts = parts.iter();
                parts.map(|part| self.path(part)).collect()
            }),
            is_plain: own.is_plain,
            self_type: match &own.self_type {
                SelfType::Path(path) => SelfType::Path(self.path(path)),
                SelfType::Referenced(path) => SelfType::Referenced(self.path(path)),
                other => other.clone(),
            },
            parameters: self.path(&own.parameters),
            header_paths: own
                .header_paths
                .iter()
                .map(|path| self.path(path))
                .collect(),
        }
    }
}
