//! Finding markers among doc lines, and the way back from a marker's text to places in the file.

use std::ops::Range;

use super::scan::{Scan, WORD};
use crate::diagnostic::{Diagnostic, catalogue::marker as texts};
use crate::index::DocLine;
use crate::source::{Location, SourceSet};

/// One marker's text: from `@cache` to the end of the docs, lines joined by line ends.
#[derive(Clone, Debug)]
pub(super) struct MarkerText {
    pub(super) text: String,
    /// One for each line, in order.
    segments: Vec<Segment>,
}

/// Where one line of a marker's text came from.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Its first byte in the marker's text.
    start: usize,
    /// Its place in the file, from that byte on.
    location: Location,
    /// Whether text and file agree byte by byte; not so where a `#[doc = "…"]` needed unescaping.
    exact: bool,
}

/// A marker found among doc lines.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) text: MarkerText,
    /// The inside of the parentheses; empty for a marker without a list.
    pub(super) list: Range<usize>,
    /// Where the marker ends.
    pub(super) end: usize,
    /// What is wrong with its outer form.
    problem: Option<Problem>,
}

/// What can be wrong with a marker's outer form.
#[derive(Clone, Debug)]
enum Problem {
    /// The parenthesis at this offset is never closed.
    Unclosed(usize),
    /// Something follows the marker on its line.
    Trailing(Range<usize>),
}

impl MarkerText {
    /// The text of `docs[line..]`, beginning at `column` of the first.
    fn new(
        docs: &[DocLine],
        line: usize,
        column: usize,
        is_exact: impl Fn(&DocLine) -> bool,
    ) -> Self {
        let mut this = Self {
            text: String::new(),
            segments: Vec::new(),
        };
        for (index, doc) in docs[line..].iter().enumerate() {
            let skipped = if index == 0 {
                column
            } else {
                leading_star(&doc.text)
            };
            let exact = is_exact(doc);
            let start = doc.location.start + if exact { skipped as u32 } else { 0 };
            if index > 0 {
                this.text.push('\n');
            }
            let location = Location {
                start,
                ..doc.location
            };
            this.segments.push(Segment {
                start: this.text.len(),
                location,
                exact,
            });
            this.text.push_str(&doc.text[skipped..]);
        }
        this
    }

    /// The place in the file of a range of the marker's text.
    pub(super) fn location(&self, range: Range<usize>) -> Location {
        let first = self.segment(range.start);
        let last = self.segment(range.end.saturating_sub(1).max(range.start));
        Location {
            file: first.location.file,
            start: first.offset(range.start, first.location.start),
            end: last.offset(range.end, last.location.end),
        }
    }

    fn segment(&self, offset: usize) -> Segment {
        let after = self
            .segments
            .partition_point(|segment| segment.start <= offset);
        self.segments[after.saturating_sub(1)]
    }
}

impl Segment {
    /// The file offset of a text offset; `otherwise` where the line has no exact places.
    fn offset(&self, offset: usize, otherwise: u32) -> u32 {
        if self.exact {
            (self.location.start + (offset - self.start) as u32).min(self.location.end)
        } else {
            otherwise
        }
    }
}

impl Found {
    /// The problem with the outer form, if there is one.
    pub(super) fn problem(&self) -> Option<Diagnostic> {
        Some(match self.problem.clone()? {
            Problem::Unclosed(at) => texts::unclosed_list(self.text.location(at..at + 1)),
            Problem::Trailing(range) => texts::trailing_text(self.text.location(range)),
        })
    }
}

/// The markers of these lines, with places checked against the file.
pub(super) fn find(docs: &[DocLine], sources: &SourceSet) -> Vec<Found> {
    find_with(docs, |doc| sources.text(doc.location) == doc.text)
}

fn find_with(docs: &[DocLine], is_exact: impl Fn(&DocLine) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut scan = Scan::default();
    let mut line = 0;
    while line < docs.len() {
        if let Some(start) = scan.line(&docs[line].text) {
            let marker = outline(
                MarkerText::new(docs, line, start.column, &is_exact),
                start.backticks,
            );
            line += marker.text.text[..marker.end].matches('\n').count();
            found.push(marker);
        }
        line += 1;
    }
    found
}

/// The `*` that begins a line of `/** … */`. A dereference is never written with a space after it.
fn leading_star(line: &str) -> usize {
    let trimmed = line.trim_start();
    match trimmed.strip_prefix('*') {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
            line.len() - rest.len()
        }
        _ => 0,
    }
}

/// Finds the list and the end of a marker.
fn outline(text: MarkerText, backticks: usize) -> Found {
    let list = opening(&text.text);
    let closed = list.map(|open| (open, closing(&text.text, open)));
    let (list, after, problem) = match closed {
        None => (0..0, WORD.len(), None),
        Some((open, Some(close))) => (open + 1..close, close + 1, None),
        Some((open, None)) => (0..0, open + 1, Some(Problem::Unclosed(open))),
    };
    let problem = problem.or_else(|| trailing(&text.text, after, backticks).map(Problem::Trailing));
    Found {
        text,
        list,
        end: after,
        problem,
    }
}

/// The opening parenthesis: on the marker's line, or first on the next, where it could not be meant otherwise.
fn opening(text: &str) -> Option<usize> {
    let rest = &text[WORD.len()..];
    let blank = rest.len() - rest.trim_start().len();
    let crosses = rest[..blank].matches('\n').count();
    (rest[blank..].starts_with('(') && crosses <= 1).then_some(WORD.len() + blank)
}

/// What follows the marker on its line, apart from the backticks that belong to it.
fn trailing(text: &str, after: usize, backticks: usize) -> Option<Range<usize>> {
    let line = text[after..].lines().next().unwrap_or_default();
    let closing = "`".repeat(backticks);
    let rest = line.strip_prefix(closing.as_str()).unwrap_or(line);
    let start = after + (line.len() - rest.len()) + (rest.len() - rest.trim_start().len());
    let rest = rest.trim();
    (!rest.is_empty()).then(|| start..start + rest.len())
}

/// The parenthesis that closes the one at `open`, seen as Rust tokens: strings and characters may hold parentheses.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = open;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        at += literal_length(&text[at..]).unwrap_or_else(|| c.len_utf8());
    }
    None
}

/// The length of the string or character literal that begins here.
pub(super) fn literal_length(text: &str) -> Option<usize> {
    match text.as_bytes()[0] {
        b'"' => quoted(text, '"'),
        b'\'' => character(text),
        b'r' => raw_string(text),
        _ => None,
    }
}

/// From an opening quote to behind the closing one; an unclosed literal takes the rest.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// `'x'` and `'\n'`, not the lifetime `'a`.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        return quoted(text, '\'');
    }
    chars
        .next()
        .filter(|(_, c)| *c == '\'')
        .map(|(at, _)| at + 1)
}

/// `r"…"` and `r#"…"#`, not the raw identifier `r#type`.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let body = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body
        .find(&end)
        .map_or_else(|| body.len(), |at| at + end.len());
    Some(2 + hashes + length)
}
