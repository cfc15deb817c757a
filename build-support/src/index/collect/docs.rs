//! Documentation text and the markers in it.

use syn::{Attribute, Expr, Lit, Meta};

use super::lines::Lines;
use crate::index::facts::Range;
use crate::marker;
use crate::source::lex::{DocForm, Tape, Token, TokenKind};

/// One line of documentation and where it stands.
type Line = (String, Range);

/// The documentation of an item, line by line; `None` where it has none.
pub(crate) fn of(
    attributes: &[Attribute],
    positions: &Lines,
    tape: &Tape<'_>,
) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        if !pair.path.is_ident("doc") || matches!(attribute.style, syn::AttrStyle::Inner(_)) {
            continue;
        }
        let start = positions.range(attribute.pound_token.spans[0]).start;
        match tape.get(tape.index_at(start)) {
            Some(token) if matches!(token.kind, TokenKind::Doc(_)) => {
                lines.extend(comment_lines(tape, token))
            }
            _ => lines.extend(literal_lines(&pair.value, positions, tape)),
        }
    }
    (!lines.is_empty()).then_some(lines)
}

/// The lines of a documentation comment, without what makes it one.
fn comment_lines(tape: &Tape<'_>, token: Token) -> Vec<Line> {
    let TokenKind::Doc(form) = token.kind else {
        return Vec::new();
    };
    let text = tape.text(token);
    let (body, from) = match form {
        DocForm::OuterLine | DocForm::InnerLine => (&text[3..], token.start + 3),
        DocForm::OuterBlock | DocForm::InnerBlock => {
            (text[3..].trim_end_matches("*/"), token.start + 3)
        }
    };
    let block = matches!(form, DocForm::OuterBlock | DocForm::InnerBlock);
    let mut at = from;
    let mut lines = Vec::new();
    for (number, line) in body.split('\n').enumerate() {
        let length = byte_length(line);
        let stripped = if block && number > 0 {
            without_star(line)
        } else {
            line
        };
        let start = at + length - byte_length(stripped);
        lines.push((stripped.to_owned(), start..at + length));
        at += length + 1;
    }
    lines
}

/// The ` * ` that leads the lines of a block comment is no text.
fn without_star(line: &str) -> &str {
    line.trim_start().strip_prefix('*').unwrap_or(line)
}

/// The lines of `#[doc = "…"]`; exact places where nothing is escaped, else the literal's.
fn literal_lines(value: &Expr, positions: &Lines, tape: &Tape<'_>) -> Vec<Line> {
    let Expr::Lit(literal) = value else {
        return Vec::new();
    };
    let Lit::Str(text) = &literal.lit else {
        return Vec::new();
    };
    let whole = positions.range(text.span());
    let value = text.value();
    let source = &tape.text[whole.start as usize..whole.end as usize];
    let Some(offset) = source.find(&value).filter(|_| !value.is_empty()) else {
        return value
            .split('\n')
            .map(|line| (line.to_owned(), whole.clone()))
            .collect();
    };
    let mut at = whole.start + u32::try_from(offset).unwrap_or(0);
    value
        .split('\n')
        .map(|line| {
            let start = at;
            at += byte_length(line) + 1;
            (line.to_owned(), start..start + byte_length(line))
        })
        .collect()
}

fn byte_length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Whether a documentation text holds a marker, outside fenced code.
pub(crate) fn have_marker(lines: &[Line]) -> bool {
    !marker_starts(lines).is_empty()
}

/// Indices of the lines that start a marker.
fn marker_starts(lines: &[Line]) -> Vec<usize> {
    marker::starts(lines.iter().map(|(line, _)| line.as_str()))
}

/// The lines of all markers: they are no documentation.
pub(crate) fn marker_lines(lines: &[Line]) -> Vec<Range> {
    let mut ranges = Vec::new();
    for start in marker_starts(lines) {
        let mut depth = 0i32;
        for (line, range) in &lines[start..] {
            // The whole comment goes, its slashes included.
            ranges.push(range.start.saturating_sub(3)..range.end);
            for byte in line.bytes() {
                depth += i32::from(byte == b'(') - i32::from(byte == b')');
            }
            if depth <= 0 {
                break;
            }
        }
    }
    ranges
}

/// Markers in documentation comments that no function claimed, and what they stand on.
pub(crate) fn orphans(tape: &Tape<'_>, claimed: &[u32]) -> Vec<(Range, &'static str)> {
    let mut orphans = Vec::new();
    let mut at = 0;
    while at < tape.tokens.len() {
        if !matches!(tape.tokens[at].kind, TokenKind::Doc(_)) {
            at += 1;
            continue;
        }
        let from = at;
        while tape
            .get(at)
            .is_some_and(|token| same_side(token, tape.tokens[from]))
        {
            at += 1;
        }
        let lines: Vec<Line> = tape.tokens[from..at]
            .iter()
            .flat_map(|token| comment_lines(tape, *token))
            .collect();
        for index in marker_starts(&lines) {
            let range = lines[index].1.clone();
            if !claimed.contains(&range.start) {
                orphans.push((range, attached_to(tape, from, at)));
            }
        }
    }
    orphans
}

/// Whether two tokens document the same thing: what follows them, or what they stand in.
fn same_side(token: Token, other: Token) -> bool {
    let is_inner = |kind| match kind {
        TokenKind::Doc(form) => Some(matches!(form, DocForm::InnerLine | DocForm::InnerBlock)),
        _ => None,
    };
    is_inner(token.kind).is_some() && is_inner(token.kind) == is_inner(other.kind)
}

/// Names what documentation stands on by the words that follow it.
fn attached_to(tape: &Tape<'_>, doc: usize, mut at: usize) -> &'static str {
    if let TokenKind::Doc(DocForm::InnerLine | DocForm::InnerBlock) = tape.tokens[doc].kind {
        return "a module";
    }
    while let Some(token) = tape.get(at) {
        match tape.text(token) {
            "#" => at = tape.closing(at + 1),
            "struct" => return "a struct",
            "enum" => return "an enum",
            "union" => return "a union",
            "trait" => return "a trait",
            "impl" => return "an impl",
            "mod" => return "a module",
            "type" => return "a type",
            "static" => return "a static",
            "use" => return "an import",
            "let" => return "a local variable",
            "macro_rules" => return "a macro",
            "fn" => return "a function inside a macro",
            "pub" if tape.is(at + 1, b'(') => at = tape.closing(at + 1),
            "pub" | "const" | "async" | "unsafe" | "extern" | "default" => {}
            _ => return "something that is no function",
        }
        at += 1;
    }
    "nothing"
}
