//! The functions of some packages, with versions and with what these are made of: what every command works on.

use std::path::PathBuf;
use std::rc::Rc;

use selfsame_build::tool::Memory;

use crate::arguments::{Building, Selection};
use crate::build::Build;
use crate::cfg::Predicate;
use crate::error::Error;
use crate::late::Compiled;
use crate::model::{Answered, Function, Manifest};
use crate::project::{self, Project};
use crate::variables::Platform;

mod analysed;
mod built;

/// What was found in the packages that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) targets: Vec<Target>,
    /// What a build would refuse, rendered.
    pub(crate) problems: Vec<String>,
    /// What a build would warn of.
    pub(crate) warnings: Vec<String>,
    /// Why versions may differ from a build's, and what else a reader should know.
    pub(crate) notes: Vec<String>,
}

/// A library or binary.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) package: String,
    pub(crate) name: String,
    pub(crate) is_bin: bool,
    pub(crate) manifest: Manifest,
    /// Along `manifest.functions`.
    pub(crate) versions: Vec<Version>,
}

/// What a function comes to in one build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// 32 hex digits.
    pub(crate) text: String,
    /// Whether the build has the function at all.
    pub(crate) is_compiled: bool,
    /// What the build answers to its late inputs, in their order.
    pub(crate) answers: Vec<Answered>,
}

/// A function with all that is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surveyed<'s> {
    pub(crate) target: &'s Target,
    pub(crate) function: &'s Function,
    pub(crate) version: &'s Version,
}

/// Where an analysis takes place.
#[derive(Debug)]
pub(crate) struct Ground {
    /// Where cargo would be run: its configuration holds.
    pub(crate) folder: PathBuf,
    /// Sources that lie in the first folder, and that code is to see in the second.
    pub(crate) moved: Option<(PathBuf, PathBuf)>,
    /// What earlier analyses have left.
    pub(crate) memory: Rc<Memory>,
}

impl Ground {
    /// Sources that lie where they belong.
    pub(crate) fn here(folder: PathBuf) -> Self {
        Self {
            folder,
            moved: None,
            memory: Rc::default(),
        }
    }
}

impl Survey {
    /// Surveys the packages of a selection, as cargo would build them in the current folder.
    pub(crate) fn of(selection: &Selection, building: &Building) -> Result<Self, Error> {
        let here = std::env::current_dir().map_err(Error::io("find", "."))?;
        if building.no_build {
            return Self::without_build(selection, Ground::here(here));
        }
        let build = Build::run(selection, building)?;
        let project = Project::find(selection)?;
        let platform = Platform::find(&here, &project.root, selection);
        Self::of_build(&project, &platform, selection, &build)
    }

    /// Surveys what a build has written.
    pub(crate) fn of_build(
        project: &Project,
        platform: &Platform,
        selection: &Selection,
        build: &Build,
    ) -> Result<Self, Error> {
        built::survey(project, platform, selection, build)
    }

    /// By analysis alone.
    pub(crate) fn without_build(selection: &Selection, ground: Ground) -> Result<Self, Error> {
        let project = Project::find(selection)?;
        let mut platform = Platform::find(&ground.folder, &project.root, selection);
        platform.moved = ground.moved;
        platform.memory = ground.memory;
        analysed::survey(&project, &platform, selection)
    }

    /// Every function; of those that exclude each other, the ones that are compiled.
    pub(crate) fn functions(&self) -> Vec<Surveyed<'_>> {
        let all = self.targets.iter().flat_map(Target::functions);
        let all: Vec<Surveyed<'_>> = all.collect();
        let has_compiled_twin = |surveyed: &Surveyed<'_>| {
            all.iter().any(|other| {
                other.version.is_compiled
                    && other.function.path == surveyed.function.path
                    && std::ptr::eq(other.target, surveyed.target)
            })
        };
        let listed = all
            .iter()
            .filter(|surveyed| surveyed.version.is_compiled || !has_compiled_twin(surveyed));
        listed.copied().collect()
    }
}

impl Target {
    /// A target whose functions get the versions of this build.
    fn new(
        package: &str,
        target: &project::Target,
        manifest: Manifest,
        compiled: &Compiled,
    ) -> Option<Self> {
        let versions = manifest.functions.iter().map(|function| {
            Some(Version {
                text: format!("{:032x}", compiled.version(function)?),
                is_compiled: compiled.compiles(function),
                answers: compiled.answers(function),
            })
        });
        Some(Self {
            package: package.to_owned(),
            name: target.name.clone(),
            is_bin: target.is_bin(),
            versions: versions.collect::<Option<_>>()?,
            manifest,
        })
    }

    /// Its functions, those of other builds too.
    pub(crate) fn functions(&self) -> impl Iterator<Item = Surveyed<'_>> {
        let functions = self.manifest.functions.iter().zip(&self.versions);
        functions.map(|(function, version)| Surveyed {
            target: self,
            function,
            version,
        })
    }

    /// The flags that versions ask for and nobody but a build script could set.
    fn flags_asked(&self) -> impl Iterator<Item = String> {
        let lates = self
            .manifest
            .functions
            .iter()
            .flat_map(|function| &function.late);
        let cfgs = lates.filter_map(|late| match late {
            crate::model::Late::Cfg { cfg, .. } => Predicate::parse(cfg),
            crate::model::Late::Env { .. } => None,
        });
        cfgs.flat_map(|predicate| {
            predicate
                .names()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
    }
}
