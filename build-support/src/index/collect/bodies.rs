//! Where in a macro's definition the bodies of impls, traits and functions are: what stands there defines members alone,
//! or what nobody outside of a function can name.

use super::mentions::Scanner;

/// Words that begin an item, and are in no head of an impl or trait.
pub(super) const BEGINNINGS: &[&str] = &[
    "enum",
    "extern",
    "impl",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "use",
];

/// How far a reading of tokens from left to right is into bodies.
pub(super) struct Bodies {
    /// The end of the body that was entered last.
    body: usize,
    /// The end of tokens that another macro is given, which may put them anywhere.
    given: usize,
}

impl Bodies {
    pub(super) fn new(from: usize) -> Self {
        Self {
            body: from,
            given: from,
        }
    }
}

impl Scanner<'_, '_> {
    /// Whether the identifier at `at` stands in such a body. Calls in there can make nothing else either, whatever they
    /// are given.
    pub(super) fn is_inside(&self, bodies: &mut Bodies, at: usize, from: usize, to: usize) -> bool {
        if at < bodies.body {
            // A macro that is exported is known in the whole crate, wherever its definition stands.
            return !self.is_word(at, "macro_rules");
        }
        if self.is_word(at, "macro_rules") {
            bodies.given = bodies.given.max(self.body_after(at, to));
        } else if self.calls_item_macro(at) {
            bodies.given = bodies.given.max(self.tape.closing(at + 2));
        }
        let is_item = self.is_word(at, "trait")
            || self.is_word(at, "impl") && self.is_impl_item(at, from)
            || self.is_function(at, from);
        if is_item && at >= bodies.given {
            bodies.body = self.body_of(at, to);
        }
        false
    }

    /// Whether at `at` begins a function with a name: neither a type, nor a fragment of this name.
    fn is_function(&self, at: usize, from: usize) -> bool {
        let is_fragment = at > from && self.is_fragment(at - 1);
        self.is_word(at, "fn") && !self.tape.is(at + 1, b'(') && !is_fragment
    }

    /// The end of the body of the item whose keyword stands at `at`; `at` if that can't be told, as where
    /// the head may end in a fragment and something else begins.
    fn body_of(&self, at: usize, to: usize) -> usize {
        let stops = |at: usize| self.tape.is(at, b'{') || self.begins_item(at);
        let stop = self.next(at + 1, to, stops);
        if self.begins_item(stop) {
            at
        } else {
            self.body_after(at, to)
        }
    }

    fn begins_item(&self, at: usize) -> bool {
        let word = self.tape.get(at).map_or("", |token| self.tape.text(token));
        match word {
            "fn" => !self.tape.is(at + 1, b'('),
            "const" => !(self.tape.is(at - 1, b'<') || self.tape.is(at - 1, b',')),
            word => BEGINNINGS.contains(&word),
        }
    }
}
