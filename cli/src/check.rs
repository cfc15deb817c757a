//! `cargo selfsame check`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use selfsame_build::tool;

use crate::arguments::Check;
use crate::closure::Tree;
use crate::error::Error;
use crate::model::Function;
use crate::output;
use crate::project::Project;
use crate::survey::{Ground, Survey, Target};

mod json;
mod lock;
mod text;

use lock::{FunctionKey, Lock};

/// The name of the lock file.
const FILE: &str = "selfsame.lock";

/// Exit status where a lock file is out of date.
const OUT_OF_DATE: u8 = 1;

pub(crate) fn run(arguments: &Check) -> Result<ExitCode, Error> {
    let here = std::env::current_dir().map_err(Error::io("find", "."))?;
    let project = Project::find(&arguments.selection)?;
    let survey = Survey::without_build(&arguments.selection, Ground::here(here))?;
    survey.notes.iter().for_each(|note| output::note(note));
    let packages = packages(&project, &survey);
    if arguments.update {
        return update(&packages, arguments);
    }
    let locked: Vec<&Package<'_>> = packages
        .iter()
        .filter(|package| package.path.is_file())
        .collect();
    if locked.is_empty() {
        let folders = packages
            .iter()
            .map(|package| package.folder().display().to_string());
        return Err(Error::NoLock(folders.collect()));
    }
    let compared = locked.iter().map(|package| package.compare());
    let differences = compared.collect::<Result<Vec<_>, _>>()?.concat();
    if arguments.json {
        output::print_json(&json::differences(&differences));
    } else {
        output::print(&text::differences(&differences));
    }
    Ok(ExitCode::from(if differences.is_empty() {
        0
    } else {
        OUT_OF_DATE
    }))
}

fn update(packages: &[Package<'_>], arguments: &Check) -> Result<ExitCode, Error> {
    for package in packages {
        let text = package.lock().to_text();
        let is_same = std::fs::read_to_string(&package.path).is_ok_and(|present| present == text);
        if !is_same {
            std::fs::write(&package.path, text).map_err(Error::io("write", &package.path))?;
            output::note(&format!("wrote {}", package.path.display()));
        }
    }
    if arguments.json {
        output::print_json(&json::differences(&[]));
    }
    Ok(ExitCode::SUCCESS)
}

/// A package with marked functions, or with a lock file.
struct Package<'s> {
    name: &'s str,
    /// Its lock file, written or not.
    path: PathBuf,
    targets: Vec<&'s Target>,
}

fn packages<'s>(project: &'s Project, survey: &'s Survey) -> Vec<Package<'s>> {
    let packages = project
        .selected
        .iter()
        .map(|position| &project.packages[*position]);
    let packages = packages.map(|package| Package {
        name: &package.name,
        path: package.folder().join(FILE),
        targets: survey
            .targets
            .iter()
            .filter(|target| target.package == package.name)
            .collect(),
    });
    packages
        .filter(|package| package.path.is_file() || package.functions().next().is_some())
        .collect()
}

/// A function that is not as the lock file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) package: String,
    pub(crate) path: String,
    pub(crate) change: Change,
    /// For one that moved, what is in it now and not as recorded, or no longer there.
    pub(crate) items: Vec<Moved>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Moved,
    /// Not recorded.
    New,
    /// Recorded, and no longer marked.
    Removed,
}

/// An item that is not as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) id: String,
    pub(crate) place: String,
    /// Whether it is recorded with other code, rather than not at all.
    pub(crate) is_changed: bool,
    /// The identities from the function to it.
    pub(crate) chain: Vec<String>,
}

impl<'s> Package<'s> {
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    fn functions(&self) -> impl Iterator<Item = (&'s Target, &'s Function)> {
        let functions = |target: &'s Target| {
            target
                .manifest
                .functions
                .iter()
                .map(move |function| (target, function))
        };
        self.targets.iter().copied().flat_map(functions)
    }

    /// The lock file as it should be. Functions that exclude each other are all in it: which one is compiled depends
    /// on the machine.
    fn lock(&self) -> Lock {
        let mut lock = Lock::default();
        for (target, function) in self.functions() {
            let digests = lock.functions.entry(key(target, function)).or_default();
            digests.insert(portable(function));
            for node in Tree::of(&target.manifest, function).nodes {
                let digests = lock.items.entry(node.item.id.clone()).or_default();
                digests.insert(lock::shortened(&node.item.digest));
            }
        }
        lock
    }

    fn compare(&self) -> Result<Vec<Difference>, Error> {
        let recorded = Lock::read(&self.path)?;
        let current = self.lock();
        let keys: BTreeSet<&FunctionKey> = recorded
            .functions
            .keys()
            .chain(current.functions.keys())
            .collect();
        let mut differences = Vec::new();
        for key in keys {
            let change = match (recorded.functions.get(key), current.functions.get(key)) {
                (Some(before), Some(after)) if before == after => continue,
                (Some(_), Some(_)) => Change::Moved,
                (None, _) => Change::New,
                (_, None) => Change::Removed,
            };
            differences.push(Difference {
                package: self.name.to_owned(),
                path: key.path.clone(),
                change,
                items: if change == Change::Moved {
                    self.moved(key, &recorded)
                } else {
                    Vec::new()
                },
            });
        }
        Ok(differences)
    }

    /// The items of a function that are not as recorded, the changed and the nearest first.
    fn moved(&self, wanted: &FunctionKey, recorded: &Lock) -> Vec<Moved> {
        let mut moved: BTreeMap<String, (usize, Moved)> = BTreeMap::new();
        for (target, function) in self.functions() {
            if key(target, function) != *wanted {
                continue;
            }
            let tree = Tree::of(&target.manifest, function);
            for (number, node) in tree.nodes.iter().enumerate() {
                let known = recorded.items.get(&node.item.id);
                if known.is_some_and(|known| known.contains(&lock::shortened(&node.item.digest))) {
                    continue;
                }
                let chain = tree.chain(number);
                let ids = chain.iter().map(|at| tree.nodes[*at].item.id.clone());
                let item = Moved {
                    id: node.item.id.clone(),
                    place: node.item.place.clone(),
                    is_changed: known.is_some(),
                    chain: ids.collect(),
                };
                moved.entry(item.id.clone()).or_insert((chain.len(), item));
            }
        }
        let mut moved: Vec<(usize, Moved)> = moved.into_values().collect();
        moved.sort_by_key(|(length, item)| (!item.is_changed, *length));
        moved.into_iter().map(|(_, item)| item).collect()
    }
}

fn key(target: &Target, function: &Function) -> FunctionKey {
    FunctionKey {
        path: function.path.clone(),
        bin: target.is_bin.then(|| target.name.clone()),
    }
}

/// What code and marker decide of a version: the same on every machine and with every toolchain.
fn portable(function: &Function) -> String {
    // A pin stands for the code, whatever that is.
    let code = if function.marker.contains_key("pin") {
        ""
    } else {
        &function.code
    };
    let options = function
        .marker
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let parts: Vec<&str> = [code].into_iter().chain(options).collect();
    format!("{:032x}", tool::digest(&parts))
}
