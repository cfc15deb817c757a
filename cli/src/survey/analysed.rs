//! A survey without a build: the analysis runs here, told what cargo would tell it.

use std::collections::BTreeSet;

use selfsame_build::tool;

use super::{Survey, Target};
use crate::arguments::Selection;
use crate::error::{self, Error};
use crate::features;
use crate::model::Manifest;
use crate::project::{self, Package, Project};
use crate::variables::Platform;

pub(super) fn survey(
    project: &Project,
    platform: &Platform,
    selection: &Selection,
) -> Result<Survey, Error> {
    let enabled = features::enabled(project, selection)?;
    let mut survey = Survey {
        notes: project.notes.clone(),
        ..Survey::default()
    };
    if !platform.is_known() {
        survey.notes.push(format!(
            "`{}` could not be asked about the target: versions are those of an unknown one",
            platform.rustc.program
        ));
    }
    if !project.has_lock_file() {
        survey.notes.push(
            "there is no Cargo.lock: a build writes one, and versions then depend on it".to_owned(),
        );
    }
    for position in &project.selected {
        let package = &project.packages[*position];
        let features = enabled.get(position).cloned().unwrap_or_default();
        self::package(package, platform, &features, &mut survey)?;
    }
    Ok(survey)
}

fn package(
    package: &Package,
    platform: &Platform,
    features: &BTreeSet<String>,
    survey: &mut Survey,
) -> Result<(), Error> {
    let profile = platform.profile(&package.name)?;
    let settings = tool::Settings {
        manifest_dir: package.folder().to_owned(),
        out_dir: None,
        variables: platform.of_build_script(package, &profile, features),
        compiler: Some(platform.rustc.version.clone()),
    };
    let report = tool::analyse(&settings, &platform.memory);
    let report = report.map_err(|error| Error::Analysis(error.to_string()))?;
    survey.problems.extend(report.problems);
    survey.warnings.extend(report.warnings);
    for target in report.targets {
        let facts = facts(package, &target);
        let mut compiled = platform.compiled(package, &facts, &profile, features);
        if !facts
            .required_features
            .iter()
            .all(|feature| features.contains(feature))
        {
            // Cargo leaves the target out: nothing of it is compiled.
            compiled.is_built = false;
        }
        survey
            .notes
            .extend(out_dir_note(package, &target.reads_out_dir));
        let manifest: Manifest = serde_json::from_str(&target.manifest)
            .map_err(|error| Error::Analysis(format!("the analysis wrote no manifest: {error}")))?;
        let surveyed = Target::new(&package.name, &facts, manifest, &compiled);
        survey.targets.push(surveyed.ok_or_else(|| {
            Error::Analysis("the analysis wrote a version that is no number".to_owned())
        })?);
    }
    survey.notes.extend(build_script_note(package, survey));
    Ok(())
}

/// The target as cargo knows it.
fn facts(package: &Package, target: &tool::Target) -> project::Target {
    let is_it = |facts: &&project::Target| {
        facts.name == target.name && facts.can_hold_functions() && facts.is_bin() == target.is_bin
    };
    let made = || project::Target {
        name: target.name.clone(),
        kind: vec![if target.is_bin { "bin" } else { "lib" }.to_owned()],
        ..project::Target::default()
    };
    package
        .targets
        .iter()
        .find(is_it)
        .cloned()
        .unwrap_or_else(made)
}

fn out_dir_note(package: &Package, files: &[String]) -> Option<String> {
    (!files.is_empty()).then(|| {
        format!(
            "the build script of `{}` may write what {} includes: versions of functions that reach it differ from a build's",
            package.name,
            error::list(files)
        )
    })
}

/// Flags nobody has set so far may be set by the package's own build script.
fn build_script_note(package: &Package, survey: &Survey) -> Option<String> {
    const KNOWN: &[&str] = &[
        "debug_assertions",
        "doctest",
        "feature",
        "miri",
        "panic",
        "test",
    ];
    if !package.has_build_script() {
        return None;
    }
    let of_package = survey
        .targets
        .iter()
        .filter(|target| target.package == package.name);
    let asked: BTreeSet<String> = of_package.flat_map(Target::flags_asked).collect();
    let foreign: Vec<String> = asked
        .into_iter()
        .filter(|flag| {
            !KNOWN.contains(&flag.as_str())
                && !flag.starts_with("target_")
                && !matches!(
                    flag.as_str(),
                    "unix" | "windows" | "proc_macro" | "overflow_checks" | "doc"
                )
        })
        .collect();
    (!foreign.is_empty()).then(|| {
        format!(
            "the build script of `{}` may set {}: versions of functions that ask for it then differ from a build's",
            package.name,
            error::list(&foreign)
        )
    })
}
