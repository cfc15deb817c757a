//! The manifest `selfsame.json`, as far as commands read it.
//!
//! Fields that a release may add or leave out have defaults: a manifest is never refused for them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

mod shared;

use shared::Written;

/// One target's manifest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Written")]
pub(crate) struct Manifest {
    /// What any function reaches.
    pub(crate) items: Vec<Item>,
    /// Imports that decide what a name means.
    pub(crate) imports: Vec<String>,
    /// With their whole closures.
    pub(crate) functions: Vec<Function>,
    /// Names of all files that were read.
    pub(crate) sources: Vec<String>,
    /// What manifests and the lock file say of the crates that functions use.
    pub(crate) dependencies: Vec<String>,
    /// What every version depends on: toolchain, target, flags.
    pub(crate) inputs: Vec<Input>,
}

/// Something every version of a target depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Manifest {
    /// The imports that are part of a function's version.
    pub(crate) fn imports_of<'m>(
        &'m self,
        function: &'m Function,
    ) -> impl Iterator<Item = &'m str> {
        texts(&self.imports, &function.imports)
    }

    /// What is part of it of the crates it uses.
    pub(crate) fn dependencies_of<'m>(
        &'m self,
        function: &'m Function,
    ) -> impl Iterator<Item = &'m str> {
        texts(&self.dependencies, &function.dependencies)
    }
}

fn texts<'m>(table: &'m [String], positions: &'m [usize]) -> impl Iterator<Item = &'m str> {
    positions
        .iter()
        .filter_map(|position| table.get(*position).map(String::as_str))
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
    #[serde(flatten)]
    pub(crate) timing: Timing,
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
    /// The part of the closure that is written elsewhere; none once the manifest is read.
    #[serde(default)]
    shares: Option<usize>,
    pub(crate) closure: Vec<Reason>,
    /// What decides whether the function is compiled at all.
    #[serde(default)]
    pub(crate) cfgs: Vec<String>,
    #[serde(default)]
    pub(crate) widened: Vec<Widened>,
}

impl Function {
    /// Options that are part of the version and not as they are where a marker says nothing.
    pub(crate) fn chosen_options(&self) -> impl Iterator<Item = (&str, &str)> {
        const SILENT: &[(&str, &str)] = &[("codec", "msgpack"), ("epoch", "0"), ("key", "*")];
        let options = self
            .marker
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        options.filter(|option| {
            let (name, value) = option;
            let is_default =
                SILENT.contains(option) || (*name == "none" && value.starts_with("min("));
            !value.is_empty() && !is_default
        })
    }
}

/// Options of a function that are not part of its version; none where the marker leaves one to its default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Timing {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stale_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) soft_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hard_ms: Option<u64>,
    /// 0 is "off".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lease_ms: Option<u64>,
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// What a build answers to a late input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Answered {
    Holds(bool),
    Value(Option<String>),
}

impl Late {
    /// `cfg(unix)`, `env NAME`.
    pub(crate) fn question(&self) -> String {
        match self {
            Self::Cfg { cfg, .. } => format!("cfg({cfg})"),
            Self::Env { env, .. } => format!("env {env}"),
        }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds(true) => formatter.write_str("holds"),
            Self::Holds(false) => formatter.write_str("does not hold"),
            Self::Value(Some(value)) => write!(formatter, "is {value:?}"),
            Self::Value(None) => formatter.write_str("is not set"),
        }
    }
}

/// Where the analysis took more than it had to, because it could not tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Widened {
    pub(crate) rule: String,
    /// The identity of the item it began at.
    #[serde(default)]
    pub(crate) item: String,
    #[serde(default)]
    pub(crate) place: String,
    pub(crate) reason: String,
}
