//! Expressions, read without regard to precedence: what is edited does not depend on it.

use super::{Read, Reader};
use crate::source::lex::TokenKind;

/// Whether `name {` is a value here, or the name and then the body of what it is the condition of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Braces {
    Value,
    Body,
}

/// What follows an operator.
enum Follows {
    Operand,
    /// The end of a range may be left out.
    OperandOrNothing,
    /// A cast is complete.
    Operator,
    Nothing,
}

impl Reader<'_, '_> {
    pub(super) fn expression(&mut self) -> Read {
        self.expression_before(Braces::Value)
    }

    /// The condition of `if` and `while`, what is matched, what is iterated over.
    pub(super) fn condition(&mut self) -> Read {
        self.expression_before(Braces::Body)
    }

    pub(super) fn expression_before(&mut self, braces: Braces) -> Read {
        self.operand(braces)?;
        self.further_operands(braces)
    }

    /// An expression in the place of a statement, or in an arm: what ends in a block is complete with it.
    pub(super) fn statement_expression(&mut self) -> Read {
        self.attributes();
        if !self.begins_block() {
            return self.expression();
        }
        self.block_like()?;
        if self.is(b'?') || self.is(b'.') && !self.is_pair(b'.', b'.') {
            self.trailers()?;
            return self.further_operands(Braces::Value);
        }
        Some(())
    }

    fn further_operands(&mut self, braces: Braces) -> Read {
        loop {
            match self.operator()? {
                Follows::Operand => self.operand(braces)?,
                Follows::OperandOrNothing if self.begins_operand(braces) => {
                    self.operand(braces)?;
                }
                Follows::Operator | Follows::OperandOrNothing => {}
                Follows::Nothing => return Some(()),
            }
        }
    }

    fn operator(&mut self) -> Option<Follows> {
        if self.eat_word("as") {
            self.ty_of_cast()?;
            return Some(Follows::Operator);
        }
        if self.eat_dots() {
            return Some(Follows::OperandOrNothing);
        }
        let length = self.length_of_operator();
        self.at += length;
        Some(if length > 0 {
            Follows::Operand
        } else {
            Follows::Nothing
        })
    }

    /// How many signs the operator between two operands has that stands here.
    fn length_of_operator(&self) -> usize {
        const OPERATORS: &[&str] = &[
            "<<=", ">>=", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "^=",
            "&=", "|=", "<<", ">>", "=", "<", ">", "+", "-", "*", "/", "%", "^", "&", "|",
        ];
        let signs = self.signs();
        if signs.starts_with("=>") || signs.starts_with("->") {
            return 0;
        }
        let found = OPERATORS
            .iter()
            .find(|operator| signs.starts_with(**operator));
        found.map_or(0, |operator| operator.len())
    }

    /// The signs that stand here without anything between them, as far as operators are long.
    fn signs(&self) -> &str {
        let is_sign = |at: usize| {
            self.tape
                .get(at)
                .is_some_and(|token| token.kind == TokenKind::Punct)
        };
        if !is_sign(self.at) {
            return "";
        }
        let mut last = self.at;
        while last < self.at + 2
            && is_sign(last + 1)
            && self.tape.tokens[last].end == self.tape.tokens[last + 1].start
        {
            last += 1;
        }
        let (first, last) = (self.tape.tokens[self.at], self.tape.tokens[last]);
        &self.tape.text[first.start as usize..last.end as usize]
    }

    /// Whether an operand begins here, where there need be none.
    pub(super) fn begins_operand(&self, braces: Braces) -> bool {
        let Some(kind) = self.kind() else {
            return false;
        };
        match kind {
            TokenKind::Ident => !matches!(self.word(), "as" | "else"),
            TokenKind::Literal | TokenKind::Lifetime => true,
            TokenKind::Open => braces == Braces::Value || !self.is(b'{'),
            TokenKind::Punct => {
                let signs = self.signs();
                let is_operator = signs.get(1..2) == Some("=") || signs.starts_with("->");
                let begins = b"!-*|&<#$".iter().any(|sign| self.is(*sign));
                begins && !is_operator || signs.starts_with("..") || signs.starts_with("::")
            }
            TokenKind::Close | TokenKind::Doc(_) => false,
        }
    }

    /// One operand with all that stands before and behind it.
    fn operand(&mut self, braces: Braces) -> Read {
        loop {
            self.attributes();
            if self.is(b'-') || self.is(b'!') || self.is(b'*') {
                self.at += 1;
            } else if self.eat(b'&') {
                self.borrowed();
            } else if self.eat_dots() {
                if !self.begins_operand(braces) {
                    return Some(());
                }
            } else if self.eat_word("let") {
                self.pattern()?;
                self.expect(b'=')?;
            } else if self.leaves() {
                if !self.begins_operand(braces) {
                    return Some(());
                }
            } else if self.eat_word("continue") {
                self.eat_lifetime();
                return Some(());
            } else {
                self.atom(braces)?;
                return self.trailers();
            }
        }
    }

    /// What may stand behind `&`.
    fn borrowed(&mut self) {
        let is_raw = matches!(self.word_at(self.at + 1), "const" | "mut");
        if self.word() == "raw" && is_raw {
            self.at += 2;
        } else {
            self.eat_word("mut");
        }
    }

    /// `return`, `break` with its label, and their like.
    fn leaves(&mut self) -> bool {
        if self.eat_word("break") {
            // `break 'a: loop {}` is not allowed.
            self.eat_lifetime();
            return true;
        }
        self.eat_word("return") || self.eat_word("yield") || self.eat_word("become")
    }

    /// Calls, fields, indices, `?`.
    fn trailers(&mut self) -> Read {
        loop {
            if self.is(b'(') {
                self.comma_group(b'(', Self::expression)?;
            } else if self.is(b'[') {
                self.group(b'[', |reader, _| reader.expression())?;
            } else if self.is(b'.') && !self.is_pair(b'.', b'.') {
                self.at += 1;
                self.member()?;
            } else if !self.eat(b'?') {
                return Some(());
            }
        }
    }

    /// What stands behind a dot.
    fn member(&mut self) -> Read {
        if self.eat_literal() || self.eat_word("await") {
            return Some(());
        }
        self.name()?;
        if self.eat_pair(b':', b':') {
            self.generic_arguments()?;
        }
        Some(())
    }
}
