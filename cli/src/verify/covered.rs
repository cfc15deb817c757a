//! What the fingerprints of a build know of: sources, files in versions, and files whose mention is known though no
//! marked function reaches it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use selfsame_build::tool;

use crate::arguments::Selection;
use crate::build::Build;
use crate::error::Error;
use crate::project::{Package, Project};
use crate::survey::Survey;
use crate::variables::Platform;

#[derive(Debug, Default)]
pub(super) struct Covered {
    files: BTreeSet<PathBuf>,
    variables: BTreeSet<String>,
    /// Where build scripts write: what of that is included was read when they ended.
    written: Vec<PathBuf>,
    /// Texts of the sources, for what only documentation includes.
    documented: BTreeSet<String>,
}

impl Covered {
    pub(super) fn of(
        project: &Project,
        platform: &Platform,
        selection: &Selection,
        build: &Build,
        survey: &Survey,
    ) -> Result<Self, Error> {
        let mut covered = Self::default();
        for script in &build.scripts {
            covered.written.push(tidied(&script.out_dir));
        }
        for position in &project.selected {
            let package = &project.packages[*position];
            let is_surveyed = survey
                .targets
                .iter()
                .any(|target| target.package == package.name);
            if is_surveyed {
                covered.manifests(package, survey);
                covered.mentions(package, platform, selection, build)?;
            }
        }
        let texts = covered
            .files
            .iter()
            .filter_map(|file| std::fs::read_to_string(file).ok());
        covered.documented = texts.flat_map(|text| documentation(&text)).collect();
        Ok(covered)
    }

    /// What the manifests of a package name.
    fn manifests(&mut self, package: &Package, survey: &Survey) {
        let targets = survey
            .targets
            .iter()
            .filter(|target| target.package == package.name);
        for manifest in targets.map(|target| &target.manifest) {
            let in_versions = manifest
                .functions
                .iter()
                .flat_map(|function| &function.files);
            let names = in_versions.map(|file| &file.name).chain(&manifest.sources);
            self.files
                .extend(names.map(|name| tidied(&package.folder().join(name))));
        }
    }

    /// What any code of its crates mentions.
    fn mentions(
        &mut self,
        package: &Package,
        platform: &Platform,
        selection: &Selection,
        build: &Build,
    ) -> Result<(), Error> {
        let profile = platform.profile(&package.name)?;
        let triple = selection.target.as_deref();
        let features = build.features(package, triple);
        let settings = tool::Settings {
            manifest_dir: package.folder().to_owned(),
            out_dir: build
                .script(package, triple)
                .map(|script| script.out_dir.clone()),
            variables: platform.of_build_script(package, &profile, &features),
            compiler: Some(platform.rustc.version.clone()),
        };
        let report = tool::analyse(&settings, &platform.memory);
        let report = report.map_err(|error| Error::Analysis(error.to_string()))?;
        for target in report.targets {
            self.files
                .extend(target.included.iter().map(|file| tidied(file)));
            self.variables.extend(target.variables);
        }
        Ok(())
    }

    pub(super) fn has_file(&self, file: &Path) -> bool {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        self.files.contains(file)
            || self.written.iter().any(|folder| file.starts_with(folder))
            || name.is_some_and(|name| self.documented.contains(&name))
    }

    /// What cargo sets by itself is of the package, and part of every version with it; that code was generated changes
    /// none.
    pub(super) fn has_variable(&self, name: &str) -> bool {
        name == "OUT_DIR"
            || name == tool::GENERATED
            || name.starts_with("CARGO_")
            || self.variables.contains(name)
    }
}

/// The names of files that become documentation only: `#![doc = include_str!("../README.md")]`.
fn documentation(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("include_str!") {
        let before: String = text[..at]
            .chars()
            .rev()
            .filter(|letter| !letter.is_whitespace())
            .take(4)
            .collect();
        let path = text[at..].split('"').nth(1);
        if before == "=cod"
            && let Some(name) = path.and_then(|path| path.rsplit(['/', '\\']).next())
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// One spelling for one file.
pub(super) fn tidied(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_documentation_includes_is_documentation() {
        let text =
            "#![doc = include_str!(\"../README.md\")]\nconst A: &str = include_str!(\"a.sql\");\n";
        assert_eq!(documentation(text), ["README.md"]);
    }
}
