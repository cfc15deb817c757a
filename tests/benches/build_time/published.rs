//! Crates from the registry, with functions marked in them.

use std::cell::Cell;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use selfsame_tests::project::Project;
use selfsame_tests::scratch;
use tempfile::TempDir;

/// As many functions are marked, evenly over the crate, as far as it has public ones.
const MARKED: usize = 20;

/// What is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// What one function computes. No name is added, and none goes.
    Body,
    /// One function goes, and one comes that nobody knew.
    Names,
}

/// A copy of a published crate.
pub(crate) struct Published {
    pub(crate) name: String,
    folder: TempDir,
    /// All that the analysis parses.
    pub(crate) files: Vec<PathBuf>,
    pub(crate) lines: usize,
    pub(crate) marked: usize,
    /// A file of average length, to be edited.
    edited: (PathBuf, String),
    /// How often each was edited.
    bodies: Cell<usize>,
    names: Cell<usize>,
}

/// Downloads crates as Cargo does, unless it has them already.
pub(crate) fn fetch(crates: &[(&str, &str)]) -> Vec<Published> {
    let project = Project::new();
    project.remove("build.rs");
    let mut manifest =
        "[package]\nname = \"fetched\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n"
            .to_owned();
    for (name, version) in crates {
        writeln!(manifest, "{name} = \"={version}\"").expect("text can be written");
    }
    project.write("Cargo.toml", &manifest);
    project.write("src/lib.rs", "");
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .current_dir(project.path())
        .output()
        .expect("Cargo can be started");
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata.stdout).expect("Cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let folder = |name: &str, version: &str| {
        let package = packages
            .iter()
            .find(|package| package["name"] == *name && package["version"] == *version);
        let manifest = package.and_then(|package| package["manifest_path"].as_str());
        Path::new(manifest.expect("what was asked for was fetched"))
            .parent()
            .expect("a manifest lies in a folder")
            .to_owned()
    };
    crates
        .iter()
        .map(|(name, version)| Published::copy(name, &folder(name, version)))
        .collect()
}

impl Published {
    fn copy(name: &str, from: &Path) -> Self {
        let folder = scratch::folder();
        scratch::copy(&from.join("src"), &folder.path().join("src"));
        let manifest = std::fs::read(from.join("Cargo.toml")).expect("every crate has one");
        scratch::write(&folder.path().join("Cargo.toml"), &manifest);
        let sources = sources(&folder.path().join("src"));
        let marked = mark(folder.path(), &sources);
        let mut published = Self {
            name: name.to_owned(),
            folder,
            files: sources,
            lines: 0,
            marked,
            edited: Default::default(),
            bodies: Cell::default(),
            names: Cell::default(),
        };
        published.keep_parsed();
        published.write_edited();
        published
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Changes one file, in a way it was not changed before.
    pub(crate) fn edit(&self, edit: Edit) {
        let edits = match edit {
            Edit::Body => &self.bodies,
            Edit::Names => &self.names,
        };
        edits.set(edits.get() + 1);
        self.write_edited();
    }

    /// What is edited stands at the end of one file.
    fn write_edited(&self) {
        let (path, text) = &self.edited;
        let (body, name) = (self.bodies.get(), self.names.get());
        let edited = format!(
            "{text}\nfn added() -> usize {{\n    {body}\n}}\n\nfn added_{name}() -> usize {{\n    0\n}}\n"
        );
        scratch::write(path, edited.as_bytes());
    }

    /// Leaves only the files that the manifest of a run names, and lists them for the baseline.
    fn keep_parsed(&mut self) {
        let settings = selfsame_build::tool::Settings {
            manifest_dir: self.path().to_owned(),
            ..Default::default()
        };
        let report =
            selfsame_build::tool::analyse(&settings, &selfsame_build::tool::Memory::default());
        let report = report.expect("the crate has a manifest");
        let manifest: serde_json::Value =
            serde_json::from_str(&report.targets[0].manifest).expect("the manifest is JSON");
        let read = manifest["sources"]
            .as_array()
            .expect("the names of all files read");
        let read: Vec<PathBuf> = read
            .iter()
            .filter_map(|name| Some(self.path().join(name.as_str()?)))
            .collect();
        self.files.retain(|file| read.contains(file));
        let mut texts: Vec<(PathBuf, String)> = self
            .files
            .iter()
            .map(|file| {
                (
                    file.clone(),
                    std::fs::read_to_string(file).expect("it was read before"),
                )
            })
            .collect();
        self.lines = texts.iter().map(|(_, text)| text.lines().count()).sum();
        let list: Vec<String> = self
            .files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        scratch::write(&self.path().join("files"), list.join("\n").as_bytes());
        texts.sort_by_key(|(_, text)| text.len());
        let middle = texts.len() / 2;
        self.edited = texts.swap_remove(middle);
    }
}

/// All Rust files below a folder, sorted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the copy can be read") {
        let path = entry.expect("the copy can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Adds a module of marked functions that use functions from all over the crate; says how many.
fn mark(package: &Path, sources: &[PathBuf]) -> usize {
    let functions: Vec<String> = sources
        .iter()
        .flat_map(|file| public_functions(package, file))
        .collect();
    let step = functions.len().div_ceil(MARKED).max(1);
    let mut text = String::new();
    let mut marked = 0;
    for function in functions.iter().step_by(step) {
        write!(
            text,
            "/// Marked.\n///\n/// @cache(ttl = \"1h\")\npub fn marked_{marked}(input: u64) -> u64 {{\n    \
             let _ = {function};\n    input\n}}\n\n"
        )
        .expect("text can be written");
        marked += 1;
    }
    scratch::write(&package.join("src/marked_by_the_bench.rs"), text.as_bytes());
    let root = package.join("src/lib.rs");
    let mut lib = std::fs::read_to_string(&root).expect("it is a library");
    lib.push_str("\npub mod marked_by_the_bench;\n");
    scratch::write(&root, lib.as_bytes());
    marked
}

/// Paths of the functions that stand at the start of a line, by the usual names of modules.
fn public_functions(package: &Path, file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("sources are text");
    let name = file
        .strip_prefix(package.join("src"))
        .expect("it was found there");
    let name = name.with_extension("");
    let parts = name.iter().map(|part| part.to_string_lossy());
    let module: Vec<_> = parts
        .filter(|part| !matches!(&**part, "lib" | "mod"))
        .collect();
    if module.iter().any(|part| part.contains("test")) {
        return Vec::new();
    }
    let names = text.lines().filter_map(|line| {
        let rest = line
            .strip_prefix("pub fn ")
            .or_else(|| line.strip_prefix("pub(crate) fn "))?;
        rest.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
    });
    names
        .map(|function| {
            format!(
                "crate::{}{function}",
                module
                    .iter()
                    .map(|part| format!("{part}::"))
                    .collect::<String>()
            )
        })
        .collect()
}
