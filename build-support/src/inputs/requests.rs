//! Which features of a package are asked for, and by whom.
//!
//! Cargo builds a package once, with the features that any of its users asks for: what one member requests,
//! all get. So for each package that a function uses, the requests of all manifests count, and the `[features]`
//! of members that pass a request on. What packages of registries ask of each other, their checksums tell.

use std::collections::BTreeSet;

use crate::cargo::Environment;
use crate::source::targets::Package;

/// The manifests that may ask.
#[derive(Debug)]
pub(super) struct Requests {
    /// Without repetitions; the first is the package being built.
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
    /// `packages` begins with the one being built. Its features are no part of this but where they are passed
    /// on: then those count which are enabled.
    pub(super) fn of(packages: &[Package], environment: &Environment) -> Self {
        let mut seen = BTreeSet::new();
        let own = &packages[0].folder;
        let distinct = packages
            .iter()
            .filter(|package| seen.insert(&package.folder));
        let asker = |package: &Package| Asker {
            name: package.name.clone(),
            requests: requests(package),
            features: if package.folder == *own {
                enabled(package, environment)
            } else {
                features(package)
            },
        };
        Self {
            askers: distinct.map(asker).collect(),
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
    let request = |dependency: &crate::source::dependency::Dependency| Request {
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
