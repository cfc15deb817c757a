//! What of a file decides where its names lead: everything but what its items say word by word, and where they stand.
//!
//! Most edits leave it as it is: they change what a body computes, a comment or a literal, and so the digest of an
//! item, but not what it mentions. Then whatever was found out about who leads to whom still holds.
//!
//! Each type is taken apart in full, so that nobody can add to the facts without saying here what it decides.

use std::hash::{Hash, Hasher};

use sha2::{Digest as _, Sha256};

use super::Digest;
use super::collect::truncate;
use super::facts::{
    CallFacts, FactKind, FileFacts, FileMention, ImportFacts, IncludeFacts, ItemFacts, MarkedFacts,
    OwnerFacts,
};

/// The shape of a file.
pub(super) fn of(facts: &FileFacts) -> Digest {
    let FileFacts {
        shape: _,
        symbols,
        scopes,
        items,
        imports,
        marked,
        orphans: _,
        includes,
    } = facts;
    let mut shape = Shape::default();
    for text in symbols.texts() {
        text.hash(&mut shape);
    }
    (scopes, items, imports, marked, includes).hash(&mut shape);
    // Of places, only their order counts: what comes first in the text.
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|item| items[*item].location.start);
    order.hash(&mut shape);
    shape.finished()
}

/// Takes hashed values in, to be digested together.
#[derive(Debug, Default)]
pub(crate) struct Shape(Vec<u8>);

impl Shape {
    pub(crate) fn finished(self) -> Digest {
        truncate(Sha256::new_with_prefix(self.0))
    }
}

impl Hasher for Shape {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nobody asks: see [`Shape::finished`].
    fn finish(&self) -> u64 {
        0
    }
}

impl Hash for ItemFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            kind,
            name,
            scope,
            body,
            owner,
            visibility,
            cfgs,
            test_only,
            location: _,
            extent: _,
            digest: _,
            spaced,
            mentions,
            arguments,
            product_of,
            macros,
            link_name,
            is_placed,
        } = self;
        (kind, name, scope, body, owner, visibility, cfgs).hash(state);
        (test_only, spaced.is_some(), mentions, arguments).hash(state);
        (product_of, macros, link_name, is_placed).hash(state);
    }
}

impl Hash for FactKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Fn
            | Self::Const
            | Self::Union
            | Self::Trait
            | Self::TraitAlias
            | Self::ExternCrate
            | Self::Foreign
            | Self::ForeignBlock
            | Self::Attributes
            | Self::Other => {}
            Self::Struct(signatures)
            | Self::TypeAlias {
                target: _,
                signatures,
            } => signatures.hash(state),
            Self::Static(facts) => facts.hash(state),
            Self::Enum { variants } => variants.hash(state),
            Self::Mod(facts) => facts.hash(state),
            Self::MacroRules(facts) => facts.hash(state),
            Self::MacroCall(facts) => facts.hash(state),
            Self::Impl(facts) => facts.hash(state),
            Self::TraitMember(kind) | Self::ImplMember(kind) => kind.hash(state),
            Self::MemberCall { in_trait, call } => (in_trait, call).hash(state),
            Self::Include(file) => file.hash(state),
        }
    }
}

impl Hash for CallFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            path,
            arguments,
            shell,
        } = self;
        let shell = shell.as_ref().map(|(_, mentions)| mentions);
        (path, arguments, shell).hash(state);
    }
}

impl Hash for FileMention {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            kind,
            path,
            place: _,
        } = self;
        (kind, path).hash(state);
    }
}

impl Hash for ImportFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            scope,
            name,
            path,
            cfgs,
            visibility,
            location: _,
        } = self;
        (scope, name, path, cfgs, visibility).hash(state);
    }
}

impl Hash for MarkedFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            item,
            docs: _,
            signature: _,
            owner,
            place,
        } = self;
        (item, owner, place).hash(state);
    }
}

impl Hash for OwnerFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Free | Self::TraitDefault => {}
            Self::Inherent { header: _ } | Self::TraitImpl { header: _ } => {}
        }
    }
}

impl Hash for IncludeFacts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            scope,
            form,
            location: _,
        } = self;
        (scope, form).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use crate::index::collect;

    const TEXT: &str = "
use std::fmt::Debug;
const A: u8 = 1;
pub fn f(x: u8) -> u8 { g(x) + A }
fn g(x: u8) -> u8 { x * 2 }
macro_rules! m { () => { 1 } }
fn h() -> u8 { m!() }
";

    /// Whether an edit leaves the shape as it is.
    fn is_kept(from: &str, to: &str) -> bool {
        assert!(TEXT.contains(from), "{from}");
        let shape = |text: &str| collect::file(text).unwrap().shape;
        shape(TEXT) == shape(&TEXT.replacen(from, to, 1))
    }

    #[test]
    fn what_code_computes_is_no_part_of_it() {
        for (from, to) in [
            ("x * 2", "x * 3"),
            ("u8 = 1", "u8 = 0x10"),
            ("g(x) + A", "A - g(x + 1)"),
            ("fn g", "/// Doubles.\n\n// Twice.\nfn g"),
            ("1 } }", "{ 3 } } }"),
        ] {
            let is_kept = is_kept(from, to);
            // In another order, the names are other symbols.
            assert_eq!(is_kept, !from.contains("g(x) + A"), "{from} → {to}");
        }
    }

    #[test]
    fn whatever_may_lead_elsewhere_is() {
        for (from, to) in [
            ("x * 2", "x * f(2)"),
            ("fn g", "fn gg"),
            ("fn g", "pub fn g"),
            ("fn g", "fn new() {}\nfn g"),
            ("fn g", "#[cfg(test)]\nfn g"),
            ("fn g", "#[cfg(unix)]\nfn g"),
            ("fn g", "#[no_mangle]\nfn g"),
            ("fn g", "#[tokio::main]\nfn g"),
            ("(x: u8) -> u8 { x * 2 }", "() -> u8 { 2 }"),
            ("{ x * 2 }", "{ fn inner() {} x * 2 }"),
            ("fmt::Debug", "fmt::Display"),
            ("fmt::Debug", "fmt::*"),
            ("use std", "pub use std"),
            ("const A", "static A"),
            ("{ 1 }", "{ A }"),
            ("m!()", "m!(A)"),
            (
                "macro_rules! m { () => { 1 } }\nfn h() -> u8 { m!() }",
                "fn h() -> u8 { m!() }\nmacro_rules! m { () => { 1 } }",
            ),
        ] {
            assert!(!is_kept(from, to), "{from} → {to}");
        }
    }
}
