//! What was read to find the inputs: a later change of it must run the build script again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::cargo::Environment;
use crate::error::Error;

/// The only way in which inputs are read.
#[derive(Debug)]
pub(super) struct Record<'e> {
    environment: &'e Environment,
    /// Existing files only: cargo runs the script on every build while a file it is to watch is missing.
    pub(super) files: BTreeSet<PathBuf>,
    /// Set or not.
    pub(super) variables: BTreeSet<String>,
}

impl<'e> Record<'e> {
    pub(super) fn new(environment: &'e Environment) -> Self {
        Self {
            environment,
            files: BTreeSet::new(),
            variables: BTreeSet::new(),
        }
    }

    pub(super) fn variable(&mut self, name: &str) -> Option<&'e str> {
        self.variables.insert(name.to_owned());
        self.environment.variable(name)
    }

    /// A file's text, if there is the file.
    pub(super) fn text(&mut self, path: &Path) -> Result<Option<String>, Error> {
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
        self.files.insert(path.to_owned());
        Ok(Some(text))
    }

    /// The same, parsed.
    pub(super) fn toml<T: DeserializeOwned>(&mut self, path: &Path) -> Result<Option<T>, Error> {
        let Some(text) = self.text(path)? else {
            return Ok(None);
        };
        let invalid = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        let parsed = toml::from_str(&text).map_err(|error| Error::io("read", path, invalid(error)));
        parsed.map(Some)
    }
}
