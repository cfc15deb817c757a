//! What a use of a crate that is not indexed makes a version depend on.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::built::{Built, tidied};
use super::lock::Lock;
use super::requests::Requests;
use super::version::may_mean;
use crate::source::dependency::{Dependency, Kind};
use crate::source::targets::Package;
use crate::source::universe::OURS;

/// Crates that come with the compiler.
const SYSROOT: &[&str] = &["alloc", "core", "proc_macro", "std", "test"];

/// The dependencies of every crate of a universe.
#[derive(Debug)]
pub(super) struct Externals {
    /// Of each crate, its package.
    packages: Vec<Package>,
    /// Dependencies whose sources are in the universe, by their folders as manifests spell them.
    indexed: BTreeSet<PathBuf>,
    built: Vec<Built>,
    requests: Requests,
}

/// What some dependencies come to.
#[derive(Debug, Default)]
struct Found {
    lines: BTreeSet<String>,
    /// Names of packages.
    packages: BTreeSet<String>,
}

impl Externals {
    pub(super) fn new(packages: &[Package], built: Vec<Built>, requests: Requests) -> Self {
        Self {
            packages: packages.to_vec(),
            indexed: indexed(packages),
            built,
            requests,
        }
    }

    /// Of names in the code of crates. An unknown name may mean any normal dependency of the crate: a library
    /// can have another name than its package.
    pub(super) fn of_uses(&self, uses: &BTreeSet<(usize, String)>) -> Vec<String> {
        let mut found = Found::default();
        for (krate, name) in uses {
            if SYSROOT.contains(&name.as_str()) {
                continue;
            }
            let package = &self.packages[*krate];
            let is_meant = |dependency: &&Dependency| dependency.name == *name;
            if package
                .normal_dependencies()
                .any(|dependency| is_meant(&dependency))
            {
                self.add(
                    package,
                    package.normal_dependencies().filter(is_meant),
                    &mut found,
                );
            } else {
                self.add(package, package.normal_dependencies(), &mut found);
            }
        }
        self.lines(found)
    }

    /// Of all dependencies of a crate that are of a kind.
    pub(super) fn of_kind(&self, krate: usize, kind: Kind) -> Vec<String> {
        let package = &self.packages[krate];
        let dependencies = package.dependencies.iter();
        let mut found = Found::default();
        let of_kind = dependencies.filter(|dependency| dependency.kind == kind);
        self.add(package, of_kind, &mut found);
        self.lines(found)
    }

    /// What the manifests say of crates whose code is reached: editions, and features of other packages than the
    /// one being built, whose own the compiler tells.
    pub(super) fn of_crates(&self, crates: &BTreeSet<usize>) -> Vec<String> {
        let mut found = Found::default();
        for krate in crates {
            let package = &self.packages[*krate];
            found
                .lines
                .insert(format!("edition {} of {}", package.edition, package.name));
            if package.folder != self.packages[0].folder {
                found.packages.insert(package.name.clone());
            }
        }
        self.lines(found)
    }

    fn add<'d>(
        &self,
        user: &Package,
        dependencies: impl Iterator<Item = &'d Dependency>,
        found: &mut Found,
    ) {
        for dependency in dependencies.filter(|dependency| self.is_external(dependency)) {
            for built in &self.built {
                found.add(built, user, dependency);
            }
        }
    }

    fn is_external(&self, dependency: &Dependency) -> bool {
        let folder = dependency.folder.as_ref();
        let indexed = folder.is_some_and(|folder| self.indexed.contains(folder));
        !indexed && !OURS.contains(&dependency.package.as_str())
    }

    fn lines(&self, found: Found) -> Vec<String> {
        let mut lines = found.lines;
        lines.extend(self.requests.lines(&found.packages));
        lines.into_iter().collect()
    }
}

fn indexed(packages: &[Package]) -> BTreeSet<PathBuf> {
    let folders: BTreeSet<PathBuf> = packages
        .iter()
        .map(|package| tidied(&package.folder))
        .collect();
    let dependencies = packages.iter().flat_map(|package| &package.dependencies);
    dependencies
        .filter_map(|dependency| dependency.folder.clone())
        .filter(|folder| folders.contains(&tidied(folder)))
        .collect()
}

/// What a lock file chose for a dependency of a package. It does not tell which of two versions is meant where a
/// package uses both, under names of their own.
fn locked(lock: &Lock, user: &Package, dependency: &Dependency) -> Vec<usize> {
    let own = lock.own(&user.name, &user.version);
    let named = own.map_or_else(Vec::new, |own| lock.named(own, &dependency.package));
    let is_meant = |position: &usize| {
        let requirement = dependency.version.as_deref().unwrap_or("*");
        may_mean(requirement, &lock.package(*position).version)
    };
    let meant: Vec<usize> = named.iter().copied().filter(is_meant).collect();
    if meant.is_empty() { named } else { meant }
}

impl Found {
    fn add(&mut self, built: &Built, user: &Package, dependency: &Dependency) {
        let locked = built
            .lock
            .as_ref()
            .map(|lock| (lock, locked(lock, user, dependency)));
        let Some((lock, roots)) = locked.filter(|(_, roots)| !roots.is_empty()) else {
            self.unlocked(built, dependency);
            return;
        };
        for position in lock.closure(roots) {
            let package = lock.package(position);
            let patched = package
                .source
                .is_none()
                .then(|| built.patched.digest(&package.name));
            let sources = patched.flatten().map(|digest| format!(" {digest}"));
            self.lines
                .insert(package.entry() + &sources.unwrap_or_default());
            self.packages.insert(package.name.clone());
        }
    }

    /// Without an entry, the manifest's own words are all there is.
    fn unlocked(&mut self, built: &Built, dependency: &Dependency) {
        let (package, requirement) = (&dependency.package, &dependency.requirement);
        let patched = built.patched.digest(package).unwrap_or("not locked");
        self.lines
            .insert(format!("{package} {requirement}, {patched}"));
        self.packages.insert(package.clone());
    }
}
