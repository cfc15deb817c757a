//! Which functions a process has: what was generated for its crates.
//!
//! A crate's table comes to be known with the first call of any of its functions, since nothing runs before `main`; an
//! application can [give it](crate::CacheBuilder::functions) earlier. A crate none of whose functions was called in any
//! living process is not judged at all: nobody can tell that its versions are gone.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::function::{Function, crate_of};
use crate::store::Build;
use crate::version::Version;

/// The tables of all crates that are known, in the order they came.
static TABLES: Mutex<Vec<&'static [Function]>> = Mutex::new(Vec::new());

/// How many these are; read by every call that asks the store.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Adds the table of a crate, once.
pub(crate) fn register(table: &'static [Function]) {
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if !table.is_empty() && !tables.contains(&table) {
        tables.push(table);
        COUNT.store(tables.len(), Ordering::Release);
    }
}

/// How many tables are known.
#[inline]
pub(crate) fn count() -> usize {
    COUNT.load(Ordering::Acquire)
}

/// The functions of a process, all crates together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    functions: BTreeSet<(Box<str>, Version)>,
    /// The first segments of their paths.
    crates: HashSet<Box<str>>,
}

impl Table {
    /// That of this process, as far as it is known.
    pub(super) fn own() -> Self {
        let tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        let functions = tables.iter().copied().flatten();
        Self::new(functions.map(|function| (function.path().into(), function.version())))
    }

    fn new(functions: impl Iterator<Item = (Box<str>, Version)>) -> Self {
        let functions: BTreeSet<_> = functions.collect();
        let crates = functions.iter().map(|(path, _)| crate_of(path).into());
        Self {
            crates: crates.collect(),
            functions,
        }
    }

    /// The table that was [written](Self::write) like this.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let functions: Vec<(Box<str>, &str)> = serde_json::from_slice(bytes).ok()?;
        let versions = functions.iter().map(|(_, version)| {
            u128::from_str_radix(version, 16)
                .ok()
                .map(Version::from_bits)
        });
        let versions: Vec<Version> = versions.collect::<Option<_>>()?;
        let paths = functions.into_iter().map(|(path, _)| path);
        Some(Self::new(paths.zip(versions)))
    }

    /// As JSON, for people and tools that look into the store: paths and versions, in order.
    pub(super) fn write(&self) -> Vec<u8> {
        let functions: Vec<_> = self
            .functions
            .iter()
            .map(|(path, version)| (path, version.to_string()))
            .collect();
        // Texts in lists: there is nothing in it that could fail.
        serde_json::to_vec(&functions).unwrap_or_default()
    }

    pub(super) fn has(&self, path: &str, version: Version) -> bool {
        // A set of boxes is asked by a box; the account is read twice a minute.
        self.functions.contains(&(path.into(), version))
    }

    /// Whether the table has functions of the crate that this path leads into.
    pub(super) fn has_crate_of(&self, path: &str) -> bool {
        self.crates.contains(crate_of(path))
    }
}

/// The build that a written table belongs to.
pub(super) fn build(written: &[u8]) -> Build {
    let digest: [u8; 32] = Sha256::digest(written).into();
    Build::from_bytes(std::array::from_fn(|index| digest[index]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn table(functions: &[(&str, u128)]) -> Table {
        let functions = functions
            .iter()
            .map(|(path, bits)| (Box::from(*path), Version::from_bits(*bits)));
        Table::new(functions)
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let written = table(&[("app::g", 2), ("app::f", u128::MAX), ("lib::f", 1)]);

        assert_eq!(Table::read(&written.write()), Some(written));
        assert_eq!(Table::read(b"[[\"app::f\",\"nonsense\"]]"), None);
        assert_eq!(Table::read(b"\xFF"), None);
    }

    #[test]
    fn a_build_is_its_functions_in_whatever_order() {
        let build = |functions: &[(&str, u128)]| super::build(&table(functions).write());

        assert_eq!(
            build(&[("a::f", 1), ("a::g", 2)]),
            build(&[("a::g", 2), ("a::f", 1)])
        );
        assert_ne!(build(&[("a::f", 1)]), build(&[("a::f", 2)]));
        assert_ne!(build(&[("a::f", 1)]), build(&[("a::f", 1), ("a::g", 2)]));
    }

    #[test]
    fn a_table_is_registered_once() {
        static TABLE: &[Function] = &[Function::new("table::once", Version::from_bits(3))];
        register(TABLE);
        let count = count();
        register(TABLE);
        register(&[]);

        assert!(count >= 1 && Table::own().has("table::once", Version::from_bits(3)));
        let twice = TABLES.lock().unwrap();
        assert_eq!(twice.iter().filter(|table| **table == TABLE).count(), 1);
    }
}
