//! Files that an earlier run has generated: what they say depends on the plan, while most edits only move versions.
//!
//! They are kept as they are for the plan without its numbers, under the digest of that plan, and get the numbers
//! when they are wanted.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use super::{GeneratedFile, emit, literal};
use crate::cargo::Environment;
use crate::index::Digest;
use crate::index::shape::Shape;
use crate::plan::Plan;
use crate::plan::numbers::Numbers;
use crate::source::cache::FactsCache;

/// `0x` and eight groups of four digits, with underscores between them.
const NUMBER: usize = 41;

/// Where generated files are kept.
pub(crate) struct Remembered<'c> {
    cache: &'c FactsCache,
    /// Of the program that generates.
    program: Digest,
}

impl<'c> Remembered<'c> {
    /// `None` for runs that leave nothing behind.
    pub(crate) fn of(environment: &Environment, cache: &'c FactsCache) -> Option<Self> {
        let program = environment.program().filter(|_| cache.outlives_the_run())?;
        let mut shape = Shape::default();
        (env!("CARGO_PKG_VERSION"), program).hash(&mut shape);
        Some(Self {
            cache,
            program: shape.finished(),
        })
    }

    /// What [`emit`] makes of the plan.
    pub(crate) fn emit(&self, plan: &Plan) -> Vec<GeneratedFile> {
        let (plan, numbers) = plan.without_numbers();
        let name = self.name(&plan);
        let mut files = self.kept(name).unwrap_or_else(|| {
            let files = emit(&plan);
            if let Ok(bytes) = postcard::to_allocvec(&files) {
                self.cache.keep(name, &bytes);
            }
            files
        });
        for file in &mut files {
            fill(&mut file.text, &numbers);
        }
        files
    }

    fn kept(&self, name: Digest) -> Option<Vec<GeneratedFile>> {
        postcard::from_bytes(&self.cache.kept(name)?).ok()
    }

    fn name(&self, plan: &Plan) -> Digest {
        let mut name = Shape::default();
        name.write(b"generated");
        (self.program, plan).hash(&mut name);
        name.finished()
    }
}

/// Puts the numbers where others stand for them; all are of the same length.
fn fill(text: &mut String, numbers: &Numbers) {
    let places: Vec<(Range<usize>, u128)> = places(text).collect();
    for (place, number) in places {
        if let Some(meant) = numbers.meant_by(number) {
            text.replace_range(place, &literal::spelled(meant));
        }
    }
}

/// Where long numbers stand.
fn places(text: &str) -> impl Iterator<Item = (Range<usize>, u128)> {
    let starts = text.match_indices("0x").map(|(start, _)| start);
    let ranges = starts.map(|start| start..start + NUMBER);
    ranges.filter_map(|range| Some((range.clone(), number(text.get(range)?)?)))
}

fn number(text: &str) -> Option<u128> {
    let groups = text.strip_prefix("0x")?.split('_');
    if !groups.clone().all(|group| group.len() == 4) {
        return None;
    }
    u128::from_str_radix(&groups.collect::<String>(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::late::{Late, LateInput};
    use crate::plan::testing::package;

    const ONE: &str = "0x0123_4567_89ab_cdef_0123_4567_89ab_cdef";

    /// Functions at the root, below it, and in a module with its own file; with tags, which know where they stand.
    fn plan(before: &str, ttl: u32, moved: u128) -> Plan {
        let text = format!(
            "{before} selfsame::include_generated!(); /// @cache(tags(\"a:{{n}}\"))\npub fn f(n: u8) -> u8 {{ n }}
            pub mod low {{ /// @cache(ttl = {ttl})\npub fn g<const N: u128>(_: [u8; {ONE}]) -> u8 {{ 0 }} }}
            mod own {{ selfsame::include_generated!(mod own); /// @cache\nfn h() -> u8 {{ 0 }} }}"
        );
        let planned = package(&[("src/lib.rs", &text)]);
        assert_eq!(planned.report, "");
        let mut plan = planned.plan;
        plan.late[0].push(LateInput {
            input: Late::Cfg("test".to_owned()),
            mask: moved,
        });
        let functions = plan.root.functions.iter_mut();
        let inside = plan.inside[0].functions.iter_mut();
        for function in functions.chain(inside) {
            function.version.fixed += moved;
        }
        for entry in &mut plan.functions {
            entry.version.fixed += moved;
        }
        plan
    }

    fn kept(folder: &std::path::Path) -> usize {
        let folder = crate::source::cache::folder(folder);
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }

    #[test]
    fn what_is_remembered_is_what_would_be_generated() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FactsCache::of_build(folder.path());
        let remembered = Remembered {
            cache: &cache,
            program: Shape::default().finished(),
        };
        let first = plan("", 5, 0);
        let moved = plan("fn elsewhere() {}", 5, 100);
        for plan in [&first, &first, &moved, &first] {
            assert_eq!(remembered.emit(plan), emit(plan));
            assert_eq!(kept(folder.path()), 1);
        }
        let other = plan("", 6, 0);
        assert_eq!(remembered.emit(&other), emit(&other));
        assert_eq!(kept(folder.path()), 2);
    }

    #[test]
    fn only_what_is_written_as_versions_are_is_a_number() {
        let text = format!("a({ONE}, 0x12, \"0x\" {ONE})");
        let found: Vec<&str> = places(&text).map(|(place, _)| &text[place]).collect();
        assert_eq!(found, [ONE, ONE]);
        for text in [
            "0x",
            &ONE[..40],
            &ONE.replace('_', "-"),
            &ONE.replace('_', "0"),
        ] {
            assert_eq!(places(text).count(), 0, "{text}");
        }
    }
}
