//! Templates of tags: text with holes, written like those of `format!` with any expression in them.
//!
//! ```text
//! user:{user_id}      order:{order.id}:{line:03}      {{literally}}
//! ```

use std::fmt;
use std::ops::Range;

use quote::ToTokens;
use syn::Expr;

use super::identity;
use super::text::literal_length;
use super::value::escape;
use crate::source::Location;

mod spec;

/// One template of `tags(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// Text and holes, in order; neighbouring text is one piece.
    pub(crate) pieces: Vec<Piece>,
    pub(crate) location: Location,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it is in the tag: braces are single.
    Text(String),
    Hole(Hole),
}

/// Where a value is put into a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    /// Its tokens, with spacing of our own: see [`identity`].
    pub(crate) expression: String,
    /// What stands behind the colon: `03`, `?`.
    pub(crate) spec: String,
    pub(crate) location: Location,
}

/// What is wrong with a template, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) kind: ProblemKind,
    pub(super) range: Range<usize>,
}

/// What can be wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProblemKind {
    /// A `{` without `}`.
    Unclosed,
    /// A `}` without `{`.
    Unopened,
    /// `{}`.
    Empty,
    /// Holes only, so that tags of unlike things could be equal.
    NoText,
    /// The hole holds no expression; syn's words.
    NoExpression(String),
    /// The expression would leave the closure it is put into.
    Escapes(&'static str),
    /// What stands behind the colon is nothing `format!` knows, or takes further arguments.
    Spec(String),
}

impl Template {
    /// Reads a template; `place` is where a range of its text stands in the file.
    pub(super) fn parse(
        text: &str,
        location: Location,
        place: impl Fn(Range<usize>) -> Location,
    ) -> Result<Self, Problem> {
        let mut template = Self {
            pieces: Vec::new(),
            location,
        };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let next = at + c.len_utf8();
            let is_double = matches!(c, '{' | '}') && text[next..].starts_with(c);
            match c {
                _ if is_double => {
                    template.push(c);
                    at = next + 1;
                }
                '{' => {
                    let end = closing(text, at)
                        .ok_or_else(|| Problem::new(ProblemKind::Unclosed, at..next))?;
                    let hole = Hole::parse(&text[next..end], place(at..end + 1))
                        .map_err(|kind| Problem::new(kind, at..end + 1))?;
                    template.pieces.push(Piece::Hole(hole));
                    at = end + 1;
                }
                '}' => return Err(Problem::new(ProblemKind::Unopened, at..next)),
                _ => {
                    template.push(c);
                    at = next;
                }
            }
        }
        if template.says_something() {
            Ok(template)
        } else {
            Err(Problem::new(ProblemKind::NoText, 0..text.len()))
        }
    }

    /// The holes, in order.
    pub(crate) fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    fn push(&mut self, c: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(c),
            _ => self.pieces.push(Piece::Text(c.to_string())),
        }
    }

    /// Whether there is a word outside of the holes: `{a}` and `{b}` would be one tag where the values are equal.
    fn says_something(&self) -> bool {
        let is_word = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(char::is_alphanumeric));
        self.pieces.iter().any(is_word)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(&escaped(text))?,
                Piece::Hole(hole) if hole.spec.is_empty() => write!(f, "{{{}}}", hole.expression)?,
                Piece::Hole(hole) => write!(f, "{{{}:{}}}", hole.expression, hole.spec)?,
            }
        }
        Ok(())
    }
}

impl Hole {
    fn parse(text: &str, location: Location) -> Result<Self, ProblemKind> {
        let (expression, spec) = match colon(text) {
            Some(at) => (&text[..at], text[at + 1..].trim_end()),
            None => (text, ""),
        };
        if expression.trim().is_empty() {
            return Err(ProblemKind::Empty);
        }
        if !spec::is_known(spec) {
            return Err(ProblemKind::Spec(spec.to_owned()));
        }
        let parsed = parse_expression(expression)
            .map_err(|error| ProblemKind::NoExpression(error.to_string()))?;
        if let Some(what) = escape(&parsed) {
            return Err(ProblemKind::Escapes(what));
        }
        Ok(Self {
            expression: identity::canonical(parsed.to_token_stream()),
            spec: spec.to_owned(),
            location,
        })
    }

    /// The name in a hole that holds nothing else, as the function has it.
    pub(crate) fn name(&self) -> Option<&str> {
        let name = self
            .expression
            .strip_prefix("r#")
            .unwrap_or(&self.expression);
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        (is_name && !name.starts_with(|c: char| c.is_numeric())).then_some(&*self.expression)
    }
}

impl Problem {
    fn new(kind: ProblemKind, range: Range<usize>) -> Self {
        Self { kind, range }
    }
}

/// Text as it stands in a template.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// `{type}` is the parameter `r#type`, as it is to `format!`.
fn parse_expression(text: &str) -> syn::Result<Expr> {
    syn::parse_str(text).or_else(|error| {
        let is_word = text.trim().chars().all(|c| c.is_alphanumeric() || c == '_');
        let raw = format!("r#{}", text.trim());
        is_word
            .then(|| syn::parse_str(&raw).ok())
            .flatten()
            .ok_or(error)
    })
}

/// The brace that closes the one at `open`, seen as Rust tokens.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = open;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        at += literal_length(&text[at..]).unwrap_or_else(|| c.len_utf8());
    }
    None
}

/// The colon before the format of a value: the last one outside of brackets that is no part of `::`.
fn colon(text: &str) -> Option<usize> {
    let mut depth = 0isize;
    let mut found = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ':' if text[at..].starts_with("::") => at += 1,
            ':' if depth == 0 => found = Some(at),
            _ => {}
        }
        at += literal_length(&text[at..]).unwrap_or_else(|| c.len_utf8());
    }
    found
}

#[cfg(test)]
mod tests;
