//! Problems found in the sources: collected through a whole stage, then reported together.
//!
//! The texts live in [`catalogue`], how they look in [`render`].

use std::collections::BTreeSet;

use crate::error::Error;
use crate::source::{Location, SourceSet};

pub(crate) mod catalogue;
mod render;

pub(crate) use catalogue::Code;
pub use catalogue::diagnostic_codes;

/// One problem: what is wrong, where, and the edit that solves it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a problem that is not pushed is never seen"]
pub(crate) struct Diagnostic {
    /// Its name in the catalogue.
    pub(crate) code: Code,
    /// One sentence, lower case, no final period.
    pub(crate) message: String,
    /// Where it stands; empty for a problem of no single place.
    pub(crate) location: Option<Location>,
    /// Further places that belong to the problem, each with what it is.
    pub(crate) related: Vec<(Location, String)>,
    /// The edit to make.
    pub(crate) help: Option<String>,
}

impl Diagnostic {
    /// A problem at a place.
    pub(crate) fn new(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self {
            location: Some(location),
            ..Self::nowhere(code, message)
        }
    }

    /// A problem of no place in a source file.
    pub(crate) fn nowhere(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            location: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// Says which edit solves it.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Shows another place, such as the first of two definitions.
    pub(crate) fn with_related(mut self, location: Location, note: impl Into<String>) -> Self {
        self.related.push((location, note.into()));
        self
    }
}

/// The problems of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Whether stages run on input with problems; their results are then for people to look at only.
    goes_on: bool,
}

impl Diagnostics {
    /// The problems of a run that no problem ends.
    pub(crate) fn of_a_run_that_goes_on() -> Self {
        Self {
            goes_on: true,
            ..Self::default()
        }
    }

    /// Whether problems end the run at the end of their stage.
    pub(crate) fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// Adds one problem.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// How many have been pushed; a stage compares it to learn whether a step of its own failed.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// Ends the run if any problem was found; called between stages, so that none runs on bad input.
    pub(crate) fn propagate(&self, sources: &SourceSet) -> Result<(), Error> {
        if self.list.is_empty() || self.goes_on {
            return Ok(());
        }
        let report = self.rendered(sources);
        Err(Error::diagnostics(report.len(), report.join("\n")))
    }

    /// Each problem as text, in order.
    pub(crate) fn rendered(&self, sources: &SourceSet) -> Vec<String> {
        let sorted = self.sorted(sources).into_iter();
        sorted
            .map(|diagnostic| render::render(diagnostic, sources))
            .collect()
    }

    /// By file name, line and column; the same problem found twice (a file in two targets) once.
    fn sorted(&self, sources: &SourceSet) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.list.iter().collect();
        sorted.sort_by_key(|diagnostic| order(diagnostic, sources));
        let mut seen = BTreeSet::new();
        sorted.retain(|diagnostic| seen.insert((order(diagnostic, sources), &diagnostic.message)));
        sorted
    }
}

/// File name, range and code: what places a problem in the report.
fn order<'a>(diagnostic: &Diagnostic, sources: &'a SourceSet) -> (&'a str, u32, u32, &'static str) {
    let code = diagnostic.code.as_str();
    match diagnostic.location {
        Some(Location { file, start, end }) => (&sources.file(file).name, start, end, code),
        None => ("", 0, 0, code),
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Reading reports in the tests of other modules.

    use super::*;

    impl Diagnostics {
        /// The report as text; empty without problems.
        pub(crate) fn report(&self, sources: &SourceSet) -> String {
            match self.propagate(sources) {
                Ok(()) => String::new(),
                Err(error) => error.report().unwrap().to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::SourceFile;

    fn location(sources: &SourceSet, file: crate::source::FileId, needle: &str) -> Location {
        let start = sources.file(file).text.find(needle).unwrap();
        Location {
            file,
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(start + needle.len()).unwrap(),
        }
    }

    #[test]
    fn problems_are_sorted_by_file_and_place_and_said_once() {
        let mut sources = SourceSet::default();
        let later = sources.push(SourceFile::new(
            Path::new("b.rs"),
            "src/b.rs".to_owned(),
            "fn b() {}\n",
        ));
        let first = sources.push(SourceFile::new(
            Path::new("a.rs"),
            "src/a.rs".to_owned(),
            "fn a() {}\nfn z() {}\n",
        ));
        let mut diagnostics = Diagnostics::default();
        for (file, needle) in [(later, "b"), (first, "z"), (first, "a"), (first, "z")] {
            let place = location(&sources, file, needle);
            diagnostics.push(Diagnostic::new(
                Code::PrivateFunction,
                place,
                format!("about `{needle}`"),
            ));
        }
        let error = diagnostics.propagate(&sources).unwrap_err();
        assert_eq!(error.to_string(), "selfsame found 3 problems");
        let places: Vec<&str> = error
            .report()
            .unwrap()
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--> "))
            .collect();
        assert_eq!(places, ["src/a.rs:1:4", "src/a.rs:2:4", "src/b.rs:1:4"]);
    }

    #[test]
    fn no_problem_is_no_error() {
        assert!(
            Diagnostics::default()
                .propagate(&SourceSet::default())
                .is_ok()
        );
    }
}
