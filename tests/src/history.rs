//! A real crate's history, replayed: what a commit does to the versions of all its functions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use selfsame_build::tool;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use tempfile::TempDir;

use crate::project::Ran;
use crate::{mutants, scratch};

/// A clone of a bundle in `tests/replay/`.
#[derive(Debug)]
pub struct History {
    folder: TempDir,
    /// What is in files that a revision has in common with one before it.
    memory: tool::Memory,
}

/// What hashes make of a crate at one revision.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Each function's version.
    pub versions: BTreeMap<String, String>,
    /// Each function's own tokens, digested.
    pub own_bodies: BTreeMap<String, String>,
    /// All tokens of the crate but tests and documentation, by file.
    pub whole_crate: BTreeMap<PathBuf, String>,
}

impl History {
    /// Clones a bundle.
    ///
    /// # Panics
    ///
    /// If there is none, or git is not installed, as everything here.
    #[must_use]
    pub fn of(bundle: &str) -> Self {
        let history = Self {
            folder: scratch::folder(),
            memory: tool::Memory::default(),
        };
        let bundle = scratch::tests_folder("replay").join(bundle);
        let bundle = bundle.to_str().expect("the checkout's path is text");
        let _ = history.git(&["clone", "--quiet", "--branch", "main", bundle, "."]);
        history
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(self.folder.path());
        Ran::from(git.output().expect("git can be started"))
            .successful()
            .stdout
    }

    /// All revisions, the oldest first.
    #[must_use]
    pub fn revisions(&self) -> Vec<String> {
        let listed = self.git(&["rev-list", "--reverse", "HEAD"]);
        listed.lines().map(str::to_owned).collect()
    }

    /// What the crate is at a revision, with every function marked.
    ///
    /// # Panics
    ///
    /// If the sources of the revision do not parse.
    #[must_use]
    pub fn at(&self, revision: &str) -> Revision {
        let _ = self.git(&["checkout", "--quiet", "--force", revision]);
        let mut found = Revision::default();
        for file in scratch::rust_files(&self.folder.path().join("src")) {
            let text = std::fs::read_to_string(&file).expect("the source can be read");
            let code = mutants::code(&text);
            std::fs::write(&file, marked(&text)).expect("the source can be written");
            let name = file.strip_prefix(self.folder.path());
            let name = name.expect("the sources are below the clone").to_owned();
            found.whole_crate.insert(name, code);
        }
        let settings = tool::Settings {
            manifest_dir: self.folder.path().to_owned(),
            ..tool::Settings::default()
        };
        let report = tool::analyse(&settings, &self.memory);
        for target in report.expect("the manifest is readable").targets {
            found.read(&target.manifest);
        }
        found
    }
}

impl Revision {
    /// Takes in a manifest, `selfsame.json`.
    fn read(&mut self, manifest: &str) {
        #[derive(serde::Deserialize)]
        struct Manifest {
            items: Vec<Item>,
            functions: Vec<Function>,
        }
        #[derive(serde::Deserialize)]
        struct Item {
            digest: String,
        }
        #[derive(serde::Deserialize)]
        struct Function {
            path: String,
            #[serde(rename = "static")]
            version: String,
            closure: Vec<(usize, String, Option<usize>, Option<String>)>,
        }
        let manifest: Manifest = serde_json::from_str(manifest).expect("the manifest is JSON");
        for function in manifest.functions {
            let own = function.closure.iter().find(|(_, rule, ..)| rule == "R1");
            let (item, ..) = own.expect("a function is in its own closure");
            self.own_bodies
                .insert(function.path.clone(), manifest.items[*item].digest.clone());
            self.versions.insert(function.path, function.version);
        }
    }

    /// Of the functions that both have, the shares that go cold: by their own tokens, by their versions, by all tokens
    /// of the crate. None if there are no such functions.
    #[must_use]
    pub fn cold_since(&self, before: &Self) -> Option<[f64; 3]> {
        let both: BTreeSet<&String> = self
            .versions
            .keys()
            .filter(|path| before.versions.contains_key(*path))
            .collect();
        if both.is_empty() {
            return None;
        }
        let share = |moved: &dyn Fn(&String) -> bool| {
            both.iter().filter(|path| moved(path)).count() as f64 / both.len() as f64
        };
        Some([
            share(&|path| self.own_bodies[path] != before.own_bodies[path]),
            share(&|path| self.versions[path] != before.versions[path]),
            share(&|_| self.whole_crate != before.whole_crate),
        ])
    }
}

/// The text with a marker on every function and inherent method, tests left out.
fn marked(text: &str) -> String {
    let file = syn::parse_file(text).expect("a published crate parses");
    let mut functions = Functions::default();
    functions.visit_file(&file);
    let mut marked = text.to_owned();
    functions.starts.sort_unstable();
    for start in functions.starts.into_iter().rev() {
        marked.insert_str(start, "#[doc = \"@cache\"] ");
    }
    marked
}

/// Where functions start.
#[derive(Default)]
struct Functions {
    starts: Vec<usize>,
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| match &attribute.meta {
            syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
            _ => false,
        };
        if !module.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        // Not what is nested in it.
        self.starts.push(function.span().byte_range().start);
    }

    fn visit_item_impl(&mut self, implementation: &'a syn::ItemImpl) {
        if implementation.trait_.is_none() {
            visit::visit_item_impl(self, implementation);
        }
    }

    fn visit_impl_item_fn(&mut self, method: &'a syn::ImplItemFn) {
        self.starts.push(method.span().byte_range().start);
    }

    fn visit_item_trait(&mut self, _: &'a syn::ItemTrait) {}
}
