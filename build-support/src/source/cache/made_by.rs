//! What tells the facts of one release, or of one state of this crate's sources, from those of another.

use std::hash::Hasher;
use std::sync::OnceLock;

use crate::hash::FastHasher;

/// Everything that decides what facts say of a text and how they are written down. Whoever edits it need not
/// remember that old facts lie about.
const SOURCES: &[&str] = &[
    include_str!("../../index/collect.rs"),
    include_str!("../../index/collect/attributes.rs"),
    include_str!("../../index/collect/blind.rs"),
    include_str!("../../index/collect/bodies.rs"),
    include_str!("../../index/collect/bodiless.rs"),
    include_str!("../../index/collect/calls.rs"),
    include_str!("../../index/collect/digest.rs"),
    include_str!("../../index/collect/docs.rs"),
    include_str!("../../index/collect/formatting.rs"),
    include_str!("../../index/collect/formatting/attributes.rs"),
    include_str!("../../index/collect/formatting/blocks.rs"),
    include_str!("../../index/collect/formatting/branches.rs"),
    include_str!("../../index/collect/formatting/cursor.rs"),
    include_str!("../../index/collect/formatting/declarations.rs"),
    include_str!("../../index/collect/formatting/definitions.rs"),
    include_str!("../../index/collect/formatting/expressions.rs"),
    include_str!("../../index/collect/formatting/functions.rs"),
    include_str!("../../index/collect/formatting/generics.rs"),
    include_str!("../../index/collect/formatting/items.rs"),
    include_str!("../../index/collect/formatting/macros.rs"),
    include_str!("../../index/collect/formatting/operands.rs"),
    include_str!("../../index/collect/formatting/paths.rs"),
    include_str!("../../index/collect/formatting/patterns.rs"),
    include_str!("../../index/collect/formatting/tests.rs"),
    include_str!("../../index/collect/formatting/types.rs"),
    include_str!("../../index/collect/generics.rs"),
    include_str!("../../index/collect/header.rs"),
    include_str!("../../index/collect/includes.rs"),
    include_str!("../../index/collect/inputs.rs"),
    include_str!("../../index/collect/items.rs"),
    include_str!("../../index/collect/lines.rs"),
    include_str!("../../index/collect/loose.rs"),
    include_str!("../../index/collect/macros.rs"),
    include_str!("../../index/collect/marks.rs"),
    include_str!("../../index/collect/members.rs"),
    include_str!("../../index/collect/mentions.rs"),
    include_str!("../../index/collect/nested.rs"),
    include_str!("../../index/collect/pasted.rs"),
    include_str!("../../index/collect/paths.rs"),
    include_str!("../../index/collect/pending.rs"),
    include_str!("../../index/collect/products.rs"),
    include_str!("../../index/collect/record.rs"),
    include_str!("../../index/collect/signs.rs"),
    include_str!("../../index/collect/spared.rs"),
    include_str!("../../index/collect/spelled.rs"),
    include_str!("../../index/collect/strings.rs"),
    include_str!("../../index/collect/texts.rs"),
    include_str!("../../index/collect/transparent.rs"),
    include_str!("../../index/collect/uses.rs"),
    include_str!("../../index.rs"),
    include_str!("../../index/facts.rs"),
    include_str!("../../index/facts/segments.rs"),
    include_str!("../../index/digest_bytes.rs"),
    include_str!("../../index/std_traits.rs"),
    include_str!("../../index/std_traits/named.rs"),
    include_str!("../../index/std_traits/operators.rs"),
    include_str!("../../index/shape.rs"),
    include_str!("../../index/symbol.rs"),
    include_str!("../../marker/scan.rs"),
    include_str!("../cfg.rs"),
    include_str!("../lex.rs"),
];

/// The release and a hash of [`SOURCES`].
pub(super) fn mark() -> &'static str {
    static MARK: OnceLock<String> = OnceLock::new();
    MARK.get_or_init(|| {
        let mut hasher = FastHasher::default();
        SOURCES
            .iter()
            .for_each(|source| hasher.write(source.as_bytes()));
        format!("{} {:016x}", env!("CARGO_PKG_VERSION"), hasher.finish())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_gathers_facts_is_forgotten() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/index/collect");
        for entry in walkdir::WalkDir::new(folder) {
            let path = entry.unwrap().into_path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(
                    SOURCES.contains(&text.as_str()),
                    "{} is not in the list",
                    path.display()
                );
            }
        }
    }
}
