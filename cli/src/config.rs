//! Cargo's configuration, as far as it decides how code is compiled: `.cargo/config.toml` files and the variables
//! that stand above them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::cfg::Cfgs;

/// The configuration that holds in one folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// The nearest file first.
    files: Vec<Table>,
    variables: BTreeMap<String, String>,
}

impl Config {
    /// Reads the files of a folder and of those above it, and that of cargo's home.
    pub(crate) fn read(folder: &Path) -> Self {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut folders: Vec<PathBuf> = folder
            .ancestors()
            .map(|folder| folder.join(".cargo"))
            .collect();
        let home = home(&variables).filter(|home| !folders.contains(home));
        folders.extend(home);
        Self {
            files: folders.iter().filter_map(|folder| file(folder)).collect(),
            variables,
        }
    }

    /// The environment the configuration was read with.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// A text such as `build.target`, or the variable for it.
    pub(crate) fn text(&self, table: &str, key: &str) -> Option<String> {
        let variable = format!("CARGO_{}_{}", upper(table), upper(key));
        let from_files = || {
            let mut values = self.values(&[table, key]).into_iter();
            values.find_map(Value::as_str).map(str::to_owned)
        };
        self.variables.get(&variable).cloned().or_else(from_files)
    }

    /// The flags cargo passes to rustc for a target, in cargo's order of precedence. `cfgs` are the target's own.
    pub(crate) fn rustflags(&self, target: &str, cfgs: &Cfgs) -> Vec<String> {
        if let Some(flags) = self.variables.get("CARGO_ENCODED_RUSTFLAGS") {
            let flags = flags.split('\u{1f}').filter(|flag| !flag.is_empty());
            return flags.map(str::to_owned).collect();
        }
        if let Some(flags) = self.variables.get("RUSTFLAGS") {
            return words(flags);
        }
        let own = format!("CARGO_TARGET_{}_RUSTFLAGS", upper(target));
        let mut flags = self.list(&["target", target, "rustflags"], &own);
        for key in self.conditions() {
            let predicate = key
                .strip_prefix("cfg(")
                .and_then(|key| key.strip_suffix(')'));
            if predicate.is_some_and(|predicate| cfgs.hold(predicate)) {
                flags.extend(self.list(&["target", &key, "rustflags"], ""));
            }
        }
        if flags.is_empty() {
            flags = self.list(&["build", "rustflags"], "CARGO_BUILD_RUSTFLAGS");
        }
        flags
    }

    /// The tables `profile.NAME` of all files, the one that decides last.
    pub(crate) fn profiles(&self, name: &str) -> Vec<&Table> {
        let tables = self.values(&["profile", name]).into_iter().rev();
        tables.filter_map(Value::as_table).collect()
    }

    /// Variables of the `[env]` table that cargo sets for rustc and build scripts.
    pub(crate) fn env(&self) -> BTreeMap<String, String> {
        let mut set = BTreeMap::new();
        let tables = self
            .files
            .iter()
            .rev()
            .filter_map(|file| file.get("env")?.as_table());
        for (name, value) in tables.flatten() {
            let flag = |key: &str| value.get(key).and_then(Value::as_bool) == Some(true);
            let text = value.as_str().or_else(|| value.get("value")?.as_str());
            // A relative path is relative to the file; none of these have been seen to matter to code.
            let applies = flag("force") || !self.variables.contains_key(name);
            if let Some(text) = text.filter(|_| applies && !flag("relative")) {
                set.insert(name.clone(), text.to_owned());
            }
        }
        set
    }

    /// Whether flags of rustc depend on what the target is.
    pub(crate) fn has_conditional_flags(&self) -> bool {
        !self.conditions().is_empty()
    }

    /// Keys of the `target` tables that are conditions, sorted.
    fn conditions(&self) -> std::collections::BTreeSet<String> {
        let tables = self
            .files
            .iter()
            .filter_map(|file| file.get("target")?.as_table());
        let keys = tables.flat_map(|table| table.keys());
        keys.filter(|key| key.starts_with("cfg("))
            .cloned()
            .collect()
    }

    /// A list: of the files, the nearest last, and of a variable.
    fn list(&self, path: &[&str], variable: &str) -> Vec<String> {
        let mut list = Vec::new();
        for value in self.values(path).into_iter().rev() {
            match value {
                // A text takes the place of those further away.
                Value::String(text) => list = words(text),
                Value::Array(values) => {
                    list.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
        }
        list.extend(
            self.variables
                .get(variable)
                .into_iter()
                .flat_map(|text| words(text)),
        );
        list
    }

    /// The values at a path, the nearest file's first.
    fn values(&self, path: &[&str]) -> Vec<&Value> {
        let (first, rest) = path.split_first().unwrap_or((&"", &[]));
        let values = self.files.iter().filter_map(|file| {
            rest.iter()
                .try_fold(file.get(*first)?, |value, key| value.get(*key))
        });
        values.collect()
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn upper(key: &str) -> String {
    key.to_uppercase().replace(['-', '.'], "_")
}

fn home(variables: &BTreeMap<String, String>) -> Option<PathBuf> {
    let home = variables.get("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| Some(Path::new(variables.get("HOME")?).join(".cargo")))
}

/// The configuration file of a `.cargo` folder. One that can't be read is for cargo to complain of.
fn file(folder: &Path) -> Option<Table> {
    let names = ["config", "config.toml"];
    let text = names
        .iter()
        .find_map(|name| std::fs::read_to_string(folder.join(name)).ok())?;
    text.parse().ok()
}

#[cfg(test)]
mod tests;
