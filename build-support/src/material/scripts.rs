//! What the build script of another package is made of (rule R20).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::files_below;
use crate::index::collect::{modules_in, string_literals};
use crate::source::dependency::Dependency;
use crate::source::targets::Package;
use crate::source::universe::OURS;

/// The files of a build script, of what it depends on, and those that they name.
pub(super) fn files(package: &Package, script: &Path) -> BTreeSet<PathBuf> {
    let mut found = code_of(script, &package.folder);
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<PathBuf> = folders(package.build_dependencies()).collect();
    // Scripts of native libraries leave variables to those of their users.
    let libraries = folders(package.normal_dependencies()).filter_map(|folder| read(&folder));
    for library in libraries.filter(|library| library.links.is_some()) {
        found.extend(own_script(&library));
        waiting.extend(folders(library.build_dependencies()));
    }
    while let Some(folder) = waiting.pop() {
        let Some(package) = read(&folder).filter(|_| seen.insert(folder.clone())) else {
            continue;
        };
        found.extend(files_below(&folder).filter(|path| is_code(path)));
        waiting.extend(folders(package.dependencies.iter()));
    }
    found
}

/// A package at hand, but for those that this crate comes with.
fn read(folder: &Path) -> Option<Package> {
    let package = Package::read(folder).ok()?;
    (!OURS.contains(&package.name.as_str())).then_some(package)
}

fn folders<'d>(
    dependencies: impl Iterator<Item = &'d Dependency>,
) -> impl Iterator<Item = PathBuf> {
    dependencies.filter_map(|dependency| dependency.folder.clone())
}

fn own_script(package: &Package) -> BTreeSet<PathBuf> {
    let script = package.build_script.as_deref();
    script.map_or_else(BTreeSet::new, |script| code_of(script, &package.folder))
}

/// A script, the files of its modules, and all that their string literals name.
fn code_of(script: &Path, package: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![script.to_owned()];
    while let Some(file) = waiting.pop() {
        if !found.insert(file.clone()) || !is_code(&file) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        waiting.extend(modules(&file, &text));
        let beside = file.parent().unwrap_or(package);
        waiting.extend(named(&text, package).chain(named(&text, beside)));
        let code = string_literals(&text).into_iter();
        let code = code.map(|name| beside.join(name));
        waiting.extend(code.filter(|path| is_code(path) && path.is_file()));
    }
    found
}

/// The files that may be the modules of one, be they inside of inline ones.
fn modules<'m>(file: &Path, text: &'m str) -> impl Iterator<Item = PathBuf> + use<'m> {
    let beside = file.parent().unwrap_or_else(|| Path::new("")).to_owned();
    let below = file.with_extension("");
    modules_in(text).into_iter().flat_map(move |name| {
        let folders = [&beside, &below];
        let found = folders.map(|folder| {
            [
                folder.join(format!("{name}.rs")),
                folder.join(&name).join("mod.rs"),
            ]
        });
        found.into_iter().flatten().filter(|path| path.is_file())
    })
}

/// The files and folders of a package that string literals name.
fn named(text: &str, folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut found = BTreeSet::new();
    for literal in string_literals(text) {
        // `cargo::rerun-if-changed=path`
        let path = literal.rsplit('=').next().unwrap_or(&literal);
        let path = folder.join(path);
        let inside = path.starts_with(folder) && path != folder;
        if inside && path.is_file() {
            found.insert(path);
        } else if inside && path.is_dir() {
            found.extend(files_below(&path));
        }
    }
    found.into_iter()
}

fn is_code(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}
