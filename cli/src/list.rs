//! `cargo selfsame list`

use std::process::ExitCode;

use crate::arguments::List;
use crate::error::Error;
use crate::output;
use crate::survey::Survey;

mod json;
mod text;

pub(crate) fn run(arguments: &List) -> Result<ExitCode, Error> {
    let survey = Survey::of(&arguments.selection, &arguments.building)?;
    for problem in &survey.problems {
        output::complain(&format!("{problem}\n"));
    }
    survey
        .warnings
        .iter()
        .for_each(|warning| output::warning(warning));
    survey.notes.iter().for_each(|note| output::note(note));
    if arguments.json {
        output::print_json(&json::list(&survey));
    } else {
        output::print(&text::list(&survey));
    }
    Ok(ExitCode::SUCCESS)
}
