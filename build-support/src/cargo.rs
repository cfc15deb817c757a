//! The only file that reads Cargo's environment or prints `cargo::` lines.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::error::Error;
use crate::inputs::compiler;
use crate::source::cfg::Truth;

/// What cargo tells a build script, read once.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) manifest_dir: PathBuf,
    pub(crate) out_dir: PathBuf,
    /// Enabled features, as cargo spells them in variables: upper case, `_`.
    features: BTreeSet<String>,
    /// `CARGO_CFG_*` by lower-case name; flags without a value have none.
    cfgs: BTreeMap<String, Vec<String>>,
    /// Every variable that is UTF-8.
    variables: BTreeMap<String, String>,
    /// Whether this is the run of a build script, to which `OUT_DIR` belongs.
    pub(crate) is_build: bool,
    /// Whether versions depend on the compiler.
    pub(crate) counts_compiler: bool,
    /// What the compiler says of itself, once it was asked.
    pub(crate) compiler: OnceLock<String>,
}

/// Flags that `CARGO_CFG_*` always tells, so that their absence says "no".
const TOLD: &[&str] = &[
    "unix",
    "windows",
    "target_arch",
    "target_os",
    "target_env",
    "target_family",
    "target_vendor",
    "target_pointer_width",
    "target_endian",
    "target_feature",
    "target_abi",
    "target_has_atomic",
];

impl Environment {
    /// Reads the variables; the arguments take the place of cargo's own.
    pub(crate) fn read(manifest_dir: Option<&Path>, out_dir: Option<&Path>) -> Result<Self, Error> {
        let path = |given: Option<&Path>, variable: &'static str| match given {
            Some(path) => Ok(path.to_owned()),
            None => std::env::var_os(variable)
                .map(PathBuf::from)
                .ok_or_else(|| {
                    Error::environment(
                        variable,
                        "is not set: call this from a build script run by cargo",
                    )
                }),
        };
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let environment = Self::of_variables(
            path(manifest_dir, "CARGO_MANIFEST_DIR")?,
            path(out_dir, "OUT_DIR")?,
            variables,
        );
        Ok(Self {
            is_build: true,
            ..environment
        })
    }

    /// From variables such as cargo sets.
    pub(crate) fn of_variables(
        manifest_dir: PathBuf,
        out_dir: PathBuf,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut environment = Self {
            manifest_dir,
            out_dir,
            features: BTreeSet::new(),
            cfgs: BTreeMap::new(),
            variables: variables.into_iter().collect(),
            is_build: false,
            counts_compiler: true,
            compiler: OnceLock::new(),
        };
        for (name, value) in &environment.variables {
            if let Some(feature) = name.strip_prefix("CARGO_FEATURE_") {
                environment.features.insert(feature.to_owned());
            } else if let Some(cfg) = name.strip_prefix("CARGO_CFG_") {
                let values = value
                    .split(',')
                    .filter(|value| !value.is_empty())
                    .map(ToOwned::to_owned)
                    .collect();
                environment.cfgs.insert(cfg.to_lowercase(), values);
            }
        }
        environment
    }

    /// What tells the program that runs from any other, also from itself before it was compiled again; `None` for
    /// programs that only look at a package.
    pub(crate) fn program(&self) -> Option<(u64, SystemTime)> {
        let program = self.is_build.then(std::env::current_exe)?.ok()?;
        let metadata = std::fs::metadata(program).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    }

    /// The same, with versions that are to stay when the compiler is another.
    pub(crate) fn without_compiler(mut self) -> Self {
        self.counts_compiler = false;
        self
    }

    /// The same with a compiler that has been asked: what `rustc -vV` printed.
    pub(crate) fn with_compiler(self, text: &str) -> Self {
        Self {
            compiler: OnceLock::from(compiler::without_machine(text)),
            ..self
        }
    }

    /// All that [`Self::flag`] answers by.
    pub(crate) fn hash_flags(&self, state: &mut impl Hasher) {
        (&self.features, &self.cfgs).hash(state);
    }

    /// A variable's value. What depends on it has to be told to [`print_reruns`].
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Whether cargo enabled a feature of the package.
    pub(crate) fn has_feature(&self, name: &str) -> bool {
        let name = name.to_uppercase().replace('-', "_");
        self.features.contains(&name)
    }

    /// What this run knows of a `cfg` flag. One run serves builds with and without `test` and
    /// `debug_assertions`, and flags of other origin can't be seen from here.
    pub(crate) fn flag(&self, name: &str, value: Option<&str>) -> Truth {
        let told = |holds: bool| if holds { Truth::True } else { Truth::False };
        match (name, value) {
            // What `CARGO_CFG_PANIC` says is not what the profile says.
            ("test" | "debug_assertions" | "doc" | "miri" | "panic", _) => Truth::Undetermined,
            // Where rustdoc sets it, it only looks for tests: nothing that is compiled with it ever runs, unless somebody
            // sets it by hand, which cargo tells.
            ("doctest", None) if !self.cfgs.contains_key(name) => Truth::False,
            ("feature", Some(feature)) => told(self.has_feature(feature)),
            _ => match (self.cfgs.get(name), value) {
                (Some(_), None) => Truth::True,
                (Some(values), Some(value)) => told(values.iter().any(|known| known == value)),
                (None, _) if !self.cfgs.is_empty() && TOLD.contains(&name) => Truth::False,
                (None, _) => Truth::Undetermined,
            },
        }
    }
}

/// Tells cargo when to run the build script again. Folders stand for all that is in them, and variables count
/// whether they are set or not.
pub(crate) fn print_reruns(read: &BTreeSet<PathBuf>, variables: &BTreeSet<String>) {
    for path in read {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    for variable in variables {
        println!("cargo::rerun-if-env-changed={variable}");
    }
}

/// Lets the crate know, as it is compiled, that its wrappers were written by this run and where: cargo keeps what
/// earlier ones have left in `OUT_DIR`.
pub(crate) fn print_generated(out_dir: &Path) {
    println!("cargo::rustc-env={GENERATED}={}", out_dir.display());
}

/// The variable that says so to the compiler. `selfsame::include_generated!` asks for it.
pub const GENERATED: &str = "SELFSAME_GENERATED";

/// Has cargo show warnings, each of one line.
pub(crate) fn print_warnings(lines: &[String]) {
    for line in lines {
        println!("cargo::warning={line}");
    }
}
