//! Which files the `mod` items of a file stand for.

use std::path::{Path, PathBuf};

use super::Folders;
use crate::index::facts::{FactKind, FileFacts, FileMention, ItemFacts, ModFacts, ScopeKind};
use crate::source::cfg::Predicate;

/// Where the modules of a file look for their files.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The folder of the file itself.
    folder: PathBuf,
    /// The folder of its child modules.
    children: PathBuf,
}

/// A file an item stands for, by where it would be.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) place: Place,
}

/// An item that stands for the contents of other files.
#[derive(Debug)]
pub(super) struct Branch {
    /// Which of the file's items it is.
    pub(super) item: usize,
    /// Under `#[cfg(test)]`, itself or the file.
    pub(super) test_only: bool,
    pub(super) candidates: Vec<Candidate>,
    /// Whether somebody else tells of a file that is not there.
    is_told: bool,
}

/// A [`Branch`] whose files have been looked for.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) item: usize,
    pub(super) test_only: bool,
    /// Several where attributes choose between files.
    pub(super) present: Vec<Candidate>,
    /// Where else files were looked for.
    pub(super) absent: Vec<PathBuf>,
    /// As of the [`Branch`].
    pub(super) is_told: bool,
}

impl Branch {
    pub(super) fn look_up(self) -> Found {
        let (present, absent): (Vec<_>, Vec<_>) = self
            .candidates
            .into_iter()
            .partition(|candidate| candidate.path.is_file());
        Found {
            item: self.item,
            test_only: self.test_only,
            present,
            absent: absent.into_iter().map(|candidate| candidate.path).collect(),
            is_told: self.is_told,
        }
    }
}

impl Place {
    /// That of a crate's root file, and of every file whose modules live beside it: a `mod.rs`, a `#[path]` file.
    pub(super) fn beside(path: &Path) -> Self {
        let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
        Self {
            children: folder.clone(),
            folder,
        }
    }
}

/// All items of a file that stand for other files, in order.
pub(super) fn branches(
    facts: &FileFacts,
    place: &Place,
    folders: &Folders,
    test_only: bool,
) -> Vec<Branch> {
    let items = facts.items.iter().enumerate();
    items
        .filter_map(|(number, item)| match &item.kind {
            FactKind::Mod(module) if !module.inline => Some(Branch {
                item: number,
                test_only: test_only || needs_test(item),
                candidates: candidates(facts, item, module, place),
                is_told: false,
            }),
            FactKind::Include(file) => Some(Branch {
                item: number,
                test_only: test_only || needs_test(item),
                candidates: included(facts, file, place, folders),
                // rustc itself misses it.
                is_told: true,
            }),
            _ => None,
        })
        .collect()
}

/// The file of an `include!`.
fn included(
    facts: &FileFacts,
    file: &FileMention,
    place: &Place,
    folders: &Folders,
) -> Vec<Candidate> {
    let parts = file.path.as_deref();
    let path =
        parts.and_then(|parts| folders.file(&place.folder, parts, |text| facts.symbols.text(text)));
    path.map(owner).into_iter().collect()
}

fn needs_test(item: &ItemFacts) -> bool {
    item.cfgs
        .iter()
        .any(|cfg| parsed(cfg).is_some_and(|predicate| predicate.needs_test()))
}

pub(super) fn parsed(cfg: &str) -> Option<Predicate> {
    syn::parse_str(cfg).ok()
}

/// The files a `mod name;` may stand for, as the reference has it ("The path attribute").
fn candidates(
    facts: &FileFacts,
    item: &ItemFacts,
    module: &ModFacts,
    place: &Place,
) -> Vec<Candidate> {
    let name = item.name.map_or("", |name| facts.symbols.text(name));
    let inline = inline_folders(facts, item.scope);
    let children = place.children.join(inline.iter().collect::<PathBuf>());
    let base = if inline.is_empty() {
        &place.folder
    } else {
        &children
    };
    let explicit = module
        .path
        .iter()
        .chain(module.conditional_paths.iter().map(|(_, path)| path));
    let mut found: Vec<Candidate> = explicit.map(|path| owner(tidy(&base.join(path)))).collect();
    if module.path.is_none() {
        let flat = children.join(format!("{name}.rs"));
        found.push(Candidate {
            path: flat,
            place: Place {
                folder: children.clone(),
                children: children.join(name),
            },
        });
        found.push(owner(children.join(name).join("mod.rs")));
    }
    found
}

/// A file whose modules live beside it, as those of a `mod.rs` and of a `#[path]` file do.
fn owner(path: PathBuf) -> Candidate {
    Candidate {
        place: Place::beside(&path),
        path,
    }
}

/// The folders that inline modules around a scope add, outermost first: their `#[path]`, else their name.
fn inline_folders(facts: &FileFacts, scope: usize) -> Vec<String> {
    let mut folders = facts.scopes[scope]
        .parent
        .map_or_else(Vec::new, |parent| inline_folders(facts, parent));
    if let ScopeKind::Inline { item } = facts.scopes[scope].kind {
        let item = &facts.items[item];
        let named = item.name.map(|name| facts.symbols.text(name).to_owned());
        let path = if let FactKind::Mod(module) = &item.kind {
            module.path.clone()
        } else {
            None
        };
        folders.extend(path.or(named));
    }
    folders
}

/// All files of code in a folder and those below it, but for other packages and for programs beside a library.
pub(super) fn code_below(folder: &Path) -> Vec<PathBuf> {
    const PROGRAMS: &[&str] = &[
        "benches", "bin", "build.rs", "examples", "main.rs", "target", "tests",
    ];
    let is_code = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    let mut found = Vec::new();
    let mut folders = entries(folder);
    folders.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_none_or(|name| !PROGRAMS.contains(&name))
    });
    while let Some(path) = folders.pop() {
        if path.is_dir() && !path.join("Cargo.toml").is_file() {
            folders.extend(entries(&path));
        } else if is_code(&path) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}

/// A path without `.` and `a/..`.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if tidied.file_name().is_some() => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}
