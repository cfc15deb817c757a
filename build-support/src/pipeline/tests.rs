//! That a run over what an earlier one has kept comes to what a run over nothing does, whatever was edited between.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;

/// A package of several files and a path dependency. `//- path` lines start files.
const PACKAGE: &str = r#"
//- Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2024"
[features]
extra = []
[dependencies]
helper = { path = "helper" }
serde = "1"
//- Cargo.lock
version = 4
[[package]]
name = "serde"
version = "1.0.1"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "00"
//- helper/Cargo.toml
[package]
name = "helper"
version = "0.1.0"
//- helper/src/lib.rs
pub fn help(x: u64) -> u64 { x + 40 }
pub fn other() {}
//- src/lib.rs
#[macro_use]
mod macros;
mod rates;
pub mod shapes;
mod other;
use rates::of;
// A note.
/// Prices.
///
/// @cache(ttl = "5m")
pub fn price(x: u64) -> u64 { of(x) * 20 + LIMIT + made(x) }
const LIMIT: u64 = 300;
table!(made);
/// @cache(ttl = "1h")
pub fn shape(x: u64) -> String { format!("{x}{}", shapes::Square::new(x).area()) }
/// @cache(ttl = "1h", allow("widened"))
pub fn place(x: u64) -> u32 { let _ = x; line!() }
/// @cache(ttl = "1h")
pub fn text(x: u64) -> String { let _ = x; stringify!(a+b).to_owned() + include_str!("data.txt") }
//- src/data.txt
data
//- src/macros.rs
macro_rules! table { ($name:ident) => { fn $name(x: u64) -> u64 { x + 50 } } }
//- src/rates.rs
use helper::help;
pub fn of(x: u64) -> u64 { help(x) + 60 }
pub fn unused() -> u64 { 70 }
#[cfg(test)]
mod tests { fn f() -> u64 { 71 } }
//- src/other.rs
pub fn of(x: u64) -> u64 { x }
static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
pub fn count() -> u64 { COUNT.load(std::sync::atomic::Ordering::Relaxed) }
//- src/shapes.rs
pub type Side = [u8; 80];
#[derive(Clone)]
pub struct Square { side: u64, rest: Option<Side> }
impl Square {
    pub fn new(side: u64) -> Self { Self { side, rest: None } }
    pub fn area(&self) -> u64 { self.side * self.side }
}
include!("part.in");
//- src/part.in
pub fn part() -> u64 { 90 }
"#;

/// Each can be made and taken back by itself: the file, what stands there, and what comes in its place. Nothing in a
/// file's place is no file.
const EDITS: &[(&str, &str, &str)] = &[
    ("src/lib.rs", "* 20", "* 21"),
    ("src/lib.rs", "// A note.", "// Two\n\n// notes."),
    ("src/lib.rs", "/// Prices.", "/// Prices and prose."),
    ("src/lib.rs", "300", "301"),
    ("src/lib.rs", "use rates::of;", "use other::of;"),
    (
        "src/lib.rs",
        "use rates::of;",
        "use std::fmt::Debug;\nuse rates::of;",
    ),
    ("src/lib.rs", "ttl = \"5m\"", "ttl = \"6m\""),
    ("src/lib.rs", "ttl = \"5m\"", "ttl = \"5m\", key(x + 1)"),
    (
        "src/lib.rs",
        "ttl = \"5m\"",
        "ttl = \"5m\", depends(other::count)",
    ),
    (
        "src/lib.rs",
        "ttl = \"5m\"",
        "ttl = \"5m\", depends(nothing)",
    ),
    ("src/lib.rs", "@cache(ttl = \"5m\")", "Not cached."),
    ("src/lib.rs", "@cache(ttl = \"5m\")", "@cache("),
    (
        "src/lib.rs",
        "table!(made)",
        "table!(other_made); fn made(x: u64) -> u64 { x }",
    ),
    ("src/lib.rs", "let _ = x; line!()", "\nlet _ = x; line!()"),
    ("src/lib.rs", "a+b", "a + b"),
    (
        "src/lib.rs",
        "const LIMIT",
        "/// @cache(ttl = \"1h\")\nconst LIMIT",
    ),
    ("src/lib.rs", "const LIMIT", "#[cfg(windows)]\nconst LIMIT"),
    (
        "src/lib.rs",
        "pub fn shape(x: u64)",
        "pub fn shape(x: u64, y: u8)",
    ),
    ("src/lib.rs", "mod other;", "mod other;\nmod fresh;"),
    (
        "src/lib.rs",
        "mod other;",
        "#[path = \"rates.rs\"]\nmod other;",
    ),
    ("src/fresh.rs", "", "pub fn fresh() -> u64 { 1 }"),
    ("src/other/mod.rs", "", "pub fn of(x: u64) -> u64 { x + 1 }"),
    ("src/data.txt", "data", "other data"),
    ("src/macros.rs", "x + 50", "x + 51"),
    ("src/macros.rs", "x + 50", "x + helper::help(1)"),
    ("src/rates.rs", "+ 60", "+ 61"),
    ("src/rates.rs", "+ 60", "+ crate::other::count()"),
    (
        "src/rates.rs",
        "+ 60",
        "+ { let _ = std::time::Instant::now(); 1 }",
    ),
    ("src/rates.rs", "fn unused", "fn renamed"),
    ("src/rates.rs", "70", "77"),
    ("src/rates.rs", "71", "77"),
    (
        "src/rates.rs",
        "pub fn unused",
        "/// @cache(ttl = \"2h\")\npub fn unused",
    ),
    (
        "src/rates.rs",
        "pub fn unused",
        "#[cfg(feature = \"extra\")]\npub fn unused",
    ),
    ("src/rates.rs", "pub fn of", "fn fresh_one() {}\npub fn of"),
    ("src/rates.rs", "use helper::help;", "use helper::*;"),
    ("src/other.rs", "pub fn of", "fn ("),
    (
        "src/other.rs",
        "pub fn of(x: u64) -> u64 { x }",
        "pub fn of(x: u64) -> u64 { x }\r\n// end\r\n",
    ),
    ("src/shapes.rs", "80", "81"),
    (
        "src/shapes.rs",
        "#[derive(Clone)]",
        "#[derive(Clone, Debug)]",
    ),
    (
        "src/shapes.rs",
        "self.side * self.side",
        "self.side + self.side",
    ),
    (
        "src/shapes.rs",
        "impl Square",
        "#[allow(dead_code)]\nimpl Square",
    ),
    (
        "src/shapes.rs",
        "impl Square",
        "impl Drop for Square { fn drop(&mut self) {} }\nimpl Square",
    ),
    (
        "src/shapes.rs",
        "include!(\"part.in\");",
        "include!(concat!(env!(\"SOME\"), \"/part.in\"));",
    ),
    ("src/part.in", "90", "91"),
    ("src/part.in", "pub fn part() -> u64 { 90 }", ""),
    ("helper/src/lib.rs", "+ 40", "+ 41"),
    ("helper/src/lib.rs", "fn other", "fn another"),
    ("helper/Cargo.toml", "0.1.0", "0.1.1"),
    ("Cargo.toml", "0.1.0", "0.1.1"),
    ("Cargo.toml", "extra = []", "extra = []\nmore = []"),
    (
        "Cargo.toml",
        "serde = \"1\"",
        "serde = { version = \"1\", features = [\"derive\"] }",
    ),
    ("Cargo.lock", "1.0.1", "1.0.2"),
    (
        "build.rs",
        "",
        "fn main() { println!(\"cargo::rustc-link-lib=z\"); }",
    ),
];

