//! The settings of the profile being built that can change what code does.

use std::collections::BTreeMap;
use std::path::Path;

use super::record::Record;

/// Keys of one profile.
type Table = toml::Table;

/// Keys that say how to compile and link, not what the code does.
const INERT: &[&str] = &[
    "build-override",
    "codegen-units",
    "debug",
    "dir-name",
    "hint-mostly-unused",
    "incremental",
    "inherits",
    "lto",
    "rpath",
    "split-debuginfo",
    "strip",
];

/// Keys that variables may set.
const SETTABLE: &[&str] = &[
    "debug-assertions",
    "inherits",
    "opt-level",
    "overflow-checks",
    "panic",
    "rustflags",
    "codegen-backend",
    "trim-paths",
];

/// No chain of `inherits` that cargo accepts is longer; one that leads through itself ends here.
const LONGEST_CHAIN: usize = 64;

/// `[profile]` tables, the weakest first.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    layers: Vec<Table>,
}

impl Profiles {
    /// Adds the profiles of a manifest or of a configuration file, which win over those added before.
    pub(super) fn add(&mut self, profiles: Table) {
        self.layers.push(profiles);
    }

    /// The profiles that one run of the build script serves, each with its settings. `cargo test` shares the
    /// run with `cargo build`, and `cargo bench` with `cargo build --release`.
    pub(super) fn served(&self, out_dir: &Path, record: &mut Record<'_>) -> Vec<(String, String)> {
        let built = self.built(out_dir, record);
        let also = match built.as_str() {
            "dev" => Some("test"),
            "release" => Some("bench"),
            _ => None,
        };
        let own = self.settings(&built, record);
        let other = also.map(|name| (name.to_owned(), self.settings(name, record)));
        let mut served = vec![(built, own)];
        served.extend(other.filter(|(_, settings)| *settings != served[0].1));
        served
    }

    /// The name of the profile being built: its folder is the one that `build` is in.
    fn built(&self, out_dir: &Path, record: &mut Record<'_>) -> String {
        let folders: Vec<_> = out_dir.iter().filter_map(|part| part.to_str()).collect();
        let build = folders.iter().rposition(|folder| *folder == "build");
        let folder = build.and_then(|build| folders.get(build.checked_sub(1)?));
        let name = match folder {
            Some(name) if self.layers.iter().any(|layer| layer.contains_key(*name)) => name,
            Some(name @ (&"debug" | &"release")) => name,
            _ => record.variable("PROFILE").unwrap_or("debug"),
        };
        if name == "debug" { "dev" } else { name }.to_owned()
    }

    /// The settings of a profile as text, `key=value` in alphabetical order.
    fn settings(&self, profile: &str, record: &mut Record<'_>) -> String {
        let table = self.resolve(profile, record, LONGEST_CHAIN);
        let mut flat = BTreeMap::new();
        flatten("", &table, &mut flat);
        let parts = flat.iter().map(|(key, value)| format!("{key}={value}"));
        parts.collect::<Vec<_>>().join(" ")
    }

    fn resolve(&self, profile: &str, record: &mut Record<'_>, chain: usize) -> Table {
        let own = self.own(profile, record);
        let mut table = match (profile, own.get("inherits").and_then(toml::Value::as_str)) {
            ("dev", _) => defaults("0", true),
            ("release", _) => defaults("3", false),
            ("test", _) => self.resolve("dev", record, chain.saturating_sub(1)),
            ("bench", _) => self.resolve("release", record, chain.saturating_sub(1)),
            (_, Some(other)) if chain > 0 => self.resolve(other, record, chain.saturating_sub(1)),
            _ => defaults("0", true),
        };
        merge(&mut table, own);
        table
    }

    /// What is said of the profile itself.
    fn own(&self, profile: &str, record: &mut Record<'_>) -> Table {
        let mut table = Table::new();
        for layer in &self.layers {
            if let Some(said) = layer.get(profile).and_then(toml::Value::as_table) {
                merge(&mut table, said.clone());
            }
        }
        for key in SETTABLE {
            let name = format!("CARGO_PROFILE_{profile}_{key}");
            let name = name.to_uppercase().replace('-', "_");
            if let Some(value) = record.variable(&name) {
                table.insert((*key).to_owned(), value.into());
            }
        }
        table
    }
}

/// What cargo takes where nothing is said.
fn defaults(opt_level: &str, checks: bool) -> Table {
    Table::from_iter([
        ("debug-assertions".to_owned(), checks.into()),
        ("opt-level".to_owned(), opt_level.into()),
        ("overflow-checks".to_owned(), checks.into()),
        ("panic".to_owned(), "unwind".into()),
    ])
}

/// Tables are merged key by key; anything else replaces what was there.
fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Nested keys joined by dots, without the inert ones. A number and the string of it are the same setting.
fn flatten(prefix: &str, table: &Table, flat: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let full = format!("{prefix}{key}");
        match value {
            _ if INERT.contains(&key.as_str()) && !prefix.ends_with("package.") => {}
            toml::Value::Table(inner) => flatten(&format!("{full}."), inner, flat),
            other => {
                flat.insert(full, text(other));
            }
        }
    }
}

fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        toml::Value::Table(table) => {
            let mut flat = BTreeMap::new();
            flatten("", table, &mut flat);
            let parts = flat.iter().map(|(key, value)| format!("{key}={value}"));
            parts.collect::<Vec<_>>().join(",")
        }
    }
}

#[cfg(test)]
mod tests;
