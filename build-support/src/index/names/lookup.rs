//! One look-up: through the bindings of modules, imports and globs.

use std::cell::RefCell;

use super::seen::Seen;
use super::{Def, LONGEST_EXTERNAL_PATH, Resolution, Scopes, Target, prelude};
use crate::hash::HashSet;
use crate::index::adorned::Sought;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Import, ImportId, Index, ItemId, ItemKind, ModuleId, ModuleKind};

/// The names of an index on their way to a fixpoint, or there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'i> {
    pub(super) index: &'i Index,
    pub(super) scopes: &'i Scopes,
    /// While targets are still being found, an import without one says nothing; later it leads out of the
    /// indexed crates. Until then, notes which imports were asked for their targets.
    pub(super) asked: Option<&'i RefCell<Vec<ImportId>>>,
}

/// One part in so many of all imports is marked faster than sorted.
const MANY: usize = 16;

impl<'i> Names<'i> {
    /// What an import's path leads to, as far as is known.
    pub(super) fn target(self, module: ModuleId, path: &[Symbol]) -> Target {
        let mut found = self.found(module, path);
        found.defs.shrink_to_fit();
        Target {
            defs: found.defs,
            through: self.in_order(found.imports),
        }
    }

    /// The globs on the way of an import that leads to nothing, any of which may lead to it.
    pub(super) fn open_on(self, import: &Import) -> Vec<ImportId> {
        self.in_order(self.found(import.module, &import.path).open_globs)
    }

    fn found(self, module: ModuleId, path: &[Symbol]) -> Resolution {
        let Some((head, rest)) = path.split_first() else {
            return Resolution::default();
        };
        let krate = self.index.module(module).krate;
        let mut found = match self.special(module, *head, krate) {
            Some(def) => Resolution::of(def),
            None if self.index.text(*head).is_empty() => Resolution::default(),
            None => {
                let mut found = self.lexical(module, *head);
                let behind = self.crate_behind(module, *head, &found.defs);
                found.defs.extend(behind);
                self.at_root(module, *head, &mut found);
                found
            }
        };
        let rest = self.after_crate(module, *head, rest, &mut found);
        if found.defs.is_empty() {
            found.defs.extend(self.krate_if_known(module, *head));
        }
        self.follow(rest, &mut found);
        found
    }

    /// Each of some imports once, by their numbers. Ways that meet have most of them in common, so there may be many
    /// more than there are imports.
    fn in_order(self, mut imports: Vec<ImportId>) -> Vec<ImportId> {
        let all = self.index.imports.len();
        if imports.len() < all / MANY {
            imports.sort_unstable();
            imports.dedup();
            imports.shrink_to_fit();
            return imports;
        }
        let mut named = vec![false; all];
        for import in imports {
            named[import.0 as usize] = true;
        }
        let named = (0..).zip(named).filter(|(_, is_named)| *is_named);
        named.map(|(number, _)| ImportId(number)).collect()
    }

    /// Words that start a path.
    pub(super) fn special(
        self,
        module: ModuleId,
        head: Symbol,
        dollar_crate: CrateId,
    ) -> Option<Def> {
        let module = match self.index.text(head) {
            "crate" => self.index.krate(self.index.module(module).krate).root,
            "$crate" => self.index.krate(dollar_crate).root,
            "self" => self.index.named_module(module),
            "super" => self.parent(module),
            _ => return None,
        };
        Some(Def::Module(module))
    }

