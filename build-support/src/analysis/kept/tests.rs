//! Which edits leave what was kept of use, and which do not.

use super::*;
use crate::diagnostic::Diagnostics;
use crate::source::targets::Package;
use crate::source::universe::Universe;

const TEXT: &str = "
/// @cache(ttl = \"1h\")
pub fn f(x: u8) -> u8 { g(x) + A }
fn g(x: u8) -> u8 { x * 2 }
const A: u8 = 1;
mod deep;
#[cfg(test)]
mod tests {
    fn t() {}
}
";

/// A package of one marked function that a run has been over.
struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn new() -> Self {
        let kept = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(kept.folder.path().join("src")).unwrap();
        kept.write("Cargo.toml", "[package]\nname = \"app\"\n");
        kept.write("src/lib.rs", TEXT);
        kept.write("src/deep.rs", "fn deep() {}");
        kept.run();
        kept
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn environment(&self) -> Environment {
        let folder = Some(self.folder.path());
        let environment = Environment::read(folder, folder).unwrap();
        environment.without_compiler()
    }

    fn run(&self) {
        let package = Package::read(self.folder.path()).unwrap();
        let (target, mut diagnostics) = (package.lib.as_ref().unwrap(), Diagnostics::default());
        let (environment, cache) = (self.environment(), FactsCache::of_build(self.folder.path()));
        let analysis =
            crate::analysis::Analysis::of(&environment, &package, target, &cache, &mut diagnostics);
        analysis.unwrap();
    }

    fn is_remembered(&self) -> bool {
        let folder = self.folder.path();
        let package = Package::read(folder).unwrap();
        let target = package.lib.as_ref().unwrap();
        let cache = FactsCache::of_build(folder);
        let universe = Universe::of(folder, folder, &package, target);
        let keeper = Keeper::of(&self.environment(), &cache, target, &universe.roots);
        keeper.unwrap().remembered(folder).is_some()
    }
}

#[test]
fn an_edit_that_leads_nowhere_else_is_no_new_start() {
    for (from, to) in [
        ("x * 2", "x * 3"),
        ("fn g", "// A note.\n\nfn g"),
        ("u8 = 1", "u8 = 7"),
        ("fn t() {}", "fn t() { f(1); }"),
        ("/// @cache", "/// Prose.\n///\n/// @cache"),
    ] {
        let kept = Kept::new();
        assert!(kept.is_remembered());
        kept.write("src/lib.rs", &TEXT.replacen(from, to, 1));
        assert!(kept.is_remembered(), "{from} → {to}");
        kept.run();
        assert!(kept.is_remembered(), "{from} → {to}");
    }
}

#[test]
fn an_edit_that_may_lead_elsewhere_is_one() {
    for (path, text) in [
        ("src/lib.rs", TEXT.replacen("x * 2", "x * A", 1)),
        ("src/lib.rs", TEXT.replacen("fn g", "pub fn g", 1)),
        ("src/lib.rs", TEXT.replacen("mod deep;", "", 1)),
        (
            "src/lib.rs",
            format!("{TEXT}/// @cache(ttl = \"1h\")\nstruct S;"),
        ),
        ("src/lib.rs", format!("{TEXT}fn (")),
        ("src/deep/mod.rs", "fn deep() {}".to_owned()),
        ("src/deep.rs", "fn deeper() {}".to_owned()),
        ("Cargo.toml", "[package]\nname = \"other\"\n".to_owned()),
    ] {
        let kept = Kept::new();
        std::fs::create_dir(kept.folder.path().join("src/deep")).unwrap();
        assert!(kept.is_remembered());
        kept.write(path, &text);
        assert!(!kept.is_remembered(), "{path}: {text}");
    }
    let kept = Kept::new();
    std::fs::remove_file(kept.folder.path().join("src/deep.rs")).unwrap();
    assert!(!kept.is_remembered());
}

#[test]
fn what_is_damaged_is_found_out_anew() {
    let kept = Kept::new();
    let folder = crate::source::cache::folder(kept.folder.path());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    assert!(!kept.is_remembered());
    kept.run();
    assert!(kept.is_remembered());
}
