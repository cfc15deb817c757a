//! The edits of a file, on the tokens they concern: hashing asks about every token, several times.

use super::edits::Edits;
use crate::index::facts::Range;
use crate::source::lex::Tape;

/// What edits say of each token of a tape.
#[derive(Clone, Debug)]
pub(crate) struct Marks(Vec<u8>);

const SKIPPED: u8 = 1;
const QUIET: u8 = 2;
const OPAQUE: u8 = 4;
const SEPARATED: u8 = 8;
const CLOSER: u8 = 16;

impl Marks {
    pub(crate) fn of(edits: &Edits, tape: &Tape<'_>) -> Self {
        let mut marks = Self(vec![0; tape.tokens.len()]);
        for (ranges, mark) in [
            (&edits.skipped, SKIPPED),
            (&edits.quiet_attributes, QUIET),
            (&edits.opaque, OPAQUE),
        ] {
            ranges
                .iter()
                .for_each(|range| marks.range(tape, range, mark));
        }
        for (offsets, mark) in [(&edits.separators, SEPARATED), (&edits.closers, CLOSER)] {
            offsets
                .iter()
                .for_each(|offset| marks.token(tape, *offset, mark));
        }
        marks
    }

    /// Leaves out a range of the text.
    pub(crate) fn skip(&mut self, tape: &Tape<'_>, range: &Range) {
        self.range(tape, range, SKIPPED);
    }

    /// Whether a token is left out.
    pub(crate) fn skips(&self, token: usize) -> bool {
        self.0[token] & SKIPPED != 0
    }

    /// Whether a token is in an attribute without effect on what code does.
    pub(crate) fn is_quiet(&self, token: usize) -> bool {
        self.0[token] & QUIET != 0
    }

    /// Whether a token is in the arguments of a macro that may see documentation.
    pub(crate) fn is_opaque(&self, token: usize) -> bool {
        self.0[token] & OPAQUE != 0
    }

    /// Whether any of the tokens can be seen by a macro with its documentation and spacing.
    pub(crate) fn has_opaque(&self, mut tokens: std::ops::Range<usize>) -> bool {
        tokens.any(|token| self.is_opaque(token))
    }

    /// Whether a separator counts before a token.
    pub(crate) fn separates(&self, token: usize) -> bool {
        self.0[token] & SEPARATED != 0
    }

    /// Whether a token can be no part of an operator with the one before it.
    pub(crate) fn stands_alone(&self, token: usize) -> bool {
        self.0[token] & (SKIPPED | CLOSER) != 0
    }

    fn range(&mut self, tape: &Tape<'_>, range: &Range, mark: u8) {
        let from = tape.index_at(range.start);
        let tokens = tape.tokens.iter().zip(&mut self.0).skip(from);
        for (_, marks) in tokens.take_while(|(token, _)| token.start < range.end) {
            *marks |= mark;
        }
    }

    fn token(&mut self, tape: &Tape<'_>, offset: u32, mark: u8) {
        let index = tape.index_at(offset);
        if tape.get(index).is_some_and(|token| token.start == offset) {
            self.0[index] |= mark;
        }
    }
}
