//! Blocks and statements.

use super::{Read, Reader};

/// What a statement is, as far as braces around it and the semicolon behind it may be edited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statement {
    /// A value, or a call of a macro, without a semicolon.
    Value,
    /// `return`, `break` or `continue`, whose semicolon stands at this place.
    Leaves(usize),
    Other,
}

impl Reader<'_, '_> {
    pub(super) fn block(&mut self) -> Read {
        let open = self.at;
        self.group(b'{', |reader, close| {
            let has_attributes = reader.inner_attributes();
            let (count, last) = reader.statements(close)?;
            if let Statement::Leaves(semicolon) = last {
                reader.marks.skip(semicolon);
            }
            if count == 1 && last != Statement::Other && !has_attributes {
                reader.marks.single(open);
            }
            Some(())
        })
    }

    /// Reads statements up to `close`, as in an arm of a macro.
    pub(super) fn statements_to(&mut self, close: usize) -> Read {
        self.statements(close).map(drop)
    }

    /// How many statements there are, and the last of them.
    fn statements(&mut self, close: usize) -> Option<(usize, Statement)> {
        let mut count = 0;
        let mut last = Statement::Other;
        while self.at < close {
            last = self.statement(close)?;
            count += 1;
        }
        Some((count, last))
    }

    fn statement(&mut self, close: usize) -> Option<Statement> {
        if self.is(b';') {
            self.marks.skip(self.at);
            self.at += 1;
            return Some(Statement::Other);
        }
        let has_attributes = self.attributes();
        if self.begins_item() {
            self.has_items = true;
            self.item_itself()?;
            return Some(Statement::Other);
        }
        if self.eat_word("let") {
            self.local()?;
            return Some(Statement::Other);
        }
        if let Some(bang) = self.braced_call() {
            self.call(bang)?;
            let is_value = !self.eat(b';') && !has_attributes;
            return Some(if is_value {
                Statement::Value
            } else {
                Statement::Other
            });
        }
        let leaves = matches!(self.word(), "return" | "break" | "continue");
        let is_block = self.begins_block();
        self.statement_expression()?;
        let semicolon = self.at;
        match self.eat(b';') {
            true if leaves => Some(Statement::Leaves(semicolon)),
            true => Some(Statement::Other),
            false => (is_block || self.at == close).then_some(Statement::Value),
        }
    }

    fn local(&mut self) -> Read {
        self.pattern()?;
        if self.eat(b':') {
            self.ty()?;
        }
        if self.eat(b'=') {
            self.expression()?;
            if self.eat_word("else") {
                self.block()?;
            }
        }
        self.expect(b';')
    }

    /// Where the `!` of a call stands that is a statement by its braces.
    fn braced_call(&self) -> Option<usize> {
        let bang = self.bang_of_call()?;
        let close = self.tape.closing(bang + 1);
        let goes_on = self.tape.is(close + 1, b'?')
            || self.tape.is(close + 1, b'.') && !self.tape.is_pair(close + 1, b'.', b'.');
        (self.tape.is(bang + 1, b'{') && !goes_on).then_some(bang)
    }
}
