//! Problems found in the sources: collected through a whole stage, then reported together.
//!
//! An error ends the run; a warning is one line of cargo's output beside a good result. The texts live in [`catalogue`], how they look in [`render`].

use std::collections::BTreeSet;

use crate::error::Error;
use crate::source::{Location, SourceSet};

pub(crate) mod catalogue;
mod render;
mod warning;

pub(crate) use catalogue::Code;
pub use catalogue::diagnostic_codes;
pub(crate) use warning::Warning;

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

/// What becomes of code whose version can't be known to be sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// It is refused.
    #[default]
    Strict,
    /// It is warned of.
    Lenient,
}

/// The problems of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    strictness: Strictness,
    list: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    /// Whether stages run on input with problems; their results are then for people to look at only.
    goes_on: bool,
}

impl Diagnostics {
    /// No problems yet.
    pub(crate) fn new(strictness: Strictness) -> Self {
        Self {
            strictness,
            ..Self::default()
        }
    }

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

    /// Adds one problem that ends the run.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds one problem that does not end the run.
    pub(crate) fn warn(&mut self, diagnostic: Diagnostic) {
        self.warnings.push(diagnostic);
    }

    /// Adds one problem that ends the run unless the settings are lenient: a version that may be unsound.
    pub(crate) fn refuse(&mut self, diagnostic: Diagnostic) {
        match self.strictness {
            Strictness::Strict => self.push(diagnostic),
            Strictness::Lenient => self.warn(diagnostic),
        }
    }

    /// All warnings, sorted, each once.
    pub(crate) fn warnings(&self, sources: &SourceSet) -> BTreeSet<Warning> {
        let warnings = self.warnings.iter();
        warnings
            .map(|diagnostic| Warning::of(diagnostic, sources))
            .collect()
    }

    /// How many errors have been pushed; a stage compares it to learn whether a step of its own failed.
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

#[cfg(any(test, fuzzing))]
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
    use crate::source::{FileId, SourceFile};

    fn location(sources: &SourceSet, file: FileId, needle: &str) -> Location {
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
            "fn b() {}\n".to_owned(),
        ));
        let first = sources.push(SourceFile::new(
            Path::new("a.rs"),
            "src/a.rs".to_owned(),
            "fn a() {}\nfn z() {}\n".to_owned(),
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

    fn one_file() -> (SourceSet, FileId) {
        let mut sources = SourceSet::default();
        let file = SourceFile::new(
            Path::new("a.rs"),
            "src/a.rs".to_owned(),
            "fn a() {}\n".to_owned(),
        );
        let file = sources.push(file);
        (sources, file)
    }

    #[test]
    fn a_warning_does_not_end_the_run_and_is_said_once() {
        let (sources, file) = one_file();
        let mut diagnostics = Diagnostics::default();
        for message in ["second", "first", "second"] {
            let place = location(&sources, file, "a()");
            diagnostics.warn(Diagnostic::new(Code::PrivateFunction, place, message));
        }
        assert!(diagnostics.propagate(&sources).is_ok());
        assert_eq!(diagnostics.count(), 0);
        let lines: Vec<String> = diagnostics
            .warnings(&sources)
            .into_iter()
            .map(Warning::into_line)
            .collect();
        assert_eq!(
            lines,
            [
                "src/a.rs:1:4: first [selfsame::private-function]",
                "src/a.rs:1:4: second [selfsame::private-function]",
            ]
        );
    }

    #[test]
    fn a_refusal_is_an_error_unless_lenient() {
        let (sources, file) = one_file();
        for (strictness, errors) in [(Strictness::Strict, 1), (Strictness::Lenient, 0)] {
            let mut diagnostics = Diagnostics::new(strictness);
            let place = location(&sources, file, "a()");
            diagnostics.refuse(Diagnostic::new(Code::PrivateFunction, place, "no"));
            assert_eq!(diagnostics.count(), errors);
            assert_eq!(diagnostics.warnings(&sources).len(), 1 - errors);
        }
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
