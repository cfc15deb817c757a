//! Which operators tokens may be.
//!
//! A sign may be an operator where something that is computed can come to its end before it, or begin after it:
//! `&x` is none, `a & x` is one, and what can't be told counts as both.

use super::mentions::{Context, Scanner, is_keyword};
use crate::index::facts::{Mention, Segments};
use crate::index::std_traits::StdTraits;
use crate::source::lex::TokenKind;

/// Signs of more than one character, longest first: what is read as one of these is no shorter one.
const LONG: &[&str] = &[
    "<<=", ">>=", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=", "<<", ">>",
];

/// What stands before a sign.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The end of something that is computed.
    Operand,
    /// Anything else.
    Other,
    /// That can't be told.
    Unknown,
}

impl Scanner<'_, '_> {
    /// Notes the operator that may begin at `at`; returns where to go on.
    pub(super) fn sign(&mut self, at: usize, context: Context) -> usize {
        self.note_repetition(at);
        if self.no_operators.contains(&at) {
            return at + 1;
        }
        self.note_closure(at, context);
        self.note_pointer(at);
        let text = self.sign_at(at);
        let after = at + text.len();
        let is_assignment = text.len() > 1 && text.ends_with('=');
        let operator = StdTraits::written(text);
        let operators = match text {
            _ if is_assignment => operator,
            "!" if self.is_bang(at) => StdTraits::NONE,
            "!" => operator,
            // `?Sized`
            "?" if self.before(at) == Before::Other && context == Context::Code => StdTraits::NONE,
            "?" => operator,
            _ => match (self.before(at), context) {
                (_, Context::MacroArguments | Context::Attribute) | (Before::Unknown, _) => {
                    operator.with(negation(text))
                }
                (Before::Operand, _) => operator,
                (Before::Other, Context::MacroBody) if !self.begins_operand(after) => {
                    operator.with(negation(text))
                }
                (Before::Other, _) => negation(text),
            },
        };
        self.operators = self.operators.with(operators);
        after
    }

    /// The sign that begins at `at`, as the language reads it.
    fn sign_at(&self, at: usize) -> &str {
        let is_next = |at: usize| {
            let (before, token) = (self.tape.tokens[at - 1], self.tape.get(at));
            token.is_some_and(|token| token.kind == TokenKind::Punct && before.end == token.start)
        };
        let length = 1 + (at + 1..at + 3).take_while(|at| is_next(*at)).count();
        let start = self.tape.tokens[at].start as usize;
        let joint = &self.tape.text[start..start + length];
        // Where there is but one character, there is nothing to look up.
        let mut long = if length > 1 { LONG } else { &[] }.iter();
        let long = long.find(|sign| joint.starts_with(**sign));
        &joint[..long.map_or(1, |sign| sign.len())]
    }

    /// `$(…),*` in a macro: the sign at its end is no operator.
    fn note_repetition(&mut self, at: usize) {
        if !(self.tape.is(at, b'$') && self.tape.is(at + 1, b'(')) {
            return;
        }
        let close = self.tape.closing(at + 1);
        let is_end = |at: &usize| {
            [b'*', b'+', b'?']
                .iter()
                .any(|sign| self.tape.is(*at, *sign))
        };
        let end = [close + 1, close + 2].into_iter().find(is_end);
        self.no_operators.extend(end);
    }

    /// `*mut Type`, as if it were a name.
    fn note_pointer(&mut self, at: usize) {
        if self.tape.is(at, b'*') && self.is_word(at + 1, "mut") {
            let pointer = self.symbols.intern("*mut");
            self.note(Mention::Path(Segments::One([pointer])));
        }
    }

    /// `|…|` before the body of a closure: the second bar is no operator. Nor is one in a pattern.
    fn note_closure(&mut self, at: usize, context: Context) {
        let is_code = !matches!(context, Context::MacroArguments | Context::Attribute);
        if !(is_code && self.tape.is(at, b'|') && self.before(at) == Before::Other) {
            return;
        }
        let mut at = at + 1;
        while let Some(token) = self.tape.get(at) {
            // No closure has a guard among its arguments, but an arm may begin with a bar: `| A if b | c`.
            let is_end =
                [b'=', b';'].iter().any(|sign| self.tape.is(at, *sign)) || self.is_word(at, "if");
            if is_end || token.kind == TokenKind::Close {
                return;
            }
            if self.tape.is(at, b'|') {
                self.no_operators.insert(at);
                return;
            }
            at = match token.kind {
                TokenKind::Open => self.tape.closing(at) + 1,
                _ => at + 1,
            };
        }
    }

    /// `name!` and what follows it: no negation. In a macro, a fragment's name may stand before either.
    fn is_bang(&self, at: usize) -> bool {
        let opens = |token: crate::source::lex::Token| token.kind == TokenKind::Open;
        self.before(at) == Before::Operand && self.tape.get(at + 1).is_some_and(opens)
    }

    fn before(&self, at: usize) -> Before {
        let Some(before) = at.checked_sub(1) else {
            return Before::Unknown;
        };
        if self.no_operators.contains(&before) {
            return Before::Unknown;
        }
        let token = self.tape.tokens[before];
        match token.kind {
            TokenKind::Ident => {
                let fragment = before > 0 && self.tape.is(before - 1, b'$');
                match self.tape.text(token) {
                    _ if fragment => Before::Unknown,
                    "true" | "false" | "await" => Before::Operand,
                    "become" | "box" | "do" | "yield" => Before::Unknown,
                    text if is_keyword(text) => Before::Other,
                    _ => Before::Operand,
                }
            }
            TokenKind::Literal => Before::Operand,
            TokenKind::Close if self.tape.is(before, b')') => Before::Operand,
            TokenKind::Close | TokenKind::Doc(_) => Before::Unknown,
            // `$a $(+ $b)*`
            TokenKind::Open if before > 0 && self.tape.is(before - 1, b'$') => Before::Unknown,
            TokenKind::Punct if self.tape.is(before, b'?') => Before::Operand,
            TokenKind::Punct if self.tape.is(before, b'>') && !self.ends_arrow(before) => {
                Before::Unknown
            }
            TokenKind::Punct | TokenKind::Open | TokenKind::Lifetime => Before::Other,
        }
    }

    fn ends_arrow(&self, at: usize) -> bool {
        at > 0 && (self.tape.is_pair(at - 1, b'-', b'>') || self.tape.is_pair(at - 1, b'=', b'>'))
    }

    /// Whether something that is computed, or a type, may begin at `at`.
    fn begins_operand(&self, at: usize) -> bool {
        let Some(token) = self.tape.get(at) else {
            return false;
        };
        match token.kind {
            TokenKind::Ident | TokenKind::Literal | TokenKind::Lifetime | TokenKind::Open => true,
            TokenKind::Punct => [b'$', b'&', b'*', b'-', b'!', b'|', b'<', b':', b'.', b'#']
                .iter()
                .any(|sign| self.tape.is(at, *sign)),
            TokenKind::Close | TokenKind::Doc(_) => false,
        }
    }
}

/// The negation that a sign may be.
fn negation(sign: &str) -> StdTraits {
    if sign == "-" {
        StdTraits::NEG
    } else {
        StdTraits::NONE
    }
}
