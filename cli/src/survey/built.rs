//! A survey of a build: manifests as its build scripts wrote them, and the answers its compiler got.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Survey, Target};
use crate::arguments::Selection;
use crate::build::{Build, Script};
use crate::error::Error;
use crate::late::Compiled;
use crate::model::Manifest;
use crate::project::{self, Package, Project};
use crate::variables::Platform;

pub(super) fn survey(
    project: &Project,
    platform: &Platform,
    selection: &Selection,
    build: &Build,
) -> Result<Survey, Error> {
    let mut survey = Survey {
        notes: project.notes.clone(),
        ..Survey::default()
    };
    let builds = Builds {
        platform,
        triple: selection.target.as_deref(),
        build,
    };
    for position in &project.selected {
        let package = &project.packages[*position];
        let script = build.script(package, builds.triple);
        // What lies in its folder may be of another time.
        let Some(script) = script.filter(|script| script.has_generated()) else {
            survey.notes.extend(unused(package));
            continue;
        };
        let before = survey.targets.len();
        for target in package
            .targets
            .iter()
            .filter(|target| target.can_hold_functions())
        {
            survey
                .targets
                .extend(builds.target(package, target, script)?);
        }
        if survey.targets.len() == before {
            survey.notes.extend(unused(package));
        }
    }
    Ok(survey)
}

/// Said of a package that has functions to mark and generates nothing for them.
fn unused(package: &Package) -> Option<String> {
    let has_functions = package
        .targets
        .iter()
        .any(project::Target::can_hold_functions);
    has_functions.then(|| {
        format!(
            "the build script of `{}` does not call `selfsame_build::generate()`: see its functions with `--no-build`",
            package.name
        )
    })
}

struct Builds<'b> {
    platform: &'b Platform,
    triple: Option<&'b str>,
    build: &'b Build,
}

impl Builds<'_> {
    /// A target, if its manifest was written.
    fn target(
        &self,
        package: &Package,
        target: &project::Target,
        script: &Script,
    ) -> Result<Option<Target>, Error> {
        let name = if target.is_bin() {
            format!("selfsame-bin-{}.json", target.name)
        } else {
            "selfsame.json".to_owned()
        };
        let path = script.out_dir.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let manifest = read(&path)?;
        let compiled = self.compiled(package, target, script)?;
        let surveyed = Target::new(&package.name, target, manifest, &compiled);
        surveyed
            .map(Some)
            .ok_or_else(|| damaged(&path, "it has a version that is no number"))
    }

    /// What the target was compiled with.
    fn compiled(
        &self,
        package: &Package,
        target: &project::Target,
        script: &Script,
    ) -> Result<Compiled, Error> {
        let mut profile = self.platform.profile(&package.name)?;
        let mut features = BTreeSet::new();
        let artifact = self.build.artifact(package, target, self.triple);
        if let Some(artifact) = artifact {
            profile.debug_assertions = artifact.profile.debug_assertions;
            profile.overflow_checks = artifact.profile.overflow_checks;
            features = artifact.features.iter().cloned().collect();
        }
        let mut compiled = self.platform.compiled(package, target, &profile, &features);
        compiled.is_built = artifact.is_some();
        script
            .cfgs
            .iter()
            .for_each(|cfg| compiled.cfgs.insert_line(cfg));
        compiled.variables.extend(script.env.iter().cloned());
        let out_dir = script.out_dir.to_string_lossy().into_owned();
        compiled.variables.insert("OUT_DIR".to_owned(), out_dir);
        Ok(compiled)
    }
}

fn read(path: &Path) -> Result<Manifest, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    serde_json::from_str(&text).map_err(|error| damaged(path, &error.to_string()))
}

fn damaged(path: &Path, reason: &str) -> Error {
    Error::Manifest {
        path: path.to_owned(),
        reason: format!("{reason}; was it written by another release of selfsame-build?"),
    }
}
