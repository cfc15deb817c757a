//! Macros that are called, and what names may come to mean by way of them (rules R13 and R14).

use std::sync::Arc;

use super::Linker;
use crate::graph::binders::Binders;
use crate::graph::links::Links;
use crate::hash::HashMap;
use crate::index::collect::is_blind_name;
use crate::index::facts::Mention;
use crate::index::names::{Def, Resolution};
use crate::index::symbol::{Symbol, letters};
use crate::index::{ItemId, ModuleId, adorned, expansions};

/// std's macros that answer with their place in the text.
const POSITIONS: &[&str] = &["line", "column", "file"];

impl Linker<'_> {
    /// The macros of a name, also by the names that imports give them. A macro can be exported, so the path is
    /// no more than a way to other crates.
    pub(super) fn macro_path(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let Some(last) = path.last() else { return };
        let own = self.index.text(path[0]) == "$crate" && path.len() == 1;
        if own {
            return;
        }
        let krate = self.crate_read_in(scope, item);
        let resolution = self.resolver.resolve(scope, path, krate);
        let imports = resolution.imports.iter();
        let imported = imports.filter_map(|import| self.index.import(*import).path.last());
        let names: Vec<Symbol> = imported.chain([last]).copied().collect();
        links.unseen |= self.is_unseen_macro(&names, *last, &resolution);
        links.macros.extend(names);
        links.macros.extend(self.called_by_std(*last));
        links.positions |= POSITIONS.contains(&self.index.text(*last));
        let companions = resolution.defs.iter().filter_map(|def| match def {
            Def::External(path) => adorned::companion(self.index, path),
            _ => None,
        });
        links.companions.extend(companions);
        self.take(&resolution, *last, links);
    }

    /// The macro that one of std's calls by its plain name, so that one of ours may be meant: those that ask for features
    /// of the processor (`is_x86_feature_detected!`) call `cfg!` first.
    fn called_by_std(&self, name: Symbol) -> Option<Symbol> {
        let name = self.index.text(name);
        let asks = name.starts_with("is_") && name.ends_with("_feature_detected");
        self.index.symbols.find("cfg").filter(|_| asks)
    }

    /// What a macro of ours is given it may call, also if it has the name of one of std's, whose arguments are values.
    pub(super) fn given(&self, mentions: &[Mention], links: &mut Links) {
        let index = self.index;
        let is_like_std = |name: &Symbol| {
            is_blind_name(index.text(*name)) && !index.scopes.macros(*name).is_empty()
        };
        if links.macros.iter().any(is_like_std) {
            let alone = mentions.iter().filter_map(|mention| match mention {
                Mention::Path(path) if path.len() == 1 => Some(path[0]),
                _ => None,
            });
            links.names.extend(alone);
        }
    }

    /// Whether a macro may be one of another crate that names more than it is given.
    fn is_unseen_macro(&self, names: &[Symbol], last: Symbol, resolution: &Resolution) -> bool {
        let index = self.index;
        let is_ours = |name: &Symbol| {
            !index.scopes.macros(*name).is_empty() || !index.expansions.makers(*name).is_empty()
        };
        let leads_out = |def: &Def| match def {
            Def::External(path) => !(index.is_std(path) || index.is_own_macro(path)),
            _ => false,
        };
        let is_elsewhere = resolution.defs.iter().any(leads_out);
        let is_other = is_elsewhere || !names.iter().any(is_ours);
        is_other && !expansions::names_what_it_is_given(index.text(last))
    }

    /// The macros that a path may name: one may be handed to another. Macros are no items of modules, so that an import
    /// of one seems to lead out of the crate.
    pub(super) fn handed_on(&self, path: &[Symbol], resolution: &Resolution) -> Vec<Symbol> {
        let is_macro = |name: &Symbol| !self.index.scopes.macros(*name).is_empty();
        let is_elsewhere = |def: &Def| matches!(def, Def::External(_) | Def::AnyMember(_));
        let last = path.last().copied();
        let mut names = Vec::from_iter(last.filter(|_| path.len() == 1).filter(is_macro));
        if resolution.defs.iter().all(is_elsewhere) {
            let imports = resolution.imports.iter();
            let imported = imports.filter_map(|import| self.index.import(*import).path.last());
            names.extend(imported.copied().chain(last).filter(is_macro));
        }
        names
    }

    /// What may have a name that is put together. Where no part is known, whoever reads the arguments sees to it.
    pub(super) fn pasted(
        &self,
        pattern: &str,
        scope: ModuleId,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let begin = pattern.split('*').next().unwrap_or_default();
        let end = pattern.rsplit('*').next().unwrap_or_default();
        if begin.is_empty() && end.is_empty() {
            return;
        }
        let is_made = |name: &str| {
            name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end)
        };
        let mut names = if pattern.contains('*') {
            let alike = self.by_letters().iter();
            let alike = alike.filter(|(letters, _)| is_made(letters));
            alike.flat_map(|(_, names)| names).copied().collect()
        } else {
            self.alike(pattern).to_vec()
        };
        names.sort_unstable();
        for name in names {
            let found = self.found(&[name], scope, item);
            self.path(&[name], found.as_deref(), item, links);
            self.spelled(name, links);
            links.names.push(name);
            links.loose.push(name);
            links.modules.extend(self.by_name.modules(name));
        }
    }

    /// The links of a name that is put together in the text of an item.
    pub(in crate::graph) fn of_pattern(
        &self,
        pattern: &str,
        scope: ModuleId,
        item: ItemId,
    ) -> Links {
        let mut links = Links::default();
        self.pasted(pattern, scope, Some(item), &mut links);
        links
    }

    /// The names that differ from another in their case and underscores alone, and that one.
    pub(in crate::graph) fn alike(&self, name: &str) -> &[Symbol] {
        let letters: String = letters(name).collect();
        self.by_letters().get(&letters).map_or(&[], Vec::as_slice)
    }

    fn by_letters(&self) -> &HashMap<String, Vec<Symbol>> {
        self.by_letters.get_or_init(|| {
            let mut all: HashMap<String, Vec<Symbol>> = HashMap::default();
            for name in self.index.symbols.matching(|_| true) {
                let letters = letters(self.index.text(name));
                all.entry(letters.collect()).or_default().push(name);
            }
            all
        })
    }

    /// The definitions that the call of a macro leads to and that make something of its caller's names.
    pub(in crate::graph) fn reading(&self, called: Symbol) -> &[ItemId] {
        self.behind.reading(called)
    }

    /// The modules where a path that leads through them may find a name.
    pub(in crate::graph) fn binding(&self, name: Symbol) -> Arc<[ModuleId]> {
        let binders = self.binders.get_or_init(|| Binders::of(self.index));
        binders.binding(name)
    }

    /// What a path to a name in a module leads to.
    pub(in crate::graph) fn in_module(&self, module: ModuleId, name: Symbol) -> Links {
        let mut links = Links::default();
        let resolution = self.resolver.in_module(module, name);
        self.take(&resolution, name, &mut links);
        links.macros = self.handed_on(&[name], &resolution);
        links
    }
}
