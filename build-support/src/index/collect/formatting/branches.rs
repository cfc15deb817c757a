//! What ends in a block: branches, loops, blocks with a word before them.

use super::{Read, Reader};

impl Reader<'_, '_> {
    /// Whether something begins here that ends in a block, and is complete with it in the place of a statement.
    pub(super) fn begins_block(&self) -> bool {
        let opens = |at: usize| self.tape.is(at, b'{');
        match self.word() {
            "if" | "match" | "while" | "loop" => true,
            "unsafe" | "const" | "try" => opens(self.at + 1),
            // `for<'a> |x| x`, and not `for <A as B>::C in x {}`.
            "for" => !self.tape.is(self.at + 1, b'<') || !self.begins_generics(self.at + 1),
            _ => self.is(b'{') || self.is_lifetime(),
        }
    }

    pub(super) fn block_like(&mut self) -> Read {
        if self.eat_lifetime() {
            self.expect(b':')?;
            let is_labelled = matches!(self.word(), "while" | "for" | "loop") || self.is(b'{');
            return if is_labelled { self.block_like() } else { None };
        }
        match self.word() {
            "if" => self.if_(),
            "match" => self.match_(),
            "while" => {
                self.at += 1;
                self.condition()?;
                self.block()
            }
            "for" => {
                self.at += 1;
                self.pattern()?;
                self.expect_word("in")?;
                self.condition()?;
                self.block()
            }
            "loop" | "unsafe" | "const" | "try" => {
                self.at += 1;
                self.block()
            }
            _ => self.block(),
        }
    }

    fn if_(&mut self) -> Read {
        self.expect_word("if")?;
        self.condition()?;
        self.block()?;
        if !self.eat_word("else") {
            return Some(());
        }
        if self.word() == "if" {
            self.if_()
        } else {
            self.block()
        }
    }

    fn match_(&mut self) -> Read {
        self.expect_word("match")?;
        self.condition()?;
        self.group(b'{', |reader, close| {
            reader.inner_attributes();
            while reader.at < close {
                reader.arm(close)?;
            }
            Some(())
        })
    }

    /// A separator counts before each arm instead of the comma behind it, which a block needs none of.
    fn arm(&mut self, close: usize) -> Read {
        self.attributes();
        self.marks.separate(self.at);
        self.pattern()?;
        if self.eat_word("if") {
            self.expression()?;
        }
        self.eat_pair(b'=', b'>').then_some(())?;
        let start = self.at;
        let is_block = self.begins_block();
        self.statement_expression()?;
        self.skip_braces(start);
        let comma = self.at;
        if self.eat(b',') {
            self.marks.skip(comma);
            return Some(());
        }
        (is_block || self.at == close).then_some(())
    }

    /// Leaves out `{` and `}` where `expression` alone means the same as `{ expression }`, which is all from `start`
    /// to here.
    pub(super) fn skip_braces(&mut self, start: usize) {
        let (mut open, mut end) = (start, self.at);
        while self.tape.is(open, b'{') && self.marks.is_single(open) {
            let close = self.tape.closing(open);
            if close + 1 != end {
                return;
            }
            self.marks.skip(open);
            self.marks.skip(close);
            (open, end) = (open + 1, close);
        }
    }
}
