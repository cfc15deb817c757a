//! One run of cargo, and what it says of packages: features, profiles, what build scripts told it, and where things
//! lie.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use selfsame_build::tool;
use serde::Deserialize;

use crate::arguments::{Building, Selection};
use crate::error::Error;
use crate::project;

/// What one build said.
#[derive(Debug, Default)]
pub(crate) struct Build {
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) scripts: Vec<Script>,
}

/// A compiled target.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Artifact {
    pub(crate) package_id: String,
    #[serde(default)]
    pub(crate) manifest_path: PathBuf,
    pub(crate) target: project::Target,
    pub(crate) profile: Profile,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    #[serde(default)]
    pub(crate) filenames: Vec<PathBuf>,
}

/// The part of a profile that messages tell.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) debug_assertions: bool,
    pub(crate) overflow_checks: bool,
    pub(crate) test: bool,
}

/// A build script that was run, now or before.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Script {
    pub(crate) package_id: String,
    pub(crate) out_dir: PathBuf,
    #[serde(default)]
    pub(crate) cfgs: Vec<String>,
    #[serde(default)]
    pub(crate) env: Vec<(String, String)>,
}

impl Script {
    /// Whether it has called `selfsame_build::generate()`.
    pub(crate) fn has_generated(&self) -> bool {
        let mut told = self.env.iter();
        told.any(|(name, place)| name == tool::GENERATED && *self.out_dir == *Path::new(place))
    }
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact(Artifact),
    BuildScriptExecuted(Script),
    #[serde(other)]
    Other,
}

impl Build {
    /// Compiles the packages of a selection as far as `cargo check` does: build scripts run as in a build, and
    /// versions need no machine code.
    pub(crate) fn run(selection: &Selection, building: &Building) -> Result<Self, Error> {
        let mut command = Command::new(project::cargo());
        command.args(["check", "--message-format=json-render-diagnostics"]);
        command.args(arguments(selection, building));
        let output = command.stderr(Stdio::inherit()).output();
        let output = output.map_err(|source| Error::Run {
            program: "cargo check".to_owned(),
            source,
        })?;
        if !output.status.success() {
            return Err(Error::Build);
        }
        Ok(Self::parse(&String::from_utf8_lossy(&output.stdout)))
    }

    /// Takes what it knows from cargo's messages; other tools may print between them.
    fn parse(messages: &str) -> Self {
        let mut build = Self::default();
        for line in messages.lines() {
            match serde_json::from_str(line) {
                Ok(Message::CompilerArtifact(artifact)) => build.artifacts.push(artifact),
                Ok(Message::BuildScriptExecuted(script)) => build.scripts.push(script),
                Ok(Message::Other) | Err(_) => {}
            }
        }
        build
    }

    /// The build script of a package. One that ran for this machine too ran for the target as well, and there the
    /// folder bears its name.
    pub(crate) fn script(
        &self,
        package: &project::Package,
        target: Option<&str>,
    ) -> Option<&Script> {
        let own = || {
            self.scripts
                .iter()
                .filter(|script| script.package_id == package.id)
        };
        let of_target =
            |script: &&Script| target.is_some_and(|target| has_part(&script.out_dir, target));
        own().rfind(of_target).or_else(|| own().next_back())
    }

    /// A library or binary of a package, as it is when it is not tested.
    pub(crate) fn artifact(
        &self,
        package: &project::Package,
        target: &project::Target,
        triple: Option<&str>,
    ) -> Option<&Artifact> {
        let is_it = |artifact: &&Artifact| {
            artifact.package_id == package.id
                && artifact.target.name == target.name
                && artifact.target.kind == target.kind
                && !artifact.profile.test
        };
        let own = || self.artifacts.iter().filter(is_it);
        let of_target = |artifact: &&Artifact| artifact.is_for(triple);
        own().rfind(of_target).or_else(|| own().next_back())
    }

