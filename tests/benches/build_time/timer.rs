//! A program that does what a build script does, and says what it took.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use selfsame_tests::project::{self, Project};
use selfsame_tests::scratch;

/// Measures itself: without the start of the process, which Cargo pays for every build script.
const SOURCE: &str = r#"
use std::time::Instant;

fn main() -> Result<(), selfsame_build::Error> {
    let mode = std::env::var("BENCH_MODE").unwrap();
    let begin = Instant::now();
    let mut trees = Vec::new();
    if mode == "generate" {
        // A published crate may do what a strict run refuses.
        selfsame_build::Config::new().strict(false).generate()?;
    } else {
        for file in std::fs::read_to_string("files").unwrap().lines() {
            let text = std::fs::read_to_string(file).unwrap();
            let tree = syn::parse_file(&text).unwrap();
            if mode == "keep" {
                trees.push(tree);
            }
        }
    }
    let took = begin.elapsed().as_nanos();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let peak = peak.trim().trim_end_matches(" kB");
    std::fs::write(std::env::var("BENCH_TOOK").unwrap(), format!("{took} {peak}")).unwrap();
    Ok(())
}
"#;

/// The generator as an ordinary dependency, and `syn` with the features it uses and spans located, so that both parse
/// with the same code.
const DEPENDENCIES: &str =
    "syn = { version = \"3\", default-features = false, features = [\"full\", \"parsing\"] }";

/// As `[profile.dev.build-override] opt-level = 3` has it.
const PROFILE: &str = "\n[profile.optimised]\ninherits = \"dev\"\nopt-level = 3\n";

/// The program, compiled.
pub(crate) struct Timer {
    pub(crate) described: &'static str,
    executable: PathBuf,
    /// As Cargo tells it: what rustup's `rustc` stands for, not the stand-in.
    rustc: PathBuf,
}

/// What the program is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Parse all files, one after the other.
    Parse,
    /// The same, keeping the trees.
    Keep,
    /// Generate, on one processor.
    OneThread,
    /// Generate, on two processors.
    TwoThreads,
}

/// What it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) time: Duration,
    pub(crate) peak_kib: u64,
}

impl Timer {
    /// Compiles it under `dev` as Cargo compiles build scripts, without optimisation, or `optimised`.
    pub(crate) fn compile(profile: &str) -> Self {
        let manifest =
            project::manifest("timer", "2024").replace("[build-dependencies]", DEPENDENCIES);
        let package = Project::new()
            .with("Cargo.toml", &(manifest + PROFILE))
            .with("src/main.rs", SOURCE);
        package.remove("build.rs");
        let _ = package
            .cargo(["build", "--quiet", "--profile", profile])
            .successful();
        let folder = if profile == "dev" { "debug" } else { profile };
        let name = format!("timer{}", std::env::consts::EXE_SUFFIX);
        let compiled = scratch::root().join("target").join(folder).join(name);
        // Compiling for the other profile does not touch it, but another run of the bench would.
        let executable = scratch::root().join(format!("timer-{profile}-{}", std::process::id()));
        std::fs::copy(compiled, &executable).expect("scratch can be written");
        Self {
            described: if profile == "dev" {
                "as by default"
            } else {
                "with `opt-level = 3`"
            },
            executable,
            rustc: rustc(),
        }
    }

    /// Runs it for a package, with an `OUT_DIR` in a target folder of its own or above.
    pub(crate) fn run(&self, package: &Path, mode: Mode) -> Took {
        let target = package.join("target");
        self.run_in(package, &target, mode)
    }

    /// The same, with another target folder.
    pub(crate) fn run_in(&self, package: &Path, target: &Path, mode: Mode) -> Took {
        let name = package
            .file_name()
            .expect("a package has a folder")
            .to_string_lossy();
        let out = target.join(format!("debug/build/{name}-0/out"));
        scratch::write(&target.join("CACHEDIR.TAG"), b"");
        let took = out.with_extension("took");
        let does = match mode {
            Mode::Parse => "parse",
            Mode::Keep => "keep",
            Mode::OneThread | Mode::TwoThreads => "generate",
        };
        let variables: [(&str, &OsStr); 3] = [
            ("RUSTC", self.rustc.as_os_str()),
            ("BENCH_TOOK", took.as_os_str()),
            ("BENCH_MODE", does.as_ref()),
        ];
        let processors = if mode == Mode::TwoThreads { "0,1" } else { "0" };
        project::run_generator_on(processors, &self.executable, package, &out, &variables)
            .expect("the sources have no fault");
        let text = std::fs::read_to_string(took).expect("the timer wrote it");
        let (time, peak) = text.split_once(' ').expect("two numbers");
        Took {
            time: Duration::from_nanos(time.parse().expect("a number")),
            peak_kib: peak.parse().expect("a number"),
        }
    }

    /// Makes the next run for a package a cold one.
    pub(crate) fn forget(&self, package: &Path) {
        // Not there before the first run.
        let _ = std::fs::remove_dir_all(package.join("target"));
    }
}

fn rustc() -> PathBuf {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .expect("whoever runs benches has rustc");
    let root = String::from_utf8(output.stdout).expect("paths of toolchains are text");
    let name = format!("rustc{}", std::env::consts::EXE_SUFFIX);
    Path::new(root.trim()).join("bin").join(name)
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.executable);
    }
}
