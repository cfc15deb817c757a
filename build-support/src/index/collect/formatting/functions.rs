//! Functions.

use super::{Read, Reader};
use crate::source::lex::TokenKind;

impl Reader<'_, '_> {
    /// From `fn` to the end of the body, or to the semicolon in its place.
    pub(super) fn function(&mut self) -> Read {
        self.expect_word("fn")?;
        self.name()?;
        self.generics()?;
        self.comma_group(b'(', Self::parameter)?;
        self.output()?;
        self.where_clause()?;
        if self.eat(b';') {
            return Some(());
        }
        self.body()
    }

    fn parameter(&mut self) -> Read {
        self.attributes();
        if self.is_pair(b'.', b'.') {
            return self.dots();
        }
        if self.receiver() {
            return Some(());
        }
        self.alternative()?;
        self.expect(b':')?;
        if self.is_pair(b'.', b'.') {
            return self.dots();
        }
        self.ty()
    }

    /// `&'a mut self`, `mut self`, `self`, unless a type follows.
    fn receiver(&mut self) -> bool {
        let mut at = self.at;
        if self.tape.is(at, b'&') {
            at += 1;
            at += usize::from(self.is_kind(at, TokenKind::Lifetime));
        }
        at += usize::from(self.word_at(at) == "mut");
        let is_receiver = self.word_at(at) == "self" && !self.tape.is(at + 1, b':');
        if is_receiver {
            self.at = at + 1;
        }
        is_receiver
    }

    /// A body is left out of what syn sees where it holds no items. One that can't be read counts as it is written.
    fn body(&mut self) -> Read {
        let (open, close) = (self.at, self.closing(b'{')?);
        let around = std::mem::replace(&mut self.has_items, false);
        let spared = self.spared.len();
        let read = self.block();
        if read.is_none() {
            if self.in_definition {
                return None;
            }
            self.marks.forget(open..close + 1);
            self.spared.truncate(spared);
        } else if !self.has_items {
            self.spared.truncate(spared);
            self.spared.push(open + 1..close);
        }
        self.has_items = around;
        self.at = close + 1;
        Some(())
    }
}
