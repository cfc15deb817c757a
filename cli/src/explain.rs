//! `cargo selfsame explain`

use std::process::ExitCode;

use crate::arguments::Explain;
use crate::closure::Tree;
use crate::error::Error;
use crate::survey::Survey;
use crate::{find, output};

mod json;
mod text;

pub(crate) fn run(arguments: &Explain) -> Result<ExitCode, Error> {
    let survey = Survey::of(&arguments.selection, &arguments.building)?;
    survey.notes.iter().for_each(|note| output::note(note));
    let surveyed = find::function(&survey, &arguments.function)?;
    let tree = Tree::of(&surveyed.target.manifest, surveyed.function);
    if arguments.json {
        output::print_json(&json::explanation(&surveyed, &tree));
    } else {
        let limits = text::Limits {
            depth: if arguments.all {
                usize::MAX
            } else {
                arguments.depth
            },
            children: if arguments.all {
                usize::MAX
            } else {
                text::SHOWN_CHILDREN
            },
            lists: arguments.all,
        };
        output::print(&text::explanation(&surveyed, &tree, limits));
    }
    Ok(ExitCode::SUCCESS)
}
