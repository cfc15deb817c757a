//! `Cargo.lock`: which packages were chosen, and what each depends on.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The packages of a lock file, each by its position.
#[derive(Clone, Debug, Default)]
pub(super) struct Lock {
    packages: Vec<Locked>,
}

/// One package.
#[derive(Clone, Debug)]
pub(super) struct Locked {
    pub(super) name: String,
    pub(super) version: String,
    /// Where it was loaded from; none where its sources lie at hand.
    pub(super) source: Option<String>,
    checksum: Option<String>,
    /// Positions.
    dependencies: Vec<usize>,
}

/// The file as written.
#[derive(Debug, Deserialize)]
pub(super) struct LockToml {
    #[serde(default)]
    package: Vec<PackageToml>,
    /// In the first format, the checksums are here.
    #[serde(default)]
    metadata: toml::Table,
}

#[derive(Debug, Deserialize)]
struct PackageToml {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    /// What `[replace]` put in its place.
    replace: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl From<LockToml> for Lock {
    fn from(toml: LockToml) -> Self {
        let names = Names::of(&toml.package);
        let dependencies: Vec<Vec<usize>> = toml
            .package
            .iter()
            .map(|package| {
                let named = package.dependencies.iter().chain(&package.replace);
                named.flat_map(|text| names.meant(text)).collect()
            })
            .collect();
        let metadata = toml.metadata;
        let locked = |(package, dependencies): (PackageToml, Vec<usize>)| Locked {
            checksum: package.checksum.or_else(|| {
                let source = package.source.as_deref()?;
                let key = format!("checksum {} {} ({source})", package.name, package.version);
                metadata.get(&key)?.as_str().map(ToOwned::to_owned)
            }),
            name: package.name,
            version: package.version,
            source: package.source,
            dependencies,
        };
        Self {
            packages: toml
                .package
                .into_iter()
                .zip(dependencies)
                .map(locked)
                .collect(),
        }
    }
}

/// The packages by name.
struct Names<'p> {
    packages: &'p [PackageToml],
    positions: BTreeMap<&'p str, Vec<usize>>,
}

impl<'p> Names<'p> {
    fn of(packages: &'p [PackageToml]) -> Self {
        let mut positions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, package) in packages.iter().enumerate() {
            positions.entry(&package.name).or_default().push(position);
        }
        Self {
            packages,
            positions,
        }
    }

    /// Those that `name`, `name version` or `name version (source)` may mean.
    fn meant(&self, text: &str) -> Vec<usize> {
        let mut parts = text.splitn(3, ' ');
        let (name, version) = (parts.next().unwrap_or_default(), parts.next());
        let source = parts.next().map(|source| source.trim_matches(['(', ')']));
        let is_meant = |position: &usize| {
            let package = &self.packages[*position];
            version.is_none_or(|version| package.version == version)
                && source.is_none_or(|source| package.source.as_deref() == Some(source))
        };
        let named = self.positions.get(name).into_iter().flatten().copied();
        named.filter(is_meant).collect()
    }
}

impl Lock {
    /// The package with these sources at hand; failing that, one of its name and version from elsewhere, for a
    /// package may be built as a dependency.
    pub(super) fn own(&self, name: &str, version: &str) -> Option<usize> {
        let of = |at_hand: bool| {
            let mut packages = self.packages.iter();
            packages.position(|package| {
                package.name == name
                    && package.version == version
                    && package.source.is_none() == at_hand
            })
        };
        of(true).or_else(|| of(false))
    }

    /// The direct dependencies of a package that have this name: several where it uses several versions.
    pub(super) fn named(&self, package: usize, name: &str) -> Vec<usize> {
        let dependencies = self.packages[package].dependencies.iter().copied();
        dependencies
            .filter(|dependency| self.packages[*dependency].name == name)
            .collect()
    }

    pub(super) fn package(&self, position: usize) -> &Locked {
        &self.packages[position]
    }

    /// Some packages and all they depend on.
    pub(super) fn closure(&self, roots: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<usize> = roots.into_iter().collect();
        while let Some(position) = waiting.pop() {
            if reached.insert(position) {
                waiting.extend(&self.packages[position].dependencies);
            }
        }
        reached
    }
}

impl Locked {
    /// `name version source checksum`, as far as there are such.
    pub(super) fn entry(&self) -> String {
        let parts = [
            Some(&self.name),
            Some(&self.version),
            self.source.as_ref(),
            self.checksum.as_ref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests;
