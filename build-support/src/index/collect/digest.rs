//! The canonical byte encoding of an item's tokens (rules R1 and R2).
//!
//! Each token is fed as its kind, its length and its text, so that neighbours can't run together.
//! Operators count as one token only where the language reads them as one.

use sha2::{Digest as _, Sha256};

use super::marks::Marks;
use crate::index::Digest;
use crate::index::facts::Range;
use crate::source::lex::{Tape, Token, TokenKind};

/// The language's operators of more than one character, longest first.
const OPERATORS: &[&str] = &[
    "<<=", ">>=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=",
    "*=", "/=", "%=", "^=", "&=", "|=", "<<", ">>", "..",
];

const LONGEST_OPERATOR: usize = 3;

/// Marks a place where the language has a separator that rustfmt may leave out.
const SEPARATOR: u8 = 0xff;

/// What of an item can be seen by the macros it is given to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Documentation and quiet attributes: a macro of somebody else may read them (R2).
    pub(crate) attentive: bool,
    /// Documentation and spacing of macro arguments (R19).
    pub(crate) spaced: bool,
}

/// Digests the tokens `range` of a tape, but for those in `holes`.
pub(crate) fn of_tokens(
    tape: &Tape<'_>,
    marks: &Marks,
    range: std::ops::Range<usize>,
    view: View,
    holes: &[Range],
    extra: &[String],
) -> Digest {
    let (mut at, to) = (range.start, range.end);
    // Gathered first: the hasher takes one long text much faster than many short ones.
    let mut encoded = Vec::with_capacity((to - at) * 8);
    while at < to {
        let token = tape.tokens[at];
        if let Some(hole) = holes.iter().find(|hole| hole.contains(&token.start)) {
            at = tape.index_at(hole.end);
            continue;
        }
        if marks.separates(at) {
            encoded.push(SEPARATOR);
        }
        if counts(token, marks, at, view) {
            if view.spaced && marks.is_opaque(at) {
                encoded.push(u8::from(at > 0 && tape.tokens[at - 1].end == token.start));
            }
            let glued = glued(tape, marks, at, to);
            encode(&mut encoded, tape, token, tape.tokens[at + glued - 1].end);
            at += glued;
        } else {
            at += 1;
        }
    }
    for text in extra {
        encoded.push(SEPARATOR);
        encoded.extend_from_slice(text.as_bytes());
    }
    truncate(Sha256::new_with_prefix(encoded))
}

/// The first 16 bytes of a finished SHA-256.
pub(crate) fn truncate(hasher: Sha256) -> Digest {
    let full = hasher.finalize();
    let mut digest = Digest::default();
    digest.copy_from_slice(&full[..16]);
    digest
}

fn counts(token: Token, marks: &Marks, at: usize, View { attentive, spaced }: View) -> bool {
    if marks.skips(at) {
        return false;
    }
    if attentive {
        return true;
    }
    match token.kind {
        TokenKind::Doc(_) => spaced && marks.is_opaque(at),
        _ => !marks.is_quiet(at),
    }
}

/// How many tokens from `at` on make one operator.
fn glued(tape: &Tape<'_>, marks: &Marks, at: usize, to: usize) -> usize {
    // Characters that can be part of one operator; where there is but one, there is nothing to look up.
    let mut end = at;
    while end < to
        && end - at < LONGEST_OPERATOR
        && tape.tokens[end].kind == TokenKind::Punct
        && (end == at || tape.tokens[end - 1].end == tape.tokens[end].start)
        && !marks.stands_alone(end)
    {
        end += 1;
    }
    if end - at < 2 {
        return 1;
    }
    let start = tape.tokens[at].start as usize;
    let joint = &tape.text[start..tape.tokens[end - 1].end as usize];
    let operator = OPERATORS
        .iter()
        .find(|operator| joint.starts_with(**operator));
    operator.map_or(1, |operator| operator.len())
}

fn encode(encoded: &mut Vec<u8>, tape: &Tape<'_>, token: Token, end: u32) {
    let text = &tape.text[token.start as usize..end as usize];
    let unfolded;
    let text = if token.kind == TokenKind::Literal && text.contains("\\\n") {
        unfolded = unfold(text);
        &unfolded
    } else {
        text
    };
    encoded.push(tag(token.kind));
    encoded.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    encoded.extend_from_slice(text.as_bytes());
}

/// A string literal without its line continuations: `\`, the line end and the indentation after it.
fn unfold(literal: &str) -> String {
    if literal.starts_with('r') || literal.starts_with("br") || literal.starts_with("cr") {
        return literal.to_owned();
    }
    let mut pieces = literal.split("\\\n");
    let mut unfolded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        // An even number of backslashes before it means that the backslash was itself escaped.
        let escaped = unfolded
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        if escaped {
            unfolded.push_str("\\\n");
            unfolded.push_str(piece);
        } else {
            unfolded.push_str(piece.trim_start_matches([' ', '\t', '\n', '\r']));
        }
    }
    unfolded
}

fn tag(kind: TokenKind) -> u8 {
    match kind {
        TokenKind::Ident => 1,
        TokenKind::Lifetime => 2,
        TokenKind::Literal => 3,
        TokenKind::Punct => 4,
        TokenKind::Open => 5,
        TokenKind::Close => 6,
        TokenKind::Doc(_) => 7,
    }
}
