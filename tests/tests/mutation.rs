//! Real crates are edited, item by item: whenever an edit changes what a marked function answers, its version has
//! moved; and it moves without need far more rarely than a hash of the whole crate would.
//!
//! A random sample is tried, by a seed that is printed. `SELFSAME_MUTANTS=all` tries every edit, another number that
//! many; `SELFSAME_SEED` chooses another sample.

use std::collections::BTreeMap;

use selfsame_tests::mutants::{self, Mutant};
use selfsame_tests::subject::{Answer, Subject};

/// Enough to edit every other item once, and few enough for two minutes.
const SAMPLE: usize = 60;

#[test]
fn no_edit_of_fixedbitset_is_missed() {
    check("fixedbitset", &["std"]);
}

#[test]
fn no_edit_of_textwrap_is_missed() {
    check("textwrap", &[]);
}

#[test]
fn no_edit_of_num_traits_is_missed() {
    check("num-traits", &["std"]);
}

fn setting(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or(u64::MAX))
}

/// Tries a sample of edits; asserts that none is missed, and that few move a version without need: a third of those
/// that move a whole-crate hash so.
fn check(name: &str, features: &[&str]) {
    let subject = Subject::of(name, features);
    let count = setting("SELFSAME_MUTANTS")
        .map_or(SAMPLE, |count| usize::try_from(count).unwrap_or(usize::MAX));
    let seed = setting("SELFSAME_SEED").unwrap_or(1);
    let tally = Tally::of(&subject, count, seed);
    println!("{name}, seed {seed}: {tally:#?}");
    assert!(
        tally.compiled > 0 && tally.ours.moved > 0,
        "nothing was tried"
    );
    assert_eq!(
        tally.missed, [""; 0],
        "the versions stay although the answers change"
    );
    assert!(
        tally.ours.spurious * 3 <= tally.whole_crate.spurious,
        "too many versions move although no answer changes: {tally:#?}"
    );
}

/// How often one kind of version was right and wrong, over all functions and edits.
#[derive(Debug, Default)]
struct Score {
    /// Answer and version changed.
    moved: usize,
    /// The answer changed, the version did not.
    missed: usize,
    /// The version changed, the answer did not.
    spurious: usize,
}

impl Score {
    fn note(&mut self, answer_moved: bool, version_moved: bool) {
        match (answer_moved, version_moved) {
            (true, true) => self.moved += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.spurious += 1,
            (false, false) => {}
        }
    }
}

/// What came of all edits.
#[derive(Debug, Default)]
struct Tally {
    tried: usize,
    compiled: usize,
    ours: Score,
    /// A hash of all tokens of program and crate, which every edit moves.
    whole_crate: Score,
    /// A hash of the function's own tokens.
    own_body: Score,
    missed: Vec<String>,
    /// How often an item's edits moved versions without need.
    spurious: BTreeMap<String, usize>,
}

impl Tally {
    fn of(subject: &Subject, count: usize, seed: u64) -> Self {
        let built = subject.build().expect("the subject compiles unedited");
        // Only now there is a lock file, which versions depend on.
        let versions = subject.versions();
        let answers = Subject::answers(&built, versions.keys());
        assert!(
            answers
                .values()
                .all(|(ended, text)| *ended && !text.is_empty()),
            "every function answers unedited: {answers:?}"
        );
        let mut edits: Vec<Mutant> = subject
            .files()
            .iter()
            .flat_map(|file| mutants::of_file(file))
            .collect();
        let own = mutants::of_file(&subject.program());
        edits.extend(
            own.into_iter()
                .filter(|edit| versions.contains_key(&edit.item)),
        );
        let mut tally = Self::default();
        for edit in mutants::sample(edits, count, seed) {
            tally.tried += 1;
            let before = std::fs::read_to_string(&edit.file).unwrap();
            let Some(after) = edit.applied_to(&before) else {
                continue;
            };
            std::fs::write(&edit.file, after).unwrap();
            if let Some(built) = subject.build() {
                tally.compiled += 1;
                let edited = Subject::answers(&built, versions.keys());
                tally.note(
                    subject,
                    &edit,
                    (&answers, &edited),
                    (&versions, &subject.versions()),
                );
            }
            std::fs::write(&edit.file, before).unwrap();
        }
        tally
    }

    fn note(
        &mut self,
        subject: &Subject,
        edit: &Mutant,
        answers: (&BTreeMap<String, Answer>, &BTreeMap<String, Answer>),
        versions: (&BTreeMap<String, String>, &BTreeMap<String, String>),
    ) {
        for function in versions.0.keys() {
            let answer_moved = answers.0[function] != answers.1[function];
            let version_moved = versions.0[function] != versions.1[function];
            let is_own = edit.file == subject.program() && edit.item == *function;
            self.ours.note(answer_moved, version_moved);
            self.whole_crate.note(answer_moved, true);
            self.own_body.note(answer_moved, is_own);
            let file = edit.file.file_name().unwrap().to_string_lossy();
            if answer_moved && !version_moved {
                self.missed.push(format!(
                    "`{function}` by {} in `{}` of {file}: {edit:?}",
                    edit.kind, edit.item
                ));
            }
            if version_moved && !answer_moved {
                *self
                    .spurious
                    .entry(format!("{file} {}", edit.item))
                    .or_default() += 1;
            }
        }
    }
}
