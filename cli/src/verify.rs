//! `cargo selfsame verify`: every file that rustc read must be one that versions know of.
//!
//! A file the analysis has overlooked would be new code under an old version. The compiler's own list of what it read
//! is the one witness that does not share the analysis' mistakes.

use std::process::ExitCode;

use crate::arguments::{Building, Verify};
use crate::build::Build;
use crate::error::Error;
use crate::output;
use crate::project::Project;
use crate::survey::Survey;
use crate::variables::Platform;

mod covered;
mod json;
mod read;
mod text;

use covered::Covered;
use read::Read;

/// Exit status where rustc read what versions do not know.
const UNCOVERED: u8 = 1;

/// One target whose dep-info was compared.
#[derive(Debug)]
struct Verified {
    package: String,
    target: String,
    /// How many files rustc read.
    files: usize,
    /// Those that no version can know of.
    missing: Vec<String>,
    /// Variables likewise.
    variables: Vec<String>,
}

pub(crate) fn run(arguments: &Verify) -> Result<ExitCode, Error> {
    let here = std::env::current_dir().map_err(Error::io("find", "."))?;
    let selection = &arguments.selection;
    let building = Building {
        no_build: false,
        offline: arguments.offline,
        locked: arguments.locked,
    };
    let build = Build::run(selection, &building)?;
    let project = Project::find(selection)?;
    let platform = Platform::find(&here, &project.root, selection);
    let survey = Survey::of_build(&project, &platform, selection, &build)?;
    survey.notes.iter().for_each(|note| output::note(note));
    let covered = Covered::of(&project, &platform, selection, &build, &survey)?;
    let read = read::of(&project, &build, &covered, selection.target.as_deref())?;
    let verified: Vec<Verified> = read.iter().map(|read| covered.verify(read)).collect();
    if arguments.json {
        output::print_json(&json::report(&verified));
    } else {
        output::print(&text::report(&verified));
    }
    let is_complete = verified.iter().all(Verified::is_covered);
    Ok(ExitCode::from(if is_complete { 0 } else { UNCOVERED }))
}

impl Verified {
    fn is_covered(&self) -> bool {
        self.missing.is_empty() && self.variables.is_empty()
    }
}

impl Covered {
    fn verify(&self, read: &Read) -> Verified {
        let missing = read.files.iter().filter(|file| !self.has_file(file));
        let variables = read
            .variables
            .iter()
            .filter(|name| !self.has_variable(name));
        Verified {
            package: read.package.clone(),
            target: read.target.clone(),
            files: read.files.len(),
            missing: missing.map(|file| file.display().to_string()).collect(),
            variables: variables.cloned().collect(),
        }
    }
}
