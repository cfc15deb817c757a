//! What attributes name, wherever they stand among the tokens.

use super::blind;
use super::mentions::{Context, Scanner};

impl Scanner<'_, '_> {
    pub(super) fn starts_attribute(&self, at: usize) -> bool {
        self.tape.is(at, b'#')
            && (self.tape.is(at + 1, b'[')
                || (self.tape.is(at + 1, b'!') && self.tape.is(at + 2, b'[')))
    }

    /// Scans an attribute, without its brackets. Those of the language name nothing but in their predicates.
    pub(super) fn attribute(&mut self, from: usize, to: usize) {
        let name = self.tape.get(from).map_or("", |name| self.tape.text(name));
        match name {
            "cfg" if self.tape.is(from + 1, b'(') => {
                let _ = self.predicate(from + 2, to - 1);
            }
            "cfg_attr" if self.tape.is(from + 1, b'(') => {
                let end = to - 1;
                let mut at = self.comma(from + 2, end);
                let _ = self.predicate(from + 2, at);
                while at < end {
                    let next = self.comma(at + 1, end);
                    self.attribute(at + 1, next);
                    at = next;
                }
            }
            _ if blind::names_nothing(name) => {}
            "derive" => {
                self.in_derive = true;
                self.tokens(from + 1, to, Context::Attribute);
                self.in_derive = false;
            }
            _ => self.tokens(from, to, Context::Attribute),
        }
    }
}
