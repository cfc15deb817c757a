//! Lists of generics: where they end, and which types they declare.

use super::mentions::{Scanner, is_keyword};
use crate::index::facts::Mention;
use crate::source::lex::TokenKind;

impl Scanner<'_, '_> {
    /// Notes the type parameters that are declared behind the keyword before `at`, and behind a name, if there is one.
    pub(super) fn parameters(&mut self, at: usize, to: usize) {
        let is_fragment = self.tape.is(at, b'$');
        let named = at + usize::from(is_fragment) + usize::from(self.is_ident(at) || is_fragment);
        for at in self.declared(named, to) {
            let name = self.name(at);
            self.note(Mention::Parameter(name));
        }
    }

    /// Where the names of type parameters stand that are declared in the list of generics at `open`, if there is one.
    pub(super) fn declared(&self, open: usize, to: usize) -> Vec<usize> {
        let mut found = Vec::new();
        if !self.tape.is(open, b'<') {
            return found;
        }
        let close = self.closing_angle(open, to);
        let (mut at, mut begins) = (open + 1, true);
        while at < close {
            if begins && self.is_ident(at) && !is_keyword(self.tape.text(self.tape.tokens[at])) {
                found.push(at);
            }
            begins = self.tape.is(at, b',');
            at = self.behind(at, close);
        }
        found
    }

    /// Where the tokens go on behind the one at `at` and what it may open.
    fn behind(&self, at: usize, to: usize) -> usize {
        if self.tape.is(at, b'<') {
            self.closing_angle(at, to) + 1
        } else if self.tape.tokens[at].kind == TokenKind::Open {
            self.tape.closing(at) + 1
        } else {
            at + 1
        }
    }

    /// Index of the `>` that closes the `<` at `open`.
    pub(super) fn closing_angle(&self, open: usize, to: usize) -> usize {
        let mut depth = 0usize;
        let mut at = open;
        while at < to {
            if self.tape.is_pair(at, b'-', b'>') || self.tape.is_pair(at, b'=', b'>') {
                at += 2;
                continue;
            }
            let token = self.tape.tokens[at];
            if token.kind == TokenKind::Open {
                at = self.tape.closing(at);
            } else if self.tape.is(at, b'<') {
                depth += 1;
            } else if self.tape.is(at, b'>') {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            at += 1;
        }
        to
    }
}
