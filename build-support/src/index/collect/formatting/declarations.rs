//! What is declared with a name: types, traits, impls, modules, constants.

use super::items::Calls;
use super::{Read, Reader};
use crate::source::lex::TokenKind;

impl Reader<'_, '_> {
    /// A constant or static behind its keyword. In the arguments of a macro, the last semicolon may be missing.
    pub(super) fn value(&mut self) -> Read {
        let _ = self.eat_word("mut") || self.eat_word("ref");
        self.name()?;
        self.generics()?;
        if self.eat(b':') {
            self.ty()?;
        }
        if self.eat(b'=') {
            self.expression()?;
        }
        self.where_clause()?;
        let is_end = self.kind().is_none_or(|kind| kind == TokenKind::Close);
        (self.eat(b';') || is_end).then_some(())
    }

    /// A struct or union.
    pub(super) fn structure(&mut self) -> Read {
        self.at += 1;
        self.name()?;
        self.generics()?;
        self.where_clause()?;
        if self.is(b'{') {
            return self.named_fields();
        }
        if self.is(b'(') {
            self.unnamed_fields()?;
        }
        self.where_clause()?;
        self.expect(b';')
    }

    fn named_fields(&mut self) -> Read {
        self.comma_group(b'{', |reader| {
            reader.attributes();
            reader.visibility()?;
            reader.name()?;
            reader.expect(b':')?;
            reader.ty()?;
            reader.initial_value()
        })
    }

    fn unnamed_fields(&mut self) -> Read {
        self.comma_group(b'(', |reader| {
            reader.attributes();
            reader.visibility()?;
            reader.ty()
        })
    }

    /// `= value`, or nothing.
    fn initial_value(&mut self) -> Read {
        if self.eat(b'=') {
            self.expression()?;
        }
        Some(())
    }

    pub(super) fn enumeration(&mut self) -> Read {
        self.at += 1;
        self.name()?;
        self.generics()?;
        self.where_clause()?;
        self.comma_group(b'{', |reader| {
            reader.attributes();
            reader.visibility()?;
            reader.name()?;
            if reader.is(b'{') {
                reader.named_fields()?;
            } else if reader.is(b'(') {
                reader.unnamed_fields()?;
            }
            reader.initial_value()
        })
    }

    pub(super) fn alias(&mut self) -> Read {
        self.at += 1;
        self.name()?;
        self.generics()?;
        if self.eat(b':') {
            self.bounds()?;
        }
        self.where_clause()?;
        if self.eat(b'=') {
            self.ty()?;
        }
        self.where_clause()?;
        self.expect(b';')
    }

    pub(super) fn trait_(&mut self) -> Read {
        self.at += 1;
        self.name()?;
        self.generics()?;
        if self.eat(b':') {
            self.bounds()?;
        }
        if self.eat(b'=') {
            self.bounds()?;
            self.where_clause()?;
            return self.expect(b';');
        }
        self.where_clause()?;
        self.items_group(Calls::Read)
    }

    pub(super) fn impl_(&mut self) -> Read {
        self.at += 1;
        if self.begins_generics(self.at) {
            self.generics()?;
        }
        self.eat_word("const");
        self.eat(b'!');
        self.ty()?;
        if self.eat_word("for") {
            self.ty()?;
        }
        self.where_clause()?;
        self.items_group(Calls::Read)
    }

    pub(super) fn module(&mut self) -> Read {
        self.at += 1;
        self.name()?;
        if self.eat(b';') {
            return Some(());
        }
        self.items_group(Calls::Left)
    }
}
