//! The crates a version can depend on: the target, the library beside it, and the closure of its path
//! dependencies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::SourceSet;
use super::cache::FactsCache;
use super::cfg::Truth;
use super::targets::{Neighbour, Package, Target};
use super::walk::{CrateFiles, Walker};
use crate::diagnostic::Diagnostics;

/// What is known of a `cfg` flag.
type Flag<'f> = &'f dyn Fn(&str, Option<&str>) -> Truth;

/// The generator and the runtime are no part of what a function answers: a wrapper counts as the function it
/// was generated for (R25).
const OURS: &[&str] = &["selfsame", "selfsame-build"];

/// Every crate of a target, and what to watch for a change of them.
#[derive(Debug, Default)]
pub(crate) struct Universe {
    /// The target itself is the first.
    pub(crate) crates: Vec<CrateFiles>,
    /// Manifests, and the folders of crate roots.
    pub(crate) watched: BTreeSet<PathBuf>,
}

/// Reads the crates of one target after another.
pub(crate) struct Reader<'r> {
    pub(crate) sources: &'r mut SourceSet,
    pub(crate) cache: &'r mut FactsCache,
    pub(crate) diagnostics: &'r mut Diagnostics,
    pub(crate) folder: &'r Path,
    pub(crate) flag: Flag<'r>,
}

impl Reader<'_> {
    /// Everything that `target` of `package` can reach by path.
    pub(crate) fn read(mut self, package: &Package, target: &Target) -> Universe {
        let mut universe = Universe::default();
        // A package's place in the list, by its folder; libraries only, for nothing else can be depended on.
        let mut known: Vec<(PathBuf, usize)> = Vec::new();
        let folder = tidied(self.folder);
        self.add(&mut universe, target, package);
        let mut waiting = Vec::new();
        match &package.lib {
            Some(lib) if lib == target => known.push((folder, 0)),
            Some(lib) => {
                let place = self.add(&mut universe, lib, package);
                universe.crates[0].dependencies.push(lib.crate_name());
                universe.crates[0].externs.push((lib.crate_name(), place));
                known.push((folder, place));
                waiting.push((place, package.neighbours()));
            }
            None => {}
        }
        waiting.push((0, package.neighbours()));
        while let Some((user, neighbours)) = waiting.pop() {
            for neighbour in neighbours {
                self.neighbour(user, &neighbour, &mut universe, &mut known, &mut waiting);
            }
        }
        universe
    }

    fn neighbour(
        &mut self,
        user: usize,
        neighbour: &Neighbour,
        universe: &mut Universe,
        known: &mut Vec<(PathBuf, usize)>,
        waiting: &mut Vec<(usize, Vec<Neighbour>)>,
    ) {
        let folder = tidied(&neighbour.folder);
        if let Some((_, place)) = known.iter().find(|(other, _)| *other == folder) {
            let library = universe.crates[*place].name.clone();
            universe.crates[user]
                .externs
                .push((name_in_code(neighbour, &library), *place));
            return;
        }
        // What cargo can't read it has refused before any build script ran.
        let Ok(package) = Package::read(&folder) else {
            return;
        };
        let Some(lib) = package
            .lib
            .as_ref()
            .filter(|_| !OURS.contains(&package.name.as_str()))
        else {
            return;
        };
        let place = self.add(universe, lib, &package);
        universe.watched.insert(folder.join("Cargo.toml"));
        universe.crates[user]
            .externs
            .push((name_in_code(neighbour, &lib.crate_name()), place));
        known.push((folder, place));
        waiting.push((place, package.neighbours()));
    }

    fn add(&mut self, universe: &mut Universe, target: &Target, package: &Package) -> usize {
        // The features of another package can't be seen from this one's build script.
        let flag = |name: &str, value: Option<&str>| match name {
            "feature" if !target.root.starts_with(self.folder) => Truth::Undetermined,
            _ => (self.flag)(name, value),
        };
        let mut walker = Walker {
            set: self.sources,
            cache: self.cache,
            diagnostics: self.diagnostics,
            package: self.folder,
            flag: &flag,
        };
        let crate_files = walker.crate_files(
            &target.crate_name(),
            &target.root,
            package.dependency_names(),
        );
        universe.crates.push(crate_files);
        universe.watched.insert(target.watched());
        universe.crates.len() - 1
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
