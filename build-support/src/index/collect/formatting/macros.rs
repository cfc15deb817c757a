//! Calls of macros.

use super::{Read, Reader};
use crate::index::collect::blind;

impl Reader<'_, '_> {
    /// Where the `!` stands of the call that begins here.
    pub(super) fn bang_of_call(&self) -> Option<usize> {
        let mut at = self.at + 2 * usize::from(self.is_pair(b':', b':'));
        loop {
            at = self.end_of_name(at)?;
            if !self.tape.is_pair(at, b':', b':') {
                break;
            }
            at += 2;
        }
        let is_call = self.tape.is(at, b'!') && self.opens_group(at + 1);
        is_call.then_some(at)
    }

    /// Reads the call whose `!` stands at `bang`.
    pub(super) fn call(&mut self, bang: usize) -> Read {
        self.at = bang + 1;
        self.arguments(self.word_at(bang - 1))
    }

    /// Reads the arguments of the macro `name`. Those of std's own are expressions that rustfmt formats like any other.
    pub(super) fn arguments(&mut self, name: &str) -> Read {
        let open = self.at;
        let close = self.tape.closing(open);
        if close == self.tape.tokens.len() {
            return None;
        }
        if name == "matches" {
            if self.tape.is(close - 1, b',') {
                self.marks.skip(close - 1);
            }
        } else if blind::is_blind_name(name) {
            self.values(open + 1, close);
        }
        // A macro of ours may have the name of one of std's.
        self.marks.opaque(open + 1..close);
        self.at = close + 1;
        Some(())
    }

    /// Reads values between commas, if that is what there is. Items in them are nobody's.
    fn values(&mut self, from: usize, close: usize) {
        let (has_items, spared) = (self.has_items, self.spared.len());
        self.at = from;
        match self.list(close, Self::expression) {
            Some(listed) => self.skip_trailing(listed),
            None => self.marks.forget(from..close),
        }
        self.has_items = has_items;
        self.spared.truncate(spared);
    }
}
