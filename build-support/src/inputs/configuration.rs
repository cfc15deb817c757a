//! Cargo's configuration files, as far as they say something of what is built.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::record::Record;
use crate::error::Error;
use crate::source::cargo_toml::DependencyTable;

/// What a manifest or a configuration file says of builds.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Settings {
    #[serde(default)]
    pub(super) profile: toml::Table,
    #[serde(default)]
    pub(super) patch: BTreeMap<String, DependencyTable>,
    /// Weaker files, the weakest first: paths, or tables with a path.
    #[serde(default)]
    pub(super) include: Option<toml::Value>,
}

/// The files for a build started in `folder`, the weakest first.
pub(super) fn read(
    folder: &Path,
    record: &mut Record<'_>,
) -> Result<Vec<(PathBuf, Settings)>, Error> {
    let file = |folder: PathBuf| {
        // The name without an ending is the older one, and wins.
        let names = ["config", "config.toml"];
        let mut files = names.iter().map(|name| folder.join(name));
        files.find(|file| file.is_file())
    };
    let above = folder.ancestors().map(|folder| folder.join(".cargo"));
    // The strongest are read first: then a file that is met twice has its strongest place.
    let mut waiting: VecDeque<PathBuf> = above.chain(home(record)).filter_map(file).collect();
    let mut seen = BTreeSet::new();
    let mut read = Vec::new();
    while let Some(file) = waiting.pop_front() {
        if !seen.insert(file.clone()) {
            continue;
        }
        let Some(settings) = record.toml::<Settings>(&file)? else {
            continue;
        };
        // Directly behind the file that includes them, the strongest in front.
        for included in included(&file, &settings) {
            waiting.push_front(included);
        }
        read.push((file, settings));
    }
    read.reverse();
    Ok(read)
}

/// Cargo's own folder.
fn home(record: &mut Record<'_>) -> Option<PathBuf> {
    match record.variable("CARGO_HOME") {
        Some(home) => Some(PathBuf::from(home)),
        None => Some(Path::new(record.variable("HOME")?).join(".cargo")),
    }
}

/// The files that a file includes, the weakest first.
fn included(file: &Path, settings: &Settings) -> Vec<PathBuf> {
    let include = settings.include.as_ref();
    let entries = match include {
        Some(toml::Value::Array(entries)) => entries.as_slice(),
        Some(entry) => std::slice::from_ref(entry),
        None => &[],
    };
    let path = |entry: &toml::Value| {
        let path = entry.get("path").unwrap_or(entry).as_str()?;
        Some(file.with_file_name(path))
    };
    entries.iter().filter_map(path).collect()
}
