//! Paths and generic arguments.

use super::{Read, Reader};

impl Reader<'_, '_> {
    /// A path among types: `a::B<C>`, `Fn(A) -> B`, `<T as A>::B`.
    pub(super) fn type_path(&mut self) -> Read {
        self.qualified_self()?;
        loop {
            self.name()?;
            if self.is_pair(b':', b':') && self.tape.is(self.at + 2, b'<') {
                self.at += 2;
            }
            if self.is(b'<') && !self.is_pair(b'<', b'=') {
                self.generic_arguments()?;
            } else if self.is(b'(') {
                self.comma_group(b'(', Self::ty)?;
                self.output()?;
            }
            if !self.eat_pair(b':', b':') {
                return Some(());
            }
        }
    }

    /// A path among expressions and patterns, where generic arguments stand behind `::`.
    pub(super) fn path(&mut self) -> Read {
        self.qualified_self()?;
        loop {
            self.name()?;
            if !self.eat_pair(b':', b':') {
                return Some(());
            }
            if self.is(b'<') {
                self.generic_arguments()?;
                if !self.eat_pair(b':', b':') {
                    return Some(());
                }
            }
        }
    }

    /// `<T as Trait>::` or `::` before the first name, or nothing.
    fn qualified_self(&mut self) -> Read {
        if self.eat(b'<') {
            self.ty()?;
            if self.eat_word("as") {
                self.type_path()?;
            }
            self.closer()?;
            return self.eat_pair(b':', b':').then_some(());
        }
        self.eat_pair(b':', b':');
        Some(())
    }

    /// Reads up to the `>` that closes generics, and so is no part of an operator.
    pub(super) fn angles(&mut self, mut each: impl FnMut(&mut Self) -> Read) -> Read {
        self.expect(b'<')?;
        let mut trailing = None;
        while !self.is(b'>') {
            each(self)?;
            trailing = None;
            if !self.is(b'>') {
                trailing = Some(self.at);
                self.expect(b',')?;
            }
        }
        if let Some(comma) = trailing {
            self.marks.skip(comma);
        }
        self.closer()
    }

    fn closer(&mut self) -> Read {
        self.marks.close(self.at);
        self.expect(b'>')
    }

    pub(super) fn generic_arguments(&mut self) -> Read {
        self.angles(Self::generic_argument)
    }

    fn generic_argument(&mut self) -> Read {
        if self.is_lifetime() && !self.tape.is(self.at + 1, b'+') {
            self.at += 1;
            return Some(());
        }
        if self.constant().is_some() {
            return Some(());
        }
        self.ty()?;
        if self.eat(b'=') {
            return self.constant().or_else(|| self.ty());
        }
        if self.eat(b':') {
            self.bounds()?;
        }
        Some(())
    }

    /// A constant that is no path.
    pub(super) fn constant(&mut self) -> Read {
        if self.is(b'{') {
            return self.block();
        }
        let is_negative = self.is(b'-') && !self.is_pair(b'-', b'>');
        let start = self.at;
        self.at += usize::from(is_negative);
        let is_literal = self.eat_literal();
        if !is_literal {
            self.at = start;
        }
        is_literal.then_some(())
    }
}
