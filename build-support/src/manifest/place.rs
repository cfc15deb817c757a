//! Where something stands, for people.

use std::cmp::Ordering;

use serde::{Serialize, Serializer};

use crate::source::{Location, SourceFile, SourceSet};

/// `file:line`; the line is looked up when it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    file: &'a SourceFile,
    start: u32,
}

impl<'a> Place<'a> {
    pub(super) fn of(location: Location, sources: &'a SourceSet) -> Self {
        Self {
            file: sources.file(location.file),
            start: location.start,
        }
    }

    fn key(&self) -> (&'a str, u32) {
        (&self.file.name, self.start)
    }
}

impl Serialize for Place<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = self.file.line(self.start);
        serializer.collect_str(&format_args!("{}:{line}", self.file.name))
    }
}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Place<'_> {}

impl PartialOrd for Place<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
