//! Edits that change no program leave every version as it is: on real crates, and on the crate in `rebuild/`.
//!
//! Layouts, comments and orders are random, by a seed that failures name; `SELFSAME_SEED` chooses others.

use std::collections::BTreeMap;
use std::path::PathBuf;

use selfsame_tests::disguise;
use selfsame_tests::project::Project;
use selfsame_tests::scratch;
use selfsame_tests::subject::Subject;

/// Tries of each random disguise on each crate.
const TRIES: u64 = 2;

type Versions = BTreeMap<String, String>;

/// Source files, and how to learn the versions they make.
struct Sources<'s> {
    name: &'s str,
    edition: &'s str,
    files: Vec<PathBuf>,
    versions: &'s dyn Fn() -> Versions,
}

impl Sources<'_> {
    /// Disguises every file, and asserts that no version moved; then takes the disguise off.
    fn assert_unmoved_by(&self, disguise: impl Fn(&mut fastrand::Rng, &PathBuf)) {
        let before = (self.versions)();
        assert!(!before.is_empty(), "{} has marked functions", self.name);
        let first =
            std::env::var("SELFSAME_SEED").map_or(1, |seed| seed.parse().expect("a number"));
        let texts: Vec<Vec<u8>> = self
            .files
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .collect();
        for seed in first..first + TRIES {
            let mut random = fastrand::Rng::with_seed(seed);
            self.files
                .iter()
                .for_each(|file| disguise(&mut random, file));
            let after = (self.versions)();
            let moved: Vec<&String> = before
                .keys()
                .filter(|name| after.get(*name) != before.get(*name))
                .collect();
            assert_eq!(moved, [""; 0], "{}, seed {seed}", self.name);
            for (file, text) in self.files.iter().zip(&texts) {
                std::fs::write(file, text).unwrap();
            }
        }
    }
}

/// Real crates. Not all fit `another_layout_moves_nothing`.
const CRATES: &[&str] = &["semver", "textwrap", "fixedbitset", "num-traits"];

/// Hands each crate to a check.
fn on_each_crate(crates: &[&str], check: impl Fn(&Sources<'_>)) {
    for name in crates.iter().copied() {
        let subject = Subject::of(name, &["std"]);
        let mut files = subject.files();
        files.push(subject.program());
        check(&Sources {
            name,
            edition: "2021",
            files,
            versions: &|| subject.versions(),
        });
    }
    let project = Project::new().with_folder(&scratch::tests_folder("rebuild"));
    let files = ["lib.rs", "rates.rs", "unrelated.rs", "elsewhere/odd.rs"];
    let files = files
        .map(|file| project.path().join("src").join(file))
        .to_vec();
    check(&Sources {
        name: "rebuild",
        edition: "2024",
        files,
        versions: &|| project.versions(),
    });
}

fn rewrite(file: &PathBuf, rewritten: impl FnOnce(&str) -> String) {
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, rewritten(&text)).unwrap();
}

#[test]
fn another_layout_moves_nothing() {
    on_each_crate(CRATES, |sources| {
        sources.assert_unmoved_by(|random, file| {
            disguise::format(file, sources.edition, &disguise::layout(random));
        });
    });
}

#[test]
fn comments_move_nothing() {
    on_each_crate(CRATES, |sources| {
        sources.assert_unmoved_by(|random, file| {
            rewrite(file, |text| disguise::commented(text, random))
        });
    });
}

#[test]
fn another_order_of_items_moves_nothing() {
    on_each_crate(CRATES, |sources| {
        sources.assert_unmoved_by(|random, file| {
            rewrite(file, |text| disguise::shuffled(text, random))
        });
    });
}

#[test]
fn other_line_ends_move_nothing() {
    on_each_crate(CRATES, |sources| {
        sources.assert_unmoved_by(|_, file| rewrite(file, |text| text.replace('\n', "\r\n")));
    });
}

#[test]
fn another_checkout_moves_nothing() {
    for name in ["semver", "textwrap"] {
        let (one, other) = (Subject::of(name, &["std"]), Subject::of(name, &["std"]));
        assert_ne!(one.folder(), other.folder());
        assert_eq!(one.versions(), other.versions(), "{name}");
    }
}