    /// After a leading `::` stands the name of a crate; returns what is left of the path.
    pub(super) fn after_crate<'p>(
        self,
        module: ModuleId,
        head: Symbol,
        rest: &'p [Symbol],
        found: &mut Resolution,
    ) -> &'p [Symbol] {
        match rest.split_first() {
            Some((name, after)) if self.index.text(head).is_empty() => {
                self.at_root(module, *name, found);
                if found.defs.is_empty() {
                    found.defs.push(self.krate(module, *name));
                } else {
                    found.defs.extend(self.krate_if_known(module, *name));
                }
                after
            }
            _ => rest,
        }
    }

    /// What the crate root binds a name to, where paths begin there. What the name is bound to elsewhere stays with it:
    /// a macro of another crate may have brought the path, and it begins as that crate's do.
    fn at_root(self, module: ModuleId, name: Symbol, found: &mut Resolution) {
        let krate = self.index.krate(self.index.module(module).krate);
        if !krate.begins_at_root {
            return;
        }
        let mut defs = std::mem::take(&mut found.defs);
        self.inside(krate.root, name, &mut defs, found);
        found.defs = unique(defs);
    }

    pub(super) fn follow(self, rest: &[Symbol], found: &mut Resolution) {
        for segment in rest {
            let defs = std::mem::take(&mut found.defs);
            self.step_from(&defs, *segment, found);
        }
    }

    /// What a segment after some definitions names.
    pub(super) fn step_from(self, defs: &[Def], segment: Symbol, found: &mut Resolution) {
        let mut next = Vec::new();
        for def in defs {
            self.step(def, segment, &mut next, found);
        }
        found.defs = unique(next);
    }

    /// A head that nothing binds: a crate, a generic parameter, a local variable, the product of a macro.
    pub(super) fn unknown_head(self, module: ModuleId, head: Symbol, is_alone: bool) -> Vec<Def> {
        match self.krate_if_known(module, head) {
            Some(def) => vec![def],
            None if prelude::is_type(self.index.text(head)) => {
                if is_alone {
                    Vec::new()
                } else {
                    vec![Def::External(vec![head])]
                }
            }
            None => {
                // Macro calls of which nothing can be told may have made it (R14).
                let mut defs = Vec::from_iter(self.anything(self.index.module(module).krate));
                if !is_alone {
                    // Whatever it is, its members are those of some type: any that is reached.
                    defs.push(Def::AnyMember(head));
                }
                defs
            }
        }
    }

    /// A name as code inside `module` sees it.
    pub(super) fn lexical(self, module: ModuleId, name: Symbol) -> Resolution {
        let mut found = Resolution::default();
        let mut defs = Vec::new();
        for id in self.outwards(module) {
            self.inside(id, name, &mut defs, &mut found);
        }
        found.defs = unique(defs);
        found
    }

    /// The crate that a path may begin with though its first name is bound to `defs`: functions and macros begin no
    /// path, what an import brings may be one of these, and a macro need not make what it could.
    pub(super) fn crate_behind(self, module: ModuleId, name: Symbol, defs: &[Def]) -> Option<Def> {
        if defs.is_empty() {
            return None;
        }
        let krate = self.krate_if_known(module, name)?;
        let modules = self.outwards(module);
        let mut items = modules.flat_map(|module| self.scopes.items(module, name));
        let is_hidden = items.any(|item| begins_paths(self.index.item(*item).kind));
        (!is_hidden).then_some(krate)
    }

    /// A module, and those around it whose names its code sees too: blocks look outwards, modules don't.
    fn outwards(self, module: ModuleId) -> impl Iterator<Item = ModuleId> {
        std::iter::successors(Some(module), move |id| {
            let module = self.index.module(*id);
            module.parent.filter(|_| module.kind == ModuleKind::Block)
        })
    }

    /// What `module` binds a name to, for the code in it.
    fn inside(self, module: ModuleId, name: Symbol, defs: &mut Vec<Def>, found: &mut Resolution) {
        let mut seen = Seen::default();
        self.bound_inside(module, name, defs, found, &mut seen);
        seen.end(name, defs, found);
    }

    /// What a path through `module` finds under a name in it.
    fn bound(
        self,
        module: ModuleId,
        name: Symbol,
        defs: &mut Vec<Def>,
        found: &mut Resolution,
        seen: &mut Seen,
    ) {
        self.bound_inside(module, name, defs, found, seen);
        defs.extend(self.proc_macros(module));
    }

    /// What `module` itself binds a name to. `seen` ends circles of globs.
    fn bound_inside(
        self,
        module: ModuleId,
        name: Symbol,
        defs: &mut Vec<Def>,
        found: &mut Resolution,
        seen: &mut Seen,
    ) {
        if seen.contains(module) {
            return;
        }
        let before = defs.len();
        let globs = self.scopes.globs(module);
        // Without globs, nothing leads back here from what is asked first.
        if !(globs.is_empty() && seen.is_empty()) {
            seen.insert(module);
        }
        for item in self.scopes.items(module, name) {
            match self.index.item(*item).kind {
                ItemKind::Mod => {
                    let modules = self.scopes.modules(*item).iter();
                    defs.extend(modules.map(|module| Def::Module(*module)));
                }
                _ => defs.push(Def::Item(*item)),
            }
        }
        let calls = self.index.expansions.providers(module, name);
        defs.extend(calls.iter().map(|call| Def::Item(*call)));
        defs.extend(self.made_beside(module, name, Sought::Inside));
        for import in self.scopes.imports(module, name) {
            found.imports.push(*import);
            let target = self.imported(*import);
            found.imports.extend(&target.through);
            defs.extend_from_slice(&target.defs);
            if self.leads_out(target) {
                self.led_out(*import, defs, found);
            }
        }
        for glob in globs {
            self.through_glob(*glob, name, defs, found, seen);
        }
        if defs.len() == before {
            let start = seen.start().unwrap_or(module);
            let visible = globs.iter().filter(|glob| self.is_visible(**glob, start));
            visible.for_each(|glob| seen.may_bind(*glob, self.open_behind(*glob)));
        }
    }

    /// What an import leads to, as far as is known.
    pub(super) fn imported(self, import: ImportId) -> &'i Target {
        if let Some(asked) = self.asked {
            asked.borrow_mut().push(import);
        }
        &self.scopes.targets[import.0 as usize]
    }

    /// Whether an import leads to nothing in the indexed crates, and so out of them.
    fn leads_out(self, target: &Target) -> bool {
        self.asked.is_none() && target.defs.is_empty()
    }

    /// Where an import leads that leads to nothing in the indexed crates.
    fn led_out(self, import: ImportId, defs: &mut Vec<Def>, found: &mut Resolution) {
        let path = &self.index.import(import).path;
        let globs = self.scopes.opens(import);
        found.open_globs.extend(globs);
        let ways = globs
            .iter()
            .flat_map(|glob| self.scopes.ways_out(self.index, *glob));
        let behind = ways.map(|way| way.iter().chain(path.last()).copied().collect());
        let before = defs.len();
        defs.extend(behind.map(Def::External));
        if defs.len() == before {
            defs.push(Def::External(path.clone()));
        }
    }

    fn through_glob(
        self,
        glob: ImportId,
        name: Symbol,
        defs: &mut Vec<Def>,
        found: &mut Resolution,
        seen: &mut Seen,
    ) {
        let target = self.imported(glob);
        let (before, way) = (defs.len(), found.imports.len());
        let is_open = |def: &&Def| matches!(def, Def::AnyMember(_) | Def::External(_));
        let open = target.defs.iter().filter(is_open).count();
        let open = open + usize::from(self.leads_out(target));
        found.open_globs.extend(std::iter::repeat_n(glob, open));
        for def in &target.defs {
            match def {
                Def::Module(module) => self.bound(*module, name, defs, found, seen),
                Def::Item(item) if self.index.item(*item).variants.contains(&name) => {
                    defs.push(def.clone());
                }
                _ => {}
            }
        }
        // Most globs bring nothing of a name.
        if defs.len() > before {
            let glob = std::iter::once(&glob).chain(&target.through).copied();
            found.imports.splice(way..way, glob);
        } else {
            found.imports.truncate(way);
        }
    }

    /// One more segment of a path.
    fn step(self, def: &Def, segment: Symbol, next: &mut Vec<Def>, found: &mut Resolution) {
        match def {
            Def::Module(module) => match self.index.text(segment) {
                "super" => next.push(Def::Module(self.parent(*module))),
                "self" => next.push(Def::Module(*module)),
                _ => {
                    let before = next.len();
                    let mut seen = Seen::default();
                    self.bound(*module, segment, next, found, &mut seen);
                    seen.end(segment, next, found);
                    if next.len() == before {
                        next.extend(self.made_beside(*module, segment, Sought::ByPath));
                        next.extend(self.made_unseen(*module, segment));
                    }
                }
            },
            Def::Item(item) => self.member(*item, segment, next),
            Def::Member(item, _) => next.extend([Def::Item(*item), Def::AnyMember(segment)]),
            Def::AnyMember(_) => next.push(Def::AnyMember(segment)),
            Def::Anything(_) => next.extend([def.clone(), Def::AnyMember(segment)]),
            Def::External(path) => {
                let mut path = path.clone();
                // `use quote::quote` can be read as leading through itself; no real path is as long.
                if path.len() < LONGEST_EXTERNAL_PATH {
                    path.push(segment);
                }
                next.push(Def::External(path));
            }
        }
    }

    fn member(self, item: ItemId, segment: Symbol, next: &mut Vec<Def>) {
        match self.index.item(item).kind {
            ItemKind::Enum if self.index.item(item).variants.contains(&segment) => {
                // A variant, or an associated function of the same name.
                next.extend([Def::Item(item), Def::Member(item, segment)]);
            }
            ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::Trait => {
                next.push(Def::Member(item, segment));
            }
            // A path leads through no value; but a macro may make anything of a function.
            ItemKind::Fn | ItemKind::Const | ItemKind::Static
                if self.index.item(item).macros.is_empty()
                    && self.index.item(item).macros_left_out.is_empty() => {}
            // An alias may stand for any type.
            _ => next.extend([Def::Item(item), Def::AnyMember(segment)]),
        }
    }

    fn parent(self, module: ModuleId) -> ModuleId {
        let named = self.index.named_module(module);
        self.index
            .module(named)
            .parent
            .map_or(named, |parent| self.index.named_module(parent))
    }

    /// A crate by the name this one has for it.
    fn krate(self, module: ModuleId, name: Symbol) -> Def {
        self.krate_if_known(module, name)
            .unwrap_or_else(|| Def::External(vec![name]))
    }

    fn krate_if_known(self, module: ModuleId, name: Symbol) -> Option<Def> {
        let krate = self.index.krate(self.index.module(module).krate);
        let text = self.index.text(name);
        if let Some((_, id)) = krate.externs.iter().find(|(known, _)| known == text) {
            return Some(Def::Module(self.index.krate(*id).root));
        }
        // `extern crate … as name` at the root makes the name known in the whole crate.
        if let Some(import) = self.extern_crate(krate.root, name) {
            let path = &self.index.import(import).path;
            return match self.index.text(path[0]) {
                "crate" => Some(Def::Module(krate.root)),
                _ => Some(self.krate(krate.root, path[1])),
            };
        }
        let known =
            prelude::CRATES.contains(&text) || krate.dependencies.iter().any(|known| known == text);
        known.then(|| Def::External(vec![name]))
    }
}

