//! `cargo selfsame graph`

use std::process::ExitCode;

use crate::arguments::Graph;
use crate::closure::Tree;
use crate::error::Error;
use crate::survey::Survey;
use crate::{find, output};

mod dot;
mod drawing;
mod json;
mod svg;

use drawing::Drawing;

pub(crate) fn run(arguments: &Graph) -> Result<ExitCode, Error> {
    let survey = Survey::of(&arguments.selection, &arguments.building)?;
    survey.notes.iter().for_each(|note| output::note(note));
    let surveyed = find::function(&survey, &arguments.function)?;
    let tree = Tree::of(&surveyed.target.manifest, surveyed.function);
    let drawing = Drawing::of(&tree, arguments.limit);
    if drawing.omitted > 0 {
        output::note(&format!(
            "{} items are left out, those that lead to the least: see more with `--limit`",
            drawing.omitted
        ));
    }
    let text = if arguments.json {
        json::text(&drawing)
    } else if arguments.svg {
        svg::text(&drawing, &surveyed.function.path)
    } else {
        dot::text(&drawing, &surveyed.function.path)
    };
    match &arguments.output {
        Some(path) => std::fs::write(path, text).map_err(Error::io("write", path))?,
        None => output::print(&text),
    }
    Ok(ExitCode::SUCCESS)
}
