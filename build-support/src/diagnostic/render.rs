//! How a problem looks: the frame rustc's users know, so that editors make the places clickable.

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::source::{LineColumn, Location, SourceFile, SourceSet};

/// A problem as text, ending in a line end.
pub(super) fn render(diagnostic: &Diagnostic, sources: &SourceSet) -> String {
    let mut text = format!(
        "error[selfsame::{}]: {}\n",
        diagnostic.code.as_str(),
        diagnostic.message
    );
    let gutter = gutter(diagnostic, sources);
    if let Some(location) = diagnostic.location {
        frame(&mut text, sources, location, gutter);
    }
    for (location, note) in &diagnostic.related {
        writeln!(text, "note: {note}").expect(INFALLIBLE);
        frame(&mut text, sources, *location, gutter);
    }
    if let Some(help) = &diagnostic.help {
        writeln!(text, "help: {}", help.replace('\n', "\n      ")).expect(INFALLIBLE);
    }
    text
}

const INFALLIBLE: &str = "writing to a String cannot fail";

/// Digits of the largest line number shown.
fn gutter(diagnostic: &Diagnostic, sources: &SourceSet) -> usize {
    let places = diagnostic
        .location
        .iter()
        .chain(diagnostic.related.iter().map(|(location, _)| location));
    let largest = places
        .map(|place| sources.file(place.file).line_column(place.start).line)
        .max();
    largest.unwrap_or(1).to_string().len()
}

/// The place, its source line, and carets below it.
fn frame(text: &mut String, sources: &SourceSet, location: Location, gutter: usize) {
    let file = sources.file(location.file);
    let LineColumn { line, column } = file.line_column(location.start);
    let source_line = file.text.lines().nth(line - 1).unwrap_or_default();
    let blank = " ".repeat(gutter);
    writeln!(text, "{blank}--> {}:{line}:{column}", file.name).expect(INFALLIBLE);
    writeln!(text, "{blank} |").expect(INFALLIBLE);
    writeln!(
        text,
        "{}",
        format!("{line:>gutter$} | {source_line}").trim_end()
    )
    .expect(INFALLIBLE);
    let marks = format!(
        "{blank} | {}{}",
        indent(source_line, column),
        carets(file, location)
    );
    writeln!(text, "{}", marks.trim_end()).expect(INFALLIBLE);
    writeln!(text, "{blank} |").expect(INFALLIBLE);
}

/// Blanks up to a column; tabs stay tabs, so that the carets stand below what they mean.
fn indent(source_line: &str, column: usize) -> String {
    source_line
        .chars()
        .take(column - 1)
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect()
}

/// One caret for each character on the first line of the place, at least one.
fn carets(file: &SourceFile, location: Location) -> String {
    let end = file.text.ceil_char_boundary(location.end as usize);
    let start = file
        .text
        .floor_char_boundary(location.start as usize)
        .min(end);
    let covered = file.text[start..end]
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end();
    "^".repeat(covered.chars().count().max(1))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Code;

    fn place(sources: &SourceSet, needle: &str) -> Location {
        let file = crate::source::FileId(0);
        let start = sources.file(file).text.find(needle).unwrap();
        Location {
            file,
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(start + needle.len()).unwrap(),
        }
    }

    fn one_file(text: &str) -> SourceSet {
        let mut sources = SourceSet::default();
        sources.push(SourceFile::new(
            Path::new("src/users.rs"),
            "src/users.rs".to_owned(),
            text.to_owned(),
        ));
        sources
    }

    #[test]
    fn a_problem_shows_its_place_carets_and_help() {
        let sources = one_file(&format!(
            "{}/// @cache(tll = 300)\npub fn f() {{}}\n",
            "\n".repeat(11)
        ));
        let diagnostic = Diagnostic::new(
            Code::UnknownOption,
            place(&sources, "tll"),
            "unknown option `tll`",
        )
        .with_help("did you mean `ttl`?");
        assert_eq!(
            render(&diagnostic, &sources),
            "\
error[selfsame::unknown-option]: unknown option `tll`
  --> src/users.rs:12:12
   |
12 | /// @cache(tll = 300)
   |            ^^^
   |
help: did you mean `ttl`?
"
        );
    }

    #[test]
    fn related_places_share_one_gutter() {
        let sources = one_file(&format!("one\n{}\tten\n", "\n".repeat(8)));
        let diagnostic = Diagnostic::new(Code::NameTaken, place(&sources, "ten"), "taken")
            .with_related(place(&sources, "one"), "first here");
        assert_eq!(
            render(&diagnostic, &sources),
            "\
error[selfsame::name-taken]: taken
  --> src/users.rs:10:2
   |
10 | \tten
   | \t^^^
   |
note: first here
  --> src/users.rs:1:1
   |
 1 | one
   | ^^^
   |
"
        );
    }

    #[test]
    fn a_place_over_several_lines_marks_its_first() {
        let sources = one_file("fn f(\n    a: u8,\n) {}\n");
        let diagnostic = Diagnostic::new(
            Code::UnsupportedShape,
            place(&sources, "fn f(\n    a: u8,\n)"),
            "no",
        );
        assert!(render(&diagnostic, &sources).contains("1 | fn f(\n  | ^^^^^\n"));
    }

    #[test]
    fn a_place_at_the_end_of_a_file_has_one_caret() {
        let sources = one_file("fn f(");
        let end = u32::try_from(sources.files[0].text.len()).unwrap();
        let location = Location {
            file: crate::source::FileId(0),
            start: end,
            end,
        };
        let diagnostic = Diagnostic::new(Code::UnparsableFile, location, "expected `)`");
        assert!(render(&diagnostic, &sources).contains("1 | fn f(\n  |      ^\n"));
    }

    #[test]
    fn a_problem_of_no_place_has_no_frame() {
        let diagnostic =
            Diagnostic::nowhere(Code::UnreadableFile, "could not read").with_help("one\ntwo");
        assert_eq!(
            render(&diagnostic, &SourceSet::default()),
            "error[selfsame::unreadable-file]: could not read\nhelp: one\n      two\n"
        );
    }
}
