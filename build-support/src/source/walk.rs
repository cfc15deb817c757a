//! From a crate root to all its files, by following `mod` items as rustc does.
//!
//! Every branch is followed, whatever its `cfg`: what is compiled is decided later than here. A file is
//! parsed once; its syntax tree is gone before the next one is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cache::FactsCache;
use super::cfg::{Predicate, Truth};
use super::{FileId, Location, SourceFile, SourceSet};
use crate::diagnostic::{Diagnostics, catalogue};
use crate::index::facts::{FactKind, FileFacts, ItemFacts, ModFacts, ScopeKind};

/// The files of one crate; `[0]` is its root.
#[derive(Clone, Debug)]
pub(crate) struct CrateFiles {
    /// The name code uses for the crate.
    pub(crate) name: String,
    pub(crate) files: Vec<ModuleFile>,
    /// The names code uses for its dependencies, indexed or not.
    pub(crate) dependencies: Vec<String>,
    /// The indexed ones among them: the name code uses, and their place in the list of crates.
    pub(crate) externs: Vec<(String, usize)>,
}

/// One file in its place in the module tree.
#[derive(Clone, Debug)]
pub(crate) struct ModuleFile {
    pub(crate) file: FileId,
    pub(crate) facts: Arc<FileFacts>,
    /// For each `mod name;` of the file: the item and the file (an index) it names. Several where attributes
    /// choose between files.
    pub(crate) children: Vec<(usize, usize)>,
    /// Under `#[cfg(test)]`: read for misplaced markers only.
    pub(crate) test_only: bool,
}

/// Reads the files of crates.
pub(crate) struct Walker<'w> {
    pub(crate) set: &'w mut SourceSet,
    pub(crate) cache: &'w mut FactsCache,
    pub(crate) diagnostics: &'w mut Diagnostics,
    /// Paths are shown relative to this folder.
    pub(crate) package: &'w Path,
    /// What is known of `cfg` flags.
    pub(crate) flag: &'w dyn Fn(&str, Option<&str>) -> Truth,
}

/// Where the modules of a file look for their files.
#[derive(Clone, Debug)]
struct Place {
    /// The folder of the file itself.
    folder: PathBuf,
    /// The folder of its child modules.
    children: PathBuf,
}

impl Walker<'_> {
    /// Reads a crate from its root file.
    pub(crate) fn crate_files(
        &mut self,
        name: &str,
        root: &Path,
        dependencies: Vec<String>,
    ) -> CrateFiles {
        let mut files = Vec::new();
        let folder = root.parent().unwrap_or_else(|| Path::new("")).to_owned();
        let place = Place {
            children: folder.clone(),
            folder,
        };
        self.file(root, &place, false, &mut vec![root.to_owned()], &mut files);
        CrateFiles {
            name: name.to_owned(),
            files,
            dependencies,
            externs: Vec::new(),
        }
    }

    /// Reads one file and what its `mod` items name; returns its index.
    fn file(
        &mut self,
        path: &Path,
        place: &Place,
        test_only: bool,
        open: &mut Vec<PathBuf>,
        files: &mut Vec<ModuleFile>,
    ) -> Option<usize> {
        let source = self.read(path)?;
        if test_only && !source.text.contains("@cache") {
            return None;
        }
        let text = Arc::clone(&source.text);
        let id = self.set.push(source);
        let facts = match self.cache.facts(&text) {
            Ok(facts) => facts,
            Err(unparsable) => {
                let location = Location {
                    file: id,
                    start: unparsable.place.start,
                    end: unparsable.place.end,
                };
                self.diagnostics
                    .push(catalogue::unparsable_file(location, &unparsable.reason));
                return None;
            }
        };
        let index = files.len();
        files.push(ModuleFile {
            file: id,
            facts: Arc::clone(&facts),
            children: Vec::new(),
            test_only,
        });
        for (item, facts_of_item) in facts.items.iter().enumerate() {
            if let FactKind::Mod(module) = &facts_of_item.kind
                && !module.inline
            {
                let children = self.module(
                    &facts,
                    facts_of_item,
                    module,
                    id,
                    place,
                    test_only,
                    open,
                    files,
                );
                files[index]
                    .children
                    .extend(children.into_iter().map(|child| (item, child)));
            }
        }
        Some(index)
    }

    fn read(&mut self, path: &Path) -> Option<SourceFile> {
        let name = display_name(path, self.package);
        match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(raw)) => Some(SourceFile::new(path, name, &raw)),
            Ok(Err(_)) => {
                self.unreadable(&name, "it is not UTF-8");
                None
            }
            Err(error) => {
                self.unreadable(&name, &error.to_string());
                None
            }
        }
    }

    fn unreadable(&mut self, name: &str, reason: &str) {
        self.diagnostics
            .push(catalogue::unreadable_file(name, reason));
    }

    /// The files of one `mod name;`.
    #[expect(
        clippy::too_many_arguments,
        reason = "the state of one descent; a struct of it would be used once"
    )]
    fn module(
        &mut self,
        facts: &FileFacts,
        item: &ItemFacts,
        module: &ModFacts,
        file: FileId,
        place: &Place,
        test_only: bool,
        open: &mut Vec<PathBuf>,
        files: &mut Vec<ModuleFile>,
    ) -> Vec<usize> {
        let name = item.name.map_or("", |name| facts.symbols.text(name));
        let truth = self.truth(facts, item);
        let test_only = test_only
            || item
                .cfgs
                .iter()
                .any(|cfg| parsed(cfg).is_some_and(|predicate| predicate.needs_test()));
        let candidates = candidates(name, module, &inline_folders(facts, item.scope), place);
        let present: Vec<&Candidate> = candidates
            .iter()
            .filter(|candidate| candidate.path.is_file())
            .collect();
        if present.is_empty() && truth == Truth::True && !test_only {
            let location = Location {
                file,
                start: item.location.start,
                end: item.location.end,
            };
            self.missing(name, &candidates, location);
        }
        let mut children = Vec::new();
        for candidate in present {
            if open.contains(&candidate.path) {
                continue;
            }
            open.push(candidate.path.clone());
            children.extend(self.file(&candidate.path, &candidate.place, test_only, open, files));
            open.pop();
        }
        children
    }

    /// Whether the item is compiled, as far as can be known here.
    fn truth(&self, facts: &FileFacts, item: &ItemFacts) -> Truth {
        let mut scope = Some(item.scope);
        let mut cfgs: Vec<&String> = item.cfgs.iter().collect();
        while let Some(at) = scope {
            if let ScopeKind::Inline { item } = facts.scopes[at].kind {
                cfgs.extend(&facts.items[item].cfgs);
            }
            scope = facts.scopes[at].parent;
        }
        let all = cfgs
            .into_iter()
            .map(|cfg| parsed(cfg).unwrap_or_else(unknown))
            .collect();
        Predicate::All(all).evaluate(self.flag)
    }

    fn missing(&mut self, name: &str, candidates: &[Candidate], location: Location) {
        let looked: Vec<String> = candidates
            .iter()
            .map(|candidate| display_name(&candidate.path, self.package))
            .collect();
        self.diagnostics
            .push(catalogue::missing_module(location, name, &looked));
    }
}

