//! Which features of a package are asked for, and by whom.
//!
//! Cargo builds a package once, with the features that any of its users asks for: what one member requests,
//! all get. So for each package that a function uses, the requests of all manifests count, and the `[features]`
//! of members that pass a request on. What packages of registries ask of each other, their checksums tell.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::built::tidied;
use super::record::Record;
use crate::cargo::Environment;
use crate::source::cargo_toml::Manifests;
use crate::source::dependency::Dependency;
use crate::source::targets::Package;

/// The manifests that may ask.
#[derive(Debug)]
pub(super) struct Requests {
    askers: Vec<Asker>,
}

#[derive(Debug)]
struct Asker {
    name: String,
    requests: Vec<Request>,
    features: Vec<Feature>,
}

/// One dependency in a manifest.
#[derive(Debug)]
struct Request {
    package: String,
    line: String,
}

/// One feature, as far as it says something of other packages.
#[derive(Debug)]
struct Feature {
    line: String,
    /// The packages it turns on, or turns features of on.
    packages: Vec<String>,
}

impl Requests {
    /// Of the packages of a universe, the one being built first, and of the other members of its workspace. Its
    /// features are no part of this but where they are passed on: then those count which are enabled.
    pub(super) fn read(
        packages: &[Package],
        environment: &Environment,
        record: &mut Record<'_>,
    ) -> Self {
        let mut askers: BTreeMap<PathBuf, Asker> = BTreeMap::new();
        let built = &packages[0];
        for package in packages {
            let features = if package.folder == built.folder {
                enabled(package, environment)
            } else {
                features(package)
            };
            let asker = || Asker::new(package, features);
            askers.entry(tidied(&package.folder)).or_insert_with(asker);
        }
        let mut manifests = Manifests::default();
        for folder in built.workspace.members() {
            if let Entry::Vacant(place) = askers.entry(tidied(&folder))
                // What cargo can't read it has refused before any build script ran.
                && let Ok(member) = Package::read_among(&folder, &mut manifests)
            {
                record.files.insert(folder.join("Cargo.toml"));
                place.insert(Asker::new(&member, features(&member)));
            }
        }
        Self {
            askers: askers.into_values().collect(),
        }
    }

    /// What is asked of these packages, and of the members that ask it.
    pub(super) fn lines(&self, packages: &BTreeSet<String>) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        let mut asked = packages.clone();
        loop {
            let before = asked.len();
            for asker in &self.askers {
                lines.extend(asker.lines(&asked));
                if asker.passes_on(&asked) {
                    asked.insert(asker.name.clone());
                }
            }
            if asked.len() == before {
                return lines;
            }
        }
    }
}

impl Asker {
    fn new(package: &Package, features: Vec<Feature>) -> Self {
        Self {
            name: package.name.clone(),
            requests: requests(package),
            features,
        }
    }

    fn lines(&self, asked: &BTreeSet<String>) -> Vec<String> {
        let requests = self.requests.iter();
        let requests = requests.filter(|request| asked.contains(&request.package));
        let own = asked.contains(&self.name);
        let features = self
            .features
            .iter()
            .filter(|feature| own || feature.concerns(asked));
        requests
            .map(|request| request.line.clone())
            .chain(features.map(|feature| feature.line.clone()))
            .collect()
    }

    /// Whether what is asked of it decides what it asks of others.
    fn passes_on(&self, asked: &BTreeSet<String>) -> bool {
        self.features.iter().any(|feature| feature.concerns(asked))
    }
}

impl Feature {
    fn concerns(&self, asked: &BTreeSet<String>) -> bool {
        self.packages.iter().any(|package| asked.contains(package))
    }
}

fn requests(package: &Package) -> Vec<Request> {
    let request = |dependency: &Dependency| Request {
        package: dependency.package.clone(),
        line: format!(
            "{} asks of {}: {}",
            package.name, dependency.package, dependency.request
        ),
    };
    package.dependencies.iter().map(request).collect()
}

fn features(package: &Package) -> Vec<Feature> {
    let feature = |(name, values): (&String, &Vec<String>)| {
        let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
        values.sort_unstable();
        Feature {
            line: format!("feature {name} of {}: {}", package.name, values.join(",")),
            packages: values
                .iter()
                .filter_map(|value| concerned(package, value))
                .collect(),
        }
    };
    package.features.iter().map(feature).collect()
}

/// What the enabled features of the package being built pass on.
fn enabled(package: &Package, environment: &Environment) -> Vec<Feature> {
    let enabled = package
        .features
        .iter()
        .filter(|(name, _)| environment.has_feature(name));
    enabled
        .flat_map(|(_, values)| values)
        .filter_map(|value| {
            Some(Feature {
                line: format!("{} turns on {value}", package.name),
                packages: vec![concerned(package, value)?],
            })
        })
        .collect()
}

/// The package that `name/feature`, `name?/feature`, `dep:name` or the name of an optional dependency means.
fn concerned(package: &Package, value: &str) -> Option<String> {
    let value = value.strip_prefix("dep:").unwrap_or(value);
    let key = value.split(['?', '/']).next()?;
    let mut dependencies = package.dependencies.iter();
    let dependency = dependencies.find(|dependency| dependency.key == key)?;
    Some(dependency.package.clone())
}
