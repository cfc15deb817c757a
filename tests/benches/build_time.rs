//! What `generate()` costs at build time, in a build script as users have it: compiled without optimisation.
//!
//! Against parsing the same files with `syn`, which nothing that reads Rust code can do without.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use selfsame_tests::measure::Contest;
use selfsame_tests::project::{self, Project};
use selfsame_tests::scratch;

const MODULES: usize = 50;
const FUNCTIONS: usize = 26;
const ROUNDS: usize = 7;

/// Does what the build script of a user's crate would do, in a program of its own; says how long it took, without the
/// start of the process.
const TIMER: &str = r#"
use std::time::Instant;

fn main() -> Result<(), selfsame_build::Error> {
    let begin = Instant::now();
    if std::env::var_os("BENCH_PARSES").is_some() {
        for module in std::fs::read_dir("src").unwrap() {
            let text = std::fs::read_to_string(module.unwrap().path()).unwrap();
            syn::parse_file(&text).unwrap();
        }
    } else {
        selfsame_build::generate()?;
    }
    let took = begin.elapsed().as_nanos().to_string();
    std::fs::write(std::env::var("BENCH_TOOK").unwrap(), took).unwrap();
    Ok(())
}
"#;

fn main() {
    let project = Project::new();
    let lines = write_sources(&project);
    let timer = Timer::compile(&project);

    let title = format!(
        "`generate()` for {lines} lines in {} files, debug build",
        MODULES + 1
    );
    let mut edits = 0;
    Contest::new(title, 1, "`syn::parse_file` of the same files", |_| {
        timer.run("parse", true)
    })
    .rival("cold", |_| {
        timer.forget("cold");
        timer.run("cold", false)
    })
    .rival("one file changed", |_| {
        edits += 1;
        let (path, text) = module(MODULES / 2, edits);
        project.write(&path, &text);
        timer.run("warm", false)
    })
    .rival("nothing changed", |_| timer.run("warm", false))
    .run(ROUNDS);
}

/// The program, and the crate it is run for.
struct Timer<'a> {
    project: &'a Project,
    executable: PathBuf,
}

impl<'a> Timer<'a> {
    /// Compiles it as Cargo compiles build scripts: without optimisation.
    fn compile(project: &'a Project) -> Self {
        let manifest = project::manifest("timer", "2024").replace("[build-dependencies]", SYN);
        let package = Project::new()
            .with("Cargo.toml", &manifest)
            .with("src/main.rs", TIMER);
        package.remove("build.rs");
        let ran = package.cargo(["build", "--quiet"]);
        assert!(ran.success, "{}", ran.stderr);
        let name = format!("timer{}", std::env::consts::EXE_SUFFIX);
        Self {
            project,
            executable: scratch::root().join("target/debug").join(name),
        }
    }

    /// Runs it with an `OUT_DIR` of that name.
    fn run(&self, name: &str, parses: bool) -> Duration {
        let out = self.out(name);
        let took = out.with_extension("took");
        let mut variables = vec![("BENCH_TOOK", took.as_os_str())];
        if parses {
            variables.push(("BENCH_PARSES", "1".as_ref()));
        }
        project::run_generator(&self.executable, self.project.path(), &out, &variables)
            .expect("the sources have no fault");
        let nanoseconds = std::fs::read_to_string(took).expect("the timer wrote it");
        Duration::from_nanos(nanoseconds.parse().expect("a number"))
    }

    /// Makes the next run with this `OUT_DIR` a cold one.
    fn forget(&self, name: &str) {
        // Not there before the first run.
        let _ = std::fs::remove_dir_all(self.out(name));
    }

    fn out(&self, name: &str) -> PathBuf {
        self.project.path().join("out").join(name)
    }
}

/// The generator as an ordinary dependency, and `syn` with the features it uses, so that both parse with the same code.
const SYN: &str =
    "syn = { version = \"3\", default-features = false, features = [\"full\", \"parsing\"] }";

/// Returns how many lines there are in all.
fn write_sources(project: &Project) -> usize {
    let mut root = String::from("//! A crate of some size.\n");
    let mut lines = 0;
    for number in 0..MODULES {
        let (path, text) = module(number, 0);
        project.write(&path, &text);
        lines += text.lines().count();
        writeln!(root, "pub mod m{number};").expect("text can be written");
    }
    root.push_str("selfsame::include_generated!();\n");
    project.write("src/lib.rs", &root);
    lines + root.lines().count()
}

/// A module whose functions call each other and those of the next module; one of them is marked.
fn module(number: usize, edit: usize) -> (String, String) {
    let next = (number + 1) % MODULES;
    let mut text = format!(
        "//! Module {number}.\n\nuse crate::m{next} as next;\n\n\
         /// A record.\n#[derive(Clone, Debug, PartialEq)]\npub struct Record {{\n    /// Its number.\n    \
         pub number: u64,\n    /// Its name.\n    pub name: String,\n}}\n"
    );
    for function in 0..FUNCTIONS {
        let marker = if function == 0 {
            "///\n/// @cache(ttl = \"5m\")\n"
        } else {
            ""
        };
        let callee = (function + 1) % FUNCTIONS;
        let other = if function == FUNCTIONS - 1 && next != 0 {
            "next::"
        } else {
            "self::"
        };
        let stop = if function == FUNCTIONS - 1 {
            "number > 1"
        } else {
            "number > 100"
        };
        write!(
            text,
            "\n/// Function {function} of module {number}.\n{marker}pub fn f{function}(number: u64) -> u64 {{\n    \
             let record = Record {{\n        number: number.wrapping_add({edit}),\n        \
             name: format!(\"{{number}}\"),\n    }};\n    if {stop} {{\n        \
             return {other}f{callee}(record.number / 2);\n    }}\n    \
             match record.name.len() {{\n        0 => 0,\n        length => length as u64 * record.number,\n    }}\n}}\n"
        )
        .expect("text can be written");
    }
    (format!("src/m{number}.rs"), text)
}
