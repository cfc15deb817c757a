//! Small edits of source files that may change what a program answers, to be tried one at a time.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

mod items;
mod tokens;

/// One edit.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The file edited.
    pub file: PathBuf,
    /// The item edited, for people.
    pub item: String,
    /// The kind of edit, for people.
    pub kind: &'static str,
    range: Range<usize>,
    text: String,
}

impl Mutant {
    /// The file's text after the edit; `None` if it is no Rust any more.
    #[must_use]
    pub fn applied_to(&self, text: &str) -> Option<String> {
        let mut edited = text.to_owned();
        edited.replace_range(self.range.clone(), &self.text);
        syn::parse_file(&edited).is_ok().then_some(edited)
    }
}

/// Every edit of one file that is known here; none of its tests.
///
/// # Panics
///
/// If it is no Rust file.
#[must_use]
pub fn of_file(path: &Path) -> Vec<Mutant> {
    let text = std::fs::read_to_string(path).expect("the source can be read");
    let file = syn::parse_file(&text).expect("a published crate parses");
    let found = items::Items::of(&file, &text);
    let mut edits = found.edits;
    edits.extend(tokens::edits(text.parse().expect("what parses lexes")));
    edits.retain(|edit| {
        !found
            .tests
            .iter()
            .any(|test| test.start <= edit.range.start && edit.range.end <= test.end)
    });
    edits.sort_by(|one, other| {
        (one.range.start, one.range.end, &one.text).cmp(&(
            other.range.start,
            other.range.end,
            &other.text,
        ))
    });
    edits.dedup_by(|one, other| one.range == other.range && one.text == other.text);
    let item = |range: &Range<usize>| {
        let around = found
            .items
            .iter()
            .filter(|(item, _)| item.start <= range.start && range.end <= item.end);
        around
            .min_by_key(|(item, _)| item.len())
            .map_or_else(String::new, |(_, name)| name.clone())
    };
    edits
        .into_iter()
        .map(|edit| Mutant {
            file: path.to_owned(),
            item: item(&edit.range),
            kind: edit.kind,
            range: edit.range,
            text: edit.text,
        })
        .collect()
}

/// The tokens of a file as one text, without its tests and documentation.
///
/// # Panics
///
/// If it is no Rust.
#[must_use]
pub fn code(text: &str) -> String {
    let file = syn::parse_file(text).expect("the text parses");
    let tests = items::Items::of(&file, text).tests;
    let mut code = text.to_owned();
    for test in tests {
        // Tests are met outermost first, and what is inside one is gone with it.
        if code.get(test.clone()) == text.get(test.clone()) {
            code.replace_range(test.clone(), &" ".repeat(test.len()));
        }
    }
    tokens::without_documentation(code.parse().expect("what parses lexes")).to_string()
}

/// A random choice: one edit of every item, then a second one of every item, and so on.
#[must_use]
pub fn sample(mutants: Vec<Mutant>, count: usize, seed: u64) -> Vec<Mutant> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut by_item: BTreeMap<(PathBuf, String), Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        by_item
            .entry((mutant.file.clone(), mutant.item.clone()))
            .or_default()
            .push(mutant);
    }
    let mut by_item: Vec<Vec<Mutant>> = by_item.into_values().collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && !by_item.is_empty() {
        random.shuffle(&mut by_item);
        for mutants in &mut by_item {
            chosen.push(mutants.swap_remove(random.usize(..mutants.len())));
        }
        by_item.retain(|mutants| !mutants.is_empty());
    }
    chosen.truncate(count);
    chosen
}

/// An edit before it is known whose.
#[derive(Debug)]
struct Edit {
    range: Range<usize>,
    text: String,
    kind: &'static str,
}
