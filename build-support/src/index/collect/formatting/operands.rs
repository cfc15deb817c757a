//! What operators stand between.

use std::ops::Range;

use super::expressions::Braces;
use super::{Read, Reader};

impl Reader<'_, '_> {
    pub(super) fn atom(&mut self, braces: Braces) -> Read {
        if self.begins_block() {
            return self.block_like();
        }
        if self.is(b'(') {
            return self.tuple(Self::expression);
        }
        if self.is(b'[') {
            return self.array();
        }
        if self.eat_literal() {
            return Some(());
        }
        if self.begins_closure() {
            return self.closure(braces);
        }
        if self.word() == "async" {
            return self.async_block();
        }
        self.path()?;
        if self.is(b'!') && self.opens_group(self.at + 1) {
            return self.call(self.at);
        }
        if braces == Braces::Value && self.is(b'{') {
            return self.fields_of_value();
        }
        Some(())
    }

    fn array(&mut self) -> Read {
        self.group(b'[', |reader, close| {
            if reader.at == close {
                return Some(());
            }
            reader.expression()?;
            if reader.eat(b';') {
                return reader.expression();
            }
            let comma = reader.at;
            if reader.at < close {
                reader.expect(b',')?;
            }
            let mut listed = reader.list(close, Self::expression)?;
            if listed.length == 0 && comma < close {
                listed.trailing = Some(comma);
            }
            reader.skip_trailing(listed);
            Some(())
        })
    }

    fn async_block(&mut self) -> Read {
        self.expect_word("async")?;
        self.eat_word("move");
        self.block()
    }

    fn begins_closure(&self) -> bool {
        let is_closure_word =
            |at: usize| matches!(self.word_at(at), "async" | "move" | "static" | "const");
        let mut at = self.at;
        while is_closure_word(at) {
            at += 1;
        }
        self.tape.is(at, b'|') || self.word() == "for"
    }

    fn closure(&mut self, braces: Braces) -> Read {
        self.binder()?;
        while ["const", "static", "async", "move"]
            .iter()
            .any(|word| self.eat_word(word))
        {}
        self.parameters_of_closure()?;
        if self.eat_pair(b'-', b'>') {
            self.ty()?;
            return self.block();
        }
        let start = self.at;
        self.expression_before(braces)?;
        self.skip_braces(start);
        Some(())
    }

    fn parameters_of_closure(&mut self) -> Read {
        self.expect(b'|')?;
        let mut trailing = None;
        while !self.is(b'|') {
            self.attributes();
            self.alternative()?;
            if self.eat(b':') {
                self.ty()?;
            }
            trailing = None;
            if !self.is(b'|') {
                trailing = Some(self.at);
                self.expect(b',')?;
            }
        }
        if let Some(comma) = trailing {
            self.marks.skip(comma);
        }
        self.expect(b'|')
    }

    /// `{ name: value, ..rest }`
    fn fields_of_value(&mut self) -> Read {
        self.group(b'{', |reader, close| {
            let mut has_rest = false;
            let listed = reader.list(close, |reader| {
                reader.attributes();
                if reader.eat_pair(b'.', b'.') {
                    has_rest = true;
                    return if reader.at < close {
                        reader.expression()
                    } else {
                        Some(())
                    };
                }
                reader.field_of_value(close)
            })?;
            if !has_rest {
                reader.skip_trailing(listed);
            }
            Some(())
        })
    }

    /// `name: name` is `name`.
    fn field_of_value(&mut self, close: usize) -> Read {
        let start = self.at;
        if self.eat_literal() {
            self.expect(b':')?;
            return self.expression();
        }
        self.name()?;
        let colon = self.at;
        if !self.eat(b':') {
            return Some(());
        }
        self.expression()?;
        let is_end = self.at == close || self.is(b',');
        if is_end && self.is_same(start..colon, colon + 1..self.at) {
            (colon..self.at).for_each(|at| self.marks.skip(at));
        }
        Some(())
    }

    fn is_same(&self, one: Range<usize>, other: Range<usize>) -> bool {
        let texts = |range: Range<usize>| {
            self.tape.tokens[range]
                .iter()
                .map(|token| self.tape.text(*token))
        };
        texts(one).eq(texts(other))
    }
}
