//! The features each selected package is built with, as cargo's resolver unifies them over the workspace.
//!
//! Features that packages outside the workspace ask of a member are not seen; only a build knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::arguments::Selection;
use crate::error::Error;
use crate::project::{Dependency, Package, Project};

/// Enabled features by the position of the package; packages that are not built have none.
pub(crate) type Enabled = BTreeMap<usize, BTreeSet<String>>;

/// Works out what the selection enables.
pub(crate) fn enabled(project: &Project, selection: &Selection) -> Result<Enabled, Error> {
    let mut resolver = Resolver {
        packages: &project.packages,
        enabled: Enabled::new(),
        optional: BTreeSet::new(),
        waiting: Vec::new(),
    };
    for position in &project.selected {
        resolver.package(*position);
        for feature in asked(project, *position, selection)? {
            resolver.value(*position, &feature);
        }
    }
    resolver.finish();
    Ok(resolver.enabled)
}

/// What the command line asks of one package, in the words of a feature's list.
fn asked(project: &Project, position: usize, selection: &Selection) -> Result<Vec<String>, Error> {
    let package = &project.packages[position];
    if selection.all_features {
        return Ok(package.features.keys().cloned().collect());
    }
    let mut asked = Vec::new();
    if !selection.no_default_features && package.features.contains_key("default") {
        asked.push("default".to_owned());
    }
    for name in selection.feature_names() {
        match name.split_once('/') {
            Some((of, feature)) if of == package.name => asked.push(feature.to_owned()),
            Some((of, _)) if is_dependency(package, of) => asked.push(name.to_owned()),
            Some(_) => {}
            None if package.features.contains_key(name) => asked.push(name.to_owned()),
            // With several packages, each takes what it knows.
            None if project.selected.len() > 1 => {}
            None => {
                return Err(Error::NoFeature {
                    package: package.name.clone(),
                    feature: name.to_owned(),
                    known: package.features.keys().cloned().collect(),
                });
            }
        }
    }
    Ok(asked)
}

fn is_dependency(package: &Package, name: &str) -> bool {
    package
        .dependencies
        .iter()
        .any(|dependency| dependency.name_in_manifest() == name)
}

struct Resolver<'p> {
    packages: &'p [Package],
    enabled: Enabled,
    /// Optional dependencies that are switched on: the package, and the dependency's name.
    optional: BTreeSet<(usize, String)>,
    /// `name?/feature`, which counts once the dependency is switched on.
    waiting: Vec<(usize, String, String)>,
}

impl Resolver<'_> {
    /// A package is built: so are its dependencies, each with the features it is asked for.
    fn package(&mut self, position: usize) {
        if self.enabled.contains_key(&position) {
            return;
        }
        self.enabled.insert(position, BTreeSet::new());
        let dependencies = &self.packages[position].dependencies;
        for dependency in dependencies
            .iter()
            .filter(|dependency| !dependency.optional)
        {
            self.dependency(dependency);
        }
    }

    fn dependency(&mut self, dependency: &Dependency) {
        let Some(position) = self.member(dependency) else {
            return;
        };
        self.package(position);
        if dependency.uses_default_features {
            self.feature(position, "default");
        }
        for feature in &dependency.features {
            self.feature(position, feature);
        }
    }

    /// The workspace's package a normal dependency by path stands for.
    fn member(&self, dependency: &Dependency) -> Option<usize> {
        let is_normal = dependency.kind.is_none();
        let path = dependency.path.as_deref().filter(|_| is_normal)?;
        let is_there = |package: &Package| same_folder(package.folder(), path);
        self.packages.iter().position(is_there)
    }

    fn feature(&mut self, position: usize, name: &str) {
        let Some(values) = self.packages[position].features.get(name) else {
            return;
        };
        let is_new = self
            .enabled
            .entry(position)
            .or_default()
            .insert(name.to_owned());
        if is_new {
            for value in values {
                self.value(position, value);
            }
        }
    }

    /// One entry of a feature's list: `other`, `dep:name`, `name/feature`, `name?/feature`.
    fn value(&mut self, position: usize, value: &str) {
        if let Some(name) = value.strip_prefix("dep:") {
            self.switch_on(position, name);
            return;
        }
        match value.split_once('/') {
            None => self.feature(position, value),
            Some((name, feature)) => match name.strip_suffix('?') {
                Some(name) => self
                    .waiting
                    .push((position, name.to_owned(), feature.to_owned())),
                None => {
                    self.switch_on(position, name);
                    self.feature(position, name);
                    self.of_dependency(position, name, feature);
                }
            },
        }
    }

    fn switch_on(&mut self, position: usize, name: &str) {
        if !self.optional.insert((position, name.to_owned())) {
            return;
        }
        for dependency in &self.packages[position].dependencies {
            if dependency.name_in_manifest() == name {
                self.dependency(dependency);
            }
        }
    }

    fn of_dependency(&mut self, position: usize, name: &str, feature: &str) {
        for dependency in &self.packages[position].dependencies {
            if dependency.name_in_manifest() == name
                && let Some(member) = self.member(dependency)
            {
                self.feature(member, feature);
            }
        }
    }

    /// Lets weak features count until nothing new turns up.
    fn finish(&mut self) {
        loop {
            let ready = |entry: &(usize, String, String)| self.is_on(entry.0, &entry.1);
            let (now, later): (Vec<_>, Vec<_>) = self.waiting.clone().into_iter().partition(ready);
            self.waiting = later;
            if now.is_empty() {
                return;
            }
            for (position, name, feature) in now {
                self.of_dependency(position, &name, &feature);
            }
        }
    }

    fn is_on(&self, position: usize, name: &str) -> bool {
        let dependencies = &self.packages[position].dependencies;
        let required =
            |dependency: &Dependency| !dependency.optional && dependency.name_in_manifest() == name;
        self.optional.contains(&(position, name.to_owned())) || dependencies.iter().any(required)
    }
}

fn same_folder(left: &Path, right: &Path) -> bool {
    left == right
        || matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
}

#[cfg(test)]
mod tests;
