//! Steps from token to token.

use super::{Read, Reader};
use crate::index::collect::mentions::is_keyword;
use crate::source::lex::TokenKind;

/// What a list between delimiters was.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    pub(super) length: usize,
    /// The comma after the last of it.
    pub(super) trailing: Option<usize>,
}

impl<'t> Reader<'_, 't> {
    pub(super) fn is(&self, symbol: u8) -> bool {
        self.tape.is(self.at, symbol)
    }

    pub(super) fn is_pair(&self, first: u8, second: u8) -> bool {
        self.tape.is_pair(self.at, first, second)
    }

    pub(super) fn eat(&mut self, symbol: u8) -> bool {
        let is = self.is(symbol);
        self.at += usize::from(is);
        is
    }

    pub(super) fn eat_pair(&mut self, first: u8, second: u8) -> bool {
        let is = self.is_pair(first, second);
        self.at += 2 * usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, symbol: u8) -> Read {
        self.eat(symbol).then_some(())
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.tape.get(self.at).map(|token| token.kind)
    }

    pub(super) fn is_literal(&self) -> bool {
        self.kind() == Some(TokenKind::Literal) || matches!(self.word(), "true" | "false")
    }

    pub(super) fn is_lifetime(&self) -> bool {
        self.kind() == Some(TokenKind::Lifetime)
    }

    pub(super) fn eat_lifetime(&mut self) -> bool {
        let is = self.is_lifetime();
        self.at += usize::from(is);
        is
    }

    pub(super) fn eat_literal(&mut self) -> bool {
        let is = self.is_literal();
        self.at += usize::from(is);
        is
    }

    /// The identifier or keyword at `at`; empty if there is none.
    pub(super) fn word_at(&self, at: usize) -> &'t str {
        let token = self.tape.get(at);
        let token = token.filter(|token| token.kind == TokenKind::Ident);
        token.map_or("", |token| self.tape.text(token))
    }

    pub(super) fn word(&self) -> &'t str {
        self.word_at(self.at)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let is = self.word() == word;
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Read {
        self.eat_word(word).then_some(())
    }

    /// Where the name ends that begins at `at`: one that paths begin with as well, or what a macro is given.
    pub(super) fn end_of_name(&self, at: usize) -> Option<usize> {
        if self.in_definition && self.tape.is(at, b'$') {
            return Some(at + 2);
        }
        let word = self.word_at(at);
        (!word.is_empty() && !is_keyword(word)).then_some(at + 1)
    }

    pub(super) fn is_name(&self) -> bool {
        self.end_of_name(self.at).is_some()
    }

    pub(super) fn name(&mut self) -> Read {
        self.at = self.end_of_name(self.at)?;
        Some(())
    }

    pub(super) fn is_kind(&self, at: usize, kind: TokenKind) -> bool {
        self.tape.get(at).is_some_and(|token| token.kind == kind)
    }

    pub(super) fn opens_group(&self, at: usize) -> bool {
        self.is_kind(at, TokenKind::Open)
    }

    /// Reads what stands between delimiters, all of it.
    pub(super) fn group(&mut self, open: u8, inner: impl FnOnce(&mut Self, usize) -> Read) -> Read {
        let close = self.closing(open)?;
        self.at += 1;
        inner(self, close)?;
        (self.at == close).then(|| self.at += 1)
    }

    /// Where the group closes that opens here.
    pub(super) fn closing(&self, open: u8) -> Option<usize> {
        let close = self.tape.closing(self.at);
        (self.is(open) && close < self.tape.tokens.len()).then_some(close)
    }

    /// Reads what stands between commas up to `close`.
    pub(super) fn list(
        &mut self,
        close: usize,
        mut each: impl FnMut(&mut Self) -> Read,
    ) -> Option<Listed> {
        let mut listed = Listed {
            length: 0,
            trailing: None,
        };
        while self.at < close {
            each(self)?;
            listed.length += 1;
            listed.trailing = None;
            if self.at < close {
                listed.trailing = Some(self.at);
                self.expect(b',')?;
            }
        }
        Some(listed)
    }

    /// Reads a list between delimiters, after whose last element a comma means nothing.
    pub(super) fn comma_group(&mut self, open: u8, each: impl FnMut(&mut Self) -> Read) -> Read {
        self.group(open, |reader, close| {
            let listed = reader.list(close, each)?;
            reader.skip_trailing(listed);
            Some(())
        })
    }

    /// Reads what stands between parentheses, or the elements of a tuple: the comma of a tuple of one is what makes it
    /// one. Around parentheses, further ones mean nothing.
    pub(super) fn tuple(&mut self, each: impl FnMut(&mut Self) -> Read) -> Read {
        let open = self.at;
        self.group(b'(', |reader, close| {
            let listed = reader.list(close, each)?;
            match listed.length {
                1 if listed.trailing.is_none() => reader.parenthesized(open, close),
                0 | 1 => {}
                _ => reader.skip_trailing(listed),
            }
            Some(())
        })
    }

    fn parenthesized(&mut self, open: usize, close: usize) {
        let is_all = self.tape.is(open + 1, b'(') && self.tape.closing(open + 1) + 1 == close;
        if is_all && self.marks.is_parenthesized(open + 1) {
            self.marks.skip(open);
            self.marks.skip(close);
        }
        self.marks.parenthesize(open);
    }

    pub(super) fn skip_trailing(&mut self, listed: Listed) {
        if let Some(comma) = listed.trailing {
            self.marks.skip(comma);
        }
    }
}
