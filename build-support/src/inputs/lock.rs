//! `Cargo.lock`: which packages were chosen, and what each depends on.

use std::collections::{BTreeMap, BTreeSet};

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

/// A package as written.
#[derive(Debug, Default)]
struct Entry {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    /// As texts, with what `[replace]` put in the package's place.
    dependencies: Vec<String>,
}

impl Lock {
    /// Reads a lock file line by line: cargo writes it in one form, and puts any other right before it builds.
    /// In a build script that is not optimised, a parser of all of TOML takes longer over a large one than the
    /// rest of the analysis does over a changed file.
    pub(super) fn parse(text: &str) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        // In the first format, checksums stand in a table of their own.
        let mut checksums = BTreeMap::new();
        let mut section = "";
        for line in text.lines() {
            if line.starts_with('[') {
                section = line.trim_end();
                if section == "[[package]]" {
                    entries.push(Entry::default());
                }
            } else if let ("[[package]]", Some(entry)) = (section, entries.last_mut()) {
                entry.line(line);
            } else if let ("[metadata]", [key, value]) = (section, quoted(line).as_slice()) {
                checksums.insert(*key, *value);
            }
        }
        let dependencies = Names::of(&entries).dependencies();
        let entries = entries.into_iter().zip(dependencies);
        let locked = |(entry, dependencies): (Entry, Vec<usize>)| Locked {
            checksum: entry.checksum.or_else(|| {
                let source = entry.source.as_deref()?;
                let key = format!("checksum {} {} ({source})", entry.name, entry.version);
                checksums.get(key.as_str()).map(|value| (*value).to_owned())
            }),
            name: entry.name,
            version: entry.version,
            source: entry.source,
            dependencies,
        };
        Self {
            packages: entries.map(locked).collect(),
        }
    }
}

impl Entry {
    fn line(&mut self, line: &str) {
        let key = line.split(" = ").next().unwrap_or_default();
        let texts = quoted(line).into_iter().map(ToOwned::to_owned);
        match key {
            "name" => self.name = texts.collect(),
            "version" => self.version = texts.collect(),
            "source" => self.source = Some(texts.collect()),
            "checksum" => self.checksum = Some(texts.collect()),
            // Of `dependencies`, each on a line of its own, or of `replace`.
            _ => self.dependencies.extend(texts),
        }
    }
}

/// The strings in a line. None of those in a lock file has a quote in it.
fn quoted(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

/// The packages by name.
struct Names<'p> {
    packages: &'p [Entry],
    positions: BTreeMap<&'p str, Vec<usize>>,
}

impl<'p> Names<'p> {
    fn of(packages: &'p [Entry]) -> Self {
        let mut positions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, package) in packages.iter().enumerate() {
            positions.entry(&package.name).or_default().push(position);
        }
        Self {
            packages,
            positions,
        }
    }

    /// Of each package.
    fn dependencies(&self) -> Vec<Vec<usize>> {
        let named = |entry: &Entry| {
            let texts = entry.dependencies.iter();
            texts.flat_map(|text| self.meant(text)).collect()
        };
        self.packages.iter().map(named).collect()
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
