//! The declarations of generic parameters, and what is said of them.

use super::{Read, Reader};
use crate::source::lex::TokenKind;

impl Reader<'_, '_> {
    /// `for<'a>`, or nothing.
    pub(super) fn binder(&mut self) -> Read {
        if self.eat_word("for") {
            self.generics_list()?;
        }
        Some(())
    }

    /// `<'a, T: Bound = Default, const N: usize>`, or nothing.
    pub(super) fn generics(&mut self) -> Read {
        if self.is(b'<') {
            self.generics_list()?;
        }
        Some(())
    }

    /// Whether the `<` at `at` begins the declaration of parameters, and not `<T as Trait>::Type`. Where both can be, it
    /// is taken for the former, as syn does.
    pub(super) fn begins_generics(&self, at: usize) -> bool {
        if !self.tape.is(at, b'<') {
            return false;
        }
        let is_next = |at: usize, signs: &[u8]| signs.iter().any(|sign| self.tape.is(at, *sign));
        let is_lifetime = self.is_kind(at + 1, TokenKind::Lifetime);
        let after = if is_lifetime {
            Some(at + 2)
        } else {
            self.end_of_name(at + 1)
        };
        let is_parameter = after.is_some_and(|after| {
            is_next(after, b">,=")
                || self.tape.is(after, b':') && !self.tape.is_pair(after, b':', b':')
        });
        is_next(at + 1, b">#") || self.word_at(at + 1) == "const" || is_parameter
    }

    fn generics_list(&mut self) -> Read {
        self.angles(|reader| {
            reader.attributes();
            reader.parameter_declared()
        })
    }

    fn parameter_declared(&mut self) -> Read {
        let is_constant = self.eat_word("const");
        if !self.eat_lifetime() {
            self.name()?;
        }
        if self.eat(b':') {
            if is_constant {
                self.ty()?;
            } else {
                self.bounds()?;
            }
        }
        if self.eat(b'=') {
            return self.constant().or_else(|| self.ty());
        }
        Some(())
    }

    /// `where …` up to what follows a head, or nothing.
    pub(super) fn where_clause(&mut self) -> Read {
        if !self.eat_word("where") {
            return Some(());
        }
        let mut trailing = None;
        while !self.ends_head() {
            self.predicate()?;
            trailing = Some(self.at);
            if !self.eat(b',') {
                return Some(());
            }
        }
        if let Some(comma) = trailing {
            self.marks.skip(comma);
        }
        Some(())
    }

    fn ends_head(&self) -> bool {
        [b'{', b';', b'='].iter().any(|sign| self.is(*sign)) || self.kind().is_none()
    }

    fn predicate(&mut self) -> Read {
        self.attributes();
        if !self.eat_lifetime() {
            self.ty()?;
        }
        self.expect(b':')?;
        self.bounds()
    }
}
