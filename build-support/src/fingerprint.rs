//! Versions: what a closure, its marker and its further inputs digest to.
//!
//! A version is the first 16 bytes of SHA-256 over length-prefixed parts in sorted order: a set, so that
//! neither recursion nor the order of files matters. It is not a Merkle tree on purpose.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::graph::Closure;
use crate::graph::extent::Extents;
use crate::index::collect::truncate;
use crate::index::{Digest, ImportId, Index, ItemId};
use crate::inputs::Inputs;
use crate::marker::Marker;
use crate::source::targets::Package;

pub(crate) mod catalogue;
pub(crate) mod identity;
pub(crate) mod late;
pub(crate) mod lines;
mod uses;

use identity::Identities;
use late::Version;
use lines::Lines;

/// Bump when the same sources would get another version: on any change of the canonical form, of the rules,
/// or of the encoding below. Golden vectors pin it.
pub(crate) const FINGERPRINT_VERSION: u32 = 6;

/// How long the text of an import is, more or less, in bytes.
const IMPORT: usize = 120;

/// A further file of the version: its name and the digest of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileInput {
    /// Relative to the package.
    pub(crate) name: Arc<str>,
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
    /// Those of that part.
    pub(crate) shared_imports: Arc<Lines>,
    pub(crate) files: Vec<FileInput>,
    /// What manifests and the lock file say of the crates it uses.
    pub(crate) dependencies: Arc<[Arc<str>]>,
}

/// What every function of a target is digested with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) index: &'a Index,
    pub(crate) extents: &'a Extents<'a>,
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
        files.sort();
        files.dedup();
        let path = identities.of(item);
        let imports = own_import_texts(identities, closure);
        let shared = closure.shared.as_ref();
        let shared_imports = shared.map(|shared| identities.imports_of_shared(shared));
        let shared_imports = shared_imports.unwrap_or_default();
        let dependencies = identities.lines_of_uses(self, closure);
        let mut code = Hasher::new("code");
        code.part(&path);
        digest_units(&mut code, identities, closure);
        digest_imports(&mut code, &imports, &shared_imports);
        digest_macro_orders(&mut code, identities, closure);
        code.section(late::elsewhere(self, closure).iter());
        for file in &files {
            code.part(&*file.name);
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
            shared_imports,
            files,
            dependencies,
        }
    }
}

/// One digest for each item, of its identity and its tokens; sorted, and several where `cfg` twins are alike.
fn digest_units(code: &mut Hasher, identities: &mut Identities<'_>, closure: &Closure) {
    let own = closure.own_items.iter().map(|reached| reached.item);
    let new = own.filter(|item| !closure.overridden.contains(item));
    let mut own: Vec<Digest> = new.map(|item| identities.unit(item)).collect();
    own.sort_unstable();
    let shared = closure.shared.as_ref();
    let shared = shared.map(|shared| identities.units_of_shared(shared));
    let mut shared = shared.as_deref().unwrap_or_default();
    code.number((shared.len() + own.len()) * size_of::<Digest>());
    for unit in own {
        let (before, after) = shared.split_at(shared.partition_point(|known| *known < unit));
        code.bytes(before.as_flattened());
        code.bytes(&unit);
        shared = after;
    }
    code.bytes(shared.as_flattened());
}

/// Sorted, without those of the part that functions share.
fn own_import_texts(identities: &mut Identities<'_>, closure: &Closure) -> Vec<Arc<str>> {
    let own = closure.own_imports.iter();
    let mut texts: Vec<Arc<str>> = own.map(|import| identities.import(*import)).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// All of them, given those of its own and those that it shares.
fn digest_imports(code: &mut Hasher, own: &[Arc<str>], shared: &Lines) {
    let new = own.iter().filter(|text| !shared.has(text));
    shared.digest_with(&new.cloned().collect::<Vec<_>>(), code);
}

/// `crate::module: pub use path::name as name [predicates]`
fn import_text(index: &Index, identities: &Identities<'_>, id: ImportId) -> String {
    let import = index.import(id);
    let mut text = String::with_capacity(IMPORT);
    text.push_str(identities.of_module(import.module));
    text.push_str(": ");
    text.push_str(match import.visibility {
        crate::index::Visibility::Public => "pub",
        crate::index::Visibility::Restricted(module) => identities.of_module(module),
    });
    text.push_str(" use ");
    let segments = import.path.iter().map(|segment| index.text(*segment));
    push_joined(segments, "::", &mut text);
    text.push_str(" as ");
    text.push_str(import.name.map_or("*", |name| index.text(name)));
    text.push_str(" [");
    push_joined(import.cfgs.iter().map(String::as_str), "; ", &mut text);
    text.push(']');
    text
}

fn push_joined<'t>(parts: impl Iterator<Item = &'t str>, between: &str, text: &mut String) {
    for (number, part) in parts.enumerate() {
        if number > 0 {
            text.push_str(between);
        }
        text.push_str(part);
    }
}

/// Where macros with several definitions are used.
fn digest_macro_orders(code: &mut Hasher, identities: &mut Identities<'_>, closure: &Closure) {
    let own = macro_orders(identities, closure);
    let shared = closure.shared.as_ref();
    let shared = shared.map(|shared| identities.macro_orders_of_shared(shared));
    shared.unwrap_or_default().digest_with(&own, code);
}

/// Sorted, without those of the part that functions share.
fn macro_orders(identities: &mut Identities<'_>, closure: &Closure) -> Vec<Arc<str>> {
    let orders = closure.own_macro_order.iter();
    let mut texts: Vec<Arc<str>> = orders
        .map(|order| identities.macro_order(order).into())
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
        self.number(bytes.len());
        self.bytes(bytes);
    }

    /// How long what follows is.
    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_le_bytes());
    }

    /// Something whose length was said before.
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// A list, with its length first.
    fn section(&mut self, texts: impl ExactSizeIterator<Item = impl AsRef<str>>) {
        self.number(texts.len());
        texts.for_each(|text| self.part(text.as_ref()));
    }

    pub(crate) fn finish(self) -> u128 {
        u128::from_be_bytes(truncate(self.0))
    }
}
