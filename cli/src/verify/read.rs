//! What rustc read, from the dep-info of each crate that versions are made of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::covered::{Covered, tidied};
use crate::build::{Artifact, Build};
use crate::dep_info::DepInfo;
use crate::error::Error;
use crate::project::Project;

/// The files of one target.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) package: String,
    pub(super) target: String,
    pub(super) files: BTreeSet<PathBuf>,
    pub(super) variables: BTreeSet<String>,
}

/// Of every library and binary whose root file is fingerprinted: those of the packages asked for and of the packages
/// they depend on by path.
pub(super) fn of(
    project: &Project,
    build: &Build,
    covered: &Covered,
    triple: Option<&str>,
) -> Result<Vec<Read>, Error> {
    let mut all = Vec::new();
    for artifact in build
        .artifacts
        .iter()
        .filter(|artifact| !artifact.profile.test)
    {
        let root = tidied(&artifact.target.src_path);
        if artifact.target.can_hold_functions()
            && covered.has_file(&root)
            && artifact.is_for(triple)
            && let Some(info) = dep_info(artifact)
        {
            all.push(read(project, artifact, &info)?);
        }
    }
    Ok(all)
}

fn dep_info(artifact: &Artifact) -> Option<PathBuf> {
    artifact
        .filenames
        .iter()
        .find_map(|file| DepInfo::beside(file))
}

fn read(project: &Project, artifact: &Artifact, info: &Path) -> Result<Read, Error> {
    let text = std::fs::read_to_string(info).map_err(Error::io("read", info))?;
    let info = DepInfo::parse(&text);
    let package = artifact
        .manifest_path
        .parent()
        .unwrap_or_else(|| Path::new(""));
    // Cargo runs rustc in the workspace's folder, or in that of a package outside of it.
    let absolute = |file: &PathBuf| {
        let folders = [project.root.as_path(), package];
        let found = folders
            .iter()
            .map(|folder| folder.join(file))
            .find(|file| file.exists());
        tidied(&found.unwrap_or_else(|| file.clone()))
    };
    Ok(Read {
        package: package
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        target: artifact.target.name.clone(),
        files: info.files.iter().map(absolute).collect(),
        variables: info.variables.into_keys().collect(),
    })
}
