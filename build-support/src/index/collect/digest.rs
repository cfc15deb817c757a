//! The canonical byte encoding of an item's tokens (rules R1 and R2).
//!
//! Each token is fed as its kind, its length and its text, so that neighbours can't run together.
//! Operators count as one token only where the language reads them as one.

use sha2::{Digest as _, Sha256};

use super::edits::Edits;
use crate::index::Digest;
use crate::index::facts::Range;
use crate::source::lex::{Tape, Token, TokenKind};

/// The language's operators of more than one character, longest first.
const OPERATORS: &[&str] = &[
    "<<=", ">>=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=",
    "*=", "/=", "%=", "^=", "&=", "|=", "<<", ">>", "..",
];

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
///
pub(crate) fn of_tokens(
    tape: &Tape<'_>,
    edits: &Edits,
    range: std::ops::Range<usize>,
    view: View,
    holes: &[Range],
    extra: &[String],
) -> Digest {
    let mut hasher = Sha256::new();
    let (mut at, to) = (range.start, range.end);
    while at < to {
        let token = tape.tokens[at];
        if let Some(hole) = holes.iter().find(|hole| hole.contains(&token.start)) {
            at = tape.index_at(hole.end);
            continue;
        }
        if edits.separates(token.start) {
            hasher.update([SEPARATOR]);
        }
        if counts(token, edits, view) {
            if view.spaced && edits.is_opaque(token.start) {
                hasher.update([u8::from(at > 0 && tape.tokens[at - 1].end == token.start)]);
            }
            let glued = glued(tape, edits, at, to);
            feed(&mut hasher, tape, token, tape.tokens[at + glued - 1].end);
            at += glued;
        } else {
            at += 1;
        }
    }
    for text in extra {
        hasher.update([SEPARATOR]);
        hasher.update(text);
    }
    truncate(hasher)
}

/// The first 16 bytes of a finished SHA-256.
pub(crate) fn truncate(hasher: Sha256) -> Digest {
    let full = hasher.finalize();
    let mut digest = Digest::default();
    digest.copy_from_slice(&full[..16]);
    digest
}

fn counts(token: Token, edits: &Edits, View { attentive, spaced }: View) -> bool {
    if edits.skips(token.start) {
        return false;
    }
    if attentive {
        return true;
    }
    match token.kind {
        TokenKind::Doc(_) => spaced && edits.is_opaque(token.start),
        _ => !edits.is_quiet(token.start),
    }
}

/// How many tokens from `at` on make one operator.
fn glued(tape: &Tape<'_>, edits: &Edits, at: usize, to: usize) -> usize {
    let token = tape.tokens[at];
    if token.kind != TokenKind::Punct || edits.closes_generics(token.start) {
        return 1;
    }
    let bytes = &tape.text.as_bytes()[token.start as usize..];
    let fits = |operator: &&&str| {
        let length = operator.len();
        bytes.starts_with(operator.as_bytes())
            && at + length <= to
            && tape.tokens[at..at + length].iter().all(|part| {
                part.kind == TokenKind::Punct
                    && !edits.skips(part.start)
                    && !edits.closes_generics(part.start)
            })
    };
    OPERATORS
        .iter()
        .find(fits)
        .map_or(1, |operator| operator.len())
}

fn feed(hasher: &mut Sha256, tape: &Tape<'_>, token: Token, end: u32) {
    let text = &tape.text[token.start as usize..end as usize];
    let unfolded;
    let text = if token.kind == TokenKind::Literal && text.contains("\\\n") {
        unfolded = unfold(text);
        &unfolded
    } else {
        text
    };
    hasher.update([tag(token.kind)]);
    hasher.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    hasher.update(text);
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