impl Names<'_> {
    /// The renaming `extern crate` of a name, if the crate root has one.
    fn extern_crate(self, root: ModuleId, name: Symbol) -> Option<ImportId> {
        let is_extern_crate = |import: &&ImportId| {
            let path = &self.index.import(**import).path;
            match path.as_slice() {
                [only] => self.index.text(*only) == "crate",
                [head, krate] => self.index.text(*head).is_empty() && *krate != name,
                _ => false,
            }
        };
        self.scopes
            .imports(root, name)
            .iter()
            .find(is_extern_crate)
            .copied()
    }
}

/// Whether a path can go on behind the name of such an item.
const fn begins_paths(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Mod
            | ItemKind::Struct
            | ItemKind::Enum
            | ItemKind::Union
            | ItemKind::Trait
            | ItemKind::TraitAlias
            | ItemKind::TypeAlias
    )
}

/// Leaves out what came before. Most lists are so short that to look through them costs less than to hash.
pub(super) fn unique(mut defs: Vec<Def>) -> Vec<Def> {
    const SHORT: usize = 8;
    if defs.len() <= 1 {
        return defs;
    }
    if defs.len() <= SHORT {
        let mut kept: Vec<Def> = Vec::with_capacity(defs.len());
        for def in defs {
            if !kept.contains(&def) {
                kept.push(def);
            }
        }
        return kept;
    }
    let mut seen = HashSet::default();
    defs.retain(|def| seen.insert(def.clone()));
    defs
}
