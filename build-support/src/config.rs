//! What a `build.rs` may choose.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::{cargo, pipeline};

/// Settings of one run; the defaults are what cargo tells the build script.
///
/// # Defaults
///
/// | setting | default |
/// |---|---|
/// | [`manifest_dir`](Self::manifest_dir) | `CARGO_MANIFEST_DIR` |
/// | [`out_dir`](Self::out_dir) | `OUT_DIR` |
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

    /// Generates the wrappers of every target of the package.
    ///
    /// Call it last in `build.rs`, after whatever else writes to `OUT_DIR`. Prints the `cargo::rerun-if-changed`
    /// lines for all that was read.
    ///
    /// # Errors
    ///
    /// With every problem found in the sources and their markers, each with its place and the edit that solves
    /// it; or if a file can't be read or written, or a variable of cargo's is missing. Returned from `main`, the
    /// error prints the whole report.
    pub fn generate(&self) -> Result<(), Error> {
        let environment =
            cargo::Environment::read(self.manifest_dir.as_deref(), self.out_dir.as_deref())?;
        let read = pipeline::run(&environment)?;
        cargo::print_reruns(&read);
        Ok(())
    }
}
