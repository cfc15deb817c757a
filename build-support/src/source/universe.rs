//! The crates a version can depend on: the target, the library beside it, and the closure of its path
//! dependencies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::SourceSet;
use super::cache::FactsCache;
use super::cargo_toml::Manifests;
use super::cfg::Truth;
use super::targets::{Neighbour, Package, Target};
use super::walk::{CrateFiles, CrateRoot, Folders, Looks, Walker};
use crate::diagnostic::Diagnostics;

/// The generator and the runtime are no part of what a function answers: a wrapper counts as the function it
/// was generated for (R25).
pub(crate) const OURS: &[&str] = &["selfsame", "selfsame-build"];

/// Every crate of a target as manifests tell it, and what to watch for a change of them.
#[derive(Debug, Default)]
pub(crate) struct Universe {
    /// The target itself is the first.
    pub(crate) roots: Vec<CrateRoot>,
    /// Of each crate, the package it belongs to.
    pub(crate) packages: Vec<Package>,
    /// Manifests, and the folders of crate roots.
    pub(crate) watched: BTreeSet<PathBuf>,
}

impl Universe {
    /// Everything that `target` of `package` can reach by path.
    pub(crate) fn of(folder: &Path, out_dir: &Path, package: &Package, target: &Target) -> Self {
        let Crates {
            mut roots,
            packages,
            watched,
            ..
        } = Crates::of(folder, package, target);
        // Of other packages a build script is not told where they write.
        let own = tidied(folder);
        for krate in roots
            .iter_mut()
            .filter(|krate| krate.folders.package == own)
        {
            krate.folders.out = Some(out_dir.to_owned());
        }
        Self {
            roots,
            packages,
            watched,
        }
    }
}

/// Reads the crates of one target.
pub(crate) struct Reader<'r> {
    pub(crate) sources: &'r mut SourceSet,
    pub(crate) cache: &'r FactsCache,
    pub(crate) diagnostics: &'r mut Diagnostics,
    pub(crate) folder: &'r Path,
    pub(crate) flag: &'r dyn Fn(&str, Option<&str>) -> Truth,
}

impl Reader<'_> {
    /// All files of the crates, and what else decides which these are.
    pub(crate) fn read(self, roots: Vec<CrateRoot>) -> (Vec<CrateFiles>, Looks) {
        let mut walker = Walker {
            set: self.sources,
            cache: self.cache,
            diagnostics: self.diagnostics,
            package: self.folder,
            unparsed: Vec::new(),
            looks: Looks::default(),
            // The features of another package can't be seen from this one's build script.
            flag: &|krate, name, value| match name {
                "feature" if !krate.root.starts_with(self.folder) => Truth::Undetermined,
                _ => (self.flag)(name, value),
            },
        };
        let crates = walker.read(roots);
        self.cache.write_down();
        (crates, walker.looks)
    }
}

/// The crates of a target as manifests tell them.
#[derive(Debug, Default)]
struct Crates {
    roots: Vec<CrateRoot>,
    packages: Vec<Package>,
    manifests: Manifests,
    /// A package's place in the list, by its folder; libraries only, for nothing else can be depended on.
    known: Vec<(PathBuf, usize)>,
    watched: BTreeSet<PathBuf>,
}

impl Crates {
    fn of(folder: &Path, package: &Package, target: &Target) -> Self {
        let mut crates = Self::default();
        let folder = tidied(folder);
        crates.add(target, package, &folder);
        let mut waiting = Vec::new();
        match &package.lib {
            Some(lib) if lib == target => crates.known.push((folder.clone(), 0)),
            Some(lib) => {
                let place = crates.add(lib, package, &folder);
                crates.roots[0].dependencies.push(lib.crate_name());
                crates.roots[0].externs.push((lib.crate_name(), place));
                crates.known.push((folder, place));
                waiting.push((place, package.neighbours()));
            }
            None => {}
        }
        waiting.push((0, package.neighbours()));
        while let Some((user, neighbours)) = waiting.pop() {
            for neighbour in neighbours {
                waiting.extend(crates.neighbour(user, &neighbour));
            }
        }
        crates
    }

    /// Adds a dependency to a crate; returns its own ones if it is met for the first time.
    fn neighbour(&mut self, user: usize, neighbour: &Neighbour) -> Option<(usize, Vec<Neighbour>)> {
        let folder = tidied(&neighbour.folder);
        if let Some((_, place)) = self.known.iter().find(|(other, _)| *other == folder) {
            let library = self.roots[*place].name.clone();
            self.roots[user]
                .externs
                .push((name_in_code(neighbour, &library), *place));
            return None;
        }
        // What cargo can't read it has refused before any build script ran.
        let package = Package::read_among(&folder, &mut self.manifests).ok()?;
        let lib = package
            .lib
            .as_ref()
            .filter(|_| !OURS.contains(&package.name.as_str()))?;
        let place = self.add(lib, &package, &folder);
        self.watched.insert(folder.join("Cargo.toml"));
        self.roots[user]
            .externs
            .push((name_in_code(neighbour, &lib.crate_name()), place));
        self.known.push((folder, place));
        Some((place, package.neighbours()))
    }

    fn add(&mut self, target: &Target, package: &Package, folder: &Path) -> usize {
        self.roots.push(CrateRoot {
            name: target.crate_name(),
            root: target.root.clone(),
            proc_macro: package.proc_macro && package.lib.as_ref() == Some(target),
            begins_at_root: package.edition == "2015",
            folders: Folders {
                package: folder.to_owned(),
                out: None,
            },
            dependencies: package.dependency_names(),
            externs: Vec::new(),
        });
        self.packages.push(package.clone());
        self.watched.insert(target.watched());
        self.roots.len() - 1
    }
}

/// The name a dependency has in the code that uses it.
fn name_in_code(neighbour: &Neighbour, library: &str) -> String {
    if neighbour.renamed {
        neighbour.name.clone()
    } else {
        library.to_owned()
    }
}

/// One spelling for one folder.
fn tidied(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
