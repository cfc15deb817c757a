//! Macros that pass on what they are given, and do no more: items in their arguments are what they look like.

use super::mentions::Scanner;

impl Scanner<'_, '_> {
    /// Whether every arm of the definition whose braces open at `open` passes its arguments on, under further
    /// attributes perhaps, and adds nothing.
    pub(super) fn is_transparent(&self, open: usize) -> bool {
        let close = self.tape.closing(open);
        let mut at = open + 1;
        let mut arms = 0;
        while at < close {
            let arrow = self.tape.closing(at) + 1;
            if !self.tape.is_pair(arrow, b'=', b'>') {
                return false;
            }
            let body = arrow + 2;
            let end = self.tape.closing(body);
            let is_whole = self.takes_all(at + 1, self.tape.closing(at));
            if end >= close || !is_whole || !self.passes_on(body + 1, end) {
                return false;
            }
            arms += 1;
            at = end + 1 + usize::from(self.tape.is(end + 1, b';'));
        }
        arms > 0
    }

    /// Whether a pattern is of fragments, repetitions of them and attributes alone: what stands between them would
    /// be missing from what is passed on.
    fn takes_all(&self, from: usize, to: usize) -> bool {
        let fragment = |at| (self.is_fragment(at) && self.tape.is(at + 2, b':')).then_some(at + 4);
        self.is_all_of(from, to, &fragment)
    }

    /// Fragments, repetitions of them, and attributes: nothing else.
    fn passes_on(&self, from: usize, to: usize) -> bool {
        let fragment = |at| (self.tape.is(at, b'$') && self.is_ident(at + 1)).then_some(at + 2);
        self.is_all_of(from, to, &fragment)
    }

    /// Whether there are nothing but fragments, repetitions of them and attributes. `fragment` says where one ends.
    fn is_all_of(&self, from: usize, to: usize, fragment: &dyn Fn(usize) -> Option<usize>) -> bool {
        let mut at = from;
        while at < to {
            let next = if self.tape.is(at, b'#') && self.tape.is(at + 1, b'[') {
                Some(self.tape.closing(at + 1) + 1)
            } else if self.tape.is(at, b'$') && self.tape.is(at + 1, b'(') {
                let close = self.tape.closing(at + 1);
                let end = self.after_repetition(close + 1);
                end.filter(|_| self.is_all_of(at + 2, close, fragment))
            } else {
                fragment(at)
            };
            let Some(next) = next else { return false };
            at = next;
        }
        true
    }

    /// What follows the operator of a repetition that closed before `at`, where a separator may stand first.
    fn after_repetition(&self, at: usize) -> Option<usize> {
        let operator = at + usize::from(!self.is_repetition(at));
        self.is_repetition(operator).then_some(operator + 1)
    }

    fn is_repetition(&self, at: usize) -> bool {
        [b'*', b'+', b'?']
            .iter()
            .any(|symbol| self.tape.is(at, *symbol))
    }
}
