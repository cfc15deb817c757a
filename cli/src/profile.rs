//! The settings of a profile, as cargo puts them together from the workspace's manifest, its configuration and the
//! environment.

use std::path::Path;

use toml::{Table, Value};

use crate::config::Config;
use crate::error::Error;

/// What a package is compiled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    /// `debug` or `release`, as build scripts see it.
    pub(crate) root: &'static str,
    pub(crate) opt_level: String,
    pub(crate) debug: bool,
    pub(crate) debug_assertions: bool,
    pub(crate) overflow_checks: bool,
    /// `None`: as the target has it.
    pub(crate) panic: Option<String>,
}

/// Profiles may inherit from each other, but hardly deeper than this.
const DEEPEST: usize = 16;

impl Profile {
    /// The profile of one package.
    pub(crate) fn read(
        root: &Path,
        config: &Config,
        name: &str,
        package: &str,
    ) -> Result<Self, Error> {
        let tables = Tables::read(root, config);
        let chain = tables.chain(name)?;
        let mut profile = Self::builtin(chain.last().is_some_and(|root| root == "release"));
        for name in chain.iter().rev() {
            for table in tables.of(name) {
                profile.apply(&table);
            }
            let of_package = tables
                .of(name)
                .into_iter()
                .filter_map(|table| table.get("package")?.get(package)?.as_table().cloned());
            of_package.for_each(|table| profile.apply(&table));
        }
        Ok(profile)
    }

    fn builtin(is_release: bool) -> Self {
        Self {
            root: if is_release { "release" } else { "debug" },
            opt_level: if is_release { "3" } else { "0" }.to_owned(),
            debug: !is_release,
            debug_assertions: !is_release,
            overflow_checks: !is_release,
            panic: None,
        }
    }

    fn apply(&mut self, table: &Table) {
        let flag = |key: &str, field: &mut bool| {
            if let Some(value) = table.get(key).and_then(truth) {
                *field = value;
            }
        };
        flag("debug", &mut self.debug);
        flag("debug-assertions", &mut self.debug_assertions);
        flag("overflow-checks", &mut self.overflow_checks);
        match table.get("opt-level") {
            Some(Value::Integer(level)) => self.opt_level = level.to_string(),
            Some(Value::String(level)) => self.opt_level.clone_from(level),
            _ => {}
        }
        if let Some(panic) = table.get("panic").and_then(Value::as_str) {
            self.panic = Some(panic.to_owned());
        }
    }
}

/// `true`, a level above 0, or a word for one; as texts too, for variables.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(flag) => Some(*flag),
        Value::Integer(level) => Some(*level > 0),
        Value::String(text) => Some(!matches!(text.as_str(), "false" | "none" | "0")),
        _ => None,
    }
}

/// Where profiles are written.
struct Tables<'c> {
    manifest: Table,
    config: &'c Config,
}

impl<'c> Tables<'c> {
    fn read(root: &Path, config: &'c Config) -> Self {
        let text = std::fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
        // What can't be read here has been refused, or noted, when the packages were looked for.
        let manifest = text.parse().unwrap_or_default();
        Self { manifest, config }
    }

    /// A profile's tables, the one that decides last.
    fn of(&self, name: &str) -> Vec<Table> {
        let manifest = self
            .manifest
            .get("profile")
            .and_then(|profiles| profiles.get(name)?.as_table());
        let files = self.config.profiles(name);
        let mut tables: Vec<Table> = manifest.into_iter().chain(files).cloned().collect();
        tables.push(self.variables(name));
        tables
    }

    /// `CARGO_PROFILE_NAME_KEY`, as a table.
    fn variables(&self, name: &str) -> Table {
        let prefix = format!("CARGO_PROFILE_{}_", name.to_uppercase().replace('-', "_"));
        let variables = self.config.variables().iter();
        let own = variables.filter_map(|(variable, value)| {
            let key = variable
                .strip_prefix(&prefix)?
                .to_lowercase()
                .replace('_', "-");
            Some((key, Value::String(value.clone())))
        });
        own.collect()
    }

    /// The profile and those it inherits from, up to a built-in one.
    fn chain(&self, name: &str) -> Result<Vec<String>, Error> {
        let mut chain = vec![name.to_owned()];
        while let Some(last) = chain.last() {
            let inherited = || {
                let tables = self.of(last);
                let inherits = tables
                    .iter()
                    .rev()
                    .find_map(|table| table.get("inherits")?.as_str());
                inherits.map(str::to_owned)
            };
            let next = match last.as_str() {
                "dev" | "release" => return Ok(chain),
                "test" => Some("dev".to_owned()),
                "bench" => Some("release".to_owned()),
                _ => inherited(),
            };
            match next {
                Some(next) if chain.len() < DEEPEST => chain.push(next),
                _ => break,
            }
        }
        Err(Error::NoProfile(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(manifest: &str, name: &str) -> Result<Profile, Error> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        Profile::read(folder.path(), &Config::default(), name, "app")
    }

    #[test]
    fn dev_checks_and_release_does_not() {
        let dev = profile("", "dev").unwrap();
        assert_eq!(
            (dev.root, dev.debug_assertions, &*dev.opt_level),
            ("debug", true, "0")
        );
        let release = profile("", "release").unwrap();
        assert_eq!(
            (release.root, release.overflow_checks, &*release.opt_level),
            ("release", false, "3")
        );
    }

    #[test]
    fn profiles_inherit_and_packages_have_their_own() {
        let manifest = "[profile.release]\nopt-level = \"s\"\n[profile.dist]\ninherits = \"release\"\npanic = \"abort\"\n[profile.dist.package.app]\ndebug-assertions = true\n[profile.dist.package.other]\nopt-level = 1\n";
        let dist = profile(manifest, "dist").unwrap();
        assert_eq!(dist.root, "release");
        assert_eq!(dist.opt_level, "s");
        assert_eq!(dist.panic.as_deref(), Some("abort"));
        assert!(dist.debug_assertions);
    }

    #[test]
    fn a_profile_nobody_declares_is_refused() {
        let error = profile("", "dist").unwrap_err().to_string();
        assert!(error.contains("[profile.dist]"), "{error}");
        let circle = "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"\n";
        assert!(profile(circle, "a").is_err());
    }
}
