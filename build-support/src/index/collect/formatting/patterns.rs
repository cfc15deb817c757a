//! Patterns.

use super::{Read, Reader};

impl Reader<'_, '_> {
    /// A pattern, with its alternatives. A pipe before the first means nothing.
    pub(super) fn pattern(&mut self) -> Read {
        if self.is_pipe() {
            self.marks.skip(self.at);
            self.at += 1;
        }
        loop {
            self.alternative()?;
            if !self.is_pipe() {
                return Some(());
            }
            self.at += 1;
        }
    }

    fn is_pipe(&self) -> bool {
        self.is(b'|') && !self.is_pair(b'|', b'|') && !self.is_pair(b'|', b'=')
    }

    /// A pattern without alternatives, as before a type.
    pub(super) fn alternative(&mut self) -> Read {
        if self.eat(b'&') {
            self.eat_word("mut");
            return self.alternative();
        }
        if self.is(b'(') {
            return self.tuple(Self::pattern);
        }
        if self.is(b'[') {
            return self.comma_group(b'[', Self::pattern);
        }
        if self.is_pair(b'.', b'.') {
            return self.range_of_pattern();
        }
        match self.word() {
            "ref" | "mut" => return self.binding(),
            "box" => {
                self.at += 1;
                return self.alternative();
            }
            "const" => {
                self.at += 1;
                self.block()?;
                return self.range_of_pattern();
            }
            _ => {}
        }
        if self.constant().is_some() {
            return self.range_of_pattern();
        }
        self.path()?;
        if self.is(b'!') && self.opens_group(self.at + 1) {
            return self.call(self.at);
        }
        if self.is(b'{') {
            return self.fields_of_pattern();
        }
        if self.is(b'(') {
            return self.comma_group(b'(', Self::pattern);
        }
        if self.eat(b'@') {
            return self.alternative();
        }
        self.range_of_pattern()
    }

    /// `ref mut name @ pattern`
    fn binding(&mut self) -> Read {
        self.eat_word("ref");
        self.eat_word("mut");
        self.name()?;
        if self.eat(b'@') {
            self.alternative()?;
        }
        Some(())
    }

    /// `..`, `..=` and the end of a range, or nothing.
    fn range_of_pattern(&mut self) -> Read {
        if !self.eat_dots() {
            return Some(());
        }
        if self.eat_word("const") {
            return self.block();
        }
        let begins_path = || self.is_name() || self.is(b'<') || self.is_pair(b':', b':');
        if begins_path() {
            return self.path();
        }
        // There may be none.
        let _ = self.constant();
        Some(())
    }

    /// `..`, `..=` or `...`; whether one stood here.
    pub(super) fn eat_dots(&mut self) -> bool {
        let is_range = self.eat_pair(b'.', b'.');
        if is_range && self.tape.tokens[self.at - 1].end == self.start() {
            let _ = self.eat(b'=') || self.eat(b'.');
        }
        is_range
    }

    fn start(&self) -> u32 {
        self.tape.get(self.at).map_or(0, |token| token.start)
    }

    fn fields_of_pattern(&mut self) -> Read {
        self.group(b'{', |reader, close| {
            let mut has_rest = false;
            let listed = reader.list(close, |reader| {
                reader.attributes();
                has_rest |= reader.is_pair(b'.', b'.');
                reader.field_of_pattern()
            })?;
            if !has_rest {
                reader.skip_trailing(listed);
            }
            Some(())
        })
    }

    fn field_of_pattern(&mut self) -> Read {
        if self.eat_pair(b'.', b'.') {
            return Some(());
        }
        self.eat_word("box");
        self.eat_word("ref");
        self.eat_word("mut");
        if !self.eat_literal() {
            self.name()?;
        }
        if self.eat(b':') {
            self.pattern()?;
        }
        Some(())
    }
}
