//! Versions: what a closure, its marker and its further inputs digest to.
//!
//! A version is the first 16 bytes of SHA-256 over length-prefixed parts in sorted order: a set, so that
//! neither recursion nor the order of files matters. It is not a Merkle tree on purpose.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::graph::Closure;
use crate::index::collect::truncate;
use crate::index::{Digest, ImportId, Index, ItemId};
use crate::inputs::Inputs;
use crate::marker::Marker;
use crate::source::targets::Package;

pub(crate) mod identity;
pub(crate) mod late;
mod uses;

use identity::Identities;
use late::Version;

/// Bump when the same sources would get another version: on any change of the canonical form, of the rules,
/// or of the encoding below. Golden vectors pin it.
pub(crate) const FINGERPRINT_VERSION: u32 = 2;

/// A further file of the version: its name and the digest of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileInput {
    /// Relative to the package.
    pub(crate) name: String,
    pub(crate) digest: Digest,
}

/// The version of one marked function and the parts it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) version: Version,
    /// Of the code alone, even where `pin` takes its place in the version.
    pub(crate) code: u128,
    /// The function's identity.
    pub(crate) path: String,
    /// Canonical texts of the imports that bind a mentioned name, but for those of the part that functions share.
    pub(crate) imports: Vec<Arc<str>>,
    pub(crate) files: Vec<FileInput>,
    /// What manifests and the lock file say of the crates it uses.
    pub(crate) dependencies: Vec<String>,
}

/// What every function of a target is digested with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) index: &'a Index,
    /// Of the crates of the index, in their order.
    pub(crate) packages: &'a [Package],
    pub(crate) inputs: &'a Inputs,
    /// Of all sources, test code included.
    pub(crate) test: Digest,
}

impl Subject<'_> {
    /// Digests one function.
    pub(crate) fn fingerprint(
        self,
        identities: &mut Identities<'_>,
        item: ItemId,
        closure: &Closure,
        marker: &Marker,
        mut files: Vec<FileInput>,
    ) -> Fingerprint {
        let index = self.index;
        files.sort();
        files.dedup();
        let path = identities.of(item);
        let imports = own_import_texts(identities, closure);
        let dependencies = self.dependencies(closure);
        let mut code = Hasher::new("code");
        code.part(&path);
        code.part(units(index, identities, closure).concat());
        code.section(import_texts(identities, closure, &imports).iter());
        code.section(macro_orders(index, identities, closure).iter());
        code.section(late::elsewhere(self, closure).iter());
        for file in &files {
            code.part(&file.name);
            code.part(file.digest);
        }
        code.section(dependencies.iter());
        let code = code.finish();
        let mut whole = Hasher::new("version");
        whole.part(&path);
        if marker.pin.is_none() {
            whole.part(code.to_be_bytes());
            for input in self.inputs.common() {
                whole.part(&input.name);
                whole.part(&input.value);
            }
        }
        for (name, value) in marker.identity() {
            whole.part(name);
            whole.part(value);
        }
        Fingerprint {
            version: Version {
                fixed: whole.finish(),
                late: late::of(self, closure, marker),
            },
            code,
            path,
            imports,
            files,
            dependencies,
        }
    }

    /// What manifests and the lock file say of the crates a closure reaches and uses.
    fn dependencies(self, closure: &Closure) -> Vec<String> {
        let crates = uses::crates(self.index, closure);
        let crates: BTreeSet<usize> = crates.iter().map(|krate| krate.0 as usize).collect();
        let mut lines = BTreeSet::from_iter(self.inputs.reached(&crates));
        lines.extend(self.inputs.locked(&uses::of(self.index, closure)));
        for krate in &crates {
            // What is not understood may use anything.
            if !closure.widened.is_empty() {
                lines.extend(self.inputs.everything_of(*krate));
            }
            let package = &self.packages[*krate];
            let native = closure
                .foreign
                .iter()
                .any(|foreign| foreign.0 as usize == *krate);
            if package.build_script.is_some()
                && (native || package.folder != self.packages[0].folder)
            {
                lines.extend(self.inputs.build_of(*krate));
            }
        }
        lines.into_iter().collect()
    }
}

/// One digest for each item, of its identity and its tokens; sorted, and several where `cfg` twins are alike.
fn units(index: &Index, identities: &mut Identities<'_>, closure: &Closure) -> Vec<Digest> {
    let mut units = match &closure.shared {
        Some(shared) => identities.units_of_shared(index, shared).to_vec(),
        None => Vec::new(),
    };
    let own = closure.own_items.iter().map(|reached| reached.item);
    let new = own.filter(|item| !closure.overridden.contains(item));
    units.extend(new.map(|item| identities.unit(index, item)));
    // Most of it is sorted already: a stable sort makes use of that.
    units.sort();
    units
}

/// Sorted, without those of the part that functions share.
fn own_import_texts(identities: &mut Identities<'_>, closure: &Closure) -> Vec<Arc<str>> {
    let own = closure.own_imports.iter();
    let mut texts: Vec<Arc<str>> = own.map(|import| identities.import(*import)).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// All of them, sorted, given those of its own.
fn import_texts(
    identities: &mut Identities<'_>,
    closure: &Closure,
    own: &[Arc<str>],
) -> Vec<Arc<str>> {
    let Some(shared) = &closure.shared else {
        return own.to_vec();
    };
    let mut texts = identities.imports_of_shared(shared).to_vec();
    if !own.is_empty() {
        texts.extend_from_slice(own);
        // Most of it is sorted already: a stable sort makes use of that.
        texts.sort();
        texts.dedup();
    }
    texts
}

fn import_text(index: &Index, identities: &Identities<'_>, id: ImportId) -> String {
    let import = index.import(id);
    let path: Vec<&str> = import
        .path
        .iter()
        .map(|segment| index.text(*segment))
        .collect();
    let name = import.name.map_or("*", |name| index.text(name));
    let scope = identities.of_module(import.module);
    let visibility = match import.visibility {
        crate::index::Visibility::Public => "pub".to_owned(),
        crate::index::Visibility::Restricted(module) => identities.of_module(module),
    };
    format!(
        "{scope}: {visibility} use {} as {name} [{}]",
        path.join("::"),
        import.cfgs.join("; ")
    )
}

fn macro_orders(index: &Index, identities: &mut Identities<'_>, closure: &Closure) -> Vec<String> {
    let orders = closure.macro_order.iter();
    let mut texts: Vec<String> = orders
        .map(|(name, user, before)| {
            format!(
                "{}! in {} after {before}",
                index.text(*name),
                identities.of(*user)
            )
        })
        .collect();
    texts.sort();
    texts
}

/// SHA-256 over parts that can't run together.
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub(crate) fn new(purpose: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.part("selfsame");
        hasher.part(FINGERPRINT_VERSION.to_le_bytes());
        hasher.part(purpose);
        hasher
    }

    pub(crate) fn part(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// A list, with its length first.
    fn section(&mut self, texts: impl ExactSizeIterator<Item = impl AsRef<str>>) {
        self.0.update((texts.len() as u64).to_le_bytes());
        texts.for_each(|text| self.part(text.as_ref()));
    }

    pub(crate) fn finish(self) -> u128 {
        u128::from_be_bytes(truncate(self.0))
    }
}
