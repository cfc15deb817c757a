//! What is known of each token of a file: hashing asks about every one of them, several times.

use std::ops;

use crate::index::facts::Range;
use crate::source::lex::Tape;

/// A byte for each token of a tape.
#[derive(Clone, Debug)]
pub(crate) struct Marks(Vec<u8>);

/// Does not count.
const SKIPPED: u8 = 1;
/// In an attribute that counts only where a foreign macro may read it (R2).
const QUIET: u8 = 2;
/// In the arguments of a macro that may see comments and spacing (R19).
const OPAQUE: u8 = 4;
/// A separator counts before it, whether written or not.
const SEPARATED: u8 = 8;
/// A `>` that closes generics.
const CLOSER: u8 = 16;
/// Opens a block that holds nothing but one value.
const SINGLE: u8 = 32;
/// Opens parentheses that make no tuple.
const PARENTHESIZED: u8 = 64;

impl Marks {
    /// For a tape of which nothing is known.
    pub(crate) fn new(tape: &Tape<'_>) -> Self {
        Self(vec![0; tape.tokens.len()])
    }

    pub(super) fn skip(&mut self, token: usize) {
        self.mark(token, SKIPPED);
    }

    pub(super) fn skip_all(&mut self, tokens: ops::Range<usize>) {
        self.mark_all(tokens, SKIPPED);
    }

    /// Leaves out a range of the text.
    pub(super) fn skip_text(&mut self, tape: &Tape<'_>, text: &Range) {
        self.skip_all(tape.index_at(text.start)..tape.index_at(text.end));
    }

    pub(super) fn quiet(&mut self, tokens: ops::Range<usize>) {
        self.mark_all(tokens, QUIET);
    }

    pub(super) fn opaque(&mut self, tokens: ops::Range<usize>) {
        self.mark_all(tokens, OPAQUE);
    }

    pub(super) fn separate(&mut self, token: usize) {
        self.mark(token, SEPARATED);
    }

    pub(super) fn close(&mut self, token: usize) {
        self.mark(token, CLOSER);
    }

    pub(super) fn single(&mut self, open: usize) {
        self.mark(open, SINGLE);
    }

    pub(super) fn parenthesize(&mut self, open: usize) {
        self.mark(open, PARENTHESIZED);
    }

    /// Takes all marks back.
    pub(super) fn forget(&mut self, tokens: ops::Range<usize>) {
        let marks = self.0.get_mut(tokens);
        marks.into_iter().for_each(|marks| marks.fill(0));
    }

    /// Whether a token is left out.
    pub(crate) fn skips(&self, token: usize) -> bool {
        self.has(token, SKIPPED)
    }

    /// Whether a token is in an attribute without effect on what code does.
    pub(crate) fn is_quiet(&self, token: usize) -> bool {
        self.has(token, QUIET)
    }

    /// Whether a token is in the arguments of a macro that may see documentation.
    pub(crate) fn is_opaque(&self, token: usize) -> bool {
        self.has(token, OPAQUE)
    }

    /// Whether any of the tokens can be seen by a macro with its documentation and spacing.
    pub(crate) fn has_opaque(&self, mut tokens: ops::Range<usize>) -> bool {
        tokens.any(|token| self.is_opaque(token))
    }

    /// Whether a separator counts before a token.
    pub(crate) fn separates(&self, token: usize) -> bool {
        self.has(token, SEPARATED)
    }

    /// Whether a token can be no part of an operator with the one before it.
    pub(crate) fn stands_alone(&self, token: usize) -> bool {
        self.has(token, SKIPPED | CLOSER)
    }

    pub(super) fn is_single(&self, open: usize) -> bool {
        self.has(open, SINGLE)
    }

    pub(super) fn is_parenthesized(&self, open: usize) -> bool {
        self.has(open, PARENTHESIZED)
    }

    fn has(&self, token: usize, mark: u8) -> bool {
        self.0[token] & mark != 0
    }

    fn mark(&mut self, token: usize, mark: u8) {
        self.mark_all(token..token + 1, mark);
    }

    fn mark_all(&mut self, tokens: ops::Range<usize>, mark: u8) {
        let marks = self.0.get_mut(tokens).into_iter().flatten();
        marks.for_each(|marks| *marks |= mark);
    }
}
