//! What a name of the function's module is called in the generated one.
//!
//! The generated module is another place: private imports are not visible there, `super` is something else, and the
//! names of wrappers are taken. Each name a signature or key expression mentions is looked up where it was written,
//! and either stays, with an import that makes it mean the same, or becomes an absolute path. In a module that
//! includes its own wrappers everything is in sight through `use super::*`.

use std::collections::BTreeSet;

use super::imports::Imports;
use super::{Binding, ImportPlan, unraw};
use crate::index::names::{Def, Meaning};
use crate::index::{Index, ItemId, ModuleId};

/// How a path has to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It means the same as it stands.
    Keep,
    /// Its first segment has another name.
    Rename(String),
    /// Its first `replaces` segments become this path: `crate` first, or empty first for a leading `::`.
    Absolute { path: Vec<String>, replaces: usize },
}

/// Why a path can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is private.
    Private,
    /// Nothing known defines it.
    Unknown,
}

/// The names of one module, as its generated counterpart uses them.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub(super) index: &'a Index,
    pub(super) module: ModuleId,
    /// Whether the wrappers stand inside the module itself.
    pub(super) inside: bool,
    /// Names that are taken in the generated module.
    reserved: &'a BTreeSet<String>,
    pub(super) imports: BTreeSet<ImportPlan>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        index: &'a Index,
        module: ModuleId,
        inside: bool,
        reserved: &'a BTreeSet<String>,
    ) -> Self {
        Self {
            index,
            module,
            inside,
            reserved,
            imports: BTreeSet::new(),
        }
    }

    /// How the path must change; imports it needs are noted.
    pub(super) fn look_up(&mut self, path: &[String]) -> Result<Change, Missing> {
        let path: Vec<String> = path
            .iter()
            .map(|segment| unraw(segment).to_owned())
            .collect();
        let path = path.as_slice();
        let Some(head) = path.first() else {
            return Ok(Change::Keep);
        };
        if self.inside {
            return Ok(from_inside(head));
        }
        if matches!(head.as_str(), "crate" | "self" | "super") {
            return self.relative(path);
        }
        let single = path.len() == 1;
        match self.index.meaning(self.module, head) {
            Meaning::Prelude => Ok(Change::Keep),
            Meaning::ExternCrate => Ok(Change::Absolute {
                path: vec![String::new(), head.clone()],
                replaces: 1,
            }),
            Meaning::Unknown => Err(Missing::Unknown),
            Meaning::Globs(globs) => {
                for glob in globs {
                    self.imports.extend(self.sources().glob(glob));
                }
                Ok(Change::Keep)
            }
            Meaning::Items(items) if single => {
                self.import(head, |sources, name| sources.items(&items, name))
            }
            Meaning::Imports(imports) if single => {
                self.import(head, |sources, name| sources.leaves(&imports, name))
            }
            Meaning::Items(items) => match self.longest_local(path)? {
                Some(change) => Ok(change),
                None => self.import(head, |sources, name| sources.items(&items, name)),
            },
            Meaning::Imports(imports) => match self.longest_local(path)? {
                Some(change) => Ok(change),
                None => self.import(head, |sources, name| sources.leaves(&imports, name)),
            },
        }
    }

    /// Imports the traits the module can call methods of, for the method calls of key expressions.
    pub(super) fn import_traits(&mut self) {
        if !self.inside {
            let traits = self.sources().traits();
            self.imports.extend(traits);
        }
    }

    /// Imports what a bare name stands for, under a name that is free.
    fn import(
        &mut self,
        name: &str,
        find: impl FnOnce(&Imports<'a>, &str) -> Result<Vec<ImportPlan>, Missing>,
    ) -> Result<Change, Missing> {
        let bound = self.free_name(name);
        let imports = find(&self.sources(), &bound)?;
        self.imports.extend(imports);
        Ok(if bound == name {
            Change::Keep
        } else {
            Change::Rename(bound)
        })
    }

    fn free_name(&self, name: &str) -> String {
        let mut bound = name.to_owned();
        while self.reserved.contains(&bound) {
            bound.push('_');
        }
        bound
    }

    pub(super) fn sources(&self) -> Imports<'a> {
        Imports {
            index: self.index,
            module: self.module,
        }
    }

    /// A path that begins with `crate`, `self` or `super`.
    fn relative(&self, path: &[String]) -> Result<Change, Missing> {
        if let Some(change) = self.longest_local(path)? {
            return Ok(change);
        }
        // Nothing is known of it, such as the product of a macro: made absolute, rustc may know better.
        let leading = path
            .iter()
            .take_while(|segment| matches!(segment.as_str(), "crate" | "self" | "super"))
            .count();
        Ok(Change::Absolute {
            path: self.sources().absolute(&path[..leading]),
            replaces: leading,
        })
    }

    /// The longest part of a path that names an item or module of this crate, by the item's own path from the root.
    ///
    /// `None` where it leads elsewhere, or depends on `cfg`s: then the first segment is imported as it is.
    fn longest_local(&self, path: &[String]) -> Result<Option<Change>, Missing> {
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        for length in (1..=segments.len()).rev() {
            let defs = self.index.resolve(self.module, &segments[..length]);
            let mut found: Vec<Option<Vec<String>>> = Vec::new();
            for def in &defs {
                found.extend(self.local(def, segments[length - 1]));
            }
            found.dedup();
            match found.as_slice() {
                [] => {}
                [None] => return Err(Missing::Private),
                [Some(root_path)] => {
                    return Ok(Some(Change::Absolute {
                        path: below_crate(root_path),
                        replaces: length,
                    }));
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// For a definition in this crate, its path from the root, if it has one; `None` for any other definition.
    fn local(&self, def: &Def, name: &str) -> Option<Option<Vec<String>>> {
        let sources = self.sources();
        match def {
            Def::Item(item) if sources.is_here(*item) => Some(sources.item_path(*item, name)),
            Def::Module(module) if self.index.module(*module).krate.0 == 0 => {
                Some(self.index.module_root_path(*module))
            }
            _ => None,
        }
    }

    /// The items a path names, wherever they are.
    pub(super) fn items(&self, path: &[String]) -> Vec<ItemId> {
        let segments: Vec<&str> = path.iter().map(|segment| unraw(segment)).collect();
        let defs = self.index.resolve(self.module, &segments);
        defs.into_iter()
            .filter_map(|def| {
                if let Def::Item(item) = def {
                    Some(item)
                } else {
                    None
                }
            })
            .collect()
    }

    /// Whether a bare name is a macro of this build, known by its place in the text only.
    pub(super) fn is_textual_macro(&self, name: &str) -> bool {
        let is_macro = |symbol| !self.index.scopes.macros(symbol).is_empty();
        self.index.symbols.find(name).is_some_and(is_macro)
            && self.index.meaning(self.module, name) == Meaning::Unknown
    }
}

/// Below `mod cached` of the module itself, only paths that say where they start from change.
fn from_inside(head: &str) -> Change {
    let path = match head {
        "self" => vec!["super".to_owned()],
        "super" => vec!["super".to_owned(), "super".to_owned()],
        _ => return Change::Keep,
    };
    Change::Absolute { path, replaces: 1 }
}

/// A path from the crate root, as it is written.
pub(super) fn below_crate(path: &[String]) -> Vec<String> {
    std::iter::once("crate".to_owned())
        .chain(path.iter().cloned())
        .collect()
}

impl ImportPlan {
    /// An import of one name.
    pub(super) fn named(path: Vec<String>, name: &str, cfgs: Vec<String>) -> Self {
        let binding = if name == "_" {
            Binding::Nothing
        } else {
            Binding::Name(name.to_owned())
        };
        Self {
            path,
            binding,
            cfgs,
        }
    }
}
