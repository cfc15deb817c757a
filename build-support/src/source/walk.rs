//! From a crate root to all its files, by following `mod` items as rustc does.
//!
//! Every branch is followed, whatever its `cfg`: what is compiled is decided later than here. All crates are
//! read at once, on several threads ([`forest`]); the order of files and of problems is that of the module
//! tree all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cache::FactsCache;
use super::cfg::{Predicate, Truth};
use super::{FileId, Location, SourceFile, SourceSet};
use crate::diagnostic::{Diagnostics, catalogue};
use crate::index::facts::{FileFacts, ItemFacts, PathPart, ScopeKind};
use crate::index::symbol::Symbol;
use forest::{Children, Content, Forest, Node};
use modules::parsed;

mod forest;
mod modules;

pub(crate) use forest::is_unmarked;

/// The files of one crate; `[0]` is its root.
#[derive(Clone, Debug)]
pub(crate) struct CrateFiles {
    /// The name code uses for the crate.
    pub(crate) name: String,
    pub(crate) files: Vec<ModuleFile>,
    /// Files that could not be parsed, or are modules by macros alone, and are not among `files`.
    pub(crate) unparsed: Vec<FileId>,
    /// Texts of `cfg` predicates that do not hold in this build.
    pub(crate) never: BTreeSet<String>,
    pub(crate) folders: Folders,
    /// Whether it is a crate of procedural macros.
    pub(crate) proc_macro: bool,
    /// Whether paths of imports, and those with a leading `::`, begin at the crate root (edition 2015).
    pub(crate) begins_at_root: bool,
    /// The names code uses for its dependencies, indexed or not.
    pub(crate) dependencies: Vec<String>,
    /// The indexed ones among them: the name code uses, and their place in the list of crates.
    pub(crate) externs: Vec<(String, usize)>,
}

/// One file in its place in the module tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModuleFile {
    pub(crate) file: FileId,
    pub(crate) facts: Arc<FileFacts>,
    /// For each `mod name;` of the file: the item and the file (an index) it names. Several where attributes
    /// choose between files.
    pub(crate) children: Vec<(usize, usize)>,
    /// Under `#[cfg(test)]`: read for misplaced markers only.
    pub(crate) test_only: bool,
}

/// What else a walk has asked of the disk: as long as the answers, and what the files that were read say of modules,
/// are the same, so are the files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Looks {
    /// Where files were looked for, and whether there was one.
    pub(crate) looked: BTreeMap<PathBuf, bool>,
    /// Test code without markers, which was not looked into.
    pub(crate) unmarked: BTreeSet<PathBuf>,
    /// Whether there was a file that could not be read or parsed.
    pub(crate) has_failed: bool,
}

/// A crate to be read.
#[derive(Clone, Debug, Hash)]
pub(crate) struct CrateRoot {
    /// The name code uses for the crate.
    pub(crate) name: String,
    pub(crate) root: PathBuf,
    pub(crate) folders: Folders,
    /// As in [`CrateFiles`].
    pub(crate) proc_macro: bool,
    /// As in [`CrateFiles`].
    pub(crate) begins_at_root: bool,
    /// As in [`CrateFiles`].
    pub(crate) dependencies: Vec<String>,
    /// As in [`CrateFiles`].
    pub(crate) externs: Vec<(String, usize)>,
}

/// What the variables that code may build paths from stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Folders {
    /// `CARGO_MANIFEST_DIR`.
    pub(crate) package: PathBuf,
    /// `OUT_DIR`, which is known of the package being built only.
    pub(crate) out: Option<PathBuf>,
}

impl Folders {
    /// The file a path of an `include!` and the like stands for, in a file of `folder`.
    pub(crate) fn file<'t>(
        &self,
        folder: &Path,
        parts: &[PathPart],
        text: impl Fn(Symbol) -> &'t str,
    ) -> Option<PathBuf> {
        let mut path = std::ffi::OsString::new();
        for part in parts {
            match part {
                PathPart::Text(part) => path.push(text(*part)),
                PathPart::Variable(name) => match text(*name) {
                    "CARGO_MANIFEST_DIR" => path.push(&self.package),
                    "OUT_DIR" => path.push(self.out.as_ref()?),
                    _ => return None,
                },
            }
        }
        Some(Self::named(folder, path))
    }

    /// The file of a name that is spelled in a file of `folder`.
    pub(crate) fn named(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
        modules::tidy(&folder.join(name))
    }
}

/// What is known of a `cfg` flag, for the crate with that root.
pub(crate) type Flag<'f> = &'f dyn Fn(&CrateRoot, &str, Option<&str>) -> Truth;