    /// The features a package was built with.
    pub(crate) fn features(
        &self,
        package: &project::Package,
        triple: Option<&str>,
    ) -> BTreeSet<String> {
        let targets = package
            .targets
            .iter()
            .filter(|target| target.can_hold_functions());
        let mut artifacts = targets.filter_map(|target| self.artifact(package, target, triple));
        let first = artifacts.next();
        first
            .map(|artifact| artifact.features.iter().cloned().collect())
            .unwrap_or_default()
    }
}

impl Artifact {
    /// Whether it was made for a target that was asked for; without one, everything is for this machine.
    pub(crate) fn is_for(&self, triple: Option<&str>) -> bool {
        let has_triple = |triple: &str| self.filenames.iter().any(|file| has_part(file, triple));
        triple.is_none_or(has_triple)
    }
}

fn has_part(path: &Path, part: &str) -> bool {
    path.components()
        .any(|component| component.as_os_str() == part)
}

/// The selection as cargo's own command line has it.
fn arguments(selection: &Selection, building: &Building) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut add = |name: &str, value: Option<&str>| {
        arguments.push(name.to_owned());
        arguments.extend(value.map(str::to_owned));
    };
    if let Some(path) = &selection.manifest_path {
        add("--manifest-path", Some(&path.to_string_lossy()));
    }
    selection
        .package
        .iter()
        .for_each(|name| add("--package", Some(name)));
    selection
        .features
        .iter()
        .for_each(|names| add("--features", Some(names)));
    if let Some(name) = &selection.profile {
        add("--profile", Some(name));
    }
    if let Some(triple) = &selection.target {
        add("--target", Some(triple));
    }
    let flags = [
        (selection.workspace, "--workspace"),
        (selection.all_features, "--all-features"),
        (selection.no_default_features, "--no-default-features"),
        (selection.release, "--release"),
        (building.offline, "--offline"),
        (building.locked, "--locked"),
    ];
    flags
        .iter()
        .filter(|(given, _)| *given)
        .for_each(|(_, name)| add(name, None));
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_from_other_lines() {
        let build = Build::parse(
            "{\"reason\":\"compiler-message\",\"message\":{}}
hello
{\"reason\":\"build-script-executed\",\"package_id\":\"a\",\"linked_libs\":[],\"linked_paths\":[],\"cfgs\":[\"x\"],\"env\":[[\"K\",\"V\"]],\"out_dir\":\"/t/out\"}
{\"reason\":\"build-finished\",\"success\":true}",
        );
        assert_eq!(build.artifacts.len(), 0);
        assert_eq!(build.scripts[0].cfgs, ["x"]);
        assert_eq!(build.scripts[0].env, [("K".to_owned(), "V".to_owned())]);
    }

    #[test]
    fn of_two_runs_of_a_build_script_the_targets_one_counts() {
        let script = |out_dir: &str| Script {
            package_id: "a".to_owned(),
            out_dir: out_dir.into(),
            cfgs: Vec::new(),
            env: Vec::new(),
        };
        let build = Build {
            scripts: vec![script("/t/wasm/debug/out"), script("/t/debug/out")],
            ..Build::default()
        };
        let package = project::Package {
            id: "a".to_owned(),
            ..project::Package::default()
        };
        let chosen = |target| build.script(&package, target).unwrap().out_dir.clone();
        assert_eq!(chosen(Some("wasm")), PathBuf::from("/t/wasm/debug/out"));
        assert_eq!(chosen(None), PathBuf::from("/t/debug/out"));
    }

    #[test]
    fn the_selection_is_passed_on_as_it_was_given() {
        let selection = Selection {
            features: vec!["a b".to_owned()],
            release: true,
            package: vec!["app".to_owned()],
            ..Selection::default()
        };
        assert_eq!(
            arguments(&selection, &Building::default()),
            ["--package", "app", "--features", "a b", "--release"]
        );
    }
}
