//! Versions as generated code spells them: a known part, and a late part from a table that functions share.

use crate::fingerprint::late::{self, LateInput};

/// The versions of a target's functions, in the order of `index.marked`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) list: Vec<Version>,
    /// Each late part once, sorted.
    pub(crate) late: Vec<Vec<LateInput>>,
}

/// One version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Version {
    pub(crate) fixed: u128,
    /// A position in [`Versions::late`].
    pub(crate) late: usize,
}

impl Versions {
    pub(crate) fn of<'v>(versions: impl Iterator<Item = &'v late::Version> + Clone) -> Self {
        let mut late: Vec<Vec<LateInput>> = versions
            .clone()
            .map(|version| version.late.clone())
            .collect();
        late.sort();
        late.dedup();
        let list = versions
            .map(|version| Version {
                fixed: version.fixed,
                late: late.partition_point(|other| *other < version.late),
            })
            .collect();
        Self { list, late }
    }
}
