//! The manifest `selfsame.json`, as far as commands read it.
//!
//! Fields that a release may add or leave out have defaults: a manifest is never refused for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One target's manifest.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Manifest {
    /// The name code uses for the crate.
    #[serde(rename = "crate")]
    pub(crate) krate: String,
    /// What any function reaches.
    #[serde(default)]
    pub(crate) items: Vec<Item>,
    /// Imports that decide what a name means.
    #[serde(default)]
    pub(crate) imports: Vec<String>,
    pub(crate) functions: Vec<Function>,
    /// Names of all files that were read.
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    /// What manifests and the lock file say of the crates that functions use.
    #[serde(default)]
    pub(crate) dependencies: Vec<String>,
    /// What every version depends on: toolchain, target, flags.
    #[serde(default)]
    pub(crate) inputs: Vec<Input>,
}

/// Something every version of a target depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// An item in some function's closure.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Item {
    /// Its identity: `crate::module::fn name`.
    pub(crate) id: String,
    pub(crate) digest: String,
    /// `file:line`.
    pub(crate) place: String,
    pub(crate) kind: String,
}

/// A marked function.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Function {
    /// `app::module::f`.
    pub(crate) path: String,
    /// What the build script knows of the version: all but the late part.
    #[serde(rename = "static", alias = "version")]
    pub(crate) fixed: String,
    /// Of the code alone.
    #[serde(default)]
    pub(crate) code: String,
    pub(crate) place: String,
    /// Options that are part of the version, normalised.
    #[serde(default)]
    pub(crate) marker: BTreeMap<String, String>,
    pub(crate) ttl_ms: u64,
    pub(crate) none_ms: u64,
    pub(crate) l1_ms: u64,
    #[serde(default)]
    pub(crate) late: Vec<Late>,
    #[serde(default)]
    pub(crate) files: Vec<File>,
    /// Positions in the table.
    #[serde(default)]
    pub(crate) imports: Vec<usize>,
    /// Positions in the table.
    #[serde(default)]
    pub(crate) dependencies: Vec<usize>,
    pub(crate) closure: Vec<Reason>,
    /// What decides whether the function is compiled at all.
    #[serde(default)]
    pub(crate) cfgs: Vec<String>,
    #[serde(default)]
    pub(crate) widened: Vec<Widened>,
}

/// Why an item is part of a closure. Items are positions in the table.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reason(
    /// The item.
    pub(crate) usize,
    /// The rule, `R5`.
    pub(crate) String,
    /// The item whose tokens led to it; none for the function itself.
    pub(crate) Option<usize>,
    /// The name in those tokens.
    pub(crate) Option<String>,
);

/// A file that is part of a version by content.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) digest: String,
}

/// A question about the build whose answer is part of the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Late {
    /// Whether a predicate holds.
    Cfg { cfg: String, mask: String },
    /// The value of a variable, where it is set.
    Env { env: String, mask: String },
}

/// Where the analysis took more than it had to, because it could not tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Widened {
    pub(crate) rule: String,
    #[serde(default)]
    pub(crate) place: String,
    pub(crate) reason: String,
}