/// The files with some of the edits.
fn files(is_made: &[bool]) -> BTreeMap<&'static str, String> {
    let parts = PACKAGE.split("//- ").skip(1);
    let parts = parts.map(|part| part.split_once('\n').unwrap());
    let mut files: BTreeMap<&str, String> =
        parts.map(|(path, text)| (path, text.to_owned())).collect();
    let made = EDITS.iter().zip(is_made).filter(|(_, is_made)| **is_made);
    for ((path, from, to), _) in made {
        let text = files.entry(*path).or_default();
        *text = match *from {
            "" => (*to).to_owned(),
            // Others may have taken the place.
            from => text.replacen(from, to, 1),
        };
    }
    files.retain(|_, text| !text.trim().is_empty());
    files
}

/// Leaves these files alone in the folder, but for what runs have left there.
fn write_all(folder: &Path, before: &BTreeMap<&str, String>, files: &BTreeMap<&str, String>) {
    for path in before.keys().filter(|path| !files.contains_key(**path)) {
        std::fs::remove_file(folder.join(path)).unwrap();
    }
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if std::fs::read_to_string(&path).ok().as_ref() != Some(text) {
            std::fs::write(path, text).unwrap();
        }
    }
}

/// All that comes of a run: what it tells, and what it writes.
fn outcome(folder: &Path) -> (String, BTreeMap<String, String>) {
    let out = folder.join("out");
    let environment = Environment::read(Some(folder), Some(&out)).unwrap();
    let told = match run(&environment.without_compiler(), Strictness::Lenient) {
        Ok(outcome) => format!("{outcome:#?}"),
        Err(error) => error.to_string(),
    };
    let entries = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let written: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    let texts = written.iter().map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        std::fs::remove_file(path).unwrap();
        (path.display().to_string(), text)
    });
    (told, texts.collect())
}

#[test]
fn what_was_kept_changes_nothing_of_what_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, aside) = (
        folder.path().join("out/selfsame.cache"),
        folder.path().join("aside"),
    );
    std::fs::create_dir(folder.path().join("out")).unwrap();
    let result = folder.path().join("out/selfsame.json");
    let result = result.display().to_string();
    let mut dice = fastrand::Rng::with_seed(0x3A5E);
    let mut is_made = [false; EDITS.len()];
    let mut before = BTreeMap::new();
    let mut good = 0;
    for step in 0..80 {
        // Few at a time, or what one is about is lost among the others.
        for _ in 0..dice.usize(1..3) {
            let edit = dice.usize(..EDITS.len());
            is_made[edit] = !is_made[edit];
        }
        if dice.usize(..8) == 0 {
            is_made = [false; EDITS.len()];
        }
        let files = files(&is_made);
        write_all(folder.path(), &before, &files);
        let again = outcome(folder.path());
        std::fs::rename(&cache, &aside).unwrap();
        let anew = outcome(folder.path());
        let made: Vec<_> = EDITS
            .iter()
            .zip(is_made)
            .filter(|(_, is_made)| *is_made)
            .collect();
        assert_eq!(again, anew, "step {step}: {made:#?}");
        std::fs::remove_dir_all(&cache).unwrap();
        std::fs::rename(&aside, &cache).unwrap();
        before = files;
        good += usize::from(anew.1.contains_key(&result));
    }
    assert!(good > 40, "only {good} runs got to an end");
}
