//! What a version depends on beside source tokens: the compiler, its flags, the target, the profile (R22), the
//! packages that code uses without being indexed (R21), and what manifests say of crates and their features.
//!
//! [`Inputs::read`] takes what cargo told the build script and the packages of a universe, in order of its
//! crates. Then
//!
//! - [`common`](Inputs::common) is in every version of the target;
//! - [`reached`](Inputs::reached) is in the versions of functions that reach code of these crates;
//! - [`locked`](Inputs::locked) is in those whose code names these external crates;
//! - [`everything_of`](Inputs::everything_of) stands for uses that can't be attributed, and
//!   [`build_of`](Inputs::build_of) for a build script that is reached (R20).
//!
//! All answers are sorted, and no path of this machine is in them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use crate::cargo::Environment;
use crate::error::Error;
use crate::source::dependency::Kind;
use crate::source::targets::Package;

mod built;
pub(crate) mod compiler;
mod configuration;
mod externals;
mod lock;
mod patched;
mod profile;
mod record;
mod requests;
mod rustflags;
mod version;

use built::Built;
use compiler::Question;
use externals::Externals;
use record::Record;
use requests::Requests;

/// One input that every version of a target has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The inputs of one target.
#[derive(Debug)]
pub(crate) struct Inputs {
    common: Vec<Input>,
    externals: Externals,
    files: BTreeSet<PathBuf>,
    variables: BTreeSet<String>,
}

impl Inputs {
    /// Reads them. `packages` are those of the crates of a universe, the one being built first; `compiler` was asked
    /// before, for it takes its time.
    ///
    /// # Errors
    ///
    /// If the compiler can't be asked for its version, or a file of cargo's can't be read.
    pub(crate) fn read(
        environment: &Environment,
        packages: &[Package],
        compiler: Question<'_>,
    ) -> Result<Self, Error> {
        let mut record = Record::new(environment);
        let built = Built::all(environment, &packages[0], &mut record)?;
        let common = common(compiler, &built, &mut record)?;
        let requests = Requests::read(packages, environment, &mut record);
        Ok(Self {
            common,
            externals: Externals::new(packages, built, requests),
            files: record.files,
            variables: record.variables,
        })
    }

    /// What every version depends on.
    pub(crate) fn common(&self) -> &[Input] {
        &self.common
    }

    /// What manifests say of crates whose code is reached.
    pub(crate) fn reached(&self, crates: &BTreeSet<usize>) -> Vec<String> {
        self.externals.of_crates(crates)
    }

    /// The packages behind names that code of crates uses, with all they depend on and the features asked of
    /// them: each name with the crate whose code says it. Names of indexed crates add nothing.
    pub(crate) fn locked(&self, uses: &BTreeSet<(usize, String)>) -> Vec<String> {
        self.externals.of_uses(uses)
    }

    /// The same for every normal dependency of a crate.
    pub(crate) fn everything_of(&self, krate: usize) -> Vec<String> {
        self.externals.of_kind(krate, Kind::Normal)
    }

    /// The same for the dependencies of the build script of a crate's package.
    pub(crate) fn build_of(&self, krate: usize) -> Vec<String> {
        self.externals.of_kind(krate, Kind::Build)
    }

    /// The files that were read.
    pub(crate) fn watched(&self) -> &BTreeSet<PathBuf> {
        &self.files
    }

    /// The variables that were asked for, set or not.
    pub(crate) fn variables(&self) -> &BTreeSet<String> {
        &self.variables
    }
}

fn common(
    compiler: Question<'_>,
    built: &[Built],
    record: &mut Record<'_>,
) -> Result<Vec<Input>, Error> {
    let mut common = BTreeSet::new();
    let mut add = |name: &str, value: &str| {
        common.insert(Input {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    };
    if let Some(answer) = compiler.answer()? {
        add("compiler", &answer);
    }
    add("target", record.variable("TARGET").unwrap_or_default());
    let flags = record
        .variable("CARGO_ENCODED_RUSTFLAGS")
        .unwrap_or_default();
    add("rustflags", &rustflags::normalised(flags));
    for built in built {
        for (profile, settings) in &built.profiles {
            add(&format!("profile {profile}"), settings);
        }
        if built.lock.is_none() {
            add("lock file", "none");
        }
    }
    Ok(common.into_iter().collect())
}

#[cfg(test)]
mod tests;