/// Reads the files of crates.
pub(crate) struct Walker<'w> {
    pub(crate) set: &'w mut SourceSet,
    pub(crate) cache: &'w FactsCache,
    pub(crate) diagnostics: &'w mut Diagnostics,
    /// Paths are shown relative to this folder.
    pub(crate) package: &'w Path,
    pub(crate) flag: Flag<'w>,
    /// Of the crate that is being read.
    pub(crate) unparsed: Vec<FileId>,
    pub(crate) looks: Looks,
}

impl Walker<'_> {
    /// Reads crates from their root files.
    pub(crate) fn read(&mut self, roots: Vec<CrateRoot>) -> Vec<CrateFiles> {
        let mut forest = Forest::grow(&roots, self.package, self.cache);
        self.looks.looked = std::mem::take(&mut forest.looked);
        let crates = roots.into_iter().enumerate();
        crates
            .map(|(number, krate)| {
                let mut files = Vec::new();
                self.unparsed.clear();
                self.file(&krate, number, &mut forest, &mut files);
                if files.iter().any(|file| file.facts.hides_files()) {
                    self.hidden(&krate, &files);
                }
                CrateFiles {
                    never: self.never(&krate, &files),
                    name: krate.name,
                    files,
                    unparsed: std::mem::take(&mut self.unparsed),
                    folders: krate.folders,
                    proc_macro: krate.proc_macro,
                    begins_at_root: krate.begins_at_root,
                    dependencies: krate.dependencies,
                    externs: krate.externs,
                }
            })
            .collect()
    }

    /// Puts one file and those below it in their places; returns its index.
    fn file(
        &mut self,
        krate: &CrateRoot,
        node: usize,
        forest: &mut Forest,
        files: &mut Vec<ModuleFile>,
    ) -> Option<usize> {
        let Node {
            content,
            children,
            path,
            test_only,
            ..
        } = forest.take(node);
        let (file, facts) = self.parsed(&path, content)?;
        let index = files.len();
        files.push(ModuleFile {
            file,
            facts: Arc::clone(&facts),
            children: Vec::new(),
            test_only,
        });
        for Children {
            item,
            nodes,
            missing,
        } in children
        {
            self.missing(krate, file, &facts, item, &missing);
            for node in nodes {
                let child = self.file(krate, node, forest, files);
                files[index]
                    .children
                    .extend(child.map(|child| (item, child)));
            }
        }
        Some(index)
    }

    /// Takes files that are modules of a crate by macros alone for what could not be parsed: nobody sees where they
    /// stand. Any that is no module otherwise may be one.
    fn hidden(&mut self, krate: &CrateRoot, files: &[ModuleFile]) {
        self.looks.has_failed = true;
        let known: BTreeSet<&Path> = files
            .iter()
            .map(|file| self.set.file(file.file).path.as_path())
            .collect();
        let folder = krate.root.parent().unwrap_or_else(|| Path::new(""));
        let mut found = modules::code_below(folder);
        found.retain(|path| !known.contains(path.as_path()));
        for path in found {
            if let Ok(raw) = std::fs::read_to_string(&path) {
                let name = display_name(&path, self.package);
                let file = self.set.push(SourceFile::new(&path, name, raw));
                self.unparsed.push(file);
            }
        }
    }

    /// Names a file that could be read, and its facts if it could be parsed.
    fn parsed(&mut self, path: &Path, content: Content) -> Option<(FileId, Arc<FileFacts>)> {
        match &content {
            Content::Unparsable(..) | Content::Unreadable(_) => self.looks.has_failed = true,
            Content::Unmarked => {
                self.looks.unmarked.insert(path.to_owned());
            }
            Content::Parsed(..) | Content::Waiting => {}
        }
        match content {
            Content::Parsed(source, facts) => Some((self.set.push(source), facts)),
            Content::Unparsable(source, unparsable) => {
                // A marker must not be lost; without one, everything the file may mean is in every version.
                let marked = source.text.contains("@cache");
                let file = self.set.push(source);
                let location = Location {
                    file,
                    start: unparsable.place.start,
                    end: unparsable.place.end,
                };
                let reason = &unparsable.reason;
                if marked {
                    self.diagnostics
                        .push(catalogue::unparsable_file(location, reason));
                } else {
                    self.diagnostics
                        .warn(catalogue::unparsed_file(location, reason));
                    self.unparsed.push(file);
                }
                None
            }
            Content::Unreadable(reason) => {
                let name = display_name(path, self.package);
                self.diagnostics
                    .push(catalogue::unreadable_file(&name, &reason));
                None
            }
            Content::Unmarked | Content::Waiting => None,
        }
    }

    /// Reports files that were looked for in vain, if the item that names them is compiled.
    fn missing(
        &mut self,
        krate: &CrateRoot,
        file: FileId,
        facts: &FileFacts,
        item: usize,
        looked: &[PathBuf],
    ) {
        let item = &facts.items[item];
        let made_by_macro = item.product_of.is_some();
        if looked.is_empty() || made_by_macro || self.truth(krate, facts, item) != Truth::True {
            return;
        }
        let looked: Vec<String> = looked
            .iter()
            .map(|path| display_name(path, self.package))
            .collect();
        let location = Location {
            file,
            start: item.location.start,
            end: item.location.end,
        };
        let name = item.name.map_or("", |name| facts.symbols.text(name));
        self.diagnostics
            .push(catalogue::missing_module(location, name, &looked));
    }

    /// The predicates of a crate that certainly do not hold. Procedural macros are compiled for another
    /// machine than the one that is asked about.
    fn never(&self, krate: &CrateRoot, files: &[ModuleFile]) -> BTreeSet<String> {
        if krate.proc_macro {
            return BTreeSet::new();
        }
        let facts = files.iter().map(|file| &file.facts);
        let cfgs = facts.flat_map(|facts| {
            let items = facts.items.iter().flat_map(|item| {
                let conditional = item.macros.iter().map(|(predicate, _)| predicate);
                item.cfgs.iter().chain(conditional)
            });
            items.chain(facts.imports.iter().flat_map(|import| &import.cfgs))
        });
        let distinct: BTreeSet<&String> = cfgs.collect();
        let is_false = |cfg: &&String| {
            parsed(cfg).is_some_and(|predicate| {
                let flag = |name: &str, value: Option<&str>| (self.flag)(krate, name, value);
                predicate.evaluate(&flag) == Truth::False
            })
        };
        distinct.into_iter().filter(is_false).cloned().collect()
    }

    /// Whether the item is compiled, as far as can be known here.
    fn truth(&self, krate: &CrateRoot, facts: &FileFacts, item: &ItemFacts) -> Truth {
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
        Predicate::All(all).evaluate(&|name, value| (self.flag)(krate, name, value))
    }
}

