//! Types and bounds.

use super::{Read, Reader};

/// Whether `+` goes on with a type: not after `as`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Bound,
    Operator,
}

impl Reader<'_, '_> {
    pub(super) fn ty(&mut self) -> Read {
        self.ty_with(Plus::Bound)
    }

    /// The type of a cast.
    pub(super) fn ty_of_cast(&mut self) -> Read {
        self.ty_with(Plus::Operator)
    }

    fn ty_with(&mut self, plus: Plus) -> Read {
        if self.is(b'&') {
            self.at += 1;
            self.eat_lifetime();
            self.eat_word("mut");
            return self.ty_with(plus);
        }
        if self.is(b'*') {
            self.at += 1;
            (self.eat_word("const") || self.eat_word("mut")).then_some(())?;
            return self.ty_with(plus);
        }
        if self.is(b'[') {
            return self.array_type();
        }
        if self.is(b'!') {
            return self.expect(b'!');
        }
        match self.word() {
            "dyn" | "impl" => {
                self.at += 1;
                return self.bounds_with(plus);
            }
            "for" => {
                self.binder()?;
                return self.ty_with(plus);
            }
            "unsafe" | "extern" | "fn" => return self.function_pointer(plus),
            _ => {}
        }
        if self.is(b'(') {
            self.tuple(Self::ty)?;
        } else if self.is_lifetime() || self.is(b'?') {
            return self.bounds_with(plus);
        } else {
            self.type_path()?;
            if self.is(b'!') && self.opens_group(self.at + 1) {
                return self.call(self.at);
            }
        }
        if plus == Plus::Bound && self.eat_plus() {
            self.bounds()?;
        }
        Some(())
    }

    fn array_type(&mut self) -> Read {
        self.group(b'[', |reader, _| {
            reader.ty()?;
            if reader.eat(b';') {
                reader.expression()?;
            }
            Some(())
        })
    }

    fn function_pointer(&mut self, plus: Plus) -> Read {
        self.eat_word("unsafe");
        self.abi();
        self.expect_word("fn")?;
        self.comma_group(b'(', |reader| {
            reader.attributes();
            if reader.is_pair(b'.', b'.') {
                return reader.dots();
            }
            if reader.is_name()
                && reader.tape.is(reader.at + 1, b':')
                && !reader.tape.is_pair(reader.at + 1, b':', b':')
            {
                reader.at += 2;
            }
            reader.ty()
        })?;
        self.output_with(plus)
    }

    /// `...`
    pub(super) fn dots(&mut self) -> Read {
        self.eat_pair(b'.', b'.').then_some(())?;
        self.expect(b'.')
    }

    /// `extern "C"`, or nothing.
    pub(super) fn abi(&mut self) {
        if self.eat_word("extern") {
            self.eat_literal();
        }
    }

    /// `-> Type`, or nothing.
    pub(super) fn output(&mut self) -> Read {
        self.output_with(Plus::Bound)
    }

    fn output_with(&mut self, plus: Plus) -> Read {
        if self.eat_pair(b'-', b'>') {
            self.ty_with(plus)?;
        }
        Some(())
    }

    /// Bounds, or none of them.
    pub(super) fn bounds(&mut self) -> Read {
        self.bounds_with(Plus::Bound)
    }

    fn bounds_with(&mut self, plus: Plus) -> Read {
        while self.begins_bound() {
            self.bound()?;
            if plus == Plus::Operator || !self.eat_plus() {
                break;
            }
        }
        Some(())
    }

    fn eat_plus(&mut self) -> bool {
        !self.is_pair(b'+', b'=') && self.eat(b'+')
    }

    fn begins_bound(&self) -> bool {
        self.is_lifetime()
            || [b'(', b'[', b'?', b'~', b'<']
                .iter()
                .any(|sign| self.is(*sign))
            || self.is_pair(b':', b':')
            || self.is_name()
            || matches!(self.word(), "for" | "use" | "const" | "async")
    }

    fn bound(&mut self) -> Read {
        if self.eat_lifetime() {
            return Some(());
        }
        if self.is(b'(') {
            return self.group(b'(', |reader, _| reader.bound());
        }
        if self.eat_word("use") {
            return self.captured();
        }
        self.binder()?;
        if self.is(b'[') {
            self.group(b'[', |reader, _| reader.expect_word("const"))?;
        }
        self.eat(b'~');
        let _ = self.eat_word("const") || self.eat_word("async");
        self.eat(b'?');
        self.binder()?;
        self.type_path()
    }

    /// `<'a, T>` behind `use`.
    fn captured(&mut self) -> Read {
        self.expect(b'<')?;
        while !self.eat(b'>') {
            (self.eat_lifetime() || self.eat(b',') || self.name().is_some()).then_some(())?;
        }
        Some(())
    }
}