/// A flag no build has an answer for.
fn unknown() -> Predicate {
    Predicate::Flag {
        name: String::new(),
        value: None,
    }
}

fn parsed(cfg: &str) -> Option<Predicate> {
    syn::parse_str(cfg).ok()
}

/// The path shown for a file: relative to the package, `/` between parts.
pub(crate) fn display_name(path: &Path, package: &Path) -> String {
    let relative = path
        .strip_prefix(package)
        .map_or_else(|_| outside(path, package), Path::to_owned);
    relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

/// A path outside the package, by way of the folders they share: no checkout's place shows in it.
fn outside(path: &Path, package: &Path) -> PathBuf {
    let mut up = PathBuf::new();
    for ancestor in package.ancestors() {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            return up.join(rest);
        }
        up.push("..");
    }
    path.to_owned()
}

#[derive(Debug)]
struct Candidate {
    path: PathBuf,
    place: Place,
}

/// The folders that inline modules around a scope add, outermost first: their `#[path]`, else their name.
fn inline_folders(facts: &FileFacts, scope: usize) -> Vec<String> {
    let mut folders = facts.scopes[scope]
        .parent
        .map_or_else(Vec::new, |parent| inline_folders(facts, parent));
    if let ScopeKind::Inline { item } = facts.scopes[scope].kind {
        let item = &facts.items[item];
        let named = item.name.map(|name| facts.symbols.text(name).to_owned());
        let path = if let FactKind::Mod(module) = &item.kind {
            module.path.clone()
        } else {
            None
        };
        folders.extend(path.or(named));
    }
    folders
}

/// The files a `mod name;` may stand for, as the reference has it ("The path attribute").
fn candidates(name: &str, module: &ModFacts, inline: &[String], place: &Place) -> Vec<Candidate> {
    let inside: PathBuf = inline.iter().collect();
    let children = place.children.join(&inside);
    let base = if inline.is_empty() {
        &place.folder
    } else {
        &children
    };
    let explicit = module
        .path
        .iter()
        .chain(module.conditional_paths.iter().map(|(_, path)| path));
    let mut found: Vec<Candidate> = explicit.map(|path| owner(tidy(&base.join(path)))).collect();
    if module.path.is_none() {
        let flat = children.join(format!("{name}.rs"));
        found.push(Candidate {
            path: flat,
            place: Place {
                folder: children.clone(),
                children: children.join(name),
            },
        });
        found.push(owner(children.join(name).join("mod.rs")));
    }
    found
}

/// A file whose modules live beside it, as those of a `mod.rs` and of a `#[path]` file do.
fn owner(path: PathBuf) -> Candidate {
    let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
    Candidate {
        path,
        place: Place {
            children: folder.clone(),
            folder,
        },
    }
}

/// A path without `.` and `a/..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if tidied.file_name().is_some() => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}