/// A flag no build has an answer for.
fn unknown() -> Predicate {
    Predicate::Flag {
        name: String::new(),
        value: None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `//- path` lines start files; `lib.rs` and `other.rs` are crate roots.
    fn names(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for part in text.split("//- ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap();
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, body).unwrap();
        }
        let root = |name: &str| CrateRoot {
            name: name.to_owned(),
            root: folder.path().join(format!("{name}.rs")),
            folders: Folders::default(),
            proc_macro: false,
            begins_at_root: false,
            dependencies: Vec::new(),
            externs: Vec::new(),
        };
        let mut set = SourceSet::default();
        let crates = Walker {
            set: &mut set,
            cache: &FactsCache::default(),
            diagnostics: &mut Diagnostics::default(),
            package: folder.path(),
            flag: &|_, _, _| Truth::Undetermined,
            unparsed: Vec::new(),
            looks: Looks::default(),
        }
        .read(vec![root("lib"), root("other")]);
        let files = crates.iter().flat_map(|krate| &krate.files);
        files
            .map(|module| set.file(module.file).name.clone())
            .collect()
    }

    #[test]
    fn files_come_in_the_order_of_the_module_tree() {
        let text = "//- lib.rs\nmod b; mod a; mod inline { mod c; }\n\
                    //- b.rs\nmod d;\n//- b/d/mod.rs\nmod e;\n//- b/d/e.rs\n\n\
                    //- a.rs\n#[path = \"b.rs\"] mod again;\n//- d.rs\n\n\
                    //- inline/c.rs\n\n//- other.rs\nmod a;\n";
        for _ in 0..20 {
            assert_eq!(
                names(text),
                [
                    "lib.rs",
                    "b.rs",
                    "b/d/mod.rs",
                    "b/d/e.rs",
                    "a.rs",
                    "b.rs",
                    "d.rs",
                    "inline/c.rs",
                    "other.rs",
                    "a.rs",
                    "b.rs",
                    "d.rs",
                ]
            );
        }
    }

    #[test]
    fn a_file_that_leads_to_itself_is_read_once() {
        let text = "//- lib.rs\n#[path = \"lib.rs\"] mod me; mod a;\n\
                    //- a.rs\n#[path = \"lib.rs\"] mod root; #[path = \"a.rs\"] mod me;\n\
                    //- other.rs\n\n";
        assert_eq!(names(text), ["lib.rs", "a.rs", "other.rs"]);
    }
}
