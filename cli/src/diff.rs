//! `cargo selfsame diff`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use selfsame_build::tool::Memory;

use crate::arguments::{Diff, Selection};
use crate::error::Error;
use crate::git::{Export, Repository};
use crate::output;
use crate::project;
use crate::survey::{Ground, Survey};

pub(crate) mod compare;
mod json;
mod markdown;
pub(crate) mod reason;
mod text;

use compare::Comparison;

/// What stands in the place of a later commit.
const WORKING_TREE: &str = "the working tree";

/// Exit status where a function goes cold.
const SOME_COLD: u8 = 1;

pub(crate) fn run(arguments: &Diff) -> Result<ExitCode, Error> {
    let sides = Sides::find(arguments)?;
    let before = sides.survey(Some(&sides.from), &arguments.selection)?;
    let after = sides.survey(sides.to.as_ref(), &arguments.selection)?;
    for note in after.notes.iter().chain(
        before
            .notes
            .iter()
            .filter(|note| !after.notes.contains(note)),
    ) {
        output::note(note);
    }
    let comparison = Comparison::of(&before, &after);
    let titles = (
        sides.from.title.as_str(),
        sides.to.as_ref().map_or(WORKING_TREE, |to| &to.title),
    );
    if arguments.json {
        output::print_json(&json::comparison(&comparison, titles));
    } else if arguments.markdown {
        output::print(&markdown::comparison(&comparison, titles));
    } else {
        output::print(&text::comparison(&comparison, titles, arguments.all));
    }
    Ok(ExitCode::from(if comparison.cold.is_empty() {
        0
    } else {
        SOME_COLD
    }))
}

/// What is compared: a commit with another one or with the working tree.
struct Sides {
    repository: Repository,
    /// The manifest in the working tree.
    manifest: PathBuf,
    here: PathBuf,
    from: Revision,
    to: Option<Revision>,
    /// Most files are the same on both sides.
    memory: Rc<Memory>,
}

/// A commit and the words that named it.
struct Revision {
    title: String,
    commit: String,
}

impl Sides {
    fn find(arguments: &Diff) -> Result<Self, Error> {
        let manifest = project::manifest_path(&arguments.selection)?;
        let here = std::env::current_dir().map_err(Error::io("find", "."))?;
        let here = here.canonicalize().unwrap_or(here);
        let folder = manifest.parent().unwrap_or(&here);
        let repository = Repository::around(folder)?;
        let revision = |name: &str| -> Result<Revision, Error> {
            Ok(Revision {
                commit: repository.commit(name)?,
                title: name.to_owned(),
            })
        };
        let from = revision(arguments.from.as_deref().unwrap_or("HEAD"))?;
        let to = arguments.to.as_deref().map(revision).transpose()?;
        Ok(Self {
            from,
            to,
            repository,
            manifest,
            here,
            memory: Rc::default(),
        })
    }

    /// Surveys a commit, or the working tree.
    fn survey(&self, revision: Option<&Revision>, selection: &Selection) -> Result<Survey, Error> {
        let Some(revision) = revision else {
            let ground = Ground {
                memory: Rc::clone(&self.memory),
                ..Ground::here(self.here.clone())
            };
            return Survey::without_build(selection, ground);
        };
        let export = self.repository.export(&revision.commit)?;
        let manifest = self
            .in_export(&export, &self.manifest)
            .filter(|manifest| manifest.is_file());
        let Some(manifest) = manifest else {
            // The crate is not that old.
            return Ok(Survey::default());
        };
        let selection = Selection {
            manifest_path: Some(manifest),
            ..selection.clone()
        };
        let ground = Ground {
            folder: self
                .in_export(&export, &self.here)
                .unwrap_or_else(|| self.here.clone()),
            moved: Some((export.top.clone(), self.repository.top.clone())),
            memory: Rc::clone(&self.memory),
        };
        Survey::without_build(&selection, ground)
    }

    /// Where a path of the work tree lies in an export.
    fn in_export(&self, export: &Export, path: &Path) -> Option<PathBuf> {
        let relative = path.strip_prefix(&self.repository.top).ok()?;
        Some(export.top.join(relative))
    }
}
