//! How a warning looks: one line, since that is what cargo shows of a build script that went well.

use std::fmt::Write;

use super::Diagnostic;
use crate::source::{LineColumn, Location, SourceSet};

/// A warning as it is printed, ordered by place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Warning {
    file: String,
    place: LineColumn,
    line: String,
}

impl Warning {
    /// Place, message, further places, the edit, and the code: `src/a.rs:1:4: message; help [selfsame::code]`.
    pub(super) fn of(diagnostic: &Diagnostic, sources: &SourceSet) -> Self {
        let (file, place) = match diagnostic.location {
            Some(location) => (
                sources.file(location.file).name.clone(),
                start(location, sources),
            ),
            None => (String::new(), LineColumn { line: 0, column: 0 }),
        };
        let mut line = String::new();
        if let Some(location) = diagnostic.location {
            line = format!("{}: ", shown(location, sources));
        }
        line.push_str(&diagnostic.message);
        for (location, note) in &diagnostic.related {
            write!(line, "; {note} at {}", shown(*location, sources)).expect(INFALLIBLE);
        }
        if let Some(help) = &diagnostic.help {
            write!(line, "; {help}").expect(INFALLIBLE);
        }
        write!(line, " [selfsame::{}]", diagnostic.code.as_str()).expect(INFALLIBLE);
        Self {
            file,
            place,
            line: line.replace('\n', " "),
        }
    }

    /// The line, without an end.
    pub(crate) fn into_line(self) -> String {
        self.line
    }
}

const INFALLIBLE: &str = "writing to a String cannot fail";

fn start(location: Location, sources: &SourceSet) -> LineColumn {
    sources.file(location.file).line_column(location.start)
}

/// `src/a.rs:1:4`.
fn shown(location: Location, sources: &SourceSet) -> String {
    let LineColumn { line, column } = start(location, sources);
    format!("{}:{line}:{column}", sources.file(location.file).name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{FileId, SourceFile};

    #[test]
    fn a_warning_is_one_line_with_all_its_places() {
        let mut sources = SourceSet::default();
        let text = "fn a() {}\nfn b() {}\n";
        sources.push(SourceFile::new(
            Path::new("a.rs"),
            "src/a.rs".to_owned(),
            text.to_owned(),
        ));
        let at = |start: u32| Location {
            file: FileId(0),
            start,
            end: start + 1,
        };
        let diagnostic = Diagnostic::new(Code::NameTaken, at(13), "taken\ntwice")
            .with_related(at(3), "first")
            .with_help("rename one");
        let line = Warning::of(&diagnostic, &sources).into_line();
        assert_eq!(
            line,
            "src/a.rs:2:4: taken twice; first at src/a.rs:1:4; rename one [selfsame::name-taken]"
        );
    }

    #[test]
    fn a_warning_of_no_place_has_none() {
        let diagnostic = Diagnostic::nowhere(Code::UnreadableFile, "gone");
        let line = Warning::of(&diagnostic, &SourceSet::default()).into_line();
        assert_eq!(line, "gone [selfsame::unreadable-file]");
    }
}
