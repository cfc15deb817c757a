//! What a `build.rs` may choose.

use std::path::{Path, PathBuf};

use crate::diagnostic::Strictness;
use crate::error::Error;
use crate::source::tasks;
use crate::{cargo, pipeline};

/// Settings of one run; the defaults are what cargo tells the build script.
///
/// # Defaults
///
/// | setting | default |
/// |---|---|
/// | [`manifest_dir`](Self::manifest_dir) | `CARGO_MANIFEST_DIR` |
/// | [`out_dir`](Self::out_dir) | `OUT_DIR` |
/// | [`strict`](Self::strict) | `true` |
/// | [`toolchain`](Self::toolchain) | `true` |
///
/// # Examples
///
/// A build script that keeps a copy of the generated code where an editor finds it:
///
/// ```no_run
/// fn main() -> Result<(), selfsame_build::Error> {
///     selfsame_build::Config::new().generate()?;
///     selfsame_build::Config::new().out_dir("target/generated").generate()
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    manifest_dir: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    strictness: Strictness,
    ignores_toolchain: bool,
}

impl Config {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The folder of the package's `Cargo.toml`.
    pub fn manifest_dir(&mut self, path: impl AsRef<Path>) -> &mut Self {
        self.manifest_dir = Some(path.as_ref().to_owned());
        self
    }

    /// Where the generated files go; made if it does not exist.
    pub fn out_dir(&mut self, path: impl AsRef<Path>) -> &mut Self {
        self.out_dir = Some(path.as_ref().to_owned());
        self
    }

    /// Whether code that no version can soundly cover is refused (`true`), or warned of (`false`).
    ///
    /// Leave it on: a refusal names the place and the edit that resolves it, which may be as small as
    /// `allow("mutable_state")` in the one marker concerned. Off, the build goes through with a warning for each,
    /// and a result may outlive the code that made it. Warnings that are no refusals are the same in both.
    pub fn strict(&mut self, strict: bool) -> &mut Self {
        self.strictness = if strict {
            Strictness::Strict
        } else {
            Strictness::Lenient
        };
        self
    }

    /// Whether versions depend on the compiler that builds the crate.
    ///
    /// Off, entries outlive a compiler update, at the risk that it is the update that changes a result: a fixed
    /// miscompilation, another hash of the standard library, another order of floating-point operations. Target,
    /// compiler flags and profile count either way.
    pub fn toolchain(&mut self, counts: bool) -> &mut Self {
        self.ignores_toolchain = !counts;
        self
    }

    /// Generates the wrappers of every target of the package.
    ///
    /// Call it last in `build.rs`, after whatever else writes to `OUT_DIR`. Prints the `cargo::rerun-if-changed`
    /// lines for all that was read, and a `cargo::warning` of one line for each thing that should be looked at:
    /// a marked function that reads a clock, say, or a key argument that loses data. `allow(…)` in the marker
    /// silences them kind by kind.
    ///
    /// # Errors
    ///
    /// With every problem found in the sources and their markers, each with its place and the edit that solves
    /// it; or if a file can't be read or written, or a variable of cargo's is missing. Returned from `main`, the
    /// error prints the whole report.
    pub fn generate(&self) -> Result<(), Error> {
        let mut environment =
            cargo::Environment::read(self.manifest_dir.as_deref(), self.out_dir.as_deref())?;
        if self.ignores_toolchain {
            environment = environment.without_compiler();
        }
        let outcome = tasks::with_room(|| pipeline::run(&environment, self.strictness))?;
        cargo::print_reruns(&outcome.read, &outcome.variables);
        cargo::print_warnings(&outcome.warnings);
        cargo::print_generated(&environment.out_dir);
        Ok(())
    }
}
